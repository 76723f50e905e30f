/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line's link to the agent, over the private socket. Starts nothing. */
#pragma once

#include <gio/gio.h>

#include "rp-agent-interface.h"
#include "rp-command.h"

G_BEGIN_DECLS

/**
 * rp_agent_link_open:
 * @command: (transfer none): names itself in the error
 * @exit_code: (out): set when %NULL is returned
 *
 * When no agent answers, says on standard error how to start it.
 *
 * Returns: (transfer full) (nullable): the agent
 */
RpAgent1 *rp_agent_link_open (const RpCommand *command, int *exit_code);

/**
 * rp_agent_link_try:
 *
 * Returns: (transfer full) (nullable): the agent; %NULL, without a word, when none
 *   answers
 */
RpAgent1 *rp_agent_link_try (void);

/** rp_agent_link_tell_how_to_start: says on standard error how to start the agent. */
void rp_agent_link_tell_how_to_start (void);

/**
 * rp_agent_link_fail:
 * @error: (transfer none): what a method call returned
 *
 * Says on standard error what went wrong.
 *
 * Returns: an exit code of sysexits.h for it
 */
int rp_agent_link_fail (const RpCommand *command, const GError *error);

G_END_DECLS
