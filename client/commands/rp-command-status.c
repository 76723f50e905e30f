/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost status: where we are, which server each account would use now, what needs
 * the user. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-printable.h"
#include "queue/rp-queue-view.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-live.h"
#include "rp-message-view.h"
#include "rp-output.h"
#include "rp-plan-view.h"

#define SCREEN_BYTES (64 * 1024)
/* Columns of the longest name of a fact, in any language, and two blanks. */
#define FACT_WIDTH 18

typedef struct
{
  const RpCommand *command;
  RpAgent1 *agent;
  gboolean is_json;
  gboolean is_watching;
  RpLive *live;
  GVariant *shown; /* nullable: what stands there */
  guint redraw_source;
  int exit_code;
} Watch;

static void
print_title (const char *title)
{
  putchar ('\n');
  rp_output_print_styled (RP_STYLE_STRONG, title);
  putchar ('\n');
}

static void
print_fact (const char *name, const char *value)
{
  if (value[0] == '\0')
    return;
  printf ("  ");
  rp_output_print_padded (name, FACT_WIDTH);
  printf ("%s\n", value);
}

static void
print_list_fact (const char *name, GVariant *dict, const char *key)
{
  g_autofree char *list = rp_dict_dup_list (dict, key);
  g_autofree char *clean = rp_printable_dup (list, -1);

  print_fact (name, clean);
}

static void
print_surroundings (GVariant *status)
{
  g_autoptr (GVariant) here = rp_dict_dup_dict (status, "surroundings");
  g_autofree char *place = NULL;
  g_autofree char *ssid = NULL;

  if (here == NULL)
    return;
  place = rp_plan_view_dup_place (rp_dict_get_string (status, "network"),
                                  rp_dict_get_string (here, "connectivity"));
  ssid = rp_printable_dup (rp_dict_get_string (here, "ssid"), -1);
  print_title (_ ("Where you are"));
  print_fact (_ ("network"), place);
  print_fact (_ ("Wi-Fi"), ssid);
  print_fact (_ ("gateway"), rp_dict_get_string (here, "gateway"));
  print_fact (_ ("gateway's MAC"), rp_dict_get_string (here, "gateway-mac"));
  print_list_fact (_ ("domains"), here, "dns-domains");
  print_list_fact (_ ("our addresses"), here, "addresses");
  print_list_fact (_ ("VPN"), here, "vpns");
}

static const char *
get_sign_in_words (const char *state)
{
  if (g_str_equal (state, "present"))
    return _ ("signed in");
  if (g_str_equal (state, "missing"))
    return _ ("not signed in");
  if (g_str_equal (state, "revoked"))
    return _ ("the sign-in does not count any more");
  if (g_str_equal (state, "locked"))
    return _ ("the keyring is locked");
  if (g_str_equal (state, "unavailable"))
    return _ ("the keyring does not answer");
  return state;
}

/* Whether those servers that want a sign-in have one. */
static void
print_sign_ins (GVariant *account)
{
  g_autoptr (GVariant) logins = rp_dict_dup_array (account, "logins", "aa{sv}");

  for (gsize i = 0; i < g_variant_n_children (logins); i++)
    {
      g_autoptr (GVariant) login = g_variant_get_child_value (logins, i);
      const char *state = rp_dict_get_string (login, "state");

      if (state[0] == '\0')
        continue;
      printf ("    %s: ", rp_dict_get_string (login, "server"));
      rp_output_print_styled (g_str_equal (state, "present") ? RP_STYLE_GOOD
                                                             : RP_STYLE_WARNING,
                              get_sign_in_words (state));
      printf (" (%s)\n", rp_dict_get_string (login, "user"));
    }
}

static void
print_accounts (GVariant *status)
{
  g_autoptr (GVariant) accounts = rp_dict_dup_array (status, "accounts", "aa{sv}");

  print_title (_ ("Outgoing server of each account here"));
  if (g_variant_n_children (accounts) == 0)
    printf ("  %s\n", _ ("no account is set up yet: roampost.conf(5) shows how"));
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);
      g_autoptr (GVariant) relaying = rp_dict_dup_dict (account, "relaying");

      printf ("  %s  %s\n", rp_dict_get_string (account, "name"),
              rp_dict_get_string (account, "address"));
      if (relaying != NULL)
        rp_plan_view_print_first (relaying);
      print_sign_ins (account);
    }
}

/* ---- the queue ---- */

static guint
print_count (GVariant *queue, const char *key, const char *name)
{
  guint count = rp_dict_get_count (queue, key);
  g_autofree char *number = g_strdup_printf ("%u", count);

  if (count > 0)
    print_fact (name, number);
  return count;
}

static void
print_uploads (GVariant *queue)
{
  g_autoptr (GVariant) uploads = rp_dict_dup_array (queue, "under-way", "aa{sv}");

  for (gsize i = 0; i < g_variant_n_children (uploads); i++)
    {
      g_autoptr (GVariant) upload = g_variant_get_child_value (uploads, i);
      g_autofree char *recipients = rp_queue_view_dup_recipients (upload);
      g_autofree char *progress = rp_queue_view_dup_upload (upload);

      printf ("  ");
      rp_output_print_padded (rp_dict_get_string (upload, "id"), FACT_WIDTH);
      rp_output_print_styled (RP_STYLE_GOOD, progress);
      printf (" → %s\n", recipients);
    }
}

