/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-settlement-private.h"

guint
rp_settlement_count_on (const RpSettlement *self,
                        const RpLane *lane,
                        TravellerState state)
{
  guint n = 0;

  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->lane == lane
        && get_traveller (self, i)->state == state)
      n++;

  return n;
}

void
rp_settlement_close_lane (RpSettlement *self, RpLane *lane, gboolean is_polite)
{
  gboolean was_started = lane->state != RP_LANE_NEW;

  if (lane->state == RP_LANE_CLOSED)
    return;

  lane->state = RP_LANE_CLOSED;
  lane->deadline_ms = -1;
  if (was_started)
    rp_settlement_act (self, RP_ACTION_CLOSE, lane)->is_polite = is_polite;
}

/* How long a server may take for its reply: short while a program waits. */
static gint64
get_reply_ms (const RpSettlement *self, const RpLane *lane)
{
  if (lane->state == RP_LANE_RESETTING)
    return RESET_MS;
  return self->custody == CUSTODY_HELD ? REPLY_IN_CUSTODY_MS : REPLY_MS;
}

/* Whatever is due goes out; then it is the server's turn, within bounds. */
void
rp_settlement_flush_lane (RpSettlement *self, RpLane *lane)
{
  GBytes *bytes;

  while ((bytes = rp_transaction_take_due (lane->transaction)) != NULL)
    rp_settlement_act (self, RP_ACTION_SEND, lane)->bytes = bytes;
  lane->deadline_ms = rp_transaction_has_open (lane->transaction)
                          ? self->now_ms + get_reply_ms (self, lane)
                          : -1;
}

/* Nobody is on it any more: out of its transaction without leaving content, and away.
 * A lane that is past its end of data is listened to, so that the story tells what
 * became of it. */
void
rp_settlement_retire_lane (RpSettlement *self, RpLane *lane)
{
  switch (lane->state)
    {
    case RP_LANE_NEW:
    case RP_LANE_POPPING:
    case RP_LANE_PAUSING:
    case RP_LANE_CONNECTING:
    case RP_LANE_UPLOADING:
    case RP_LANE_MARKING:
      rp_settlement_close_lane (self, lane, FALSE);
      break;
    case RP_LANE_IDLE:
      rp_settlement_close_lane (self, lane, TRUE);
      break;
    case RP_LANE_GATHERING:
    case RP_LANE_COMMITTING:
      lane->state = RP_LANE_RESETTING;
      rp_transaction_reset (lane->transaction);
      rp_settlement_flush_lane (self, lane);
      break;
    case RP_LANE_ENDING:
    case RP_LANE_UPLOADED:
      lane->deadline_ms = MIN (lane->deadline_ms, self->now_ms + LINGER_MS);
      break;
    case RP_LANE_RESETTING:
    case RP_LANE_CLOSED:
      break;
    }
}

void
rp_settlement_connect_lane (RpSettlement *self, RpLane *lane)
{
  RpAction *action;

  lane->state = RP_LANE_CONNECTING;
  lane->deadline_ms = self->now_ms + LAST_CONNECT_MS;
  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->lane == lane
        && rp_itinerary_has_next (get_traveller (self, i)->itinerary, self->closures))
      lane->deadline_ms = self->now_ms + CONNECT_MS;
  action = rp_settlement_act (self, RP_ACTION_CONNECT, lane);
  action->route = lane->route;
  action->wants_fresh_secret = lane->has_fresh_secret;
}

void
rp_settlement_pop_lane (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_POPPING;
  lane->deadline_ms =
      self->now_ms + (self->custody == CUSTODY_HELD ? POP_IN_CUSTODY_MS : POP_MS);
  rp_settlement_act (self, RP_ACTION_POP, lane)->route = lane->route;
}

void
rp_settlement_start_lane (RpSettlement *self, RpLane *lane)
{
  if (lane->needs_pop)
    rp_settlement_pop_lane (self, lane);
  else
    rp_settlement_connect_lane (self, lane);
}

