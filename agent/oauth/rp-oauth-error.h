/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why there is no token. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpOAuthError:
 * @RP_OAUTH_ERROR_OUTAGE: it could not be asked, or cannot answer now: try again later
 * @RP_OAUTH_ERROR_DENIED: the user said no
 * @RP_OAUTH_ERROR_REVOKED: the sign-in does not count any more (invalid_grant)
 * @RP_OAUTH_ERROR_CLIENT: roampost's registration there is not right (invalid_client,
 *   unauthorized_client): the client id, its secret, its redirect address or scope
 * @RP_OAUTH_ERROR_CONSENT: an administrator must approve roampost first
 * @RP_OAUTH_ERROR_EXPIRED: nobody signed in in time
 * @RP_OAUTH_ERROR_MISMATCH: what came back belongs to another sign-in or another issuer
 * @RP_OAUTH_ERROR_PROTOCOL: it answered something that is no answer
 *
 * The message has the server's own words.
 */
typedef enum
{
  RP_OAUTH_ERROR_OUTAGE,
  RP_OAUTH_ERROR_DENIED,
  RP_OAUTH_ERROR_REVOKED,
  RP_OAUTH_ERROR_CLIENT,
  RP_OAUTH_ERROR_CONSENT,
  RP_OAUTH_ERROR_EXPIRED,
  RP_OAUTH_ERROR_MISMATCH,
  RP_OAUTH_ERROR_PROTOCOL
} RpOAuthError;

/** RP_OAUTH_ERROR: the domain of #RpOAuthError. */
#define RP_OAUTH_ERROR (rp_oauth_error_quark ())

/** rp_oauth_error_quark: the domain #RP_OAUTH_ERROR. */
GQuark rp_oauth_error_quark (void);

/**
 * rp_oauth_error_from_words:
 * @error: (nullable): the parameter error of RFC 6749 sections 4.1.2.1 and 5.2, RFC
 * 8628 section 3.5, or a provider's own
 * @description: (nullable): error_description
 *
 * Microsoft and Google say a missing approval of the administrator in words of their
 * own, under one of the errors of the RFC.
 *
 * Returns: (transfer full): an error of the domain #RP_OAUTH_ERROR with both in its
 *   message, on one line and cut to a readable length
 */
GError *rp_oauth_error_from_words (const char *error, const char *description);

G_END_DECLS
