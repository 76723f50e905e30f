/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's own agent process: temporary configuration, state and runtime folders, the
 * fake detector; it never touches the user's. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

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
 */
RpDemoAgent *rp_demo_agent_new (const char *folder);

/** rp_demo_agent_get_runtime_folder: for the command line's runtime-dir option. */
const char *rp_demo_agent_get_runtime_folder (RpDemoAgent *self);

/** rp_demo_agent_start: @config: text of its configuration; @surroundings: what the
 * fake detector sees first. */
gboolean rp_demo_agent_start (RpDemoAgent *self,
                              const char *config,
                              const char *surroundings,
                              GError **error);

/** rp_demo_agent_move: the laptop is elsewhere now; #RpDemoAgent::moved follows. */
gboolean rp_demo_agent_move (RpDemoAgent *self,
                             const char *surroundings,
                             GError **error);

void rp_demo_agent_stop (RpDemoAgent *self);

G_END_DECLS
