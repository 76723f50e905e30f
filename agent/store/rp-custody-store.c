/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-custody-store.h"

#include "store/rp-body.h"
#include "store/rp-custody-rows.h"
#include "store/rp-request.h"

/* A message on its way into custody; its task holds it. */
typedef struct
{
  RpCustody *custody;
  GBytes *bytes;
  int fd;
  RpCustodyInsertion insertion;
  GError *failure;
} Take;

static void
take_free (Take *self)
{
  rp_custody_free (self->custody);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_error (&self->failure);
  g_free (self);
}

RpCustodyChange *
rp_custody_change_new (guint index, const RpCustodyRecipient *recipient)
{
  RpCustodyChange *self = g_new0 (RpCustodyChange, 1);

  self->index = index;
  self->recipient = rp_custody_recipient_copy (recipient);
  return self;
}

void
rp_custody_change_free (RpCustodyChange *self)
{
  if (self == NULL)
    return;

  rp_custody_recipient_free (self->recipient);
  g_free (self);
}

/* The last place given away in the order of acceptance; the main context's alone. */
static gint64 *
get_last_place (RpStore *store)
{
  static const char key[] = "rp-custody-last-place";
  gint64 *place = g_object_get_data (G_OBJECT (store), key);

  if (place == NULL)
    {
      place = g_new0 (gint64, 1);
      g_object_set_data_full (G_OBJECT (store), key, place, g_free);
    }
  return place;
}

/* Runs @work on GTask's pool with @task's data; then @callback with @task. */
static void
run_in_pool (GTask *task, GTaskThreadFunc work, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) inner =
      g_task_new (g_task_get_source_object (task), NULL, callback, g_object_ref (task));

  g_task_set_task_data (inner, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (inner, work);
}

static void
tell_failed (RpStore *store, const GError *error)
{
  g_signal_emit_by_name (store, "failed", error->message, 1u);
}

/* ---- taking ---- */

/* In the pool. */
static void
keep_body (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Take *self = data;
  GError *error = NULL;

  if (rp_body_keep (rp_store_get_queue_folder (source), self->custody->id, self->bytes,
                    self->fd, self->custody->facts->n_bytes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* In the pool. Should it fail, the body has no record and is set aside at start. */
static void
discard_body (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Take *self = data;

  g_task_return_boolean (task, rp_body_delete (rp_store_get_queue_folder (source),
                                               self->custody->id, NULL));
}

static void
on_body_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Take *self = g_task_get_task_data (task);

  g_task_return_error (task, g_steal_pointer (&self->failure));
}

static void
on_take_recorded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Take *self = g_task_get_task_data (task);

  rp_store_run_finish (RP_STORE (source), result, &self->failure);
  if (self->failure == NULL)
    g_task_return_boolean (task, TRUE);
  else
    run_in_pool (task, discard_body, on_body_discarded);
}

static void
on_body_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Take *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  rp_store_run_async (RP_STORE (source), rp_custody_rows_insert, &self->insertion, NULL,
                      NULL, on_take_recorded, g_object_ref (task));
}

void
rp_custody_store_take_async (RpStore *store,
                             const RpCustody *custody,
                             GBytes *bytes,
                             int fd,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Take *self;

  g_return_if_fail ((bytes != NULL) != (fd >= 0));

  task = g_task_new (store, NULL, callback, user_data);
  self = g_new0 (Take, 1);
  g_task_set_source_tag (task, rp_custody_store_take_async);
  self->custody = rp_custody_copy (custody);
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->fd = fd;
  self->insertion.custody = self->custody;
  self->insertion.place = ++*get_last_place (store);
  g_task_set_task_data (task, self, (GDestroyNotify) take_free);
  run_in_pool (task, keep_body, on_body_kept);
}

