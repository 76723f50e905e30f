/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost queue: the mail that the agent has taken and not yet delivered. */
#include "commands/rp-command-queue.h"
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "queue/rp-queue-view.h"
#include "rp-agent-link.h"
#include "rp-output.h"

/* ---- list ---- */

static gboolean
needs_user (GVariant *messages)
{
  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);

      if (rp_queue_view_needs_user (message))
        return TRUE;
    }
  return FALSE;
}

static void
print_messages (GVariant *messages)
{
  if (g_variant_n_children (messages) == 0)
    {
      puts (_ ("The queue is empty: no mail waits to be sent"));
      return;
    }
  rp_queue_view_print_list (messages);
  if (needs_user (messages))
    printf ("\n%s\n", _ ("“roampost queue show ID” tells why; “retry ID” sends it "
                         "again, “drop ID” gives it up"));
}

static int
list (const RpCommand *command, gboolean is_json)
{
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_autoptr (GVariant) messages = NULL;
  g_autoptr (GError) error = NULL;

  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_list_queue_sync (agent, &messages, NULL, &error))
    return rp_agent_link_fail (command, error);
  if (is_json)
    rp_output_print_json (messages);
  else
    print_messages (messages);
  return EX_OK;
}

/* Reads the only option of commands that take no word. */
static gboolean
parse_json (
    const RpCommand *command, int argc, char **argv, gboolean *is_json, int *exit_code)
{
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, is_json,
                                     N_ ("Print JSON, as the manual describes it"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };

  if (!rp_command_parse (command, entries, &argc, &argv, exit_code))
    return FALSE;
  if (argc > 1)
    {
      *exit_code = rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);
      return FALSE;
    }
  return TRUE;
}

static int
run_list (const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  int exit_code = EX_OK;

  if (!parse_json (command, argc, argv, &is_json, &exit_code))
    return exit_code;
  return list (command, is_json);
}

static const RpCommand list_command = {
  .name = "queue list",
  .summary = N_ ("lists the mail that the agent holds and has still to deliver"),
  .run = run_list,
};

/* ---- flush ---- */

static void
print_flushed (guint n_messages, gboolean is_json)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  if (is_json)
    {
      g_variant_dict_insert (&dict, "count", "u", n_messages);
      rp_output_print_json (g_variant_dict_end (&dict));
    }
  else if (n_messages == 0)
    puts (_ ("No mail waits to be sent"));
  else
    {
      printf (ngettext ("%u message goes as soon as its server can be reached",
                        "%u messages go as soon as their servers can be reached",
                        n_messages),
              n_messages);
      putchar ('\n');
    }
}

static int
run_flush (const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GError) error = NULL;
  guint n_messages = 0;

  if (!parse_json (command, argc, argv, &is_json, &exit_code))
    return exit_code;
  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_flush_queue_sync (agent, &n_messages, NULL, &error))
    return rp_agent_link_fail (command, error);
  print_flushed (n_messages, is_json);
  return EX_OK;
}

static const RpCommand flush_command = {
  .name = "queue flush",
  .summary = N_ ("tries all that waits now, not when its time has come"),
  .run = run_flush,
};

/* ---- the group ---- */

/* clang-format off */
static const RpCommand *const members[] = {
  &list_command,
  &rp_command_queue_show,
  &rp_command_queue_retry,
  &rp_command_queue_hold,
  &rp_command_queue_release,
  &rp_command_queue_drop,
  &flush_command,
  &rp_command_queue_export,
  NULL
};
/* clang-format on */

/* Without a command it is the list. */
static int
run (const RpCommand *command, int argc, char **argv)
{
  if (argc < 2 || g_str_equal (argv[1], "--json"))
    return run_list (&list_command, argc, argv);
  return rp_command_dispatch (command, members, argc, argv);
}

const RpCommand rp_command_queue = {
  .name = "queue",
  .summary = N_ ("shows and handles the mail that waits to be sent"),
  .run = run,
};
