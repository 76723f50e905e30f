/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in and out, as far as the keyring goes. */
#include "oauth/rp-tokens-private.h"

#include <glib/gi18n.h>

#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-ask.h"
#include "oauth/rp-oauth-request.h"
#include "upstream/rp-server-copy.h"

/* One that goes on. */
typedef struct
{
  RpServer *server;
  RpOAuthProvider *provider; /* of forgetting */
  char *host;
  RpSignInRecord *record; /* of keeping: the new one; of forgetting: what was found */
  char *access_token;     /* of keeping */
  guint expires_in_s;
  gboolean was_revoked;
} Change;

static void
change_free (Change *self)
{
  rp_server_copy_free (self->server);
  rp_oauth_provider_free (self->provider);
  rp_sign_in_record_free (self->record);
  rp_secret_free (self->access_token);
  g_free (self->host);
  g_free (self);
}

/* Returns: (transfer full) (nullable): what was found, if it can be read */
static RpSignInRecord *
finish_lookup (GObject *source, GAsyncResult *result)
{
  char *text = rp_secrets_lookup_finish (RP_SECRETS (source), result, NULL);
  RpSignInRecord *record = text != NULL ? rp_sign_in_record_parse (text) : NULL;

  rp_secret_free (text);
  return record;
}

/* --- keeping --- */

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpTokens *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!rp_secrets_store_finish (RP_SECRETS (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  rp_tokens_drop_session (self, change->server, change->host);
  rp_token_session_take_token (
      rp_tokens_need_session (self, change->server, change->host), change->access_token,
      (const char *const *) change->record->hosts, change->expires_in_s,
      self->clock.get_boot_s ());
  g_task_return_boolean (task, TRUE);
  g_signal_emit_by_name (self, "unlocked");
}

/* Another account at the same provider has another user, and so another entry. */
static void
on_earlier (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpTokens *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (RpSignInRecord) earlier = finish_lookup (source, result);
  const char *const hosts[] = { change->host, NULL };
  char *text;

  if (earlier != NULL && g_str_equal (earlier->client_id, change->record->client_id))
    rp_sign_in_record_add_hosts (change->record, earlier);
  text = rp_sign_in_record_dup_text (change->record);
  rp_secrets_store_async (self->inner, change->server, RP_SECRET_SIGN_IN, hosts, text,
                          g_task_get_cancellable (task), on_kept, g_object_ref (task));
  rp_secret_free (text);
}

void
rp_tokens_keep_async (RpTokens *self,
                      const RpServer *server,
                      const RpOAuthGrant *grant,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Change *change = g_new0 (Change, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, rp_tokens_keep_async);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  change->server = rp_server_copy_new (server);
  if (rp_tokens_get_provider (self, server, &change->host, &error) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  change->record = rp_sign_in_record_new (grant, server, self->clock.get_wall_s ());
  change->access_token = g_strdup (grant->access_token);
  change->expires_in_s = grant->expires_in_s;
  rp_secrets_lookup_async (self->inner, change->server, RP_SECRET_SIGN_IN, change->host,
                           cancellable, on_earlier, g_object_ref (task));
}

gboolean
rp_tokens_keep_finish (RpTokens *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- forgetting --- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rp_secrets_remove_finish (RP_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
remove_record (GTask *task)
{
  RpTokens *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  const char *const hosts[] = { change->host, NULL };

  rp_tokens_drop_session (self, change->server, change->host);
  rp_secrets_remove_async (self->inner, change->server, RP_SECRET_SIGN_IN, hosts,
                           g_task_get_cancellable (task), on_removed,
                           g_object_ref (task));
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *change = g_task_get_task_data (task);
  g_autoptr (RpFetchAnswer) answer = rp_oauth_ask_finish (result, NULL);

  change->was_revoked =
      answer != NULL
      && rp_oauth_answer_check (answer->status, answer->body, answer->n_bytes, NULL);
  remove_record (task);
}

static const char *
get_revocation_endpoint (const Change *change)
{
  if (change->record == NULL)
    return NULL;

  return change->provider->revocation_endpoint != NULL
             ? change->provider->revocation_endpoint
             : change->record->revocation_endpoint;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpTokens *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  const char *endpoint;
  char *form;

  change->record = finish_lookup (source, result);
  endpoint = get_revocation_endpoint (change);
  if (endpoint == NULL)
    {
      remove_record (task);
      return;
    }

  g_free (change->provider->client_id);
  change->provider->client_id = g_strdup (change->record->client_id);
  change->provider->secret_in_header = change->record->secret_in_header;
  form = rp_oauth_request_dup_revocation_body (
      change->provider, change->record->client_secret, change->record->refresh_token);
  rp_oauth_ask_async (self->loop, change->provider, change->record->client_secret,
                      change->server->proxy, endpoint, form,
                      g_task_get_cancellable (task), on_revoked, g_object_ref (task));
  rp_secret_free (form);
}

void
rp_tokens_forget_async (RpTokens *self,
                        const RpServer *server,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Change *change = g_new0 (Change, 1);
  GError *error = NULL;
  const RpOAuthProvider *provider;

  g_task_set_source_tag (task, rp_tokens_forget_async);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  change->server = rp_server_copy_new (server);
  provider = rp_tokens_get_provider (self, server, &change->host, &error);
  if (provider == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  change->provider = rp_oauth_provider_copy (provider);
  rp_secrets_lookup_async (self->inner, change->server, RP_SECRET_SIGN_IN, change->host,
                           cancellable, on_found, g_object_ref (task));
}

gboolean
rp_tokens_forget_finish (RpTokens *self,
                         GAsyncResult *result,
                         gboolean *was_revoked,
                         GError **error)
{
  const Change *change;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  change = g_task_get_task_data (G_TASK (result));
  if (was_revoked != NULL)
    *was_revoked = change->was_revoked;
  return g_task_propagate_boolean (G_TASK (result), error);
}
