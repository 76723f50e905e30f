/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-pop-windows.h"

typedef struct
{
  guint64 number;
  gint64 opened_at_s;
} Login;

struct _RpPopWindows
{
  RpSurroundings *here;
  char *gateway_mac;  /* nullable: the last one known of where we are */
  GHashTable *logins; /* key of POP server, user and proxy to Login */
  guint64 n_logins;
};

RpPopWindows *
rp_pop_windows_new (void)
{
  RpPopWindows *self = g_new0 (RpPopWindows, 1);

  self->here = rp_surroundings_new ();
  self->logins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
rp_pop_windows_free (RpPopWindows *self)
{
  if (self == NULL)
    return;

  rp_surroundings_free (self->here);
  g_free (self->gateway_mac);
  g_hash_table_unref (self->logins);
  g_free (self);
}

gboolean
rp_pop_windows_move (RpPopWindows *self, const RpSurroundings *here)
{
  const gboolean has_moved =
      rp_surroundings_is_elsewhere (self->here, self->gateway_mac, here);

  rp_surroundings_free (self->here);
  self->here = rp_surroundings_copy (here);
  if (has_moved || here->gateway_mac != NULL)
    {
      g_free (self->gateway_mac);
      self->gateway_mac = g_strdup (here->gateway_mac);
    }
  if (has_moved)
    g_hash_table_remove_all (self->logins);
  return has_moved;
}

/* Through a proxy it is the proxy's address that was let in. */
static char *
dup_key (const RpServer *server)
{
  return g_strjoin ("\n", server->pop->url, server->user,
                    server->proxy != NULL ? server->proxy : "", NULL);
}

static gboolean
is_address_known (const RpPopWindows *self)
{
  return self->here->addresses != NULL && self->here->addresses[0] != NULL;
}

guint64
rp_pop_windows_open (RpPopWindows *self, const RpServer *server, gint64 now_s)
{
  Login *login;

  self->n_logins++;
  if (!is_address_known (self))
    return self->n_logins;

  login = g_new0 (Login, 1);
  login->number = self->n_logins;
  login->opened_at_s = now_s;
  g_hash_table_insert (self->logins, dup_key (server), login);
  return self->n_logins;
}

static const Login *
get_login (const RpPopWindows *self, const RpServer *server)
{
  g_autofree char *key = dup_key (server);

  return g_hash_table_lookup (self->logins, key);
}

/* A clock that was set back would keep it for ever. */
guint64
rp_pop_windows_find (const RpPopWindows *self, const RpServer *server, gint64 now_s)
{
  const Login *login = get_login (self, server);

  if (login == NULL || now_s < login->opened_at_s
      || now_s - login->opened_at_s >= server->pop_window_s)
    return 0;
  return login->number;
}

void
rp_pop_windows_close (RpPopWindows *self, const RpServer *server, guint64 login)
{
  const Login *last = get_login (self, server);
  g_autofree char *key = dup_key (server);

  if (last != NULL && last->number <= login)
    g_hash_table_remove (self->logins, key);
}

gboolean
rp_pop_windows_is_same_login (const RpServer *a, const RpServer *b)
{
  g_autofree char *left = dup_key (a);
  g_autofree char *right = dup_key (b);

  return g_str_equal (left, right);
}
