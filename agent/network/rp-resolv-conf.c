/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-resolv-conf.h"

#include <string.h>

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
dup_normal (const char *domain)
{
  const char *start = domain + strspn (domain, "~.");
  gsize n_bytes = strlen (start);

  while (n_bytes > 0 && start[n_bytes - 1] == '.')
    n_bytes--;
  return g_ascii_strdown (start, (gssize) n_bytes);
}

GStrv
rp_domains_normalise (GStrv domains)
{
  g_autoptr (GPtrArray) normal = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) given = domains;

  for (guint i = 0; given[i] != NULL; i++)
    {
      g_autofree char *domain = dup_normal (given[i]);

      if (domain[0] != '\0' && g_utf8_validate (domain, -1, NULL)
          && !g_ptr_array_find_with_equal_func (normal, domain, g_str_equal, NULL))
        g_ptr_array_add (normal, g_steal_pointer (&domain));
    }
  g_ptr_array_sort (normal, compare_strings);
  g_ptr_array_add (normal, NULL);
  return (GStrv) g_ptr_array_steal (normal, NULL);
}

/* The last of several lines counts, whether it says domain or search. */
GStrv
rp_resolv_conf_parse (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) domains = g_new0 (char *, 1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      gsize n_keyword = strcspn (line, " \t");
      gboolean is_domain = n_keyword == 6 && strncmp (line, "domain", 6) == 0;
      gboolean is_search = n_keyword == 6 && strncmp (line, "search", 6) == 0;

      if (!is_domain && !is_search)
        continue;
      g_strfreev (domains);
      domains = g_strsplit_set (line + n_keyword, " \t", -1);
    }
  return rp_domains_normalise (g_steal_pointer (&domains));
}
