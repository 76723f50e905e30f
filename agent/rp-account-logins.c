/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-account-logins.h"

#include "core/rp-reason.h"
#include "oauth/rp-oauth-providers.h"

typedef struct
{
  const RpServer *server;
  const RpAccess *access;
  const char *state; /* nullable: was not asked for */
} Login;

typedef struct
{
  RpConfig *config;
  RpOAuthProviders *providers;
  RpSecrets *secrets;
  GPtrArray *logins;
  guint next;
} Job;

static void
job_free (Job *self)
{
  rp_config_unref (self->config);
  rp_oauth_providers_unref (self->providers);
  g_object_unref (self->secrets);
  g_ptr_array_unref (self->logins);
  g_free (self);
}

static gboolean
is_elsewhere (const RpServer *server)
{
  return server->secret_command != NULL || server->secret_credential != NULL;
}

static gboolean
is_sign_in (const Login *login)
{
  return login->access->kind == RP_ACCESS_OAUTH2 && !is_elsewhere (login->server);
}

static void
add_logins (Job *self, const RpServer *server)
{
  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);
      Login *login;

      if (!rp_access_kind_is_login (access->kind) && access->kind != RP_ACCESS_POP)
        continue;
      login = g_new0 (Login, 1);
      login->server = server;
      login->access = access;
      g_ptr_array_add (self->logins, login);
    }
}

/* ---- as the bus tells it ---- */

static void
insert_string (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

/* Its endpoint may also stand in metadata that are not read yet. */
static gboolean
has_code (const RpOAuthProvider *provider)
{
  return provider->device_endpoint != NULL
         || (provider->issuer != NULL && provider->token_endpoint == NULL);
}

static void
insert_provider (GVariantDict *dict, const RpOAuthProvider *provider)
{
  const char *const all[] = { "browser", "device", "paste", NULL };
  const char *const without_code[] = { "browser", "paste", NULL };

  g_variant_dict_insert (dict, "title", "s", rp_oauth_provider_get_title (provider));
  g_variant_dict_insert (dict, "needs-client-id", "b", provider->client_id == NULL);
  g_variant_dict_insert (dict, "needs-client-secret", "b",
                         provider->needs_client_secret);
  g_variant_dict_insert (dict, "ways", "^as", has_code (provider) ? all : without_code);
  insert_string (dict, "registration", provider->registration);
  if (provider->advice != NULL)
    g_variant_dict_insert (dict, "advice", "^as", provider->advice);
}

static GVariant *
login_to_variant (const Login *self, const RpOAuthProviders *providers)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const RpOAuthProvider *provider = NULL;

  g_variant_dict_insert (&dict, "server", "s", self->server->name);
  g_variant_dict_insert (&dict, "access", "s",
                         rp_access_kind_to_nick (self->access->kind));
  insert_string (&dict, "user", self->server->user);
  if (is_elsewhere (self->server))
    g_variant_dict_insert (&dict, "elsewhere", "b", TRUE);
  insert_string (&dict, "state", self->state);
  if (!is_sign_in (self) || self->server->oauth_provider == NULL)
    return g_variant_dict_end (&dict);

  g_variant_dict_insert (&dict, "provider", "s", self->server->oauth_provider);
  provider = rp_oauth_providers_find (providers, self->server->oauth_provider);
  if (provider != NULL)
    insert_provider (&dict, provider);
  return g_variant_dict_end (&dict);
}

/* ---- asking ---- */

static const char *
get_state (const GError *error)
{
  if (error == NULL)
    return "present";
  if (error->domain == RP_SECRETS_ERROR)
    switch ((RpSecretsError) error->code)
      {
      case RP_SECRETS_ERROR_MISSING:
        return "missing";
      case RP_SECRETS_ERROR_LOCKED:
        return "locked";
      case RP_SECRETS_ERROR_REVOKED:
        return "revoked";
      case RP_SECRETS_ERROR_UNAVAILABLE:
        return "unavailable";
      }
  return "unavailable";
}

static void ask_next (GTask *task);

static void
on_sign_in_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);
  Login *login = g_ptr_array_index (self->logins, self->next);
  g_autoptr (GError) error = NULL;

  rp_secret_free (rp_secrets_lookup_finish (self->secrets, result, &error));
  login->state = get_state (error);
  self->next++;
  ask_next (task);
}

/* Takes the reference of @task. */
static void
ask_next (GTask *task)
{
  Job *self = g_task_get_task_data (task);
  const RpEndpoint *endpoint;
  const Login *login;

  while (self->next < self->logins->len
         && !is_sign_in (g_ptr_array_index (self->logins, self->next)))
    self->next++;
  if (self->next == self->logins->len)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  login = g_ptr_array_index (self->logins, self->next);
  endpoint = g_ptr_array_index (login->server->endpoints, 0);
  rp_secrets_lookup_async (self->secrets, login->server, RP_SECRET_SIGN_IN,
                           endpoint->host, NULL, on_sign_in_found, task);
}

void
rp_account_logins_async (const RpAgentParts *parts,
                         RpConfig *config,
                         const RpAccount *account,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *self = g_new0 (Job, 1);

  self->config = rp_config_ref (config);
  self->providers =
      rp_oauth_providers_ref (rp_config_watch_get_providers (parts->config_watch));
  self->secrets = g_object_ref (parts->secrets);
  self->logins = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, self, (GDestroyNotify) job_free);
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *server = rp_config_get_server (config, account->servers[i]);

      if (server != NULL)
        add_logins (self, server);
    }
  ask_next (task);
}

static void
add_attention (GVariantBuilder *attention, const Login *login)
{
  const gboolean is_missing = g_strcmp0 (login->state, "missing") == 0;
  g_autoptr (RpReason) reason = NULL;

  if (!is_missing && g_strcmp0 (login->state, "revoked") != 0)
    return;
  reason = rp_reason_new (is_missing ? RP_REASON_NO_SIGN_IN : RP_REASON_SIGN_IN_REVOKED,
                          login->server->name, login->server->user, NULL);
  g_variant_builder_add_value (attention, rp_reason_to_variant (reason));
}

GVariant *
rp_account_logins_finish (GAsyncResult *result, GVariantBuilder *attention)
{
  Job *self = g_task_get_task_data (G_TASK (result));
  GVariantBuilder logins = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  g_task_propagate_boolean (G_TASK (result), NULL);
  for (guint i = 0; i < self->logins->len; i++)
    {
      const Login *login = g_ptr_array_index (self->logins, i);

      g_variant_builder_add_value (&logins, login_to_variant (login, self->providers));
      if (attention != NULL)
        add_attention (attention, login);
    }
  return g_variant_ref_sink (g_variant_builder_end (&logins));
}
