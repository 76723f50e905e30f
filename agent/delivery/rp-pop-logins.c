/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-pop-logins.h"

#include "core/rp-pop-windows.h"
#include "upstream/rp-connection.h"
#include "upstream/rp-pop-first.h"

struct _RpPopLogins
{
  GObject parent_instance;

  RpCurlLoop *loop;
  RpSecrets *secrets;
  RpPopWindows *windows;
  GPtrArray *running; /* Login, those that may be joined */
};

G_DEFINE_FINAL_TYPE (RpPopLogins, rp_pop_logins, G_TYPE_OBJECT)

/* One login under way, and the tasks that wait for it. */
typedef struct
{
  RpPopLogins *owner;
  GCancellable *cancellable;
  GPtrArray *waiting; /* GTask */
} Login;

/* What a task waits with, and what it gets. */
typedef struct
{
  const RpServer *server; /* gone when the task is cancelled */
  Login *login;           /* nullable: the one that it waits for */
  GSource *cancel_source; /* nullable */
  gboolean is_earlier;
  guint64 number;
} Waiter;

static void
drop_source (GSource *source)
{
  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

static void
waiter_free (Waiter *waiter)
{
  drop_source (waiter->cancel_source);
  g_free (waiter);
}

static void
rp_pop_logins_finalize (GObject *object)
{
  RpPopLogins *self = RP_POP_LOGINS (object);

  g_object_unref (self->loop);
  g_object_unref (self->secrets);
  rp_pop_windows_free (self->windows);
  g_ptr_array_unref (self->running);
  G_OBJECT_CLASS (rp_pop_logins_parent_class)->finalize (object);
}

static void
rp_pop_logins_class_init (RpPopLoginsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_pop_logins_finalize;
}

static void
rp_pop_logins_init (RpPopLogins *self)
{
  self->windows = rp_pop_windows_new ();
  self->running = g_ptr_array_new ();
}

RpPopLogins *
rp_pop_logins_new (RpCurlLoop *loop, RpSecrets *secrets)
{
  RpPopLogins *self = g_object_new (RP_TYPE_POP_LOGINS, NULL);

  self->loop = g_object_ref (loop);
  self->secrets = g_object_ref (secrets);
  return self;
}

static gint64
get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* --- one login --- */

static void
login_free (Login *self)
{
  g_ptr_array_remove (self->owner->running, self);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->owner);
  g_free (self);
}

/* Of one who still waits. A task that was cancelled has not always been told yet, and
 * its server may be gone. */
static const RpServer *
get_server (const Login *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (self->waiting, i);
      const Waiter *waiter = g_task_get_task_data (task);

      if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        return waiter->server;
    }

  return NULL;
}

/* @task waits no more. */
static void
leave (GTask *task)
{
  Waiter *waiter = g_task_get_task_data (task);

  waiter->login = NULL;
  g_clear_pointer (&waiter->cancel_source, drop_source);
}

/* Takes @self. */
static void
end_login (Login *self, guint64 number, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_ref (self->waiting);

  for (guint i = 0; i < waiting->len; i++)
    leave (g_ptr_array_index (waiting, i));
  login_free (self);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);
      Waiter *waiter = g_task_get_task_data (task);

      waiter->number = number;
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

/* Who has moved meanwhile was let in with an address that is ours no more. */
static void
on_logged_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Login *self = user_data;
  const RpServer *server = get_server (self);
  g_autoptr (GError) error = NULL;
  guint64 number = 0;

  if (!rp_pop_first_login_finish (result, &error))
    number = 0;
  else if (g_cancellable_is_cancelled (self->cancellable))
    g_set_error_literal (&error, RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_CANCELLED,
                         "cancelled");
  else if (server != NULL)
    number = rp_pop_windows_open (self->owner->windows, server, get_now_s ());
  end_login (self, number, error);
}

static void
on_secret_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Login *self = user_data;
  const RpServer *server = get_server (self);
  g_autoptr (GError) error = NULL;
  char *password = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  if (password != NULL && server != NULL)
    rp_pop_first_login_async (self->owner->loop, server, password, self->cancellable,
                              on_logged_in, self);
  else
    end_login (self, 0, error);
  rp_secret_free (password);
}

/* Nobody joins it any more. */
static void
give_up (Login *self)
{
  g_ptr_array_remove (self->owner->running, self);
  g_cancellable_cancel (self->cancellable);
}

void
rp_pop_logins_set_surroundings (RpPopLogins *self, const RpSurroundings *here)
{
  if (!rp_pop_windows_move (self->windows, here))
    return;

  while (self->running->len > 0)
    give_up (g_ptr_array_index (self->running, 0));
}

/* --- who waits --- */

static gboolean
on_waiter_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Login *login = ((Waiter *) g_task_get_task_data (task))->login;

  leave (task);
  g_ptr_array_remove (login->waiting, task);
  if (login->waiting->len == 0)
    give_up (login);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
join (Login *self, GTask *task)
{
  Waiter *waiter = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->login = self;
  if (cancellable != NULL)
    {
      waiter->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancel_source, G_SOURCE_FUNC (on_waiter_cancelled),
                             task, NULL);
      g_source_attach (waiter->cancel_source, g_task_get_context (task));
    }
  g_ptr_array_add (self->waiting, task);
}

static Login *
find_running (const RpPopLogins *self, const RpServer *server)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      Login *login = g_ptr_array_index (self->running, i);
      const RpServer *its_server = get_server (login);

      if (its_server != NULL && rp_pop_windows_is_same_login (its_server, server))
        return login;
    }

  return NULL;
}

static Login *
login_new (RpPopLogins *owner)
{
  Login *self = g_new0 (Login, 1);

  self->owner = g_object_ref (owner);
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (owner->running, self);
  return self;
}

void
rp_pop_logins_open_async (RpPopLogins *self,
                          const RpServer *server,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Waiter *waiter = g_new0 (Waiter, 1);
  Login *login;

  g_task_set_source_tag (task, rp_pop_logins_open_async);
  g_task_set_task_data (task, waiter, (GDestroyNotify) waiter_free);
  waiter->server = server;
  waiter->number = rp_pop_logins_find (self, server);
  waiter->is_earlier = waiter->number > 0;
  if (waiter->is_earlier)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  login = find_running (self, server);
  if (login != NULL)
    {
      join (login, g_steal_pointer (&task));
      return;
    }

  login = login_new (self);
  join (login, g_steal_pointer (&task));
  rp_secrets_lookup_async (self->secrets, server, RP_SECRET_POP, server->pop->host,
                           login->cancellable, on_secret_found, login);
}

guint64
rp_pop_logins_open_finish (RpPopLogins *self,
                           GAsyncResult *result,
                           gboolean *is_earlier,
                           GError **error)
{
  const Waiter *waiter = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  *is_earlier = waiter->is_earlier;
  return g_task_propagate_boolean (G_TASK (result), error) ? waiter->number : 0;
}

guint64
rp_pop_logins_find (RpPopLogins *self, const RpServer *server)
{
  return rp_pop_windows_find (self->windows, server, get_now_s ());
}

void
rp_pop_logins_forget (RpPopLogins *self, const RpServer *server, guint64 login)
{
  rp_pop_windows_close (self->windows, server, login);
}
