/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-call.h"

RpAgentCall *
rp_agent_call_new (const RpAgentParts *parts,
                   RpAgent1 *interface,
                   GDBusMethodInvocation *invocation)
{
  RpAgentCall *self = g_new0 (RpAgentCall, 1);

  self->parts = parts;
  self->interface = g_object_ref (interface);
  self->invocation = invocation;
  return self;
}

void
rp_agent_call_free (RpAgentCall *self)
{
  g_object_unref (self->interface);
  g_free (self);
}

void
rp_agent_call_fail (RpAgentCall *self, RpBusError code, const char *text)
{
  g_dbus_method_invocation_return_error_literal (self->invocation, RP_BUS_ERROR,
                                                 (int) code, text);
}
