/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost log: the journal, or the whole story of one message. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-live.h"
#include "rp-message-view.h"
#include "rp-output.h"

#define DEFAULT_LIMIT 20

typedef struct
{
  const RpCommand *command;
  const char *id; /* nullable: all messages */
  int limit;
  gboolean is_json;
  gboolean is_following;
  RpAgent1 *agent;
  int exit_code;
} Log;

/* The newest stands last, next to the prompt. */
static GVariant *
dup_reversed (GVariant *messages)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, g_variant_get_type (messages));
  for (gsize i = g_variant_n_children (messages); i > 0; i--)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i - 1);

      g_variant_builder_add_value (&builder, message);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
print_messages (Log *self, GVariant *messages)
{
  g_autoptr (GVariant) reversed = dup_reversed (messages);

  if (self->is_json && !self->is_following)
    rp_output_print_json (messages);
  else if (self->is_json)
    return;
  else if (g_variant_n_children (messages) == 0)
    puts (_ ("No message came yet"));
  else
    rp_message_view_print_list (reversed, 0);
}

static gboolean
show_list (Log *self)
{
  g_autoptr (GVariant) messages = NULL;
  g_autoptr (GError) error = NULL;

  if (!rp_agent1_call_list_messages_sync (self->agent, (guint) self->limit, &messages,
                                          NULL, &error))
    {
      self->exit_code = rp_agent_link_fail (self->command, error);
      return FALSE;
    }
  print_messages (self, messages);
  return TRUE;
}

static gboolean
show_story (Log *self)
{
  g_autoptr (GVariant) message = NULL;
  g_autoptr (GError) error = NULL;

  if (!rp_agent1_call_get_message_sync (self->agent, self->id, &message, NULL, &error))
    {
      self->exit_code = rp_agent_link_fail (self->command, error);
      return FALSE;
    }
  if (self->is_json && self->is_following)
    rp_output_print_json_line (message);
  else if (self->is_json)
    rp_output_print_json (message);
  else
    rp_message_view_print_story (message);
  return TRUE;
}

static void
on_agent_stepped (RpAgent1 *agent, GVariant *step, gpointer user_data)
{
  Log *self = user_data;
  const char *id = rp_dict_get_string (step, "id");

  if (self->id != NULL && !g_str_has_prefix (id, self->id))
    return;
  if (self->is_json)
    rp_output_print_json_line (step);
  else
    rp_message_view_print_step (step, self->id == NULL);
  fflush (stdout);
}

/* Listens before it looks, so that no step is lost between the two. */
static void
follow (Log *self)
{
  g_autoptr (RpLive) live = rp_live_new (self->command, self->agent);

  g_signal_connect (self->agent, "stepped", G_CALLBACK (on_agent_stepped), self);
  if (!(self->id != NULL ? show_story (self) : show_list (self)))
    return;
  fflush (stdout);
  self->exit_code = rp_live_run (live);
}

static int
show (Log *self)
{
  g_autoptr (RpAgent1) agent = rp_agent_link_open (self->command, &self->exit_code);

  if (agent == NULL)
    return self->exit_code;
  self->agent = agent;
  if (self->is_following)
    follow (self);
  else if (self->id != NULL)
    show_story (self);
  else
    show_list (self);
  return self->exit_code;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Log self = { .command = command, .limit = DEFAULT_LIMIT };
  g_autofree char *id = NULL;
  const GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT, &self.limit,
      N_ ("At most so many messages (20)"), N_ ("N") },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &self.is_following,
      N_ ("Go on with each step as it happens"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };

  if (!rp_command_parse (command, entries, &argc, &argv, &self.exit_code))
    return self.exit_code;
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);
  if (self.limit < 1)
    return rp_command_usage_error (command, _ ("“%s” wants a number above 0"),
                                   "--limit");
  /* names of messages are in capitals */
  id = argc == 2 ? g_ascii_strup (argv[1], -1) : NULL;
  self.id = id;
  return show (&self);
}

const RpCommand rp_command_log = {
  .name = "log",
  .synopsis = N_ ("[ID]"),
  .summary = N_ ("shows the last messages, or all that happened to one"),
  .run = run,
};
