/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane in its transactions: what each reply means to whom, and each silence. */
#include "core/rp-settlement-private.h"

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

  verdict = rp_settlement_judge (lane, reply, RP_STAGE_MAIL);
  step_reply (self, lane, NULL, verdict, reply);
  rp_settlement_end_routes (self, lane, verdict, RP_STAGE_MAIL, reply, NULL);
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
    verdict =
        weigh_split (self, lane, rp_settlement_judge (lane, reply, RP_STAGE_RCPT));
  step_reply (self, lane, traveller, verdict, reply);
  if (verdict == RP_VERDICT_ACCEPTED)
    traveller->state = TRAVELLER_READY;
  else if (verdict == RP_VERDICT_SPLIT)
    traveller->state = TRAVELLER_SPLIT;
  else
    rp_settlement_end_route (self, traveller, verdict, RP_STAGE_RCPT, reply, NULL);
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
        rp_settlement_end_route (self, traveller, verdict, stage, reply, NULL);
    }
}

static void
on_data_answered (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpVerdict verdict;

  if (reply->code == 354)
    return;

  verdict = rp_settlement_judge (lane, reply, RP_STAGE_DATA);
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
                          : rp_settlement_judge (lane, reply, RP_STAGE_CONTENT);

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
    rp_settlement_step_failed (self, lane, RP_VERDICT_UNREACHABLE, NULL, reason);
  switch (lane->state)
    {
    case RP_LANE_COMMITTING:
    case RP_LANE_UPLOADING:
    case RP_LANE_MARKING:
    case RP_LANE_ENDING:
      rp_settlement_hold_all (self, lane, NULL, reason);
      break;
    case RP_LANE_UPLOADED:
      rp_settlement_doubt_lane (self, lane);
      break;
    case RP_LANE_NEW:
    case RP_LANE_POPPING:
    case RP_LANE_PAUSING:
    case RP_LANE_CONNECTING:
    case RP_LANE_GATHERING:
    case RP_LANE_IDLE:
      rp_settlement_end_routes (self, lane, RP_VERDICT_UNREACHABLE, RP_STAGE_MAIL, NULL,
                                reason);
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

  rp_settlement_flush_lane (self, lane);
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

  rp_settlement_hold_all (self, lane, reply, reason);
  rp_settlement_close_lane (self, lane, FALSE);
}

void
rp_settlement_send_content (RpSettlement *self, RpLane *lane)
{
  lane->state = RP_LANE_UPLOADING;
  lane->deadline_ms = self->now_ms + STALL_MS;
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
    rp_settlement_send_content (self, lane);
  else
    rp_settlement_flush_lane (self, lane);
}

/* About content of which the end has not left yet. */
static gboolean
is_early (const RpLane *lane, const RpCommand *command)
{
  return command->kind == RP_COMMAND_CONTENT && lane->state < RP_LANE_UPLOADED;
}

static void
on_reply (RpSettlement *self, RpLane *lane, const RpReply *reply)
{
  RpCommand command = { 0 };
  gboolean has_come_early;

  if (lane->transaction == NULL)
    return;

  /* Nothing was asked, or it was accepted before it was there: what this server says
   * from now on means nothing. */
  if (!rp_transaction_take_reply (lane->transaction, reply, &command)
      || (is_early (lane, &command) && rp_reply_is_positive (reply)))
    {
      cut_lane (self, lane, "unexpected reply");
      return;
    }

  has_come_early = is_early (lane, &command);
  if (lane->state != RP_LANE_RESETTING)
    apply_reply (self, lane, &command, reply);
  /* Refused in the middle of the content: only the end of the connection stops it. */
  if (has_come_early)
    cut_lane (self, lane, "refused before the end of the content");
  follow_reply (self, lane, reply);
}

/* A program that waits gets nothing recorded: the end of data follows at once. */
static void
on_content_ready (RpSettlement *self, RpLane *lane)
{
  if (lane->state != RP_LANE_UPLOADING)
    return;

  rp_settlement_mark_lane (self, lane);
  if (self->custody == CUSTODY_NONE)
    rp_settlement_on_recorded (self, lane);
}

static void
on_content_sent (RpSettlement *self, RpLane *lane)
{
  if (lane->state != RP_LANE_ENDING)
    return;

  lane->state = RP_LANE_UPLOADED;
  lane->deadline_ms = self->now_ms + FINAL_REPLY_MS;
}

/* Our own disk's fault, not the server's. */
static void
on_content_failed (RpSettlement *self, RpLane *lane, const char *text)
{
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_UNREADABLE, text != NULL ? text : "", NULL);

  rp_settlement_hold_all (self, lane, NULL, reason);
  rp_settlement_close_lane (self, lane, FALSE);
}

