/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recipient's way through the routes of its plan: which one is next after what a
 * server said, and what it comes to when none is left. */
#pragma once

#include <glib.h>

#include "core/rp-closures.h"
#include "core/rp-fate.h"
#include "core/rp-router.h"
#include "core/rp-verdict.h"

G_BEGIN_DECLS

/** RpItinerary: which routes were tried, and how each ended. */
typedef struct _RpItinerary RpItinerary;

/**
 * rp_itinerary_new:
 * @plan: (transfer none): outlives the itinerary
 * @index: the recipient's place in it
 * @sender: the envelope's, for reasons; copied
 *
 * Returns: (transfer full): with no route tried yet
 */
RpItinerary *rp_itinerary_new (const RpPlan *plan, guint index, const char *sender);

/** rp_itinerary_free: @self: (nullable). */
void rp_itinerary_free (RpItinerary *self);

/**
 * rp_itinerary_take_next:
 *
 * The next route that is not closed. Each is given once, one with POP a second time
 * when the server denied relaying right after the first login (their table of
 * addresses lags behind).
 *
 * Returns: (transfer none) (nullable): %NULL when none is left
 */
const RpRoute *rp_itinerary_take_next (RpItinerary *self, const RpClosures *closures);

/** rp_itinerary_has_next: whether rp_itinerary_take_next() would give one. */
gboolean rp_itinerary_has_next (const RpItinerary *self, const RpClosures *closures);

/**
 * rp_itinerary_end_route:
 * @verdict: how @route ended for this recipient
 * @stage: what @reply answered
 * @reply: (nullable): the server's words
 * @reason: (nullable) (transfer full): instead of the one that goes with @verdict
 *
 * DESIGN's table of verdicts, as far as it is about one recipient.
 *
 * Returns: (transfer full) (nullable): the recipient's fate when @verdict leaves no
 *   choice, %NULL when the next route may be tried
 */
RpFate *rp_itinerary_end_route (RpItinerary *self,
                                const RpRoute *route,
                                RpVerdict verdict,
                                RpVerdictStage stage,
                                const RpReply *reply,
                                RpReason *reason);

/**
 * rp_itinerary_end_unfit:
 * @reason: (transfer full): why @route's server cannot take the message as it is
 *   (%RP_REASON_CANNOT_8BIT, %RP_REASON_CANNOT_UTF8, %RP_REASON_TOO_LARGE_FOR)
 *
 * Ends @route for this recipient.
 */
void rp_itinerary_end_unfit (RpItinerary *self, const RpRoute *route, RpReason *reason);

/**
 * rp_itinerary_conclude:
 *
 * What it comes to without a further route: refused only if each ended for good and no
 * left-out or denied one could open elsewhere or later; else waiting.
 *
 * Returns: (transfer full): the recipient's fate
 */
RpFate *rp_itinerary_conclude (const RpItinerary *self);

/** rp_itinerary_dup_reason: (transfer full): the reason that goes with @verdict. */
RpReason *rp_itinerary_dup_reason (const RpItinerary *self,
                                   const RpRoute *route,
                                   RpVerdict verdict,
                                   RpVerdictStage stage);

/** rp_itinerary_has_pop: whether a route, tried or not, needs a POP login of
 * @server's. */
gboolean rp_itinerary_has_pop (const RpItinerary *self, const RpServer *server);

/**
 * rp_itinerary_repeat_pop:
 * @route: one with POP, under way
 *
 * It is tried once more, next of all, as if it had not been tried.
 *
 * Returns: %FALSE when it needs no POP, or one was tried again before
 */
gboolean rp_itinerary_repeat_pop (RpItinerary *self, const RpRoute *route);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpItinerary, rp_itinerary_free)

G_END_DECLS
