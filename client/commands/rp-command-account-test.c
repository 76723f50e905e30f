/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost account test: tries every way to an account's servers with what is stored,
 * and sends nothing. */
#include "commands/rp-command-account.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "login/rp-login-report.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"

typedef struct
{
  const RpCommand *command;
  RpAgent1 *agent;
  gboolean is_json;
  GVariantBuilder json; /* what was found, for all accounts */
  int exit_code;
} Trial;

static void
add_to_json (Trial *self, const char *account, GVariant *report)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "account", "s", account);
  g_variant_dict_insert_value (&dict, "ways", report);
  g_variant_builder_add_value (&self->json, g_variant_dict_end (&dict));
}

/* The lines of one server, which follow each other. */
static GVariant *
take_server (GVariant *report, gsize *index)
{
  GVariantBuilder lines = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *server = NULL;

  for (; *index < g_variant_n_children (report); (*index)++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, *index);
      const char *name = rp_dict_get_string (line, "server");

      if (server != NULL && !g_str_equal (server, name))
        break;
      if (server == NULL)
        server = g_strdup (name);
      g_variant_builder_add_value (&lines, line);
    }
  return g_variant_ref_sink (g_variant_builder_end (&lines));
}

/* Whether "roampost login" gets what is missing: a ticket and a certificate it does
 * not. */
static gboolean
can_log_in (GVariant *lines)
{
  static const char *const ways[] = { "password", "oauth2", "pop", NULL };

  for (gsize i = 0; i < g_variant_n_children (lines); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (lines, i);
      const char *outcome = rp_dict_get_string (line, "outcome");

      if ((g_str_equal (outcome, "missing") || g_str_equal (outcome, "revoked"))
          && g_strv_contains (ways, rp_dict_get_string (line, "access")))
        return TRUE;
    }
  return FALSE;
}

static void
print_account (const char *account, GVariant *report)
{
  rp_output_print_styled (RP_STYLE_STRONG, account);
  putchar ('\n');
  if (g_variant_n_children (report) == 0)
    printf ("  %s\n", _ ("no server of this account can be tried here"));
  for (gsize i = 0; i < g_variant_n_children (report);)
    {
      g_autoptr (GVariant) lines = take_server (report, &i);
      g_autoptr (GVariant) first = g_variant_get_child_value (lines, 0);

      printf ("  %s\n", rp_dict_get_string (first, "server"));
      rp_login_report_print (lines, 4, TRUE);
      if (can_log_in (lines))
        {
          printf ("    → ");
          printf (_ ("“roampost login %s” stores what is missing"), account);
          putchar ('\n');
        }
    }
  fflush (stdout);
}

/* Returns: whether the agent answered */
static gboolean
try_account (Trial *self, const char *account)
{
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!rp_agent1_call_test_account_sync (self->agent, account, &report, NULL, &error))
    {
      self->exit_code = rp_agent_link_fail (self->command, error);
      return FALSE;
    }

  if (self->is_json)
    add_to_json (self, account, report);
  else
    print_account (account, report);
  exit_code = rp_login_report_get_exit_code (report);
  if (self->exit_code == EX_OK)
    self->exit_code = exit_code;
  return TRUE;
}

static gboolean
try_all (Trial *self)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) accounts = NULL;
  g_autoptr (GError) error = NULL;

  if (!rp_agent1_call_get_status_sync (self->agent, &status, NULL, &error))
    {
      self->exit_code = rp_agent_link_fail (self->command, error);
      return FALSE;
    }

  accounts = rp_dict_dup_array (status, "accounts", "aa{sv}");
  if (g_variant_n_children (accounts) == 0)
    {
      rp_command_error (self->command, "%s",
                        _ ("no account is set up yet: roampost.conf(5) shows how"));
      self->exit_code = EX_CONFIG;
      return FALSE;
    }
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);

      if (!try_account (self, rp_dict_get_string (account, "name")))
        return FALSE;
    }
  return TRUE;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Trial self = { .command = command };
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &self.is_json,
                                     N_ ("Print JSON, as the manual describes it"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (RpAgent1) agent = NULL;
  gboolean is_answered;

  if (!rp_command_parse (command, entries, &argc, &argv, &self.exit_code))
    return self.exit_code;
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);

  agent = rp_agent_link_open (command, &self.exit_code);
  if (agent == NULL)
    return self.exit_code;

  self.agent = agent;
  self.exit_code = EX_OK;
  g_variant_builder_init (&self.json, G_VARIANT_TYPE ("aa{sv}"));
  is_answered = argc == 2 ? try_account (&self, argv[1]) : try_all (&self);
  if (self.is_json && is_answered)
    rp_output_print_json (g_variant_builder_end (&self.json));
  else
    g_variant_builder_clear (&self.json);
  return self.exit_code;
}

const RpCommand rp_command_account_test = {
  .name = "account test",
  .synopsis = N_ ("[NAME]"),
  .summary = N_ ("logs in by every way to an account's servers, and sends nothing"),
  .run = run,
};
