/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The duplicate guard: a program that never heard our answer, or heard "it may have
 * been delivered", sends the same message again. That is the same message. After a
 * written 250 or a refusal an equal message is a new one: scripts send equal messages
 * and mean it. */
#pragma once

#include <glib.h>

#include "store/rp-guard.h"

G_BEGIN_DECLS

typedef struct _RpDuplicates RpDuplicates;

/**
 * rp_duplicates_new:
 * @store: (transfer none): outlives it; %NULL remembers until the end of the process
 *
 * Blocks: called once at start.
 *
 * Returns: (transfer full) (nullable): %NULL with an #RpStoreError
 */
RpDuplicates *rp_duplicates_new (RpStore *store, GError **error);

/** rp_duplicates_free: @self: (nullable) (transfer full). */
void rp_duplicates_free (RpDuplicates *self);

/**
 * rp_duplicates_note:
 * @digest: of sender, recipients and octets, see rp_message_dup_digest()
 * @message_id: of the message that was answered
 * @at_s: when, seconds since the epoch
 *
 * Kept for %RP_GUARD_KEPT_S, over restarts as well, in the place of an earlier message
 * of that digest.
 */
void rp_duplicates_note (RpDuplicates *self,
                         RpGuardKind kind,
                         const char *digest,
                         const char *message_id,
                         gint64 at_s);

/** rp_duplicates_recall: likewise, for what the disk knows already. */
void rp_duplicates_recall (RpDuplicates *self,
                           RpGuardKind kind,
                           const char *digest,
                           const char *message_id,
                           gint64 at_s);

/**
 * rp_duplicates_forget:
 *
 * The program has heard an answer about @message_id, or the message is given up. Where
 * @digest stands for another message by now, that one is kept in mind.
 */
void rp_duplicates_forget (RpDuplicates *self,
                           const char *digest,
                           const char *message_id);

/**
 * rp_duplicates_find:
 * @now_s: seconds since the epoch
 *
 * Returns: (transfer none) (nullable): the earlier message that @digest is the same as,
 *   until the next call of anything here
 */
const RpGuardRow *rp_duplicates_find (RpDuplicates *self,
                                      const char *digest,
                                      gint64 now_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpDuplicates, rp_duplicates_free)

G_END_DECLS
