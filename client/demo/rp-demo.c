/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo.h"

#include <errno.h>
#include <ftw.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "demo/rp-demo-agent.h"
#include "demo/rp-demo-mailbox.h"
#include "demo/rp-demo-pop.h"
#include "demo/rp-demo-sender.h"
#include "demo/rp-demo-table.h"
#include "rp-output.h"
#include "smtp/rp-listener.h"

struct _RpDemo
{
  GObject parent_instance;

  RpDemoOptions options;
  RpDemoWorld world;
  char *folder;
  char *mail_folder;
  RpListener *listeners[RP_DEMO_N_HOSTS];
  guint16 ports[RP_DEMO_N_HOSTS];
  GSocketService *pop;
  guint16 pop_port;

  RpDemoAgent *agent;
  char *agent_host;
  guint16 agent_port;

  guint scenario; /* RP_DEMO_N_SCENARIOS: the table is printed */
  RpDemoResult results[RP_DEMO_N_SCENARIOS];
  GMainLoop *loop;
  int exit_code;
};

G_DEFINE_FINAL_TYPE (RpDemo, rp_demo, G_TYPE_OBJECT)

static void
end (RpDemo *self, int exit_code)
{
  self->exit_code = exit_code;
  g_main_loop_quit (self->loop);
}

static void
say (RpDemo *self, const char *text)
{
  if (self->options.is_json)
    return;

  puts (text);
  fflush (stdout); /* whoever reads a pipe sees it now, too */
}

static void
fail (RpDemo *self, const char *text)
{
  fprintf (stderr, "roampost demo: %s\n", text);
  end (self, EX_UNAVAILABLE);
}

/* ---- the world ---- */

/* These servers refuse in their own words; ours is only for what cannot happen to a
 * well-behaved program. */
static char *
say_code (const RpReason *reason, gpointer user_data)
{
  return g_strdup (rp_reason_code_to_nick (reason->code));
}

static guint16
get_port (const char *address)
{
  return (guint16) g_ascii_strtoull (strrchr (address, ':') + 1, NULL, 10);
}

static gboolean
start_host (RpDemo *self, guint index, GError **error)
{
  const RpDemoHost *host = &rp_demo_world_get_hosts ()[index];
  g_autoptr (RpDemoMailbox) mailbox =
      rp_demo_mailbox_new (&self->world, host, self->mail_folder);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  RpListenAddress address = { (char *) host->address, 0 };
  RpSessionSettings settings = { .dialogue = RP_DIALOGUE_SETTINGS_INIT,
                                 .handler = RP_MESSAGE_HANDLER (mailbox),
                                 .idle_timeout_ms = RP_SESSION_IDLE_TIMEOUT_MS };

  if (!rp_demo_world_is_up (&self->world, host))
    return TRUE;

  settings.dialogue.host_name = host->host_name;
  settings.dialogue.sentence = say_code;
  g_ptr_array_add (addresses, &address);
  self->listeners[index] = rp_listener_new (&settings, RP_LISTENER_MAX_SESSIONS);
  if (!rp_listener_listen (self->listeners[index], addresses, error))
    return FALSE;

  self->ports[index] = get_port (rp_listener_get_addresses (self->listeners[index])[0]);
  return TRUE;
}

static void
on_pop_login (gpointer user_data)
{
  RpDemo *self = user_data;

  self->world.pop_place = (int) self->world.place;
}

static gboolean
start_world (RpDemo *self, GError **error)
{
  for (guint i = 0; i < RP_DEMO_N_HOSTS; i++)
    if (!start_host (self, i, error))
      return FALSE;

  self->pop = rp_demo_pop_new (rp_demo_world_get_hosts ()[0].address, &self->pop_port,
                               on_pop_login, self, error);
  return self->pop != NULL;
}

static void
move_laptop (RpDemo *self, RpDemoPlace place)
{
  g_autofree char *surroundings = NULL;
  g_autoptr (GError) error = NULL;

  self->world.place = place;
  surroundings = rp_demo_world_dup_surroundings (&self->world);
  if (!rp_demo_agent_move (self->agent, surroundings, &error))
    fail (self, error->message);
}

/* ---- the play: for each scenario move, send straight, send through the agent ---- */

static void play (RpDemo *self);
static void serve (RpDemo *self);

static const RpDemoScenario *
get_scenario (RpDemo *self)
{
  return &rp_demo_world_get_scenarios ()[self->scenario];
}

static void
on_sent_through (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RpDemo *self = user_data;

  self->results[self->scenario].through = rp_demo_sender_send_finish (result, NULL);
  self->scenario++;
  play (self);
}

