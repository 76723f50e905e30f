/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "smtp/rp-acceptor.h"
#include "smtp/rp-peer.h"

struct _RpListener
{
  GObject parent_instance;

  RpSessionSettings settings;
  char *content_folder;
  guint max_sessions;
  RpAcceptor *acceptor;
  GPtrArray *sessions;
  guint timer;
  gboolean is_stopping;
};

enum
{
  TROUBLE,
  STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpListener, rp_listener, G_TYPE_OBJECT)

/* ---- sessions ---- */

static void
report_stopped (RpListener *self)
{
  if (!self->is_stopping || self->sessions->len > 0)
    return;

  self->is_stopping = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_emit (self, signals[STOPPED], 0);
}

static void
on_session_ended (RpSession *session, gpointer user_data)
{
  g_autoptr (RpListener) self = g_object_ref (user_data);

  g_signal_handlers_disconnect_by_data (session, self);
  g_ptr_array_remove_fast (self->sessions, session);
  report_stopped (self);
}

/* Everyone but the user whose agent this is stays outside: the uid is the lock. */
static gboolean
is_own_peer (GSocket *socket, char **program)
{
  g_autoptr (GSocketAddress) ours = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) theirs = g_socket_get_remote_address (socket, NULL);
  guint64 inode;
  uid_t uid;

  if (ours == NULL || theirs == NULL || !rp_peer_get_uid (ours, theirs, &uid, &inode)
      || uid != getuid ())
    return FALSE;

  *program = rp_peer_dup_program (inode);
  return TRUE;
}

static char *
dup_peer_address (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (connection, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");

  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
on_acceptor_accepted (RpAcceptor *acceptor,
                      GSocketConnection *connection,
                      gpointer user_data)
{
  RpListener *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autofree char *program = NULL;
  g_autofree char *address = dup_peer_address (connection);
  const gboolean is_own = is_own_peer (socket, &program);
  RpSession *session =
      rp_session_new (G_IO_STREAM (connection), address, program, &self->settings);

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_ptr_array_add (self->sessions, session);
  g_signal_connect (session, "ended", G_CALLBACK (on_session_ended), self);
  if (!is_own)
    rp_session_refuse (session, RP_REASON_FOREIGN_USER);
  else if (self->sessions->len > self->max_sessions)
    rp_session_refuse (session, RP_REASON_TOO_MANY_SESSIONS);
  else
    rp_session_start (session);
}

/* ---- listening ---- */

static void
on_acceptor_trouble (RpAcceptor *acceptor, const char *text, gpointer user_data)
{
  g_signal_emit (user_data, signals[TROUBLE], 0, text);
}

static void
close_acceptor (RpListener *self)
{
  g_signal_handlers_disconnect_by_data (self->acceptor, self);
  rp_acceptor_close (self->acceptor);
}

static void
renew_acceptor (RpListener *self)
{
  if (self->acceptor != NULL)
    close_acceptor (self);
  g_clear_object (&self->acceptor);
  self->acceptor = rp_acceptor_new ();
  g_signal_connect (self->acceptor, "accepted", G_CALLBACK (on_acceptor_accepted),
                    self);
  g_signal_connect (self->acceptor, "trouble", G_CALLBACK (on_acceptor_trouble), self);
}

gboolean
rp_listener_listen (RpListener *self, GPtrArray *addresses, GError **error)
{
  /* First: the new addresses may be among the old ones. */
  renew_acceptor (self);
  return rp_acceptor_listen (self->acceptor, addresses, error);
}

gboolean
rp_listener_listen_inherited (RpListener *self,
                              int first_fd,
                              guint n_fds,
                              GError **error)
{
  renew_acceptor (self);
  return rp_acceptor_listen_inherited (self->acceptor, first_fd, n_fds, error);
}

const char *const *
rp_listener_get_addresses (RpListener *self)
{
  return rp_acceptor_get_addresses (self->acceptor);
}

guint
rp_listener_get_n_sessions (RpListener *self)
{
  return self->sessions->len;
}

/* ---- the end ---- */

static gboolean
on_timer_cut_off (gpointer user_data)
{
  g_autoptr (RpListener) self = g_object_ref (user_data);

  self->timer = 0;
  while (self->sessions->len > 0)
    rp_session_abort (g_ptr_array_index (self->sessions, self->sessions->len - 1));
  return G_SOURCE_REMOVE;
}

void
rp_listener_stop (RpListener *self, guint timeout_ms)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_copy (
      self->sessions, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (sessions, g_object_unref);
  close_acceptor (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  self->is_stopping = TRUE;
  self->timer = g_timeout_add (timeout_ms, on_timer_cut_off, self);
  for (guint i = 0; i < sessions->len; i++)
    rp_session_stop (g_ptr_array_index (sessions, i));
  report_stopped (self);
}

void
rp_listener_set_settings (RpListener *self, const RpSessionSettings *settings)
{
  g_object_ref (settings->handler);
  g_clear_object (&self->settings.handler);
  g_free (self->content_folder);
  self->settings = *settings;
  self->content_folder = g_strdup (settings->content_folder);
  self->settings.content_folder = self->content_folder;
}

static void
rp_listener_finalize (GObject *object)
{
  RpListener *self = RP_LISTENER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  for (guint i = 0; i < self->sessions->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sessions, i), self);
  g_ptr_array_unref (self->sessions);
  close_acceptor (self);
  g_clear_object (&self->acceptor);
  g_clear_object (&self->settings.handler);
  g_free (self->content_folder);
  G_OBJECT_CLASS (rp_listener_parent_class)->finalize (object);
}

static void
rp_listener_class_init (RpListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_listener_finalize;
  signals[TROUBLE] =
      g_signal_new ("trouble", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STOPPED] =
      g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_listener_init (RpListener *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  renew_acceptor (self);
}

RpListener *
rp_listener_new (const RpSessionSettings *settings, guint max_sessions)
{
  RpListener *self = g_object_new (RP_TYPE_LISTENER, NULL);

  rp_listener_set_settings (self, settings);
  self->max_sessions = max_sessions;
  return self;
}
