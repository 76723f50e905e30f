/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an itinerary comes to when no route is left. */
#include "core/rp-itinerary-private.h"

/* Left out here and now, but not for ever, nor where the server has already refused
 * this sender or this message as such. */
static const RpLeftOut *
find_openable (const RpItinerary *self)
{
  for (guint i = 0; i < self->recipient->left_out->len; i++)
    {
      const RpLeftOut *left_out =
          (const RpLeftOut *) g_ptr_array_index (self->recipient->left_out, i);

      if (!left_out->can_open_later)
        continue;
      if (left_out->server != NULL)
        {
          if (rp_itinerary_has_ended_at_server (self, left_out->server, TRUE))
            continue;
          if (self->is_own_only && !rp_itinerary_is_own_server (self, left_out->server))
            continue;
        }
      else if (self->is_own_only)
        continue;
      return left_out;
    }

  return NULL;
}

/* The end that says most: a server's word, not for good; then one that was not heard;
 * then the first of those for good. */
static const RouteEnd *
find_telling (const RpItinerary *self)
{
  const RouteEnd *best = NULL;
  guint best_rank = G_MAXUINT;

  for (guint i = 0; i < self->ends->len; i++)
    {
      const RouteEnd *end = (const RouteEnd *) g_ptr_array_index (self->ends, i);
      guint rank = end->is_for_good                         ? 2
                   : end->verdict == RP_VERDICT_UNREACHABLE ? 1
                                                            : 0;

      if (rank < best_rank)
        {
          best = end;
          best_rank = rank;
        }
    }

  return best;
}

/* Refused: the words of the server that stands first among those that spoke. */
static const RouteEnd *
find_spoken (const RpItinerary *self)
{
  for (guint i = 0; i < self->ends->len; i++)
    {
      const RouteEnd *end = (const RouteEnd *) g_ptr_array_index (self->ends, i);

      if (!end->is_unheard)
        return end;
    }

  return (const RouteEnd *) g_ptr_array_index (self->ends, 0);
}

static gboolean
has_end_not_for_good (const RpItinerary *self)
{
  for (guint i = 0; i < self->ends->len; i++)
    if (!((const RouteEnd *) g_ptr_array_index (self->ends, i))->is_for_good)
      return TRUE;

  return FALSE;
}

/* A route that this recipient never tried, since another one found it closed. */
static const RpRoute *
find_skipped (const RpItinerary *self)
{
  for (guint i = 0; i < self->recipient->routes->len; i++)
    {
      const RpRoute *route = rp_recipient_plan_get_route (self->recipient, i);

      if (!self->is_tried[i]
          && !rp_itinerary_has_ended_at_server (self, route->server->name, TRUE)
          && (!self->is_own_only
              || rp_itinerary_is_own_server (self, route->server->name)))
        return route;
    }

  return NULL;
}

static RpReason *
dup_opening_reason (const RpItinerary *self, const RpLeftOut *left_out)
{
  if (left_out->reason->code == RP_REASON_NOT_ON_NETWORK)
    return rp_reason_new (RP_REASON_NO_ROUTE_HERE, self->recipient->address,
                          left_out->reason->args[1], NULL);
  return rp_reason_copy (left_out->reason);
}

/* The message itself goes nowhere: the codes of RFC 6152, RFC 6531 and RFC 1870. */
static gboolean
name_unfit (RpFate *fate, const RpReason *reason)
{
  if (reason->code == RP_REASON_CANNOT_8BIT)
    {
      rp_fate_set_code (fate, 554, "5.6.3");
      rp_fate_add_reason (fate, rp_reason_new (RP_REASON_8BIT_NOWHERE, NULL));
    }
  else if (reason->code == RP_REASON_CANNOT_UTF8)
    {
      rp_fate_set_code (fate, 550, "5.6.7");
      rp_fate_add_reason (fate, rp_reason_new (RP_REASON_UTF8_NOWHERE, NULL));
    }
  else if (reason->code == RP_REASON_TOO_LARGE_FOR)
    {
      rp_fate_set_code (fate, 552, "5.3.4");
      rp_fate_add_reason (fate,
                          rp_reason_new (RP_REASON_TOO_BIG, reason->args[1], NULL));
    }
  else
    return FALSE;
  return TRUE;
}

static RpFate *
conclude_unplanned (const RpItinerary *self)
{
  RpFate *fate =
      rp_fate_new (RP_FATE_REFUSED, self->recipient->address, NULL, NULL, NULL);

  for (guint i = 0; i < self->recipient->left_out->len; i++)
    if (name_unfit (
            fate, ((const RpLeftOut *) g_ptr_array_index (self->recipient->left_out, i))
                      ->reason))
      return fate;

  rp_fate_set_code (fate, 554, "5.7.1");
  rp_fate_add_reason (
      fate, rp_reason_new (RP_REASON_NO_ROUTE, self->recipient->address, NULL));
  for (guint i = 0; i < self->recipient->left_out->len; i++)
    rp_fate_add_reason (fate, rp_reason_copy (((const RpLeftOut *) g_ptr_array_index (
                                                   self->recipient->left_out, i))
                                                  ->reason));
  return fate;
}

static RpFate *
conclude_waiting (const RpItinerary *self, const RpLeftOut *openable)
{
  const RouteEnd *end = find_telling (self);
  const RpRoute *skipped = find_skipped (self);
  RpFate *fate = rp_fate_new (RP_FATE_WAITING, self->recipient->address,
                              end != NULL ? end->route->server->name : NULL,
                              end != NULL ? end->reply : NULL,
                              end != NULL ? rp_reason_copy (end->reason) : NULL);

  if (skipped != NULL && (end == NULL || end->is_for_good))
    rp_fate_add_reason (
        fate, rp_reason_new (RP_REASON_UNREACHABLE, skipped->endpoint->url, "", NULL));
  if (openable != NULL
      && (end == NULL || end->is_for_good || end->verdict == RP_VERDICT_RELAY_DENIED
          || end->verdict == RP_VERDICT_AUTH_NEEDED))
    rp_fate_add_reason (fate, dup_opening_reason (self, openable));
  return fate;
}

static RpFate *
conclude_refused (const RpItinerary *self)
{
  const RouteEnd *end = find_spoken (self);
  RpFate *fate;

  if (end->reply != NULL)
    return rp_itinerary_settle (self, end);

  fate = rp_fate_new (RP_FATE_REFUSED, self->recipient->address,
                      end->route->server->name, NULL, NULL);
  if (!name_unfit (fate, end->reason))
    {
      rp_fate_set_code (fate, 554, "5.7.1");
      rp_fate_add_reason (fate, rp_reason_copy (end->reason));
    }
  return fate;
}

static gboolean
is_portal_in_the_way (const RpItinerary *self)
{
  return self->plan->connectivity == RP_CONNECTIVITY_PORTAL
         && self->recipient->routes->len > 0 && self->ends->len == 0;
}

RpFate *
rp_itinerary_conclude (const RpItinerary *self)
{
  const RpLeftOut *openable = find_openable (self);

  if (is_portal_in_the_way (self))
    return rp_fate_new (
        RP_FATE_WAITING, self->recipient->address, NULL, NULL,
        rp_reason_new (RP_REASON_PORTAL,
                       self->plan->network != NULL ? self->plan->network : "", NULL));
  if (openable != NULL || has_end_not_for_good (self) || find_skipped (self) != NULL)
    return conclude_waiting (self, openable);
  if (self->ends->len == 0)
    return conclude_unplanned (self);
  return conclude_refused (self);
}
