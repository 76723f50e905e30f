/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages in custody, on disk: a record in the database and a body in queue/ID.eml
 * (mode 0600, the octets as they arrived, not dot-stuffed).
 *
 * Taking: body written and synced, linked to its name, folder synced, record committed;
 * only then the callback, and only then a 250. Removing: record marked as done and
 * committed, body unlinked, folder synced, record deleted. A crash between any two of
 * these leaves one of the states below, and rp_custody_store_load() does what stands
 * beside it. Nothing else can be on disk.
 *
 * | record | in queue/                  | since                    | at start         |
 * |--------|----------------------------|--------------------------|------------------|
 * | none   | unnamed body               | taking, before the link  | the kernel frees |
 * | none   | .ID.tmp, content-*.tmp     | taking, no O_TMPFILE     | set aside        |
 * | none   | ID.eml                     | taking, before commit    | set aside        |
 * | waits  | ID.eml, long as recorded   | taken                    | is tried         |
 * | doubt  | ID.eml, long as recorded   | end of data, no reply    | stays in doubt   |
 * | any    | no ID.eml or no plain file | somebody else's hand     | damage "no-body" |
 * | any    | ID.eml of another length   | the same                 | damage "torn"    |
 * | done   | ID.eml                     | removing, before unlink  | removal finished |
 * | done   | none                       | removing, after unlink   | removal finished |
 *
 * What is set aside lies in queue/set-aside/ for 30 days. A message whose taking failed
 * may be found in the third state, when its body could not be unlinked, or in the
 * sixth, when the disk refused both its commit and what was to bury it; never in the
 * fourth: its program heard a 4xx, and comes again. */
#pragma once

#include "core/rp-custody.h"
#include "store/rp-store.h"

G_BEGIN_DECLS

/**
 * RpCustodyChange:
 * @index: of the recipient in the envelope
 * @recipient: what it is from now on
 */
typedef struct
{
  guint index;
  RpCustodyRecipient *recipient;
} RpCustodyChange;

/** rp_custody_change_new: @recipient is copied. */
RpCustodyChange *rp_custody_change_new (guint index,
                                        const RpCustodyRecipient *recipient);

/** rp_custody_change_free: @self: (nullable) (transfer full). */
void rp_custody_change_free (RpCustodyChange *self);

/**
 * rp_custody_store_take_async:
 * @custody: copied; its size in @facts is that of the content
 * @bytes: (nullable): the content; a reference is taken
 * @fd: (lent): a file with the content, without a name yet in queue/, which must stay
 *   open and unwritten until @callback, and is not given again when that fails; -1
 *   with @bytes
 * @callback: called when the message is safe on disk, or could not be made so
 *
 * The body is written by a thread of GTask's pool, so that a large one delays nobody.
 * The order of acceptance is the order of these calls.
 */
void rp_custody_store_take_async (RpStore *store,
                                  const RpCustody *custody,
                                  GBytes *bytes,
                                  int fd,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * rp_custody_store_take_finish:
 *
 * Returns: whether the message is in custody; else %RP_STORE_ERROR_FAILED says what
 *   failed and where, and nothing of the message is left. A body whose sync failed is
 *   never synced again: the next attempt writes a new file.
 */
gboolean rp_custody_store_take_finish (RpStore *store,
                                       GAsyncResult *result,
                                       GError **error);

/**
 * rp_custody_store_record_async:
 * @id: of a message in custody
 * @changes: (element-type RpCustodyChange): copied
 * @callback: (nullable): without one, a failure is told by #RpStore::failed
 *
 * What became of recipients. Committed in the order of the calls, all @changes or none.
 */
void rp_custody_store_record_async (RpStore *store,
                                    const char *id,
                                    GPtrArray *changes,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/** rp_custody_store_record_finish: %FALSE with %RP_STORE_ERROR_FAILED: none of the
 * changes is recorded. */
gboolean rp_custody_store_record_finish (RpStore *store,
                                         GAsyncResult *result,
                                         GError **error);

/** rp_custody_store_set_answered: the program has heard its 250; returns at once. */
void rp_custody_store_set_answered (RpStore *store, const char *id);

/**
 * rp_custody_store_set_held:
 * @callback: (nullable): told with rp_custody_store_record_finish() whether it is
 *   recorded; %NULL tells only of failure, by the store's signal
 *
 * By the user, or no longer.
 */
void rp_custody_store_set_held (RpStore *store,
                                const char *id,
                                gboolean is_held,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/** rp_custody_store_note_attempt: how many attempts there were, and how long running
 * agents have had the message, in seconds; returns at once. */
void rp_custody_store_note_attempt (RpStore *store,
                                    const char *id,
                                    guint n_attempts,
                                    gint64 age_s);

/**
 * rp_custody_store_remove_async:
 * @id: of a message that everybody has, or that the user drops
 * @callback: (nullable): called when all of it is gone
 */
void rp_custody_store_remove_async (RpStore *store,
                                    const char *id,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * rp_custody_store_remove_finish:
 *
 * Returns: whether the message is out of custody for good. When it is, but its body
 *   could not be deleted yet, that is told by #RpStore::failed and done at the next
 *   start.
 */
gboolean rp_custody_store_remove_finish (RpStore *store,
                                         GAsyncResult *result,
                                         GError **error);

/**
 * rp_custody_store_load:
 * @set_aside: (out) (transfer full) (element-type utf8) (optional): names of what was
 *   moved to queue/set-aside/ now, without a folder
 *
 * Blocks: called once at start, before anything is taken. Brings what a crash left
 * behind in order, see the table above; what cannot be put in order now is told by
 * #RpStore::failed and left to the next start.
 *
 * Returns: (transfer full) (element-type RpCustody) (nullable): all messages in
 *   custody in the order of acceptance, or %NULL with %RP_STORE_ERROR_FAILED
 */
GPtrArray *rp_custody_store_load (RpStore *store,
                                  GPtrArray **set_aside,
                                  GError **error);

/**
 * rp_custody_store_open_body:
 *
 * Returns: a read-only file descriptor at its beginning, the caller's to close, or -1
 *   with %RP_STORE_ERROR_FAILED
 */
int rp_custody_store_open_body (RpStore *store, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpCustodyChange, rp_custody_change_free)

G_END_DECLS
