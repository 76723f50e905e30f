/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the message is on disk, and when: taken whole, then a record for each
 * recipient whose fate changes. What is recorded is never better than what is true: a
 * crash at any moment may make us ask the user, never send twice or forget. */
#include "core/rp-settlement-private.h"

/* Its end of data has left, or may leave at any moment. */
gboolean
rp_settlement_may_have_arrived (const Traveller *traveller)
{
  return traveller->state == TRAVELLER_READY && traveller->lane != NULL
         && (traveller->lane->state == RP_LANE_ENDING
             || traveller->lane->state == RP_LANE_UPLOADED);
}

/* What is known of a recipient at this moment: past its end of data the server may have
 * the message, whatever comes. */
static RpFate *
dup_present_fate (const RpSettlement *self, const Traveller *traveller)
{
  const char *server = traveller->route != NULL ? traveller->route->server->name : NULL;

  if (traveller->fate != NULL)
    return rp_fate_copy (traveller->fate);
  if (rp_settlement_may_have_arrived (traveller))
    return rp_fate_new (RP_FATE_DOUBT, traveller->address, server, NULL,
                        rp_reason_new (RP_REASON_IN_DOUBT, server, NULL));
  return rp_fate_new (RP_FATE_WAITING, traveller->address, server, NULL,
                      rp_settlement_dup_delay (self, traveller));
}

static void
add_record (RpSettlement *self, RpAction *action, Traveller *traveller, RpFate *fate)
{
  traveller->recorded = fate->kind;
  rp_action_add_record (action, traveller->index, fate);
}

void
rp_settlement_take_custody (RpSettlement *self)
{
  RpAction *action;

  if (self->custody != CUSTODY_NONE || self->is_answered)
    return;

  self->custody = CUSTODY_TAKING;
  action = rp_settlement_act (self, RP_ACTION_TAKE_CUSTODY, NULL);
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      add_record (self, action, traveller, dup_present_fate (self, traveller));
    }
}

/* The end of an attempt because we stop is no news about the recipient. */
static gboolean
is_news (const Traveller *traveller, const RpFate *fate)
{
  const RpReason *reason = rp_fate_get_reason (fate);

  return fate->kind != traveller->recorded || reason == NULL
         || reason->code != RP_REASON_STOPPING;
}

void
rp_settlement_record (RpSettlement *self, Traveller *traveller)
{
  g_autoptr (RpFate) fate = NULL;

  if (self->custody != CUSTODY_HELD)
    return;

  fate = dup_present_fate (self, traveller);
  if (is_news (traveller, fate))
    add_record (self, rp_settlement_act (self, RP_ACTION_RECORD, NULL), traveller,
                g_steal_pointer (&fate));
}

/* While the disk was at it things went on: what is no longer as recorded follows. */
static void
record_what_changed (RpSettlement *self)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      g_autoptr (RpFate) fate = dup_present_fate (self, traveller);

      if (fate->kind != traveller->recorded)
        add_record (self, rp_settlement_act (self, RP_ACTION_RECORD, NULL), traveller,
                    g_steal_pointer (&fate));
    }
}

void
rp_settlement_on_custody_taken (RpSettlement *self)
{
  if (self->custody != CUSTODY_TAKING)
    return;

  self->custody = CUSTODY_HELD;
  rp_settlement_step (self, RP_STEP_QUEUED, NULL);
  rp_settlement_answer (self);
  record_what_changed (self);
  for (guint i = 0; i < self->lanes->len; i++)
    if (get_lane (self, i)->state == RP_LANE_MARKING)
      rp_settlement_mark_lane (self, get_lane (self, i));
}

void
rp_settlement_on_custody_failed (RpSettlement *self, const char *text)
{
  if (self->custody != CUSTODY_TAKING)
    return;

  self->custody = CUSTODY_FAILED;
  self->custody_trouble = g_strdup (text);
  for (guint i = 0; i < self->lanes->len; i++)
    if (get_lane (self, i)->state == RP_LANE_UPLOADED)
      rp_settlement_doubt_lane (self, get_lane (self, i));
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->fate == NULL)
        rp_settlement_settle (self, traveller, dup_present_fate (self, traveller));
    }
  rp_settlement_answer (self);
}

/* The content is out but for its end. Should we die between that end and the reply,
 * only a record made before it can tell that the server may have the message. */
void
rp_settlement_mark_lane (RpSettlement *self, RpLane *lane)
{
  RpAction *action = NULL;

  lane->state = RP_LANE_MARKING;
  lane->deadline_ms = -1;
  if (self->custody != CUSTODY_HELD)
    return;

  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      const char *server = lane->route->server->name;

      if (traveller->lane != lane || traveller->state != TRAVELLER_READY)
        continue;

      if (action == NULL)
        action = rp_settlement_act (self, RP_ACTION_RECORD, lane);
      add_record (self, action, traveller,
                  rp_fate_new (RP_FATE_DOUBT, traveller->address, server, NULL,
                               rp_reason_new (RP_REASON_IN_DOUBT, server, NULL)));
    }
}

void
rp_settlement_on_recorded (RpSettlement *self, RpLane *lane)
{
  if (lane->state != RP_LANE_MARKING)
    return;

  lane->state = RP_LANE_ENDING;
  lane->deadline_ms = self->now_ms + STALL_MS;
  rp_settlement_act (self, RP_ACTION_SEND_END, lane);
}

/* Without the record the end of data must not leave. */
void
rp_settlement_on_record_failed (RpSettlement *self, RpLane *lane, const char *text)
{
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_UNREADABLE, text != NULL ? text : "", NULL);

  if (lane->state != RP_LANE_MARKING)
    return;

  rp_settlement_hold_all (self, lane, NULL, reason);
  rp_settlement_close_lane (self, lane, FALSE);
}
