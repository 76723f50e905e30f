/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets-service.h"

#include "credentials/rp-keyring-bus.h"
#include "credentials/rp-keyring-probe.h"
#include "credentials/rp-keyring-removal.h"
#include "credentials/rp-keyring-request.h"
#include "credentials/rp-keyring-unlock.h"
#include "credentials/rp-keyring-watch.h"

/* The keyring may ask its user: for a new keyring's password, or whether an entry is
 * really to go. */
#define CHANGE_TIMEOUT_MS (2 * 60 * 1000)

struct _RpSecretsService
{
  GObject parent_instance;

  guint timeout_ms;
  RpKeyringBus *bus;
  RpKeyringProbe *probe;
  RpKeyringWatch *watch;
  gboolean is_unlocking;
};

static void rp_secrets_service_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSecretsService,
                               rp_secrets_service,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_secrets_service_iface_init))

/* Returns: whether the keyring is reached; else @task is ended */
static gboolean
reach_service (GTask *task, GObject *bus, GAsyncResult *result)
{
  RpKeyringRequest *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->service = rp_keyring_bus_get_finish (RP_KEYRING_BUS (bus), result, &error);
  if (self->service == NULL)
    rp_keyring_request_return_failure (task, error);
  return self->service != NULL;
}

/* --- lookup --- */

static void
free_secret (gpointer secret)
{
  rp_secret_free (secret);
}

/* The unlocked entries come first. */
static void
return_secret (GTask *task, GList *items)
{
  gboolean is_locked = FALSE;

  for (GList *l = items; l != NULL; l = l->next)
    {
      SecretValue *value = secret_item_get_secret (l->data);

      if (value != NULL)
        {
          g_task_return_pointer (task, secret_value_unref_to_password (value, NULL),
                                 free_secret);
          return;
        }
      is_locked = is_locked || secret_item_get_locked (l->data);
    }
  if (is_locked)
    rp_keyring_request_return_locked (task);
  else
    rp_keyring_request_return_missing (task);
}

static void
on_search_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);

  if (error != NULL)
    rp_keyring_request_return_failure (task, error);
  else
    return_secret (task, items);
  g_list_free_full (items, g_object_unref);
}

static void
load_secret (GTask *task)
{
  const RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = rp_keyring_request_make_attributes (self);

  secret_service_search (self->service, rp_keyring_request_get_schema (), attributes,
                         SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, self->own,
                         on_search_done, g_object_ref (task));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringFinding finding;
  GError *error = NULL;

  if (!rp_keyring_probe_look_finish (RP_KEYRING_PROBE (source), result, &finding,
                                     &error))
    {
      rp_keyring_request_return_failure (task, error);
      return;
    }

  switch (finding)
    {
    case RP_KEYRING_NOTHING:
      rp_keyring_request_return_missing (task);
      break;
    case RP_KEYRING_LOCKED:
      rp_keyring_request_return_locked (task);
      break;
    case RP_KEYRING_READABLE:
      load_secret (task);
      break;
    }
}

static void
on_lookup_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const RpKeyringRequest *self = g_task_get_task_data (task);
  RpSecretsService *service = g_task_get_source_object (task);

  if (!reach_service (task, source, result))
    return;

  g_autoptr (GHashTable) attributes = rp_keyring_request_make_attributes (self);

  rp_keyring_probe_look_async (service->probe, self->service, attributes, self->own,
                               on_looked, g_object_ref (task));
}

static void
lookup_async (RpSecrets *secrets,
              const RpServer *server,
              RpSecretProtocol protocol,
              const char *host,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  RpSecretsService *service = RP_SECRETS_SERVICE (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  RpKeyringRequest *self = rp_keyring_request_start (task, server, protocol,
                                                     cancellable, service->timeout_ms);

  g_task_set_source_tag (task, lookup_async);
  rp_keyring_request_set_host (self, host);
  rp_keyring_bus_get_async (service->bus, self->own, on_lookup_bus_ready,
                            g_object_ref (task));
}

static char *
lookup_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- storing --- */

static void store_next (GTask *task);

static void
on_store_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    store_next (task);
  else
    rp_keyring_request_return_failure (task, error);
}

