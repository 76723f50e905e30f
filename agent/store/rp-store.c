/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-store.h"

#include <unistd.h>

#include "store/rp-database.h"
#include "store/rp-query.h"
#include "store/rp-request.h"
#include "store/rp-state-folder.h"

G_DEFINE_QUARK (rp - store - error - quark, rp_store_error)

/* A thread that blocks until its request is answered. */
struct _RpWait
{
  GCond answered;
  gboolean is_answered;
};

/* Of the two threads only @mutex's fields are seen by both. */
struct _RpStore
{
  GObject parent;

  char *queue_folder;
  char *set_aside;
  int lock_fd;
  sqlite3 *database; /* the thread's alone while it runs, as the next */
  gboolean has_unburied_commit;
  GThread *thread;
  GSource *delivery; /* hands answers over in the main context */

  GMutex mutex;
  GCond wake;
  GQueue waiting;  /* of RpRequest, for the thread */
  GQueue answered; /* of RpRequest, for the main context */
  gboolean is_closing;
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpStore, rp_store, G_TYPE_OBJECT)

/* ---- the thread ---- */

static void
fail_request (RpRequest *request, const GError *error)
{
  g_clear_pointer (&request->result, g_variant_unref);
  if (request->error == NULL)
    request->error = g_error_copy (error);
}

static void
fail_all (GQueue *requests, const GError *error)
{
  for (GList *link = requests->head; link != NULL; link = link->next)
    fail_request (link->data, error);
}

/* After a failed sync the lost commit may lie in the log and come back with the next
 * crash: a rolled-back and then a fresh, committed write takes its place there. FALSE
 * when even that fails; nothing is begun then before it succeeds. */
static gboolean
bury_failed_commit (sqlite3 *database)
{
  gboolean is_buried;

  if (!sqlite3_get_autocommit (database))
    sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);
  is_buried = sqlite3_exec (database,
                            "BEGIN IMMEDIATE;"
                            "INSERT INTO lessons VALUES ('', '', '', 0);"
                            "DELETE FROM lessons WHERE kind = '';"
                            "COMMIT;",
                            NULL, NULL, NULL)
              == SQLITE_OK;
  if (!sqlite3_get_autocommit (database))
    sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);
  return is_buried;
}

/* All requests in one transaction: one sync of the disk for all that waited. */
static void
run_batch (RpStore *self, GQueue *requests)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = self->database;

  if (self->has_unburied_commit && !bury_failed_commit (database))
    {
      rp_query_set_error (database, &error);
      fail_all (requests, error);
      return;
    }
  self->has_unburied_commit = FALSE;

  if (!rp_query_run (database, &error, "BEGIN IMMEDIATE", ""))
    {
      fail_all (requests, error);
      return;
    }

  for (GList *link = requests->head; link != NULL; link = link->next)
    {
      RpRequest *request = link->data;

      rp_request_run (request, database);
      if (sqlite3_get_autocommit (database))
        {
          /* SQLite gave the transaction up: nothing of the batch is written. */
          fail_all (requests, request->error);
          self->has_unburied_commit = !bury_failed_commit (database);
          return;
        }
    }

  if (!rp_query_run (database, &error, "COMMIT", ""))
    {
      fail_all (requests, error);
      self->has_unburied_commit = !bury_failed_commit (database);
    }
}

static void
take_all (GQueue *to, GQueue *from)
{
  *to = *from;
  g_queue_init (from);
}

/* Most writes succeed and nobody waits for them: no need to trouble the main loop. */
static void
free_settled (GQueue *requests)
{
  GList *next;

  for (GList *link = requests->head; link != NULL; link = next)
    {
      RpRequest *request = link->data;

      next = link->next;
      if (request->task != NULL || request->wait != NULL || request->error != NULL)
        continue;
      rp_request_free (request);
      g_queue_delete_link (requests, link);
    }
}

/* Called with the mutex held. */
static void
answer_batch (RpStore *self, GQueue *requests)
{
  for (GList *link = requests->head; link != NULL; link = link->next)
    {
      RpRequest *request = link->data;

      if (request->wait != NULL)
        {
          request->wait->is_answered = TRUE;
          g_cond_signal (&request->wait->answered);
        }
      else
        g_queue_push_tail (&self->answered, request);
    }
  g_queue_clear (requests);
  g_source_set_ready_time (self->delivery, 0);
}

