/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When each message in custody is attempted. Knows nothing of what an attempt is.
 *
 * Times are milliseconds of one clock that never jumps and goes on while the computer
 * sleeps (CLOCK_BOOTTIME); they are handed in, and so is chance. A time before the
 * clock's beginning is negative. */
#pragma once

#include <glib.h>

#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/** RP_SCHEDULE_MAX_YOUNG: attempts at a time that have just begun. An attempt that
 * takes longer than %RP_SCHEDULE_YOUNG_MS does not count any more: a server that is
 * slow to one message must not delay the others. */
#define RP_SCHEDULE_MAX_YOUNG 8
#define RP_SCHEDULE_YOUNG_MS 5000

/** RP_SCHEDULE_MAX_IN_FLIGHT: attempts at a time, all of them. */
#define RP_SCHEDULE_MAX_IN_FLIGHT 256

typedef struct _RpSchedule RpSchedule;

/** rp_schedule_new: (transfer full): without a message, connectivity unknown. */
RpSchedule *rp_schedule_new (void);

/** rp_schedule_free: @self: (nullable) (transfer full). */
void rp_schedule_free (RpSchedule *self);

/**
 * rp_schedule_set_lifetime_ms:
 * @lifetime_ms: how long after it was taken a message is tried, queue-days=; for all
 *   messages, those that are there already too
 */
void rp_schedule_set_lifetime_ms (RpSchedule *self, gint64 lifetime_ms);

/**
 * rp_schedule_set_connectivity:
 *
 * While it is none or portal nothing is due, and what becomes due in the meantime
 * waits. The caller wakes the messages (rp_schedule_wake_all()) when that is over.
 */
void rp_schedule_set_connectivity (RpSchedule *self, RpConnectivity connectivity);

/**
 * rp_schedule_add:
 * @id: of a message that is not there yet; the order of these calls is the order of
 *   acceptance
 * @taken_ms: when it was taken
 *
 * It is due at once. One whose first attempt is running already is then told with
 * rp_schedule_begin().
 */
void rp_schedule_add (RpSchedule *self, const char *id, gint64 taken_ms);

/** rp_schedule_remove: forgets @id; nothing happens when it is not there. */
void rp_schedule_remove (RpSchedule *self, const char *id);

/** rp_schedule_set_held: a message that its user holds is not attempted. It keeps its
 * place and its next time meanwhile. */
void rp_schedule_set_held (RpSchedule *self, const char *id, gboolean is_held);

/** rp_schedule_set_waiting: whether somebody is left to whom the message has to be
 * sent (which a message has at first). Without that it is not attempted. */
void rp_schedule_set_waiting (RpSchedule *self, const char *id, gboolean is_waiting);

/**
 * rp_schedule_wake_all:
 *
 * The network changed, a login page was passed, the keyring was unlocked, somebody
 * signed in or asked for it: all that may be attempted is due at once, and its
 * back-off begins anew. An attempt that is running saw the world as it was before: if
 * it ends without success, its message is due again at once.
 */
void rp_schedule_wake_all (RpSchedule *self, gint64 now_ms);

/** rp_schedule_wake: the same for one message, as its user asks; its lifetime begins
 * anew as well, or what was given up could not be tried more than once. */
void rp_schedule_wake (RpSchedule *self, const char *id, gint64 now_ms);

/**
 * rp_schedule_begin_next:
 *
 * Call it until it returns %NULL, whenever something was told to the schedule and at
 * rp_schedule_get_next_ms().
 *
 * Returns: (transfer none) (nullable): a message that is to be attempted now, the one
 *   that was accepted first; it counts as in flight from @now_ms on
 */
const char *rp_schedule_begin_next (RpSchedule *self, gint64 now_ms);

/** rp_schedule_begin: an attempt at @id begins without having been due, or began
 * before it was added; it counts like the others. */
void rp_schedule_begin (RpSchedule *self, const char *id, gint64 now_ms);

/**
 * rp_schedule_end:
 * @random: see rp_backoff_get_delay_ms()
 *
 * The attempt at @id ended, and the message stays. Where nobody is left to be tried,
 * tell that before (rp_schedule_set_waiting()).
 *
 * Returns: whether the message has had its time, so that who waits has failed. Told
 *   only here: a message that could not be attempted, since its user was away from
 *   any network, has an attempt before it is given up, and so has one that was woken
 *   meanwhile or whose attempt ended with the network
 */
gboolean rp_schedule_end (RpSchedule *self,
                          const char *id,
                          gint64 now_ms,
                          guint32 random);

/**
 * rp_schedule_get_next_ms:
 *
 * Returns: when rp_schedule_begin_next() may have something to begin, @now_ms if at
 *   once; -1 if not before something else is told. A timer that stands still while
 *   the computer sleeps has to ask again now and then
 */
gint64 rp_schedule_get_next_ms (const RpSchedule *self, gint64 now_ms);

/** rp_schedule_get_due_ms: when @id is attempted if it can be, for people; -1 while it
 * is held, in flight, or has nobody to be sent to. */
gint64 rp_schedule_get_due_ms (const RpSchedule *self, const char *id);

/** rp_schedule_get_n_attempts: attempts that ended since @id was added or woken. */
guint rp_schedule_get_n_attempts (const RpSchedule *self, const char *id);

/** rp_schedule_is_in_flight: whether an attempt at @id began and has not ended. */
gboolean rp_schedule_is_in_flight (const RpSchedule *self, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSchedule, rp_schedule_free)

G_END_DECLS
