/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dmarc-record.h"

#include <string.h>

static RpDmarcPolicy
read_policy (const char *value)
{
  if (g_ascii_strcasecmp (value, "reject") == 0)
    return RP_DMARC_REJECT;
  if (g_ascii_strcasecmp (value, "quarantine") == 0)
    return RP_DMARC_QUARANTINE;
  return RP_DMARC_NONE;
}

/* "p = reject": the value of @tag if it is this one. */
static const char *
get_value (char *pair, const char *tag)
{
  char *equals = strchr (pair, '=');

  if (equals == NULL)
    return NULL;

  *equals = '\0';
  g_strstrip (pair);
  return g_ascii_strcasecmp (pair, tag) == 0 ? g_strstrip (equals + 1) : NULL;
}

static char *
dup_value (const char *const *pairs, const char *tag)
{
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      g_autofree char *pair = g_strdup (pairs[i]);
      const char *value = get_value (pair, tag);

      if (value != NULL)
        return g_strdup (value);
    }

  return NULL;
}

gboolean
rp_dmarc_record_parse (const char *text, gboolean is_parent, RpDmarcPolicy *policy)
{
  g_auto (GStrv) pairs = g_strsplit (text, ";", -1);
  g_autofree char *version = NULL;
  g_autofree char *value = NULL;

  /* The version stands first, or it is some other record. */
  if (pairs[0] != NULL)
    {
      const char *const first[] = { pairs[0], NULL };

      version = dup_value (first, "v");
    }
  if (version == NULL || !g_str_equal (version, "DMARC1"))
    return FALSE;

  if (is_parent)
    value = dup_value ((const char *const *) pairs, "sp");
  if (value == NULL)
    value = dup_value ((const char *const *) pairs, "p");
  *policy = value != NULL ? read_policy (value) : RP_DMARC_NONE;
  return TRUE;
}