gboolean
rp_custody_store_take_finish (RpStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- changes ---- */

static void
update_free (RpCustodyUpdate *self)
{
  g_free (self->id);
  g_ptr_array_unref (self->changes);
  g_free (self);
}

static RpCustodyUpdate *
update_new (const char *id, GPtrArray *changes)
{
  RpCustodyUpdate *self = g_new0 (RpCustodyUpdate, 1);

  self->id = g_strdup (id);
  self->changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
  for (guint i = 0; i < changes->len; i++)
    {
      const RpCustodyChange *change = g_ptr_array_index (changes, i);

      g_ptr_array_add (self->changes,
                       rp_custody_change_new (change->index, change->recipient));
    }
  return self;
}

void
rp_custody_store_record_async (RpStore *store,
                               const char *id,
                               GPtrArray *changes,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  RpCustodyUpdate *update = update_new (id, changes);

  if (callback == NULL)
    rp_store_push (store, rp_custody_rows_update, update, (GDestroyNotify) update_free);
  else
    rp_store_run_async (store, rp_custody_rows_update, update,
                        (GDestroyNotify) update_free, NULL, callback, user_data);
}

gboolean
rp_custody_store_record_finish (RpStore *store, GAsyncResult *result, GError **error)
{
  GError *failure = NULL;

  rp_store_run_finish (store, result, &failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, failure);
  return FALSE;
}

static void
setting_free (RpCustodySetting *self)
{
  g_free (self->id);
  g_free (self);
}

static RpCustodySetting *
setting_new (const char *id, gint64 number, gint64 at_s)
{
  RpCustodySetting *self = g_new0 (RpCustodySetting, 1);

  self->id = g_strdup (id);
  self->number = number;
  self->at_s = at_s;
  return self;
}

static void
push_setting (RpStore *store, RpWork work, const char *id, gint64 number, gint64 at_s)
{
  rp_store_push (store, work, setting_new (id, number, at_s),
                 (GDestroyNotify) setting_free);
}

void
rp_custody_store_set_answered (RpStore *store, const char *id)
{
  push_setting (store, rp_custody_rows_set_answered, id, 0, 0);
}

void
rp_custody_store_set_held (RpStore *store,
                           const char *id,
                           gboolean is_held,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  if (callback == NULL)
    push_setting (store, rp_custody_rows_set_held, id, is_held, 0);
  else
    rp_store_run_async (store, rp_custody_rows_set_held, setting_new (id, is_held, 0),
                        (GDestroyNotify) setting_free, NULL, callback, user_data);
}

void
rp_custody_store_note_attempt (RpStore *store,
                               const char *id,
                               guint n_attempts,
                               gint64 age_s)
{
  push_setting (store, rp_custody_rows_note_attempt, id, n_attempts, age_s);
}

/* ---- removing; the task's data is the id ---- */

/* In the pool. */
static void
delete_body (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (rp_body_delete (rp_store_get_queue_folder (source), data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_record_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  rp_store_run_finish (RP_STORE (source), result, &error);
  if (error != NULL)
    tell_failed (RP_STORE (source), error);
  g_task_return_boolean (task, TRUE);
}

static void
on_body_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  /* The record stays while the body does: else the body would be a stranger. */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      tell_failed (RP_STORE (source), error);
      g_task_return_boolean (task, TRUE);
      return;
    }
  rp_store_run_async (RP_STORE (source), rp_custody_rows_delete,
                      g_strdup (g_task_get_task_data (task)), g_free, NULL,
                      on_record_deleted, g_object_ref (task));
}

static void
on_marked_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  rp_store_run_finish (RP_STORE (source), result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    run_in_pool (task, delete_body, on_body_deleted);
}

static void
on_removed_unwatched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    tell_failed (RP_STORE (source), error);
}

void
rp_custody_store_remove_async (RpStore *store,
                               const char *id,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (
      store, NULL, callback != NULL ? callback : on_removed_unwatched, user_data);

  g_task_set_source_tag (task, rp_custody_store_remove_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  rp_store_run_async (store, rp_custody_rows_mark_done, g_strdup (id), g_free, NULL,
                      on_marked_done, g_object_ref (task));
}

gboolean
rp_custody_store_remove_finish (RpStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- at start ---- */

/* What cannot be finished now stays as it is until the next start. */
static void
finish_removals (RpStore *store, GPtrArray *done, GHashTable *ids)
{
  const char *folder = rp_store_get_queue_folder (store);

  for (guint i = 0; i < done->len; i++)
    {
      const char *id = g_ptr_array_index (done, i);
      g_autoptr (GError) error = NULL;

      if (rp_body_delete (folder, id, &error))
        rp_store_push (store, rp_custody_rows_delete, g_strdup (id), g_free);
      else
        {
          tell_failed (store, error);
          g_hash_table_add (ids, (char *) id);
        }
    }
}

static void
inspect_body (RpCustody *self, const char *folder)
{
  const gint64 n_bytes = rp_body_get_size (folder, self->id);

  if (n_bytes >= 0 && (guint64) n_bytes == self->facts->n_bytes)
    return;

  g_free (self->damage);
  self->damage = g_strdup (n_bytes < 0 ? RP_CUSTODY_NO_BODY : RP_CUSTODY_TORN);
}

static GPtrArray *
put_in_order (RpStore *store, GPtrArray *messages, GPtrArray *done)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  const char *folder = rp_store_get_queue_folder (store);
  GPtrArray *moved;

  for (guint i = 0; i < messages->len; i++)
    {
      RpCustody *self = g_ptr_array_index (messages, i);

      g_hash_table_add (ids, self->id);
      inspect_body (self, folder);
    }
  finish_removals (store, done, ids);
  moved = rp_body_set_strangers_aside (folder, ids, g_get_real_time () / G_USEC_PER_SEC,
                                       &error);
  if (moved != NULL)
    return moved;

  /* A stranger that stays does no harm: no reason not to start. */
  tell_failed (store, error);
  return g_ptr_array_new_with_free_func (g_free);
}

GPtrArray *
rp_custody_store_load (RpStore *store, GPtrArray **set_aside, GError **error)
{
  g_autoptr (GPtrArray) messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_free);
  g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) moved = NULL;
  RpCustodyLoad load = { messages, done, get_last_place (store) };

  if (!rp_store_run (store, rp_custody_rows_load, &load, NULL, NULL, error))
    return NULL;

  moved = put_in_order (store, messages, done);
  if (set_aside != NULL)
    *set_aside = g_steal_pointer (&moved);
  return g_steal_pointer (&messages);
}

int
rp_custody_store_open_body (RpStore *store, const char *id, GError **error)
{
  return rp_body_open (rp_store_get_queue_folder (store), id, error);
}
