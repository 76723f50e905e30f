/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-surroundings.h"

#include <string.h>

static const char *const connectivity_nicks[] = {
  [RP_CONNECTIVITY_UNKNOWN] = "unknown", [RP_CONNECTIVITY_NONE] = "none",
  [RP_CONNECTIVITY_PORTAL] = "portal",   [RP_CONNECTIVITY_LIMITED] = "limited",
  [RP_CONNECTIVITY_FULL] = "full",
};

static const char *const metered_nicks[] = {
  [RP_METERED_UNKNOWN] = "unknown",
  [RP_METERED_NO] = "no",
  [RP_METERED_YES] = "yes",
};

/* Connection types that are a socket in the wall: their profile, and with it the UUID,
 * is the same wherever the cable goes in. */
static const char *const wired_types[] = { "802-3-ethernet", "bridge", "bond",
                                           "team",           "vlan",   NULL };

RpSurroundings *
rp_surroundings_new (void)
{
  return g_new0 (RpSurroundings, 1);
}

RpSurroundings *
rp_surroundings_copy (const RpSurroundings *self)
{
  RpSurroundings *copy;

  if (self == NULL)
    return NULL;

  copy = rp_surroundings_new ();
  copy->connectivity = self->connectivity;
  copy->metered = self->metered;
  copy->connection_uuid = g_strdup (self->connection_uuid);
  copy->connection_type = g_strdup (self->connection_type);
  copy->ssid = g_strdup (self->ssid);
  copy->gateway = g_strdup (self->gateway);
  copy->gateway_mac = g_strdup (self->gateway_mac);
  copy->dns_domains = g_strdupv (self->dns_domains);
  copy->addresses = g_strdupv (self->addresses);
  copy->vpns = g_strdupv (self->vpns);
  return copy;
}

void
rp_surroundings_free (RpSurroundings *self)
{
  if (self == NULL)
    return;

  g_free (self->connection_uuid);
  g_free (self->connection_type);
  g_free (self->ssid);
  g_free (self->gateway);
  g_free (self->gateway_mac);
  g_strfreev (self->dns_domains);
  g_strfreev (self->addresses);
  g_strfreev (self->vpns);
  g_free (self);
}

static gboolean
holds (GStrv list, const char *value)
{
  return list != NULL && g_strv_contains ((const char *const *) list, value);
}

static gboolean
is_subset (GStrv a, GStrv b)
{
  for (guint i = 0; a != NULL && a[i] != NULL; i++)
    if (!holds (b, a[i]))
      return FALSE;

  return TRUE;
}

/* As sets: the kernel and NetworkManager list addresses and domains in any order, and a
 * mere change of order must not abort transactions as a change of place does. */
static gboolean
is_same_set (GStrv a, GStrv b)
{
  return is_subset (a, b) && is_subset (b, a);
}

gboolean
rp_surroundings_equal (const RpSurroundings *a, const RpSurroundings *b)
{
  return a->connectivity == b->connectivity && a->metered == b->metered
         && g_strcmp0 (a->connection_uuid, b->connection_uuid) == 0
         && g_strcmp0 (a->connection_type, b->connection_type) == 0
         && g_strcmp0 (a->ssid, b->ssid) == 0 && g_strcmp0 (a->gateway, b->gateway) == 0
         && g_strcmp0 (a->gateway_mac, b->gateway_mac) == 0
         && is_same_set (a->dns_domains, b->dns_domains)
         && is_same_set (a->addresses, b->addresses) && is_same_set (a->vpns, b->vpns);
}

gboolean
rp_surroundings_is_elsewhere (const RpSurroundings *before,
                              const char *mac_before,
                              const RpSurroundings *now)
{
  gboolean was_shut = before->connectivity == RP_CONNECTIVITY_NONE
                      || before->connectivity == RP_CONNECTIVITY_PORTAL;
  gboolean is_shut = now->connectivity == RP_CONNECTIVITY_NONE
                     || now->connectivity == RP_CONNECTIVITY_PORTAL;

  return was_shut != is_shut
         || g_strcmp0 (before->connection_uuid, now->connection_uuid) != 0
         || g_strcmp0 (before->gateway, now->gateway) != 0
         || (mac_before != NULL && now->gateway_mac != NULL
             && !g_str_equal (mac_before, now->gateway_mac))
         || (before->ssid != NULL && now->ssid != NULL
             && !g_str_equal (before->ssid, now->ssid))
         || !is_same_set (before->addresses, now->addresses)
         || !is_same_set (before->vpns, now->vpns);
}

const char *
rp_surroundings_get_address_in (const RpSurroundings *self, const RpCidr *range)
{
  for (guint i = 0; self->addresses != NULL && self->addresses[i] != NULL; i++)
    if (rp_cidr_contains (range, self->addresses[i]))
      return self->addresses[i];

  return NULL;
}