static void
print_queue (GVariant *status)
{
  g_autoptr (GVariant) queue = rp_dict_dup_dict (status, "queue");
  guint count = 0;

  /* of an agent that has none */
  if (queue == NULL)
    return;
  print_title (_ ("Queue"));
  count += print_count (queue, "waiting", _ ("waiting"));
  count += print_count (queue, "held", _ ("held back"));
  count += print_count (queue, "doubt", _ ("in doubt"));
  count += print_count (queue, "failed", _ ("failed"));
  count += print_count (queue, "damaged", _ ("damaged"));
  if (count == 0)
    printf ("  %s\n", _ ("no mail waits to be sent"));
  print_uploads (queue);
  print_list_fact (_ ("set aside"), status, "set-aside");
}

static void
print_attention (GVariant *status)
{
  g_autoptr (GVariant) reasons = rp_dict_dup_array (status, "attention", "a(sas)");
  g_autoptr (GVariant) configuration = rp_dict_dup_dict (status, "configuration");
  g_auto (GStrv) errors = configuration == NULL
                              ? g_new0 (char *, 1)
                              : rp_dict_dup_strings (configuration, "errors");

  if (g_variant_n_children (reasons) == 0 && errors[0] == NULL)
    return;
  print_title (_ ("Needs you"));
  for (gsize i = 0; i < g_variant_n_children (reasons); i++)
    {
      g_autoptr (GVariant) reason = g_variant_get_child_value (reasons, i);
      g_autofree char *text = rp_dict_dup_sentence (reason);

      printf ("  ");
      rp_output_print_styled (RP_STYLE_WARNING, text);
      putchar ('\n');
    }
  for (guint i = 0; errors[i] != NULL; i++)
    printf ("  %s\n", errors[i]);
  if (errors[0] != NULL)
    printf ("  %s\n", _ ("until this is mended the last good configuration holds"));
}

static void
print_last (GVariant *status)
{
  g_autoptr (GVariant) last = rp_dict_dup_array (status, "last", "aa{sv}");

  if (g_variant_n_children (last) == 0)
    return;
  print_title (_ ("Last messages"));
  rp_message_view_print_list (last, 2);
}

static void
print_mechanisms (GVariant *status)
{
  g_autofree char *sasl = rp_dict_dup_list (status, "sasl");

  if (sasl[0] == '\0')
    return;
  putchar ('\n');
  printf (_ ("Logins that libcurl %1$s can make here: %2$s"),
          rp_dict_get_string (status, "libcurl"), sasl);
  putchar ('\n');
}

static void
print_status (GVariant *status)
{
  g_autofree char *listening = rp_dict_dup_list (status, "listening");

  if (listening[0] == '\0')
    printf (_ ("roampost %s takes no mail: it listens nowhere"),
            rp_dict_get_string (status, "version"));
  else
    printf (_ ("roampost %1$s takes mail at %2$s"),
            rp_dict_get_string (status, "version"), listening);
  putchar ('\n');
  print_surroundings (status);
  print_accounts (status);
  print_queue (status);
  print_attention (status);
  print_last (status);
  print_mechanisms (status);
}

/* A terminal is drawn anew, a file goes on; what changed nothing is not shown again. */
static void
print (Watch *self, GVariant *status)
{
  gboolean is_again = self->shown != NULL;

  if (is_again && g_variant_equal (self->shown, status))
    return;
  if (self->is_watching && !self->is_json && rp_output_is_terminal ())
    fputs ("\033[H\033[2J", stdout);
  else if (is_again && !self->is_json)
    puts ("\n---\n");

  if (self->is_json && self->is_watching)
    rp_output_print_json_line (status);
  else if (self->is_json)
    rp_output_print_json (status);
  else
    print_status (status);
  fflush (stdout);
  g_clear_pointer (&self->shown, g_variant_unref);
  self->shown = g_variant_ref (status);
}

static gboolean
show (Watch *self)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  if (!rp_agent1_call_get_status_sync (self->agent, &status, NULL, &error))
    {
      self->exit_code = rp_agent_link_fail (self->command, error);
      return FALSE;
    }
  print (self, status);
  return TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  Watch *self = user_data;

  self->redraw_source = 0;
  if (!show (self))
    rp_live_quit (self->live, self->exit_code);
  return G_SOURCE_REMOVE;
}

/* Several changes at a time are drawn once: the source comes after all signals. */
static void
on_agent_changed (RpAgent1 *agent, gpointer user_data)
{
  Watch *self = user_data;

  if (self->redraw_source == 0)
    self->redraw_source = g_idle_add (on_idle, self);
}

static void
watch (Watch *self)
{
  g_autoptr (RpLive) live = rp_live_new (self->command, self->agent);

  self->live = live;
  /* a screen is written at once, so that it does not flicker */
  setvbuf (stdout, NULL, _IOFBF, SCREEN_BYTES);
  g_signal_connect (self->agent, "changed", G_CALLBACK (on_agent_changed), self);
  if (show (self))
    self->exit_code = rp_live_run (live);
  g_signal_handlers_disconnect_by_data (self->agent, self);
  g_clear_handle_id (&self->redraw_source, g_source_remove);
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Watch self = { .command = command };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    { "watch", 'w', 0, G_OPTION_ARG_NONE, &self.is_watching,
      N_ ("Print again whenever something changes"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (RpAgent1) agent = NULL;

  if (!rp_command_parse (command, entries, &argc, &argv, &self.exit_code))
    return self.exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);

  agent = rp_agent_link_open (command, &self.exit_code);
  if (agent == NULL)
    return self.exit_code;

  self.agent = agent;
  if (self.is_watching)
    watch (&self);
  else
    show (&self);
  g_clear_pointer (&self.shown, g_variant_unref);
  return self.exit_code;
}

const RpCommand rp_command_status = {
  .name = "status",
  .summary = N_ ("shows where you are and which server each account uses here"),
  .run = run,
};
