/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords from the test's own hand: a password for every server, or an error. */
#pragma once

#include "credentials/rp-secrets.h"

struct TableSecrets
{
  GObject parent;
  const char *password; /* null: @error */
  const char *afresh;   /* null: stays as it is; what replaces a rejected one */
  RpSecretsError error;
  guint n_rejected;
};

struct TableSecretsClass
{
  GObjectClass parent;
};

void table_secrets_iface_init (RpSecretsInterface *iface);

G_DEFINE_TYPE_WITH_CODE (TableSecrets,
                         table_secrets,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                table_secrets_iface_init))

inline void
table_secrets_lookup_async (RpSecrets *secrets,
                            const RpServer *,
                            RpSecretProtocol,
                            const char *,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  TableSecrets *self = reinterpret_cast<TableSecrets *> (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  if (self->password != nullptr)
    g_task_return_pointer (task, g_strdup (self->password), g_free);
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, self->error, "not in the table");
}

inline char *
table_secrets_lookup_finish (RpSecrets *, GAsyncResult *result, GError **error)
{
  return static_cast<char *> (g_task_propagate_pointer (G_TASK (result), error));
}

/* A table is written by its test alone. */
inline void
table_secrets_return_read_only (GTask *task)
{
  g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                           "a table keeps nothing");
}

inline void
table_secrets_store_async (RpSecrets *secrets,
                           const RpServer *,
                           RpSecretProtocol,
                           const char *const *,
                           const char *,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  table_secrets_return_read_only (task);
}

inline void
table_secrets_remove_async (RpSecrets *secrets,
                            const RpServer *,
                            RpSecretProtocol,
                            const char *const *,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  table_secrets_return_read_only (task);
}

inline gboolean
table_secrets_change_finish (RpSecrets *, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

inline void
table_secrets_reject (RpSecrets *secrets,
                      const RpServer *,
                      RpSecretProtocol,
                      const char *,
                      const char *secret)
{
  TableSecrets *self = reinterpret_cast<TableSecrets *> (secrets);

  self->n_rejected++;
  if (self->afresh != nullptr && g_strcmp0 (self->password, secret) == 0)
    self->password = self->afresh;
}

inline void
table_secrets_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = table_secrets_lookup_async;
  iface->lookup_finish = table_secrets_lookup_finish;
  iface->store_async = table_secrets_store_async;
  iface->store_finish = table_secrets_change_finish;
  iface->remove_async = table_secrets_remove_async;
  iface->remove_finish = table_secrets_change_finish;
  iface->reject = table_secrets_reject;
}

static void
table_secrets_class_init (TableSecretsClass *)
{
}

static void
table_secrets_init (TableSecrets *self)
{
  self->error = RP_SECRETS_ERROR_MISSING;
}
