/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost login: has the agent prove a password at the account's servers and store
 * it. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "login/rp-login-report.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-secret-fd.h"
#include "rp-secret-prompt.h"

typedef struct
{
  const char *account;
  char *server;
  gboolean stores_unproved;
  gboolean is_json;
} Login;

/* What the person wanted is a stored password; who refused decides over who was not
 * reached. */
static int
conclude (const RpCommand *command, GVariant *report)
{
  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);

      if (rp_dict_get_boolean (line, "stored"))
        return EX_OK;
    }
  if (rp_login_report_has (report, "refused"))
    {
      rp_command_error (command, "%s", _ ("nothing was stored: the login was refused"));
      return EX_NOPERM;
    }
  if (rp_login_report_has (report, "hostile"))
    {
      rp_command_error (command, "%s",
                        _ ("nothing was stored: what answers is not proved to be the "
                           "server"));
      return EX_PROTOCOL;
    }
  if (rp_login_report_has (report, "not-offered"))
    {
      rp_command_error (command, "%s",
                        _ ("nothing was stored: the server offers no such login"));
      return EX_CONFIG;
    }
  rp_command_error (command, "%s",
                    _ ("nothing was stored: no server could be asked; --store-anyway "
                       "stores the password unproved"));
  return EX_TEMPFAIL;
}

static int
print_report (const RpCommand *command, const Login *login, GVariant *report)
{
  if (login->is_json)
    rp_output_print_json (report);
  else
    rp_login_report_print (report, 0, FALSE);
  fflush (stdout);
  return conclude (command, report);
}

/* Only where the agent names its accounts and this is none of them. */
static gboolean
is_unknown (RpAgent1 *agent, const char *account)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) accounts = NULL;

  if (!rp_agent1_call_get_status_sync (agent, &status, NULL, NULL))
    return FALSE;

  accounts = rp_dict_dup_array (status, "accounts", "aa{sv}");
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) known = g_variant_get_child_value (accounts, i);

      if (g_str_equal (rp_dict_get_string (known, "name"), account))
        return FALSE;
    }
  return g_variant_n_children (accounts) > 0;
}

static int
log_in (const RpCommand *command, const Login *login)
{
  g_autofree char *question = g_strdup_printf (_ ("Password of %s: "), login->account);
  const char *server = login->server == NULL ? "" : login->server;
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  char *password;
  int exit_code;

  /* before the question: nobody types a password for nothing */
  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (is_unknown (agent, login->account))
    {
      rp_command_error (command, "%s",
                        _ ("there is no account of this name; “roampost account list” "
                           "shows those that there are"));
      return EX_DATAERR;
    }
  password = rp_secret_prompt_read (question);
  if (password == NULL)
    {
      rp_command_error (command, "%s", _ ("no password was given"));
      return EX_NOINPUT;
    }
  fds = rp_secret_fd_list_new (password, &error);
  rp_secret_prompt_free (password);
  if (fds == NULL)
    {
      rp_command_error (command, "%s", error->message);
      return EX_IOERR;
    }
  rp_agent1_call_login_sync (agent, login->account, server, g_variant_new_handle (0),
                             login->stores_unproved, fds, &report, NULL, NULL, &error);
  if (report == NULL)
    return rp_agent_link_fail (command, error);
  return print_report (command, login, report);
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Login login = { 0 };
  g_autofree char *server = NULL;
  const GOptionEntry entries[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, &server,
      N_ ("Only for this server of the account"), N_ ("NAME") },
    { "store-anyway", 0, 0, G_OPTION_ARG_NONE, &login.stores_unproved,
      N_ ("Store it also when no server could be reached"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &login.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc < 2)
    return rp_command_usage_error (command, "%s", _ ("the account is missing"));
  if (argc > 2)
    return rp_command_usage_error (
        command, "%s",
        _ ("too many words; the password is asked for, or read from a pipe"));
  login.account = argv[1];
  login.server = server;
  return log_in (command, &login);
}

const RpCommand rp_command_login = {
  .name = "login",
  .synopsis = N_ ("ACCOUNT"),
  .summary = N_ ("proves a password at the account's servers and stores it"),
  .run = run,
};