static gboolean
is_given (GStrv list)
{
  return list != NULL && list[0] != NULL;
}

/* A MAC is written with colons or dashes, a domain with or without its last dot. */
static char *
dup_plain (const char *value)
{
  char *plain = g_ascii_strdown (value, -1);
  gsize length = strlen (plain);

  g_strdelimit (plain, "-", ':');
  if (length > 0 && plain[length - 1] == '.')
    plain[length - 1] = '\0';
  return plain;
}

static gboolean
is_alike (const char *a, const char *b)
{
  g_autofree char *left = dup_plain (a);
  g_autofree char *right = dup_plain (b);

  return g_str_equal (left, right);
}

static gboolean
list_has_alike (GStrv list, const char *value)
{
  for (guint i = 0; value != NULL && list[i] != NULL; i++)
    if (is_alike (list[i], value))
      return TRUE;

  return FALSE;
}

static gboolean
any_is_alike (GStrv wanted, GStrv seen)
{
  for (guint i = 0; seen != NULL && seen[i] != NULL; i++)
    if (list_has_alike (wanted, seen[i]))
      return TRUE;

  return FALSE;
}

static gboolean
any_is_equal (GStrv wanted, GStrv seen)
{
  for (guint i = 0; seen != NULL && seen[i] != NULL; i++)
    if (holds (wanted, seen[i]))
      return TRUE;

  return FALSE;
}

static gboolean
any_address_lies_in (const RpSurroundings *self, GPtrArray *ranges)
{
  for (guint i = 0; i < ranges->len; i++)
    if (rp_surroundings_get_address_in (self, (RpCidr *) g_ptr_array_index (ranges, i)))
      return TRUE;

  return FALSE;
}

static gboolean
has_addresses (const RpNetworkRule *rule)
{
  return rule->addresses != NULL && rule->addresses->len > 0;
}

static guint
count_keys (const RpNetworkRule *rule)
{
  return (guint) (is_given (rule->nm_uuids) + is_given (rule->ssids)
                  + is_given (rule->gateway_macs) + is_given (rule->dns_domains)
                  + is_given (rule->vpns) + has_addresses (rule));
}

static gboolean
is_wired (const RpSurroundings *self)
{
  return self->connection_type == NULL
         || g_strv_contains (wired_types, self->connection_type);
}

static gboolean
rule_matches (const RpNetworkRule *rule, const RpSurroundings *self)
{
  if (count_keys (rule) == 0)
    return FALSE;
  if (is_given (rule->nm_uuids) && count_keys (rule) == 1 && is_wired (self))
    return FALSE;
  if (is_given (rule->nm_uuids)
      && !list_has_alike (rule->nm_uuids, self->connection_uuid))
    return FALSE;
  if (is_given (rule->ssids)
      && (self->ssid == NULL || !holds (rule->ssids, self->ssid)))
    return FALSE;
  if (is_given (rule->gateway_macs)
      && !list_has_alike (rule->gateway_macs, self->gateway_mac))
    return FALSE;
  if (is_given (rule->dns_domains)
      && !any_is_alike (rule->dns_domains, self->dns_domains))
    return FALSE;
  if (is_given (rule->vpns) && !any_is_equal (rule->vpns, self->vpns))
    return FALSE;
  return !has_addresses (rule) || any_address_lies_in (self, rule->addresses);
}

const RpNetworkRule *
rp_surroundings_find_network (const RpSurroundings *self, const RpConfig *config)
{
  const RpNetworkRule *best = NULL;

  for (guint i = 0; i < config->networks->len; i++)
    {
      const RpNetworkRule *rule =
          (const RpNetworkRule *) g_ptr_array_index (config->networks, i);

      if (rule_matches (rule, self)
          && (best == NULL || count_keys (rule) > count_keys (best)))
        best = rule;
    }

  return best;
}

/* Our part of the network in hexadecimal: a /24 of IPv4, a /64 of IPv6. The prefix that
 * the interface really has is not among the facts; for telling places apart these do.
 */
static char *
dup_subnet (const char *address)
{
  RpCidr range = { 0 };
  GString *text;

  if (!rp_cidr_parse (address, &range))
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; i < (range.n_address_bytes == 4 ? 3 : 8); i++)
    g_string_append_printf (text, "%02x", range.bytes[i]);
  rp_cidr_clear (&range);
  return g_string_free (text, FALSE);
}

static gboolean
is_link_local (const char *address)
{
  return g_str_has_prefix (address, "169.254.")
         || g_ascii_strncasecmp (address, "fe80:", 5) == 0;
}

/* IPv4 where there is one: privacy addresses and renumbering make IPv6 the less stable
 * of the two. */
