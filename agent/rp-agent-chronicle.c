/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-chronicle.h"

#include "rp-log.h"
#include "store/rp-journal.h"
#include "store/rp-lessons.h"

static void
on_delivery_begun (RpDelivery *delivery, RpMessage *message, gpointer user_data)
{
  const RpAgentParts *parts = user_data;
  const RpNetworkRule *rule = rp_surroundings_find_network (
      rp_detector_get_surroundings (parts->detector), parts->config);
  RpJournalEntry *entry = g_new0 (RpJournalEntry, 1);
  g_autoptr (GStrvBuilder) recipients = g_strv_builder_new ();

  rp_log_message (message);
  for (guint i = 0; i < rp_envelope_get_n_recipients (message->envelope); i++)
    g_strv_builder_add (recipients,
                        rp_envelope_get_recipient (message->envelope, i)->address);
  entry->message_id = g_strdup (message->id);
  entry->received_at_s = message->received_at_s;
  entry->sender = g_strdup (message->envelope->sender);
  entry->recipients = g_strv_builder_end (recipients);
  entry->n_bytes = message->facts->n_bytes;
  entry->network = g_strdup (rule == NULL ? NULL : rule->name);
  entry->program = g_strdup (message->program);
  if (parts->config->journal_subject)
    entry->subject = g_strdup (message->facts->subject);
  rp_journal_begin (parts->store, entry);
  rp_bus_server_emit_changed (parts->bus);
}

static void
on_delivery_step (RpDelivery *delivery, const RpStep *step, gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_log_step (step);
  rp_journal_add (parts->store, step);
  rp_bus_server_emit_stepped (parts->bus, rp_step_to_variant (step));
}

static void
on_delivery_ended (RpDelivery *delivery,
                   const char *message_id,
                   const char *outcome,
                   gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_log_message_ended (message_id, outcome);
  rp_journal_end (parts->store, message_id, outcome);
  rp_bus_server_emit_changed (parts->bus);
}

static void
on_delivery_learned (RpDelivery *delivery, const RpLesson *lesson, gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_memory_learn (parts->memory,
                   rp_lesson_new (lesson->kind, lesson->place, lesson->subject,
                                  lesson->learned_at_s));
  rp_lessons_keep (parts->store, lesson);
}

static void
on_delivery_unlearned (RpDelivery *delivery, const RpLesson *lesson, gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  if (rp_memory_unlearn (parts->memory, lesson->kind, lesson->place, lesson->subject))
    rp_lessons_drop (parts->store, lesson);
}

void
rp_agent_chronicle_connect (const RpAgentParts *parts)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "begun", G_CALLBACK (on_delivery_begun) },
    { "step", G_CALLBACK (on_delivery_step) },
    { "ended", G_CALLBACK (on_delivery_ended) },
    { "learned", G_CALLBACK (on_delivery_learned) },
    { "unlearned", G_CALLBACK (on_delivery_unlearned) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (parts->delivery, handlers[i].signal, handlers[i].handler,
                      (gpointer) parts);
}
