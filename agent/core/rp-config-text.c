/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-text.h"

#include <string.h>

char *
rp_config_text_dup_mac (const char *text)
{
  g_autofree char *mac = g_ascii_strdown (text, -1);

  g_strdelimit (mac, "-", ':');
  if (strlen (mac) != 17)
    return NULL;

  for (guint i = 0; i < 17; i++)
    if (i % 3 == 2 ? mac[i] != ':' : !g_ascii_isxdigit (mac[i]))
      return NULL;

  return g_steal_pointer (&mac);
}

gboolean
rp_config_text_is_loopback (const char *host)
{
  RpCidr loopback = { .bytes = { 127 }, .n_address_bytes = 4, .n_prefix_bits = 8 };
  RpCidr one = { .bytes = { [15] = 1 }, .n_address_bytes = 16, .n_prefix_bits = 128 };

  return g_ascii_strcasecmp (host, "localhost") == 0
         || rp_cidr_contains (&loopback, host) || rp_cidr_contains (&one, host);
}

gboolean
rp_config_text_parse_boolean (const char *text, gboolean *out)
{
  *out = g_str_equal (text, "yes") || g_str_equal (text, "true");
  return *out || g_str_equal (text, "no") || g_str_equal (text, "false");
}

/* Returns: what stands behind the number, or %NULL when there is none */
static const char *
parse_number (const char *text, guint64 max, guint64 *out)
{
  gsize n_digits = strspn (text, G_CSET_DIGITS);
  g_autofree char *digits = g_strndup (text, n_digits);

  if (!g_ascii_string_to_unsigned (digits, 10, 0, max, out, NULL))
    return NULL;
  return text + n_digits;
}

gboolean
rp_config_text_parse_seconds (const char *text, guint *out_s)
{
  guint64 number;
  const char *unit = parse_number (text, G_MAXUINT / 60, &number);

  if (unit == NULL)
    return FALSE;
  if (g_str_equal (unit, "min"))
    number *= 60;
  else if (!g_str_equal (unit, "") && !g_str_equal (unit, "s"))
    return FALSE;

  *out_s = (guint) number;
  return TRUE;
}

gboolean
rp_config_text_parse_days (const char *text, guint *out_days)
{
  guint64 number;
  const char *unit = parse_number (text, G_MAXUINT, &number);

  if (unit == NULL || (!g_str_equal (unit, "") && !g_str_equal (unit, "d")))
    return FALSE;

  *out_days = (guint) number;
  return TRUE;
}

gboolean
rp_config_text_parse_bytes (const char *text, guint64 *out_bytes)
{
  static const char *const units[] = { "", "K", "M", "G", NULL };
  guint64 number;
  const char *unit = parse_number (text, G_MAXUINT32, &number);

  for (guint i = 0; unit != NULL && units[i] != NULL; i++)
    if (g_str_equal (unit, units[i]))
      {
        *out_bytes = number << (10 * i);
        return TRUE;
      }

  return FALSE;
}

gboolean
rp_config_text_is_pin (const char *text)
{
  static const char prefix[] = "sha256//";
  const char *base64 = text + strlen (prefix);
  gsize n_bytes;

  /* 32 octets are 43 letters and one '=' (RFC 4648 section 4). */
  if (!g_str_has_prefix (text, prefix) || strlen (base64) != 44
      || strspn (base64, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "+/") != 43)
    return FALSE;

  g_autofree guchar *bytes = g_base64_decode (base64, &n_bytes);

  return bytes != NULL && n_bytes == 32;
}
