/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listens on loopback for the browser that comes back from the provider (RFC 8252
 * section 7.3), and shows it a page. Anybody on this machine can knock; only who brings
 * the state of our request is heard. */
#pragma once

#include <gio/gio.h>

#include "oauth/rp-oauth-response.h"

G_BEGIN_DECLS

/** RpOAuthRedirect: listens as long as it lives. */
#define RP_TYPE_OAUTH_REDIRECT (rp_oauth_redirect_get_type ())
G_DECLARE_FINAL_TYPE (RpOAuthRedirect, rp_oauth_redirect, RP, OAUTH_REDIRECT, GObject)

/**
 * RpOAuthRedirectFunc:
 * @query: of a GET of the path; the code in it is secret
 *
 * May end the redirect: the page is shown all the same.
 *
 * Returns: what it was, for the page; %RP_OAUTH_RESPONSE_NOT_OURS is answered like any
 *   other address, with 404
 */
typedef RpOAuthResponse (*RpOAuthRedirectFunc) (const char *query, gpointer user_data);

/**
 * rp_oauth_redirect_new:
 * @host: "127.0.0.1", or "localhost", for which the same port of [::1] is listened on
 * as well, where there is IPv6, so that it is nobody else's
 * @path: (nullable): "/callback" or the like
 * @on_query: called on the thread-default main context
 * @error: of the domain %G_IO_ERROR
 *
 * The port is chosen by the kernel.
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpOAuthRedirect *rp_oauth_redirect_new (const char *host,
                                        const char *path,
                                        RpOAuthRedirectFunc on_query,
                                        gpointer user_data,
                                        GError **error);

/** rp_oauth_redirect_get_uri: the redirect_uri of the request: host, port and path. */
const char *rp_oauth_redirect_get_uri (RpOAuthRedirect *self);

G_END_DECLS
