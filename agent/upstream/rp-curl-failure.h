/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a result of curl's means for a connection: unreachable, hostile, or refused. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_curl_failure_to_error:
 * @result: not %CURLE_OK
 * @text: curl's error text, may be empty
 * @host: for the message
 *
 * A TLS hello that was cut or reset is the work of a port filter: unreachable. Plain
 * text in place of TLS, a TLS older than 1.2 or a refused handshake mean that
 * somebody else answers there: hostile.
 *
 * Returns: (transfer full): an error of the domain #RP_CONNECTION_ERROR
 */
GError *rp_curl_failure_to_error (CURLcode result,
                                  const char *text,
                                  const char *host,
                                  guint16 port);

G_END_DECLS
