/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose connection it is: the kernel knows the user and the socket behind each end of a
 * loopback connection. Asked by sock_diag, else read from /proc/net/tcp and tcp6. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * RpPeerSource:
 * @RP_PEER_SOCK_DIAG: the kernel's answer to one question
 * @RP_PEER_PROC: the tables in /proc, for kernels without inet_diag
 */
typedef enum
{
  RP_PEER_SOCK_DIAG,
  RP_PEER_PROC
} RpPeerSource;

/**
 * rp_peer_get_uid:
 * @ours: our end of the connection
 * @theirs: the peer's end
 * @uid: (out): the user who owns the peer's end
 * @inode: (out) (optional): the peer's socket, for rp_peer_dup_program()
 *
 * Returns: whether the kernel could tell
 */
gboolean rp_peer_get_uid (GSocketAddress *ours,
                          GSocketAddress *theirs,
                          uid_t *uid,
                          guint64 *inode);

/**
 * rp_peer_get_uid_from:
 * @source: who is asked
 *
 * As rp_peer_get_uid(), from one source only.
 *
 * Returns: whether the kernel could tell
 */
gboolean rp_peer_get_uid_from (RpPeerSource source,
                               GSocketAddress *ours,
                               GSocketAddress *theirs,
                               uid_t *uid,
                               guint64 *inode);

/**
 * rp_peer_find_listener:
 * @address: a port that is taken, on this address or on any, by a socket of either
 *   family
 * @uid: (out): the user who listens there
 * @inode: (out): their socket, for rp_peer_dup_program()
 *
 * Returns: whether the kernel could tell
 */
gboolean rp_peer_find_listener (GSocketAddress *address, uid_t *uid, guint64 *inode);

/**
 * rp_peer_find_listener_from:
 * @source: who is asked
 *
 * As rp_peer_find_listener(), from one source only.
 *
 * Returns: whether the kernel could tell
 */
gboolean rp_peer_find_listener_from (RpPeerSource source,
                                     GSocketAddress *address,
                                     uid_t *uid,
                                     guint64 *inode);

/**
 * rp_peer_dup_program:
 * @inode: as rp_peer_get_uid() tells it
 *
 * Returns: (transfer full) (nullable): name of the program that holds that socket;
 *   %NULL when it is another user's or gone
 */
char *rp_peer_dup_program (guint64 inode);

G_END_DECLS
