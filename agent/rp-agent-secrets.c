/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-secrets.h"

#include "oauth/rp-goa.h"
#include "oauth/rp-tokens.h"

#define SECRET_TIMEOUT_MS 5000

static void
ask_broker_async (gpointer broker,
                  const char *user,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  rp_goa_get_token_async (broker, user, cancellable, callback, user_data);
}

static char *
ask_broker_finish (gpointer broker, GAsyncResult *result, GError **error)
{
  return rp_goa_get_token_finish (broker, result, error);
}

static void
on_config_loaded (RpConfigWatch *watch, RpTokens *tokens)
{
  rp_tokens_set_providers (tokens, rp_config_watch_get_providers (watch));
}

RpSecrets *
rp_agent_secrets_new (RpCurlLoop *loop, RpConfigWatch *watch)
{
  g_autoptr (RpSecrets) stored = rp_secrets_new (SECRET_TIMEOUT_MS);
  RpSecrets *secrets =
      rp_tokens_new (stored, loop, rp_config_watch_get_providers (watch));
  g_autoptr (RpGoa) broker = rp_goa_new ();

  rp_tokens_set_broker (RP_TOKENS (secrets), G_OBJECT (broker), ask_broker_async,
                        ask_broker_finish);
  g_signal_connect_object (watch, "loaded", G_CALLBACK (on_config_loaded), secrets, 0);
  return secrets;
}
