/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's word on routes and neighbours: rtnetlink(7), read only, no privileges
 * needed. */
#pragma once

#include <gio/gio.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

G_BEGIN_DECLS

/**
 * RpNetlinkFunc:
 * @message: (nullable): one message; %NULL when the kernel had to drop some, so that
 *   everything has to be read again
 */
typedef void (*RpNetlinkFunc) (const struct nlmsghdr *message, gpointer user_data);

/**
 * rp_netlink_dump:
 * @type: such as `RTM_GETROUTE`
 * @family: `AF_INET`, `AF_INET6` or `AF_UNSPEC`
 * @on_message: called for each entry, before this returns
 * @error: of the domain %G_IO_ERROR
 *
 * Asks for a whole table. The kernel answers at once, so this does not block.
 *
 * Returns: %FALSE when it cannot be read
 */
gboolean rp_netlink_dump (guint16 type,
                          guint8 family,
                          RpNetlinkFunc on_message,
                          gpointer user_data,
                          GError **error);

/**
 * rp_netlink_find:
 * @attributes: the first of them
 * @n_bytes: octets of all of them
 * @type: such as `RTA_GATEWAY`
 *
 * Returns: (transfer none) (nullable): the attribute
 */
const struct rtattr *rp_netlink_find (const struct rtattr *attributes,
                                      gsize n_bytes,
                                      guint16 type);

/** RpNetlinkWatch: a socket that hears what changes. */
typedef struct _RpNetlinkWatch RpNetlinkWatch;

/**
 * rp_netlink_watch_new:
 * @groups: such as `RTMGRP_NEIGH`, ored
 * @on_message: called in the default main context for each message
 * @error: of the domain %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the watch, until it is freed
 */
RpNetlinkWatch *rp_netlink_watch_new (guint32 groups,
                                      RpNetlinkFunc on_message,
                                      gpointer user_data,
                                      GError **error);

/** rp_netlink_watch_free: @self: (nullable). */
void rp_netlink_watch_free (RpNetlinkWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpNetlinkWatch, rp_netlink_watch_free)

G_END_DECLS
