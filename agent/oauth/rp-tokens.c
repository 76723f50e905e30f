/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-tokens-private.h"

#include <glib/gi18n.h>
#include <time.h>

static void rp_tokens_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpTokens,
                               rp_tokens,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_tokens_iface_init))

/* What a lookup for %RP_SECRET_SIGN_IN answers. */
#define SIGNED_IN "signed in"

/* --- where tokens of a server come from --- */

static gboolean
has_own_source (const RpServer *server)
{
  return server->secret_command != NULL || server->secret_credential != NULL;
}

static gboolean
is_of_broker (const RpTokens *self, const RpServer *server)
{
  return self->broker != NULL
         && g_strcmp0 (server->oauth_provider, RP_OAUTH_BROKER) == 0;
}

const RpOAuthProvider *
rp_tokens_get_provider (RpTokens *self,
                        const RpServer *server,
                        char **host,
                        GError **error)
{
  const RpOAuthProvider *provider =
      server->oauth_provider != NULL
          ? rp_oauth_providers_find (self->providers, server->oauth_provider)
          : NULL;

  *host = provider != NULL ? rp_oauth_provider_dup_host (provider) : NULL;
  if (*host != NULL)
    return provider;

  g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
               _ ("nothing says where server %s has its access tokens from"),
               server->name);
  return NULL;
}

static char *
dup_key (const RpServer *server, const char *host)
{
  return g_strconcat (server->user != NULL ? server->user : "", "\n", host, NULL);
}

RpTokenSession *
rp_tokens_get_session (RpTokens *self, const RpServer *server, const char *host)
{
  g_autofree char *key = dup_key (server, host);

  return g_hash_table_lookup (self->sessions, key);
}

RpTokenSession *
rp_tokens_need_session (RpTokens *self, const RpServer *server, const char *host)
{
  RpTokenSession *session = rp_tokens_get_session (self, server, host);

  if (session == NULL)
    {
      session = rp_token_session_new (server, host);
      g_hash_table_insert (self->sessions, dup_key (server, host), session);
    }
  return session;
}

void
rp_tokens_drop_session (RpTokens *self, const RpServer *server, const char *host)
{
  g_autofree char *key = dup_key (server, host);
  RpTokenSession *session = g_hash_table_lookup (self->sessions, key);

  if (session == NULL)
    return;

  session->is_dropped = TRUE;
  g_hash_table_remove (self->sessions, key);
}

/* --- access tokens --- */

static void
waiter_free (RpTokenWaiter *self)
{
  if (self->cancel_source != NULL)
    {
      g_source_destroy (self->cancel_source);
      g_source_unref (self->cancel_source);
    }
  g_clear_pointer (&self->session, rp_token_session_unref);
  g_free (self->host);
  g_free (self);
}

/* One that should be renewed still counts while the provider wants to be left alone. */
static gboolean
can_give (const RpTokenSession *session,
          const char *host,
          const GError *failure,
          gint64 now_s)
{
  const gboolean is_outage =
      g_error_matches (failure, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE);

  return rp_token_session_may_tell (session, host)
         && now_s < (is_outage ? session->end_s : session->renew_s);
}

static void
look_up_token (RpTokens *self, const RpServer *server, const char *host, GTask *task)
{
  GError *error = NULL;
  g_autofree char *kept_for = NULL;
  const gint64 now_s = self->clock.get_boot_s ();
  const RpOAuthProvider *provider =
      rp_tokens_get_provider (self, server, &kept_for, &error);
  RpTokenSession *session;
  const GError *failure;

  if (provider == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  session = rp_tokens_need_session (self, server, kept_for);
  failure = rp_token_session_get_failure (session, now_s);
  if (can_give (session, host, failure, now_s))
    g_task_return_pointer (task, g_strdup (session->access_token),
                           (GDestroyNotify) rp_secret_free);
  else if (failure != NULL && !session->is_busy)
    g_task_return_error (task, g_error_copy (failure));
  else
    {
      if (!session->is_busy)
        rp_token_session_set_server (session, server);
      rp_tokens_join_refresh (self, session, provider, task);
    }
}

/* --- whether there is a sign-in --- */

/* What is kept of the server while its sign-in is looked for. */
static GStrv
dup_endpoint_hosts (const RpServer *server)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();

  for (guint i = 0; server->endpoints != NULL && i < server->endpoints->len; i++)
    g_strv_builder_add (
        hosts, ((RpEndpoint *) g_ptr_array_index (server->endpoints, i))->host);
  return g_strv_builder_end (hosts);
}

