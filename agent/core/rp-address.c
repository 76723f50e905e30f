/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-address.h"

#include <string.h>

#include "core/rp-domain.h"
#include "core/rp-marked.h"

/* Reading goes from left to right over octets that end with NUL; each measure_
 * function gives the octets that belong to its piece, 0 when the piece is not there
 * or malformed. */

static gboolean
is_atext (char c)
{
  return (guchar) c >= 0x80 || g_ascii_isalnum (c)
         || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Dot-string of RFC 5321 section 4.1.2 with UTF8-non-ascii of RFC 6531. */
static gsize
measure_dot_string (const char *text)
{
  gsize n = 0;

  while (is_atext (text[n]))
    {
      while (is_atext (text[n]))
        n++;
      if (text[n] != '.')
        return n;
      n++;
    }

  return 0;
}

static gsize
measure_quoted_string (const char *text)
{
  gsize n = 1;

  if (text[0] != '"')
    return 0;

  while (text[n] != '"')
    {
      if (text[n] == '\\')
        n++;
      /* Controls and NUL were refused before; the end may still come early. */
      if (text[n] == '\0')
        return 0;
      n++;
    }

  return n + 1;
}

static gsize
measure_local_part (const char *text)
{
  return text[0] == '"' ? measure_quoted_string (text) : measure_dot_string (text);
}

/* Checked before all else, so that no later rule can let one of these through: they
 * would become part of a command line to the next server. */
static RpAddressFault
check_octets (const char *text, gsize n_bytes)
{
  if (memchr (text, '\0', n_bytes) != NULL)
    return RP_ADDRESS_CONTROL;
  if (!g_utf8_validate (text, (gssize) n_bytes, NULL))
    return RP_ADDRESS_NOT_UTF8;

  for (const char *p = text; p < text + n_bytes; p = g_utf8_next_char (p))
    {
      GUnicodeType type = g_unichar_type (g_utf8_get_char (p));

      if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR
          || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        return RP_ADDRESS_CONTROL;
    }

  return RP_ADDRESS_OK;
}

static RpAddressFault
check_mailbox (const char *text)
{
  gsize n_local = measure_local_part (text);
  const char *domain = text + n_local + 1;

  if (strlen (text) > RP_ADDRESS_MAX_BYTES)
    return RP_ADDRESS_TOO_LONG;
  if (n_local > 0 && text[n_local] == '\0')
    return RP_ADDRESS_NO_DOMAIN;
  if (n_local == 0 || text[n_local] != '@')
    return RP_ADDRESS_LOCAL_PART;
  if (domain[0] == '[')
    return rp_domain_is_literal (domain) ? RP_ADDRESS_OK : RP_ADDRESS_LITERAL;
  return rp_domain_is_valid (domain) ? RP_ADDRESS_OK : RP_ADDRESS_DOMAIN;
}

RpAddressFault
rp_address_check (const char *address)
{
  RpAddressFault fault = check_octets (address, strlen (address));

  return fault != RP_ADDRESS_OK ? fault : check_mailbox (address);
}

/* The octets before the ">" that ends the path; one in a quoted string does not. */
static gboolean
measure_path (const char *text, gsize n_bytes, gsize *n_path)
{
  gboolean is_quoted = FALSE;

  for (gsize i = 1; i < n_bytes; i++)
    {
      if (is_quoted && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        is_quoted = !is_quoted;
      else if (text[i] == '>' && !is_quoted)
        {
          *n_path = i - 1;
          return TRUE;
        }
    }

  return FALSE;
}

/* "@one,@two:" of RFC 5321 section 4.1.2, A-d-l. */
static RpAddressFault
skip_source_route (const char **path)
{
  const char *colon;
  g_autofree char *route = NULL;
  g_auto (GStrv) hops = NULL;

  if ((*path)[0] != '@')
    return RP_ADDRESS_OK;

  colon = strchr (*path, ':');
  if (colon == NULL)
    return RP_ADDRESS_ROUTE;

  route = g_strndup (*path, (gsize) (colon - *path));
  hops = g_strsplit (route, ",", -1);
  for (guint i = 0; hops[i] != NULL; i++)
    if (hops[i][0] != '@' || !rp_domain_is_valid (hops[i] + 1))
      return RP_ADDRESS_ROUTE;

  *path = colon + 1;
  return RP_ADDRESS_OK;
}

RpAddressFault
rp_address_parse_path (const char *text, gsize n_bytes, gsize *consumed, char **address)
{
  RpAddressFault fault;
  g_autofree char *path = NULL;
  const char *mailbox;
  gsize n_path;

  *address = NULL;
  *consumed = 0;
  if (n_bytes == 0 || text[0] != '<')
    return RP_ADDRESS_NO_BRACKETS;
  if (!measure_path (text, n_bytes, &n_path))
    return RP_ADDRESS_NOT_CLOSED;

  fault = check_octets (text + 1, n_path);
  if (fault != RP_ADDRESS_OK)
    return fault;

  path = g_strndup (text + 1, n_path);
  mailbox = path;
  fault = skip_source_route (&mailbox);
  if (fault == RP_ADDRESS_OK && n_path > 0)
    fault = check_mailbox (mailbox);
  if (fault != RP_ADDRESS_OK)
    return fault;

  *consumed = n_path + 2;
  *address = g_strdup (mailbox);
  return RP_ADDRESS_OK;
}

const char *
rp_address_fault_to_text (RpAddressFault fault)
{
  switch (fault)
    {
    case RP_ADDRESS_OK:
      return N_ ("nothing is wrong with this address");
    case RP_ADDRESS_NO_BRACKETS:
      return N_ ("the address must stand in angle brackets, as in <name@example.org>");
    case RP_ADDRESS_NOT_CLOSED:
      return N_ ("the address has no closing angle bracket");
    case RP_ADDRESS_CONTROL:
      return N_ ("the address holds a control character, such as a line end");
    case RP_ADDRESS_NOT_UTF8:
      return N_ ("the address holds letters that are not in UTF-8");
    case RP_ADDRESS_TOO_LONG:
      return N_ ("the address is longer than 254 octets");
    case RP_ADDRESS_LOCAL_PART:
      return N_ (
          "the part before the @ is malformed: spaces, two dots in a row and signs "
          "such as ( ) < > , ; need quotes around that part");
    case RP_ADDRESS_NO_DOMAIN:
      return N_ ("the address has no domain: write it as name@example.org");
    case RP_ADDRESS_DOMAIN:
      return N_ ("the part behind the @ is no domain name");
    case RP_ADDRESS_LITERAL:
      return N_ ("the part in square brackets must be an IPv4 address, or IPv6: and an "
                 "IPv6 address");
    case RP_ADDRESS_ROUTE:
      return N_ ("the source route in front of the address is malformed");
    }

  return N_ ("the address is malformed");
}

const char *
rp_address_get_domain (const char *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL ? at + 1 : "";
}

char *
rp_address_dup_domain (const char *address)
{
  const char *domain = rp_address_get_domain (address);
  char *normal = rp_domain_normalize (domain);

  return normal != NULL ? normal : g_ascii_strdown (domain, -1);
}

/* The local part for comparing: unquoted, folded. */
static char *
dup_local_key (const char *address)
{
  const char *at = strrchr (address, '@');
  gsize n_bytes = at != NULL ? (gsize) (at - address) : strlen (address);
  g_autoptr (GString) plain = g_string_new (NULL);

  if (n_bytes < 2 || address[0] != '"')
    return g_utf8_casefold (address, (gssize) n_bytes);

  for (gsize i = 1; i < n_bytes - 1; i++)
    {
      if (address[i] == '\\' && i + 1 < n_bytes - 1)
        i++;
      g_string_append_c (plain, address[i]);
    }
  return g_utf8_casefold (plain->str, (gssize) plain->len);
}

gboolean
rp_address_is_same (const char *a, const char *b)
{
  g_autofree char *local_a = dup_local_key (a);
  g_autofree char *local_b = dup_local_key (b);
  g_autofree char *domain_a = rp_address_dup_domain (a);
  g_autofree char *domain_b = rp_address_dup_domain (b);

  return g_str_equal (local_a, local_b) && g_str_equal (domain_a, domain_b);
}

/* The part of a pattern's domain that must be a domain: "" for "*". */
static const char *
get_fixed_domain (const char *pattern)
{
  const char *domain = rp_address_get_domain (pattern);

  if (g_str_equal (domain, "*"))
    return "";
  return g_str_has_prefix (domain, "*.") ? domain + 2 : domain;
}

gboolean
rp_address_is_pattern (const char *text)
{
  const char *fixed = get_fixed_domain (text);

  if (check_octets (text, strlen (text)) != RP_ADDRESS_OK || strchr (text, '@') == NULL
      || strchr (text, '*') == NULL)
    return FALSE;
  if (measure_local_part (text) != (gsize) (strrchr (text, '@') - text))
    return FALSE;
  return fixed[0] == '\0' ? g_str_has_suffix (text, "@*") : rp_domain_is_valid (fixed);
}

static gboolean
domain_matches (const char *address, const char *pattern)
{
  const char *written = rp_address_get_domain (pattern);
  g_autofree char *domain = rp_address_dup_domain (address);
  g_autofree char *fixed = rp_domain_normalize (get_fixed_domain (pattern));
  gsize n_domain = strlen (domain);
  gsize n_fixed;

  if (g_str_equal (written, "*"))
    return domain[0] != '\0';
  if (fixed == NULL)
    return FALSE;
  if (!g_str_has_prefix (written, "*."))
    return g_str_equal (domain, fixed);

  n_fixed = strlen (fixed);
  return n_domain > n_fixed + 1 && domain[n_domain - n_fixed - 1] == '.'
         && g_str_has_suffix (domain, fixed);
}

/* Only "*" is special: a "?" or a "[" is a letter of the address. */
static gboolean
local_matches (const char *local, const char *pattern)
{
  const char *star = NULL;
  const char *retry = NULL;

  while (*local != '\0')
    if (*pattern == '*')
      {
        star = pattern++;
        retry = local;
      }
    else if (*pattern == *local)
      {
        pattern++;
        local++;
      }
    else if (star != NULL)
      {
        pattern = star + 1;
        local = ++retry;
      }
    else
      return FALSE;

  return pattern[strspn (pattern, "*")] == '\0';
}

gboolean
rp_address_matches (const char *address, const char *pattern)
{
  g_autofree char *local = NULL;
  g_autofree char *local_pattern = NULL;

  if (!rp_address_is_pattern (pattern))
    return rp_address_is_same (address, pattern);

  local = dup_local_key (address);
  local_pattern = dup_local_key (pattern);
  return local_matches (local, local_pattern) && domain_matches (address, pattern);
}