static char *
dup_subnet_of_all (const RpSurroundings *self)
{
  char *other = NULL;

  for (guint i = 0; self->addresses != NULL && self->addresses[i] != NULL; i++)
    {
      const char *address = self->addresses[i];

      if (is_link_local (address))
        continue;
      if (strchr (address, ':') == NULL)
        {
          g_free (other);
          return dup_subnet (address);
        }
      if (other == NULL)
        other = dup_subnet (address);
    }

  return other;
}

static void
add_fact (GString *place, const char *key, const char *value)
{
  if (value != NULL && value[0] != '\0')
    g_string_append_printf (place, "%s%s=%s", place->len > 0 ? " " : "", key, value);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
dup_sorted (GStrv list)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    g_ptr_array_add (sorted, list[i]);
  g_ptr_array_sort (sorted, compare_strings);
  g_ptr_array_add (sorted, NULL);
  return g_strjoinv (",", (char **) sorted->pdata);
}

char *
rp_surroundings_dup_named_place (const char *network)
{
  return g_strdup_printf ("network=%s", network);
}

char *
rp_surroundings_dup_place (const RpSurroundings *self, const RpConfig *config)
{
  const RpNetworkRule *rule = rp_surroundings_find_network (self, config);
  g_autofree char *domains = NULL;
  g_autofree char *subnet = NULL;
  GString *place;

  if (rule != NULL)
    return rp_surroundings_dup_named_place (rule->name);

  domains = dup_sorted (self->dns_domains);
  subnet = dup_subnet_of_all (self);
  place = g_string_new (NULL);
  add_fact (place, "mac", self->gateway_mac);
  add_fact (place, "ssid", self->ssid);
  add_fact (place, "domains", domains);
  add_fact (place, "subnet", subnet);
  return g_string_free (place, FALSE);
}

const char *
rp_connectivity_to_nick (RpConnectivity self)
{
  g_return_val_if_fail ((guint) self < G_N_ELEMENTS (connectivity_nicks), "unknown");

  return connectivity_nicks[self];
}

RpConnectivity
rp_connectivity_from_nick (const char *nick)
{
  for (guint i = 0; i < G_N_ELEMENTS (connectivity_nicks); i++)
    if (g_str_equal (connectivity_nicks[i], nick))
      return (RpConnectivity) i;

  return RP_CONNECTIVITY_UNKNOWN;
}

static RpMetered
metered_from_nick (const char *nick)
{
  for (guint i = 0; i < G_N_ELEMENTS (metered_nicks); i++)
    if (g_str_equal (metered_nicks[i], nick))
      return (RpMetered) i;

  return RP_METERED_UNKNOWN;
}

static void
insert_string (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

static void
insert_list (GVariantDict *dict, const char *key, GStrv value)
{
  if (is_given (value))
    g_variant_dict_insert (dict, key, "^as", value);
}

GVariant *
rp_surroundings_to_variant (const RpSurroundings *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  insert_string (&dict, "connectivity", rp_connectivity_to_nick (self->connectivity));
  insert_string (&dict, "metered", metered_nicks[self->metered]);
  insert_string (&dict, "connection-uuid", self->connection_uuid);
  insert_string (&dict, "connection-type", self->connection_type);
  insert_string (&dict, "ssid", self->ssid);
  insert_string (&dict, "gateway", self->gateway);
  insert_string (&dict, "gateway-mac", self->gateway_mac);
  insert_list (&dict, "dns-domains", self->dns_domains);
  insert_list (&dict, "addresses", self->addresses);
  insert_list (&dict, "vpns", self->vpns);
  return g_variant_dict_end (&dict);
}

RpSurroundings *
rp_surroundings_from_variant (GVariant *variant)
{
  RpSurroundings *self = rp_surroundings_new ();
  const char *nick;

  if (g_variant_lookup (variant, "connectivity", "&s", &nick))
    self->connectivity = rp_connectivity_from_nick (nick);
  if (g_variant_lookup (variant, "metered", "&s", &nick))
    self->metered = metered_from_nick (nick);
  g_variant_lookup (variant, "connection-uuid", "s", &self->connection_uuid);
  g_variant_lookup (variant, "connection-type", "s", &self->connection_type);
  g_variant_lookup (variant, "ssid", "s", &self->ssid);
  g_variant_lookup (variant, "gateway", "s", &self->gateway);
  g_variant_lookup (variant, "gateway-mac", "s", &self->gateway_mac);
  g_variant_lookup (variant, "dns-domains", "^as", &self->dns_domains);
  g_variant_lookup (variant, "addresses", "^as", &self->addresses);
  g_variant_lookup (variant, "vpns", "^as", &self->vpns);
  return self;
}