static gboolean
counts_for (const RpSignInRecord *record, char **hosts)
{
  for (guint i = 0; hosts[i] != NULL; i++)
    if (rp_sign_in_record_has_host (record, hosts[i]))
      return TRUE;
  return FALSE;
}

static void
on_sign_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char **hosts = g_task_get_task_data (task);
  GError *error = NULL;
  char *text = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);
  g_autoptr (RpSignInRecord) record =
      text != NULL ? rp_sign_in_record_parse (text) : NULL;

  rp_secret_free (text);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (record != NULL && counts_for (record, hosts))
    g_task_return_pointer (task, g_strdup (SIGNED_IN), (GDestroyNotify) rp_secret_free);
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                             _ ("the sign-in was not made for this server; sign in "
                                "again"));
}

static void
look_up_sign_in (RpTokens *self, const RpServer *server, GTask *task)
{
  GError *error = NULL;
  g_autofree char *host = NULL;
  const RpTokenSession *session;
  const GError *failure = NULL;

  if (rp_tokens_get_provider (self, server, &host, &error) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  session = rp_tokens_get_session (self, server, host);
  if (session != NULL)
    failure = rp_token_session_get_failure (session, self->clock.get_boot_s ());
  if (g_error_matches (failure, RP_SECRETS_ERROR, RP_SECRETS_ERROR_REVOKED))
    {
      g_task_return_error (task, g_error_copy (failure));
      return;
    }

  g_task_set_task_data (task, dup_endpoint_hosts (server), (GDestroyNotify) g_strfreev);
  rp_secrets_lookup_async (self->inner, server, RP_SECRET_SIGN_IN, host,
                           g_task_get_cancellable (task), on_sign_in,
                           g_object_ref (task));
}

/* --- the interface --- */

static void
on_inner_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) rp_secret_free);
  else
    g_task_return_error (task, error);
}

static void
on_broker_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpTokens *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *token = self->broker_finish (source, result, &error);

  if (token != NULL)
    g_task_return_pointer (task, token, (GDestroyNotify) rp_secret_free);
  else
    g_task_return_error (task, error);
}

static void
lookup_async (RpSecrets *secrets,
              const RpServer *server,
              RpSecretProtocol protocol,
              const char *host,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  RpTokens *self = RP_TOKENS (secrets);
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  const gboolean is_token = protocol == RP_SECRET_TOKEN;
  const gboolean is_sign_in = protocol == RP_SECRET_SIGN_IN;

  g_task_set_source_tag (task, lookup_async);
  if (is_sign_in && (has_own_source (server) || is_of_broker (self, server)))
    g_task_return_pointer (task, g_strdup (SIGNED_IN), (GDestroyNotify) rp_secret_free);
  else if (is_sign_in)
    look_up_sign_in (self, server, task);
  else if (!is_token || has_own_source (server))
    rp_secrets_lookup_async (self->inner, server, protocol, host, cancellable,
                             on_inner_secret, g_object_ref (task));
  else if (is_of_broker (self, server))
    self->broker_async (self->broker, server->user, cancellable, on_broker_token,
                        g_object_ref (task));
  else
    {
      RpTokenWaiter *waiter = g_new0 (RpTokenWaiter, 1);

      waiter->host = g_strdup (host);
      g_task_set_task_data (task, waiter, (GDestroyNotify) waiter_free);
      look_up_token (self, server, host, task);
    }
}

