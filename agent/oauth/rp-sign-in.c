/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-sign-in-private.h"

#include <glib/gi18n.h>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-ask.h"
#include "oauth/rp-oauth-request.h"
#include "upstream/rp-password.h"

G_DEFINE_FINAL_TYPE (RpSignIn, rp_sign_in, G_TYPE_OBJECT)

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* --- the end --- */

static void
stop (RpSignIn *self)
{
  g_clear_pointer (&self->deadline, drop_source);
  g_clear_pointer (&self->pause, drop_source);
  g_clear_pointer (&self->cancel_source, drop_source);
  g_cancellable_cancel (self->own);
}

static void
return_result (RpSignIn *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->awaiting);

  if (task == NULL)
    return;

  if (self->grant != NULL)
    g_task_return_pointer (task, g_steal_pointer (&self->grant),
                           (GDestroyNotify) rp_oauth_grant_free);
  else
    g_task_return_error (task, g_steal_pointer (&self->error));
}

void
rp_sign_in_end (RpSignIn *self, RpOAuthGrant *grant, GError *error)
{
  if (self->is_done)
    {
      rp_oauth_grant_free (grant);
      g_clear_error (&error);
      return;
    }

  self->is_done = TRUE;
  self->grant = grant;
  self->error = error;
  stop (self);
  return_result (self);
}

/* One without a refresh token would end within the hour, with mail waiting. */
void
rp_sign_in_take_grant (RpSignIn *self, RpOAuthGrant *grant)
{
  GError *error = NULL;

  if (!rp_oauth_answer_grants (self->provider->scope, grant->scope))
    error = g_error_new (RP_OAUTH_ERROR, RP_OAUTH_ERROR_DENIED,
                         _ ("asked for \"%1$s\", but granted was only \"%2$s\""),
                         self->provider->scope, grant->scope);
  else if (grant->refresh_token == NULL)
    error = g_error_new_literal (RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                                 _ ("the provider gave no refresh token"));
  if (error != NULL)
    {
      rp_oauth_grant_free (grant);
      rp_sign_in_end (self, NULL, error);
      return;
    }

  grant->provider = rp_oauth_provider_copy (self->provider);
  grant->client_secret = g_strdup (self->client_secret);
  rp_sign_in_end (self, grant, NULL);
}

/* --- asking --- */

void
rp_sign_in_ask (RpSignIn *self,
                const char *address,
                const char *form,
                GAsyncReadyCallback on_answered)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  rp_oauth_ask_async (self->loop, self->provider, self->client_secret, self->proxy,
                      address, form, self->own, on_answered, weak);
}

RpSignIn *
rp_sign_in_finish_asking (GAsyncResult *result,
                          gpointer user_data,
                          RpFetchAnswer **answer,
                          GError **error)
{
  GWeakRef *weak = user_data;
  RpSignIn *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  if (self != NULL && self->is_done)
    g_clear_object (&self);
  *answer = rp_oauth_ask_finish (result, self != NULL ? error : NULL);
  if (self == NULL)
    g_clear_pointer (answer, rp_fetch_answer_free);
  return self;
}

/* --- the begin --- */

static gboolean
on_deadline (gpointer user_data)
{
  RpSignIn *self = user_data;

  rp_sign_in_end (self, NULL,
                  g_error_new_literal (RP_OAUTH_ERROR, RP_OAUTH_ERROR_EXPIRED,
                                       _ ("nobody signed in in time")));
  return G_SOURCE_REMOVE;
}

void
rp_sign_in_start_deadline (RpSignIn *self)
{
  self->has_begun = TRUE;
  self->deadline = g_timeout_source_new (self->expires_in_s * self->second_ms);
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

static gboolean
has_endpoints (const RpSignIn *self)
{
  const RpOAuthProvider *provider = self->provider;

  return provider->token_endpoint != NULL
         && (self->way == RP_SIGN_IN_DEVICE ? provider->device_endpoint
                                            : provider->authorization_endpoint)
                != NULL;
}

/* The endpoints are there, or nowhere to be had. */
static void
begin_way (GTask *task)
{
  RpSignIn *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!has_endpoints (self))
    g_task_return_new_error (task, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                             self->way == RP_SIGN_IN_DEVICE
                                 ? _ ("%s has no signing in with a code")
                                 : _ ("%s has no signing in with a browser"),
                             rp_oauth_provider_get_title (self->provider));
  else if (self->way == RP_SIGN_IN_DEVICE)
    rp_sign_in_begin_device (task);
  else if (!rp_sign_in_begin_code (self, &error))
    g_task_return_error (task, error);
  else
    {
      rp_sign_in_start_deadline (self);
      g_task_return_boolean (task, TRUE);
    }
}

static void read_metadata (GTask *task, char *address, GAsyncReadyCallback on_answered);

/* Returns: whether they are read; %FALSE with @error set */
static gboolean
take_metadata (RpSignIn *self, GAsyncResult *result, guint *status, GError **error)
{
  g_autoptr (RpFetchAnswer) answer = rp_oauth_ask_finish (result, error);

  *status = answer != NULL ? answer->status : 0;
  return answer != NULL
         && rp_oauth_answer_read_metadata (answer->status, answer->body,
                                           answer->n_bytes, self->provider, error);
}

