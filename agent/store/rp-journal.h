/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The story of every message: kept 90 days, no content, no secrets. */
#pragma once

#include "core/rp-step.h"
#include "store/rp-store.h"

G_BEGIN_DECLS

/**
 * RpJournalEntry:
 * @received_at_s: seconds since the epoch
 * @network: (nullable): name of the network at that time
 * @program: (nullable): the mail program, as far as known
 * @subject: (nullable): where the journal is to have it
 *
 * One message, as listed.
 */
typedef struct
{
  char *message_id;
  gint64 received_at_s;
  char *sender;
  GStrv recipients;
  guint64 n_bytes;
  char *network;
  char *program;
  char *subject;
} RpJournalEntry;

/** rp_journal_entry_free: @self: (nullable) (transfer full). */
void rp_journal_entry_free (RpJournalEntry *self);

/** rp_journal_begin: (transfer full): a message arrived; returns at once. Its outcome
 * is "open". */
void rp_journal_begin (RpStore *store, RpJournalEntry *entry);

/** rp_journal_add: a step of its story; returns at once, written in order. */
void rp_journal_add (RpStore *store, const RpStep *step);

/** rp_journal_end: @outcome: "sent", "refused" or "waiting". */
void rp_journal_end (RpStore *store, const char *message_id, const char *outcome);

/**
 * rp_journal_list_async:
 * @limit: at most so many messages, the newest first
 */
void rp_journal_list_async (RpStore *store,
                            guint limit,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/** rp_journal_list_finish: (transfer full): "aa{sv}" as in the bus interface. */
GVariant *rp_journal_list_finish (RpStore *store, GAsyncResult *result, GError **error);

/** rp_journal_story_async: @message_id: or an unambiguous beginning of one, in upper
 * or lower case. */
void rp_journal_story_async (RpStore *store,
                             const char *message_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/** rp_journal_story_finish: (transfer full): "a{sv}": the listed entry with its
 * "steps". %G_IO_ERROR_NOT_FOUND when there is none, %G_IO_ERROR_INVALID_ARGUMENT when
 * the beginning fits several. */
GVariant *rp_journal_story_finish (RpStore *store,
                                   GAsyncResult *result,
                                   GError **error);

/** rp_journal_expire: forgets what is older than @max_age_s at @now_s, both in
 * seconds. */
void rp_journal_expire (RpStore *store, gint64 now_s, gint64 max_age_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpJournalEntry, rp_journal_entry_free)

G_END_DECLS
