/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-lane.h"

RpLane *
rp_lane_new (guint id, const RpRoute *route)
{
  RpLane *self = g_new0 (RpLane, 1);

  self->id = id;
  self->route = route;
  self->uses_login = rp_route_uses_login (route);
  self->needs_pop = route->permission == RP_PERMISSION_POP;
  self->deadline_ms = -1;
  return self;
}

void
rp_lane_free (RpLane *self)
{
  if (self == NULL)
    return;

  rp_transaction_free (self->transaction);
  rp_capabilities_free (self->capabilities);
  g_free (self);
}

/* A connection that was open before the POP login may have been judged at its
 * beginning: who needs POP joins only what did it first. */
static gboolean
has_pop_for (const RpLane *self, const RpRoute *route)
{
  return route->permission != RP_PERMISSION_POP || self->state == RP_LANE_NEW
         || (self->needs_pop && self->state <= RP_LANE_CONNECTING);
}

static gboolean
is_joinable (RpLaneState state)
{
  switch (state)
    {
    case RP_LANE_NEW:
    case RP_LANE_POPPING:
    case RP_LANE_PAUSING:
    case RP_LANE_CONNECTING:
    case RP_LANE_GATHERING:
    case RP_LANE_COMMITTING:
    case RP_LANE_UPLOADING:
    case RP_LANE_MARKING:
    case RP_LANE_ENDING:
    case RP_LANE_UPLOADED:
    case RP_LANE_IDLE:
      return TRUE;
    case RP_LANE_RESETTING:
    case RP_LANE_CLOSED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
rp_lane_can_carry (const RpLane *self, const RpRoute *route)
{
  return !self->is_spent && is_joinable (self->state)
         && route->server == self->route->server
         && g_str_equal (route->endpoint->url, self->route->endpoint->url)
         && rp_route_uses_login (route) == self->uses_login
         && (!self->uses_login || route->permission == self->route->permission)
         && has_pop_for (self, route);
}

RpReason *
rp_lane_dup_misfit (const RpLane *self,
                    const RpEnvelope *envelope,
                    const RpContentFacts *facts)
{
  const RpCapabilities *offered = self->capabilities;
  const char *server = self->route->server->name;

  if (offered->max_message_bytes > 0 && facts->n_bytes > offered->max_message_bytes)
    {
      g_autofree char *limit =
          g_strdup_printf ("%" G_GUINT64_FORMAT, offered->max_message_bytes);

      return rp_reason_new (RP_REASON_TOO_LARGE_FOR, server, limit, NULL);
    }
  if (rp_envelope_needs_utf8 (envelope, facts) && !offered->has_smtputf8)
    return rp_reason_new (RP_REASON_CANNOT_UTF8, server, NULL);
  if (facts->is_8bit && !offered->has_8bitmime)
    return rp_reason_new (RP_REASON_CANNOT_8BIT, server, NULL);
  return NULL;
}

gboolean
rp_lane_is_submission (const RpLane *self)
{
  return self->route->endpoint->port == 465 || self->route->endpoint->port == 587;
}
