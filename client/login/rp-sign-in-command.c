/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login/rp-sign-in-command.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "bus/rp-bus-error.h"
#include "core/rp-printable.h"
#include "login/rp-browser.h"
#include "login/rp-login-report.h"
#include "login/rp-registration-help.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-secret-fd.h"
#include "rp-secret-prompt.h"

/* The provider that is no file: GNOME has the sign-in. */
#define BROKER "gnome-online-accounts"

/* A sign-in that waits for its user. */
typedef struct
{
  const RpSignInCommand *command;
  char *id;
  GMainLoop *loop;
  gint64 ends_at_us; /* 0 where no countdown is shown */
  GVariant *report;
  GError *error;
  int signal_number; /* 0 until interrupted */
} Wait;

/* ---- what stands in the way ---- */

static gboolean
offers (const RpSignInCommand *self, const char *way)
{
  g_auto (GStrv) ways = rp_dict_dup_strings (self->login, "ways");

  return g_strv_contains ((const char *const *) ways, way);
}

static const char *
choose_way (const RpSignInCommand *self)
{
  if (self->way != NULL)
    return self->way;
  if (rp_browser_is_likely ())
    return "browser";
  return offers (self, "device") ? "device" : "paste";
}

/* Returns: EX_OK when nothing does */
static int
check (const RpSignInCommand *self, const char *way)
{
  const char *title = rp_registration_help_get_title (self->login);

  if (g_str_equal (rp_dict_get_string (self->login, "provider"), BROKER))
    {
      rp_command_error (self->command,
                        _ ("%s signs in by GNOME Online Accounts: do it "
                           "in Settings, “Online Accounts”"),
                        rp_dict_get_string (self->login, "server"));
      return EX_CONFIG;
    }
  if (rp_dict_get_boolean (self->login, "needs-client-id"))
    {
      rp_command_error (self->command,
                        _ ("%s gives tokens only to registered programs, and there is "
                           "no client ID yet"),
                        title);
      rp_registration_help_print (self->login);
      return EX_CONFIG;
    }
  if (!offers (self, way))
    {
      rp_command_error (self->command,
                        _ ("%s has no signing in with a code; use --paste"), title);
      return EX_CONFIG;
    }
  return EX_OK;
}

/* ---- beginning ---- */

/* Returns: (transfer full) (nullable): with the secret of the registration */
static GUnixFDList *
ask_client_secret (const RpSignInCommand *self, int *exit_code)
{
  g_autofree char *question =
      g_strdup_printf (_ ("Client secret of your registration at %s: "),
                       rp_registration_help_get_title (self->login));
  g_autoptr (GError) error = NULL;
  char *secret = rp_secret_prompt_read (question);
  GUnixFDList *fds;

  if (secret == NULL)
    {
      rp_command_error (self->command, "%s", _ ("no client secret was given"));
      *exit_code = EX_NOINPUT;
      return NULL;
    }
  fds = rp_secret_fd_list_new (secret, &error);
  rp_secret_prompt_free (secret);
  if (fds == NULL)
    {
      rp_command_error (self->command, "%s", error->message);
      *exit_code = EX_IOERR;
    }
  return fds;
}

static int
fail (const RpSignInCommand *self, const GError *error)
{
  const int exit_code = rp_agent_link_fail (self->command, error);
  g_autofree char *text = rp_printable_dup (error->message, -1);

  fflush (stderr);
  if (!self->is_json)
    rp_login_report_print_advice ("", text, 0);
  return exit_code;
}

/* Returns: (transfer full) (nullable): the invitation */
static GVariant *
begin (const RpSignInCommand *self, const char *way, char **id, int *exit_code)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *invitation = NULL;

  if (rp_dict_get_boolean (self->login, "needs-client-secret"))
    {
      fds = ask_client_secret (self, exit_code);
      if (fds == NULL)
        return NULL;
      g_variant_dict_insert (&options, "client-secret", "h", 0);
    }
  if (!rp_agent1_call_begin_sign_in_sync (
          self->agent, self->account, rp_dict_get_string (self->login, "server"), way,
          g_variant_dict_end (&options), fds, id, &invitation, NULL, NULL, &error))
    *exit_code = fail (self, error);
  return invitation;
}

