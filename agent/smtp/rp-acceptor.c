/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-acceptor.h"

#include <netinet/in.h>

#include "core/rp-config.h"
#include "smtp/rp-peer.h"

#define N_PORTS_TRIED 20
/* After a failed accept (no descriptors left): trying again at once would spin. */
#define ACCEPT_PAUSE_MS 200

struct _RpAcceptor
{
  GObject parent_instance;

  GSocketListener *sockets;
  GPtrArray *addresses; /* text, ended by NULL */
  GCancellable *accepting;
  guint timer;
};

enum
{
  ACCEPTED,
  TROUBLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpAcceptor, rp_acceptor, G_TYPE_OBJECT)

static void
tell_trouble (RpAcceptor *self, const char *text)
{
  g_signal_emit (self, signals[TROUBLE], 0, text);
}

/* ---- accepting ---- */

static void accept_next (RpAcceptor *self);

static gboolean
on_timer_accept_again (gpointer user_data)
{
  RpAcceptor *self = user_data;

  self->timer = 0;
  accept_next (self);
  return G_SOURCE_REMOVE;
}

static void
on_connection_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAcceptor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_listener_accept_finish (
      G_SOCKET_LISTENER (source), result, NULL, &error);

  if (g_cancellable_is_cancelled (self->accepting))
    return;
  if (connection != NULL)
    {
      g_signal_emit (self, signals[ACCEPTED], 0, connection);
      accept_next (self);
      return;
    }

  tell_trouble (self, error->message);
  self->timer = g_timeout_add (ACCEPT_PAUSE_MS, on_timer_accept_again, self);
}

static void
accept_next (RpAcceptor *self)
{
  g_socket_listener_accept_async (self->sockets, self->accepting,
                                  on_connection_accepted, g_object_ref (self));
}

/* ---- listening ---- */

static char *
dup_address_text (GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *host =
      g_inet_address_to_string (g_inet_socket_address_get_address (inet));

  return g_strdup_printf (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6
                              ? "[%s]:%u"
                              : "%s:%u",
                          host, g_inet_socket_address_get_port (inet));
}

static GSocket *
bind_socket (GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;

  g_socket_set_listen_backlog (socket, RP_ACCEPTOR_BACKLOG);
  /* IPv4 has a socket of its own: an IPv6 one that also took it would hide a clash. */
  if (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;

  return g_steal_pointer (&socket);
}

/* Who has it: the person who reads this wants to know what to stop. */
static void
tell_taken (RpAcceptor *self, GSocketAddress *address)
{
  g_autofree char *where = dup_address_text (address);
  g_autofree char *program = NULL;
  g_autofree char *text = NULL;
  guint64 inode;
  uid_t uid;

  if (!rp_peer_find_listener (address, &uid, &inode))
    {
      text = g_strdup_printf ("%s is taken by somebody else", where);
      tell_trouble (self, text);
      return;
    }

  program = rp_peer_dup_program (inode);
  text = program == NULL
             ? g_strdup_printf ("%s is taken by a program of uid %u", where, uid)
             : g_strdup_printf ("%s is taken by %s of uid %u", where, program, uid);
  tell_trouble (self, text);
}

/* No password guards the port, so nobody outside the machine may reach it, whatever
 * the configuration or a socket unit says. */
static gboolean
check_loopback (GSocketAddress *address, GError **error)
{
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "only TCP sockets can be listened on");
      return FALSE;
    }
  if (g_inet_address_get_is_loopback (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return TRUE;

  text = dup_address_text (address);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "%s can be reached from outside; listen on 127.0.0.1 or [::1]", text);
  return FALSE;
}

typedef enum
{
  BOUND,
  TAKEN,
  FAILED
} BindResult;

/* Binds all of @addresses on @port, which 0 lets the first one choose. A family that
 * this machine does not have is told and left out. */
static BindResult
bind_together (RpAcceptor *self,
               GPtrArray *addresses,
               guint16 port,
               GPtrArray *sockets,
               GError **error)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      const RpListenAddress *wanted = g_ptr_array_index (addresses, i);
      g_autoptr (GSocketAddress) address =
          g_inet_socket_address_new_from_string (wanted->host, port);
      g_autoptr (GError) trouble = NULL;
      GSocket *socket;

      /* Before anybody could connect. */
      if (!check_loopback (address, error))
        return FAILED;

      socket = bind_socket (address, &trouble);
      if (socket != NULL)
        {
          g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);

          g_ptr_array_add (sockets, socket);
          port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
        }
      else if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          tell_taken (self, address);
          return TAKEN;
        }
      else
        {
          tell_trouble (self, trouble->message);
          g_clear_error (error);
          g_propagate_error (error, g_steal_pointer (&trouble));
        }
    }

  return sockets->len > 0 ? BOUND : FAILED;
}

