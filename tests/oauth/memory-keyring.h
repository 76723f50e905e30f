/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyring in the test's hand: it can lock itself at the moment that the test wants.
 */
#pragma once

#include <functional>
#include <map>
#include <string>

#include "credentials/rp-secrets.h"

struct KeyringContent
{
  std::map<std::string, std::string> entries; /* "user host" */
  int lookup_error = -1;                      /* an RpSecretsError */
  int store_error = -1;
  guint n_lookups = 0;
  guint n_stores = 0;
  std::function<void ()> on_lookup = {}; /* called before it is done */
  std::function<void ()> on_store = {};
};

struct MemoryKeyring
{
  GObject parent;
  KeyringContent *content;
};

struct MemoryKeyringClass
{
  GObjectClass parent;
};

void memory_keyring_iface_init (RpSecretsInterface *iface);

G_DEFINE_TYPE_WITH_CODE (MemoryKeyring,
                         memory_keyring,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                memory_keyring_iface_init))

inline KeyringContent &
content_of (RpSecrets *secrets)
{
  return *reinterpret_cast<MemoryKeyring *> (secrets)->content;
}

inline std::string
entry_of (const RpServer *server, RpSecretProtocol protocol, const char *host)
{
  return std::string (server->user) + " " + host
         + (protocol == RP_SECRET_SIGN_IN ? "" : " other");
}

inline void
memory_keyring_lookup_async (RpSecrets *secrets,
                             const RpServer *server,
                             RpSecretProtocol protocol,
                             const char *host,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  KeyringContent &content = content_of (secrets);
  const auto found = content.entries.find (entry_of (server, protocol, host));

  content.n_lookups++;
  if (content.on_lookup)
    content.on_lookup ();
  if (content.lookup_error >= 0)
    g_task_return_new_error (task, RP_SECRETS_ERROR, content.lookup_error, "lookup");
  else if (server->secret_command != nullptr)
    g_task_return_pointer (task, g_strdup ("from the command"), g_free);
  else if (found == content.entries.end ())
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                             "nothing there");
  else
    g_task_return_pointer (task, g_strdup (found->second.c_str ()), g_free);
}

inline char *
memory_keyring_lookup_finish (RpSecrets *, GAsyncResult *result, GError **error)
{
  return static_cast<char *> (g_task_propagate_pointer (G_TASK (result), error));
}

inline void
memory_keyring_store_async (RpSecrets *secrets,
                            const RpServer *server,
                            RpSecretProtocol protocol,
                            const char *const *hosts,
                            const char *secret,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  KeyringContent &content = content_of (secrets);

  content.n_stores++;
  if (content.on_store)
    content.on_store ();
  if (content.store_error >= 0)
    {
      g_task_return_new_error (task, RP_SECRETS_ERROR, content.store_error, "store");
      return;
    }

  for (guint i = 0; hosts[i] != nullptr; i++)
    content.entries[entry_of (server, protocol, hosts[i])] = secret;
  g_task_return_boolean (task, TRUE);
}

inline void
memory_keyring_remove_async (RpSecrets *secrets,
                             const RpServer *server,
                             RpSecretProtocol protocol,
                             const char *const *hosts,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  for (guint i = 0; hosts[i] != nullptr; i++)
    content_of (secrets).entries.erase (entry_of (server, protocol, hosts[i]));
  g_task_return_boolean (task, TRUE);
}

inline gboolean
memory_keyring_change_finish (RpSecrets *, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

inline void
memory_keyring_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = memory_keyring_lookup_async;
  iface->lookup_finish = memory_keyring_lookup_finish;
  iface->store_async = memory_keyring_store_async;
  iface->store_finish = memory_keyring_change_finish;
  iface->remove_async = memory_keyring_remove_async;
  iface->remove_finish = memory_keyring_change_finish;
}

static void
memory_keyring_class_init (MemoryKeyringClass *)
{
}

static void
memory_keyring_init (MemoryKeyring *)
{
}

inline RpSecrets *
memory_keyring_new (KeyringContent &content)
{
  auto *self =
      static_cast<MemoryKeyring *> (g_object_new (memory_keyring_get_type (), nullptr));

  self->content = &content;
  return RP_SECRETS (self);
}
