/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-grant.h"

#include "credentials/rp-secrets.h"

void
rp_oauth_grant_free (RpOAuthGrant *self)
{
  if (self == NULL)
    return;

  rp_secret_free (self->access_token);
  rp_secret_free (self->refresh_token);
  rp_secret_free (self->client_secret);
  g_free (self->scope);
  rp_oauth_provider_free (self->provider);
  g_free (self);
}
