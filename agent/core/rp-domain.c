/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-domain.h"

#include <string.h>

#define MAX_DOMAIN_BYTES 253
#define MAX_LABEL_BYTES 63

static gboolean
label_is_valid (const char *label)
{
  gsize n_bytes = strlen (label);

  if (n_bytes == 0 || n_bytes > MAX_LABEL_BYTES)
    return FALSE;
  if (label[0] == '-' || label[n_bytes - 1] == '-')
    return FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return FALSE;

  return TRUE;
}

static gboolean
ascii_domain_is_valid (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);

  if (labels[0] == NULL || strlen (domain) > MAX_DOMAIN_BYTES)
    return FALSE;

  for (guint i = 0; labels[i] != NULL; i++)
    if (!label_is_valid (labels[i]))
      return FALSE;

  return TRUE;
}

static char *
dup_ascii (const char *domain)
{
  if (g_str_is_ascii (domain))
    return g_ascii_strdown (domain, -1);
  return g_utf8_validate (domain, -1, NULL) ? g_hostname_to_ascii (domain) : NULL;
}

gboolean
rp_domain_is_valid (const char *domain)
{
  g_autofree char *ascii = dup_ascii (domain);

  return ascii != NULL && ascii_domain_is_valid (ascii);
}

/* General-address-literal: a tag, a colon and dcontent (RFC 5321 section 4.1.3). */
static gboolean
is_general_literal (const char *text)
{
  const char *colon = strchr (text, ':');

  if (colon == NULL || colon == text || colon[1] == '\0')
    return FALSE;

  for (const char *p = text; p < colon; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return FALSE;
  for (const char *p = colon + 1; *p != '\0'; p++)
    if (*p < 33 || *p > 126 || *p == '[' || *p == '\\' || *p == ']')
      return FALSE;

  return colon[-1] != '-';
}

gboolean
rp_domain_is_literal (const char *text)
{
  gsize n_bytes = strlen (text);
  g_autofree char *inner = NULL;

  if (n_bytes < 3 || text[0] != '[' || text[n_bytes - 1] != ']')
    return FALSE;

  inner = g_strndup (text + 1, n_bytes - 2);
  if (g_ascii_strncasecmp (inner, "IPv6:", 5) == 0)
    return strchr (inner + 5, ':') != NULL && g_hostname_is_ip_address (inner + 5);
  if (strchr (inner, ':') != NULL)
    return is_general_literal (inner);
  return g_hostname_is_ip_address (inner);
}

char *
rp_domain_normalize (const char *domain)
{
  if (rp_domain_is_literal (domain))
    return g_ascii_strdown (domain, -1);
  return rp_domain_is_valid (domain) ? dup_ascii (domain) : NULL;
}
