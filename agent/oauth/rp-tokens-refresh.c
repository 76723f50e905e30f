/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One refresh of a sign-in, for all who wait for it: record, answer, keyring, token. */
#include "oauth/rp-tokens-private.h"

#include <glib/gi18n.h>

#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-ask.h"
#include "oauth/rp-oauth-request.h"

/* How long a sign-in that the provider has ended is left alone. It may have been this
 * network that it disliked. */
#define REVOKED_PAUSE_S (10 * 60)

/* No provider keeps us away longer, whatever it says. */
#define MAX_RETRY_AFTER_S (60 * 60)

#define DAY_S (24 * 60 * 60)

/* One that goes on. */
typedef struct
{
  RpTokens *tokens;
  RpTokenSession *session;
  RpSignInRecord *record; /* nullable */
  RpOAuthGrant *grant;    /* nullable: what the provider answered */
} Refresh;

static void
refresh_free (Refresh *self)
{
  rp_oauth_grant_free (self->grant);
  rp_sign_in_record_free (self->record);
  rp_token_session_unref (self->session);
  g_object_unref (self->tokens);
  g_free (self);
}

/* --- the end --- */

static void
return_token (GTask *task, const RpTokenSession *session)
{
  g_task_return_pointer (task, g_strdup (session->access_token),
                         (GDestroyNotify) rp_secret_free);
}

static void
return_wrong_host (GTask *task, const char *host)
{
  g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                           _ ("the sign-in was not made for %s; sign in again"), host);
}

static void
answer_waiter (GTask *task, const RpTokenSession *session, const GError *error)
{
  RpTokenWaiter *waiter = g_task_get_task_data (task);

  if (waiter->cancel_source != NULL)
    {
      g_source_destroy (waiter->cancel_source);
      g_clear_pointer (&waiter->cancel_source, g_source_unref);
    }
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (rp_token_session_may_tell (session, waiter->host))
    return_token (task, session);
  else
    return_wrong_host (task, waiter->host);
}

/* The list is taken first: whoever is answered may ask again at once. */
static void
answer_all (RpTokenSession *session, const GError *error)
{
  g_autoptr (GPtrArray) waiting = session->waiting;

  session->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  session->is_busy = FALSE;
  for (guint i = 0; i < waiting->len; i++)
    answer_waiter (g_ptr_array_index (waiting, i), session, error);
}

/* Takes @error. The token before counts to its end, if nobody has refused it. */
static void
fail (Refresh *self, GError *error)
{
  RpTokenSession *session = self->session;
  const gint64 now_s = self->tokens->clock.get_boot_s ();
  g_autoptr (GError) owned = error;

  if (session->access_token != NULL && now_s >= session->end_s)
    rp_token_session_drop_token (session);
  if (session->access_token != NULL
      && (g_error_matches (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE)
          || g_error_matches (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED)))
    g_clear_error (&owned);
  answer_all (session, owned);
  refresh_free (self);
}

static void
succeed (Refresh *self)
{
  RpTokenSession *session = self->session;

  rp_token_session_take_token (
      session, self->grant->access_token, (const char *const *) self->record->hosts,
      self->grant->expires_in_s, self->tokens->clock.get_boot_s ());
  session->last_success_s = self->tokens->clock.get_wall_s ();
  answer_all (session, NULL);
  refresh_free (self);
}

/* Signed out, or in anew, meanwhile. */
static gboolean
end_if_dropped (Refresh *self)
{
  if (!self->session->is_dropped)
    return FALSE;

  rp_token_session_drop_token (self->session);
  fail (self, g_error_new_literal (RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                                   _ ("the sign-in has just been changed")));
  return TRUE;
}

/* --- the keyring --- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refresh *self = user_data;
  GError *error = NULL;

  if (!rp_secrets_store_finish (RP_SECRETS (source), result, &error))
    {
      /* It is the only one that still counts: the next lookup tries again. */
      rp_sign_in_record_free (self->session->unstored);
      self->session->unstored = g_steal_pointer (&self->record);
      fail (self, error);
      return;
    }

  if (!end_if_dropped (self))
    succeed (self);
}

