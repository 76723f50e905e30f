/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-settlement.h"

#include "core/rp-settlement-private.h"

/* Without a link there is nothing to wait for but a network that comes up just now. */
#define OFFLINE_PATIENCE_MS (5 * 1000)

static void
traveller_free (Traveller *traveller)
{
  rp_itinerary_free (traveller->itinerary);
  rp_fate_free (traveller->fate);
  g_free (traveller);
}

void
rp_settlement_take_plan (RpSettlement *self, RpPlan *plan)
{
  self->plan = plan;
  g_ptr_array_add (self->plans, plan);
  g_clear_pointer (&self->closures, rp_closures_free);
  self->closures = rp_closures_new ();
  /* Behind a portal every server is the portal. */
  if (plan->connectivity == RP_CONNECTIVITY_PORTAL)
    rp_closures_close_outside (self->closures);
}

static void
add_travellers (RpSettlement *self)
{
  for (guint i = 0; i < rp_envelope_get_n_recipients (self->envelope); i++)
    {
      Traveller *traveller = g_new0 (Traveller, 1);

      traveller->index = i;
      traveller->address = rp_envelope_get_recipient (self->envelope, i)->address;
      traveller->itinerary = rp_itinerary_new (self->plan, i, self->envelope->sender);
      if (self->custody == CUSTODY_HELD)
        traveller->recorded = RP_FATE_WAITING;
      g_ptr_array_add (self->travellers, traveller);
    }
}

RpSettlement *
rp_settlement_new (const char *message_id,
                   RpPlan *plan,
                   const RpEnvelope *envelope,
                   const RpContentFacts *facts,
                   const RpSettlementOptions *options,
                   gint64 now_ms)
{
  RpSettlement *self = g_new0 (RpSettlement, 1);

  self->message_id = g_strdup (message_id);
  self->envelope = rp_envelope_copy (envelope);
  self->facts = rp_content_facts_copy (facts);
  self->options = *options;
  if (plan->connectivity == RP_CONNECTIVITY_NONE)
    self->options.patience_ms = MIN (options->patience_ms, OFFLINE_PATIENCE_MS);
  self->patience_ends_ms = now_ms + self->options.patience_ms;
  if (options->is_in_custody)
    {
      self->custody = CUSTODY_HELD;
      self->is_answered = TRUE;
    }
  self->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_plan_free);
  self->travellers = g_ptr_array_new_with_free_func ((GDestroyNotify) traveller_free);
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_lane_free);
  rp_settlement_take_plan (self, plan);
  add_travellers (self);
  return self;
}

void
rp_settlement_free (RpSettlement *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->travellers);
  g_ptr_array_unref (self->lanes);
  g_ptr_array_unref (self->plans);
  rp_closures_free (self->closures);
  rp_envelope_free (self->envelope);
  rp_content_facts_free (self->facts);
  g_free (self->custody_trouble);
  g_free (self->message_id);
  g_free (self);
}

RpAction *
rp_settlement_act (RpSettlement *self, RpActionKind kind, const RpLane *lane)
{
  RpAction *action = rp_action_new (kind, lane != NULL ? lane->id : 0);

  g_ptr_array_add (self->actions, action);
  return action;
}

RpStep *
rp_settlement_step (RpSettlement *self, RpStepKind kind, const RpRoute *route)
{
  RpStep *step = rp_step_new (kind, self->message_id);

  if (route != NULL)
    {
      step->server = g_strdup (route->server->name);
      step->endpoint = g_strdup (route->endpoint->url);
    }
  rp_settlement_act (self, RP_ACTION_STEP, NULL)->step = step;
  return step;
}

/* A place that nothing identifies teaches nothing, and being offline is no place. */
void
rp_settlement_learn (RpSettlement *self,
                     RpActionKind kind,
                     RpLessonKind lesson,
                     const char *subject)
{
  const char *place = self->plan->place;

  if (place == NULL || *place == '\0'
      || self->plan->connectivity == RP_CONNECTIVITY_NONE)
    return;

  rp_settlement_act (self, kind, NULL)->lesson =
      rp_lesson_new (lesson, place, subject, 0);
}

static RpStepKind
get_step_kind (RpFateKind kind)
{
  switch (kind)
    {
    case RP_FATE_SENT:
      return RP_STEP_SENT;
    case RP_FATE_REFUSED:
      return RP_STEP_REFUSED;
    case RP_FATE_DOUBT:
      return RP_STEP_DOUBT;
    case RP_FATE_OPEN:
    case RP_FATE_WAITING:
      return RP_STEP_WAITING;
    }
  g_return_val_if_reached (RP_STEP_WAITING);
}