static void
on_progress (RpSettlement *self, RpLane *lane)
{
  if (lane->state == RP_LANE_UPLOADING || lane->state == RP_LANE_ENDING)
    lane->deadline_ms = self->now_ms + STALL_MS;
}

void
rp_settlement_on_lane_event (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  if (lane->state == RP_LANE_CLOSED)
    return;

  if (event->kind == RP_EVENT_CONNECTED)
    rp_settlement_on_connected (self, lane, event->capabilities);
  else if (event->kind == RP_EVENT_CONNECT_FAILED)
    rp_settlement_on_connect_failed (self, lane, event);
  else if (event->kind == RP_EVENT_POP_DONE)
    rp_settlement_on_pop_done (self, lane, event);
  else if (event->kind == RP_EVENT_POP_FAILED)
    rp_settlement_on_pop_failed (self, lane, event);
  else if (event->kind == RP_EVENT_REPLY)
    on_reply (self, lane, event->reply);
  else if (event->kind == RP_EVENT_CONTENT_READY)
    on_content_ready (self, lane);
  else if (event->kind == RP_EVENT_CONTENT_SENT)
    on_content_sent (self, lane);
  else if (event->kind == RP_EVENT_CONTENT_FAILED)
    on_content_failed (self, lane, event->text);
  else if (event->kind == RP_EVENT_PROGRESS)
    on_progress (self, lane);
  else if (event->kind == RP_EVENT_RECORDED)
    rp_settlement_on_recorded (self, lane);
  else if (event->kind == RP_EVENT_RECORD_FAILED)
    rp_settlement_on_record_failed (self, lane, event->text);
  else if (event->kind == RP_EVENT_LOST)
    break_lane (self, lane, event->text);
}

static void
on_dialogue_silent (RpSettlement *self, RpLane *lane)
{
  const gint64 silent_ms = lane->state >= RP_LANE_UPLOADING ? STALL_MS
                           : self->custody == CUSTODY_HELD  ? REPLY_IN_CUSTODY_MS
                                                            : REPLY_MS;
  g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, silent_ms / 1000);
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_TIMED_OUT, lane->route->server->name, seconds, NULL);

  rp_settlement_step_failed (self, lane, RP_VERDICT_TEMPORARY, NULL, reason);
  rp_settlement_hold_all (self, lane, NULL, reason);
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
    case RP_LANE_PAUSING:
      rp_settlement_pop_lane (self, lane);
      break;
    case RP_LANE_POPPING:
      rp_settlement_on_pop_failed (self, lane, &event);
      if (lane->state == RP_LANE_CLOSED)
        rp_settlement_act (self, RP_ACTION_CLOSE, lane);
      break;
    case RP_LANE_CONNECTING:
      rp_settlement_on_connect_failed (self, lane, &event);
      rp_settlement_act (self, RP_ACTION_CLOSE, lane);
      break;
    case RP_LANE_GATHERING:
    case RP_LANE_COMMITTING:
    case RP_LANE_UPLOADING:
    case RP_LANE_ENDING:
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
    case RP_LANE_MARKING:
    case RP_LANE_IDLE:
    case RP_LANE_CLOSED:
      break;
    }
}
