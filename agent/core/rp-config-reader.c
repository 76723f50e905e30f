/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-reader.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-text.h"
#include "core/rp-domain.h"

/* RFC 5321 wants no limit; these keep a slip of the hand from stopping all mail. */
#define MAX_PATIENCE_S 600
#define MAX_TIMEOUT_S 3600
#define MIN_MESSAGE_BYTES (64 * 1024)

/* IEEE 802.11-2020 section 9.4.2.2 */
#define MAX_SSID_BYTES 32

/* ReadFunc: reads @row into @field, a member of the group's object; appends to @errors
 * what cannot be read. */
typedef void (*ReadFunc) (const RpKeyfileRow *row, gpointer field, GPtrArray *errors);

typedef struct
{
  RpGroupKind kind;
  const char *key;
  ReadFunc read;
  gsize offset;
} KeySpec;

#define add_error(row, ...)                                                            \
  rp_config_error_add (errors, (row)->file, (row)->line, __VA_ARGS__)

static void
read_text (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;

  *out = g_strdup (row->value);
}

static void
read_path (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (g_path_is_absolute (row->value))
    read_text (row, field, errors);
  else
    add_error (row, "%s=%s is no whole path; write it from '/' on", row->key,
               row->value);
}

static void
read_boolean (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (!rp_config_text_parse_boolean (row->value, field))
    add_error (row, "%s=%s is neither yes nor no; write %s=yes or %s=no", row->key,
               row->value, row->key, row->key);
}

static void
read_seconds (const RpKeyfileRow *row, guint *out, guint max_s, GPtrArray *errors)
{
  guint number;

  if (rp_config_text_parse_seconds (row->value, &number) && number >= 1
      && number <= max_s)
    *out = number;
  else
    add_error (row, "%s=%s is no duration; write seconds from 1 to %u, such as %s=25",
               row->key, row->value, max_s, row->key);
}

static void
read_patience (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  read_seconds (row, field, MAX_PATIENCE_S, errors);
}

static void
read_timeout (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  read_seconds (row, field, MAX_TIMEOUT_S, errors);
}

static void
read_message_size (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  guint64 *out = field;
  guint64 number;

  if (!rp_config_text_parse_bytes (row->value, &number))
    add_error (row,
               "%s=%s is no size; write octets, or a number with K, M or G behind"
               " it, such as %s=100M",
               row->key, row->value, row->key);
  else if (number < MIN_MESSAGE_BYTES)
    add_error (row, "%s=%s would refuse ordinary mail; write at least 64K", row->key,
               row->value);
  else
    *out = number;
}

static void
read_language (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  const char *value = row->value;
  gsize n_language = strspn (value, G_CSET_a_2_z);
  gsize n_rest = strspn (value + n_language, G_CSET_A_2_Z G_CSET_a_2_z "_-@.");

  if ((n_language == 2 || n_language == 3) && value[n_language + n_rest] == '\0')
    read_text (row, field, errors);
  else
    add_error (row, "%s=%s is no language; write a code such as de or en", row->key,
               value);
}

static void
read_bare_newline (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  RpBareNewline *out = field;

  if (g_str_equal (row->value, "normalize"))
    *out = RP_BARE_NEWLINE_NORMALIZE;
  else if (g_str_equal (row->value, "refuse"))
    *out = RP_BARE_NEWLINE_REFUSE;
  else
    add_error (row, "%s=%s is unknown; write refuse or normalize", row->key,
               row->value);
}

static void
read_listen (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *listen = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  g_ptr_array_set_size (listen, 0);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *problem = NULL;
      RpListenAddress *address = rp_config_text_parse_listen (parts[i], &problem);

      if (address == NULL)
        add_error (row, "%s=: %s", row->key, problem);
      else
        g_ptr_array_add (listen, address);
    }
}

static void
read_address (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  RpAddressFault fault = rp_address_check (row->value);

  if (rp_address_is_pattern (row->value))
    add_error (row,
               "%s=%s is a pattern; write one address here, and the pattern in"
               " aliases=",
               row->key, row->value);
  else if (fault != RP_ADDRESS_OK)
    add_error (row, "'%s' is no mail address: %s", row->value,
               rp_address_fault_to_text (fault));
  else
    read_text (row, field, errors);
}

static void
read_senders (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!rp_address_is_valid (parts[i]) && !rp_address_is_pattern (parts[i]))
      add_error (row,
                 "%s=: '%s' is neither an address nor a pattern; write"
                 " name@example.org or *@example.org",
                 row->key, parts[i]);

  *out = g_steal_pointer (&parts);
}

