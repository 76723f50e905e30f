/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to an outgoing server. libcurl does TCP, proxy, TLS or STARTTLS, EHLO
 * and AUTH (CURLOPT_CONNECT_ONLY); after that the owner's own SMTP octets travel over
 * it. Decides nothing: what it saw goes to the owner. */
#pragma once

#include <gio/gio.h>

#include "core/rp-capabilities.h"
#include "core/rp-config.h"
#include "core/rp-reply.h"
#include "upstream/rp-credential.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpConnectionError:
 *
 * How opening a connection can fail. Each but the first three can carry the server's
 * reply, see rp_connection_get_reply().
 */
typedef enum
{
  RP_CONNECTION_ERROR_UNREACHABLE, /* refused, no route, name not found, port filter */
  RP_CONNECTION_ERROR_TIMED_OUT,   /* no answer in time */
  RP_CONNECTION_ERROR_CANCELLED,
  RP_CONNECTION_ERROR_REPLY, /* greeting, EHLO or STARTTLS answered 4xx or 5xx */
  RP_CONNECTION_ERROR_LOGIN, /* AUTH refused: 4xx or 5xx */
  RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED, /* no AUTH, or no mechanism that we know */
  RP_CONNECTION_ERROR_NO_TICKET,         /* Kerberos gives none, nothing was tried */
  RP_CONNECTION_ERROR_NO_CERTIFICATE,    /* ours cannot be read, or is not taken */
  RP_CONNECTION_ERROR_CERTIFICATE,       /* wrong name, issuer, date, pin */
  RP_CONNECTION_ERROR_TLS_STRIPPED,      /* STARTTLS is not offered, or no safe TLS */
  RP_CONNECTION_ERROR_NOT_SMTP /* answered with something that is no SMTP reply */
} RpConnectionError;

#define RP_CONNECTION_ERROR (rp_connection_error_quark ())

/** rp_connection_error_quark: the domain of #RpConnectionError. */
GQuark rp_connection_error_quark (void);

#define RP_TYPE_CONNECTION (rp_connection_get_type ())
G_DECLARE_FINAL_TYPE (RpConnection, rp_connection, RP, CONNECTION, GObject)

/**
 * RpConnection::reply:
 * @reply: (transfer none): one whole reply to a command of the owner's
 *
 * RpConnection::drained: everything given to rp_connection_send() is in the kernel's
 * or TLS's hands; give more.
 *
 * RpConnection::lost:
 * @text: what happened
 *
 * The connection ended or spoke no SMTP. Comes at most once, and nothing after it.
 */

/**
 * rp_connection_new:
 * @loop: for the transfer
 * @server: what to connect to; copied as far as needed
 * @endpoint: one of its endpoints
 *
 * Returns: (transfer full): for one rp_connection_open_async()
 */
RpConnection *rp_connection_new (RpCurlLoop *loop,
                                 const RpServer *server,
                                 const RpEndpoint *endpoint);

/**
 * rp_connection_open_async:
 * @credential: (nullable): logs in with the server's user when given; without it the
 *   connection stops after EHLO. Its secret is copied into unswappable memory and wiped
 *
 * Resolves by GResolver, connects, starts TLS, says EHLO, logs in. With a credential
 * success means that 235 was seen. Never logs in without TLS, unless the endpoint is
 * insecure and its host is loopback; with a certificate not even then.
 */
void rp_connection_open_async (RpConnection *self,
                               const RpCredential *credential,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * rp_connection_open_finish:
 * @error: of the domain #RP_CONNECTION_ERROR; rp_connection_get_reply() may have the
 *   server's words
 *
 * Returns: whether it is open and, with a credential, logged in
 */
gboolean rp_connection_open_finish (RpConnection *self,
                                    GAsyncResult *result,
                                    GError **error);

/** rp_connection_get_reply: (nullable): the last reply seen while opening. */
const RpReply *rp_connection_get_reply (RpConnection *self);

/** rp_connection_get_mechanism: (nullable): the SASL mechanism of the login that was
 * made or tried last, such as "PLAIN"; %NULL when there was none. */
const char *rp_connection_get_mechanism (RpConnection *self);

/** rp_connection_get_capabilities: of the last EHLO reply; %NULL before it. */
const RpCapabilities *rp_connection_get_capabilities (RpConnection *self);

/**
 * rp_connection_send:
 * @bytes: (transfer none): queued as they are, in order
 *
 * Leaves from the main loop, with what else is given until then in one flight (RFC
 * 2920, section 3.1). Does nothing once the connection is closed or lost.
 */
void rp_connection_send (RpConnection *self, GBytes *bytes);

/** rp_connection_get_n_unsent: octets queued and not yet given away. */
gsize rp_connection_get_n_unsent (RpConnection *self);

/**
 * rp_connection_close:
 * @says_quit: sends QUIT first and waits a little in the background; the owner may
 *   drop its reference at once
 */
void rp_connection_close (RpConnection *self, gboolean says_quit);

G_END_DECLS
