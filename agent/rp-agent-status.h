/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of everything at this moment, as the bus tells it. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_agent_status_async:
 * @parts: (transfer none): must live until @callback
 *
 * Asks for secrets and the journal on the way.
 */
void rp_agent_status_async (const RpAgentParts *parts,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/**
 * rp_agent_status_finish:
 * @error: is not set: what could not be asked for is left out
 *
 * Returns: (transfer full): "a{sv}" as in the bus interface
 */
GVariant *rp_agent_status_finish (GAsyncResult *result, GError **error);

G_END_DECLS