/* ---- what the user is told ---- */

/* JSON alone stands on standard output. */
static FILE *
get_stream (const RpSignInCommand *self)
{
  return self->is_json ? stderr : stdout;
}

static void
print_address (FILE *stream, GVariant *invitation, const char *key)
{
  g_autofree char *address =
      rp_printable_dup (rp_dict_get_string (invitation, key), -1);

  fprintf (stream, "\n  %s\n\n", address);
}

static void
invite_browser (const RpSignInCommand *self, GVariant *invitation)
{
  FILE *stream = get_stream (self);
  const gboolean is_open = rp_browser_open (rp_dict_get_string (invitation, "address"));

  fprintf (stream, "%s\n",
           is_open ? _ ("Your browser opens this address; sign in there:")
                   : _ ("Open this address in a browser of this computer:"));
  print_address (stream, invitation, "address");
}

static void
invite_device (const RpSignInCommand *self, GVariant *invitation)
{
  FILE *stream = get_stream (self);
  g_autofree char *code =
      rp_printable_dup (rp_dict_get_string (invitation, "user-code"), -1);

  fprintf (stream, "%s\n", _ ("Open this address on any device:"));
  print_address (stream, invitation, "address");
  fprintf (stream, _ ("and type this code there: %s"), code);
  fputc ('\n', stream);
  if (rp_dict_get_string (invitation, "complete-address")[0] != '\0')
    {
      fprintf (stream, "%s\n", _ ("Or open this one, which has the code in it:"));
      print_address (stream, invitation, "complete-address");
    }
}

static void
invite_paste (const RpSignInCommand *self, GVariant *invitation)
{
  FILE *stream = get_stream (self);

  fprintf (stream, "%s\n", _ ("Open this address in any browser and sign in:"));
  print_address (stream, invitation, "address");
  fprintf (
      stream, "%s\n",
      _ ("The browser then ends on a page of 127.0.0.1 or localhost that it cannot "
         "load. Copy the whole address of that page."));
}

static void
invite (const RpSignInCommand *self, GVariant *invitation, const char *way)
{
  if (g_str_equal (way, "device"))
    invite_device (self, invitation);
  else if (g_str_equal (way, "paste"))
    invite_paste (self, invitation);
  else
    invite_browser (self, invitation);
  fflush (get_stream (self));
}

/* ---- pasting ---- */

static gboolean
paste_once (const RpSignInCommand *self, const char *id, GError **error, int *exit_code)
{
  g_autoptr (GUnixFDList) fds = NULL;
  char *address = rp_secret_prompt_read (_ ("Address (not shown): "));

  if (address == NULL)
    {
      rp_command_error (self->command, "%s", _ ("no address was given"));
      *exit_code = EX_NOINPUT;
      return FALSE;
    }
  fds = rp_secret_fd_list_new (address, error);
  rp_secret_prompt_free (address);
  return fds != NULL
         && rp_agent1_call_paste_sign_in_sync (
             self->agent, id, g_variant_new_handle (0), fds, NULL, NULL, error);
}

/* A wrong address is asked for again, on a terminal. Returns: EX_OK when it is the one
 */
static int
paste (const RpSignInCommand *self, const char *id)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      int exit_code = EX_OK;

      if (paste_once (self, id, &error, &exit_code))
        return EX_OK;
      if (error == NULL)
        return exit_code;
      exit_code = fail (self, error);
      if (!g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_MISMATCH)
          || !isatty (STDIN_FILENO))
        return exit_code;
    }
}

/* ---- waiting ---- */

static void
clear_countdown (const Wait *self)
{
  if (self->ends_at_us != 0)
    fputs ("\r\033[K", stderr);
}

