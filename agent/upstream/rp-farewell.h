/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says QUIT on a connection that nobody needs any more, and waits a little for the
 * server to close, so that it does not log a lost connection. */
#pragma once

#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * rp_farewell_say:
 * @easy: (transfer full): a connected handle on @loop with nothing in flight; is
 *   removed when the server closed or after five seconds
 *
 * SMTP and POP3 have the same command for it (RFC 5321 section 4.1.1.10, RFC 1939
 * section 6).
 */
void rp_farewell_say (RpCurlLoop *loop, CURL *easy);

G_END_DECLS
