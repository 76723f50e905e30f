/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the browser comes back from the provider (RFC 6749 section 4.1.2). Pure. */
#pragma once

#include "oauth/rp-oauth-error.h"

G_BEGIN_DECLS

/**
 * RpOAuthResponse:
 * @RP_OAUTH_RESPONSE_NOT_OURS: without our state: of another sign-in, of a browser that
 *   tries the address, or of somebody who guesses
 * @RP_OAUTH_RESPONSE_CODE: the user said yes
 * @RP_OAUTH_RESPONSE_ERROR: ours, and no code to be used
 */
typedef enum
{
  RP_OAUTH_RESPONSE_NOT_OURS,
  RP_OAUTH_RESPONSE_CODE,
  RP_OAUTH_RESPONSE_ERROR
} RpOAuthResponse;

/**
 * rp_oauth_response_read:
 * @query: what is behind the question mark
 * @state: of our request
 * @issuer: (nullable): who must have answered, where it is known
 * @must_name_issuer: an answer without iss is forged (RFC 9207 section 2.4)
 * @code: (out) (transfer full) (nullable): with %RP_OAUTH_RESPONSE_CODE; for
 *   rp_secret_free()
 * @error: with %RP_OAUTH_RESPONSE_ERROR, of the domain #RP_OAUTH_ERROR
 */
RpOAuthResponse rp_oauth_response_read (const char *query,
                                        const char *state,
                                        const char *issuer,
                                        gboolean must_name_issuer,
                                        char **code,
                                        GError **error);

/**
 * rp_oauth_response_dup_pasted_query:
 * @address: what a user pasted, with blanks around it perhaps, and perhaps without
 *   http://, which some browsers do not show
 * @redirect_uri: of our request
 *
 * Returns: (transfer full) (nullable): what is behind the question mark, for
 *   rp_secret_free(); %NULL when it is no address below @redirect_uri
 */
char *rp_oauth_response_dup_pasted_query (const char *address,
                                          const char *redirect_uri);

/**
 * rp_oauth_response_dup_requested_query:
 * @head: (array length=n_bytes): the head of an HTTP request
 * @path: the one that is asked for
 *
 * Returns: (transfer full) (nullable): the query of a GET of exactly @path (RFC 9112
 *   section 3), for rp_secret_free(); %NULL for all else
 */
char *rp_oauth_response_dup_requested_query (const char *head,
                                             gsize n_bytes,
                                             const char *path);

G_END_DECLS