static gboolean
on_second (gpointer user_data)
{
  const Wait *self = user_data;
  const gint64 left_s =
      MAX (0, (self->ends_at_us - g_get_monotonic_time ()) / G_USEC_PER_SEC);

  fputs ("\r\033[K", stderr);
  fprintf (stderr, _ ("Waiting for you; time left: %d:%02d"), (int) (left_s / 60),
           (int) (left_s % 60));
  fflush (stderr);
  return G_SOURCE_CONTINUE;
}

static void
on_awaited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *self = user_data;

  rp_agent1_call_await_sign_in_finish (RP_AGENT1 (source), &self->report, result,
                                       &self->error);
  g_main_loop_quit (self->loop);
}

static gboolean
cancel (Wait *self, int signal_number)
{
  self->signal_number = signal_number;
  /* AwaitSignIn ends then, and with it the loop */
  rp_agent1_call_cancel_sign_in (self->command->agent, self->id, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  return cancel (user_data, SIGINT);
}

static gboolean
on_terminate (gpointer user_data)
{
  return cancel (user_data, SIGTERM);
}

static void
await (Wait *self, guint expires_in_s)
{
  const guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, self);
  const guint terminate = g_unix_signal_add (SIGTERM, on_terminate, self);
  guint second = 0;

  if (expires_in_s > 0 && isatty (STDERR_FILENO))
    {
      self->ends_at_us =
          g_get_monotonic_time () + (gint64) expires_in_s * G_USEC_PER_SEC;
      on_second (self);
      second = g_timeout_add_seconds (1, on_second, self);
    }
  /* how long the user has the provider says, and the agent ends it then */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (self->command->agent), G_MAXINT);
  rp_agent1_call_await_sign_in (self->command->agent, self->id, NULL, on_awaited, self);
  g_main_loop_run (self->loop);
  clear_countdown (self);
  g_clear_handle_id (&second, g_source_remove);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

/* ---- the end ---- */

static int
conclude (const RpSignInCommand *self, GVariant *report)
{
  const gboolean has_good = rp_login_report_has (report, "accepted");

  if (self->is_json)
    rp_output_print_json (report);
  else
    {
      rp_login_report_print (report, 0, FALSE);
      printf (_ ("Signed in at %1$s as %2$s; the sign-in is stored"),
              rp_registration_help_get_title (self->login),
              rp_dict_get_string (self->login, "user"));
      putchar ('\n');
    }
  fflush (stdout);
  if (has_good || !rp_login_report_has (report, "refused"))
    return EX_OK;
  rp_command_error (self->command, "%s",
                    _ ("the sign-in is stored, but the server does not let it in"));
  return EX_NOPERM;
}

static int
wait_for_user (const RpSignInCommand *self, char *id, guint expires_in_s)
{
  Wait wait = { .command = self, .id = id, .loop = g_main_loop_new (NULL, FALSE) };
  int exit_code;

  await (&wait, expires_in_s);
  g_main_loop_unref (wait.loop);
  if (wait.report != NULL)
    exit_code = conclude (self, wait.report);
  else
    exit_code = fail (self, wait.error);
  g_clear_pointer (&wait.report, g_variant_unref);
  g_clear_error (&wait.error);
  if (wait.signal_number != 0)
    raise (wait.signal_number); /* who started us sees what ended us */
  return exit_code;
}

static guint
get_expiry (GVariant *invitation)
{
  return rp_dict_get_count (invitation, "expires-in");
}

int
rp_sign_in_command_run (const RpSignInCommand *self)
{
  const char *way = choose_way (self);
  g_autoptr (GVariant) invitation = NULL;
  g_autofree char *id = NULL;
  int exit_code = check (self, way);

  if (exit_code != EX_OK)
    return exit_code;
  invitation = begin (self, way, &id, &exit_code);
  if (invitation == NULL)
    return exit_code;

  invite (self, invitation, way);
  if (g_str_equal (way, "paste"))
    {
      exit_code = paste (self, id);
      if (exit_code != EX_OK)
        return exit_code;
    }
  return wait_for_user (self, id, get_expiry (invitation));
}
