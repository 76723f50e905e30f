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

/* Whatever is due goes out; then it is the server's turn, within bounds. */
static void
flush (RpSettlement *self, RpLane *lane)
{
  GBytes *bytes;

  while ((bytes = rp_transaction_take_due (lane->transaction)) != NULL)
    rp_settlement_act (self, RP_ACTION_SEND, lane)->bytes = bytes;
  lane->deadline_ms =
      rp_transaction_has_open (lane->transaction)
          ? self->now_ms + (lane->state == RP_LANE_RESETTING ? RESET_MS : REPLY_MS)
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
    case RP_LANE_CONNECTING:
    case RP_LANE_UPLOADING:
      rp_settlement_close_lane (self, lane, FALSE);
      break;
    case RP_LANE_IDLE:
      rp_settlement_close_lane (self, lane, TRUE);
      break;
    case RP_LANE_GATHERING:
    case RP_LANE_COMMITTING:
      lane->state = RP_LANE_RESETTING;
      rp_transaction_reset (lane->transaction);
      flush (self, lane);
      break;
    case RP_LANE_UPLOADED:
      lane->deadline_ms = self->now_ms + LINGER_MS;
      break;
    case RP_LANE_RESETTING:
    case RP_LANE_CLOSED:
      break;
    }
}

static void
connect_lane (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_CONNECTING;
  lane->deadline_ms = -1;
  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->lane == lane
        && rp_itinerary_has_next (get_traveller (self, i)->itinerary, self->closures))
      lane->deadline_ms = self->now_ms + CONNECT_MS;
  rp_settlement_act (self, RP_ACTION_CONNECT, lane)->route = lane->route;
}

void
rp_settlement_start_lane (RpSettlement *self, RpLane *lane)
{
  if (!lane->needs_pop)
    {
      connect_lane (self, lane);
      return;
    }

  lane->state = RP_LANE_POPPING;
  lane->deadline_ms = self->now_ms + POP_MS;
  rp_settlement_act (self, RP_ACTION_POP, lane)->route = lane->route;
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
      flush (self, lane);
    }
  else if (lane->state > RP_LANE_GATHERING)
    traveller->state = TRAVELLER_SPLIT;
}

void
rp_settlement_begin_transaction (RpSettlement *self, RpLane *lane)
{
  gboolean is_alone = rp_envelope_get_n_recipients (self->envelope) == 1;
  g_autoptr (GPtrArray) boarding = g_ptr_array_new ();

  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->lane == lane
        && (get_traveller (self, i)->state == TRAVELLER_ASKED
            || get_traveller (self, i)->state == TRAVELLER_SPLIT))
      {
        get_traveller (self, i)->state = TRAVELLER_SPLIT;
        g_ptr_array_add (boarding, get_traveller (self, i));
      }
  rp_transaction_free (lane->transaction);
  lane->transaction =
      rp_transaction_new (self->envelope, self->facts, lane->capabilities, is_alone);
  lane->state = RP_LANE_GATHERING;
  for (guint i = 0; i < boarding->len; i++)
    ask (self, lane, (Traveller *) g_ptr_array_index (boarding, i));
  flush (self, lane);
}

void
rp_settlement_release_lane (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_COMMITTING;
  rp_transaction_release (lane->transaction);
  flush (self, lane);
}

static void
end_route (RpSettlement *self,
           Traveller *traveller,
           RpVerdict verdict,
           RpVerdictStage stage,
           const RpReply *reply,
           const RpReason *reason)
{
  const RpRoute *route = traveller->route;
  RpFate *fate = rp_itinerary_end_route (traveller->itinerary, route, verdict, stage,
                                         reply, rp_reason_copy (reason));

  if (verdict == RP_VERDICT_RELAY_DENIED)
    rp_settlement_learn (self, RP_ACTION_LEARN, RP_LESSON_RELAY_DENIED,
                         route->server->name);
  traveller->lane = NULL;
  traveller->state = TRAVELLER_NEW;
  if (fate != NULL)
    rp_settlement_settle (self, traveller, fate);
}

static gboolean
is_on (const Traveller *traveller, const RpLane *lane)
{
  return traveller->lane == lane
         && (traveller->state == TRAVELLER_ASKED || traveller->state == TRAVELLER_READY
             || traveller->state == TRAVELLER_SPLIT);
}

