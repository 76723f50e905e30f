/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server's reply means for us. Code, enhanced code and words decide, in that
 * order of trust; the words are a table with the software that each was seen on. */
#pragma once

#include <glib.h>

#include "core/rp-reply.h"

G_BEGIN_DECLS

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
 * @says_where_next: set on return when the reply itself tells to try elsewhere
 */
typedef struct
{
  RpVerdictStage stage;
  gboolean is_submission;
  gboolean is_authenticated;
} RpVerdictContext;

/**
 * rp_verdict_from_reply:
 *
 * Returns: what @reply means at that stage
 */
RpVerdict rp_verdict_from_reply (const RpReply *reply, const RpVerdictContext *context);

const char *rp_verdict_to_nick (RpVerdict self);

G_END_DECLS
