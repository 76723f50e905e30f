/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MAC address of the default gateway, from the kernel's neighbour table: it tells
 * one 192.168.1.1 from another. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpGateway: the gateway that was last looked up, and the watch over its MAC. */
typedef struct _RpGateway RpGateway;

/** RpGatewayFunc: the gateway's MAC, or all that was known of it, may have changed. */
typedef void (*RpGatewayFunc) (gpointer user_data);

/**
 * rp_gateway_new:
 * @on_mac_changed: called when the gateway that was last looked up got another MAC or
 *   its first, or when the kernel had to drop messages: look it up again
 *
 * Returns: (transfer full): works without a watch where the kernel gives none
 */
RpGateway *rp_gateway_new (RpGatewayFunc on_mac_changed, gpointer user_data);

/** rp_gateway_free: @self: (nullable). */
void rp_gateway_free (RpGateway *self);

/**
 * rp_gateway_dup_mac:
 * @address: (nullable): the gateway's address
 * @interface_index: of the interface that it is reached by
 *
 * Looks a gateway up, and watches it from then on. While the kernel does not know its
 * MAC it is made to find out by one packet to the gateway, which never leaves the link:
 * an echo request where the system lets users send those
 * (`net.ipv4.ping_group_range`, which Debian 12 does not), else an empty datagram.
 *
 * Returns: (transfer full) (nullable): in lower case with colons; %NULL while unknown
 */
char *rp_gateway_dup_mac (RpGateway *self, const char *address, guint interface_index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpGateway, rp_gateway_free)

G_END_DECLS
