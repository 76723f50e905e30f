/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-printable.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

static gunichar
printable (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR
      || type == G_UNICODE_PARAGRAPH_SEPARATOR)
    return ' ';
  return g_unichar_isprint (c) ? c : REPLACEMENT;
}

char *
rp_printable_dup (const char *text, gssize n_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text, n_bytes);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (out, printable (g_utf8_get_char (p)));

  return g_string_free (out, FALSE);
}

void
rp_printable_cut (char *text, gsize max_bytes)
{
  gsize n_bytes = max_bytes;

  if (strlen (text) <= max_bytes)
    return;

  while (n_bytes > 0 && ((guchar) text[n_bytes] & 0xC0) == 0x80)
    n_bytes--;
  text[n_bytes] = '\0';
}
