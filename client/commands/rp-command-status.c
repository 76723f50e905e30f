/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost status: where we are, which server each account would use now, what needs
 * the user. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-printable.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-message-view.h"
#include "rp-output.h"
#include "rp-plan-view.h"

/* Columns of the longest name of a fact, in any language, and two blanks. */
#define FACT_WIDTH 18

typedef struct
{
  const RpCommand *command;
  RpAgent1 *agent;
  gboolean is_json;
  gboolean is_watching;
  GMainLoop *loop;
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
    }
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
  print_attention (status);
  print_last (status);
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
  if (self->is_json && self->is_watching)
    rp_output_print_json_line (status);
  else if (self->is_json)
    rp_output_print_json (status);
  else
    print_status (status);
  fflush (stdout);
  return TRUE;
}

static void
on_agent_changed (RpAgent1 *agent, gpointer user_data)
{
  Watch *self = user_data;

  if (!self->is_json)
    puts (rp_output_is_terminal () ? "\033[H\033[2J" : "\n---\n");
  if (!show (self))
    g_main_loop_quit (self->loop);
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean is_remote,
                      GError *error,
                      gpointer user_data)
{
  Watch *self = user_data;

  rp_command_error (self->command, "%s", _ ("the agent ended"));
  self->exit_code = EX_UNAVAILABLE;
  g_main_loop_quit (self->loop);
}

static void
watch (Watch *self)
{
  GDBusConnection *connection =
      g_dbus_proxy_get_connection (G_DBUS_PROXY (self->agent));

  g_signal_connect (self->agent, "changed", G_CALLBACK (on_agent_changed), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), self);
  if (show (self))
    g_main_loop_run (self->loop);
  g_signal_handlers_disconnect_by_data (connection, self);
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
  g_autoptr (GMainLoop) loop = NULL;

  if (!rp_command_parse (command, entries, &argc, &argv, &self.exit_code))
    return self.exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);

  agent = rp_agent_link_open (command, &self.exit_code);
  if (agent == NULL)
    return self.exit_code;

  loop = g_main_loop_new (NULL, FALSE);
  self.agent = agent;
  self.loop = loop;
  if (self.is_watching)
    watch (&self);
  else
    show (&self);
  return self.exit_code;
}

const RpCommand rp_command_status = {
  .name = "status",
  .summary = N_ ("shows where you are and which server each account uses here"),
  .run = run,
};
