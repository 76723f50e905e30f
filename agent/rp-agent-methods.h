/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bus interface's methods, carried out on the agent's parts. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_agent_methods_connect:
 * @parts: (transfer none): outlives @interface; its parts are there by the first call
 * @interface: whose methods are answered from now on, failures as D-Bus errors of the
 *   domain #RP_BUS_ERROR
 */
void rp_agent_methods_connect (const RpAgentParts *parts, RpAgent1 *interface);

G_END_DECLS
