/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets.h"

#include <libsecret/secret.h>

G_DEFINE_QUARK (rp - secrets - error - quark, rp_secrets_error)

G_DEFINE_INTERFACE (RpSecrets, rp_secrets, G_TYPE_OBJECT)

static void
rp_secrets_default_init (RpSecretsInterface *iface)
{
  g_signal_new ("unlocked", RP_TYPE_SECRETS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

void
rp_secrets_lookup_async (RpSecrets *self,
                         const RpServer *server,
                         RpSecretProtocol protocol,
                         const char *host,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  RP_SECRETS_GET_IFACE (self)->lookup_async (self, server, protocol, host, cancellable,
                                             callback, user_data);
}

char *
rp_secrets_lookup_finish (RpSecrets *self, GAsyncResult *result, GError **error)
{
  return RP_SECRETS_GET_IFACE (self)->lookup_finish (self, result, error);
}

static void
report_read_only (RpSecrets *self,
                  const RpServer *server,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autofree char *origin = RP_SECRETS_GET_IFACE (self)->dup_origin (self, server);

  g_task_report_new_error (self, callback, user_data, report_read_only,
                           RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE, "%s",
                           origin);
}

void
rp_secrets_store_async (RpSecrets *self,
                        const RpServer *server,
                        RpSecretProtocol protocol,
                        const char *const *hosts,
                        const char *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  RpSecretsInterface *iface = RP_SECRETS_GET_IFACE (self);

  if (iface->store_async != NULL)
    iface->store_async (self, server, protocol, hosts, secret, cancellable, callback,
                        user_data);
  else
    report_read_only (self, server, callback, user_data);
}

gboolean
rp_secrets_store_finish (RpSecrets *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, report_read_only))
    return g_task_propagate_boolean (G_TASK (result), error);
  return RP_SECRETS_GET_IFACE (self)->store_finish (self, result, error);
}

void
rp_secrets_remove_async (RpSecrets *self,
                         const RpServer *server,
                         RpSecretProtocol protocol,
                         const char *const *hosts,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  RpSecretsInterface *iface = RP_SECRETS_GET_IFACE (self);

  if (iface->remove_async != NULL)
    iface->remove_async (self, server, protocol, hosts, cancellable, callback,
                         user_data);
  else
    report_read_only (self, server, callback, user_data);
}

gboolean
rp_secrets_remove_finish (RpSecrets *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, report_read_only))
    return g_task_propagate_boolean (G_TASK (result), error);
  return RP_SECRETS_GET_IFACE (self)->remove_finish (self, result, error);
}

void
rp_secrets_reject (RpSecrets *self,
                   const RpServer *server,
                   RpSecretProtocol protocol,
                   const char *host,
                   const char *secret)
{
  RpSecretsInterface *iface = RP_SECRETS_GET_IFACE (self);

  if (iface->reject != NULL)
    iface->reject (self, server, protocol, host, secret);
}

void
rp_secrets_unlock_async (RpSecrets *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  RpSecretsInterface *iface = RP_SECRETS_GET_IFACE (self);

  if (iface->unlock_async != NULL)
    iface->unlock_async (self, cancellable, callback, user_data);
  else
    g_task_report_new_error (self, callback, user_data, rp_secrets_unlock_async,
                             RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "there is nothing to unlock");
}

gboolean
rp_secrets_unlock_finish (RpSecrets *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, rp_secrets_unlock_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return RP_SECRETS_GET_IFACE (self)->unlock_finish (self, result, error);
}

/* libsecret wipes its own unswappable memory and ordinary memory alike. */
void
rp_secret_free (char *secret)
{
  secret_password_free (secret);
}
