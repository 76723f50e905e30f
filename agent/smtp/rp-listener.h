/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where mail programs connect: loopback sockets of our own or from systemd, whose
 * connection it is, how many at once. Makes a session of each connection. */
#pragma once

#include "core/rp-config.h"
#include "smtp/rp-session.h"

G_BEGIN_DECLS

/** RP_LISTENER_MAX_SESSIONS: more at once are told to come again. */
#define RP_LISTENER_MAX_SESSIONS 512

#define RP_TYPE_LISTENER (rp_listener_get_type ())
G_DECLARE_FINAL_TYPE (RpListener, rp_listener, RP, LISTENER, GObject)

/**
 * RpListener::trouble:
 * @text: what is not as it should be, for a person: a taken port and its owner, a
 *   missing address family
 *
 * RpListener::stopped: after rp_listener_stop(): the last session has ended.
 */

/**
 * rp_listener_new:
 * @settings: for its sessions; the dialogue's strings must outlive the listener
 * @max_sessions: at once
 *
 * Returns: (transfer full): listens to nothing yet. Let go of, it takes no more
 * connections; sessions that run go on
 */
RpListener *rp_listener_new (const RpSessionSettings *settings, guint max_sessions);

/**
 * rp_listener_listen:
 * @addresses: (element-type RpListenAddress): loopback addresses
 * @error: a #GIOError when not one address could be had
 *
 * Addresses with the same port stay together: when it is taken on one of them, the next
 * free port is taken on all, and #RpListener::trouble says so.
 *
 * May be called again: the addresses that it held are let go of, had it new ones or
 * not, and the sessions that came by them go on unhurt to their own end.
 *
 * Returns: whether it listens on one address at least
 */
gboolean rp_listener_listen (RpListener *self, GPtrArray *addresses, GError **error);

/**
 * rp_listener_listen_inherited:
 * @first_fd: first of the listening sockets that systemd passed (sd_listen_fds(3))
 * @n_fds: how many
 * @error: a #GIOError when one of them is no socket, or can be reached from outside
 *
 * Returns: whether it listens on all of them
 */
gboolean rp_listener_listen_inherited (RpListener *self,
                                       int first_fd,
                                       guint n_fds,
                                       GError **error);

/**
 * rp_listener_get_addresses:
 *
 * Returns: (transfer none): what is held, "127.0.0.1:2525", "[::1]:2525"; it may be
 * empty
 */
const char *const *rp_listener_get_addresses (RpListener *self);

/**
 * rp_listener_set_settings:
 * @settings: for sessions that begin from now on; the dialogue's strings must outlive
 *   the listener
 */
void rp_listener_set_settings (RpListener *self, const RpSessionSettings *settings);

/** rp_listener_get_n_sessions: how many are open, those of former addresses too. */
guint rp_listener_get_n_sessions (RpListener *self);

/**
 * rp_listener_stop:
 * @timeout_ms: for sessions that wait for an answer
 *
 * Takes no more connections; idle sessions get 421 at once (RFC 5321, section 3.8), the
 * others after their answer, and what is left after @timeout_ms is cut off. Then
 * signals #RpListener::stopped.
 */
void rp_listener_stop (RpListener *self, guint timeout_ms);

G_END_DECLS
