/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's own agent process: temporary configuration, state and runtime folders, the
 * fake detector; it never touches the user's. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpDemoAgent: one process, and what it says. */
#define RP_TYPE_DEMO_AGENT (rp_demo_agent_get_type ())
G_DECLARE_FINAL_TYPE (RpDemoAgent, rp_demo_agent, RP, DEMO_AGENT, GObject)

/**
 * RpDemoAgent::listening:
 * @address: "127.0.0.1:2525", where it really listens
 *
 * RpDemoAgent::moved:
 * @network: name of the network that it sees now
 *
 * RpDemoAgent::trouble:
 * @text: the sentence in which it says that something is not as wished
 *
 * RpDemoAgent::ended:
 * @text: the last line that it said
 */

/**
 * rp_demo_agent_new:
 * @folder: a new, empty folder for everything of the agent's
 *
 * Returns: (transfer full): an agent that does not run yet
 */
RpDemoAgent *rp_demo_agent_new (const char *folder);

/** rp_demo_agent_get_runtime_folder: (transfer none): for the command line's
 * runtime-dir option. */
const char *rp_demo_agent_get_runtime_folder (RpDemoAgent *self);

/**
 * rp_demo_agent_start:
 * @config: text of its configuration
 * @surroundings: what the fake detector sees first
 * @error: of the domain %G_FILE_ERROR, %G_IO_ERROR or %G_SPAWN_ERROR
 *
 * Returns: whether the process was started; #RpDemoAgent::listening follows
 */
gboolean rp_demo_agent_start (RpDemoAgent *self,
                              const char *config,
                              const char *surroundings,
                              GError **error);

/**
 * rp_demo_agent_move:
 * @surroundings: what the fake detector sees from now on
 * @error: of the domain %G_FILE_ERROR
 *
 * The laptop is elsewhere now; #RpDemoAgent::moved follows.
 *
 * Returns: whether it could be told
 */
gboolean rp_demo_agent_move (RpDemoAgent *self,
                             const char *surroundings,
                             GError **error);

/** rp_demo_agent_stop: ends the process and blocks until it is gone. */
void rp_demo_agent_stop (RpDemoAgent *self);

G_END_DECLS
