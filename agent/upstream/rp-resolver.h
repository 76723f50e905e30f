/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names to addresses for curl, which must not resolve itself: joining its resolver
 * thread stops the whole process while a name server is silent. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * rp_resolver_lookup_async:
 * @host: a host name or an address literal without brackets
 * @port: what curl will connect to
 * @only_loopback: leave out every address that is not a loopback one: for octets
 *   that may not leave the machine, whatever a name server says of the name
 * @timeout_ms: when to give up, in milliseconds
 * @cancellable: (nullable)
 *
 * An address literal is answered at once, without a name server. @callback is called
 * in the thread-default main context, never before this function returned.
 */
void rp_resolver_lookup_async (const char *host,
                               guint16 port,
                               gboolean only_loopback,
                               guint timeout_ms,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * rp_resolver_lookup_finish:
 * @error: of the domain %G_RESOLVER_ERROR, %G_IO_ERROR_TIMED_OUT or
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): an entry for CURLOPT_RESOLVE,
 *   "host:port:address,..."; %NULL with @error set
 */
char *rp_resolver_lookup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