static gboolean
has_room (const RpSettlement *self, const RpLane *lane)
{
  guint limit = lane->capabilities->max_recipients;

  return limit == 0
         || rp_settlement_count_on (self, lane, TRAVELLER_ASKED)
                    + rp_settlement_count_on (self, lane, TRAVELLER_READY)
                < limit;
}

static void
ask (RpSettlement *self, RpLane *lane, Traveller *traveller)
{
  if (!has_room (self, lane))
    {
      traveller->state = TRAVELLER_SPLIT;
      return;
    }

  traveller->state = TRAVELLER_ASKED;
  rp_transaction_add_recipient (lane->transaction, traveller->index);
}

void
rp_settlement_join_lane (RpSettlement *self, RpLane *lane, Traveller *traveller)
{
  traveller->lane = lane;
  traveller->state = TRAVELLER_ASKED;
  if (traveller->route->permission == RP_PERMISSION_POP)
    lane->needs_pop = TRUE;
  if (lane->state == RP_LANE_GATHERING)
    {
      ask (self, lane, traveller);
      rp_settlement_flush_lane (self, lane);
    }
  else if (lane->state > RP_LANE_GATHERING)
    traveller->state = TRAVELLER_SPLIT;
}

void
rp_settlement_begin_transaction (RpSettlement *self, RpLane *lane)
{
  gboolean is_alone = rp_envelope_get_n_recipients (self->envelope) == 1;
  g_autoptr (RpTransaction) earlier = g_steal_pointer (&lane->transaction);
  g_autoptr (GPtrArray) boarding = g_ptr_array_new ();

  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->lane == lane
        && (get_traveller (self, i)->state == TRAVELLER_ASKED
            || get_traveller (self, i)->state == TRAVELLER_SPLIT))
      {
        get_traveller (self, i)->state = TRAVELLER_SPLIT;
        g_ptr_array_add (boarding, get_traveller (self, i));
      }
  lane->transaction =
      rp_transaction_new (self->envelope, self->facts, lane->capabilities, is_alone);
  rp_transaction_follow (lane->transaction, earlier);
  lane->state = RP_LANE_GATHERING;
  for (guint i = 0; i < boarding->len; i++)
    ask (self, lane, (Traveller *) g_ptr_array_index (boarding, i));
  rp_settlement_flush_lane (self, lane);
}

void
rp_settlement_release_lane (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_COMMITTING;
  rp_transaction_release (lane->transaction);
  /* DATA rode along, and the server was faster than what kept the lane back. */
  if (rp_transaction_wants_content (lane->transaction))
    rp_settlement_send_content (self, lane);
  else
    rp_settlement_flush_lane (self, lane);
}

/* The next routes are those of the place that we are leaving: the new plan decides. Who
 * stops begins nothing. */
static void
suspend (RpSettlement *self, Traveller *traveller)
{
  if (self->is_stopped)
    rp_settlement_settle (self, traveller,
                          rp_fate_new (RP_FATE_WAITING, traveller->address, NULL, NULL,
                                       rp_reason_new (RP_REASON_STOPPING, NULL)));
  else if (self->is_paused)
    {
      traveller->state = TRAVELLER_PAUSED;
      rp_settlement_record (self, traveller);
    }
}

/* A refusal shows that no POP login lets us in, whatever we remember: the next lane
 * that needs one has it made. Once a message, or a server that never lets us relay
 * would have a login for each of its endpoints. */
static void
forget_pop (RpSettlement *self, const Traveller *traveller)
{
  const RpServer *server = traveller->route->server;

  if (!rp_itinerary_has_pop (traveller->itinerary, server)
      || rp_closures_has (self->closures, RP_CLOSURE_POP_AGAIN, server->name))
    return;

  rp_closures_close (self->closures, RP_CLOSURE_POP_AGAIN, server->name);
  rp_settlement_act (self, RP_ACTION_FORGET_POP, traveller->lane)->route =
      traveller->route;
}

/* Only a code of its own makes it certain that the recipient is meant (RFC 3463 section
 * 3.2): who relays for nobody says 550 as well, and not always in words that we know.
 */
static gboolean
is_about_recipient (const RpReply *reply)
{
  return reply != NULL && reply->enhanced != NULL
         && g_str_has_prefix (reply->enhanced, "5.1.");
}

