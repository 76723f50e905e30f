/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the queue has written down: messages taken, and what became of recipients. */
#include "delivery/rp-queue-private.h"
#include "store/rp-custody-store.h"

/* --- taking --- */

typedef struct
{
  RpCustody *custody;
  gboolean is_under_way;
} Taking;

static void
taking_free (Taking *taking)
{
  rp_custody_free (taking->custody);
  g_free (taking);
}

static void
on_store_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpQueue *self = g_task_get_source_object (task);
  Taking *taking = g_task_get_task_data (task);
  GError *error = NULL;
  RpQueueEntry *entry;

  if (!rp_custody_store_take_finish (RP_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  entry = rp_queue_add_entry (self, g_steal_pointer (&taking->custody));
  if (taking->is_under_way)
    rp_schedule_begin (self->schedule, entry->custody->id, rp_queue_get_clock_ms ());
  rp_queue_kick (self);
  rp_queue_tell (self, entry->custody);
  g_task_return_boolean (task, TRUE);
}

void
rp_queue_take_async (RpQueue *self,
                     RpCustody *custody,
                     RpContent *content,
                     gboolean is_under_way,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Taking *taking = g_new0 (Taking, 1);
  g_autoptr (GBytes) bytes =
      rp_content_is_in_memory (content) ? rp_content_dup_bytes (content) : NULL;

  taking->custody = custody;
  taking->is_under_way = is_under_way;
  g_task_set_source_tag (task, rp_queue_take_async);
  g_task_set_task_data (task, taking, (GDestroyNotify) taking_free);
  g_object_set_data_full (G_OBJECT (task), "content", g_object_ref (content),
                          g_object_unref);
  rp_custody_store_take_async (self->store, custody, bytes,
                               bytes != NULL ? -1 : rp_content_get_fd (content),
                               on_store_taken, task);
}

gboolean
rp_queue_take_finish (RpQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- recording --- */

static void
on_store_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rp_custody_store_record_finish (RP_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
apply_changes (RpQueueEntry *entry, const GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const RpCustodyChange *change = g_ptr_array_index (changes, i);

      rp_custody_set_recipient (entry->custody, change->index, change->recipient);
    }
}

void
rp_queue_record_async (RpQueue *self,
                       const char *id,
                       GPtrArray *changes,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  RpQueueEntry *entry = rp_queue_get_entry (self, id);
  GTask *task = callback != NULL ? g_task_new (self, NULL, callback, user_data) : NULL;

  if (entry != NULL)
    {
      apply_changes (entry, changes);
      rp_queue_tell_schedule (self, entry->custody);
      g_signal_emit_by_name (self, "changed");
    }
  rp_custody_store_record_async (self->store, id, changes,
                                 task != NULL ? on_store_recorded : NULL, task);
}

gboolean
rp_queue_record_finish (RpQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rp_queue_move_recipients (RpQueue *self,
                          RpQueueEntry *entry,
                          RpCustodyState from,
                          RpCustodyState to,
                          const RpReason *reason)
{
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
  RpCustody *custody = entry->custody;

  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    {
      const RpCustodyRecipient *before = rp_custody_get_recipient (custody, i);
      g_autoptr (RpCustodyRecipient) after = NULL;

      if (before->state != from)
        continue;

      after = rp_custody_recipient_copy (before);
      after->state = to;
      if (reason != NULL)
        {
          rp_reason_free (after->reason);
          after->reason = rp_reason_copy (reason);
        }
      g_ptr_array_add (changes, rp_custody_change_new (i, after));
    }
  if (changes->len > 0)
    rp_queue_record_async (self, custody->id, changes, NULL, NULL);
}

void
rp_queue_set_answered (RpQueue *self, const char *id)
{
  RpQueueEntry *entry = rp_queue_get_entry (self, id);

  if (entry == NULL || entry->custody->is_answered)
    return;

  entry->custody->is_answered = TRUE;
  rp_custody_store_set_answered (self->store, id);
}
