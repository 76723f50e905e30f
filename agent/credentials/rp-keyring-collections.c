/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-collections.h"

#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define READ_TIMEOUT_MS 5000

void
rp_keyring_collections_free (RpKeyringCollections *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->locked);
  g_free (self);
}

typedef struct
{
  RpKeyringCollections *collections;
  guint n_unread;
} Reading;

static void
reading_free (Reading *self)
{
  rp_keyring_collections_free (self->collections);
  g_free (self);
}

/* One property of a collection: the task, and which one it is. */
typedef struct
{
  GTask *task;
  char *path;
} Answer;

static void
answer_free (Answer *self)
{
  g_object_unref (self->task);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static void
call (GTask *task,
      const char *path,
      const char *method,
      GVariant *arguments,
      const char *answer_type,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  GDBusProxy *proxy = G_DBUS_PROXY (g_task_get_source_object (task));

  g_dbus_connection_call (g_dbus_proxy_get_connection (proxy),
                          g_dbus_proxy_get_name (proxy), path, PROPERTIES_INTERFACE,
                          method, arguments, G_VARIANT_TYPE (answer_type),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, READ_TIMEOUT_MS,
                          g_task_get_cancellable (task), callback, user_data);
}

static void
return_if_read (GTask *task)
{
  Reading *self = g_task_get_task_data (task);

  if (self->n_unread == 0)
    g_task_return_pointer (task, g_steal_pointer (&self->collections),
                           (GDestroyNotify) rp_keyring_collections_free);
}

static void
note (RpKeyringCollections *self, const char *path, GVariant *answer)
{
  g_autoptr (GVariant) properties = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) items =
      g_variant_lookup_value (properties, "Items", G_VARIANT_TYPE ("ao"));
  gboolean is_locked = TRUE;

  g_variant_lookup (properties, "Locked", "b", &is_locked);
  if (!is_locked)
    {
      self->has_unlocked = TRUE;
      return;
    }

  g_ptr_array_add (self->locked, g_strdup (path));
  if (items == NULL || g_variant_n_children (items) == 0)
    self->has_hidden = TRUE;
}

/* One that went in the meantime is none. */
static void
on_collection_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) self = user_data;
  Reading *reading = g_task_get_task_data (self->task);
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (answer != NULL)
    note (reading->collections, self->path, answer);
  reading->n_unread--;
  return_if_read (self->task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree const char **paths = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_variant_get (answer, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("ao")))
    paths = g_variant_get_objv (value, NULL);
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    {
      Answer *each = g_new0 (Answer, 1);

      each->task = g_object_ref (task);
      each->path = g_strdup (paths[i]);
      self->n_unread++;
      call (task, paths[i], "GetAll", g_variant_new ("(s)", COLLECTION_INTERFACE),
            "(a{sv})", on_collection_read, each);
    }
  return_if_read (task);
}

void
rp_keyring_collections_read_async (SecretService *service,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (service, cancellable, callback, user_data);
  Reading *self = g_new0 (Reading, 1);

  g_task_set_source_tag (task, rp_keyring_collections_read_async);
  g_task_set_task_data (task, self, (GDestroyNotify) reading_free);
  self->collections = g_new0 (RpKeyringCollections, 1);
  self->collections->locked = g_ptr_array_new_with_free_func (g_free);
  call (task, g_dbus_proxy_get_object_path (G_DBUS_PROXY (service)), "Get",
        g_variant_new ("(ss)", SERVICE_INTERFACE, "Collections"), "(v)", on_listed,
        task);
}

RpKeyringCollections *
rp_keyring_collections_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
