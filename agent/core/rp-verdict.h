/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server's reply means for us. Code, enhanced code and words decide, in that
 * order of trust; the words are a table with the software that each was seen on. */
#pragma once

#include <glib.h>

#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpVerdict: what a reply, or the want of one, means for the message. */
typedef enum
{
  RP_VERDICT_ACCEPTED,
  RP_VERDICT_RELAY_DENIED,
  RP_VERDICT_RECIPIENT_REFUSED,
  RP_VERDICT_SENDER_REFUSED,
  RP_VERDICT_AUTH_NEEDED,
  RP_VERDICT_CREDENTIALS,
  RP_VERDICT_AUTH_DISABLED,
  RP_VERDICT_POLICY,
  RP_VERDICT_NETWORK_LISTED,
  RP_VERDICT_TEMPORARY,
  RP_VERDICT_SPLIT,
  RP_VERDICT_TOO_BIG,
  RP_VERDICT_UNREACHABLE,
  RP_VERDICT_HOSTILE,
  RP_VERDICT_AMBIGUOUS,
  RP_VERDICT_REFUSED /* a 5xx that no row knows: final, the server's words are all */
} RpVerdict;

/**
 * RpVerdictStage:
 *
 * What the reply answers.
 */
typedef enum
{
  RP_STAGE_CONNECT, /* greeting, EHLO, STARTTLS */
  RP_STAGE_AUTH,
  RP_STAGE_MAIL,
  RP_STAGE_RCPT,
  RP_STAGE_DATA,   /* DATA's own reply */
  RP_STAGE_CONTENT /* after the end of data */
} RpVerdictStage;

/**
 * RpVerdictContext:
 * @stage: what the reply answers
 * @is_submission: the endpoint's port is 465 or 587
 * @is_authenticated: we logged in on this connection
 */
typedef struct
{
  RpVerdictStage stage;
  gboolean is_submission;
  gboolean is_authenticated;
} RpVerdictContext;

/**
 * rp_verdict_from_reply:
 * @reply: one whole reply (RFC 5321 section 4.2)
 * @context: what it answers, and on what connection
 *
 * Code, enhanced code (RFC 3463) and words together decide, by the table of
 * rp-phrases.h; where no row fits, the code and the stage. Accepted is only what the
 * stage waits for: 2xx, 235 at AUTH (a 250 there means that no login happened), 354 at
 * DATA. A 4xx is %RP_VERDICT_TEMPORARY unless its words tell to go elsewhere now
 * (relaying, listed network, login, number of recipients).
 *
 * Returns: what @reply means at that stage
 */
RpVerdict rp_verdict_from_reply (const RpReply *reply, const RpVerdictContext *context);

/** rp_verdict_to_nick: (transfer none): the verdict's name in records, on the bus and
 * in JSON. */
const char *rp_verdict_to_nick (RpVerdict self);

G_END_DECLS
