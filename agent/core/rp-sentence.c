/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-sentence.h"

static const char *
get_arg (const char *const *args, guint index)
{
  for (guint i = 0; args != NULL && args[i] != NULL; i++)
    if (i == index)
      return args[i];

  return "";
}

char *
rp_sentence_expand (const char *pattern, const char *const *args)
{
  GString *text = g_string_new (NULL);

  for (const char *p = pattern; *p != '\0'; p++)
    if (p[0] == '%' && p[1] >= '1' && p[1] <= '9' && p[2] == '$' && p[3] == 's')
      {
        g_string_append (text, get_arg (args, (guint) (p[1] - '1')));
        p += 3;
      }
    else
      {
        g_string_append_c (text, *p);
        if (p[0] == '%' && p[1] == '%')
          p++;
      }
  return g_string_free (text, FALSE);
}
