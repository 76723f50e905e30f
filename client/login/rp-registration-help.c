/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login/rp-registration-help.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-dict.h"
#include "words/rp-words-provider.h"

const char *
rp_registration_help_get_title (GVariant *login)
{
  const char *title = rp_dict_get_string (login, "title");

  return title[0] != '\0' ? title : rp_dict_get_string (login, "provider");
}

void
rp_registration_help_print (GVariant *login)
{
  const char *registration = rp_dict_get_string (login, "registration");
  g_auto (GStrv) advice = rp_dict_dup_strings (login, "advice");
  g_autofree char *name =
      g_strdup_printf ("%s.conf", rp_dict_get_string (login, "provider"));
  g_autofree char *file =
      g_build_filename (g_get_user_config_dir (), "roampost", "providers", name, NULL);

  if (registration[0] != '\0')
    fprintf (stderr, _ ("Register a client of your own at %s:"), registration);
  else
    fprintf (stderr, "%s", _ ("Register a client of your own at the provider:"));
  fputc ('\n', stderr);
  for (guint i = 0; advice[i] != NULL; i++)
    {
      const char *sentence = rp_words_provider_advice (advice[i]);

      if (sentence != NULL)
        fprintf (stderr, "  - %s\n", sentence);
    }
  fprintf (stderr, _ ("Then write into %s:"), file);
  fprintf (stderr, "\n  [provider]\n  client-id=%s\n", _ ("CLIENT-ID"));
}