static void
store (Refresh *self)
{
  const char *const hosts[] = { self->session->host, NULL };
  char *text = rp_sign_in_record_dup_text (self->record);

  rp_secrets_store_async (self->tokens->inner, self->session->server, RP_SECRET_SIGN_IN,
                          hosts, text, NULL, on_stored, self);
  rp_secret_free (text);
}

/* --- the answer --- */

/* The sign-in ended at the age at which those of a client in testing do. When it was
 * last alive is only known as long as we live. */
static gboolean
has_testing_age (const Refresh *self)
{
  const gint64 life_s = (gint64) self->session->provider->testing_days * DAY_S;
  const gint64 age_s = self->tokens->clock.get_wall_s () - self->record->issued_s;
  const gint64 last_age_s = self->session->last_success_s > 0
                                ? self->session->last_success_s - self->record->issued_s
                                : 0;

  return life_s > 0 && age_s >= life_s - DAY_S / 2 && last_age_s <= life_s + DAY_S / 2;
}

static RpTokensAdvice
judge_advice (const Refresh *self, const GError *error)
{
  switch ((RpOAuthError) error->code)
    {
    case RP_OAUTH_ERROR_REVOKED:
      return has_testing_age (self) ? RP_TOKENS_ADVICE_TESTING : RP_TOKENS_ADVICE_NONE;
    case RP_OAUTH_ERROR_CONSENT:
      return RP_TOKENS_ADVICE_CONSENT;
    case RP_OAUTH_ERROR_CLIENT:
      return RP_TOKENS_ADVICE_CLIENT;
    case RP_OAUTH_ERROR_OUTAGE:
    case RP_OAUTH_ERROR_DENIED:
    case RP_OAUTH_ERROR_EXPIRED:
    case RP_OAUTH_ERROR_MISMATCH:
    case RP_OAUTH_ERROR_PROTOCOL:
      return RP_TOKENS_ADVICE_NONE;
    }
  g_return_val_if_reached (RP_TOKENS_ADVICE_NONE);
}

/* Only what nobody but the user, or an administrator, can mend ends a sign-in. */
static gboolean
ends_sign_in (const GError *error)
{
  return error->code == RP_OAUTH_ERROR_REVOKED || error->code == RP_OAUTH_ERROR_CONSENT
         || error->code == RP_OAUTH_ERROR_DENIED;
}

static void
take_failure (Refresh *self, const GError *error, guint retry_after_s)
{
  RpTokenSession *session = self->session;
  const gboolean is_over = ends_sign_in (error);
  const gint64 pause_s =
      is_over ? REVOKED_PAUSE_S : MIN (retry_after_s, MAX_RETRY_AFTER_S);
  /* Translators: the name of an authorization server, then its own words. */
  GError *failure = g_error_new (
      RP_SECRETS_ERROR,
      is_over ? RP_SECRETS_ERROR_REVOKED : RP_SECRETS_ERROR_UNAVAILABLE,
      is_over ? _ ("%1$s does not accept the sign-in any more (%2$s); sign in again")
              : "%1$s: %2$s",
      rp_oauth_provider_get_title (session->provider), error->message);

  session->advice = judge_advice (self, error);
  rp_token_session_take_failure (session, g_error_copy (failure),
                                 self->tokens->clock.get_boot_s () + pause_s);
  fail (self, failure);
}

static void
take_grant (Refresh *self)
{
  if (end_if_dropped (self))
    return;

  if (self->grant->refresh_token == NULL
      || g_str_equal (self->grant->refresh_token, self->record->refresh_token))
    {
      succeed (self);
      return;
    }

  rp_secret_free (self->record->refresh_token);
  self->record->refresh_token = g_strdup (self->grant->refresh_token);
  store (self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refresh *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpFetchAnswer) answer = rp_oauth_ask_finish (result, &error);

  if (answer != NULL)
    self->grant = rp_oauth_answer_read_tokens (answer->status, answer->body,
                                               answer->n_bytes, &error);
  if (self->grant != NULL)
    take_grant (self);
  else
    take_failure (self, error, answer != NULL ? answer->retry_after_s : 0);
}

/* --- the question --- */

static void
complete_provider (const Refresh *self)
{
  RpOAuthProvider *provider = self->session->provider;

  if (provider->token_endpoint == NULL)
    provider->token_endpoint = g_strdup (self->record->token_endpoint);
  g_free (provider->client_id);
  provider->client_id = g_strdup (self->record->client_id);
  provider->secret_in_header = self->record->secret_in_header;
}

