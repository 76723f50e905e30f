/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message, whole, as a mail program handed it over. */
#pragma once

#include <glib-object.h>

#include "core/rp-envelope.h"
#include "smtp/rp-content.h"

G_BEGIN_DECLS

/**
 * RpMessage:
 * @id: names the message in log, journal and answers: 8 characters of Crockford's
 *   base 32; whoever takes the message over makes sure that no other one has it
 * @hello: what the program said in HELO or EHLO
 * @is_esmtp: it said EHLO
 * @program: (nullable): name of the peer's program, when the kernel tells
 * @received_at_s: seconds since the epoch, at the end of data
 *
 * Counted by rp_message_ref() and rp_message_unref(); not changed after hand-over.
 */
typedef struct
{
  gatomicrefcount ref_count;
  char *id;
  RpEnvelope *envelope;
  RpContentFacts *facts;
  RpContent *content;
  char *hello;
  gboolean is_esmtp;
  char *program;
  gint64 received_at_s;
} RpMessage;

/** rp_message_dup_new_id: 40 random bits in Crockford's base 32, which has no I, L, O,
 * U to misread. */
char *rp_message_dup_new_id (void);

/** rp_message_new: (transfer full): with its id alone; all else is still to be set. */
RpMessage *rp_message_new (const char *id);

/** rp_message_ref: (transfer full): @self. */
RpMessage *rp_message_ref (RpMessage *self);

/** rp_message_unref: @self: (nullable); the last one frees it. */
void rp_message_unref (RpMessage *self);

/**
 * rp_message_dup_digest:
 *
 * What makes two messages equal: SHA-256 of the sender, of the recipients in their
 * order, each ended by NUL, of one NUL more and of the content's digest.
 *
 * Returns: (transfer full) (nullable): 64 hexadecimal digits, or %NULL when the
 *   content cannot be read
 */
char *rp_message_dup_digest (const RpMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpMessage, rp_message_unref)

G_END_DECLS
