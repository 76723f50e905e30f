/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost login: has the agent prove a password at the account's servers and store it,
 * or signs in at a provider of tokens. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "login/rp-login-report.h"
#include "login/rp-sign-in-command.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-secret-fd.h"
#include "rp-secret-prompt.h"

typedef struct
{
  const char *account;
  char *server;
  const char *way; /* nullable: of a sign-in */
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

/* ---- which logins ---- */

/* The agent's names of the accounts, or %NULL when it tells none. */
static GVariant *
dup_accounts (RpAgent1 *agent)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) accounts = NULL;

  if (!rp_agent1_call_get_status_sync (agent, &status, NULL, NULL))
    return NULL;
  accounts = rp_dict_dup_array (status, "accounts", "aa{sv}");
  return g_variant_n_children (accounts) == 0 ? NULL : g_steal_pointer (&accounts);
}

/* Returns: (transfer full) (nullable): the account of that name */
static GVariant *
find_account (GVariant *accounts, const char *name)
{
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);

      if (g_str_equal (rp_dict_get_string (account, "name"), name))
        return g_steal_pointer (&account);
    }
  return NULL;
}

static gboolean
is_meant (const Login *login, GVariant *known)
{
  return (login->server == NULL
          || g_str_equal (rp_dict_get_string (known, "server"), login->server))
         && !rp_dict_get_boolean (known, "elsewhere");
}

static gboolean
takes_password (GVariant *known)
{
  const char *access = rp_dict_get_string (known, "access");

  return g_str_equal (access, "password") || g_str_equal (access, "pop");
}

static gboolean
any_takes_password (const Login *login, GVariant *logins)
{
  for (gsize i = 0; i < g_variant_n_children (logins); i++)
    {
      g_autoptr (GVariant) known = g_variant_get_child_value (logins, i);

      if (is_meant (login, known) && takes_password (known))
        return TRUE;
    }
  return FALSE;
}

/* ---- a password ---- */

static int
log_in_with_password (const RpCommand *command, const Login *login, RpAgent1 *agent)
{
  g_autofree char *question = g_strdup_printf (_ ("Password of %s: "), login->account);
  const char *server = login->server == NULL ? "" : login->server;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  char *password = rp_secret_prompt_read (question);

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

/* ---- sign-ins ---- */

/* @n_sign_ins: (out). Returns: the exit code of the last one that failed */
static int
sign_in (const RpCommand *command,
         const Login *login,
         RpAgent1 *agent,
         GVariant *logins,
         guint *n_sign_ins)
{
  int exit_code = EX_OK;

  *n_sign_ins = 0;
  for (gsize i = 0; i < g_variant_n_children (logins); i++)
    {
      g_autoptr (GVariant) known = g_variant_get_child_value (logins, i);
      const RpSignInCommand one = { command, agent,      login->account,
                                    known,   login->way, login->is_json };
      int result;

      if (!is_meant (login, known)
          || !g_str_equal (rp_dict_get_string (known, "access"), "oauth2"))
        continue;
      (*n_sign_ins)++;
      result = rp_sign_in_command_run (&one);
      if (result != EX_OK)
        exit_code = result;
    }
  return exit_code;
}

static int
log_in_by_all (const RpCommand *command,
               const Login *login,
               RpAgent1 *agent,
               GVariant *account)
{
  g_autoptr (GVariant) logins = rp_dict_dup_array (account, "logins", "aa{sv}");
  guint n_sign_ins;
  int exit_code = sign_in (command, login, agent, logins, &n_sign_ins);

  if (n_sign_ins == 0 && login->way != NULL)
    {
      rp_command_error (command, "%s",
                        _ ("no server of this account is signed in to; “access=oauth2” "
                           "in the server's group changes that"));
      return EX_CONFIG;
    }
  /* where nobody can sign in yet, a password is another way */
  if (exit_code != EX_OK
      && (exit_code != EX_CONFIG || login->way != NULL
          || !any_takes_password (login, logins)))
    return exit_code;
  /* of an agent that tells no logins, and where it says itself why there is none */
  if (n_sign_ins > 0 && !any_takes_password (login, logins))
    return exit_code;
  return log_in_with_password (command, login, agent);
}

static int
log_in (const RpCommand *command, const Login *login)
{
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GVariant) accounts = NULL;
  g_autoptr (GVariant) account = NULL;
  int exit_code;

  /* before any question: nobody types a password for nothing */
  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  accounts = dup_accounts (agent);
  if (accounts == NULL)
    return log_in_with_password (command, login, agent);
  account = find_account (accounts, login->account);
  if (account == NULL)
    {
      rp_command_error (command, "%s",
                        _ ("there is no account of this name; “roampost account list” "
                           "shows those that there are"));
      return EX_DATAERR;
    }
  return log_in_by_all (command, login, agent, account);
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Login login = { 0 };
  g_autofree char *server = NULL;
  gboolean uses_device = FALSE;
  gboolean uses_paste = FALSE;
  const GOptionEntry entries[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, &server,
      N_ ("Only for this server of the account"), N_ ("NAME") },
    { "store-anyway", 0, 0, G_OPTION_ARG_NONE, &login.stores_unproved,
      N_ ("Store it also when no server could be reached"), NULL },
    { "device", 0, 0, G_OPTION_ARG_NONE, &uses_device,
      N_ ("Sign in with a code that is typed on another device"), NULL },
    { "paste", 0, 0, G_OPTION_ARG_NONE, &uses_paste,
      N_ ("Sign in with any browser and paste the address on which it ends"), NULL },
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
  if (uses_device && uses_paste)
    return rp_command_usage_error (command, "%s",
                                   _ ("choose one of --device and --paste"));
  login.way = uses_device ? "device" : uses_paste ? "paste" : NULL;
  login.account = argv[1];
  login.server = server;
  return log_in (command, &login);
}

const RpCommand rp_command_login = {
  .name = "login",
  .synopsis = N_ ("ACCOUNT"),
  .summary = N_ ("proves a password and stores it, or signs in at a provider"),
  .run = run,
};
