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
 * Logs in and quits. Password in clear only where the URL says pop3+insecure and the
 * host is loopback.
 */
void rp_pop_first_login_async (RpCurlLoop *loop,
                               const RpServer *server,
                               const char *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/** rp_pop_first_login_finish: @error is of the domain #RP_CONNECTION_ERROR. */
gboolean rp_pop_first_login_finish (GAsyncResult *result, GError **error);

G_END_DECLS
