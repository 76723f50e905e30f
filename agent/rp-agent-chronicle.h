/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to messages, from delivery to all who keep or show it: log, journal,
 * memory and bus. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_agent_chronicle_connect:
 * @parts: (transfer none): with all its parts by the time a message comes; outlives its
 *   delivery
 */
void rp_agent_chronicle_connect (const RpAgentParts *parts);

G_END_DECLS
