/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection logs in with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpCredentialKind:
 * @RP_CREDENTIAL_PASSWORD: SASL PLAIN or LOGIN, else a challenge mechanism
 * @RP_CREDENTIAL_TOKEN: an OAuth 2.0 access token: OAUTHBEARER (RFC 7628) or XOAUTH2
 * @RP_CREDENTIAL_CERTIFICATE: EXTERNAL (RFC 4422, appendix A), the server knows us by
 *   the client certificate of TLS
 * @RP_CREDENTIAL_KERBEROS: GSSAPI (RFC 4752) with the user's tickets
 */
typedef enum
{
  RP_CREDENTIAL_PASSWORD,
  RP_CREDENTIAL_TOKEN,
  RP_CREDENTIAL_CERTIFICATE,
  RP_CREDENTIAL_KERBEROS
} RpCredentialKind;

/**
 * RpCredential:
 * @secret: (nullable): the password or the token; %NULL for the other kinds
 */
typedef struct
{
  RpCredentialKind kind;
  const char *secret;
} RpCredential;

G_END_DECLS