static void
end_routes (RpSettlement *self,
            RpLane *lane,
            RpVerdict verdict,
            RpVerdictStage stage,
            const RpReply *reply,
            const RpReason *reason)
{
  for (guint i = 0; i < self->travellers->len; i++)
    if (is_on (get_traveller (self, i), lane))
      end_route (self, get_traveller (self, i), verdict, stage, reply, reason);
}

/* No other route, whatever there is: they wait. */
static void
hold_all (RpSettlement *self,
          RpLane *lane,
          const RpReply *reply,
          const RpReason *reason)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (is_on (traveller, lane))
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
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);
      RpFateKind kind =
          traveller->state == TRAVELLER_READY ? RP_FATE_DOUBT : RP_FATE_WAITING;

      if (is_on (traveller, lane))
        rp_settlement_settle (
            self, traveller,
            rp_fate_new (
                kind, traveller->address, lane->route->server->name, NULL,
                rp_reason_new (RP_REASON_IN_DOUBT, lane->route->server->name, NULL)));
    }
}

static RpStep *
step_failed (RpSettlement *self,
             RpLane *lane,
             RpVerdict verdict,
             const RpReply *reply,
             const RpReason *reason)
{
  RpStep *step = rp_settlement_step (self, RP_STEP_FAILED, lane->route);

  step->verdict = verdict;
  step->reply = reply != NULL ? rp_reply_copy (reply) : NULL;
  step->reason = rp_reason_copy (reason);
  return step;
}

/* An endpoint with TLS that failed is no reason to talk in clear to the same server:
 * whoever blocks the one would get the other. */
static void
close_endpoint (RpSettlement *self, const RpLane *lane)
{
  const RpRoute *route = lane->route;

  rp_closures_close (self->closures, RP_CLOSURE_ENDPOINT, route->endpoint->url);
  if (route->endpoint->tls != RP_TLS_NONE)
    rp_closures_close (self->closures, RP_CLOSURE_CLEAR, route->server->name);
}

static RpReason *
dup_failure_reason (const RpLane *lane, const RpEvent *event)
{
  const RpServer *server = lane->route->server;
  const char *user = server->user != NULL ? server->user : "";
  const char *text = event->text != NULL ? event->text : "";
  const char *url = lane->route->endpoint->url;

  if (lane->state == RP_LANE_POPPING && server->pop != NULL)
    url = server->pop->url;
  switch (event->failure)
    {
    case RP_FAILURE_UNREACHABLE:
    case RP_FAILURE_TIMED_OUT:
      return rp_reason_new (RP_REASON_UNREACHABLE, url, text, NULL);
    case RP_FAILURE_HOSTILE:
      return rp_reason_new (RP_REASON_HOSTILE, url, text, NULL);
    case RP_FAILURE_LOGIN_NOT_OFFERED:
      return rp_reason_new (RP_REASON_LOGIN_NOT_OFFERED, url, NULL);
    case RP_FAILURE_NO_PASSWORD:
      return rp_reason_new (RP_REASON_NO_PASSWORD, server->name, user, NULL);
    case RP_FAILURE_KEYRING_LOCKED:
      return rp_reason_new (RP_REASON_KEYRING_LOCKED, server->name, user, NULL);
    case RP_FAILURE_KEYRING_UNAVAILABLE:
      return rp_reason_new (RP_REASON_KEYRING_UNAVAILABLE, server->name, user, NULL);
    case RP_FAILURE_LOGIN:
      return rp_reason_new (RP_REASON_LOGIN_REFUSED, server->name, user, NULL);
    case RP_FAILURE_REPLY:
      return rp_reason_new (RP_REASON_TEMPORARY, server->name, NULL);
    }
  g_return_val_if_reached (NULL);
}

static RpVerdict
judge (const RpLane *lane, const RpReply *reply, RpVerdictStage stage)
{
  RpVerdictContext context = { .stage = stage,
                               .is_submission = rp_lane_is_submission (lane),
                               .is_authenticated = lane->uses_login
                                                   && stage != RP_STAGE_CONNECT
                                                   && stage != RP_STAGE_AUTH };

  return rp_verdict_from_reply (reply, &context);
}

/* A refused login: the password is tried once a message, at no other endpoint, unless
 * the server says that logging in as such is switched off there. */
