/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loopback sockets that mail programs connect to: bound by us, on the next free
 * port where one is taken, or opened by systemd. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RP_ACCEPTOR_BACKLOG: connections that wait in the kernel; GIO's own default of 10
 * loses some when a program opens many at once. */
#define RP_ACCEPTOR_BACKLOG 512

#define RP_TYPE_ACCEPTOR (rp_acceptor_get_type ())
G_DECLARE_FINAL_TYPE (RpAcceptor, rp_acceptor, RP, ACCEPTOR, GObject)

/**
 * RpAcceptor::accepted:
 * @connection: #GSocketConnection of anybody on this machine
 *
 * RpAcceptor::trouble:
 * @text: what is not as it should be, for a person: a taken port and its owner, a
 *   missing address family
 */

/**
 * rp_acceptor_new:
 *
 * Returns: (transfer full): to be told once where to listen; from then on it lives
 * until rp_acceptor_close()
 */
RpAcceptor *rp_acceptor_new (void);

/**
 * rp_acceptor_listen:
 * @addresses: (element-type RpListenAddress): loopback addresses
 * @error: a #GIOError when not one address could be had
 *
 * Addresses with the same port stay together: when it is taken on one of them, the next
 * free port is taken on all, and #RpAcceptor::trouble says so.
 *
 * Returns: whether it listens on one address at least
 */
gboolean rp_acceptor_listen (RpAcceptor *self, GPtrArray *addresses, GError **error);

/**
 * rp_acceptor_listen_inherited:
 * @first_fd: first of the listening sockets that systemd passed (sd_listen_fds(3))
 * @n_fds: how many
 * @error: a #GIOError when one of them is no socket, or can be reached from outside
 *
 * Returns: whether it listens on all of them
 */
gboolean rp_acceptor_listen_inherited (RpAcceptor *self,
                                       int first_fd,
                                       guint n_fds,
                                       GError **error);

/**
 * rp_acceptor_get_addresses:
 *
 * Returns: (transfer none): what is held, "127.0.0.1:2525", "[::1]:2525"; it may be
 * empty
 */
const char *const *rp_acceptor_get_addresses (RpAcceptor *self);

/** rp_acceptor_close: closes the sockets; no more connections are told. */
void rp_acceptor_close (RpAcceptor *self);

G_END_DECLS
