/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one place that knows everyone and joins them: configuration, surroundings,
 * secrets, delivery, listener, store and bus. Holds no policy. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  RP_AGENT_ERROR_CONFIGURATION, /* every mistake, a line each */
  RP_AGENT_ERROR_STATE,         /* the state folder cannot be used */
  RP_AGENT_ERROR_LISTEN,        /* nothing to listen on */
  RP_AGENT_ERROR_BUS            /* the private socket cannot be made */
} RpAgentError;

#define RP_AGENT_ERROR (rp_agent_error_quark ())

/** rp_agent_error_quark: the domain of #RpAgentError. */
GQuark rp_agent_error_quark (void);

/**
 * RpAgentOptions:
 * @config_file: (nullable): read this file alone
 * @state_folder: (nullable): instead of $XDG_STATE_HOME/roampost
 * @runtime_folder: (nullable): instead of $XDG_RUNTIME_DIR/roampost
 * @fake_surroundings: (nullable): a file for the fake detector
 */
typedef struct
{
  const char *config_file;
  const char *state_folder;
  const char *runtime_folder;
  const char *fake_surroundings;
} RpAgentOptions;

#define RP_TYPE_AGENT (rp_agent_get_type ())
G_DECLARE_FINAL_TYPE (RpAgent, rp_agent, RP, AGENT, GObject)

/**
 * RpAgent::stopped: the last session has ended and the store is closed.
 */

/**
 * rp_agent_new:
 * @options: copied
 *
 * Takes sockets that systemd passed out of the environment, so it must be called while
 * there is one thread.
 *
 * Returns: (transfer full): does nothing yet
 */
RpAgent *rp_agent_new (const RpAgentOptions *options);

/**
 * rp_agent_start:
 * @error: of the domain #RP_AGENT_ERROR; its message is for people, a line for each
 *   mistake of the configuration
 *
 * May be called once. After a failure the agent is only good for g_object_unref().
 *
 * Returns: whether it runs now
 */
gboolean rp_agent_start (RpAgent *self, GError **error);

/**
 * rp_agent_reload:
 *
 * Reads the configuration again and takes it, even one without accounts; one that has
 * mistakes is told in the log and the last good one stays in force.
 */
void rp_agent_reload (RpAgent *self);

/**
 * rp_agent_stop:
 *
 * Takes no more connections and ends sessions with 421 (RFC 5321, section 3.8); those
 * that wait for an answer get 10 s for it. Then signals #RpAgent::stopped. May be
 * called once, after a successful rp_agent_start().
 */
void rp_agent_stop (RpAgent *self);

G_END_DECLS
