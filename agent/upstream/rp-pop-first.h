/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP before SMTP: a POP3 login that makes the provider's SMTP server relay for our
 * address for a while. */
#pragma once

#include "core/rp-config.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * rp_pop_first_login_async:
 * @server: has a pop endpoint and a user
 *
 * Logs in and quits. Only where the URL says pop3+insecure nothing protects the way;
 * there a server that offers APOP (RFC 1939 section 7) or a SASL challenge is not told
 * the password itself.
 */
void rp_pop_first_login_async (RpCurlLoop *loop,
                               const RpServer *server,
                               const char *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/** rp_pop_first_login_finish: @error is of the domain #RP_CONNECTION_ERROR; with
 * %RP_CONNECTION_ERROR_LOGIN and %RP_CONNECTION_ERROR_REPLY its message is the server's
 * own line. */
gboolean rp_pop_first_login_finish (GAsyncResult *result, GError **error);

G_END_DECLS
