/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean
parse_address (const char *text, guint8 *bytes, guint *n_bytes)
{
  if (inet_pton (AF_INET, text, bytes) == 1)
    *n_bytes = 4;
  else if (inet_pton (AF_INET6, text, bytes) == 1)
    *n_bytes = 16;
  else
    return FALSE;

  return TRUE;
}

static gboolean
parse_prefix (const char *text, guint max_bits, guint *n_bits)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, max_bits, &number, NULL))
    return FALSE;

  *n_bits = (guint) number;
  return TRUE;
}

gboolean
rp_cidr_parse (const char *text, RpCidr *out)
{
  const char *slash = strchr (text, '/');
  g_autofree char *address =
      g_strndup (text, slash != NULL ? (gsize) (slash - text) : strlen (text));
  RpCidr cidr = { 0 };

  if (!parse_address (address, cidr.bytes, &cidr.n_address_bytes))
    return FALSE;

  cidr.n_prefix_bits = cidr.n_address_bytes * 8;
  if (slash != NULL
      && !parse_prefix (slash + 1, cidr.n_address_bytes * 8, &cidr.n_prefix_bits))
    return FALSE;

  cidr.text = g_strdup (text);
  *out = cidr;
  return TRUE;
}

void
rp_cidr_clear (RpCidr *self)
{
  g_clear_pointer (&self->text, g_free);
}

static guint8
get_mask (const RpCidr *self, guint index)
{
  guint first_bit = index * 8;

  if (self->n_prefix_bits >= first_bit + 8)
    return 0xFF;
  if (self->n_prefix_bits <= first_bit)
    return 0;
  return (guint8) (0xFFU << (8 - (self->n_prefix_bits - first_bit)));
}

gboolean
rp_cidr_contains (const RpCidr *self, const char *address)
{
  g_autofree char *bare = g_strdup (address);
  guint8 bytes[16];
  guint n_bytes;

  /* The zone of a link-local address ("fe80::1%wlan0") is no part of it. */
  bare[strcspn (bare, "%")] = '\0';
  if (!parse_address (bare, bytes, &n_bytes) || n_bytes != self->n_address_bytes)
    return FALSE;

  for (guint i = 0; i < n_bytes; i++)
    if (((bytes[i] ^ self->bytes[i]) & get_mask (self, i)) != 0)
      return FALSE;

  return TRUE;
}

char *
rp_cidr_dup_canonical (const RpCidr *self)
{
  char text[INET6_ADDRSTRLEN];
  guint8 bytes[16];

  for (guint i = 0; i < self->n_address_bytes; i++)
    bytes[i] = self->bytes[i] & get_mask (self, i);
  inet_ntop (self->n_address_bytes == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
  return g_strdup_printf ("%s/%u", text, self->n_prefix_bits);
}

gboolean
rp_cidr_has_host_bits (const RpCidr *self)
{
  for (guint i = 0; i < self->n_address_bytes; i++)
    if ((self->bytes[i] & (guint8) ~get_mask (self, i)) != 0)
      return TRUE;

  return FALSE;
}
