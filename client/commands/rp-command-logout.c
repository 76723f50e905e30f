/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost logout: has the agent forget what is stored to log in at the account's
 * servers. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-printable.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"

/* "proseware: the password for smtp.proseware.com" */
static char *
dup_what (GVariant *line)
{
  const char *kind = rp_dict_get_string (line, "kind");
  const char *host = rp_dict_get_string (line, "host");

  if (g_str_equal (kind, "pop-password"))
    return g_strdup_printf (_ ("password of POP for %s"), host);
  if (g_str_equal (kind, "sign-in"))
    return g_strdup (_ ("sign-in"));
  return g_strdup_printf (_ ("password for %s"), host);
}

static RpStyle
get_style (const char *outcome)
{
  if (g_str_equal (outcome, "removed"))
    return RP_STYLE_GOOD;
  if (g_str_equal (outcome, "locked") || g_str_equal (outcome, "failed"))
    return RP_STYLE_BAD;
  return RP_STYLE_PLAIN;
}

static const char *
get_outcome_words (GVariant *line, const char *outcome)
{
  if (g_str_equal (outcome, "removed") && rp_dict_get_boolean (line, "revoked"))
    return _ ("removed, and revoked at the provider");
  if (g_str_equal (outcome, "removed"))
    return _ ("removed");
  if (g_str_equal (outcome, "nothing"))
    return _ ("there was none");
  if (g_str_equal (outcome, "locked"))
    return _ ("not removed: the keyring is locked, unlock it");
  if (g_str_equal (outcome, "failed"))
    return _ ("not removed");
  return outcome;
}

static void
print_line (GVariant *line)
{
  const char *outcome = rp_dict_get_string (line, "outcome");
  g_autofree char *text = rp_printable_dup (rp_dict_get_string (line, "text"), -1);
  g_autofree char *what = NULL;

  printf ("%s: ", rp_dict_get_string (line, "server"));
  if (g_str_equal (outcome, "elsewhere"))
    {
      puts (_ ("a command or a file gives what it logs in with; nothing is stored"));
      return;
    }
  if (g_str_equal (outcome, "desktop"))
    {
      puts (_ ("its sign-in belongs to GNOME Online Accounts; end it in Settings"));
      return;
    }
  what = dup_what (line);
  printf ("%s: ", what);
  rp_output_print_styled (get_style (outcome), get_outcome_words (line, outcome));
  putchar ('\n');
  if (text[0] != '\0')
    printf ("  %s\n", text);
}

static int
print_report (const RpCommand *command, GVariant *report, gboolean is_json)
{
  gboolean has_failed = FALSE;

  if (is_json)
    rp_output_print_json (report);
  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);
      const char *outcome = rp_dict_get_string (line, "outcome");

      if (!is_json)
        print_line (line);
      has_failed |= g_str_equal (outcome, "locked") || g_str_equal (outcome, "failed");
    }
  if (!is_json && g_variant_n_children (report) == 0)
    puts (_ ("there is nothing that it logs in with"));
  fflush (stdout);
  return has_failed ? EX_UNAVAILABLE : EX_OK;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  g_autofree char *server = NULL;
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, &server,
      N_ ("Only for this server of the account"), N_ ("NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc < 2)
    return rp_command_usage_error (command, "%s", _ ("the account is missing"));
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);

  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_logout_sync (agent, argv[1], server == NULL ? "" : server,
                                   &report, NULL, &error))
    return rp_agent_link_fail (command, error);
  return print_report (command, report, is_json);
}

const RpCommand rp_command_logout = {
  .name = "logout",
  .synopsis = N_ ("ACCOUNT"),
  .summary = N_ ("removes the stored passwords and sign-ins of an account"),
  .run = run,
};
