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

gboolean
rp_settlement_is_past_end_of_data (const Traveller *traveller)
{
  return traveller->state == TRAVELLER_READY && traveller->lane != NULL
         && traveller->lane->state == RP_LANE_UPLOADED;
}

static gboolean
may_anybody_have_it (const RpSettlement *self)
{
  for (guint i = 0; i < self->travellers->len; i++)
    if (rp_settlement_may_have_arrived (get_traveller (self, i)))
      return TRUE;

  return FALSE;
}

/* The program is not kept waiting any longer: somebody's no where nobody has the
 * message, else we take it. */
static void
end_waiting (RpSettlement *self)
{
  if (self->is_answered || self->custody != CUSTODY_NONE)
    return;

  if (rp_settlement_count_fates (self, RP_FATE_REFUSED) > 0
      && !rp_settlement_is_served (self) && !may_anybody_have_it (self))
    rp_settlement_answer (self);
  else
    rp_settlement_take_custody (self);
}

/* A program that left after its final dot has handed the message over: a no would
 * reach nobody. What is under way goes on. */
void
rp_settlement_on_client_gone (RpSettlement *self)
{
  if (self->custody != CUSTODY_NONE || self->is_answered)
    return;

  self->interruption = RP_REASON_PROGRAM_GONE;
  rp_settlement_take_custody (self);
}

void
rp_settlement_on_stopping (RpSettlement *self)
{
  if (self->is_stopped || (self->is_answered && self->custody != CUSTODY_HELD))
    return;

  self->is_paused = FALSE;
  self->is_stopped = TRUE;
  self->interruption = RP_REASON_STOPPING;
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->state == TRAVELLER_SETTLED
          || rp_settlement_is_past_end_of_data (traveller))
        continue;

      rp_settlement_settle (self, traveller,
                            rp_fate_new (RP_FATE_WAITING, traveller->address, NULL,
                                         NULL,
                                         rp_reason_new (RP_REASON_STOPPING, NULL)));
    }
  cut_lanes (self);
  end_waiting (self);
}

/* Who has it, may have it, or has been told no after our yes, is done with. */
static gboolean
is_kept (const RpSettlement *self, const Traveller *traveller)
{
  if (traveller->fate == NULL)
    return rp_settlement_is_past_end_of_data (traveller);

  switch (traveller->fate->kind)
    {
    case RP_FATE_SENT:
    case RP_FATE_DOUBT:
      return TRUE;
    case RP_FATE_REFUSED:
      return self->custody == CUSTODY_HELD;
    case RP_FATE_OPEN:
    case RP_FATE_WAITING:
      return FALSE;
    }
  g_return_val_if_reached (TRUE);
}

void
rp_settlement_on_network_changed (RpSettlement *self)
{
  if ((self->is_answered && self->custody != CUSTODY_HELD) || self->is_stopped)
    return;

  self->is_paused = TRUE;
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (is_kept (self, traveller))
        continue;

      g_clear_pointer (&traveller->fate, rp_fate_free);
      traveller->state = TRAVELLER_PAUSED;
      traveller->lane = NULL;
      rp_settlement_record (self, traveller);
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

      /* Also who is past the end of data: should that be refused, the next route is
       * one of here. */
      rp_itinerary_free (traveller->itinerary);
      traveller->itinerary = rp_itinerary_new (plan, i, self->envelope->sender);
      if (traveller->state != TRAVELLER_PAUSED)
        continue;

      traveller->state = TRAVELLER_NEW;
      traveller->route = NULL;
      rp_settlement_tell_left_out (self, i);
    }
  rp_settlement_advance (self);
}

/* Who is still on a lane: which server it is that kept us waiting, and at what. Who was
 * accepted at RCPT and is kept back for another one says nothing: that one does. */
RpReason *
rp_settlement_dup_delay (const RpSettlement *self, const Traveller *traveller)
{
  g_autofree char *seconds =
      g_strdup_printf ("%u", (self->options.patience_ms + 999) / 1000);
  RpReasonCode code = RP_REASON_TIMED_OUT;

  if (self->interruption != RP_REASON_NONE)
    return rp_reason_new (self->interruption, NULL);
  if (self->plan->connectivity == RP_CONNECTIVITY_NONE)
    return rp_reason_new (RP_REASON_OFFLINE, NULL);
  if (traveller->state == TRAVELLER_READY
      && traveller->lane->state == RP_LANE_GATHERING)
    return NULL;
  if (traveller->state == TRAVELLER_PAUSED || traveller->route == NULL)
    return rp_reason_new (RP_REASON_NETWORK_CHANGED, NULL);
  if (traveller->lane != NULL && traveller->lane->state >= RP_LANE_UPLOADING
      && traveller->lane->state <= RP_LANE_UPLOADED)
    code = RP_REASON_TOO_SLOW;
  return rp_reason_new (code, traveller->route->server->name, seconds, NULL);
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
  if (self->patience_ends_ms <= self->now_ms)
    end_waiting (self);
}
