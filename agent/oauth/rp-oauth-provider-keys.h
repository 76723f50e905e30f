/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a file that describes a provider, and what their values may be. Only for
 * rp-oauth-providers.c. */
#pragma once

#include "core/rp-keyfile.h"
#include "oauth/rp-oauth-provider.h"

G_BEGIN_DECLS

/** rp_oauth_provider_keys_get_names: (transfer none): all keys, in the order of the
 * manual. */
const char *const *rp_oauth_provider_keys_get_names (void);

/**
 * rp_oauth_provider_keys_read:
 * @rows: (element-type utf8 RpKeyfileRow): by key, of known keys and with a value
 * @provider: where it goes
 * @errors: (element-type RpConfigError): where mistakes are appended
 */
void rp_oauth_provider_keys_read (GHashTable *rows,
                                  RpOAuthProvider *provider,
                                  GPtrArray *errors);

G_END_DECLS
