/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-resolver.h"

/* Each lookup has a cancellable of its own, so that the time-out and the caller's
 * cancellable both reach GResolver. */
typedef struct
{
  char *host;
  guint16 port;
  gboolean only_loopback;
  gboolean has_timed_out;
  guint timeout_ms;
  GCancellable *lookup;
  GCancellable *caller; /* nullable */
  gulong caller_id;
  GSource *timer;
} Lookup;

static void
lookup_free (Lookup *self)
{
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_object (&self->caller);
  g_object_unref (self->lookup);
  g_free (self->host);
  g_free (self);
}

/* IPv6 with a scope cannot be said in CURLOPT_RESOLVE. */
static char *
dup_entry (const Lookup *self, GList *addresses)
{
  g_autoptr (GString) entry = g_string_new (NULL);
  g_autofree char *key = g_ascii_strdown (self->host, -1);
  guint n_addresses = 0;

  g_string_printf (entry, "%s:%u:", key, self->port);
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      g_autofree char *text = g_inet_address_to_string (l->data);
      gboolean is_ipv6 = g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV6;

      if (self->only_loopback && !g_inet_address_get_is_loopback (l->data))
        continue;

      g_string_append_printf (entry, is_ipv6 ? "%s[%s]" : "%s%s",
                              n_addresses++ > 0 ? "," : "", text);
    }
  return n_addresses > 0 ? g_string_free (g_steal_pointer (&entry), FALSE) : NULL;
}

static void
return_addresses (GTask *task, GList *addresses)
{
  const Lookup *self = g_task_get_task_data (task);
  char *entry = dup_entry (self, addresses);

  if (entry != NULL)
    g_task_return_pointer (task, entry, g_free);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                             self->only_loopback ? "%s has no loopback address"
                                                 : "%s has no address",
                             self->host);
}

static void
on_resolver_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Lookup *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autolist (GInetAddress) addresses =
      g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (addresses != NULL)
    return_addresses (task, addresses);
  else if (self->has_timed_out)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                             "the name server did not answer for %s within %u ms",
                             self->host, self->timeout_ms);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
on_timer (gpointer user_data)
{
  Lookup *self = g_task_get_task_data (user_data);

  self->has_timed_out = TRUE;
  g_cancellable_cancel (self->lookup);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static gboolean
answer_literal (GTask *task)
{
  const Lookup *self = g_task_get_task_data (task);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);
  GList addresses = { address, NULL, NULL };

  if (address == NULL)
    return FALSE;

  return_addresses (task, &addresses);
  return TRUE;
}

static void
start (GTask *task)
{
  Lookup *self = g_task_get_task_data (task);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  self->timer = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (self->timer, on_timer, task, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
  if (self->caller != NULL)
    self->caller_id =
        g_cancellable_connect (self->caller, G_CALLBACK (on_caller_cancelled),
                               g_object_ref (self->lookup), g_object_unref);
  g_resolver_lookup_by_name_async (resolver, self->host, self->lookup, on_resolver_done,
                                   g_object_ref (task));
}

void
rp_resolver_lookup_async (const char *host,
                          guint16 port,
                          gboolean only_loopback,
                          guint timeout_ms,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Lookup *self = g_new0 (Lookup, 1);

  self->host = g_strdup (host);
  self->port = port;
  self->only_loopback = only_loopback;
  self->timeout_ms = timeout_ms;
  self->lookup = g_cancellable_new ();
  self->caller = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_task_set_source_tag (task, rp_resolver_lookup_async);
  g_task_set_task_data (task, self, (GDestroyNotify) lookup_free);
  if (!answer_literal (task))
    start (task);
}

char *
rp_resolver_lookup_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
