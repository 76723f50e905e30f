/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bus interface's methods around being let in: what is proved, stored, tried and
 * forgotten. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_agent_logins_connect:
 * @parts: (transfer none): as for rp_agent_methods_connect()
 */
void rp_agent_logins_connect (const RpAgentParts *parts, RpAgent1 *interface);

G_END_DECLS
