/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets-by-server.h"

#include "credentials/rp-secrets-command.h"
#include "credentials/rp-secrets-credential.h"
#include "credentials/rp-secrets-service.h"

struct _RpSecretsByServer
{
  GObject parent_instance;

  RpSecrets *command;
  RpSecrets *credential;
  RpSecrets *service;
};

static void rp_secrets_by_server_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSecretsByServer,
                               rp_secrets_by_server,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_secrets_by_server_iface_init))

static gboolean
is_password (RpSecretProtocol protocol)
{
  switch (protocol)
    {
    case RP_SECRET_SMTP:
    case RP_SECRET_POP:
      return TRUE;
    case RP_SECRET_SIGN_IN:
    case RP_SECRET_TOKEN:
      return FALSE;
    }

  g_assert_not_reached ();
}

static RpSecrets *
choose (RpSecrets *secrets, const RpServer *server, RpSecretProtocol protocol)
{
  RpSecretsByServer *self = RP_SECRETS_BY_SERVER (secrets);

  if (server->secret_command != NULL)
    return self->command;
  if (server->secret_credential != NULL && is_password (protocol))
    return self->credential;
  return self->service;
}

static void
free_secret (gpointer secret)
{
  rp_secret_free (secret);
}

static void
on_lookup_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, free_secret);
  else
    g_task_return_error (task, error);
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
  GTask *task = g_task_new (secrets, cancellable, callback, user_data);

  g_task_set_source_tag (task, lookup_async);
  rp_secrets_lookup_async (choose (secrets, server, protocol), server, protocol, host,
                           cancellable, on_lookup_done, task);
}

static char *
lookup_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
return_changed (GTask *task, gboolean is_changed, GError *error)
{
  if (is_changed)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_store_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean is_stored = rp_secrets_store_finish (RP_SECRETS (source), result, &error);

  return_changed (task, is_stored, error);
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
  GTask *task = g_task_new (secrets, cancellable, callback, user_data);

  g_task_set_source_tag (task, store_async);
  rp_secrets_store_async (choose (secrets, server, protocol), server, protocol, hosts,
                          secret, cancellable, on_store_done, task);
}

static void
on_remove_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean is_removed = rp_secrets_remove_finish (RP_SECRETS (source), result, &error);

  return_changed (task, is_removed, error);
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
  GTask *task = g_task_new (secrets, cancellable, callback, user_data);

  g_task_set_source_tag (task, remove_async);
  rp_secrets_remove_async (choose (secrets, server, protocol), server, protocol, hosts,
                           cancellable, on_remove_done, task);
}

static void
reject (RpSecrets *secrets,
        const RpServer *server,
        RpSecretProtocol protocol,
        const char *host,
        const char *secret)
{
  rp_secrets_reject (choose (secrets, server, protocol), server, protocol, host,
                     secret);
}

static void
on_unlock_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean is_unlocked = rp_secrets_unlock_finish (RP_SECRETS (source), result, &error);

  return_changed (task, is_unlocked, error);
}

static void
unlock_async (RpSecrets *secrets,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  RpSecretsByServer *self = RP_SECRETS_BY_SERVER (secrets);
  GTask *task = g_task_new (secrets, cancellable, callback, user_data);

  g_task_set_source_tag (task, unlock_async);
  rp_secrets_unlock_async (self->service, cancellable, on_unlock_done, task);
}

static gboolean
change_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
rp_secrets_by_server_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = change_finish;
  iface->remove_async = remove_async;
  iface->remove_finish = change_finish;
  iface->reject = reject;
  iface->unlock_async = unlock_async;
  iface->unlock_finish = change_finish;
}

static void
rp_secrets_by_server_finalize (GObject *object)
{
  RpSecretsByServer *self = RP_SECRETS_BY_SERVER (object);

  g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->command);
  g_clear_object (&self->credential);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (rp_secrets_by_server_parent_class)->finalize (object);
}

static void
rp_secrets_by_server_class_init (RpSecretsByServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_secrets_by_server_finalize;
}

static void
rp_secrets_by_server_init (RpSecretsByServer *self)
{
}

static void
on_unlocked (RpSecretsByServer *self)
{
  g_signal_emit_by_name (self, "unlocked");
}

RpSecrets *
rp_secrets_new (guint timeout_ms)
{
  RpSecretsByServer *self = g_object_new (RP_TYPE_SECRETS_BY_SERVER, NULL);

  self->command = rp_secrets_command_new (timeout_ms);
  self->credential = rp_secrets_credential_new ();
  self->service = rp_secrets_service_new (timeout_ms);
  g_signal_connect_swapped (self->service, "unlocked", G_CALLBACK (on_unlocked), self);
  return RP_SECRETS (self);
}
