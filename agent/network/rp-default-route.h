/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way out, as the kernel's main routing table has it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RpDefaultRoute:
 * @interface_index: of the interface that it leaves by
 * @gateway: (nullable): its address; a point-to-point link has none
 *
 * A value.
 */
typedef struct
{
  guint interface_index;
  char *gateway;
} RpDefaultRoute;

/**
 * rp_default_route_read:
 * @error: of the domain %G_IO_ERROR
 *
 * Of the default routes that are alive the IPv4 one with the lowest metric, else the
 * IPv6 one. The main table alone, whatever routing rules a VPN may have added: it tells
 * the place where we are, not the tunnel that leads elsewhere.
 *
 * Returns: (transfer full) (nullable): the route; %NULL when there is none and, with
 *   @error set, when the table cannot be read
 */
RpDefaultRoute *rp_default_route_read (GError **error);

/** rp_default_route_free: @self: (nullable). */
void rp_default_route_free (RpDefaultRoute *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpDefaultRoute, rp_default_route_free)

G_END_DECLS
