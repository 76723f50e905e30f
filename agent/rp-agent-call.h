/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of a bus method that is under way. */
#pragma once

#include "bus/rp-bus-error.h"
#include "rp-agent-parts.h"

G_BEGIN_DECLS

/** RpAgentCall: who asked, and what answers it. */
typedef struct
{
  const RpAgentParts *parts;
  RpAgent1 *interface;
  GDBusMethodInvocation *invocation;
} RpAgentCall;

/**
 * rp_agent_call_new:
 * @parts: (transfer none): outlives it
 * @invocation: answered before the call is freed
 *
 * Returns: (transfer full): the call
 */
RpAgentCall *rp_agent_call_new (const RpAgentParts *parts,
                                RpAgent1 *interface,
                                GDBusMethodInvocation *invocation);

/** rp_agent_call_free: answers nothing. */
void rp_agent_call_free (RpAgentCall *self);

/** rp_agent_call_fail: answers with org.roampost.Error.*; @text says more. */
void rp_agent_call_fail (RpAgentCall *self, RpBusError code, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpAgentCall, rp_agent_call_free)

G_END_DECLS
