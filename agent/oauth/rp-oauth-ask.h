/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to an endpoint of a provider. */
#pragma once

#include "oauth/rp-oauth-error.h"
#include "oauth/rp-oauth-provider.h"
#include "upstream/rp-fetch.h"

G_BEGIN_DECLS

/**
 * rp_oauth_ask_async:
 * @provider: (transfer none): its trust anchors and its way of client authentication
 * @client_secret: (nullable): goes into the header where the provider has it there
 * @proxy: (nullable): URL of a proxy
 * @address: the endpoint
 * @form: (nullable): what is posted; a GET without it
 * @cancellable: (nullable): ends it with %G_IO_ERROR_CANCELLED
 */
void rp_oauth_ask_async (RpCurlLoop *loop,
                         const RpOAuthProvider *provider,
                         const char *client_secret,
                         const char *proxy,
                         const char *address,
                         const char *form,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/**
 * rp_oauth_ask_finish:
 * @error: %RP_OAUTH_ERROR_OUTAGE, whatever was in the way, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpFetchAnswer *rp_oauth_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
