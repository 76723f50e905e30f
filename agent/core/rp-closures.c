/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-closures.h"

struct _RpClosures
{
  GHashTable *closed; /* "KIND NAME" */
  gboolean is_outside_closed;
};

RpClosures *
rp_closures_new (void)
{
  RpClosures *self = g_new0 (RpClosures, 1);

  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
rp_closures_free (RpClosures *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->closed);
  g_free (self);
}

static char *
dup_key (RpClosureKind kind, const char *name)
{
  return g_strdup_printf ("%d %s", (int) kind, name);
}

void
rp_closures_close (RpClosures *self, RpClosureKind kind, const char *name)
{
  g_hash_table_add (self->closed, dup_key (kind, name));
}

/* Of a server or an endpoint, one way to log in. */
static char *
dup_login_name (const RpRoute *route, const char *name)
{
  return g_strdup_printf ("%d %s", (int) route->permission, name);
}

void
rp_closures_close_login (RpClosures *self, const RpRoute *route)
{
  g_autofree char *name = dup_login_name (route, route->server->name);

  rp_closures_close (self, RP_CLOSURE_LOGIN, name);
}

void
rp_closures_close_login_at (RpClosures *self, const RpRoute *route)
{
  g_autofree char *name = dup_login_name (route, route->endpoint->url);

  rp_closures_close (self, RP_CLOSURE_LOGIN_AT, name);
}

void
rp_closures_close_outside (RpClosures *self)
{
  self->is_outside_closed = TRUE;
}

gboolean
rp_closures_has (const RpClosures *self, RpClosureKind kind, const char *name)
{
  g_autofree char *key = dup_key (kind, name);

  return g_hash_table_contains (self->closed, key);
}

static gboolean
is_login_closed (const RpClosures *self, const RpRoute *route)
{
  g_autofree char *at_server = dup_login_name (route, route->server->name);
  g_autofree char *at_endpoint = dup_login_name (route, route->endpoint->url);

  return rp_closures_has (self, RP_CLOSURE_LOGIN_AT, at_endpoint)
         || rp_closures_has (self, RP_CLOSURE_LOGIN, at_server);
}

gboolean
rp_closures_is_open (const RpClosures *self, const RpRoute *route)
{
  const char *server = route->server->name;
  const char *url = route->endpoint->url;

  if (rp_closures_has (self, RP_CLOSURE_ENDPOINT, url))
    return FALSE;
  if (self->is_outside_closed && !route->endpoint->is_loopback)
    return FALSE;
  if (route->endpoint->tls == RP_TLS_NONE && !route->endpoint->is_loopback
      && rp_closures_has (self, RP_CLOSURE_CLEAR, server))
    return FALSE;
  if (rp_route_uses_login (route) && is_login_closed (self, route))
    return FALSE;
  return route->permission != RP_PERMISSION_POP
         || !rp_closures_has (self, RP_CLOSURE_POP, server);
}
