/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NetworkManager's objects, as one call of its ObjectManager tells them all. Pure. */
#pragma once

#include <gio/gio.h>

#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/**
 * rp_networkmanager_objects_read:
 * @objects: (transfer none): of type "a{oa{sa{sv}}}"
 * @interface_name: (out) (transfer full) (nullable): of the primary connection
 *
 * The place is that of the primary connection, also where a VPN has the default route:
 * then only the addresses are the VPN's, for with those we are seen.
 *
 * Returns: (transfer full): everything but the gateway's MAC, which NetworkManager does
 *   not know
 */
RpSurroundings *rp_networkmanager_objects_read (GVariant *objects,
                                                char **interface_name);

G_END_DECLS
