/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an authorization server answers, as octets of any kind. Pure. */
#pragma once

#include "oauth/rp-oauth-error.h"
#include "oauth/rp-oauth-grant.h"
#include "oauth/rp-oauth-provider.h"

G_BEGIN_DECLS

/**
 * rp_oauth_answer_read_tokens:
 * @status: of HTTP
 * @body: (array length=n_bytes): of the answer
 * @error: of the domain #RP_OAUTH_ERROR. Only an error that the server gives by name
 *   under a status of the 4xx ends a sign-in; 429 and 5xx are %RP_OAUTH_ERROR_OUTAGE,
 *   whatever else they say
 *
 * Reads RFC 6749 sections 5.1 and 5.2: a bearer token (RFC 6750) that can go into a
 * SASL exchange.
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpOAuthGrant *rp_oauth_answer_read_tokens (guint status,
                                           const char *body,
                                           gsize n_bytes,
                                           GError **error);

/**
 * RpOAuthPoll:
 * @RP_OAUTH_POLL_ENDED: there is a result, be it an error
 * @RP_OAUTH_POLL_PENDING: the user is not done yet
 * @RP_OAUTH_POLL_SLOW_DOWN: neither, and it wants to be asked less often
 */
typedef enum
{
  RP_OAUTH_POLL_ENDED,
  RP_OAUTH_POLL_PENDING,
  RP_OAUTH_POLL_SLOW_DOWN
} RpOAuthPoll;

/**
 * rp_oauth_answer_read_poll:
 * @grant: (out) (transfer full) (nullable): with %RP_OAUTH_POLL_ENDED, unless @error is
 *   set
 *
 * The same for the token endpoint while a device waits (RFC 8628 section 3.5).
 */
RpOAuthPoll rp_oauth_answer_read_poll (guint status,
                                       const char *body,
                                       gsize n_bytes,
                                       RpOAuthGrant **grant,
                                       GError **error);

/**
 * RpOAuthDeviceCode:
 * @device_code: secret, wiped when freed
 * @address: page where @user_code is typed
 * @complete_address: (nullable): the same with the code in it
 * @expires_in_s: how long both live
 * @interval_s: between two questions
 */
typedef struct
{
  char *device_code;
  char *user_code;
  char *address;
  char *complete_address;
  guint expires_in_s;
  guint interval_s;
} RpOAuthDeviceCode;

/** rp_oauth_device_code_free: @self: (nullable). */
void rp_oauth_device_code_free (RpOAuthDeviceCode *self);

/**
 * rp_oauth_answer_read_device_code:
 * @error: of the domain #RP_OAUTH_ERROR
 *
 * Reads RFC 8628 section 3.2. The page must be safe to open.
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpOAuthDeviceCode *rp_oauth_answer_read_device_code (guint status,
                                                     const char *body,
                                                     gsize n_bytes,
                                                     GError **error);

/**
 * rp_oauth_answer_read_metadata:
 * @provider: (inout): gets the endpoints that it does not have
 * @error: %RP_OAUTH_ERROR_MISMATCH: of another issuer (RFC 8414 section 3.3);
 *   %RP_OAUTH_ERROR_PROTOCOL, %RP_OAUTH_ERROR_OUTAGE
 *
 * Returns: whether they were taken; @provider is unchanged otherwise
 */
gboolean rp_oauth_answer_read_metadata (guint status,
                                        const char *body,
                                        gsize n_bytes,
                                        RpOAuthProvider *provider,
                                        GError **error);

/**
 * rp_oauth_answer_check:
 * @error: of the domain #RP_OAUTH_ERROR
 *
 * For an answer in which nothing but its success counts (RFC 7009 section 2.2).
 *
 * Returns: whether @status is a success
 */
gboolean rp_oauth_answer_check (guint status,
                                const char *body,
                                gsize n_bytes,
                                GError **error);

/**
 * rp_oauth_answer_grants:
 * @asked: (nullable): the scope of the request
 * @granted: (nullable): the scope of the answer; %NULL means the same (RFC 6749 section
 *   5.1)
 *
 * offline_access and what OpenID Connect asks for are no permissions to send mail, and
 * providers do not repeat them.
 *
 * Returns: whether all that was asked for was granted
 */
gboolean rp_oauth_answer_grants (const char *asked, const char *granted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpOAuthDeviceCode, rp_oauth_device_code_free)

G_END_DECLS