static void
on_openid_metadata (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  guint status;

  if (take_metadata (g_task_get_source_object (task), result, &status, &error))
    begin_way (task);
  else
    g_task_return_error (task, error);
}

static void
on_metadata (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpSignIn *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  guint status;

  if (take_metadata (self, result, &status, &error))
    begin_way (task);
  else if (status >= 400 && status <= 499 && status != 429)
    read_metadata (task, rp_oauth_request_dup_openid_address (self->provider->issuer),
                   on_openid_metadata);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes @address. */
static void
read_metadata (GTask *task, char *address, GAsyncReadyCallback on_answered)
{
  RpSignIn *self = g_task_get_source_object (task);

  if (address == NULL)
    g_task_return_new_error (task, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                             _ ("%s is no issuer that can be asked"),
                             self->provider->issuer);
  else
    rp_oauth_ask_async (self->loop, self->provider, NULL, self->proxy, address, NULL,
                        g_task_get_cancellable (task), on_answered,
                        g_object_ref (task));
  g_free (address);
}

void
rp_sign_in_begin_async (RpSignIn *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const RpOAuthProvider *provider = self->provider;

  g_task_set_source_tag (task, rp_sign_in_begin_async);
  if (provider->client_id == NULL)
    g_task_return_new_error (task, RP_OAUTH_ERROR, RP_OAUTH_ERROR_CLIENT,
                             _ ("no client id is configured for %s"),
                             rp_oauth_provider_get_title (provider));
  else if (provider->needs_client_secret && self->client_secret == NULL)
    g_task_return_new_error (task, RP_OAUTH_ERROR, RP_OAUTH_ERROR_CLIENT,
                             _ ("%s wants a client secret"),
                             rp_oauth_provider_get_title (provider));
  else if (!has_endpoints (self) && provider->issuer != NULL)
    read_metadata (task, rp_oauth_request_dup_metadata_address (provider->issuer),
                   on_metadata);
  else
    begin_way (task);
}

gboolean
rp_sign_in_begin_finish (RpSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- waiting for the user --- */

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  RpSignIn *self = user_data;

  rp_sign_in_end (self, NULL,
                  g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  return G_SOURCE_REMOVE;
}

void
rp_sign_in_await_async (RpSignIn *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (self->has_begun && self->awaiting == NULL);

  self->awaiting = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->awaiting, rp_sign_in_await_async);
  if (self->is_done)
    {
      return_result (self);
      return;
    }

  if (cancellable != NULL)
    {
      self->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel_source, G_SOURCE_FUNC (on_cancelled), self,
                             NULL);
      g_source_attach (self->cancel_source, g_main_context_get_thread_default ());
    }
  if (self->way == RP_SIGN_IN_DEVICE)
    rp_sign_in_start_polling (self);
}

RpOAuthGrant *
rp_sign_in_await_finish (RpSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the object --- */

static void
rp_sign_in_finalize (GObject *object)
{
  RpSignIn *self = RP_SIGN_IN (object);

  stop (self);
  g_clear_object (&self->redirect);
  g_clear_pointer (&self->grant, rp_oauth_grant_free);
  g_clear_error (&self->error);
  g_object_unref (self->own);
  g_object_unref (self->loop);
  rp_oauth_provider_free (self->provider);
  rp_password_free (self->client_secret);
  rp_secret_free (self->state);
  rp_secret_free (self->verifier);
  rp_secret_free (self->device_code);
  g_free (self->user);
  g_free (self->proxy);
  g_free (self->address);
  g_free (self->complete_address);
  g_free (self->user_code);
  g_free (self->redirect_uri);
  G_OBJECT_CLASS (rp_sign_in_parent_class)->finalize (object);
}

static void
rp_sign_in_class_init (RpSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_sign_in_finalize;
}

static void
rp_sign_in_init (RpSignIn *self)
{
  self->own = g_cancellable_new ();
  self->second_ms = 1000;
}

RpSignIn *
rp_sign_in_new (RpCurlLoop *loop,
                const RpOAuthProvider *provider,
                const char *user,
                RpSignInWay way,
                const char *client_secret)
{
  RpSignIn *self = g_object_new (RP_TYPE_SIGN_IN, NULL);

  self->loop = g_object_ref (loop);
  self->provider = rp_oauth_provider_copy (provider);
  self->user = g_strdup (user);
  self->way = way;
  self->client_secret = client_secret != NULL ? rp_password_copy (client_secret) : NULL;
  return self;
}

void
rp_sign_in_set_proxy (RpSignIn *self, const char *proxy)
{
  g_free (self->proxy);
  self->proxy = g_strdup (proxy);
}

void
rp_sign_in_set_second_ms (RpSignIn *self, guint second_ms)
{
  self->second_ms = second_ms;
}

const char *
rp_sign_in_get_address (RpSignIn *self)
{
  return self->address;
}

const char *
rp_sign_in_get_complete_address (RpSignIn *self)
{
  return self->complete_address;
}

const char *
rp_sign_in_get_user_code (RpSignIn *self)
{
  return self->user_code;
}

guint
rp_sign_in_get_expires_in_s (RpSignIn *self)
{
  return self->expires_in_s;
}
