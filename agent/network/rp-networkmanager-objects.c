/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-networkmanager-objects.h"

#include <string.h>

#include "network/rp-resolv-conf.h"

#define ROOT_PATH "/org/freedesktop/NetworkManager"
#define ROOT "org.freedesktop.NetworkManager"

/* NMActiveConnectionState: NM_ACTIVE_CONNECTION_STATE_ACTIVATED */
#define STATE_ACTIVATED 2

/* ---- looking things up ---- */

static GVariant *
get_properties (GVariant *objects, const char *path, const char *interface)
{
  g_autoptr (GVariant) interfaces = NULL;

  if (path == NULL)
    return NULL;
  interfaces = g_variant_lookup_value (objects, path, G_VARIANT_TYPE ("a{sa{sv}}"));
  if (interfaces == NULL)
    return NULL;
  return g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT);
}

/* Strings and object paths alike; %NULL for what says nothing. */
static char *
dup_string (GVariant *properties, const char *key)
{
  g_autoptr (GVariant) value = NULL;
  const char *text;

  if (properties == NULL)
    return NULL;
  value = g_variant_lookup_value (properties, key, NULL);
  if (value == NULL
      || (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
          && !g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)))
    return NULL;
  text = g_variant_get_string (value, NULL);
  return text[0] == '\0' || strcmp (text, "/") == 0 ? NULL : g_strdup (text);
}

static guint32
get_number (GVariant *properties, const char *key)
{
  guint32 number = 0;

  if (properties != NULL)
    g_variant_lookup (properties, key, "u", &number);
  return number;
}

static gboolean
get_flag (GVariant *properties, const char *key)
{
  gboolean flag = FALSE;

  g_variant_lookup (properties, key, "b", &flag);
  return flag;
}

/* ---- one fact each ---- */

static RpConnectivity
to_connectivity (guint32 number)
{
  switch (number)
    {
    case 1:
      return RP_CONNECTIVITY_NONE;
    case 2:
      return RP_CONNECTIVITY_PORTAL;
    case 3:
      return RP_CONNECTIVITY_LIMITED;
    case 4:
      return RP_CONNECTIVITY_FULL;
    default:
      return RP_CONNECTIVITY_UNKNOWN;
    }
}

/* NMMetered: 3 and 4 are guesses. */
static RpMetered
to_metered (guint32 number)
{
  switch (number)
    {
    case 1:
    case 3:
      return RP_METERED_YES;
    case 2:
    case 4:
      return RP_METERED_NO;
    default:
      return RP_METERED_UNKNOWN;
    }
}

/* An SSID is any 32 octets: what is not UTF-8, and controls, appear as \xNN. */
static char *
dup_ssid_text (GVariant *octets)
{
  gsize n_bytes = 0;
  const char *bytes = g_variant_get_fixed_array (octets, &n_bytes, 1);
  const char *end;
  GString *text;

  /* A hidden network. */
  if (n_bytes == 0)
    return NULL;

  end = bytes + n_bytes;
  text = g_string_new (NULL);

  while (bytes < end)
    {
      gunichar character = g_utf8_get_char_validated (bytes, end - bytes);
      gboolean is_invalid = character == (gunichar) -1 || character == (gunichar) -2;

      if (is_invalid || g_unichar_iscntrl (character))
        {
          g_string_append_printf (text, "\\x%02x", (guint8) *bytes);
          bytes++;
          continue;
        }
      g_string_append_unichar (text, character);
      bytes = g_utf8_next_char (bytes);
    }
  return g_string_free (text, FALSE);
}

static char *
dup_ssid (GVariant *objects, GVariant *connection)
{
  g_autofree char *path = dup_string (connection, "SpecificObject");
  g_autoptr (GVariant) access_point =
      get_properties (objects, path, ROOT ".AccessPoint");
  g_autoptr (GVariant) octets = NULL;

  if (access_point == NULL)
    return NULL;
  octets = g_variant_lookup_value (access_point, "Ssid", G_VARIANT_TYPE_BYTESTRING);
  return octets != NULL ? dup_ssid_text (octets) : NULL;
}

static char *
dup_interface_name (GVariant *objects, GVariant *connection)
{
  g_autoptr (GVariant) devices =
      g_variant_lookup_value (connection, "Devices", G_VARIANT_TYPE ("ao"));
  g_autoptr (GVariant) device = NULL;
  const char *path;
  char *name;

  if (devices == NULL || g_variant_n_children (devices) == 0)
    return NULL;
  g_variant_get_child (devices, 0, "&o", &path);
  device = get_properties (objects, path, ROOT ".Device");
  name = dup_string (device, "IpInterface");
  return name != NULL ? name : dup_string (device, "Interface");
}

/* ---- the two IP configurations of a connection ---- */

typedef struct
{
  GVariant *v4;
  GVariant *v6;
} IpConfigs;

