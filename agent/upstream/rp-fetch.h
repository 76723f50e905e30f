/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question over HTTPS and its answer, for programs that talk to programs: nothing
 * is followed, kept, cached or tried again. */
#pragma once

#include <gio/gio.h>

#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/** RP_FETCH_MAX_BYTES: a longer body is no answer. */
#define RP_FETCH_MAX_BYTES (64 * 1024)

/** RP_FETCH_TIMEOUT_MS: for all of it, where nothing else is said. */
#define RP_FETCH_TIMEOUT_MS (30 * 1000)

/**
 * RpFetchRequest:
 * @address: an https URL; an http one is asked only on a loopback address
 * @form: (nullable): posted as application/x-www-form-urlencoded; without one it is a
 * GET
 * @authorization: (nullable): value of the header Authorization
 * @ca_file: (nullable): trust anchors instead of the system's
 * @proxy: (nullable): URL of a proxy, as proxy= of a server has it. Without one there
 * is none: neither the environment's nor the desktop's is used
 * @timeout_ms: for all of it, in milliseconds; 0 means %RP_FETCH_TIMEOUT_MS
 *
 * Copied by rp_fetch_async(), @form and @authorization to memory that is wiped.
 */
typedef struct
{
  const char *address;
  const char *form;
  const char *authorization;
  const char *ca_file;
  const char *proxy;
  guint timeout_ms;
} RpFetchRequest;

/**
 * RpFetchAnswer:
 * @status: of HTTP: 3xx is an answer like any other
 * @body: (array length=n_bytes): with a NUL behind it; wiped when freed
 * @retry_after_s: how long not to ask again (RFC 9110 section 10.2.3), 0 where that was
 *   not said
 */
typedef struct
{
  guint status;
  char *body;
  gsize n_bytes;
  guint retry_after_s;
} RpFetchAnswer;

/** rp_fetch_answer_free: @self: (nullable). */
void rp_fetch_answer_free (RpFetchAnswer *self);

/**
 * rp_fetch_async:
 * @cancellable: (nullable): ends it with %G_IO_ERROR_CANCELLED
 *
 * TLS is 1.2 or newer and verified, always. Names are resolved by #GResolver, unless a
 * proxy does; never by curl, which would stop the main loop.
 */
void rp_fetch_async (RpCurlLoop *loop,
                     const RpFetchRequest *request,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);

/**
 * rp_fetch_finish:
 * @error: of the domain #RP_CONNECTION_ERROR, or %G_IO_ERROR with
 *   %G_IO_ERROR_CANCELLED, %G_IO_ERROR_INVALID_ARGUMENT (an address that is not asked)
 * or %G_IO_ERROR_MESSAGE_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpFetchAnswer *rp_fetch_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpFetchAnswer, rp_fetch_answer_free)

G_END_DECLS
