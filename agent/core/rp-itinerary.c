/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-itinerary-private.h"

static void
route_end_free (RouteEnd *end)
{
  rp_reply_free (end->reply);
  rp_reason_free (end->reason);
  g_free (end);
}

RpItinerary *
rp_itinerary_new (const RpPlan *plan, guint index, const char *sender)
{
  RpItinerary *self = g_new0 (RpItinerary, 1);

  self->plan = plan;
  self->recipient = rp_plan_get_recipient (plan, index);
  self->sender = g_strdup (sender);
  self->is_tried = g_new0 (gboolean, self->recipient->routes->len + 1);
  self->ends = g_ptr_array_new_with_free_func ((GDestroyNotify) route_end_free);
  return self;
}

void
rp_itinerary_free (RpItinerary *self)
{
  if (self == NULL)
    return;

  g_free (self->sender);
  g_free (self->is_tried);
  g_ptr_array_unref (self->ends);
  g_free (self);
}

gboolean
rp_itinerary_is_own_server (const RpItinerary *self, const char *server)
{
  return g_strv_contains ((const char *const *) self->plan->account->servers, server);
}

gboolean
rp_itinerary_has_ended_at_server (const RpItinerary *self,
                                  const char *server,
                                  gboolean about_server)
{
  for (guint i = 0; i < self->ends->len; i++)
    {
      const RouteEnd *end = (const RouteEnd *) g_ptr_array_index (self->ends, i);

      if (end->is_about_server == about_server
          && g_str_equal (end->route->server->name, server))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_eligible (const RpItinerary *self, guint index, const RpClosures *closures)
{
  const RpRoute *route = rp_recipient_plan_get_route (self->recipient, index);

  if (self->is_tried[index] || !rp_closures_is_open (closures, route))
    return FALSE;
  if (self->is_own_only && !rp_itinerary_is_own_server (self, route->server->name))
    return FALSE;
  return !rp_itinerary_has_ended_at_server (self, route->server->name, TRUE);
}

static gboolean
is_preferred (const RpItinerary *self, const RpRoute *route, gboolean same_endpoint)
{
  const gboolean is_meant = rp_permission_is_login (self->preferred)
                                ? rp_route_uses_login (route)
                                : route->permission == self->preferred;

  return is_meant
         && (same_endpoint ? g_str_equal (route->endpoint->url,
                                          self->preferred_after->endpoint->url)
                           : g_str_equal (route->server->name,
                                          self->preferred_after->server->name));
}

static gint
find_next (const RpItinerary *self, const RpClosures *closures)
{
  guint n_routes = self->recipient->routes->len;

  if (self->preferred_after != NULL)
    for (guint pass = 0; pass < 2; pass++)
      for (guint i = 0; i < n_routes; i++)
        if (is_eligible (self, i, closures)
            && is_preferred (self, rp_recipient_plan_get_route (self->recipient, i),
                             pass == 0))
          return (gint) i;

  for (guint i = 0; i < n_routes; i++)
    if (is_eligible (self, i, closures))
      return (gint) i;

  return -1;
}

const RpRoute *
rp_itinerary_take_next (RpItinerary *self, const RpClosures *closures)
{
  gint next = find_next (self, closures);

  self->preferred_after = NULL;
  if (next < 0)
    return NULL;

  self->is_tried[next] = TRUE;
  return rp_recipient_plan_get_route (self->recipient, (guint) next);
}

gboolean
rp_itinerary_has_next (const RpItinerary *self, const RpClosures *closures)
{
  return find_next (self, closures) >= 0;
}

static void
allow_again (RpItinerary *self, const RpRoute *route)
{
  for (guint i = 0; i < self->recipient->routes->len; i++)
    if (rp_recipient_plan_get_route (self->recipient, i) == route)
      self->is_tried[i] = FALSE;
}

static void
prefer (RpItinerary *self, const RpRoute *after, RpPermission permission)
{
  self->preferred_after = after;
  self->preferred = permission;
}

gboolean
rp_itinerary_has_pop (const RpItinerary *self, const RpServer *server)
{
  for (guint i = 0; i < self->recipient->routes->len; i++)
    {
      const RpRoute *route = rp_recipient_plan_get_route (self->recipient, i);

      if (route->server == server && route->permission == RP_PERMISSION_POP)
        return TRUE;
    }

  return FALSE;
}

gboolean
rp_itinerary_repeat_pop (RpItinerary *self, const RpRoute *route)
{
  if (route->permission != RP_PERMISSION_POP || self->had_pop_again)
    return FALSE;

  self->had_pop_again = TRUE;
  allow_again (self, route);
  prefer (self, route, RP_PERMISSION_POP);
  return TRUE;
}

static void
prefer_pop (RpItinerary *self, const RpRoute *after)
{
  if (!rp_itinerary_repeat_pop (self, after))
    prefer (self, after, RP_PERMISSION_POP);
}

/* Ended for good: no other place, hour or password would open the same route. A denial
 * that hangs on the place (network, address, POP) may be otherwise elsewhere. */
static gboolean
is_for_good (const RpRoute *route, RpVerdict verdict)
{
  switch (verdict)
    {
    case RP_VERDICT_RECIPIENT_REFUSED:
    case RP_VERDICT_SENDER_REFUSED:
    case RP_VERDICT_POLICY:
    case RP_VERDICT_TOO_BIG:
    case RP_VERDICT_REFUSED:
      return TRUE;
    case RP_VERDICT_RELAY_DENIED:
      return route->permission == RP_PERMISSION_HOSTS || rp_route_uses_login (route);
    case RP_VERDICT_ACCEPTED:
    case RP_VERDICT_AUTH_NEEDED:
    case RP_VERDICT_CREDENTIALS:
    case RP_VERDICT_AUTH_DISABLED:
    case RP_VERDICT_NETWORK_LISTED:
    case RP_VERDICT_TEMPORARY:
    case RP_VERDICT_SPLIT:
    case RP_VERDICT_UNREACHABLE:
    case RP_VERDICT_HOSTILE:
    case RP_VERDICT_AMBIGUOUS:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

RpReason *
rp_itinerary_dup_reason (const RpItinerary *self,
                         const RpRoute *route,
                         RpVerdict verdict,
                         RpVerdictStage stage)
{
  const char *server = route->server->name;
  const char *url = route->endpoint->url;
  const char *address = self->recipient->address;
  const char *user = route->server->user != NULL ? route->server->user : "";

  switch (verdict)
    {
    case RP_VERDICT_RELAY_DENIED:
      return rp_reason_new (RP_REASON_RELAY_DENIED, address, server, NULL);
    case RP_VERDICT_RECIPIENT_REFUSED:
      return rp_reason_new (RP_REASON_RECIPIENT_REFUSED, address, server, NULL);
    case RP_VERDICT_SENDER_REFUSED:
      return rp_reason_new (RP_REASON_SENDER_REFUSED, self->sender, server, NULL);
    case RP_VERDICT_AUTH_NEEDED:
      return rp_reason_new (RP_REASON_LOGIN_NEEDED, server, NULL);
    case RP_VERDICT_CREDENTIALS:
      return rp_route_dup_refused (route);
    case RP_VERDICT_AUTH_DISABLED:
      return rp_reason_new (RP_REASON_LOGIN_DISABLED, server, user, NULL);
    case RP_VERDICT_POLICY:
      return rp_reason_new (RP_REASON_POLICY_REFUSED, server, NULL);
    case RP_VERDICT_NETWORK_LISTED:
      return rp_reason_new (RP_REASON_NETWORK_LISTED, server, NULL);
    case RP_VERDICT_TEMPORARY:
    case RP_VERDICT_SPLIT:
      return rp_reason_new (RP_REASON_TEMPORARY, server, NULL);
    case RP_VERDICT_UNREACHABLE:
      return rp_reason_new (RP_REASON_UNREACHABLE, url, "", NULL);
    case RP_VERDICT_HOSTILE:
      return rp_reason_new (RP_REASON_HOSTILE, url, "", NULL);
    case RP_VERDICT_AMBIGUOUS:
      return rp_reason_new (RP_REASON_IN_DOUBT, server, NULL);
    case RP_VERDICT_TOO_BIG:
      return rp_reason_new (RP_REASON_MESSAGE_REFUSED, server, NULL);
    case RP_VERDICT_ACCEPTED:
    case RP_VERDICT_REFUSED:
      if (stage == RP_STAGE_CONNECT || stage == RP_STAGE_AUTH)
        return rp_reason_new (RP_REASON_TEMPORARY, server, NULL);
      if (stage == RP_STAGE_RCPT)
        return rp_reason_new (RP_REASON_RECIPIENT_REFUSED, address, server, NULL);
      return rp_reason_new (RP_REASON_MESSAGE_REFUSED, server, NULL);
    }
  g_return_val_if_reached (NULL);
}

static RouteEnd *
add_end (RpItinerary *self, const RpRoute *route, RpVerdict verdict, RpReason *reason)
{
  RouteEnd *end = g_new0 (RouteEnd, 1);

  end->route = route;
  end->verdict = verdict;
  end->is_for_good = is_for_good (route, verdict);
  end->is_about_server =
      verdict == RP_VERDICT_SENDER_REFUSED || verdict == RP_VERDICT_TOO_BIG;
  end->reason = reason;
  g_ptr_array_add (self->ends, end);
  return end;
}

RpFate *
rp_itinerary_settle (const RpItinerary *self, const RouteEnd *end)
{
  RpFateKind kind = end->is_for_good ? RP_FATE_REFUSED : RP_FATE_WAITING;

  return rp_fate_new (kind, self->recipient->address, end->route->server->name,
                      end->reply, rp_reason_copy (end->reason));
}

/* What the verdict leaves to do: DESIGN 5's table, a line each. */
static gboolean
may_go_on (RpItinerary *self,
           const RpRoute *route,
           RpVerdict verdict,
           RpVerdictStage stage)
{
  /* A greeting or a login that fails is about the server, not about the message. */
  if (stage == RP_STAGE_CONNECT || stage == RP_STAGE_AUTH)
    return TRUE;

  switch (verdict)
    {
    case RP_VERDICT_RELAY_DENIED:
      prefer_pop (self, route);
      return TRUE;
    case RP_VERDICT_SENDER_REFUSED:
      self->is_own_only = TRUE;
      return TRUE;
    case RP_VERDICT_AUTH_NEEDED:
      prefer (self, route, RP_PERMISSION_PASSWORD);
      return TRUE;
    case RP_VERDICT_CREDENTIALS:
    case RP_VERDICT_AUTH_DISABLED:
    case RP_VERDICT_NETWORK_LISTED:
    case RP_VERDICT_TOO_BIG:
    case RP_VERDICT_UNREACHABLE:
    case RP_VERDICT_HOSTILE:
      return TRUE;
    case RP_VERDICT_TEMPORARY:
    case RP_VERDICT_REFUSED:
    case RP_VERDICT_ACCEPTED:
    case RP_VERDICT_RECIPIENT_REFUSED:
    case RP_VERDICT_POLICY:
    case RP_VERDICT_SPLIT:
    case RP_VERDICT_AMBIGUOUS:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

RpFate *
rp_itinerary_end_route (RpItinerary *self,
                        const RpRoute *route,
                        RpVerdict verdict,
                        RpVerdictStage stage,
                        const RpReply *reply,
                        RpReason *reason)
{
  RouteEnd *end = add_end (
      self, route, verdict,
      reason != NULL ? reason : rp_itinerary_dup_reason (self, route, verdict, stage));

  end->reply = reply != NULL ? rp_reply_copy (reply) : NULL;
  end->is_unheard = reply == NULL;
  if (stage == RP_STAGE_CONNECT || stage == RP_STAGE_AUTH)
    {
      end->is_for_good = FALSE;
      end->is_about_server = FALSE;
    }

  return may_go_on (self, route, verdict, stage) ? NULL
                                                 : rp_itinerary_settle (self, end);
}

void
rp_itinerary_end_unfit (RpItinerary *self, const RpRoute *route, RpReason *reason)
{
  RouteEnd *end = add_end (self, route, RP_VERDICT_TOO_BIG, reason);

  end->is_unheard = TRUE;
}
