/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SASL with an OAuth 2.0 access token: OAUTHBEARER (RFC 7628) and the XOAUTH2 that was
 * before it. libcurl ends the connection at the server's error message of XOAUTH2
 * (seen with 7.88), so that its reply would never be known; and each copy of a token
 * is one to wipe. */
#pragma once

#include "upstream/rp-sasl-client.h"

G_BEGIN_DECLS

#define RP_TYPE_SASL_TOKEN (rp_sasl_token_get_type ())
G_DECLARE_FINAL_TYPE (RpSaslToken, rp_sasl_token, RP, SASL_TOKEN, GObject)

/**
 * rp_sasl_token_new:
 * @mechanism: "OAUTHBEARER" or "XOAUTH2"
 * @user: (nullable): whose mail it is
 * @host: what we are connected to, @port on it
 * @token: copied into unswappable memory and wiped
 *
 * Returns: (transfer full): for one login
 */
RpSaslToken *rp_sasl_token_new (const char *mechanism,
                                const char *user,
                                const char *host,
                                guint16 port,
                                const char *token);

G_END_DECLS
