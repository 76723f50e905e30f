/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane up to the end of EHLO and AUTH: what it means when it does not get there. */
#include <string.h>

#include "core/rp-settlement-private.h"

RpStep *
rp_settlement_step_failed (RpSettlement *self,
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

/* Its sign-in is none of ours: "roampost login" mends nothing, the account does. */
static gboolean
is_of_desktop (const RpLane *lane)
{
  return lane->route->permission == RP_PERMISSION_OAUTH2
         && rp_server_has_broker (lane->route->server);
}

static RpReason *
dup_failure_reason (const RpLane *lane, const RpEvent *event)
{
  const RpServer *server = lane->route->server;
  const char *user = server->user != NULL ? server->user : "";
  const char *text = event->text != NULL ? event->text : "";
  const gboolean is_pop = lane->state == RP_LANE_POPPING;
  const char *url = is_pop ? server->pop->url : lane->route->endpoint->url;

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
      if (is_of_desktop (lane))
        return rp_reason_new (RP_REASON_NO_DESKTOP_TOKEN, server->name, text, NULL);
      return rp_reason_new (lane->route->permission == RP_PERMISSION_OAUTH2
                                ? RP_REASON_NO_SIGN_IN
                                : RP_REASON_NO_PASSWORD,
                            server->name, user, NULL);
    case RP_FAILURE_SIGN_IN_REVOKED:
      if (is_of_desktop (lane))
        return rp_reason_new (RP_REASON_NO_DESKTOP_TOKEN, server->name, text, NULL);
      return rp_reason_new (RP_REASON_SIGN_IN_REVOKED, server->name, user, NULL);
    case RP_FAILURE_NO_TOKEN:
      return rp_reason_new (RP_REASON_NO_TOKEN, server->name, text, NULL);
    case RP_FAILURE_NO_TICKET:
      return rp_reason_new (RP_REASON_NO_TICKET, server->name, text, NULL);
    case RP_FAILURE_NO_CERTIFICATE:
      return rp_reason_new (RP_REASON_NO_CERTIFICATE, server->name, text, NULL);
    case RP_FAILURE_KEYRING_LOCKED:
      return rp_reason_new (RP_REASON_KEYRING_LOCKED, server->name, user, NULL);
    case RP_FAILURE_KEYRING_UNAVAILABLE:
      return rp_reason_new (RP_REASON_KEYRING_UNAVAILABLE, server->name, user, NULL);
    case RP_FAILURE_LOGIN:
      if (is_pop)
        return rp_reason_new (RP_REASON_POP_REFUSED, server->pop->host, user, text,
                              NULL);
      return rp_route_dup_refused (lane->route);
    case RP_FAILURE_REPLY:
      if (is_pop)
        return rp_reason_new (RP_REASON_POP_TEMPORARY, server->pop->host, text, NULL);
      return rp_reason_new (RP_REASON_TEMPORARY, server->name, NULL);
    }
  g_return_val_if_reached (NULL);
}

RpVerdict
rp_settlement_judge (const RpLane *lane, const RpReply *reply, RpVerdictStage stage)
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
  RpVerdict verdict = reply != NULL ? rp_settlement_judge (lane, reply, RP_STAGE_AUTH)
                                    : RP_VERDICT_CREDENTIALS;

  if (verdict == RP_VERDICT_AUTH_DISABLED || verdict == RP_VERDICT_TEMPORARY)
    rp_closures_close_login_at (self->closures, route);
  else
    {
      verdict = RP_VERDICT_CREDENTIALS;
      rp_closures_close_login (self->closures, route);
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
                 ? rp_settlement_judge (lane, event->reply, RP_STAGE_CONNECT)
                 : RP_VERDICT_UNREACHABLE;
    case RP_FAILURE_HOSTILE:
      close_endpoint (self, lane);
      rp_closures_close (self->closures, RP_CLOSURE_CLEAR, route->server->name);
      return RP_VERDICT_HOSTILE;
    case RP_FAILURE_LOGIN:
      return judge_login (self, lane, event->reply);
    case RP_FAILURE_LOGIN_NOT_OFFERED:
      rp_closures_close_login_at (self->closures, route);
      return RP_VERDICT_AUTH_DISABLED;
    case RP_FAILURE_NO_PASSWORD:
    case RP_FAILURE_KEYRING_LOCKED:
    case RP_FAILURE_KEYRING_UNAVAILABLE:
    case RP_FAILURE_SIGN_IN_REVOKED:
    case RP_FAILURE_NO_TOKEN:
    case RP_FAILURE_NO_TICKET:
      rp_closures_close_login (self->closures, route);
      return RP_VERDICT_CREDENTIALS;
    case RP_FAILURE_NO_CERTIFICATE:
      /* TLS itself fails there, with a login behind it or without. */
      close_endpoint (self, lane);
      return RP_VERDICT_CREDENTIALS;
    }
  g_return_val_if_reached (RP_VERDICT_UNREACHABLE);
}

static gboolean
is_reply_failure (RpFailure failure)
{
  return failure == RP_FAILURE_REPLY || failure == RP_FAILURE_LOGIN;
}

/* A token can be withdrawn before its time. Only the provider knows: it is asked for
 * another one, once. */
static gboolean
needs_fresh_token (RpSettlement *self, const RpLane *lane, const RpEvent *event)
{
  return event->failure == RP_FAILURE_LOGIN
         && lane->route->permission == RP_PERMISSION_OAUTH2 && !lane->has_fresh_secret
         && (event->reply == NULL
             || rp_settlement_judge (lane, event->reply, RP_STAGE_AUTH)
                    == RP_VERDICT_CREDENTIALS);
}

