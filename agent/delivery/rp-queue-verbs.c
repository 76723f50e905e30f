/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people ask of the queue. */
#include <string.h>

#include "delivery/rp-queue-private.h"
#include "store/rp-custody-store.h"

const GPtrArray *
rp_queue_get_messages (RpQueue *self)
{
  return self->messages;
}

const RpCustody *
rp_queue_peek (RpQueue *self, const char *id)
{
  const RpQueueEntry *entry = rp_queue_get_entry (self, id);

  return entry != NULL ? entry->custody : NULL;
}

static RpQueueEntry *
find_entry (RpQueue *self, const char *id, GError **error)
{
  const gsize n_bytes = strlen (id);
  const RpCustody *found = NULL;

  for (guint i = 0; n_bytes > 0 && i < self->messages->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (self->messages, i);

      if (g_ascii_strncasecmp (custody->id, id, n_bytes) != 0)
        continue;
      if (found != NULL)
        {
          g_set_error (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_AMBIGUOUS,
                       "several messages in the queue begin with '%s', such as %s and "
                       "%s: give more of the name",
                       id, found->id, custody->id);
          return NULL;
        }
      found = custody;
    }
  if (found != NULL)
    return rp_queue_get_entry (self, found->id);

  g_set_error (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_NOT_FOUND,
               "no message in the queue is named '%s': 'roampost queue' lists them",
               id);
  return NULL;
}

const RpCustody *
rp_queue_find (RpQueue *self, const char *id, GError **error)
{
  const RpQueueEntry *entry = find_entry (self, id, error);

  return entry != NULL ? entry->custody : NULL;
}

const char *
rp_queue_get_outcome (const RpCustody *custody)
{
  switch (rp_custody_get_summary (custody))
    {
    case RP_CUSTODY_SUMMARY_DAMAGED:
      return "damaged";
    case RP_CUSTODY_SUMMARY_DOUBT:
      return "doubt";
    case RP_CUSTODY_SUMMARY_FAILED:
      return "failed";
    case RP_CUSTODY_SUMMARY_SENT:
      return "sent";
    case RP_CUSTODY_SUMMARY_HELD:
    case RP_CUSTODY_SUMMARY_WAITING:
      return "queued";
    }
  g_return_val_if_reached ("queued");
}

gboolean
rp_queue_is_under_way (RpQueue *self, const char *id)
{
  return rp_queue_get_entry (self, id) != NULL
         && rp_schedule_is_in_flight (self->schedule, id);
}

gboolean
rp_queue_is_in_doubt (RpQueue *self, const RpCustody *custody)
{
  const RpQueueEntry *entry = rp_queue_get_entry (self, custody->id);

  return rp_custody_count (custody, RP_CUSTODY_DOUBT) > 0
         && (!rp_queue_is_under_way (self, custody->id) || entry->n_doubt > 0);
}

RpCustodySummary
rp_queue_get_summary (RpQueue *self, const RpCustody *custody)
{
  const RpCustodySummary summary = rp_custody_get_summary (custody);

  return summary == RP_CUSTODY_SUMMARY_DOUBT && !rp_queue_is_in_doubt (self, custody)
             ? RP_CUSTODY_SUMMARY_WAITING
             : summary;
}

gboolean
rp_queue_get_progress (RpQueue *self, const char *id, guint64 *n_sent, guint64 *n_bytes)
{
  const RpQueueEntry *entry = rp_queue_get_entry (self, id);

  if (entry == NULL || entry->n_sent == 0 || !rp_queue_is_under_way (self, id))
    return FALSE;

  *n_sent = entry->n_sent;
  *n_bytes = entry->custody->facts->n_bytes;
  return TRUE;
}

gint64
rp_queue_get_next_attempt_s (RpQueue *self, const char *id)
{
  const gint64 due_ms = rp_queue_get_entry (self, id) != NULL
                            ? rp_schedule_get_due_ms (self->schedule, id)
                            : -1;

  if (due_ms < 0 || self->is_cut_off)
    return 0;
  return g_get_real_time () / G_USEC_PER_SEC
         + MAX (due_ms - rp_queue_get_clock_ms (), 0) / 1000;
}

gint64
rp_queue_get_since_ms (RpQueue *self, const char *id)
{
  const RpQueueEntry *entry = rp_queue_get_entry (self, id);

  return entry != NULL ? entry->since_ms : rp_queue_get_clock_ms ();
}

/* --- verbs --- */

/* A message that can still be decided about. */
static RpQueueEntry *
find_sound_entry (RpQueue *self, const char *id, GError **error)
{
  RpQueueEntry *entry = find_entry (self, id, error);

  if (entry == NULL || entry->custody->damage == NULL)
    return entry;

  g_set_error (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_DAMAGED,
               "message %s is damaged on disk and cannot be sent: 'roampost queue "
               "export' saves what there is, 'roampost queue drop' removes it",
               entry->custody->id);
  return NULL;
}

/* @callback: (nullable): when it is on disk; without one that is only tried where it
 * is a change. */
static void
set_held (RpQueue *self,
          RpQueueEntry *entry,
          gboolean is_held,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  if (entry->custody->is_held == is_held && callback == NULL)
    return;

  entry->custody->is_held = is_held;
  rp_schedule_set_held (self->schedule, entry->custody->id, is_held);
  rp_custody_store_set_held (self->store, entry->custody->id, is_held, callback,
                             user_data);
}