static void
on_sent_straight (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RpDemo *self = user_data;

  self->results[self->scenario].straight = rp_demo_sender_send_finish (result, NULL);
  rp_demo_sender_send_async (self->agent_host, self->agent_port, RP_DEMO_SENDER,
                             get_scenario (self)->recipient, "through roampost",
                             on_sent_through, self);
}

static void
play_here (RpDemo *self)
{
  rp_demo_sender_send_async (rp_demo_world_get_hosts ()[0].address, self->ports[0],
                             RP_DEMO_SENDER, get_scenario (self)->recipient, "straight",
                             on_sent_straight, self);
}

static void
print_table (RpDemo *self)
{
  g_autofree char *text = NULL;

  if (self->options.is_json)
    {
      rp_output_print_json (rp_demo_table_to_variant (self->results));
      return;
    }

  text = rp_demo_table_dup_text (self->results,
                                 *rp_output_get_style (stdout, RP_STYLE_GOOD) != '\0');
  printf ("\n%s\n", text);
}

static void
play (RpDemo *self)
{
  if (self->scenario == RP_DEMO_N_SCENARIOS)
    {
      print_table (self);
      if (self->options.ends_after_table)
        end (self, EX_OK);
      else
        serve (self);
    }
  else if (get_scenario (self)->place == self->world.place)
    play_here (self);
  else
    move_laptop (self, get_scenario (self)->place);
}

/* ---- after the table: a world to try ---- */

static void
print_place (RpDemo *self)
{
  g_autofree char *text = g_strdup_printf (_ ("The laptop is at: %s"),
                                           rp_demo_place_to_nick (self->world.place));

  say (self, text);
}

static void
print_hints (RpDemo *self)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  printf (
      _ ("The world keeps running. Try:\n\n"
         "  echo Hello | %1$s --runtime-dir %2$s sendmail -v -f %3$s bob@adatum.com\n\n"
         "or send with any mail program to %4$s:%5$u, without encryption and password\n"
         "Accepted mail lands in %6$s\n"
         "Ask the agent:  %1$s --runtime-dir %2$s status\n"
         "Move the laptop: h home, w work, t hotel; q ends the demo (then Enter)\n"),
      program == NULL ? "roampost" : program,
      rp_demo_agent_get_runtime_folder (self->agent), RP_DEMO_SENDER, self->agent_host,
      self->agent_port, self->mail_folder);
}

static gboolean
on_key_line (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  RpDemo *self = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;

  switch (line[0])
    {
    case 'h':
      move_laptop (self, RP_DEMO_HOME);
      break;
    case 'w':
      move_laptop (self, RP_DEMO_WORK);
      break;
    case 't':
      move_laptop (self, RP_DEMO_HOTEL);
      break;
    case 'q':
      end (self, EX_OK);
      break;
    default:
      print_hints (self);
    }

  return G_SOURCE_CONTINUE;
}

static void
serve (RpDemo *self)
{
  print_hints (self);
  fflush (stdout);
  if (isatty (STDIN_FILENO))
    {
      g_autoptr (GIOChannel) channel = g_io_channel_unix_new (STDIN_FILENO);

      g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_key_line, self);
    }
  if (self->world.place != self->options.place)
    move_laptop (self, self->options.place);
  else
    print_place (self);
}

/* ---- the agent ---- */

static void
on_agent_listening (RpDemoAgent *agent, const char *address, gpointer user_data)
{
  RpDemo *self = user_data;
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (address, 0, NULL);

  if (parsed == NULL || self->agent_port != 0)
    return;

  self->agent_host =
      g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  self->agent_port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
}

static void
on_agent_moved (RpDemoAgent *agent, const char *network, gpointer user_data)
{
  RpDemo *self = user_data;

  if (!g_str_equal (network, rp_demo_place_to_nick (self->world.place))
      || self->agent_port == 0)
    return;

  if (self->scenario < RP_DEMO_N_SCENARIOS)
    play_here (self);
  else
    print_place (self);
}

static void
on_agent_trouble (RpDemoAgent *agent, const char *text, gpointer user_data)
{
  fprintf (stderr, "roampost-agent: %s\n", text);
}

static void
on_agent_ended (RpDemoAgent *agent, const char *text, gpointer user_data)
{
  RpDemo *self = user_data;
  g_autofree char *what = g_strdup_printf (_ ("the agent ended: %s"), text);

  fail (self, what);
}

