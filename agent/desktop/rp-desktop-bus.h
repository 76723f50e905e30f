/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session bus, as long as there is one: a service of the background may start
 * before its desktop and outlive it.
 *
 * A connection of our own instead of GLib's shared one: the shared one ends the process
 * together with the bus, and comes back closed afterwards. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RP_TYPE_DESKTOP_BUS (rp_desktop_bus_get_type ())
G_DECLARE_FINAL_TYPE (RpDesktopBus, rp_desktop_bus, RP, DESKTOP_BUS, GObject)

/**
 * RpDesktopBus::connected: there is a connection now
 * RpDesktopBus::lost: it has ended; it is still lent during the signal, to unsubscribe
 *
 * Always in turns, and never during rp_desktop_bus_new().
 */

/** rp_desktop_bus_new: connects, and again whenever the bus was lost, at the latest
 * after 30 s. Never starts a bus. */
RpDesktopBus *rp_desktop_bus_new (void);

/** rp_desktop_bus_get_connection: (transfer none) (nullable) */
GDBusConnection *rp_desktop_bus_get_connection (RpDesktopBus *self);

/**
 * rp_desktop_bus_dup_address:
 *
 * GLib's own search would start a bus where there is none, and wait for it.
 *
 * Returns: (transfer full) (nullable): where the session bus listens, going by
 *   DBUS_SESSION_BUS_ADDRESS, else by $XDG_RUNTIME_DIR/bus
 */
char *rp_desktop_bus_dup_address (void);

G_END_DECLS