static gboolean
set_under_way_error (const RpQueueEntry *entry, GError **error)
{
  g_set_error (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_UNDER_WAY,
               "message %s is being sent just now: ask again when that has ended",
               entry->custody->id);
  return FALSE;
}

gboolean
rp_queue_retry (RpQueue *self, const char *id, GError **error)
{
  RpQueueEntry *entry = find_sound_entry (self, id, error);

  if (entry == NULL)
    return FALSE;
  if (rp_schedule_is_in_flight (self->schedule, entry->custody->id))
    return set_under_way_error (entry, error);

  set_held (self, entry, FALSE, NULL, NULL);
  rp_queue_move_recipients (self, entry, RP_CUSTODY_FAILED, RP_CUSTODY_WAITING, NULL);
  rp_queue_move_recipients (self, entry, RP_CUSTODY_DOUBT, RP_CUSTODY_WAITING, NULL);
  entry->born_ms = rp_queue_get_clock_ms ();
  rp_queue_note_attempt (self, entry);
  rp_schedule_wake (self->schedule, entry->custody->id, rp_queue_get_clock_ms ());
  rp_queue_kick (self);
  rp_queue_tell (self, entry->custody);
  return TRUE;
}

static void
on_hold_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (rp_custody_store_record_finish (RP_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (
        task, RP_QUEUE_ERROR, RP_QUEUE_ERROR_FAILED,
        "held back only until roampost-agent ends, since it cannot "
        "be recorded: %s",
        error->message);
}

void
rp_queue_hold_async (RpQueue *self,
                     const char *id,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  RpQueueEntry *entry = find_sound_entry (self, id, &error);

  g_task_set_source_tag (task, rp_queue_hold_async);
  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  set_held (self, entry, TRUE, on_hold_recorded, g_object_ref (task));
  rp_queue_kick (self);
  rp_queue_tell (self, entry->custody);
}

gboolean
rp_queue_hold_finish (RpQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
rp_queue_release (RpQueue *self, const char *id, GError **error)
{
  RpQueueEntry *entry = find_sound_entry (self, id, error);

  if (entry == NULL)
    return FALSE;

  set_held (self, entry, FALSE, NULL, NULL);
  rp_schedule_wake (self->schedule, entry->custody->id, rp_queue_get_clock_ms ());
  rp_queue_kick (self);
  rp_queue_tell (self, entry->custody);
  return TRUE;
}

guint
rp_queue_flush (RpQueue *self)
{
  guint n_waiting = 0;

  for (guint i = 0; i < self->messages->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (self->messages, i);

      if (!custody->is_held && rp_queue_has_pending (self, custody))
        n_waiting++;
    }
  rp_queue_wake (self);
  return n_waiting;
}

/* Its end of data may have left: only its server knows whether it is still ours. */
static gboolean
is_past_end_of_data (RpQueue *self, const RpQueueEntry *entry)
{
  return rp_schedule_is_in_flight (self->schedule, entry->custody->id)
         && rp_custody_count (entry->custody, RP_CUSTODY_DOUBT) > 0;
}

/* Nobody wants it sent: what the disk still has must not leave by itself. */
static void
take_back (RpQueue *self, RpCustody *custody)
{
  RpQueueEntry *entry = rp_queue_add_entry (self, custody);

  set_held (self, entry, TRUE, NULL, NULL);
  rp_queue_tell (self, custody);
}

static void
on_store_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpQueue *self = g_task_get_source_object (task);
  const RpCustody *custody = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (rp_custody_store_remove_finish (RP_STORE (source), result, &error))
    {
      g_signal_emit_by_name (self, "settled", custody->id, "dropped");
      g_signal_emit_by_name (self, "changed");
      g_task_return_boolean (task, TRUE);
      return;
    }

  take_back (self, rp_custody_copy (custody));
  g_task_return_new_error (task, RP_QUEUE_ERROR, RP_QUEUE_ERROR_FAILED, "%s",
                           error->message);
}

void
rp_queue_drop_async (RpQueue *self,
                     const char *id,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  RpQueueEntry *entry = find_entry (self, id, &error);
  RpCustody *custody;

  g_task_set_source_tag (task, rp_queue_drop_async);
  if (entry == NULL
      || (is_past_end_of_data (self, entry) && !set_under_way_error (entry, &error)))
    {
      g_task_return_error (task, error);
      return;
    }

  g_signal_emit_by_name (self, "dropped", entry->custody);
  custody = rp_queue_steal_entry (self, entry);
  g_task_set_task_data (task, custody, (GDestroyNotify) rp_custody_free);
  rp_custody_store_remove_async (self->store, custody->id, on_store_removed,
                                 g_object_ref (task));
  rp_queue_kick (self);
}

gboolean
rp_queue_drop_finish (RpQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

int
rp_queue_open_body (RpQueue *self, const char *id, GError **error)
{
  const RpQueueEntry *entry = find_entry (self, id, error);
  g_autoptr (GError) trouble = NULL;
  int fd;

  if (entry == NULL)
    return -1;

  fd = rp_custody_store_open_body (self->store, entry->custody->id, &trouble);
  if (fd < 0)
    g_set_error_literal (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_FAILED,
                         trouble->message);
  return fd;
}
