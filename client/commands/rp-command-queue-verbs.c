/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost queue retry, hold, release and drop: one word to the agent about one
 * message. */
#include "commands/rp-command-queue.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bus/rp-bus-error.h"
#include "queue/rp-queue-link.h"
#include "queue/rp-queue-view.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"

typedef gboolean (*Call) (RpAgent1 *agent,
                          const char *id,
                          GCancellable *cancellable,
                          GError **error);

/* ---- retry, hold, release ---- */

/* It may have been sent so quickly that it is no longer there. */
static void
print_left (const char *id, gboolean is_json)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  if (is_json)
    {
      g_variant_dict_insert (&dict, "id", "s", id);
      rp_output_print_json (g_variant_dict_end (&dict));
      return;
    }
  printf (_ ("message %1$s has left the queue; “roampost log %1$s” tells what became "
             "of it"),
          id);
  putchar ('\n');
}

/* Prints the message as it is now. */
static int
print_after (const RpCommand *command,
             RpAgent1 *agent,
             const char *id,
             gboolean is_json)
{
  g_autoptr (GVariant) message = NULL;
  g_autoptr (GError) error = NULL;

  rp_agent1_call_get_queued_sync (agent, id, &message, NULL, &error);
  if (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_NO_SUCH_MESSAGE))
    print_left (id, is_json);
  else if (error != NULL)
    return rp_agent_link_fail (command, error);
  else if (is_json)
    rp_output_print_json (message);
  else
    rp_queue_view_print_line (message);
  return EX_OK;
}

static int
tell_agent (const RpCommand *command, const char *id, gboolean is_json, Call call)
{
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_autoptr (GError) error = NULL;

  if (agent == NULL)
    return exit_code;
  if (!call (agent, id, NULL, &error))
    return rp_queue_link_fail (command, agent, id, error);
  return print_after (command, agent, id, is_json);
}

static int
run_verb (const RpCommand *command, int argc, char **argv, Call call)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
                                     N_ ("Print JSON, as the manual describes it"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autofree char *id = NULL;
  int exit_code = EX_OK;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  id = rp_queue_link_take_id (command, argc, argv, 0, &exit_code);
  return id == NULL ? exit_code : tell_agent (command, id, is_json, call);
}

static int
run_retry (const RpCommand *command, int argc, char **argv)
{
  return run_verb (command, argc, argv, rp_agent1_call_retry_queued_sync);
}

static int
run_hold (const RpCommand *command, int argc, char **argv)
{
  return run_verb (command, argc, argv, rp_agent1_call_hold_queued_sync);
}

static int
run_release (const RpCommand *command, int argc, char **argv)
{
  return run_verb (command, argc, argv, rp_agent1_call_release_queued_sync);
}

/* ---- drop ---- */

typedef struct
{
  gboolean is_sure;
  gboolean is_json;
} Drop;

static gboolean
is_yes (const char *line)
{
  g_autofree char *answer = g_utf8_strdown (line, -1);

  g_strstrip (answer);
  /* TRANSLATORS: what is typed for "yes", as a letter and as a word; the English ones
   * are taken as well */
  return g_str_equal (answer, C_ ("answer", "y"))
         || g_str_equal (answer, C_ ("answer", "yes")) || g_str_equal (answer, "y")
         || g_str_equal (answer, "yes");
}

static gboolean
ask_whether (GVariant *message)
{
  g_autofree char *recipients = rp_queue_view_dup_recipients (message);
  g_autofree char *size = rp_output_dup_size (rp_dict_get_size (message, "bytes"));
  char line[64] = "";

  fflush (stdout);
  fprintf (stderr, _ ("Give up message %1$s (%2$s) to %3$s and delete it? [y/N] "),
           rp_dict_get_string (message, "id"), size, recipients);
  if (fgets (line, sizeof line, stdin) != NULL)
    return g_utf8_validate (line, -1, NULL) && is_yes (line);

  /* Ctrl-D leaves the cursor behind the question */
  fputc ('\n', stderr);
  return FALSE;
}

static int
drop_message (const RpCommand *command,
              RpAgent1 *agent,
              GVariant *message,
              const Drop *drop)
{
  const char *id = rp_dict_get_string (message, "id");
  g_autoptr (GError) error = NULL;

  if (!drop->is_sure && !ask_whether (message))
    {
      rp_command_error (command, "%s", _ ("nothing was dropped"));
      return EXIT_FAILURE;
    }
  if (!rp_agent1_call_drop_queued_sync (agent, id, NULL, &error))
    return rp_queue_link_fail (command, agent, id, error);
  if (drop->is_json)
    rp_output_print_json (message);
  else
    {
      printf (_ ("message %s is dropped"), id);
      putchar ('\n');
    }
  return EX_OK;
}

static int
find_and_drop (const RpCommand *command, const char *id, const Drop *drop)
{
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_autoptr (GVariant) message = NULL;

  if (agent == NULL)
    return exit_code;
  message = rp_queue_link_get (command, agent, id, &exit_code);
  return message == NULL ? exit_code : drop_message (command, agent, message, drop);
}

static int
run_drop (const RpCommand *command, int argc, char **argv)
{
  Drop drop = { 0 };
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &drop.is_sure, N_ ("Do not ask"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &drop.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autofree char *id = NULL;
  int exit_code = EX_OK;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  id = rp_queue_link_take_id (command, argc, argv, 0, &exit_code);
  if (id == NULL)
    return exit_code;
  if (!drop.is_sure && !isatty (STDIN_FILENO))
    return rp_command_usage_error (
        command, "%s",
        _ ("nobody can be asked whether to drop it, since this is no terminal; --yes "
           "drops it without asking"));
  return find_and_drop (command, id, &drop);
}

const RpCommand rp_command_queue_retry = {
  .name = "queue retry",
  .synopsis = N_ ("ID"),
  .summary = N_ ("sends a message again, also one that failed or is in doubt"),
  .run = run_retry,
};

const RpCommand rp_command_queue_hold = {
  .name = "queue hold",
  .synopsis = N_ ("ID"),
  .summary = N_ ("holds a message back until it is released"),
  .run = run_hold,
};

const RpCommand rp_command_queue_release = {
  .name = "queue release",
  .synopsis = N_ ("ID"),
  .summary = N_ ("lets a message go that was held back"),
  .run = run_release,
};

const RpCommand rp_command_queue_drop = {
  .name = "queue drop",
  .synopsis = N_ ("ID"),
  .summary = N_ ("gives a message up and deletes it"),
  .run = run_drop,
};
