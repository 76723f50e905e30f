/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "queue/rp-header-text.h"

/* Nothing but line feeds may be left of what a terminal obeys. */
static void
check_harmless (const char *field)
{
  must (g_utf8_validate (field, -1, NULL));
  for (const char *p = field; *p != '\0'; p = g_utf8_next_char (p))
    must (*p == '\n' || g_unichar_isprint (g_utf8_get_char (p)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  const char *octets = (const char *) data;
  gsize length = rp_header_text_get_length (octets, n_bytes);
  g_auto (GStrv) fields = rp_header_text_dup_fields (octets, length);
  g_auto (GStrv) all = rp_header_text_dup_fields (octets, n_bytes);

  must (length <= n_bytes);
  for (guint i = 0; fields[i] != NULL; i++)
    check_harmless (fields[i]);
  for (guint i = 0; all[i] != NULL; i++)
    check_harmless (all[i]);
  must (g_strv_length (all) >= g_strv_length (fields));
  return 0;
}
