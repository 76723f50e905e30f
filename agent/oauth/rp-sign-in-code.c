/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authorization code with PKCE, brought back by a browser or by hand. */
#include "oauth/rp-sign-in-private.h"

#include <glib/gi18n.h>
#include <sys/random.h>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-request.h"
#include "oauth/rp-oauth-response.h"

/* Long enough to find the second factor. */
#define TIME_S (10 * 60)

/* The range that nothing is registered in (RFC 6335 section 6). */
#define FIRST_DYNAMIC_PORT 49152
#define N_DYNAMIC_PORTS (65536 - FIRST_DYNAMIC_PORT)

/* --- the code for tokens --- */

static void
on_tokens (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpFetchAnswer) answer = NULL;
  GError *error = NULL;
  g_autoptr (RpSignIn) self =
      rp_sign_in_finish_asking (result, user_data, &answer, &error);
  RpOAuthGrant *grant;

  if (self == NULL)
    return;

  grant = answer != NULL ? rp_oauth_answer_read_tokens (answer->status, answer->body,
                                                        answer->n_bytes, &error)
                         : NULL;
  if (grant != NULL)
    rp_sign_in_take_grant (self, grant);
  else
    rp_sign_in_end (self, NULL, error);
}

static void
exchange (RpSignIn *self, const char *code)
{
  char *form = rp_oauth_request_dup_code_body (
      self->provider, self->client_secret, code, self->redirect_uri, self->verifier);

  rp_sign_in_ask (self, self->provider->token_endpoint, form, on_tokens);
  rp_secret_free (form);
}

/* A browser may come more than once with the same answer: it tries addresses ahead, or
 * the user loads the page again. */
static RpOAuthResponse
take_query (RpSignIn *self, const char *query)
{
  GError *error = NULL;
  char *code = NULL;
  const RpOAuthResponse response =
      rp_oauth_response_read (query, self->state, self->provider->issuer,
                              self->provider->sends_issuer, &code, &error);

  if (response == RP_OAUTH_RESPONSE_NOT_OURS || self->has_response || self->is_done)
    {
      g_clear_error (&error);
      rp_secret_free (code);
      return response;
    }

  self->has_response = TRUE;
  if (response == RP_OAUTH_RESPONSE_CODE)
    exchange (self, code);
  else
    rp_sign_in_end (self, NULL, error);
  rp_secret_free (code);
  return response;
}

static RpOAuthResponse
on_query (const char *query, gpointer user_data)
{
  RpSignIn *self = user_data;

  return take_query (self, query);
}

gboolean
rp_sign_in_paste (RpSignIn *self, const char *address, GError **error)
{
  char *query = self->redirect_uri != NULL
                    ? rp_oauth_response_dup_pasted_query (address, self->redirect_uri)
                    : NULL;
  const gboolean is_ours =
      query != NULL && take_query (self, query) != RP_OAUTH_RESPONSE_NOT_OURS;

  rp_secret_free (query);
  if (!is_ours)
    g_set_error_literal (
        error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_MISMATCH,
        _ ("this is not the address of the last page of this sign-in"));
  return is_ours;
}

/* --- the begin --- */

static char *
dup_random_text (void)
{
  guint8 bytes[RP_OAUTH_RANDOM_BYTES];
  char *text;

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("the kernel gives no random numbers");

  text = rp_oauth_request_dup_random_text (bytes);
  explicit_bzero (bytes, sizeof bytes);
  return text;
}

/* The browser may be elsewhere, where nobody listens: then any port will do. */
static char *
dup_unheard_uri (const RpOAuthProvider *provider)
{
  const guint port = FIRST_DYNAMIC_PORT + g_random_int () % N_DYNAMIC_PORTS;

  return g_strdup_printf ("http://%s:%u%s", provider->redirect_host, port,
                          provider->redirect_path != NULL ? provider->redirect_path
                                                          : "");
}

gboolean
rp_sign_in_begin_code (RpSignIn *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *challenge = NULL;

  self->redirect =
      rp_oauth_redirect_new (self->provider->redirect_host,
                             self->provider->redirect_path, on_query, self, &failure);
  if (self->redirect == NULL && self->way == RP_SIGN_IN_BROWSER)
    {
      g_set_error (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_OUTAGE,
                   _ ("no port for the browser to come back to: %s"), failure->message);
      return FALSE;
    }

  self->redirect_uri = self->redirect != NULL
                           ? g_strdup (rp_oauth_redirect_get_uri (self->redirect))
                           : dup_unheard_uri (self->provider);
  self->state = dup_random_text ();
  self->verifier = dup_random_text ();
  challenge = rp_oauth_request_dup_challenge (self->verifier);
  self->address = rp_oauth_request_dup_address (
      self->provider, self->user, self->redirect_uri, self->state, challenge);
  self->expires_in_s = TIME_S;
  return TRUE;
}