static RpVerdict
judge_login (RpSettlement *self, const RpLane *lane, const RpReply *reply)
{
  const RpRoute *route = lane->route;
  RpVerdict verdict =
      reply != NULL ? judge (lane, reply, RP_STAGE_AUTH) : RP_VERDICT_CREDENTIALS;

  if (verdict == RP_VERDICT_AUTH_DISABLED || verdict == RP_VERDICT_TEMPORARY)
    rp_closures_close (self->closures, RP_CLOSURE_LOGIN_AT, route->endpoint->url);
  else
    {
      verdict = RP_VERDICT_CREDENTIALS;
      rp_closures_close (self->closures, RP_CLOSURE_LOGIN, route->server->name);
    }
  return verdict;
}

/* Closes what the failure closes for every recipient; says what it means for these. */
static RpVerdict
judge_failure (RpSettlement *self, const RpLane *lane, const RpEvent *event)
{
  const RpRoute *route = lane->route;

  switch (event->failure)
    {
    case RP_FAILURE_UNREACHABLE:
    case RP_FAILURE_TIMED_OUT:
      close_endpoint (self, lane);
      rp_settlement_learn (self, RP_ACTION_LEARN, RP_LESSON_UNREACHABLE,
                           route->endpoint->url);
      return RP_VERDICT_UNREACHABLE;
    case RP_FAILURE_REPLY:
      close_endpoint (self, lane);
      return event->reply != NULL && !rp_reply_is_positive (event->reply)
                 ? judge (lane, event->reply, RP_STAGE_CONNECT)
                 : RP_VERDICT_UNREACHABLE;
    case RP_FAILURE_HOSTILE:
      close_endpoint (self, lane);
      rp_closures_close (self->closures, RP_CLOSURE_CLEAR, route->server->name);
      return RP_VERDICT_HOSTILE;
    case RP_FAILURE_LOGIN:
      return judge_login (self, lane, event->reply);
    case RP_FAILURE_LOGIN_NOT_OFFERED:
      rp_closures_close (self->closures, RP_CLOSURE_LOGIN_AT, route->endpoint->url);
      return RP_VERDICT_AUTH_DISABLED;
    case RP_FAILURE_NO_PASSWORD:
    case RP_FAILURE_KEYRING_LOCKED:
    case RP_FAILURE_KEYRING_UNAVAILABLE:
      rp_closures_close (self->closures, RP_CLOSURE_LOGIN, route->server->name);
      return RP_VERDICT_CREDENTIALS;
    }
  g_return_val_if_reached (RP_VERDICT_UNREACHABLE);
}

static gboolean
is_reply_failure (RpFailure failure)
{
  return failure == RP_FAILURE_REPLY || failure == RP_FAILURE_LOGIN;
}

static void
on_connect_failed (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  g_autoptr (RpReason) reason = NULL;
  RpVerdict verdict;

  if (lane->state != RP_LANE_CONNECTING)
    return;

  verdict = judge_failure (self, lane, event);
  if (!is_reply_failure (event->failure) || event->reply == NULL)
    reason = dup_failure_reason (lane, event);
  step_failed (self, lane, verdict, event->reply, reason);
  lane->state = RP_LANE_CLOSED;
  lane->deadline_ms = -1;
  end_routes (self, lane, verdict, RP_STAGE_CONNECT, event->reply, reason);
}

static void
on_pop_done (RpSettlement *self, RpLane *lane)
{
  if (lane->state == RP_LANE_POPPING)
    connect_lane (self, lane);
}

/* Who needs no POP here goes on. */
static void
on_pop_failed (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  g_autoptr (RpReason) reason = NULL;

  if (lane->state != RP_LANE_POPPING)
    return;

  reason = dup_failure_reason (lane, event);
  step_failed (self, lane, RP_VERDICT_CREDENTIALS, event->reply, reason);
  rp_closures_close (self->closures, RP_CLOSURE_POP, lane->route->server->name);
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (is_on (traveller, lane) && traveller->route->permission == RP_PERMISSION_POP)
        end_route (self, traveller, RP_VERDICT_CREDENTIALS, RP_STAGE_CONNECT, NULL,
                   reason);
    }
  if (rp_settlement_count_on (self, lane, TRAVELLER_ASKED) > 0)
    connect_lane (self, lane);
  else
    lane->state = RP_LANE_CLOSED;
}

