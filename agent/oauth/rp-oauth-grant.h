/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sign-in gave: tokens, and as which client at which provider. */
#pragma once

#include "oauth/rp-oauth-provider.h"

G_BEGIN_DECLS

/**
 * RpOAuthGrant:
 * @access_token: never %NULL
 * @refresh_token: (nullable): %NULL in the answer to a refresh that goes on with the
 * old one
 * @expires_in_s: how long the access token lives, at most a day; 0 when it was not said
 * @scope: (nullable): what was granted, where it was said
 * @provider: (nullable): with all endpoints filled in; set by #RpSignIn
 * @client_secret: (nullable): set by #RpSignIn
 *
 * The tokens and the secret are wiped when freed.
 */
typedef struct
{
  char *access_token;
  char *refresh_token;
  guint expires_in_s;
  char *scope;
  RpOAuthProvider *provider;
  char *client_secret;
} RpOAuthGrant;

/** rp_oauth_grant_free: @self: (nullable). */
void rp_oauth_grant_free (RpOAuthGrant *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpOAuthGrant, rp_oauth_grant_free)

G_END_DECLS
