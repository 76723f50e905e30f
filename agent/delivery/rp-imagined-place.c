/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-imagined-place.h"

#include <gio/gio.h>

static const RpNetworkRule *
find_rule (const RpConfig *config, const char *network)
{
  for (guint i = 0; i < config->networks->len; i++)
    {
      const RpNetworkRule *rule =
          (const RpNetworkRule *) g_ptr_array_index (config->networks, i);

      if (g_str_equal (rule->name, network))
        return rule;
    }

  return NULL;
}

static char *
dup_first (GStrv list)
{
  return list != NULL ? g_strdup (list[0]) : NULL;
}

static GStrv
dup_first_as_list (GStrv list)
{
  const char *const first[] = { list != NULL ? list[0] : NULL, NULL };

  return first[0] != NULL ? g_strdupv ((GStrv) first) : NULL;
}

/* The first host of a range: an address that lies in it. */
static char *
dup_address_in (const RpCidr *range)
{
  g_autoptr (GInetAddress) address = NULL;
  guint8 bytes[16];

  memcpy (bytes, range->bytes, sizeof bytes);
  if (range->n_prefix_bits < range->n_address_bytes * 8)
    bytes[range->n_address_bytes - 1] |= 1;
  address = g_inet_address_new_from_bytes (
      bytes, range->n_address_bytes == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (address);
}

RpSurroundings *
rp_imagined_place_new (const RpConfig *config, const char *network)
{
  const RpNetworkRule *rule = find_rule (config, network);
  RpSurroundings *self;

  if (rule == NULL)
    return NULL;

  self = rp_surroundings_new ();
  self->connectivity = RP_CONNECTIVITY_FULL;
  self->connection_uuid = dup_first (rule->nm_uuids);
  /* Of a wired connection the UUID alone would not be believed. */
  self->connection_type = g_strdup ("802-11-wireless");
  self->ssid = dup_first (rule->ssids);
  self->gateway_mac = dup_first (rule->gateway_macs);
  self->dns_domains = dup_first_as_list (rule->dns_domains);
  self->vpns = dup_first_as_list (rule->vpns);
  if (rule->addresses != NULL && rule->addresses->len > 0)
    {
      self->addresses = g_new0 (char *, 2);
      self->addresses[0] =
          dup_address_in ((const RpCidr *) g_ptr_array_index (rule->addresses, 0));
    }
  return self;
}
