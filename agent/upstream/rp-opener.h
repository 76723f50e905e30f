/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings one curl handle to the point where curl has connected, secured and logged in
 * (CURLOPT_CONNECT_ONLY), for SMTP and POP alike. Resolves the names, keeps the
 * deadlines, and hands the server's lines to its owner. */
#pragma once

#include "core/rp-config.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpOpenerProgress:
 * @RP_OPENER_MORE: the line belongs to a reply that is not whole yet
 * @RP_OPENER_STEP: a step of the dialogue is done, the next deadline begins
 * @RP_OPENER_ABORT: stop here
 */
typedef enum
{
  RP_OPENER_MORE,
  RP_OPENER_STEP,
  RP_OPENER_ABORT
} RpOpenerProgress;

/**
 * RpOpenerLineFunc:
 * @line: (array length=n_bytes): one line of the server's, with its line end
 *
 * Called inside curl: may do nothing but look.
 */
typedef RpOpenerProgress (*RpOpenerLineFunc) (const char *line,
                                              gsize n_bytes,
                                              gpointer user_data);

/**
 * RpOpenerTarget:
 * @scheme: curl's: "smtp", "smtps", "pop3" or "pop3s"
 * @host: without brackets
 * @path: the URL's path behind the slash, escaped; for SMTP the name said in EHLO
 * @logs_in: there is a login, curl's or the owner's own behind it: without TLS it is
 *   for loopback addresses only
 * @user: (nullable): goes with @password and @login_options
 * @password: (nullable): curl logs in when it is given, or @login_options is
 * @allows_bare_login: the configuration itself says that the login goes without TLS
 * @login_options: (nullable): CURLOPT_LOGIN_OPTIONS
 * @on_line: gets @line_data
 *
 * Copied, but for @line_data, which must live until the callback.
 */
typedef struct
{
  const char *scheme;
  RpTlsMode tls;
  const char *host;
  guint16 port;
  const char *path;
  gboolean logs_in;
  const char *user;
  const char *password;
  gboolean allows_bare_login;
  const char *login_options;
  RpOpenerLineFunc on_line;
  gpointer line_data;
} RpOpenerTarget;

/**
 * rp_opener_open_async:
 * @server: (transfer none): its ca_file, pins, client_certificate, client_key, proxy
 *   and timeout_s are used
 * @cancellable: (nullable): ends it with %RP_CONNECTION_ERROR_CANCELLED
 *
 * TLS is 1.2 or newer and verified, always; with %RP_TLS_STARTTLS nothing but EHLO
 * and STARTTLS goes out in clear. With %RP_TLS_NONE and a login no proxy is
 * accepted, and only loopback addresses are connected to unless @target allows
 * otherwise.
 *
 * curl keeps copies of the password as long as the handle lives; whatever it frees is
 * wiped (see rp-curl-loop.c). Handles live for one message.
 */
void rp_opener_open_async (RpCurlLoop *loop,
                           const RpServer *server,
                           const RpOpenerTarget *target,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * rp_opener_open_finish:
 * @error: of the domain #RP_CONNECTION_ERROR, judged by curl's result alone; the
 *   owner, who has seen the server's lines, may know better
 *
 * Returns: (transfer full) (nullable): the connected handle; end it with
 *   rp_curl_loop_remove()
 */
CURL *rp_opener_open_finish (GAsyncResult *result, GError **error);

/** rp_opener_get_step_timeout_ms: how long one step of a dialogue with @server may
 * take. */
guint rp_opener_get_step_timeout_ms (const RpServer *server);

G_END_DECLS