static void
on_misfit (RpSettlement *self, RpLane *lane, const RpReason *misfit)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (!is_on (traveller, lane))
        continue;

      rp_itinerary_end_unfit (traveller->itinerary, traveller->route,
                              rp_reason_copy (misfit));
      traveller->lane = NULL;
      traveller->state = TRAVELLER_NEW;
    }
  step_failed (self, lane, RP_VERDICT_TOO_BIG, NULL, misfit);
  lane->is_spent = TRUE;
  lane->state = RP_LANE_IDLE;
  lane->deadline_ms = -1;
}

static void
on_connected (RpSettlement *self, RpLane *lane, const RpCapabilities *capabilities)
{
  g_autoptr (RpReason) misfit = NULL;

  if (lane->state != RP_LANE_CONNECTING)
    return;

  lane->capabilities = rp_capabilities_copy (capabilities);
  rp_settlement_step (self, RP_STEP_CONNECTED, lane->route);
  rp_settlement_learn (self, RP_ACTION_UNLEARN, RP_LESSON_UNREACHABLE,
                       lane->route->endpoint->url);
  misfit = rp_lane_dup_misfit (lane, self->envelope, self->facts);
  if (misfit != NULL)
    on_misfit (self, lane, misfit);
  else
    rp_settlement_begin_transaction (self, lane);
}

static void
step_reply (RpSettlement *self,
            RpLane *lane,
            const Traveller *traveller,
            RpVerdict verdict,
            const RpReply *reply)
{
  RpStep *step = rp_settlement_step (self, RP_STEP_REPLY, lane->route);

  step->recipient = traveller != NULL ? g_strdup (traveller->address) : NULL;
  step->verdict = verdict;
  step->reply = rp_reply_copy (reply);
}

static void
on_mail_answered (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpVerdict verdict;

  if (rp_reply_is_positive (reply))
    return;

  verdict = judge (lane, reply, RP_STAGE_MAIL);
  step_reply (self, lane, NULL, verdict, reply);
  end_routes (self, lane, verdict, RP_STAGE_MAIL, reply, NULL);
  lane->is_spent = TRUE;
}

/* Too many at once: the rest follows in a transaction of its own, after this one. With
 * nobody in this one there is nothing to split. */
static RpVerdict
weigh_split (const RpSettlement *self, const RpLane *lane, RpVerdict verdict)
{
  if (verdict == RP_VERDICT_SPLIT
      && rp_settlement_count_on (self, lane, TRAVELLER_READY) == 0)
    return RP_VERDICT_TEMPORARY;
  return verdict;
}

static void
on_rcpt_answered (RpSettlement *self, RpLane *lane, guint index, const RpReply *reply)
{
  Traveller *traveller = get_traveller (self, index);
  RpVerdict verdict = RP_VERDICT_ACCEPTED;

  /* After a refusal of MAIL its recipient's own reply no longer matters. */
  if (traveller->lane != lane || traveller->state != TRAVELLER_ASKED)
    return;

  if (!rp_reply_is_positive (reply))
    verdict = weigh_split (self, lane, judge (lane, reply, RP_STAGE_RCPT));
  step_reply (self, lane, traveller, verdict, reply);
  if (verdict == RP_VERDICT_ACCEPTED)
    traveller->state = TRAVELLER_READY;
  else if (verdict == RP_VERDICT_SPLIT)
    traveller->state = TRAVELLER_SPLIT;
  else
    end_route (self, traveller, verdict, RP_STAGE_RCPT, reply, NULL);
}

static void
end_ready (RpSettlement *self,
           RpLane *lane,
           RpVerdict verdict,
           RpVerdictStage stage,
           const RpReply *reply)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->lane == lane && traveller->state == TRAVELLER_READY)
        end_route (self, traveller, verdict, stage, reply, NULL);
    }
}

static void
on_data_answered (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpVerdict verdict;

  if (reply->code == 354)
    return;

  verdict = judge (lane, reply, RP_STAGE_DATA);
  if (rp_settlement_count_on (self, lane, TRAVELLER_READY) > 0)
    step_reply (self, lane, NULL, verdict, reply);
  end_ready (self, lane, verdict, RP_STAGE_DATA, reply);
  lane->state = RP_LANE_IDLE;
}