static gboolean
add_sockets (RpAcceptor *self, GPtrArray *sockets, GError **error)
{
  for (guint i = 0; i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);
      g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);

      if (address == NULL || !check_loopback (address, error)
          || !g_socket_listener_add_socket (self->sockets, socket, NULL, error))
        return FALSE;
      g_ptr_array_add (self->addresses, dup_address_text (address));
    }

  return TRUE;
}

/* Mail programs are still pointed at the port that was wished for. */
static void
tell_moved (RpAcceptor *self, guint16 port)
{
  g_autofree char *text = g_strdup_printf (
      "port %u is used instead: free the other one and start again, or point the mail "
      "programs at %u",
      port, port);

  tell_trouble (self, text);
}

static gboolean
listen_together (RpAcceptor *self, GPtrArray *addresses, guint16 port, GError **error)
{
  for (guint i = 0; i < N_PORTS_TRIED && port + i <= G_MAXUINT16; i++)
    {
      g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr (GError) trouble = NULL;

      switch (bind_together (self, addresses, (guint16) (port + i), sockets, &trouble))
        {
        case BOUND:
          if (i > 0)
            tell_moved (self, (guint16) (port + i));
          return add_sockets (self, sockets, error);
        case FAILED:
          g_propagate_error (error, g_steal_pointer (&trouble));
          return FALSE;
        case TAKEN:
          break;
        }
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
               "port %u and the %d behind it are taken", port, N_PORTS_TRIED - 1);
  return FALSE;
}

/* The addresses from @first on that share its port, if no earlier one does. */
static GPtrArray *
collect_together (GPtrArray *addresses, guint first)
{
  const RpListenAddress *begin = g_ptr_array_index (addresses, first);
  GPtrArray *together = g_ptr_array_new ();

  for (guint i = 0; i < addresses->len; i++)
    {
      RpListenAddress *address = g_ptr_array_index (addresses, i);

      if (address->port == begin->port)
        {
          if (i < first)
            break;
          g_ptr_array_add (together, address);
        }
    }

  return together;
}

static gboolean
begin (RpAcceptor *self)
{
  const gboolean has_any = self->addresses->len > 0;

  g_ptr_array_add (self->addresses, NULL);
  if (has_any)
    accept_next (self);
  return has_any;
}

gboolean
rp_acceptor_listen (RpAcceptor *self, GPtrArray *addresses, GError **error)
{
  g_autoptr (GError) first_error = NULL;

  g_ptr_array_set_size (self->addresses, 0);
  for (guint i = 0; i < addresses->len; i++)
    {
      const RpListenAddress *address = g_ptr_array_index (addresses, i);
      g_autoptr (GPtrArray) together = collect_together (addresses, i);
      g_autoptr (GError) trouble = NULL;

      if (together->len > 0
          && !listen_together (self, together, address->port, &trouble)
          && first_error == NULL)
        first_error = g_steal_pointer (&trouble);
    }
  if (!begin (self))
    {
      g_propagate_error (error, g_steal_pointer (&first_error));
      return FALSE;
    }

  if (first_error != NULL)
    tell_trouble (self, first_error->message);
  return TRUE;
}

gboolean
rp_acceptor_listen_inherited (RpAcceptor *self,
                              int first_fd,
                              guint n_fds,
                              GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_fds; i++)
    {
      GSocket *socket = g_socket_new_from_fd (first_fd + (int) i, error);

      if (socket == NULL)
        return FALSE;
      g_ptr_array_add (sockets, socket);
    }

  g_ptr_array_set_size (self->addresses, 0);
  if (!add_sockets (self, sockets, error))
    {
      g_ptr_array_set_size (self->addresses, 0);
      g_ptr_array_add (self->addresses, NULL);
      return FALSE;
    }

  return begin (self);
}

const char *const *
rp_acceptor_get_addresses (RpAcceptor *self)
{
  return (const char *const *) self->addresses->pdata;
}

void
rp_acceptor_close (RpAcceptor *self)
{
  g_cancellable_cancel (self->accepting);
  g_socket_listener_close (self->sockets);
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
rp_acceptor_finalize (GObject *object)
{
  RpAcceptor *self = RP_ACCEPTOR (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_unref (self->addresses);
  g_clear_object (&self->sockets);
  g_clear_object (&self->accepting);
  G_OBJECT_CLASS (rp_acceptor_parent_class)->finalize (object);
}

static void
rp_acceptor_class_init (RpAcceptorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_acceptor_finalize;
  signals[ACCEPTED] =
      g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_SOCKET_CONNECTION);
  signals[TROUBLE] =
      g_signal_new ("trouble", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rp_acceptor_init (RpAcceptor *self)
{
  self->sockets = g_socket_listener_new ();
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->addresses, NULL);
  self->accepting = g_cancellable_new ();
}

RpAcceptor *
rp_acceptor_new (void)
{
  return g_object_new (RP_TYPE_ACCEPTOR, NULL);
}