/* With no link at all the one true reason is that, not each server's silence. */
static void
name_offline (const RpSettlement *self, RpFate *fate)
{
  if (self->plan->connectivity != RP_CONNECTIVITY_NONE || fate->kind != RP_FATE_WAITING
      || fate->reply != NULL || fate->server == NULL)
    return;

  g_ptr_array_set_size (fate->reasons, 0);
  rp_fate_add_reason (fate, rp_reason_new (RP_REASON_OFFLINE, NULL));
}

void
rp_settlement_settle (RpSettlement *self, Traveller *traveller, RpFate *fate)
{
  RpStep *step;

  name_offline (self, fate);
  rp_fate_free (traveller->fate);
  traveller->fate = fate;
  traveller->state = TRAVELLER_SETTLED;
  rp_settlement_record (self, traveller);
  step = rp_settlement_step (self, get_step_kind (fate->kind), NULL);
  step->recipient = g_strdup (traveller->address);
  step->server = g_strdup (fate->server);
  step->reply = fate->reply != NULL ? rp_reply_copy (fate->reply) : NULL;
  step->reason = rp_reason_copy (rp_fate_get_reason (fate));
}

static gboolean
has_any (const RpSettlement *self, TravellerState state)
{
  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->state == state)
      return TRUE;

  return FALSE;
}

static RpLane *
find_lane_for (const RpSettlement *self, const RpRoute *route)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (rp_lane_can_carry (get_lane (self, i), route))
      return get_lane (self, i);

  return NULL;
}

static RpLane *
open_lane (RpSettlement *self, const RpRoute *route)
{
  RpLane *lane = rp_lane_new (self->lanes->len + 1, route);

  g_ptr_array_add (self->lanes, lane);
  return lane;
}

static void
place (RpSettlement *self, Traveller *traveller, const RpRoute *route)
{
  RpLane *lane = find_lane_for (self, route);
  RpStep *step = rp_settlement_step (self, RP_STEP_PLANNED, route);

  step->recipient = g_strdup (traveller->address);
  step->reason = rp_reason_copy (route->reason);
  traveller->route = route;
  rp_settlement_join_lane (self, lane != NULL ? lane : open_lane (self, route),
                           traveller);
}

static void
place_all (RpSettlement *self)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      const RpRoute *route;

      if (traveller->state != TRAVELLER_NEW)
        continue;

      route = rp_itinerary_take_next (traveller->itinerary, self->closures);
      if (route != NULL)
        place (self, traveller, route);
      else
        rp_settlement_settle (self, traveller,
                              rp_itinerary_conclude (traveller->itinerary));
    }
}

static void
start_lanes (RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (get_lane (self, i)->state == RP_LANE_NEW)
      rp_settlement_start_lane (self, get_lane (self, i));
}

static gboolean
is_lane_wanted (const RpSettlement *self, const RpLane *lane)
{
  return rp_settlement_count_on (self, lane, TRAVELLER_ASKED)
             + rp_settlement_count_on (self, lane, TRAVELLER_READY)
             + rp_settlement_count_on (self, lane, TRAVELLER_SPLIT)
         > 0;
}

static void
retire_lanes (RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      RpLane *lane = get_lane (self, i);

      if (!is_lane_wanted (self, lane))
        rp_settlement_retire_lane (self, lane);
    }
}

static gboolean
is_committing (const RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      const RpLane *lane = get_lane (self, i);

      if (lane->state >= RP_LANE_COMMITTING && lane->state <= RP_LANE_UPLOADED
          && is_lane_wanted (self, lane))
        return TRUE;
    }

  return FALSE;
}

/* Content goes to one server after the other: in the order of their first recipient. */
static RpLane *
find_lane_with (const RpSettlement *self, TravellerState state)
{
  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->state == state)
      return get_traveller (self, i)->lane;

  return NULL;
}

/* The fate of everybody is known: commit the next, or conclude. As long as a program
 * waits, one who is refused or has to wait keeps the message from all, and nobody has
 * half of it. Once a server has accepted it, or it is in custody, the others get it
 * where they can. */
static void
decide (RpSettlement *self)
{
  RpLane *lane;

  if (self->custody == CUSTODY_TAKING)
    return;

  if (self->custody == CUSTODY_NONE && !rp_settlement_is_served (self)
      && has_any (self, TRAVELLER_SETTLED))
    rp_settlement_conclude (self);
  else if ((lane = find_lane_with (self, TRAVELLER_READY)) != NULL)
    rp_settlement_release_lane (self, lane);
  else if ((lane = find_lane_with (self, TRAVELLER_SPLIT)) != NULL)
    rp_settlement_begin_transaction (self, lane);
  else if (self->custody == CUSTODY_NONE)
    rp_settlement_conclude (self);
}

