/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of an itinerary: shared by the way itself (rp-itinerary.c) and its end
 * (rp-itinerary-conclusion.c). */
#pragma once

#include "core/rp-itinerary.h"

G_BEGIN_DECLS

/** RouteEnd: how one route ended. */
typedef struct
{
  const RpRoute *route;
  RpVerdict verdict;
  gboolean is_for_good;
  gboolean is_about_server; /* what this server lets in elsewhere does not matter */
  gboolean is_unheard;      /* no server spoke */
  RpReply *reply;
  RpReason *reason;
} RouteEnd;

struct _RpItinerary
{
  const RpPlan *plan;
  const RpRecipientPlan *recipient;
  char *sender;
  gboolean *is_tried; /* one for each route */
  GPtrArray *ends;    /* RouteEnd */
  const RpRoute *preferred_after;
  RpPermission preferred;
  gboolean is_own_only; /* the sender was refused: never the location server */
  gboolean had_pop_again;
};

/** rp_itinerary_is_own_server: whether @server is named in the account itself, not
 * reached by "location". */
gboolean rp_itinerary_is_own_server (const RpItinerary *self, const char *server);

/**
 * rp_itinerary_has_ended_at_server:
 * @about_server: whether ends about the server as such are asked for, or the others
 *
 * Returns: whether a route of @server ended so
 */
gboolean rp_itinerary_has_ended_at_server (const RpItinerary *self,
                                           const char *server,
                                           gboolean about_server);

/** rp_itinerary_settle: (transfer full): the fate that goes with @end. */
RpFate *rp_itinerary_settle (const RpItinerary *self, const RouteEnd *end);

G_END_DECLS
