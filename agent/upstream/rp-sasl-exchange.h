/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AUTH over a handle that curl has connected (RFC 4954), for the mechanisms of
 * rp-sasl-client.h. */
#pragma once

#include <curl/curl.h>

#include "upstream/rp-login-dialogue.h"
#include "upstream/rp-sasl-client.h"

G_BEGIN_DECLS

/**
 * rp_sasl_exchange_run_async:
 * @easy: stays the caller's and must live until @callback
 * @where: the server in words, for errors
 * @mechanism: such as "XOAUTH2"; offered by the server
 * @dialogue: gets each reply; must live until @callback
 * @step_timeout_ms: of each step of the dialogue, and of each of @client's
 * @cancellable: (nullable): ends it with %RP_CONNECTION_ERROR_CANCELLED
 *
 * A response that would make the command longer than 512 octets goes behind the
 * server's first prompt (RFC 4954 section 4). Each step of @client may take its time
 * without holding up the main loop.
 */
void rp_sasl_exchange_run_async (CURL *easy,
                                 const char *where,
                                 const char *mechanism,
                                 RpSaslClient *client,
                                 RpLoginDialogue *dialogue,
                                 guint step_timeout_ms,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * rp_sasl_exchange_run_finish:
 * @error: of the domain #RP_CONNECTION_ERROR; the reply is in the dialogue
 *
 * Returns: whether 235 was seen
 */
gboolean rp_sasl_exchange_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