static void
mark_sent (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->lane != lane || traveller->state != TRAVELLER_READY)
        continue;

      if (traveller->route->is_relaying)
        rp_settlement_learn (self, RP_ACTION_UNLEARN, RP_LESSON_RELAY_DENIED,
                             lane->route->server->name);
      rp_settlement_settle (self, traveller,
                            rp_fate_new (RP_FATE_SENT, traveller->address,
                                         lane->route->server->name, reply, NULL));
    }
}

/* Heard after the program was told "in doubt": the story is corrected. */
static void
mark_late (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->lane != lane || traveller->fate == NULL
          || traveller->fate->kind != RP_FATE_DOUBT)
        continue;

      rp_settlement_settle (
          self, traveller,
          rp_fate_new (rp_reply_is_positive (reply) ? RP_FATE_SENT : RP_FATE_WAITING,
                       traveller->address, lane->route->server->name, reply, NULL));
    }
}

static void
on_content_answered (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpVerdict verdict = rp_reply_is_positive (reply)
                          ? RP_VERDICT_ACCEPTED
                          : judge (lane, reply, RP_STAGE_CONTENT);

  step_reply (self, lane, NULL, verdict, reply);
  lane->state = RP_LANE_IDLE;
  lane->deadline_ms = -1;
  if (rp_settlement_count_on (self, lane, TRAVELLER_READY) == 0)
    mark_late (self, lane, reply);
  else if (verdict == RP_VERDICT_ACCEPTED)
    mark_sent (self, lane, reply);
  else
    end_ready (self, lane, verdict, RP_STAGE_CONTENT, reply);
}

/* The connection is worth nothing any more. What follows for its recipients hangs on
 * how far the message had got (DESIGN 5, ambiguous). */
static void
break_lane (RpSettlement *self, RpLane *lane, const char *text)
{
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_UNREACHABLE, lane->route->endpoint->url,
                     text != NULL ? text : "", NULL);

  if (lane->state != RP_LANE_RESETTING && lane->state != RP_LANE_IDLE)
    step_failed (self, lane, RP_VERDICT_UNREACHABLE, NULL, reason);
  switch (lane->state)
    {
    case RP_LANE_COMMITTING:
    case RP_LANE_UPLOADING:
      hold_all (self, lane, NULL, reason);
      break;
    case RP_LANE_UPLOADED:
      rp_settlement_doubt_lane (self, lane);
      break;
    case RP_LANE_NEW:
    case RP_LANE_POPPING:
    case RP_LANE_CONNECTING:
    case RP_LANE_GATHERING:
    case RP_LANE_IDLE:
      end_routes (self, lane, RP_VERDICT_UNREACHABLE, RP_STAGE_MAIL, NULL, reason);
      break;
    case RP_LANE_RESETTING:
    case RP_LANE_CLOSED:
      break;
    }
  lane->state = RP_LANE_CLOSED;
  lane->deadline_ms = -1;
}

static void
cut_lane (RpSettlement *self, RpLane *lane, const char *text)
{
  break_lane (self, lane, text);
  rp_settlement_act (self, RP_ACTION_CLOSE, lane);
}

static void
on_reset_answered (RpSettlement *self, RpLane *lane)
{
  if (rp_transaction_wants_content (lane->transaction))
    {
      rp_settlement_close_lane (self, lane, FALSE);
      return;
    }

  flush (self, lane);
  if (!rp_transaction_has_open (lane->transaction))
    rp_settlement_close_lane (self, lane, TRUE);
}

static void
apply_reply (RpSettlement *self,
             RpLane *lane,
             const RpCommand *command,
             const RpReply *reply)
{
  switch (command->kind)
    {
    case RP_COMMAND_MAIL:
      on_mail_answered (self, lane, reply);
      break;
    case RP_COMMAND_RCPT:
      on_rcpt_answered (self, lane, command->recipient, reply);
      break;
    case RP_COMMAND_DATA:
      on_data_answered (self, lane, reply);
      break;
    case RP_COMMAND_CONTENT:
      on_content_answered (self, lane, reply);
      break;
    case RP_COMMAND_LONE_DOT:
    case RP_COMMAND_RSET:
      break;
    }
}