static void
store_next (GTask *task)
{
  RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = NULL;
  g_autofree char *label = NULL;

  if (!rp_keyring_request_next_host (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  attributes = rp_keyring_request_make_attributes (self);
  label = rp_keyring_request_dup_label (self);
  secret_service_store (self->service, rp_keyring_request_get_schema (), attributes,
                        SECRET_COLLECTION_DEFAULT, label, self->value, self->own,
                        on_store_done, g_object_ref (task));
}

static void
on_store_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (reach_service (task, source, result))
    store_next (task);
}

static void
store_async (RpSecrets *secrets,
             const RpServer *server,
             RpSecretProtocol protocol,
             const char *const *hosts,
             const char *secret,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  RpSecretsService *service = RP_SECRETS_SERVICE (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  RpKeyringRequest *self;

  g_task_set_source_tag (task, store_async);
  if (protocol == RP_SECRET_TOKEN)
    {
      g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                               "access tokens are not stored");
      return;
    }

  self =
      rp_keyring_request_start (task, server, protocol, cancellable, CHANGE_TIMEOUT_MS);
  self->hosts = g_strdupv ((char **) hosts);
  self->value = secret_value_new (secret, -1, "text/plain");
  rp_keyring_bus_get_async (service->bus, self->own, on_store_bus_ready,
                            g_object_ref (task));
}

static gboolean
change_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- removing --- */

static void
on_remove_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpSecretsService *service = g_task_get_source_object (task);

  if (reach_service (task, source, result))
    rp_keyring_removal_run (task, service->probe);
}

static void
remove_async (RpSecrets *secrets,
              const RpServer *server,
              RpSecretProtocol protocol,
              const char *const *hosts,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  RpSecretsService *service = RP_SECRETS_SERVICE (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  RpKeyringRequest *self =
      rp_keyring_request_start (task, server, protocol, cancellable, CHANGE_TIMEOUT_MS);

  g_task_set_source_tag (task, remove_async);
  self->hosts = g_strdupv ((char **) hosts);
  rp_keyring_bus_get_async (service->bus, self->own, on_remove_bus_ready,
                            g_object_ref (task));
}

/* --- unlocking --- */

static void
end_unlocking (GTask *task, GError *error)
{
  RpSecretsService *self = g_task_get_source_object (task);

  self->is_unlocking = FALSE;
  if (error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_signal_emit_by_name (self, "unlocked");
    }
  else if (error->domain == RP_SECRETS_ERROR
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                               "the keyring failed: %s", error->message);
      g_error_free (error);
    }
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  rp_keyring_unlock_finish (result, &error);
  end_unlocking (task, error);
}

/* Over the connection of the lookups: KeePassXC lets that one read, no other. */
static void
on_unlock_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SecretService) service =
      rp_keyring_bus_get_finish (RP_KEYRING_BUS (source), result, &error);

  if (service == NULL)
    end_unlocking (task, error);
  else
    rp_keyring_unlock_async (service, rp_keyring_request_get_schema (),
                             g_task_get_cancellable (task), on_keyring_unlocked,
                             g_object_ref (task));
}

static void
unlock_async (RpSecrets *secrets,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  RpSecretsService *self = RP_SECRETS_SERVICE (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  g_task_set_source_tag (task, unlock_async);
  if (self->is_unlocking)
    {
      g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                               "the keyring's window is open already");
      return;
    }

  self->is_unlocking = TRUE;
  rp_keyring_bus_get_async (self->bus, cancellable, on_unlock_bus_ready,
                            g_object_ref (task));
}

/* --- the object --- */

static void
rp_secrets_service_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = change_finish;
  iface->remove_async = remove_async;
  iface->remove_finish = change_finish;
  iface->unlock_async = unlock_async;
  iface->unlock_finish = change_finish;
}

static void
on_unlocked (RpSecretsService *self)
{
  g_signal_emit_by_name (self, "unlocked");
}

static void
rp_secrets_service_finalize (GObject *object)
{
  RpSecretsService *self = RP_SECRETS_SERVICE (object);

  g_signal_handlers_disconnect_by_data (self->watch, self);
  g_signal_handlers_disconnect_by_data (self->probe, self);
  g_object_unref (self->probe);
  g_object_unref (self->watch);
  g_object_unref (self->bus);
  G_OBJECT_CLASS (rp_secrets_service_parent_class)->finalize (object);
}

static void
rp_secrets_service_class_init (RpSecretsServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_secrets_service_finalize;
}

static void
rp_secrets_service_init (RpSecretsService *self)
{
  self->bus = rp_keyring_bus_new ();
  self->probe = rp_keyring_probe_new ();
  g_signal_connect_swapped (self->probe, "answered", G_CALLBACK (on_unlocked), self);
  self->watch = rp_keyring_watch_new ();
  g_signal_connect_swapped (self->watch, "unlocked", G_CALLBACK (on_unlocked), self);
}

RpSecrets *
rp_secrets_service_new (guint timeout_ms)
{
  RpSecretsService *self = g_object_new (RP_TYPE_SECRETS_SERVICE, NULL);

  self->timeout_ms = timeout_ms;
  return RP_SECRETS (self);
}
