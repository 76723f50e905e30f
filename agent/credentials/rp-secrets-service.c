/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets-service.h"

#include <glib/gi18n.h>

#include "credentials/rp-keyring-bus.h"
#include "credentials/rp-keyring-watch.h"

/* Storing may make the keyring ask its user for a new keyring's password. */
#define STORE_TIMEOUT_MS (2 * 60 * 1000)

static const SecretSchema schema = {
  .name = "org.roampost.Password",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "protocol", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

struct _RpSecretsService
{
  GObject parent_instance;

  guint timeout_ms;
  RpKeyringBus *bus;
  RpKeyringWatch *watch;
};

static void rp_secrets_service_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSecretsService,
                               rp_secrets_service,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_secrets_service_iface_init))

/* One lookup or one storing. The own cancellable serves the time-out and the caller's
 * cancellable alike. */
typedef struct
{
  RpSecretProtocol protocol;
  char *user;
  char *host;  /* of a lookup, or that is being stored */
  GStrv hosts; /* to store for */
  guint n_stored;
  SecretValue *value;     /* to store */
  SecretService *service; /* nullable: once the keyring is reached */
  GCancellable *own;
  GCancellable *caller; /* nullable */
  gulong caller_id;
  GSource *timer;
  gboolean has_timed_out;
} Request;

static void
request_free (Request *self)
{
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_object (&self->caller);
  g_clear_object (&self->own);
  g_clear_object (&self->service);
  g_clear_pointer (&self->value, secret_value_unref);
  g_strfreev (self->hosts);
  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

static gboolean
on_timer (gpointer user_data)
{
  Request *self = user_data;

  self->has_timed_out = TRUE;
  g_cancellable_cancel (self->own);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
request_start (GTask *task, Request *self, GCancellable *caller, guint timeout_ms)
{
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) request_free);
  self->own = g_cancellable_new ();
  self->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
  if (caller == NULL)
    return;

  self->caller = g_object_ref (caller);
  self->caller_id = g_cancellable_connect (caller, G_CALLBACK (on_caller_cancelled),
                                           g_object_ref (self->own), g_object_unref);
}

static GHashTable *
make_attributes (const Request *self)
{
  return secret_attributes_build (&schema, "protocol",
                                  self->protocol == RP_SECRET_SMTP ? "smtp" : "pop3",
                                  "user", self->user, "host", self->host, NULL);
}

/* A keyring that was reached and then kept silent shows its user a window: KeePassXC
 * answers nothing until it was unlocked. */
static void
return_failure (GTask *task, GError *error)
{
  const Request *self = g_task_get_task_data (task);
  g_autoptr (GError) owned = error;

  if (self->has_timed_out && self->service != NULL)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                             "the keyring did not answer in time; unlock it");
  else if (self->has_timed_out)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "the keyring could not be reached in time");
  else if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                             "the keyring is locked; unlock it");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
           || error->domain == RP_SECRETS_ERROR)
    g_task_return_error (task, g_steal_pointer (&owned));
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "the keyring failed: %s", error->message);
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
  const Request *self = g_task_get_task_data (task);
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
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                             "the keyring is locked; unlock it");
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                             "no password of %s is stored for %s", self->user,
                             self->host);
}

static void
on_search_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);

  if (error != NULL)
    return_failure (task, error);
  else
    return_secret (task, items);
  g_list_free_full (items, g_object_unref);
}

static void
on_lookup_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = make_attributes (self);
  GError *error = NULL;

  self->service = rp_keyring_bus_get_finish (RP_KEYRING_BUS (source), result, &error);
  if (self->service == NULL)
    return_failure (task, error);
  else
    secret_service_search (self->service, &schema, attributes,
                           SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, self->own,
                           on_search_done, g_object_ref (task));
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
  Request *self = g_new0 (Request, 1);

  g_task_set_source_tag (task, lookup_async);
  self->protocol = protocol;
  self->user = g_strdup (server->user != NULL ? server->user : "");
  self->host = g_ascii_strdown (host, -1);
  request_start (task, self, cancellable, service->timeout_ms);
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
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    {
      return_failure (task, error);
      return;
    }

  self->n_stored++;
  store_next (task);
}

static void
store_next (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = NULL;
  g_autofree char *label = NULL;

  if (self->hosts[self->n_stored] == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_free (self->host);
  self->host = g_ascii_strdown (self->hosts[self->n_stored], -1);
  attributes = make_attributes (self);
  /* Translators: label of a keyring entry: a user's name, SMTP or POP3, a host. */
  label =
      g_strdup_printf (_ ("roampost: password of %s for %s at %s"), self->user,
                       self->protocol == RP_SECRET_SMTP ? "SMTP" : "POP3", self->host);
  secret_service_store (self->service, &schema, attributes, SECRET_COLLECTION_DEFAULT,
                        label, self->value, self->own, on_store_done,
                        g_object_ref (task));
}

static void
on_store_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->service = rp_keyring_bus_get_finish (RP_KEYRING_BUS (source), result, &error);
  if (self->service == NULL)
    return_failure (task, error);
  else
    store_next (task);
}

static void
store_async (RpSecrets *secrets,
             const RpServer *server,
             RpSecretProtocol protocol,
             const char *const *hosts,
             const char *password,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  RpSecretsService *service = RP_SECRETS_SERVICE (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  Request *self = g_new0 (Request, 1);

  g_task_set_source_tag (task, store_async);
  self->protocol = protocol;
  self->user = g_strdup (server->user != NULL ? server->user : "");
  self->hosts = g_strdupv ((char **) hosts);
  self->value = secret_value_new (password, -1, "text/plain");
  request_start (task, self, cancellable, STORE_TIMEOUT_MS);
  rp_keyring_bus_get_async (service->bus, self->own, on_store_bus_ready,
                            g_object_ref (task));
}

static gboolean
store_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- the object --- */

static void
rp_secrets_service_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = store_finish;
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
