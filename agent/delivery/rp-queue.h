/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages in custody while the agent runs: what is known of each, on disk first,
 * and when it is attempted. Says when an attempt is due; what an attempt is, delivery
 * knows. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "core/rp-custody.h"
#include "core/rp-step.h"
#include "core/rp-surroundings.h"
#include "smtp/rp-content.h"
#include "store/rp-store.h"

G_BEGIN_DECLS

typedef enum
{
  RP_QUEUE_ERROR_NOT_FOUND, /* no message in custody has that name */
  RP_QUEUE_ERROR_AMBIGUOUS, /* several begin so */
  RP_QUEUE_ERROR_UNDER_WAY, /* past its end of data: its server is to answer */
  RP_QUEUE_ERROR_DAMAGED,   /* its body is not what it was */
  RP_QUEUE_ERROR_FAILED     /* the disk, in words */
} RpQueueError;

#define RP_QUEUE_ERROR (rp_queue_error_quark ())

/** rp_queue_error_quark: the domain of #RpQueueError. */
GQuark rp_queue_error_quark (void);

#define RP_TYPE_QUEUE (rp_queue_get_type ())
G_DECLARE_FINAL_TYPE (RpQueue, rp_queue, RP, QUEUE, GObject)

/**
 * RpQueue::due: RpCustody: an attempt at it is to begin; rp_queue_end_attempt() ends it
 * RpQueue::dropped: RpCustody: by the user; what is under way for it is to end at once
 * RpQueue::step: RpStep: something happened to a message without an attempt; its time
 * is not filled in RpQueue::settled: message id, outcome: as rp_queue_dup_outcome(),
 * after an attempt and after each of the user's verbs RpQueue::changed: something that
 * is listed is different now; at most once a second for an upload's progress
 *
 * Pointers are lent for the time of the call.
 */

/**
 * rp_queue_new:
 * @store: (transfer none): open
 * @set_aside: (out) (optional) (transfer full) (element-type utf8): names of files that
 *   a crash left in the queue's folder, moved aside
 *
 * Blocks: called once at start. Nothing is attempted before rp_queue_start().
 *
 * Returns: (transfer full) (nullable): %NULL with an #RpStoreError
 */
RpQueue *rp_queue_new (RpStore *store, GPtrArray **set_aside, GError **error);

/** rp_queue_set_config: how long a message is tried, and whether one in doubt is. */
void rp_queue_set_config (RpQueue *self, const RpConfig *config);

/**
 * rp_queue_set_connectivity:
 *
 * Something about where we are is different: all that waits is attempted at once, as
 * far as there is a link. That need not be another place; a cable that was out for a
 * moment gives the same addresses again.
 */
void rp_queue_set_connectivity (RpQueue *self, RpConnectivity connectivity);

/** rp_queue_start: attempts begin, in the order of acceptance. */
void rp_queue_start (RpQueue *self);

/** rp_queue_stop: no further attempt begins. */
void rp_queue_stop (RpQueue *self);

/** rp_queue_wake: something that mail may have waited for has come: a keyring was
 * unlocked, a password stored, the configuration changed. */
void rp_queue_wake (RpQueue *self);

/* --- what delivery tells --- */

/**
 * rp_queue_take_async:
 * @custody: (transfer full): what is known of the message
 * @content: (transfer none): its content, which stays readable
 * @is_under_way: an attempt is running already; rp_queue_end_attempt() ends it
 * @callback: when the message is on disk, synced and recorded, or could not be made so
 */
