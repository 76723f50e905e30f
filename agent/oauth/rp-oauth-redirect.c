/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-redirect.h"

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-visit.h"

/* Browsers open a few connections ahead of what they ask; whoever opens more only wants
 * to keep them busy. */
#define MAX_VISITS 32

/* How many ports are tried until one is free for both families. */
#define MAX_TRIES 20

struct _RpOAuthRedirect
{
  GObject parent_instance;

  GSocketService *service;
  char *path;
  char *uri;
  RpOAuthRedirectFunc on_query;
  gpointer user_data;
  guint n_visits;
};

G_DEFINE_FINAL_TYPE (RpOAuthRedirect, rp_oauth_redirect, G_TYPE_OBJECT)

/* --- visitors --- */

static RpOAuthResponse
on_head (GObject *owner, const char *head, gsize n_bytes)
{
  RpOAuthRedirect *self = RP_OAUTH_REDIRECT (owner);
  char *query = rp_oauth_response_dup_requested_query (
      head, n_bytes, self->path[0] != '\0' ? self->path : "/");
  const RpOAuthResponse response = query != NULL
                                       ? self->on_query (query, self->user_data)
                                       : RP_OAUTH_RESPONSE_NOT_OURS;

  rp_secret_free (query);
  return response;
}

static void
on_visit_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *weak = user_data;
  g_autoptr (RpOAuthRedirect) self = g_weak_ref_get (weak);

  rp_oauth_visit_finish (result);
  if (self != NULL)
    self->n_visits--;
  g_weak_ref_clear (weak);
  g_free (weak);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  RpOAuthRedirect *self = user_data;
  GWeakRef *weak;

  if (self->n_visits >= MAX_VISITS)
    return TRUE;

  self->n_visits++;
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  rp_oauth_visit_async (connection, G_OBJECT (self), on_head, on_visit_done, weak);
  return TRUE;
}

/* --- listening --- */

/* Returns: the port, 0 with @error set */
static guint16
listen_on (GSocketListener *listener, const char *host, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) wanted =
      g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocketAddress) effective = NULL;

  if (!g_socket_listener_add_address (listener, wanted, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &effective, error))
    return 0;

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
}

/* Which of the two families "localhost" is, is the browser's choice: behind the same
 * port of the other one there must not be somebody else. */
static guint16
listen_on_both (GSocketListener *listener, GError **error)
{
  g_autoptr (GError) failure = NULL;
  const guint16 port = listen_on (listener, "127.0.0.1", 0, error);

  if (port == 0 || listen_on (listener, "::1", port, &failure) > 0
      || !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return port; /* without IPv6 nobody can be there */

  g_propagate_error (error, g_steal_pointer (&failure));
  return 0;
}

static GSocketService *
start_listening (const char *host, guint16 *port, GError **error)
{
  g_autoptr (GError) failure = NULL;

  for (guint n_tries = 0; n_tries < MAX_TRIES; n_tries++)
    {
      g_autoptr (GSocketService) service = g_socket_service_new ();

      g_clear_error (&failure);
      *port = g_str_equal (host, "localhost")
                  ? listen_on_both (G_SOCKET_LISTENER (service), &failure)
                  : listen_on (G_SOCKET_LISTENER (service), "127.0.0.1", 0, &failure);
      if (*port > 0)
        return g_steal_pointer (&service);

      g_socket_listener_close (G_SOCKET_LISTENER (service));
      if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* --- the object --- */

static void
rp_oauth_redirect_finalize (GObject *object)
{
  RpOAuthRedirect *self = RP_OAUTH_REDIRECT (object);

  if (self->service != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->service, self);
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
      g_object_unref (self->service);
    }
  g_free (self->path);
  g_free (self->uri);
  G_OBJECT_CLASS (rp_oauth_redirect_parent_class)->finalize (object);
}

static void
rp_oauth_redirect_class_init (RpOAuthRedirectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_oauth_redirect_finalize;
}

static void
rp_oauth_redirect_init (RpOAuthRedirect *self)
{
}

RpOAuthRedirect *
rp_oauth_redirect_new (const char *host,
                       const char *path,
                       RpOAuthRedirectFunc on_query,
                       gpointer user_data,
                       GError **error)
{
  g_autoptr (RpOAuthRedirect) self = g_object_new (RP_TYPE_OAUTH_REDIRECT, NULL);
  guint16 port = 0;

  self->service = start_listening (host, &port, error);
  if (self->service == NULL)
    return NULL;

  self->path = g_strdup (path != NULL ? path : "");
  self->uri = g_strdup_printf ("http://%s:%u%s", host, port, self->path);
  self->on_query = on_query;
  self->user_data = user_data;
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return g_steal_pointer (&self);
}

const char *
rp_oauth_redirect_get_uri (RpOAuthRedirect *self)
{
  return self->uri;
}
