/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the agent listens: on the addresses of the configuration, which may change
 * while it runs, or on sockets that systemd opened for it, which stay. */
#pragma once

#include "smtp/rp-listener.h"

G_BEGIN_DECLS

#define RP_TYPE_AGENT_LISTENING (rp_agent_listening_get_type ())
G_DECLARE_FINAL_TYPE (
    RpAgentListening, rp_agent_listening, RP, AGENT_LISTENING, GObject)

/**
 * RpAgentListening::changed: rp_agent_listening_get_addresses() gives something new.
 *
 * RpAgentListening::stopped: after rp_agent_listening_stop(): the last session has
 * ended.
 */

/**
 * rp_agent_listening_new:
 *
 * Takes the sockets that systemd passed out of the environment, so it must be called
 * while there is one thread.
 *
 * Returns: (transfer full): listens to nothing yet
 */
RpAgentListening *rp_agent_listening_new (void);

/**
 * rp_agent_listening_start:
 * @addresses: (element-type RpListenAddress): not used when systemd passed sockets
 * @settings: for sessions that begin from now on; its handler must not be %NULL
 * @error: a #GIOError when there is nothing to listen on
 *
 * Returns: whether it listens on one address at least
 */
gboolean rp_agent_listening_start (RpAgentListening *self,
                                   GPtrArray *addresses,
                                   const RpSessionSettings *settings,
                                   GError **error);

/**
 * rp_agent_listening_update:
 * @addresses: (element-type RpListenAddress): of the new configuration
 * @settings: for sessions that begin from now on
 *
 * What the configuration says now. Where the addresses are others, programs that are
 * connected to the old ones go on unhurt: what they are in the middle of has nothing to
 * do with where the next one connects. Does nothing before rp_agent_listening_start().
 */
void rp_agent_listening_update (RpAgentListening *self,
                                GPtrArray *addresses,
                                const RpSessionSettings *settings);

/**
 * rp_agent_listening_get_addresses:
 *
 * Returns: (transfer none): what is held, "127.0.0.1:2525"; it may be empty
 */
const char *const *rp_agent_listening_get_addresses (RpAgentListening *self);

/**
 * rp_agent_listening_stop:
 * @timeout_ms: for sessions that wait for an answer
 *
 * Ends all sessions as rp_listener_stop() does, those of former addresses too, then
 * signals #RpAgentListening::stopped.
 */
void rp_agent_listening_stop (RpAgentListening *self, guint timeout_ms);

G_END_DECLS