static gboolean
is_for_any (const Refresh *self)
{
  for (guint i = 0; i < self->session->waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (self->session->waiting, i);
      const RpTokenWaiter *waiter = g_task_get_task_data (task);

      if (rp_sign_in_record_has_host (self->record, waiter->host))
        return TRUE;
    }
  return FALSE;
}

static void
ask (Refresh *self)
{
  RpTokenSession *session = self->session;
  char *form;

  complete_provider (self);
  if (!is_for_any (self) || session->provider->token_endpoint == NULL)
    {
      if (session->waiting->len > 0)
        rp_token_session_drop_token (session);
      fail (self, session->provider->token_endpoint == NULL
                      ? g_error_new (RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                                     _ ("it is not known where %s gives out tokens; "
                                        "sign in again"),
                                     rp_oauth_provider_get_title (session->provider))
                      : NULL);
      return;
    }

  form = rp_oauth_request_dup_refresh_body (
      session->provider, self->record->client_secret, self->record->refresh_token);
  rp_oauth_ask_async (self->tokens->loop, session->provider,
                      self->record->client_secret, session->server->proxy,
                      session->provider->token_endpoint, form, NULL, on_answered, self);
  rp_secret_free (form);
}

static void
on_record (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refresh *self = user_data;
  GError *error = NULL;
  char *text = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  if (text != NULL)
    self->record = rp_sign_in_record_parse (text);
  rp_secret_free (text);
  if (error != NULL)
    fail (self, error);
  else if (end_if_dropped (self))
    return;
  else if (self->record == NULL)
    fail (self, g_error_new_literal (RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                                     _ ("what is kept of the sign-in cannot be read; "
                                        "sign in again")));
  else
    ask (self);
}

/* A refresh token that did not get into the keyring is put there first. */
static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refresh *self = user_data;
  GError *error = NULL;

  if (!rp_secrets_store_finish (RP_SECRETS (source), result, &error))
    {
      fail (self, error);
      return;
    }

  g_clear_pointer (&self->session->unstored, rp_sign_in_record_free);
  rp_secrets_lookup_async (self->tokens->inner, self->session->server,
                           RP_SECRET_SIGN_IN, self->session->host, NULL, on_record,
                           self);
}

static void
begin (RpTokens *tokens, RpTokenSession *session)
{
  Refresh *self = g_new0 (Refresh, 1);

  self->tokens = g_object_ref (tokens);
  self->session = rp_token_session_ref (session);
  session->is_busy = TRUE;
  if (session->unstored == NULL)
    {
      rp_secrets_lookup_async (tokens->inner, session->server, RP_SECRET_SIGN_IN,
                               session->host, NULL, on_record, self);
      return;
    }

  const char *const hosts[] = { session->host, NULL };
  char *text = rp_sign_in_record_dup_text (session->unstored);

  rp_secrets_store_async (tokens->inner, session->server, RP_SECRET_SIGN_IN, hosts,
                          text, NULL, on_kept, self);
  rp_secret_free (text);
}

/* --- waiting --- */

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  RpTokenWaiter *waiter = g_task_get_task_data (task);
  g_autoptr (GTask) alive = g_object_ref (task);

  g_clear_pointer (&waiter->cancel_source, g_source_unref);
  g_ptr_array_remove (waiter->session->waiting, task);
  g_task_return_error_if_cancelled (alive);
  return G_SOURCE_REMOVE;
}

void
rp_tokens_join_refresh (RpTokens *self,
                        RpTokenSession *session,
                        const RpOAuthProvider *provider,
                        GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  RpTokenWaiter *waiter = g_task_get_task_data (task);

  waiter->session = rp_token_session_ref (session);
  if (cancellable != NULL)
    {
      waiter->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancel_source, G_SOURCE_FUNC (on_cancelled), task,
                             NULL);
      g_source_attach (waiter->cancel_source, g_task_get_context (task));
    }
  g_ptr_array_add (session->waiting, g_object_ref (task));
  if (session->is_busy)
    return;

  rp_oauth_provider_free (session->provider);
  session->provider = rp_oauth_provider_copy (provider);
  begin (self, session);
}
