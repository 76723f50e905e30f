/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sign-in as it is kept in the keyring. */
#pragma once

#include "core/rp-config.h"
#include "oauth/rp-oauth-grant.h"

G_BEGIN_DECLS

/**
 * RpSignInRecord:
 * @refresh_token: what new access tokens are asked for with
 * @client_id: as which client it was given out, whatever the provider's file says now
 * @client_secret: (nullable)
 * @secret_in_header: where that goes
 * @token_endpoint: (nullable): as the metadata had it
 * @revocation_endpoint: (nullable)
 * @issued_s: when the user signed in, in seconds since 1970
 * @hosts: the hosts of mail servers that may see its access tokens, in lower case
 */
typedef struct
{
  char *refresh_token;
  char *client_id;
  char *client_secret;
  gboolean secret_in_header;
  char *token_endpoint;
  char *revocation_endpoint;
  gint64 issued_s;
  GStrv hosts;
} RpSignInRecord;

/**
 * rp_sign_in_record_new:
 * @grant: (transfer none): of a sign-in, with its provider
 * @server: (transfer none): for the hosts of whose endpoints it counts
 * @issued_s: now
 *
 * Returns: (transfer full)
 */
RpSignInRecord *rp_sign_in_record_new (const RpOAuthGrant *grant,
                                       const RpServer *server,
                                       gint64 issued_s);

/** rp_sign_in_record_free: @self: (nullable); wipes the secrets in it. */
void rp_sign_in_record_free (RpSignInRecord *self);

/** rp_sign_in_record_parse: (transfer full) (nullable): what @text says; %NULL where it
 * is no record, or one of a later roampost that has another form. */
RpSignInRecord *rp_sign_in_record_parse (const char *text);

/** rp_sign_in_record_dup_text: (transfer full): for the keyring; for rp_secret_free().
 */
char *rp_sign_in_record_dup_text (const RpSignInRecord *self);

/** rp_sign_in_record_has_host: whether @host may see its access tokens. */
gboolean rp_sign_in_record_has_host (const RpSignInRecord *self, const char *host);

/** rp_sign_in_record_add_hosts: those of @other, an earlier sign-in of the same user as
 * the same client, count here as well. */
void rp_sign_in_record_add_hosts (RpSignInRecord *self, const RpSignInRecord *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSignInRecord, rp_sign_in_record_free)

G_END_DECLS
