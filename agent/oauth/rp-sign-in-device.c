/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device authorization grant (RFC 8628): the user types a code elsewhere, and we
 * ask until it is done. */
#include "oauth/rp-sign-in-private.h"

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-ask.h"
#include "oauth/rp-oauth-request.h"

/* RFC 8628 section 3.5 */
#define SLOWER_BY_S 5
#define MAX_INTERVAL_S 60

/* --- the codes --- */

static void
take_codes (RpSignIn *self, RpOAuthDeviceCode *codes)
{
  self->device_code = g_steal_pointer (&codes->device_code);
  self->user_code = g_steal_pointer (&codes->user_code);
  self->address = g_steal_pointer (&codes->address);
  self->complete_address = g_steal_pointer (&codes->complete_address);
  self->expires_in_s = codes->expires_in_s;
  self->interval_s = codes->interval_s;
}

static void
on_codes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpSignIn *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (RpFetchAnswer) answer = rp_oauth_ask_finish (result, &error);
  g_autoptr (RpOAuthDeviceCode) codes =
      answer != NULL ? rp_oauth_answer_read_device_code (answer->status, answer->body,
                                                         answer->n_bytes, &error)
                     : NULL;

  if (codes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  take_codes (self, codes);
  rp_sign_in_start_deadline (self);
  g_task_return_boolean (task, TRUE);
}

void
rp_sign_in_begin_device (GTask *task)
{
  RpSignIn *self = g_task_get_source_object (task);
  char *form = rp_oauth_request_dup_device_body (self->provider, self->client_secret);

  rp_oauth_ask_async (self->loop, self->provider, self->client_secret, self->proxy,
                      self->provider->device_endpoint, form,
                      g_task_get_cancellable (task), on_codes, g_object_ref (task));
  rp_secret_free (form);
}

/* --- asking until it is done --- */

/* Whether a connection failed is no answer: ask less often, as the RFC has it. */
static gboolean
is_worth_another_try (const GError *error)
{
  return g_error_matches (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_OUTAGE);
}

static void
take_poll (RpSignIn *self, RpOAuthPoll poll, RpOAuthGrant *grant, GError *error)
{
  switch (poll)
    {
    case RP_OAUTH_POLL_SLOW_DOWN:
      self->interval_s += SLOWER_BY_S;
      rp_sign_in_start_polling (self);
      return;
    case RP_OAUTH_POLL_PENDING:
      rp_sign_in_start_polling (self);
      return;
    case RP_OAUTH_POLL_ENDED:
      break;
    }
  if (grant != NULL)
    rp_sign_in_take_grant (self, grant);
  else if (!is_worth_another_try (error))
    rp_sign_in_end (self, NULL, error);
  else
    {
      g_error_free (error);
      self->interval_s = MIN (2 * self->interval_s, MAX_INTERVAL_S);
      rp_sign_in_start_polling (self);
    }
}

static void
on_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpFetchAnswer) answer = NULL;
  GError *error = NULL;
  g_autoptr (RpSignIn) self =
      rp_sign_in_finish_asking (result, user_data, &answer, &error);
  RpOAuthPoll poll = RP_OAUTH_POLL_ENDED;
  RpOAuthGrant *grant = NULL;

  if (self == NULL)
    return;

  if (answer != NULL)
    poll = rp_oauth_answer_read_poll (answer->status, answer->body, answer->n_bytes,
                                      &grant, &error);
  take_poll (self, poll, grant, error);
}

static gboolean
on_pause_over (gpointer user_data)
{
  RpSignIn *self = user_data;
  char *form = rp_oauth_request_dup_poll_body (self->provider, self->client_secret,
                                               self->device_code);

  g_clear_pointer (&self->pause, g_source_unref);
  rp_sign_in_ask (self, self->provider->token_endpoint, form, on_polled);
  rp_secret_free (form);
  return G_SOURCE_REMOVE;
}

void
rp_sign_in_start_polling (RpSignIn *self)
{
  self->pause = g_timeout_source_new (self->interval_s * self->second_ms);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}