static gboolean
start_agent (RpDemo *self, GError **error)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->options.port);
  g_autofree char *config =
      rp_demo_world_dup_config (&self->world, listen, self->ports, self->pop_port);
  g_autofree char *surroundings = rp_demo_world_dup_surroundings (&self->world);

  self->agent = rp_demo_agent_new (self->folder);
  g_signal_connect (self->agent, "listening", G_CALLBACK (on_agent_listening), self);
  g_signal_connect (self->agent, "moved", G_CALLBACK (on_agent_moved), self);
  g_signal_connect (self->agent, "trouble", G_CALLBACK (on_agent_trouble), self);
  g_signal_connect (self->agent, "ended", G_CALLBACK (on_agent_ended), self);
  return rp_demo_agent_start (self->agent, config, surroundings, error);
}

/* ---- beginning and end ---- */

static int
on_entry_left (const char *path, const struct stat *status, int type, struct FTW *walk)
{
  return remove (path);
}

/* Everything of the demo's own; mail in a folder that the user named stays. */
static void
remove_folder (const char *folder)
{
  if (folder != NULL)
    nftw (folder, on_entry_left, 16, FTW_DEPTH | FTW_PHYS);
}

static gboolean
on_signal_end (gpointer user_data)
{
  end (user_data, EX_OK);
  return G_SOURCE_CONTINUE; /* rp_demo_run removes it */
}

/* Fails before anything is sent where mail could not be kept. */
static gboolean
make_mail_folder (RpDemo *self, GError **error)
{
  int problem = 0;

  if (g_mkdir_with_parents (self->mail_folder, 0700) != 0
      || access (self->mail_folder, W_OK | X_OK) != 0)
    problem = errno;
  if (problem != 0)
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (problem),
                 _ ("mail cannot be kept in the folder %1$s: %2$s"), self->mail_folder,
                 g_strerror (problem));
  return problem == 0;
}

static gboolean
prepare (RpDemo *self, GError **error)
{
  self->folder = g_dir_make_tmp ("roampost-demo-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;

  self->mail_folder = self->options.folder != NULL
                          ? g_strdup (self->options.folder)
                          : g_build_filename (self->folder, "mail", NULL);
  return make_mail_folder (self, error) && start_world (self, error)
         && start_agent (self, error);
}

int
rp_demo_run (RpDemo *self)
{
  g_autoptr (GError) error = NULL;
  const guint on_term = g_unix_signal_add (SIGTERM, on_signal_end, self);
  const guint on_int = g_unix_signal_add (SIGINT, on_signal_end, self);
  /* a closed terminal must not leave the agent behind on the port */
  const guint on_hup = g_unix_signal_add (SIGHUP, on_signal_end, self);

  say (self, _ ("A small world on this machine: the home provider proseware.com, the "
                "office\nthephone-company.com, a hotel, and adatum.com. Each message "
                "goes out twice:\nstraight to the home server, and through roampost.\n"
                "Nothing of yours is read or changed."));
  if (!prepare (self, &error))
    fail (self, error->message);
  else
    g_main_loop_run (self->loop);

  g_source_remove (on_term);
  g_source_remove (on_int);
  g_source_remove (on_hup);
  if (self->agent != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->agent, self);
      rp_demo_agent_stop (self->agent);
    }
  remove_folder (self->folder);
  return self->exit_code;
}

static void
rp_demo_finalize (GObject *object)
{
  RpDemo *self = RP_DEMO (object);

  g_clear_object (&self->agent);
  g_clear_object (&self->pop);
  for (guint i = 0; i < RP_DEMO_N_HOSTS; i++)
    if (self->listeners[i] != NULL)
      {
        rp_listener_stop (self->listeners[i], 0);
        g_clear_object (&self->listeners[i]);
      }
  for (guint i = 0; i < RP_DEMO_N_SCENARIOS; i++)
    rp_demo_result_clear (&self->results[i]);
  g_free (self->agent_host);
  g_free (self->folder);
  g_free (self->mail_folder);
  g_main_loop_unref (self->loop);
  G_OBJECT_CLASS (rp_demo_parent_class)->finalize (object);
}

static void
rp_demo_class_init (RpDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_demo_finalize;
}

static void
rp_demo_init (RpDemo *self)
{
  self->loop = g_main_loop_new (NULL, FALSE);
}

RpDemo *
rp_demo_new (const RpDemoOptions *options)
{
  RpDemo *self = g_object_new (RP_TYPE_DEMO, NULL);

  self->options = *options;
  self->world.place = RP_DEMO_HOME;
  self->world.isp = options->isp;
  self->world.hotel_has_server = options->hotel_has_server;
  self->world.pop_place = -1;
  return self;
}