/* @field: the account's patterns; its addresses get address= in front afterwards */
static void
read_aliases (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  read_senders (row, field, errors);
}

static void
read_names (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;

  *out = rp_keyfile_split_list (row->raw_value);
}

static void
read_domains (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *domain = rp_domain_normalize (parts[i]);

      if (domain != NULL)
        g_strv_builder_add (builder, domain);
      else
        add_error (row, "%s=: '%s' is no domain; write it as example.org", row->key,
                   parts[i]);
    }

  *out = g_strv_builder_end (builder);
}

static void
read_endpoints (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *endpoints = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *problem = NULL;
      RpEndpoint *endpoint = rp_config_text_parse_endpoint (parts[i], &problem);

      if (endpoint == NULL)
        add_error (row, "%s=: %s", row->key, problem);
      else
        g_ptr_array_add (endpoints, endpoint);
    }
}

static void
read_pop (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  RpPopEndpoint **out = field;
  g_autofree char *problem = NULL;

  *out = rp_config_text_parse_pop (row->value, &problem);
  if (*out == NULL)
    add_error (row, "%s=: %s", row->key, problem);
}

static gboolean
parse_range (const RpKeyfileRow *row, const char *text, RpCidr *out, GPtrArray *errors)
{
  if (!rp_cidr_parse (text, out))
    {
      add_error (row,
                 "%s=: '%s' is no address range; write it as 192.168.7.0/24 or"
                 " 2001:db8::/32",
                 row->key, text);
      return FALSE;
    }
  if (rp_cidr_has_host_bits (out))
    {
      g_autofree char *canonical = rp_cidr_dup_canonical (out);

      add_error (row, "%s=: '%s' has digits behind its first %u bits; write %s",
                 row->key, text, out->n_prefix_bits, canonical);
      rp_cidr_clear (out);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_one_access (const RpKeyfileRow *row,
                 const char *text,
                 RpAccess *access,
                 GPtrArray *errors)
{
  if (g_str_equal (text, "password"))
    access->kind = RP_ACCESS_PASSWORD;
  else if (g_str_equal (text, "pop"))
    access->kind = RP_ACCESS_POP;
  else if (g_str_has_prefix (text, "network:") && strlen (text) > strlen ("network:"))
    {
      access->kind = RP_ACCESS_NETWORK;
      access->network = g_strdup (text + strlen ("network:"));
    }
  else if (g_str_has_prefix (text, "address:"))
    {
      access->kind = RP_ACCESS_ADDRESS;
      return parse_range (row, text + strlen ("address:"), &access->range, errors);
    }
  else
    {
      add_error (row,
                 "unknown access '%s'; write password, pop, network:NAME or"
                 " address:192.168.7.0/24",
                 text);
      return FALSE;
    }

  return TRUE;
}

static void
read_access (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *accesses = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree RpAccess *access = g_new0 (RpAccess, 1);

      if (read_one_access (row, parts[i], access, errors))
        g_ptr_array_add (accesses, g_steal_pointer (&access));
    }
}

static void
read_pins (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!rp_config_text_is_pin (parts[i]))
      add_error (row,
                 "%s=: '%s' is no pin; write sha256// and the 44 letters of the"
                 " key's SHA-256 in base64",
                 row->key, parts[i]);

  *out = g_strjoinv (";", parts);
}

static void
read_proxy (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  static const char *const schemes[] = { "socks5h", "socks5", "socks4a", "socks4",
                                         "http",    "https",  NULL };
  g_autoptr (GUri) uri = g_uri_parse (row->value, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || !g_strv_contains (schemes, g_uri_get_scheme (uri))
      || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    add_error (row,
               "%s=%s is no proxy; write it as socks5h://127.0.0.1:9050 or"
               " http://proxy.example.org:3128",
               row->key, row->value);
  else if (g_uri_get_userinfo (uri) != NULL)
    add_error (row,
               "no user name or password stands in %s=; only proxies without a"
               " login can be used",
               row->key);
  else
    read_text (row, field, errors);
}

static void
read_ehlo (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;
  g_autofree char *domain = rp_domain_normalize (row->value);

  if (domain != NULL)
    {
      g_free (*out);
      *out = g_strdup (row->value);
    }
  else
    add_error (row,
               "%s=%s is neither a host name nor an address in brackets; write it"
               " as [127.0.0.1]",
               row->key, row->value);
}

static void
read_uuids (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *lower = g_ascii_strdown (parts[i], -1);

      if (!g_uuid_string_is_valid (lower))
        add_error (row, "%s=: '%s' is no UUID; 'nmcli connection show' lists them",
                   row->key, parts[i]);
      g_free (parts[i]);
      parts[i] = lower;
    }

  *out = g_steal_pointer (&parts);
}

