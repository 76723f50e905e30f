/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the private socket is. Agent, command line and tray find it by this one rule.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RP_BUS_OBJECT_PATH: where org.roampost.Agent1 is served. */
#define RP_BUS_OBJECT_PATH "/org/roampost/Agent"
/** RP_BUS_NAME: owned on the session bus where there is one. */
#define RP_BUS_NAME "org.roampost.Agent"

/**
 * rp_bus_path_dup_state_folder:
 *
 * Returns: (transfer full): $ROAMPOST_STATE_DIR, else roampost in $XDG_STATE_HOME
 */
char *rp_bus_path_dup_state_folder (void);

/**
 * rp_bus_path_dup_runtime_folder:
 * @chosen: (nullable): what --runtime-dir says
 *
 * The first of: @chosen; $ROAMPOST_RUNTIME_DIR; roampost in $XDG_RUNTIME_DIR; roampost
 * in /run/user/UID; the state folder. A runtime folder of another user, as su and sudo
 * leave it in the environment, is passed over.
 *
 * Returns: (transfer full): the folder of the socket, which need not exist yet
 */
char *rp_bus_path_dup_runtime_folder (const char *chosen);

/** rp_bus_path_dup_socket: (transfer full): the socket in @runtime_folder. */
char *rp_bus_path_dup_socket (const char *runtime_folder);

/** rp_bus_path_dup_address: (transfer full): the D-Bus address of @socket, escaped. */
char *rp_bus_path_dup_address (const char *socket);

G_END_DECLS