/* Whether there is still something to be done for somebody. */
static gboolean
is_active (const RpSettlement *self)
{
  return !self->is_paused && !self->is_stopped
         && (!self->is_answered || self->custody == CUSTODY_HELD);
}

/* In custody without a plan, somebody still has a way to go. */
static gboolean
is_over (const RpSettlement *self)
{
  return self->is_answered && !self->is_paused && self->custody != CUSTODY_TAKING;
}

static gboolean
are_lanes_closed (const RpSettlement *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (get_lane (self, i)->state != RP_LANE_CLOSED)
      return FALSE;

  return TRUE;
}

void
rp_settlement_advance (RpSettlement *self)
{
  if (is_active (self))
    {
      place_all (self);
      start_lanes (self);
      if (!has_any (self, TRAVELLER_ASKED) && !is_committing (self))
        decide (self);
    }
  retire_lanes (self);
  if (is_over (self) && !self->is_done && are_lanes_closed (self))
    {
      self->is_done = TRUE;
      rp_settlement_act (self, RP_ACTION_DONE, NULL);
    }
}

void
rp_settlement_begin (RpSettlement *self, gint64 now_ms, GPtrArray *actions)
{
  self->now_ms = now_ms;
  self->actions = actions;
}

void
rp_settlement_tell_left_out (RpSettlement *self, guint index)
{
  const RpRecipientPlan *recipient = rp_plan_get_recipient (self->plan, index);

  for (guint i = 0; i < recipient->left_out->len; i++)
    {
      const RpLeftOut *left_out =
          (const RpLeftOut *) g_ptr_array_index (recipient->left_out, i);
      RpStep *step = rp_settlement_step (self, RP_STEP_LEFT_OUT, NULL);

      step->recipient = g_strdup (recipient->address);
      step->server = g_strdup (left_out->server);
      step->endpoint = g_strdup (left_out->endpoint);
      step->reason = rp_reason_copy (left_out->reason);
    }
}

void
rp_settlement_start (RpSettlement *self, gint64 now_ms, GPtrArray *actions)
{
  rp_settlement_begin (self, now_ms, actions);
  for (guint i = 0; i < self->travellers->len; i++)
    rp_settlement_tell_left_out (self, i);
  rp_settlement_advance (self);
}

void
rp_settlement_handle (RpSettlement *self,
                      const RpEvent *event,
                      gint64 now_ms,
                      GPtrArray *actions)
{
  if (self->is_done)
    return;

  rp_settlement_begin (self, now_ms, actions);
  switch (event->kind)
    {
    case RP_EVENT_CONNECTED:
    case RP_EVENT_CONNECT_FAILED:
    case RP_EVENT_POP_DONE:
    case RP_EVENT_POP_FAILED:
    case RP_EVENT_REPLY:
    case RP_EVENT_CONTENT_READY:
    case RP_EVENT_CONTENT_SENT:
    case RP_EVENT_CONTENT_FAILED:
    case RP_EVENT_PROGRESS:
    case RP_EVENT_LOST:
    case RP_EVENT_RECORDED:
    case RP_EVENT_RECORD_FAILED:
      if (event->lane >= 1 && event->lane <= self->lanes->len)
        rp_settlement_on_lane_event (self, get_lane (self, event->lane - 1), event);
      break;
    case RP_EVENT_CLIENT_GONE:
      rp_settlement_on_client_gone (self);
      break;
    case RP_EVENT_CUSTODY_TAKEN:
      rp_settlement_on_custody_taken (self);
      break;
    case RP_EVENT_CUSTODY_FAILED:
      rp_settlement_on_custody_failed (self, event->text);
      break;
    case RP_EVENT_NETWORK_CHANGED:
      rp_settlement_on_network_changed (self);
      break;
    case RP_EVENT_STOPPING:
      rp_settlement_on_stopping (self);
      break;
    case RP_EVENT_TICK:
      rp_settlement_on_tick (self);
      break;
    }
  rp_settlement_advance (self);
}

gint64
rp_settlement_get_deadline_ms (const RpSettlement *self)
{
  gint64 deadline_ms =
      self->is_answered || self->custody != CUSTODY_NONE ? -1 : self->patience_ends_ms;

  if (self->is_done)
    return -1;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      gint64 lane_ms = get_lane (self, i)->deadline_ms;

      if (lane_ms >= 0 && (deadline_ms < 0 || lane_ms < deadline_ms))
        deadline_ms = lane_ms;
    }

  return deadline_ms;
}