static void
read_ssids (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;

  *out = rp_keyfile_split_list (row->raw_value);
  for (guint i = 0; (*out)[i] != NULL; i++)
    if (strlen ((*out)[i]) > MAX_SSID_BYTES && strchr ((*out)[i], '\\') == NULL)
      add_error (row,
                 "%s=: '%s' is longer than a wireless name can be (%d octets);"
                 " several names are written ONE;TWO",
                 row->key, (*out)[i], MAX_SSID_BYTES);
}

static void
read_macs (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *mac = rp_config_text_dup_mac (parts[i]);

      if (mac != NULL)
        g_strv_builder_add (builder, mac);
      else
        add_error (row, "%s=: '%s' is no MAC address; write it as 52:54:00:12:34:56",
                   row->key, parts[i]);
    }

  *out = g_strv_builder_end (builder);
}

static void
read_ranges (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *ranges = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      RpCidr range;

      if (parse_range (row, parts[i], &range, errors))
        g_ptr_array_add (ranges, g_memdup2 (&range, sizeof range));
    }
}

static const KeySpec SPECS[] = {
  { RP_GROUP_AGENT, "listen", read_listen, G_STRUCT_OFFSET (RpConfig, listen) },
  { RP_GROUP_AGENT, "patience", read_patience, G_STRUCT_OFFSET (RpConfig, patience_s) },
  { RP_GROUP_AGENT, "language", read_language, G_STRUCT_OFFSET (RpConfig, language) },
  { RP_GROUP_AGENT, "bare-newline", read_bare_newline,
    G_STRUCT_OFFSET (RpConfig, bare_newline) },
  { RP_GROUP_AGENT, "received", read_boolean,
    G_STRUCT_OFFSET (RpConfig, adds_received) },
  { RP_GROUP_AGENT, "max-message-size", read_message_size,
    G_STRUCT_OFFSET (RpConfig, max_message_bytes) },

  { RP_GROUP_ACCOUNT, "address", read_address, G_STRUCT_OFFSET (RpAccount, address) },
  { RP_GROUP_ACCOUNT, "aliases", read_aliases, G_STRUCT_OFFSET (RpAccount, patterns) },
  { RP_GROUP_ACCOUNT, "servers", read_names, G_STRUCT_OFFSET (RpAccount, servers) },
  { RP_GROUP_ACCOUNT, "default", read_boolean,
    G_STRUCT_OFFSET (RpAccount, is_default) },

  { RP_GROUP_SERVER, "endpoints", read_endpoints,
    G_STRUCT_OFFSET (RpServer, endpoints) },
  { RP_GROUP_SERVER, "domains", read_domains, G_STRUCT_OFFSET (RpServer, domains) },
  { RP_GROUP_SERVER, "access", read_access, G_STRUCT_OFFSET (RpServer, accesses) },
  { RP_GROUP_SERVER, "user", read_text, G_STRUCT_OFFSET (RpServer, user) },
  { RP_GROUP_SERVER, "pop", read_pop, G_STRUCT_OFFSET (RpServer, pop) },
  { RP_GROUP_SERVER, "senders", read_senders, G_STRUCT_OFFSET (RpServer, senders) },
  { RP_GROUP_SERVER, "ca-file", read_path, G_STRUCT_OFFSET (RpServer, ca_file) },
  { RP_GROUP_SERVER, "pin", read_pins, G_STRUCT_OFFSET (RpServer, pins) },
  { RP_GROUP_SERVER, "client-certificate", read_path,
    G_STRUCT_OFFSET (RpServer, client_certificate) },
  { RP_GROUP_SERVER, "proxy", read_proxy, G_STRUCT_OFFSET (RpServer, proxy) },
  { RP_GROUP_SERVER, "secret-command", read_text,
    G_STRUCT_OFFSET (RpServer, secret_command) },
  { RP_GROUP_SERVER, "timeout", read_timeout, G_STRUCT_OFFSET (RpServer, timeout_s) },
  { RP_GROUP_SERVER, "ehlo", read_ehlo, G_STRUCT_OFFSET (RpServer, ehlo) },

  { RP_GROUP_NETWORK, "nm-uuid", read_uuids,
    G_STRUCT_OFFSET (RpNetworkRule, nm_uuids) },
  { RP_GROUP_NETWORK, "ssid", read_ssids, G_STRUCT_OFFSET (RpNetworkRule, ssids) },
  { RP_GROUP_NETWORK, "gateway-mac", read_macs,
    G_STRUCT_OFFSET (RpNetworkRule, gateway_macs) },
  { RP_GROUP_NETWORK, "dns-domain", read_domains,
    G_STRUCT_OFFSET (RpNetworkRule, dns_domains) },
  { RP_GROUP_NETWORK, "address", read_ranges,
    G_STRUCT_OFFSET (RpNetworkRule, addresses) },
  { RP_GROUP_NETWORK, "vpn", read_names, G_STRUCT_OFFSET (RpNetworkRule, vpns) },
  { RP_GROUP_NETWORK, "server", read_text, G_STRUCT_OFFSET (RpNetworkRule, server) },
};

