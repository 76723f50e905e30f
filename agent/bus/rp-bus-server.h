/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serves org.roampost.Agent1 to the command line and the tray: on the private socket
 * always, on the session bus where there is one. Decides nothing. */
#pragma once

#include <gio/gio.h>

#include "rp-agent-interface.h"

G_BEGIN_DECLS

/** RpBusServer: both buses, and the one object that is served on them. */
#define RP_TYPE_BUS_SERVER (rp_bus_server_get_type ())
G_DECLARE_FINAL_TYPE (RpBusServer, rp_bus_server, RP, BUS_SERVER, GObject)

/** rp_bus_server_new: (transfer full): a server that listens nowhere yet. */
RpBusServer *rp_bus_server_new (void);

/**
 * rp_bus_server_get_agent:
 *
 * The one object that all connections see. Who implements it connects to its signals
 * "handle-get-status" and so on (RpAgent1 *, GDBusMethodInvocation *, arguments,
 * user_data), returns %TRUE from them, and answers each with rp_agent1_complete_*() or,
 * with an #RP_BUS_ERROR, g_dbus_method_invocation_return_gerror(), now or later.
 *
 * Returns: (transfer none): the skeleton
 */
RpAgent1 *rp_bus_server_get_agent (RpBusServer *self);

/**
 * rp_bus_server_listen:
 * @runtime_folder: from rp_bus_path_dup_runtime_folder(); made with mode 0700 if
 *   missing
 * @error: of the domain %G_IO_ERROR
 *
 * Listens on the private socket. Only the user of this process is let in (EXTERNAL, the
 * kernel tells who it is). Call it once the lock of the state folder is held: a socket
 * that is left of a dead agent is removed; one on which somebody answers is not, which
 * is %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: whether it listens
 */
gboolean rp_bus_server_listen (RpBusServer *self,
                               const char *runtime_folder,
                               GError **error);

/**
 * rp_bus_server_join_session:
 *
 * Owns #RP_BUS_NAME on the session bus when there is one, now or later; never fails,
 * starts no bus, and outlives the bus.
 */
void rp_bus_server_join_session (RpBusServer *self);

/** rp_bus_server_emit_changed: tells all that GetStatus would tell something new. */
void rp_bus_server_emit_changed (RpBusServer *self);

/**
 * rp_bus_server_emit_stepped:
 * @step: (transfer none): from rp_step_to_variant(); a floating reference is sunk
 *
 * Tells all what happened.
 */
void rp_bus_server_emit_stepped (RpBusServer *self, GVariant *step);

/** rp_bus_server_stop: ends all connections and removes the socket. */
void rp_bus_server_stop (RpBusServer *self);

G_END_DECLS