static gpointer
serve_requests (gpointer data)
{
  RpStore *self = data;
  GQueue batch = G_QUEUE_INIT;

  g_mutex_lock (&self->mutex);
  while (!self->is_closing || !g_queue_is_empty (&self->waiting))
    {
      if (g_queue_is_empty (&self->waiting))
        {
          g_cond_wait (&self->wake, &self->mutex);
          continue;
        }
      take_all (&batch, &self->waiting);
      g_mutex_unlock (&self->mutex);
      run_batch (self, &batch);
      free_settled (&batch);
      g_mutex_lock (&self->mutex);
      answer_batch (self, &batch);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* ---- the main context ---- */

static void
answer_task (RpRequest *request)
{
  if (request->error != NULL)
    g_task_return_error (request->task, g_steal_pointer (&request->error));
  else
    g_task_return_pointer (request->task, g_steal_pointer (&request->result),
                           (GDestroyNotify) g_variant_unref);
}

static void
deliver (RpStore *self, GQueue *answered)
{
  g_autoptr (GError) first = NULL;
  RpRequest *request;
  guint n_lost = 0;

  while ((request = g_queue_pop_head (answered)) != NULL)
    {
      if (request->task != NULL)
        answer_task (request);
      else if (request->error != NULL)
        {
          n_lost++;
          if (first == NULL)
            first = g_steal_pointer (&request->error);
        }
      rp_request_free (request);
    }
  if (first != NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, first->message, n_lost);
}

static gboolean
on_delivery_ready (gpointer data)
{
  g_autoptr (RpStore) self = g_object_ref (data);
  GQueue answered = G_QUEUE_INIT;

  g_mutex_lock (&self->mutex);
  g_source_set_ready_time (self->delivery, -1);
  take_all (&answered, &self->answered);
  g_mutex_unlock (&self->mutex);

  deliver (self, &answered);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_delivery (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static void
attach_delivery (RpStore *self)
{
  static GSourceFuncs functions = { .dispatch = dispatch_delivery };
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->delivery = g_source_new (&functions, sizeof (GSource));
  g_source_set_static_name (self->delivery, "store answers");
  g_source_set_callback (self->delivery, on_delivery_ready, self, NULL);
  g_source_attach (self->delivery, context);
}

/* FALSE, and the request stays the caller's, when the store is closed. */
static gboolean
enqueue (RpStore *self, RpRequest *request)
{
  gboolean is_open;

  g_mutex_lock (&self->mutex);
  is_open = !self->is_closing;
  if (is_open)
    {
      g_queue_push_tail (&self->waiting, request);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->mutex);
  return is_open;
}

static GError *
new_closed_error (void)
{
  return g_error_new (RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
                      "the store is closed: the agent stops");
}

void
rp_store_push (RpStore *self, RpWork work, gpointer data, GDestroyNotify free_data)
{
  RpRequest *request = rp_request_new (work, data, free_data);

  if (!enqueue (self, request))
    rp_request_free (request);
}

void
rp_store_run_async (RpStore *self,
                    RpWork work,
                    gpointer data,
                    GDestroyNotify free_data,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  RpRequest *request = rp_request_new (work, data, free_data);

  request->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (request->task, rp_store_run_async);
  if (enqueue (self, request))
    return;

  g_task_return_error (request->task, new_closed_error ());
  rp_request_free (request);
}

GVariant *
rp_store_run_finish (RpStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
rp_store_run (RpStore *self,
              RpWork work,
              gpointer data,
              GDestroyNotify free_data,
              GVariant **result,
              GError **error)
{
  RpRequest *request = rp_request_new (work, data, free_data);
  struct _RpWait wait = { .is_answered = FALSE };
  gboolean is_done;

  g_cond_init (&wait.answered);
  request->wait = &wait;
  if (enqueue (self, request))
    {
      g_mutex_lock (&self->mutex);
      while (!wait.is_answered)
        g_cond_wait (&wait.answered, &self->mutex);
      g_mutex_unlock (&self->mutex);
    }
  else
    request->error = new_closed_error ();
  g_cond_clear (&wait.answered);

  is_done = request->error == NULL;
  if (!is_done)
    g_propagate_error (error, g_steal_pointer (&request->error));
  else if (result != NULL)
    *result = g_steal_pointer (&request->result);
  rp_request_free (request);
  return is_done;
}

/* ---- opening and closing ---- */

RpStore *
rp_store_open (const char *folder, GError **error)
{
  g_autoptr (RpStore) self = NULL;

  if (!rp_state_folder_prepare (folder, error))
    return NULL;

  self = g_object_new (RP_TYPE_STORE, NULL);
  self->queue_folder = g_build_filename (folder, "queue", NULL);
  self->lock_fd = rp_state_folder_lock (folder, error);
  if (self->lock_fd < 0)
    return NULL;

  self->database = rp_database_open (folder, &self->set_aside, error);
  if (self->database == NULL)
    return NULL;

  attach_delivery (self);
  self->thread = g_thread_new ("store", serve_requests, self);
  return g_steal_pointer (&self);
}

const char *
rp_store_get_set_aside (RpStore *self)
{
  return self->set_aside;
}

const char *
rp_store_get_queue_folder (RpStore *self)
{
  return self->queue_folder;
}

void
rp_store_close (RpStore *self)
{
  if (self->thread != NULL)
    {
      g_mutex_lock (&self->mutex);
      self->is_closing = TRUE;
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->mutex);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  g_clear_pointer (&self->database, sqlite3_close);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static void
rp_store_dispose (GObject *object)
{
  RpStore *self = RP_STORE (object);

  rp_store_close (self);
  if (self->delivery != NULL)
    {
      g_source_destroy (self->delivery);
      g_clear_pointer (&self->delivery, g_source_unref);
    }
  G_OBJECT_CLASS (rp_store_parent_class)->dispose (object);
}

static void
rp_store_finalize (GObject *object)
{
  RpStore *self = RP_STORE (object);
  RpRequest *request;

  /* Only writes that nobody waits for: a waiting task would hold the store. */
  while ((request = g_queue_pop_head (&self->answered)) != NULL)
    rp_request_free (request);
  g_free (self->queue_folder);
  g_free (self->set_aside);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  G_OBJECT_CLASS (rp_store_parent_class)->finalize (object);
}

static void
rp_store_class_init (RpStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_store_dispose;
  object_class->finalize = rp_store_finalize;
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", RP_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
rp_store_init (RpStore *self)
{
  self->lock_fd = -1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->waiting);
  g_queue_init (&self->answered);
}
