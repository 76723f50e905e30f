/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items and collections by their paths: libsecret's other calls want objects for them,
 * and have no search without a time-out. */
#define SECRET_API_SUBJECT_TO_CHANGE

#include "credentials/rp-keyring-unlock.h"

#include "credentials/rp-keyring-collections.h"
#include "credentials/rp-secrets.h"

#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"

/* @has_asked: for the collections */
typedef struct
{
  char *schema;
  RpKeyringCollections *collections;
  gboolean has_asked;
} Unlocking;

static void
unlocking_free (Unlocking *self)
{
  g_free (self->schema);
  rp_keyring_collections_free (self->collections);
  g_free (self);
}

static void search (GTask *task);

/* Returns: whether its user agreed; else @task is ended */
static gboolean
agree (GTask *task, GObject *service, GAsyncResult *result)
{
  GError *error = NULL;
  g_auto (GStrv) unlocked = NULL;
  const int n_unlocked = secret_service_unlock_dbus_paths_finish (
      SECRET_SERVICE (service), result, &unlocked, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (n_unlocked <= 0)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                             "the keyring stays locked: its question was answered with "
                             "no, or could not be shown");
  return error == NULL && n_unlocked > 0;
}

static void
on_items_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (agree (task, source, result))
    g_task_return_boolean (task, TRUE);
}

static void
on_collections_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (agree (task, source, result))
    search (task);
}

static void
unlock (GTask *task, const char **paths, GAsyncReadyCallback callback)
{
  secret_service_unlock_dbus_paths (g_task_get_source_object (task), paths,
                                    g_task_get_cancellable (task), callback,
                                    g_object_ref (task));
}

static void
unlock_collections (GTask *task)
{
  Unlocking *self = g_task_get_task_data (task);
  GPtrArray *paths = self->collections->locked;

  self->has_asked = TRUE;
  g_ptr_array_add (paths, NULL);
  unlock (task, (const char **) paths->pdata, on_collections_unlocked);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Unlocking *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree const char **unlocked = NULL;
  g_autofree const char **locked = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_variant_get (answer, "(^a&o^a&o)", &unlocked, &locked);
  if (locked[0] != NULL)
    unlock (task, locked, on_items_unlocked);
  else if (unlocked[0] == NULL && self->collections->has_hidden && !self->has_asked)
    unlock_collections (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
search (GTask *task)
{
  const Unlocking *self = g_task_get_task_data (task);
  GDBusProxy *proxy = G_DBUS_PROXY (g_task_get_source_object (task));
  GVariantBuilder attributes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  g_variant_builder_add (&attributes, "{ss}", "xdg:schema", self->schema);
  g_dbus_connection_call (
      g_dbus_proxy_get_connection (proxy), g_dbus_proxy_get_name (proxy),
      g_dbus_proxy_get_object_path (proxy), SERVICE_INTERFACE, "SearchItems",
      g_variant_new ("(a{ss})", &attributes), G_VARIANT_TYPE ("(aoao)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, g_task_get_cancellable (task),
      on_searched, g_object_ref (task));
}

static void
on_collections_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlocking *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->collections = rp_keyring_collections_read_finish (result, &error);
  if (self->collections == NULL)
    g_task_return_error (task, error);
  else if (self->collections->has_unlocked || self->collections->locked->len == 0)
    search (task);
  else
    unlock_collections (task);
}

void
rp_keyring_unlock_async (SecretService *service,
                         const SecretSchema *schema,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (service, cancellable, callback, user_data);
  Unlocking *self = g_new0 (Unlocking, 1);

  g_task_set_source_tag (task, rp_keyring_unlock_async);
  g_task_set_task_data (task, self, (GDestroyNotify) unlocking_free);
  self->schema = g_strdup (schema->name);
  rp_keyring_collections_read_async (service, cancellable, on_collections_read, task);
}

gboolean
rp_keyring_unlock_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
