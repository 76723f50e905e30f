/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of "roampost queue" ask of the agent. */
#pragma once

#include "rp-agent-interface.h"
#include "rp-command.h"

G_BEGIN_DECLS

/**
 * rp_queue_link_fail:
 * @id: the message that was meant, as the agent was asked
 * @error: (transfer none): what a method call returned
 *
 * Says on standard error what went wrong; of a message that has left the queue, what
 * became of it.
 *
 * Returns: an exit code of sysexits.h for it
 */
int rp_queue_link_fail (const RpCommand *command,
                        RpAgent1 *agent,
                        const char *id,
                        const GError *error);

/**
 * rp_queue_link_get:
 * @exit_code: (out): set when %NULL is returned, and the error is told
 *
 * Returns: (transfer full) (nullable): the message in the queue
 */
GVariant *rp_queue_link_get (const RpCommand *command,
                             RpAgent1 *agent,
                             const char *id,
                             int *exit_code);

/**
 * rp_queue_link_open_body:
 *
 * Returns: a file that is open for reading, or -1
 */
int rp_queue_link_open_body (RpAgent1 *agent, const char *id, GError **error);

/**
 * rp_queue_link_take_id:
 * @argc: how many words there are, with @argv[0]
 * @n_optional: how many more words may follow the name
 * @exit_code: (out): set when %NULL is returned
 *
 * Returns: (transfer full) (nullable): argv[1] as messages are named
 */
char *rp_queue_link_take_id (
    const RpCommand *command, int argc, char **argv, int n_optional, int *exit_code);

G_END_DECLS
