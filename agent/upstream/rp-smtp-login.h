/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an endpoint to a connected handle that is logged in where a credential is given:
 * which mechanisms are tried, and what a failure means in the server's words. */
#pragma once

#include "core/rp-config.h"
#include "upstream/rp-credential.h"
#include "upstream/rp-curl-loop.h"
#include "upstream/rp-login-dialogue.h"

G_BEGIN_DECLS

#define RP_TYPE_SMTP_LOGIN (rp_smtp_login_get_type ())
G_DECLARE_FINAL_TYPE (RpSmtpLogin, rp_smtp_login, RP, SMTP_LOGIN, GObject)

/**
 * rp_smtp_login_new:
 * @server: what to connect to; copied as far as needed
 * @endpoint: one of its endpoints
 *
 * Returns: (transfer full): for one rp_smtp_login_go_async()
 */
RpSmtpLogin *rp_smtp_login_new (RpCurlLoop *loop,
                                const RpServer *server,
                                const RpEndpoint *endpoint);

/**
 * rp_smtp_login_go_async:
 * @credential: (nullable): without it there is no login. Its secret is copied into
 *   unswappable memory and wiped before @callback
 * @cancellable: (nullable): ends it with %RP_CONNECTION_ERROR_CANCELLED
 */
void rp_smtp_login_go_async (RpSmtpLogin *self,
                             const RpCredential *credential,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_smtp_login_go_finish:
 * @error: of the domain #RP_CONNECTION_ERROR
 *
 * Returns: the connected handle; end it with rp_curl_loop_remove()
 */
CURL *rp_smtp_login_go_finish (RpSmtpLogin *self, GAsyncResult *result, GError **error);

/** rp_smtp_login_get_dialogue: (transfer none) (nullable): the last one, of a failure
 * too; %NULL before any. */
const RpLoginDialogue *rp_smtp_login_get_dialogue (RpSmtpLogin *self);

/** rp_smtp_login_get_mechanism: (nullable): of the login that was made or tried last;
 * %NULL without one. */
const char *rp_smtp_login_get_mechanism (RpSmtpLogin *self);

G_END_DECLS
