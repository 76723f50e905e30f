/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-ask.h"

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-request.h"

void
rp_oauth_ask_async (RpCurlLoop *loop,
                    const RpOAuthProvider *provider,
                    const char *client_secret,
                    const char *proxy,
                    const char *address,
                    const char *form,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  char *authorization =
      form != NULL ? rp_oauth_request_dup_authorization (provider, client_secret)
                   : NULL;
  const RpFetchRequest request = {
    .address = address,
    .form = form,
    .authorization = authorization,
    .ca_file = provider->ca_file,
    .proxy = proxy,
  };

  rp_fetch_async (loop, &request, cancellable, callback, user_data);
  rp_secret_free (authorization);
}

RpFetchAnswer *
rp_oauth_ask_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GError) failure = NULL;
  RpFetchAnswer *answer = rp_fetch_finish (result, &failure);

  if (answer == NULL && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (answer == NULL)
    g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_OUTAGE,
                         failure->message);
  return answer;
}