/* 421: the server closes whatever was asked (RFC 5321 section 3.8). */
static void
on_closing_reply (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_TEMPORARY, lane->route->server->name, NULL);

  hold_all (self, lane, reply, reason);
  rp_settlement_close_lane (self, lane, FALSE);
}

static void
send_content (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_UPLOADING;
  lane->deadline_ms = -1;
  rp_settlement_act (self, RP_ACTION_SEND_CONTENT, lane);
}

static void
follow_reply (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  if (lane->state == RP_LANE_CLOSED)
    return;

  if (reply->code == 421)
    on_closing_reply (self, lane, reply);
  else if (lane->state == RP_LANE_RESETTING)
    on_reset_answered (self, lane);
  else if (lane->state == RP_LANE_COMMITTING
           && rp_transaction_wants_content (lane->transaction))
    send_content (self, lane);
  else
    flush (self, lane);
}

static void
on_reply (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpCommand command;
  gboolean is_early = lane->state == RP_LANE_UPLOADING;

  if (lane->transaction == NULL)
    return;

  /* Nothing was asked, or it was accepted before it was there: what this server says
   * from now on means nothing. */
  if (!rp_transaction_take_reply (lane->transaction, reply, &command)
      || (is_early && rp_reply_is_positive (reply)))
    {
      cut_lane (self, lane, "unexpected reply");
      return;
    }

  if (lane->state != RP_LANE_RESETTING)
    apply_reply (self, lane, &command, reply);
  /* Refused in the middle of the content: only the end of the connection stops it. */
  if (is_early)
    cut_lane (self, lane, "refused before the end of the content");
  follow_reply (self, lane, reply);
}

void
rp_settlement_on_lane_event (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  if (lane->state == RP_LANE_CLOSED)
    return;

  if (event->kind == RP_EVENT_CONNECTED)
    on_connected (self, lane, event->capabilities);
  else if (event->kind == RP_EVENT_CONNECT_FAILED)
    on_connect_failed (self, lane, event);
  else if (event->kind == RP_EVENT_POP_DONE)
    on_pop_done (self, lane);
  else if (event->kind == RP_EVENT_POP_FAILED)
    on_pop_failed (self, lane, event);
  else if (event->kind == RP_EVENT_REPLY)
    on_reply (self, lane, event->reply);
  else if (event->kind == RP_EVENT_CONTENT_SENT && lane->state == RP_LANE_UPLOADING)
    lane->state = RP_LANE_UPLOADED;
  else if (event->kind == RP_EVENT_LOST)
    break_lane (self, lane, event->text);
}

static void
on_dialogue_silent (RpSettlement *self, RpLane *lane)
{
  g_autofree char *seconds = g_strdup_printf ("%d", REPLY_MS / 1000);
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_TIMED_OUT, lane->route->server->name, seconds, NULL);

  step_failed (self, lane, RP_VERDICT_TEMPORARY, NULL, reason);
  hold_all (self, lane, NULL, reason);
  rp_settlement_close_lane (self, lane, FALSE);
}

void
rp_settlement_on_lane_silent (RpSettlement *self, RpLane *lane)
{
  RpEvent event = { .lane = lane->id,
                    .failure = RP_FAILURE_TIMED_OUT,
                    .text = "no answer in time" };

  lane->deadline_ms = -1;
  switch (lane->state)
    {
    case RP_LANE_POPPING:
      on_pop_failed (self, lane, &event);
      if (lane->state == RP_LANE_CLOSED)
        rp_settlement_act (self, RP_ACTION_CLOSE, lane);
      break;
    case RP_LANE_CONNECTING:
      on_connect_failed (self, lane, &event);
      rp_settlement_act (self, RP_ACTION_CLOSE, lane);
      break;
    case RP_LANE_GATHERING:
    case RP_LANE_COMMITTING:
      on_dialogue_silent (self, lane);
      break;
    case RP_LANE_UPLOADED:
      rp_settlement_doubt_lane (self, lane);
      rp_settlement_close_lane (self, lane, FALSE);
      break;
    case RP_LANE_RESETTING:
      rp_settlement_close_lane (self, lane, FALSE);
      break;
    case RP_LANE_NEW:
    case RP_LANE_UPLOADING:
    case RP_LANE_IDLE:
    case RP_LANE_CLOSED:
      break;
    }
}