static void
read_keys (const RpConfigGroup *group, GPtrArray *errors)
{
  for (guint i = 0; i < G_N_ELEMENTS (SPECS); i++)
    if (SPECS[i].kind == group->kind)
      {
        const RpKeyfileRow *row = rp_config_group_get_row (group, SPECS[i].key);

        if (row != NULL)
          SPECS[i].read (row, (char *) group->object + SPECS[i].offset, errors);
      }
}

static gboolean
append (GStrvBuilder *builder, const char *text)
{
  g_strv_builder_add (builder, text);
  return TRUE;
}

/* aliases= was read into @patterns whole: its exact addresses go behind address=. */
static void
sort_aliases (RpAccount *account)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) patterns = g_strv_builder_new ();
  g_auto (GStrv) aliases = g_steal_pointer (&account->patterns);

  if (account->address != NULL)
    append (addresses, account->address);
  for (guint i = 0; aliases != NULL && aliases[i] != NULL; i++)
    append (rp_address_is_pattern (aliases[i]) ? patterns : addresses, aliases[i]);

  account->addresses = g_strv_builder_end (addresses);
  account->patterns = g_strv_builder_end (patterns);
}

static void
read_account (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpAccount *account = g_new0 (RpAccount, 1);

  account->name = g_strdup (group->name);
  g_ptr_array_add (self->accounts, account);
  group->object = account;
  read_keys (group, errors);
  sort_aliases (account);
  if (account->servers == NULL)
    account->servers = g_new0 (char *, 1);
}

static void
access_free (RpAccess *self)
{
  g_free (self->network);
  rp_cidr_clear (&self->range);
  g_free (self);
}

static void
range_free (RpCidr *self)
{
  rp_cidr_clear (self);
  g_free (self);
}

static void
ensure_list (GStrv *list)
{
  if (*list == NULL)
    *list = g_new0 (char *, 1);
}

static void
read_server (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpServer *server = g_new0 (RpServer, 1);

  server->name = g_strdup (group->name);
  server->endpoints =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_endpoint_free);
  server->accesses = g_ptr_array_new_with_free_func ((GDestroyNotify) access_free);
  server->ehlo = g_strdup ("[127.0.0.1]");
  server->timeout_s = RP_CONFIG_TIMEOUT_S;
  g_ptr_array_add (self->servers, server);
  group->object = server;
  read_keys (group, errors);
  ensure_list (&server->domains);
  ensure_list (&server->senders);
}

/* Returns: (transfer full): "home" for "home" and "home.2" */
static char *
dup_place_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot[1] == '\0' || dot[1 + strspn (dot + 1, G_CSET_DIGITS)] != '\0')
    return g_strdup (name);
  return g_strndup (name, (gsize) (dot - name));
}

static void
read_network (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpNetworkRule *rule = g_new0 (RpNetworkRule, 1);

  rule->name = dup_place_name (group->name);
  rule->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) range_free);
  g_ptr_array_add (self->networks, rule);
  group->object = rule;
  read_keys (group, errors);
  ensure_list (&rule->nm_uuids);
  ensure_list (&rule->ssids);
  ensure_list (&rule->gateway_macs);
  ensure_list (&rule->dns_domains);
  ensure_list (&rule->vpns);
}

void
rp_config_read (RpConfig *self, GPtrArray *groups, GPtrArray *errors)
{
  for (guint i = 0; i < groups->len; i++)
    {
      RpConfigGroup *group = g_ptr_array_index (groups, i);

      switch (group->kind)
        {
        case RP_GROUP_AGENT:
          group->object = self;
          read_keys (group, errors);
          break;
        case RP_GROUP_ACCOUNT:
          read_account (self, group, errors);
          break;
        case RP_GROUP_SERVER:
          read_server (self, group, errors);
          break;
        case RP_GROUP_NETWORK:
          read_network (self, group, errors);
          break;
        }
    }
}
