/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine of one message: plan, replies, time-outs, client gone, network changed
 * in; connect, send, reset, release content, take custody, answer out. Gather and
 * commit, the next route, POP first, patience, custody and the join of all verdicts
 * into one answer live here and nowhere else. Pure: driven by delivery, tested as
 * tables.
 *
 * While the program waits, nobody gets the message before the fate of all is known.
 * In custody each recipient is for itself, and what is known of one is recorded before
 * it matters: that its end of data may have arrived, before that leaves. */
#pragma once

#include <glib.h>

#include "core/rp-action.h"
#include "core/rp-capabilities.h"
#include "core/rp-envelope.h"
#include "core/rp-reply.h"
#include "core/rp-router.h"

G_BEGIN_DECLS

typedef struct _RpSettlement RpSettlement;

/**
 * RpEventKind: what the driver reports. A lane is one upstream connection with the
 * recipients that it carries; the settlement numbers them.
 */
typedef enum
{
  RP_EVENT_CONNECTED,       /* @lane is through EHLO (and AUTH); @capabilities */
  RP_EVENT_CONNECT_FAILED,  /* @lane: @failure, @reply where there was one, @text */
  RP_EVENT_POP_DONE,        /* @lane is let in by POP; @is_earlier */
  RP_EVENT_POP_FAILED,      /* @lane's POP login failed: @failure, @text */
  RP_EVENT_REPLY,           /* @lane: @reply to the oldest open command */
  RP_EVENT_CONTENT_READY,   /* @lane: all but the end of data has left */
  RP_EVENT_CONTENT_SENT,    /* @lane: the end of data has left as well */
  RP_EVENT_CONTENT_FAILED,  /* @lane: our own copy cannot be read: @text */
  RP_EVENT_PROGRESS,        /* @lane: @n_bytes of the content have left so far */
  RP_EVENT_LOST,            /* @lane's connection ended: @text */
  RP_EVENT_CUSTODY_TAKEN,   /* on disk, synced and recorded */
  RP_EVENT_CUSTODY_FAILED,  /* nothing of it is kept: @text */
  RP_EVENT_RECORDED,        /* what was to be recorded for @lane is */
  RP_EVENT_RECORD_FAILED,   /* it is not: @text */
  RP_EVENT_CLIENT_GONE,     /* the mail program left after its final dot */
  RP_EVENT_NETWORK_CHANGED, /* we are elsewhere; rp_settlement_replan() follows */
  RP_EVENT_STOPPING,        /* the agent ends */
  RP_EVENT_TICK             /* the deadline passed */
} RpEventKind;

typedef enum
{
  RP_FAILURE_UNREACHABLE,
  RP_FAILURE_TIMED_OUT,
  RP_FAILURE_REPLY,
  RP_FAILURE_LOGIN,
  RP_FAILURE_LOGIN_NOT_OFFERED,
  RP_FAILURE_HOSTILE, /* certificate, TLS stripped, no SMTP */
  RP_FAILURE_NO_PASSWORD,
  RP_FAILURE_KEYRING_LOCKED,
  RP_FAILURE_KEYRING_UNAVAILABLE,
  RP_FAILURE_SIGN_IN_REVOKED, /* the provider does not know it any more */
  RP_FAILURE_NO_TOKEN,        /* the provider could not be asked */
  RP_FAILURE_NO_TICKET,
  RP_FAILURE_NO_CERTIFICATE /* ours cannot be read, or is not taken */
} RpFailure;

/**
 * RpEvent:
 * @failure: how @lane failed; of a POP login too
 * @text: (nullable): what was seen, for people; of a POP login that was refused the
 *   server's own line
 * @is_earlier: no POP login was made, since an earlier one should still count
 */
typedef struct
{
  RpEventKind kind;
  guint lane;
  RpFailure failure;
  const RpReply *reply;
  const RpCapabilities *capabilities;
  const char *text;
  gboolean is_earlier;
  guint64 n_bytes;
} RpEvent;

/**
 * RpSettlementOptions:
 * @patience_ms: until a program that waits must have its answer
 * @is_in_custody: no program waits, the message is ours already; no answer comes
 * @tells_deferred: a server's 4xx is told to the program instead of custody taken,
 *   while nothing is accepted
 * @sentence: turns reasons into words for the answer
 */
typedef struct
{
  guint patience_ms;
  gboolean is_in_custody;
  gboolean tells_deferred;
  RpSentenceFunc sentence;
  gpointer sentence_data;
} RpSettlementOptions;

/**
 * rp_settlement_new:
 * @message_id: for steps and the answer
 * @plan: (transfer full)
 * @envelope: (transfer none): copied; in custody those who still wait
 * @facts: (transfer none): copied
 * @options: (transfer none): copied
 * @now_ms: monotonic; patience counts from here
 *
 * Returns: (transfer full)
 */
RpSettlement *rp_settlement_new (const char *message_id,
                                 RpPlan *plan,
                                 const RpEnvelope *envelope,
                                 const RpContentFacts *facts,
                                 const RpSettlementOptions *options,
                                 gint64 now_ms);

/** rp_settlement_free: @self: (nullable) (transfer full). */
void rp_settlement_free (RpSettlement *self);

/** rp_settlement_start: @actions: (element-type RpAction): appended to, in order. */
void rp_settlement_start (RpSettlement *self, gint64 now_ms, GPtrArray *actions);

/**
 * rp_settlement_handle:
 * @event: (transfer none): what happened; what comes too late is ignored
 * @now_ms: monotonic
 * @actions: (element-type RpAction): appended to, in order
 */
void rp_settlement_handle (RpSettlement *self,
                           const RpEvent *event,
                           gint64 now_ms,
                           GPtrArray *actions);

/**
 * rp_settlement_replan:
 * @plan: (transfer full): for where we are now
 *
 * Follows %RP_EVENT_NETWORK_CHANGED: who has not got the message yet starts again.
 */
void rp_settlement_replan (RpSettlement *self,
                           RpPlan *plan,
                           gint64 now_ms,
                           GPtrArray *actions);

/**
 * rp_settlement_get_outcome:
 *
 * Returns: "open" before the answer; then "sent", "refused", "waiting" (the program
 *   keeps the message) or "doubt" (it may have been delivered); in custody "sent",
 *   "queued" (somebody waits), "doubt" or "failed" (refused after our yes). What a
 *   server says later still counts.
 */
const char *rp_settlement_get_outcome (const RpSettlement *self);

/** rp_settlement_get_deadline_ms: when to call with %RP_EVENT_TICK; -1 for never. */
gint64 rp_settlement_get_deadline_ms (const RpSettlement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSettlement, rp_settlement_free)

G_END_DECLS