static void
ip_configs_clear (IpConfigs *self)
{
  g_clear_pointer (&self->v4, g_variant_unref);
  g_clear_pointer (&self->v6, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpConfigs, ip_configs_clear)

static IpConfigs
find_ip_configs (GVariant *objects, GVariant *connection)
{
  g_autofree char *v4 = dup_string (connection, "Ip4Config");
  g_autofree char *v6 = dup_string (connection, "Ip6Config");

  return (IpConfigs){ get_properties (objects, v4, ROOT ".IP4Config"),
                      get_properties (objects, v6, ROOT ".IP6Config") };
}

static void
add_domains (GStrvBuilder *builder, GVariant *config)
{
  const char *const keys[] = { "Domains", "Searches" };

  for (guint i = 0; config != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree const char **domains = NULL;

      if (g_variant_lookup (config, keys[i], "^a&s", &domains))
        g_strv_builder_addv (builder, domains);
    }
}

static void
add_addresses (GStrvBuilder *builder, GVariant *config)
{
  g_autoptr (GVariant) list = NULL;

  if (config == NULL)
    return;
  list = g_variant_lookup_value (config, "AddressData", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
      const char *address;

      /* A link-local address says nothing about the place. */
      if (g_variant_lookup (entry, "address", "&s", &address)
          && g_ascii_strncasecmp (address, "fe80:", 5) != 0)
        g_strv_builder_add (builder, address);
    }
}

static GStrv
end_list (GStrvBuilder *builder)
{
  g_auto (GStrv) list = g_strv_builder_end (builder);

  return list[0] != NULL ? g_steal_pointer (&list) : NULL;
}

static GStrv
dup_addresses (const IpConfigs *configs)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  add_addresses (builder, configs->v4);
  add_addresses (builder, configs->v6);
  return end_list (builder);
}

static GStrv
dup_domains (const IpConfigs *configs)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) domains = NULL;

  add_domains (builder, configs->v4);
  add_domains (builder, configs->v6);
  domains = rp_domains_normalise (g_strv_builder_end (builder));
  return domains[0] != NULL ? g_steal_pointer (&domains) : NULL;
}

/* ---- the whole ---- */

static gboolean
is_vpn (GVariant *connection)
{
  g_autofree char *type = dup_string (connection, "Type");

  return get_flag (connection, "Vpn") || g_strcmp0 (type, "vpn") == 0
         || g_strcmp0 (type, "wireguard") == 0;
}

static void
read_vpn (RpSurroundings *surroundings,
          GVariant *objects,
          GVariant *connection,
          GStrvBuilder *names)
{
  g_autofree char *name = dup_string (connection, "Id");

  if (name != NULL)
    g_strv_builder_add (names, name);
  if (get_flag (connection, "Default") || get_flag (connection, "Default6"))
    {
      g_auto (IpConfigs) configs = find_ip_configs (objects, connection);

      g_strfreev (surroundings->addresses);
      surroundings->addresses = dup_addresses (&configs);
    }
}

static void
read_vpns (RpSurroundings *surroundings, GVariant *objects, GVariant *root)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GVariant) active =
      g_variant_lookup_value (root, "ActiveConnections", G_VARIANT_TYPE ("ao"));

  for (gsize i = 0; active != NULL && i < g_variant_n_children (active); i++)
    {
      g_autoptr (GVariant) connection = NULL;
      const char *path;

      g_variant_get_child (active, i, "&o", &path);
      connection = get_properties (objects, path, ROOT ".Connection.Active");
      if (connection != NULL && is_vpn (connection)
          && get_number (connection, "State") == STATE_ACTIVATED)
        read_vpn (surroundings, objects, connection, names);
    }
  surroundings->vpns = end_list (names);
}

static void
read_primary (RpSurroundings *surroundings, GVariant *objects, GVariant *connection)
{
  g_auto (IpConfigs) configs = find_ip_configs (objects, connection);

  surroundings->connection_uuid = dup_string (connection, "Uuid");
  surroundings->connection_type = dup_string (connection, "Type");
  surroundings->ssid = dup_ssid (objects, connection);
  surroundings->gateway = dup_string (configs.v4, "Gateway");
  if (surroundings->gateway == NULL)
    surroundings->gateway = dup_string (configs.v6, "Gateway");
  surroundings->dns_domains = dup_domains (&configs);
  surroundings->addresses = dup_addresses (&configs);
}

RpSurroundings *
rp_networkmanager_objects_read (GVariant *objects, char **interface_name)
{
  RpSurroundings *surroundings = rp_surroundings_new ();
  g_autoptr (GVariant) root = get_properties (objects, ROOT_PATH, ROOT);
  g_autofree char *path = dup_string (root, "PrimaryConnection");
  g_autoptr (GVariant) primary =
      get_properties (objects, path, ROOT ".Connection.Active");

  *interface_name = NULL;
  if (root == NULL)
    return surroundings;

  surroundings->connectivity = to_connectivity (get_number (root, "Connectivity"));
  surroundings->metered = to_metered (get_number (root, "Metered"));
  if (primary != NULL)
    {
      read_primary (surroundings, objects, primary);
      *interface_name = dup_interface_name (objects, primary);
    }
  read_vpns (surroundings, objects, root);
  return surroundings;
}
