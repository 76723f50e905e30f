/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an authorization server is asked, as text. Pure: chance is handed in. */
#pragma once

#include "oauth/rp-oauth-provider.h"

G_BEGIN_DECLS

/** RP_OAUTH_RANDOM_BYTES: what makes a verifier or a state that nobody guesses. */
#define RP_OAUTH_RANDOM_BYTES 32

/**
 * rp_oauth_request_dup_random_text:
 * @bytes: (array fixed-size=32): chance
 *
 * Returns: (transfer full): a code verifier (RFC 7636 section 4.1) or a state, 43
 *   characters of base64url; for rp_secret_free()
 */
char *rp_oauth_request_dup_random_text (const guint8 bytes[RP_OAUTH_RANDOM_BYTES]);

/** rp_oauth_request_dup_challenge: (transfer full): the code challenge of @verifier
 * with S256 (RFC 7636 section 4.2). */
char *rp_oauth_request_dup_challenge (const char *verifier);

/**
 * rp_oauth_request_dup_address:
 * @user: (nullable): login_hint of OpenID Connect Core 3.1.2.1
 * @redirect_uri: where the browser is to come back to
 *
 * Returns: (transfer full): the authorization request (RFC 6749 section 4.1.1, RFC 7636
 *   section 4.3), to be opened in a browser
 */
char *rp_oauth_request_dup_address (const RpOAuthProvider *provider,
                                    const char *user,
                                    const char *redirect_uri,
                                    const char *state,
                                    const char *challenge);

/**
 * rp_oauth_request_dup_code_body:
 * @client_secret: (nullable): put into the body unless the provider has it in the
 * header
 *
 * Returns: (transfer full): the form that gets the tokens for @code (RFC 6749 section
 *   4.1.3, RFC 7636 section 4.5); for rp_secret_free(), as all that follow
 */
char *rp_oauth_request_dup_code_body (const RpOAuthProvider *provider,
                                      const char *client_secret,
                                      const char *code,
                                      const char *redirect_uri,
                                      const char *verifier);

/** rp_oauth_request_dup_refresh_body: (transfer full): the form of RFC 6749 section 6.
 */
char *rp_oauth_request_dup_refresh_body (const RpOAuthProvider *provider,
                                         const char *client_secret,
                                         const char *refresh_token);

/** rp_oauth_request_dup_device_body: (transfer full): the form of RFC 8628 section 3.1.
 */
char *rp_oauth_request_dup_device_body (const RpOAuthProvider *provider,
                                        const char *client_secret);

/** rp_oauth_request_dup_poll_body: (transfer full): the form of RFC 8628 section 3.4.
 */
char *rp_oauth_request_dup_poll_body (const RpOAuthProvider *provider,
                                      const char *client_secret,
                                      const char *device_code);

/** rp_oauth_request_dup_revocation_body: (transfer full): the form of RFC 7009 section
 * 2.1. */
char *rp_oauth_request_dup_revocation_body (const RpOAuthProvider *provider,
                                            const char *client_secret,
                                            const char *refresh_token);

/**
 * rp_oauth_request_dup_authorization:
 * @client_secret: (nullable)
 *
 * Returns: (transfer full) (nullable): the value of the header Authorization, where the
 *   provider has the secret there (RFC 6749 section 2.3.1)
 */
char *rp_oauth_request_dup_authorization (const RpOAuthProvider *provider,
                                          const char *client_secret);

/**
 * rp_oauth_request_dup_metadata_address:
 * @issuer: an issuer identifier
 *
 * Returns: (transfer full) (nullable): where its metadata are (RFC 8414 section 3.1);
 *   %NULL where @issuer is not safe to ask
 */
char *rp_oauth_request_dup_metadata_address (const char *issuer);

/** rp_oauth_request_dup_openid_address: (transfer full) (nullable): where providers had
 * them before RFC 8414 (OpenID Connect Discovery section 4). */
char *rp_oauth_request_dup_openid_address (const char *issuer);

G_END_DECLS