/* We took it that an earlier POP login still counts. Then a door that is shut, in
 * whatever words, is no answer to the message yet. */
static gboolean
is_shut_after_all (const Traveller *traveller,
                   RpVerdict verdict,
                   RpVerdictStage stage,
                   const RpReply *reply)
{
  if (!traveller->lane->trusts_memory
      || traveller->route->permission != RP_PERMISSION_POP)
    return FALSE;
  if (stage != RP_STAGE_MAIL && stage != RP_STAGE_RCPT)
    return FALSE;
  return verdict == RP_VERDICT_RELAY_DENIED || verdict == RP_VERDICT_AUTH_NEEDED
         || verdict == RP_VERDICT_REFUSED
         || (verdict == RP_VERDICT_RECIPIENT_REFUSED && !is_about_recipient (reply));
}

void
rp_settlement_end_route (RpSettlement *self,
                         Traveller *traveller,
                         RpVerdict verdict,
                         RpVerdictStage stage,
                         const RpReply *reply,
                         const RpReason *reason)
{
  const RpRoute *route = traveller->route;
  const gboolean is_shut = is_shut_after_all (traveller, verdict, stage, reply);
  RpFate *fate = NULL;

  if (is_shut || verdict == RP_VERDICT_RELAY_DENIED)
    forget_pop (self, traveller);
  if (!is_shut || !rp_itinerary_repeat_pop (traveller->itinerary, route))
    {
      fate = rp_itinerary_end_route (traveller->itinerary, route, verdict, stage, reply,
                                     rp_reason_copy (reason));
      if (verdict == RP_VERDICT_RELAY_DENIED)
        rp_settlement_learn (self, RP_ACTION_LEARN, RP_LESSON_RELAY_DENIED,
                             route->server->name);
    }
  traveller->lane = NULL;
  traveller->state = TRAVELLER_NEW;
  if (fate != NULL)
    rp_settlement_settle (self, traveller, fate);
  else
    suspend (self, traveller);
}

gboolean
rp_settlement_is_on (const Traveller *traveller, const RpLane *lane)
{
  return traveller->lane == lane
         && (traveller->state == TRAVELLER_ASKED || traveller->state == TRAVELLER_READY
             || traveller->state == TRAVELLER_SPLIT);
}

void
rp_settlement_end_routes (RpSettlement *self,
                          RpLane *lane,
                          RpVerdict verdict,
                          RpVerdictStage stage,
                          const RpReply *reply,
                          const RpReason *reason)
{
  for (guint i = 0; i < self->travellers->len; i++)
    if (rp_settlement_is_on (get_traveller (self, i), lane))
      rp_settlement_end_route (self, get_traveller (self, i), verdict, stage, reply,
                               reason);
}

/* No other route, whatever there is: they wait. */
void
rp_settlement_hold_all (RpSettlement *self,
                        RpLane *lane,
                        const RpReply *reply,
                        const RpReason *reason)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (rp_settlement_is_on (traveller, lane))
        rp_settlement_settle (self, traveller,
                              rp_fate_new (RP_FATE_WAITING, traveller->address,
                                           lane->route->server->name, reply,
                                           rp_reason_copy (reason)));
    }
}

/* Past the end of data: the server may have it. Who was to follow in a later
 * transaction has not been sent for certain. */
void
rp_settlement_doubt_lane (RpSettlement *self, RpLane *lane)
{
  const char *server = lane->route->server->name;

  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (!rp_settlement_is_on (traveller, lane))
        continue;

      if (traveller->state == TRAVELLER_READY)
        rp_settlement_settle (
            self, traveller,
            rp_fate_new (RP_FATE_DOUBT, traveller->address, server, NULL,
                         rp_reason_new (RP_REASON_IN_DOUBT, server, NULL)));
      else
        rp_settlement_settle (
            self, traveller,
            rp_fate_new (RP_FATE_WAITING, traveller->address, server, NULL,
                         rp_reason_new (RP_REASON_UNREACHABLE,
                                        lane->route->endpoint->url, "", NULL)));
    }
}