void rp_queue_take_async (RpQueue *self,
                          RpCustody *custody,
                          RpContent *content,
                          gboolean is_under_way,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/** rp_queue_take_finish: %FALSE with an #RpStoreError, in words; then nothing is kept.
 */
gboolean rp_queue_take_finish (RpQueue *self, GAsyncResult *result, GError **error);

/**
 * rp_queue_record_async:
 * @changes: (element-type RpCustodyChange) (transfer none): what became of recipients
 * @callback: (nullable): when it is on disk
 */
void rp_queue_record_async (RpQueue *self,
                            const char *id,
                            GPtrArray *changes,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/** rp_queue_record_finish: %FALSE with an #RpStoreError: nothing of it is recorded. */
gboolean rp_queue_record_finish (RpQueue *self, GAsyncResult *result, GError **error);

/** rp_queue_set_answered: the program has heard its 250. */
void rp_queue_set_answered (RpQueue *self, const char *id);

/** rp_queue_note_progress: @n_sent octets of the content have left. */
void rp_queue_note_progress (RpQueue *self, const char *id, guint64 n_sent);

/** rp_queue_end_attempt: what everybody has goes; the rest is due later. */
void rp_queue_end_attempt (RpQueue *self, const char *id);

/** rp_queue_is_pending: whether the recipient at @index is to be attempted: it waits,
 * or is in doubt and in-doubt=retry. */
gboolean rp_queue_is_pending (RpQueue *self, const RpCustody *custody, guint index);

/* --- what people ask --- */

/** rp_queue_get_messages: (transfer none) (element-type RpCustody): in the order of
 * acceptance; until the next call of anything here. */
const GPtrArray *rp_queue_get_messages (RpQueue *self);

/** rp_queue_peek: (transfer none) (nullable): the message with exactly this id. */
const RpCustody *rp_queue_peek (RpQueue *self, const char *id);

/**
 * rp_queue_find:
 * @id: a message's name or an unambiguous beginning of it, in upper or lower case
 *
 * Returns: (transfer none) (nullable): %NULL with %RP_QUEUE_ERROR_NOT_FOUND or
 *   %RP_QUEUE_ERROR_AMBIGUOUS
 */
const RpCustody *rp_queue_find (RpQueue *self, const char *id, GError **error);

/** rp_queue_get_outcome: (transfer none): the journal's word for how it stands:
 * "queued", "doubt", "failed", "damaged", "sent". */
const char *rp_queue_get_outcome (const RpCustody *custody);

/** rp_queue_is_under_way: whether an attempt at it is running. */
gboolean rp_queue_is_under_way (RpQueue *self, const char *id);

/** rp_queue_get_summary: what there is to tell of @custody, which is in the queue: the
 * mark that an upload bears until its reply is no doubt as long as that can come. */
RpCustodySummary rp_queue_get_summary (RpQueue *self, const RpCustody *custody);

/** rp_queue_is_in_doubt: the same for whether somebody may have @custody or not. */
gboolean rp_queue_is_in_doubt (RpQueue *self, const RpCustody *custody);

/**
 * rp_queue_get_progress:
 * @n_sent: (out): octets of the content that its running upload has given away
 * @n_bytes: (out): of how many
 *
 * Returns: %FALSE when nothing of it is being uploaded
 */
gboolean rp_queue_get_progress (RpQueue *self,
                                const char *id,
                                guint64 *n_sent,
                                guint64 *n_bytes);

/** rp_queue_get_next_attempt_s: seconds since the epoch; 0 when none is due by itself,
 * as while there is no link. */
gint64 rp_queue_get_next_attempt_s (RpQueue *self, const char *id);

/** rp_queue_get_since_ms: since when this agent has it: when it was taken, or the
 * agent's start; on the clock of rp_queue_get_clock_ms(). */
gint64 rp_queue_get_since_ms (RpQueue *self, const char *id);

/** rp_queue_get_clock_ms: milliseconds that go on while the computer sleeps and never
 * jump (CLOCK_BOOTTIME). */
gint64 rp_queue_get_clock_ms (void);

/**
 * rp_queue_retry:
 *
 * Send again: whoever failed or is in doubt waits again, a hold is lifted, the message
 * is due at once and for its whole time.
 *
 * Returns: %FALSE with an #RpQueueError
 */
gboolean rp_queue_retry (RpQueue *self, const char *id, GError **error);

/**
 * rp_queue_hold_async:
 *
 * No attempt until it is released; one that is running goes on. Holds from now on;
 * @callback comes when the disk knows, so that it holds after a restart too.
 */
void rp_queue_hold_async (RpQueue *self,
                          const char *id,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/** rp_queue_hold_finish: %FALSE with an #RpQueueError; with %RP_QUEUE_ERROR_FAILED the
 * message is held until this agent ends. */
gboolean rp_queue_hold_finish (RpQueue *self, GAsyncResult *result, GError **error);

/** rp_queue_release: what was held is due at once. */
gboolean rp_queue_release (RpQueue *self, const char *id, GError **error);

/**
 * rp_queue_drop_async:
 *
 * The message is deleted unsent. %RP_QUEUE_ERROR_UNDER_WAY while an upload of it is
 * past its end of data.
 */
void rp_queue_drop_async (RpQueue *self,
                          const char *id,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/** rp_queue_drop_finish: %FALSE with an #RpQueueError: the message is still there;
 * after %RP_QUEUE_ERROR_FAILED it is held, so that it does not leave by itself. */
gboolean rp_queue_drop_finish (RpQueue *self, GAsyncResult *result, GError **error);

/** rp_queue_flush: all that waits is due now; returns how many messages that are. */
guint rp_queue_flush (RpQueue *self);

/** rp_queue_open_body: a read-only file descriptor, the caller's to close; -1 with an
 * #RpQueueError. */
int rp_queue_open_body (RpQueue *self, const char *id, GError **error);

G_END_DECLS
