/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SASL DIGEST-MD5 (RFC 2831, historic by RFC 6331, and still all that some servers
 * offer). libcurl gives up at a challenge with algorithm="md5-sess", whose quotes the
 * RFC does not have but Dovecot has. */
#pragma once

#include "upstream/rp-sasl-client.h"

G_BEGIN_DECLS

#define RP_TYPE_SASL_DIGEST (rp_sasl_digest_get_type ())
G_DECLARE_FINAL_TYPE (RpSaslDigest, rp_sasl_digest, RP, SASL_DIGEST, GObject)

/**
 * rp_sasl_digest_new:
 * @uri: service and host, such as "smtp/mail.proseware.com"
 * @user: (nullable)
 * @password: copied into unswappable memory and wiped
 * @nonce: (nullable): the client's; %NULL for a random one
 *
 * The server must prove that it knows the password as well.
 *
 * Returns: (transfer full): for one login
 */
RpSaslDigest *rp_sasl_digest_new (const char *uri,
                                  const char *user,
                                  const char *password,
                                  const char *nonce);

G_END_DECLS