void
rp_settlement_on_connect_failed (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  g_autoptr (RpReason) reason = NULL;
  RpVerdict verdict;

  if (lane->state != RP_LANE_CONNECTING)
    return;

  if (needs_fresh_token (self, lane, event))
    {
      reason = rp_route_dup_refused (lane->route);
      rp_settlement_step_failed (self, lane, RP_VERDICT_CREDENTIALS, event->reply,
                                 reason);
      lane->has_fresh_secret = TRUE;
      rp_settlement_connect_lane (self, lane);
      return;
    }

  verdict = judge_failure (self, lane, event);
  if (!is_reply_failure (event->failure) || event->reply == NULL)
    reason = dup_failure_reason (lane, event);
  rp_settlement_step_failed (self, lane, verdict, event->reply, reason);
  lane->state = RP_LANE_CLOSED;
  lane->deadline_ms = -1;
  rp_settlement_end_routes (self, lane, verdict, RP_STAGE_CONNECT, event->reply,
                            reason);
}

/* --- POP first --- */

static RpStep *
step_pop (RpSettlement *self, RpStepKind kind, const RpLane *lane)
{
  RpStep *step = rp_settlement_step (self, kind, lane->route);

  g_free (step->endpoint);
  step->endpoint = g_strdup (lane->route->server->pop->url);
  return step;
}

void
rp_settlement_on_pop_done (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  if (lane->state != RP_LANE_POPPING)
    return;

  lane->trusts_memory = event->is_earlier;
  if (!event->is_earlier)
    step_pop (self, RP_STEP_POP_LOGIN, lane);
  rp_settlement_connect_lane (self, lane);
}

static RpVerdict
get_pop_verdict (RpFailure failure)
{
  switch (failure)
    {
    case RP_FAILURE_UNREACHABLE:
    case RP_FAILURE_TIMED_OUT:
      return RP_VERDICT_UNREACHABLE;
    case RP_FAILURE_REPLY:
      return RP_VERDICT_TEMPORARY;
    case RP_FAILURE_HOSTILE:
      return RP_VERDICT_HOSTILE;
    case RP_FAILURE_LOGIN_NOT_OFFERED:
      return RP_VERDICT_AUTH_DISABLED;
    case RP_FAILURE_LOGIN:
    case RP_FAILURE_NO_PASSWORD:
    case RP_FAILURE_KEYRING_LOCKED:
    case RP_FAILURE_KEYRING_UNAVAILABLE:
    case RP_FAILURE_SIGN_IN_REVOKED:
    case RP_FAILURE_NO_TOKEN:
    case RP_FAILURE_NO_TICKET:
    case RP_FAILURE_NO_CERTIFICATE:
      return RP_VERDICT_CREDENTIALS;
    }
  g_return_val_if_reached (RP_VERDICT_CREDENTIALS);
}

/* A mailbox in use, a login too soon after the last, a connection that broke: a moment
 * later it may be otherwise. [SYS/PERM] wants somebody's hand (RFC 3206 section 4), and
 * who was silent has had his time. */
static gboolean
is_worth_a_pause (const RpLane *lane, const RpEvent *event)
{
  if (lane->has_paused)
    return FALSE;
  if (event->failure == RP_FAILURE_REPLY)
    return event->text == NULL || strstr (event->text, "[SYS/PERM]") == NULL;
  return event->failure == RP_FAILURE_UNREACHABLE;
}

/* Who needs no POP here goes on. */
static void
give_up_pop (RpSettlement *self,
             RpLane *lane,
             const RpEvent *event,
             const RpReason *reason)
{
  rp_closures_close (self->closures, RP_CLOSURE_POP, lane->route->server->name);
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (rp_settlement_is_on (traveller, lane)
          && traveller->route->permission == RP_PERMISSION_POP)
        rp_settlement_end_route (self, traveller, get_pop_verdict (event->failure),
                                 RP_STAGE_CONNECT, NULL, reason);
    }
  if (rp_settlement_count_on (self, lane, TRAVELLER_ASKED) > 0)
    rp_settlement_connect_lane (self, lane);
  else
    lane->state = RP_LANE_CLOSED;
}

void
rp_settlement_on_pop_failed (RpSettlement *self, RpLane *lane, const RpEvent *event)
{
  g_autoptr (RpReason) reason = NULL;
  RpStep *step;

  if (lane->state != RP_LANE_POPPING)
    return;

  reason = dup_failure_reason (lane, event);
  step = step_pop (self, RP_STEP_FAILED, lane);
  step->verdict = get_pop_verdict (event->failure);
  step->reason = rp_reason_copy (reason);
  if (!is_worth_a_pause (lane, event))
    {
      give_up_pop (self, lane, event, reason);
      return;
    }

  lane->has_paused = TRUE;
  lane->state = RP_LANE_PAUSING;
  lane->deadline_ms = self->now_ms + POP_PAUSE_MS;
}

static void
on_misfit (RpSettlement *self, RpLane *lane, const RpReason *misfit)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (!rp_settlement_is_on (traveller, lane))
        continue;

      rp_itinerary_end_unfit (traveller->itinerary, traveller->route,
                              rp_reason_copy (misfit));
      traveller->lane = NULL;
      traveller->state = TRAVELLER_NEW;
    }
  rp_settlement_step_failed (self, lane, RP_VERDICT_TOO_BIG, NULL, misfit);
  lane->is_spent = TRUE;
  lane->state = RP_LANE_IDLE;
  lane->deadline_ms = -1;
}

void
rp_settlement_on_connected (RpSettlement *self,
                            RpLane *lane,
                            const RpCapabilities *capabilities)
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