static char *
lookup_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_inner_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rp_secrets_store_finish (RP_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
store_async (RpSecrets *secrets,
             const RpServer *server,
             RpSecretProtocol protocol,
             const char *const *hosts,
             const char *secret,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  rp_secrets_store_async (RP_TOKENS (secrets)->inner, server, protocol, hosts, secret,
                          cancellable, on_inner_stored,
                          g_task_new (secrets, cancellable, callback, user_data));
}

static void
on_inner_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rp_secrets_remove_finish (RP_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
remove_async (RpSecrets *secrets,
              const RpServer *server,
              RpSecretProtocol protocol,
              const char *const *hosts,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  rp_secrets_remove_async (RP_TOKENS (secrets)->inner, server, protocol, hosts,
                           cancellable, on_inner_removed,
                           g_task_new (secrets, cancellable, callback, user_data));
}

static void
on_inner_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rp_secrets_unlock_finish (RP_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
unlock_async (RpSecrets *secrets,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  rp_secrets_unlock_async (RP_TOKENS (secrets)->inner, cancellable, on_inner_unlocked,
                           g_task_new (secrets, cancellable, callback, user_data));
}

static gboolean
change_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A token that was refused is not given again; another one may have come meanwhile. */
static void
reject (RpSecrets *secrets,
        const RpServer *server,
        RpSecretProtocol protocol,
        const char *host,
        const char *secret)
{
  RpTokens *self = RP_TOKENS (secrets);
  g_autofree char *kept_for = NULL;
  RpTokenSession *session = NULL;

  if (protocol != RP_SECRET_TOKEN || has_own_source (server))
    {
      rp_secrets_reject (self->inner, server, protocol, host, secret);
      return;
    }

  if (rp_tokens_get_provider (self, server, &kept_for, NULL) != NULL)
    session = rp_tokens_get_session (self, server, kept_for);
  if (session != NULL && g_strcmp0 (session->access_token, secret) == 0)
    rp_token_session_drop_token (session);
}

static void
rp_tokens_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = change_finish;
  iface->remove_async = remove_async;
  iface->remove_finish = change_finish;
  iface->reject = reject;
  iface->unlock_async = unlock_async;
  iface->unlock_finish = change_finish;
}

/* --- the object --- */

static gint64
get_boot_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec;
}

static gint64
get_wall_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
on_unlocked (RpTokens *self)
{
  g_signal_emit_by_name (self, "unlocked");
}

static void
rp_tokens_finalize (GObject *object)
{
  RpTokens *self = RP_TOKENS (object);

  g_signal_handlers_disconnect_by_data (self->inner, self);
  if (self->broker != NULL)
    g_signal_handlers_disconnect_by_data (self->broker, self);
  g_clear_object (&self->broker);
  g_object_unref (self->inner);
  g_object_unref (self->loop);
  rp_oauth_providers_unref (self->providers);
  g_hash_table_unref (self->sessions);
  G_OBJECT_CLASS (rp_tokens_parent_class)->finalize (object);
}

static void
rp_tokens_class_init (RpTokensClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_tokens_finalize;
}

static void
rp_tokens_init (RpTokens *self)
{
  self->clock.get_boot_s = get_boot_s;
  self->clock.get_wall_s = get_wall_s;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) rp_token_session_unref);
}

RpSecrets *
rp_tokens_new (RpSecrets *inner, RpCurlLoop *loop, RpOAuthProviders *providers)
{
  RpTokens *self = g_object_new (RP_TYPE_TOKENS, NULL);

  self->inner = g_object_ref (inner);
  self->loop = g_object_ref (loop);
  self->providers = rp_oauth_providers_ref (providers);
  g_signal_connect_swapped (inner, "unlocked", G_CALLBACK (on_unlocked), self);
  return RP_SECRETS (self);
}

void
rp_tokens_set_providers (RpTokens *self, RpOAuthProviders *providers)
{
  rp_oauth_providers_ref (providers);
  rp_oauth_providers_unref (self->providers);
  self->providers = providers;
}

void
rp_tokens_set_broker (RpTokens *self,
                      GObject *broker,
                      RpTokensBrokerAsync get_async,
                      RpTokensBrokerFinish get_finish)
{
  self->broker = g_object_ref (broker);
  self->broker_async = get_async;
  self->broker_finish = get_finish;
  if (g_signal_lookup ("unlocked", G_OBJECT_TYPE (broker)) != 0)
    g_signal_connect_swapped (broker, "unlocked", G_CALLBACK (on_unlocked), self);
}

void
rp_tokens_set_clock (RpTokens *self, const RpTokensClock *clock)
{
  self->clock = *clock;
}

RpTokensAdvice
rp_tokens_get_advice (RpTokens *self, const RpServer *server)
{
  g_autofree char *host = NULL;
  const RpTokenSession *session =
      rp_tokens_get_provider (self, server, &host, NULL) != NULL
          ? rp_tokens_get_session (self, server, host)
          : NULL;

  return session != NULL ? session->advice : RP_TOKENS_ADVICE_NONE;
}
