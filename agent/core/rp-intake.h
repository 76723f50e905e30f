/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of one message on its way in, by DATA or in chunks: decoded, checked,
 * counted, scanned, and why it cannot be taken if it cannot. */
#pragma once

#include <glib.h>

#include "core/rp-dialogue.h"

G_BEGIN_DECLS

/** RpIntake: for one message. */
typedef struct _RpIntake RpIntake;

/**
 * rp_intake_new:
 * @settings: lent for the intake's life
 *
 * Returns: (transfer full): for what follows DATA (RFC 5321 section 4.1.1.4)
 */
RpIntake *rp_intake_new (const RpDialogueSettings *settings);

/** rp_intake_new_chunked: (transfer full): for BDAT (RFC 3030 section 2). */
RpIntake *rp_intake_new_chunked (const RpDialogueSettings *settings);

/** rp_intake_free: @self: (nullable). */
void rp_intake_free (RpIntake *self);

/** rp_intake_begin_chunk: the next @n_bytes octets are content; with @is_last nothing
 * comes behind them. */
void rp_intake_begin_chunk (RpIntake *self, guint64 n_bytes, gboolean is_last);

/**
 * rp_intake_feed:
 * @data: (array length=n_bytes): octets off the wire, cut anywhere
 *
 * Returns: octets used: none behind the end of content or of the chunk
 */
gsize rp_intake_feed (RpIntake *self, const char *data, gsize n_bytes);

/**
 * rp_intake_get_content:
 * @n_bytes: (out): its length in octets
 *
 * Returns: (transfer none) (array length=n_bytes): what the last feed gave, until the
 *   next; empty once content is refused
 */
const guint8 *rp_intake_get_content (RpIntake *self, gsize *n_bytes);

/** rp_intake_is_at_end: of the content, or of the chunk. */
gboolean rp_intake_is_at_end (const RpIntake *self);

/** rp_intake_is_chunked: whether it was made for BDAT. */
gboolean rp_intake_is_chunked (const RpIntake *self);

/** rp_intake_is_last_chunk: whether the chunk that was begun last is the last. */
gboolean rp_intake_is_last_chunk (const RpIntake *self);

/** rp_intake_fail: @reply: (transfer full): is the answer, whatever follows. */
void rp_intake_fail (RpIntake *self, RpReply *reply);

/** rp_intake_dup_refusal: (transfer full) (nullable): why it cannot be taken. */
RpReply *rp_intake_dup_refusal (RpIntake *self);

/** rp_intake_dup_facts: (transfer full): of what was taken so far. */
RpContentFacts *rp_intake_dup_facts (RpIntake *self);

/** rp_intake_new_too_big_reply: (transfer full): the 552 for what is over the limit
 * (RFC 1870 section 6.1). */
RpReply *rp_intake_new_too_big_reply (const RpDialogueSettings *settings);

G_END_DECLS
