/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-token-session.h"

#include "upstream/rp-password.h"
#include "upstream/rp-server-copy.h"

#define RENEW_AHEAD_S 120

/* A token of which the provider did not say how long it lives is asked for anew after
 * this time; the server refuses it when it ends before. */
#define UNSAID_LIFE_S 300

RpTokenSession *
rp_token_session_new (const RpServer *server, const char *host)
{
  RpTokenSession *self = g_rc_box_new0 (RpTokenSession);

  self->server = rp_server_copy_new (server);
  self->host = g_strdup (host);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
rp_token_session_set_server (RpTokenSession *self, const RpServer *server)
{
  rp_server_copy_free (self->server);
  self->server = rp_server_copy_new (server);
}

RpTokenSession *
rp_token_session_ref (RpTokenSession *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer session)
{
  RpTokenSession *self = session;

  rp_token_session_drop_token (self);
  g_clear_error (&self->failure);
  rp_sign_in_record_free (self->unstored);
  rp_oauth_provider_free (self->provider);
  rp_server_copy_free (self->server);
  g_ptr_array_unref (self->waiting);
  g_free (self->host);
}

void
rp_token_session_unref (RpTokenSession *self)
{
  g_rc_box_release_full (self, clear);
}

void
rp_token_session_take_token (RpTokenSession *self,
                             const char *access_token,
                             const char *const *hosts,
                             guint expires_in_s,
                             gint64 now_s)
{
  const guint life_s = expires_in_s > 0 ? expires_in_s : UNSAID_LIFE_S;

  rp_token_session_drop_token (self);
  g_clear_error (&self->failure);
  self->access_token = rp_password_copy (access_token);
  self->hosts = g_strdupv ((char **) hosts);
  self->end_s = now_s + life_s;
  self->renew_s = self->end_s - MIN (RENEW_AHEAD_S, life_s / 10);
  self->not_before_s = 0;
  self->advice = RP_TOKENS_ADVICE_NONE;
}

void
rp_token_session_drop_token (RpTokenSession *self)
{
  g_clear_pointer (&self->access_token, rp_password_free);
  g_clear_pointer (&self->hosts, g_strfreev);
}

gboolean
rp_token_session_may_tell (const RpTokenSession *self, const char *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return self->access_token != NULL
         && g_strv_contains ((const char *const *) self->hosts, lower);
}

void
rp_token_session_take_failure (RpTokenSession *self, GError *failure, gint64 until_s)
{
  g_clear_error (&self->failure);
  self->failure = failure;
  self->not_before_s = until_s;
}

const GError *
rp_token_session_get_failure (const RpTokenSession *self, gint64 now_s)
{
  return now_s < self->not_before_s ? self->failure : NULL;
}
