/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes between: patience ends, the program leaves, the network changes, the agent
 * stops. What is past its end of data the server may have; all else is given up. */
#include "core/rp-settlement-private.h"

/* Ends everything that is not past its end of data; what is, the server may have: its
 * reply is waited for, but nobody else boards a connection that may be dead. */
static void
cut_lanes (RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      RpLane *lane = get_lane (self, i);

      if (lane->state == RP_LANE_UPLOADED)
        {
          lane->deadline_ms = self->now_ms + AFTER_CHANGE_MS;
          lane->is_spent = TRUE;
        }
      else
        rp_settlement_close_lane (self, lane, FALSE);
    }
}

static gboolean
is_past_end_of_data (const Traveller *traveller)
{
  return traveller->state == TRAVELLER_READY && traveller->lane != NULL
         && traveller->lane->state == RP_LANE_UPLOADED;
}

/* @reason: (transfer none): why nothing more is done for who has not got it yet. */
static void
stop_all (RpSettlement *self, const RpReason *reason)
{
  if (self->is_answered)
    return;

  self->is_paused = FALSE;
  self->is_stopped = TRUE;
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->state == TRAVELLER_SETTLED || is_past_end_of_data (traveller))
        continue;

      rp_settlement_settle (self, traveller,
                            rp_fate_new (RP_FATE_WAITING, traveller->address, NULL,
                                         NULL, rp_reason_copy (reason)));
    }
  cut_lanes (self);
}

void
rp_settlement_on_network_changed (RpSettlement *self)
{
  if (self->is_answered || self->is_stopped)
    return;

  self->is_paused = TRUE;
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      gboolean is_kept = traveller->fate != NULL
                         && (traveller->fate->kind == RP_FATE_SENT
                             || traveller->fate->kind == RP_FATE_DOUBT);

      if (is_kept || is_past_end_of_data (traveller))
        continue;

      g_clear_pointer (&traveller->fate, rp_fate_free);
      traveller->state = TRAVELLER_PAUSED;
      traveller->lane = NULL;
    }
  cut_lanes (self);
}

void
rp_settlement_replan (RpSettlement *self,
                      RpPlan *plan,
                      gint64 now_ms,
                      GPtrArray *actions)
{
  rp_settlement_begin (self, now_ms, actions);
  rp_settlement_take_plan (self, plan);
  self->is_paused = FALSE;
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->state != TRAVELLER_PAUSED)
        continue;

      rp_itinerary_free (traveller->itinerary);
      traveller->itinerary = rp_itinerary_new (plan, i, self->envelope->sender);
      traveller->state = TRAVELLER_NEW;
      traveller->route = NULL;
      rp_settlement_tell_left_out (self, i);
    }
  rp_settlement_advance (self);
}

/* Who is still on a lane: which server it is that kept us waiting, and at what. */
static RpReason *
dup_impatience (const RpSettlement *self, const Traveller *traveller)
{
  g_autofree char *seconds = g_strdup_printf ("%u", self->patience_ms / 1000);
  RpReasonCode code = RP_REASON_TIMED_OUT;

  if (traveller->state == TRAVELLER_PAUSED || traveller->route == NULL)
    return rp_reason_new (RP_REASON_NETWORK_CHANGED, NULL);
  if (traveller->lane != NULL && traveller->lane->state == RP_LANE_UPLOADING)
    code = RP_REASON_TOO_SLOW;
  return rp_reason_new (code, traveller->route->server->name, seconds, NULL);
}

static void
on_patience_over (RpSettlement *self)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      const char *server =
          traveller->route != NULL ? traveller->route->server->name : NULL;

      /* Accepted at RCPT and kept back for another one: that one names the cause. */
      if (traveller->state == TRAVELLER_SETTLED || is_past_end_of_data (traveller)
          || (traveller->state == TRAVELLER_READY
              && traveller->lane->state == RP_LANE_GATHERING))
        continue;

      rp_settlement_settle (self, traveller,
                            rp_fate_new (RP_FATE_WAITING, traveller->address, server,
                                         NULL, dup_impatience (self, traveller)));
    }
  for (guint i = 0; i < self->lanes->len; i++)
    if (get_lane (self, i)->state == RP_LANE_UPLOADED)
      rp_settlement_doubt_lane (self, get_lane (self, i));
  self->is_paused = FALSE;
  rp_settlement_answer (self);
}

void
rp_settlement_on_tick (RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      RpLane *lane = get_lane (self, i);

      if (lane->deadline_ms >= 0 && lane->deadline_ms <= self->now_ms)
        rp_settlement_on_lane_silent (self, lane);
    }
  if (!self->is_answered && self->patience_ends_ms <= self->now_ms)
    on_patience_over (self);
}

void
rp_settlement_on_stopping (RpSettlement *self, RpReasonCode code)
{
  g_autoptr (RpReason) reason = rp_reason_new (code, NULL);

  stop_all (self, reason);
}
