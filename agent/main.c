/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options, signals, the main loop, the exit status. */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "rp-agent.h"
#include "rp-log.h"
#include "words/rp-words.h"

typedef struct
{
  RpAgent *agent;
  GMainLoop *loop;
} Run;

static gboolean
on_signal_stop (gpointer user_data)
{
  Run *run = user_data;

  rp_log_stopping ("signal");
  rp_agent_stop (run->agent);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal_reload (gpointer user_data)
{
  Run *run = user_data;

  rp_agent_reload (run->agent);
  return G_SOURCE_CONTINUE;
}

static void
on_agent_stopped (RpAgent *agent, gpointer user_data)
{
  Run *run = user_data;

  g_main_loop_quit (run->loop);
}

/* A core file would hold passwords. The process stays dumpable all the same: desktop
 * portals look at it in /proc, which a process that is not dumpable denies them.
 * A limit of 0 forbids files only: where core_pattern names a program, Linux hands it
 * the dump whatever the limit is, unless that is 1, which is too little for a file as
 * well. Who was started with a hard limit of 0 keeps it. */
static void
forbid_core_files (void)
{
  const struct rlimit nothing_to_anybody = { 1, 1 };
  const struct rlimit no_file = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &nothing_to_anybody) != 0)
    setrlimit (RLIMIT_CORE, &no_file);
}

static int
run_agent (const RpAgentOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (RpAgent) agent = rp_agent_new (options);
  Run run = { agent, loop };

  g_signal_connect (agent, "stopped", G_CALLBACK (on_agent_stopped), &run);
  if (!rp_agent_start (agent, &error))
    {
      fprintf (stderr, "roampost-agent: %s\n", error->message);
      return g_error_matches (error, RP_AGENT_ERROR, RP_AGENT_ERROR_CONFIGURATION)
                 ? EX_CONFIG
                 : EX_UNAVAILABLE;
    }

  g_unix_signal_add (SIGTERM, on_signal_stop, &run);
  g_unix_signal_add (SIGINT, on_signal_stop, &run);
  g_unix_signal_add (SIGHUP, on_signal_reload, &run);
  g_main_loop_run (loop);
  return EX_OK;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *config_file = NULL;
  g_autofree char *state_folder = NULL;
  g_autofree char *runtime_folder = NULL;
  g_autofree char *fake_surroundings = NULL;
  gboolean shows_version = FALSE;
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config_file,
      N_ ("Read this configuration alone"), N_ ("FILE") },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &state_folder,
      N_ ("Keep journal and queue in this folder"), N_ ("FOLDER") },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &runtime_folder,
      N_ ("Put the command line's socket into this folder"), N_ ("FOLDER") },
    { "fake-surroundings", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME,
      &fake_surroundings, "Read the surroundings from this file", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &shows_version, N_ ("Print the version"),
      NULL },
    G_OPTION_ENTRY_NULL
  };

  setlocale (LC_ALL, "");
  rp_words_init (NULL);
  g_option_context_set_summary (
      context, _ ("Takes mail from the programs on this machine and hands it to the "
                  "right outgoing server."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "roampost-agent: %s\n", error->message);
      return EX_USAGE;
    }
  if (argc > 1)
    {
      fprintf (stderr, "roampost-agent: ");
      fprintf (stderr, _ ("“%s” is not an option; --help lists them"), argv[1]);
      fputc ('\n', stderr);
      return EX_USAGE;
    }
  if (shows_version)
    {
      puts ("roampost-agent " RP_VERSION);
      return EX_OK;
    }

  forbid_core_files ();
  return run_agent (&(RpAgentOptions){ .config_file = config_file,
                                       .state_folder = state_folder,
                                       .runtime_folder = runtime_folder,
                                       .fake_surroundings = fake_surroundings });
}
