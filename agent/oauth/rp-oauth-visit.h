/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request of a browser on loopback, and the page that it gets. */
#pragma once

#include <gio/gio.h>

#include "oauth/rp-oauth-response.h"

G_BEGIN_DECLS

/** RP_OAUTH_VISIT_MAX_BYTES: a longer head is refused. Cookies of whatever else is on
 * localhost come along. */
#define RP_OAUTH_VISIT_MAX_BYTES (64 * 1024)

/** RP_OAUTH_VISIT_TIMEOUT_MS: how long a visitor may take to ask. */
#define RP_OAUTH_VISIT_TIMEOUT_MS (10 * 1000)

/**
 * RpOAuthVisitFunc:
 * @head: (array length=n_bytes): the request's head, up to its empty line
 *
 * Returns: which page is shown; %RP_OAUTH_RESPONSE_NOT_OURS is 404
 */
typedef RpOAuthResponse (*RpOAuthVisitFunc) (GObject *owner,
                                             const char *head,
                                             gsize n_bytes);

/**
 * rp_oauth_visit_async:
 * @connection: (transfer none): held to the end, then closed
 * @owner: (transfer none): given to @on_head; when it is gone before the visitor has
 *   asked, nobody is, and the answer is 404
 * @on_head: called once the head is whole
 *
 * The page has nothing of the request in it, is not kept by the browser, and no other
 * server is told its address.
 */
void rp_oauth_visit_async (GSocketConnection *connection,
                           GObject *owner,
                           RpOAuthVisitFunc on_head,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/** rp_oauth_visit_finish: whether the visitor got an answer. */
gboolean rp_oauth_visit_finish (GAsyncResult *result);

G_END_DECLS
