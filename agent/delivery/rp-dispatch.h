/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message under way: carries out what its settlement asks for, and tells it what
 * came of it. Owns the carriers and the timer; decides nothing. */
#pragma once

#include <gio/gio.h>

#include "delivery/rp-planner.h"
#include "delivery/rp-pop-logins.h"
#include "delivery/rp-queue.h"
#include "smtp/rp-message.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

#define RP_TYPE_DISPATCH (rp_dispatch_get_type ())
G_DECLARE_FINAL_TYPE (RpDispatch, rp_dispatch, RP, DISPATCH, GObject)

/**
 * RpDispatch::step: RpStep, (transfer none)
 * RpDispatch::learned: RpLesson, (transfer none)
 * RpDispatch::unlearned: RpLesson, (transfer none)
 * RpDispatch::answered: RpReply, (transfer none): for the program; exactly once, not
 *   at all for a message that was in custody before
 * RpDispatch::done: the outcome, a string; exactly once, last
 */

/**
 * RpDispatchTools:
 *
 * What a dispatch works with; each outlives it or is counted by it.
 */
typedef struct
{
  RpCurlLoop *loop;
  RpSecrets *secrets;
  RpPlanner *planner;
  RpQueue *queue;
  RpPopLogins *pop_logins;
} RpDispatchTools;

/**
 * rp_dispatch_new:
 * @account: (transfer none): of @config
 * @patience_ms: from now until the program must have its answer
 *
 * For a message whose program waits.
 *
 * Returns: (transfer full)
 */
RpDispatch *rp_dispatch_new (const RpDispatchTools *tools,
                             RpMessage *message,
                             RpConfig *config,
                             const RpAccount *account,
                             guint patience_ms);

/**
 * rp_dispatch_new_in_custody:
 * @message: with those recipients that are to be attempted
 * @indices: (element-type guint) (transfer none): their places in the envelope that is
 *   in custody
 *
 * Returns: (transfer full)
 */
RpDispatch *rp_dispatch_new_in_custody (const RpDispatchTools *tools,
                                        RpMessage *message,
                                        RpConfig *config,
                                        const RpAccount *account,
                                        GArray *indices);

/** rp_dispatch_start: plans for @here and begins. Nothing is signalled before it
 * returns. */
void rp_dispatch_start (RpDispatch *self, const RpSurroundings *here);

/** rp_dispatch_move: we are at @here now: what is not past its end of data is given up
 * and planned anew. */
void rp_dispatch_move (RpDispatch *self, const RpSurroundings *here);

/** rp_dispatch_leave: the program is gone. */
void rp_dispatch_leave (RpDispatch *self);

/** rp_dispatch_stop: the agent ends. */
void rp_dispatch_stop (RpDispatch *self);

/** rp_dispatch_abandon: the message is nobody's any more: all that is under way ends at
 * once, nothing is signalled and nothing recorded. */
void rp_dispatch_abandon (RpDispatch *self);

/** rp_dispatch_get_message: (transfer none): what it carries. */
RpMessage *rp_dispatch_get_message (RpDispatch *self);

/** rp_dispatch_get_outcome: (transfer none): as rp_settlement_get_outcome(), "open"
 * while the first plan is made. */
const char *rp_dispatch_get_outcome (RpDispatch *self);

G_END_DECLS
