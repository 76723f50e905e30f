/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-address.h"

static void
check_accepted (const char *address)
{
  g_autofree char *path = g_strdup_printf ("<%s>", address);
  g_autofree char *again = NULL;
  g_autofree char *domain = rp_address_dup_domain (address);
  gsize consumed;

  must (strchr (domain, '@') == NULL);
  must (strpbrk (address, "\r\n") == NULL);
  must (strlen (address) <= RP_ADDRESS_MAX_BYTES);
  must (rp_address_parse_path (path, strlen (path), &consumed, &again)
        == RP_ADDRESS_OK);
  must (consumed == strlen (path));
  must (g_str_equal (again, address));
  must (rp_address_is_same (address, address));
  must (address[0] == '\0' || rp_address_matches (address, "*@*"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *address = NULL;
  gsize consumed = 0;

  if (rp_address_parse_path ((const char *) data, n_bytes, &consumed, &address)
      == RP_ADDRESS_OK)
    {
      must (consumed <= n_bytes && data[consumed - 1] == '>');
      check_accepted (address);
    }
  else
    must (address == NULL);

  if (rp_address_is_pattern (text))
    rp_address_matches ("terri@proseware.com", text);
  return 0;
}
