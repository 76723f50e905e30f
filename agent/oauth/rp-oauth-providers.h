/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The providers of tokens that files describe: what oauth-provider= may name. A value,
 * read from rows; which files are read is said elsewhere. */
#pragma once

#include "core/rp-config.h"
#include "core/rp-keyfile.h"
#include "oauth/rp-oauth-provider.h"

G_BEGIN_DECLS

/** RpOAuthProviders: never changes after it was made, so that whoever uses one while
 * the files change keeps its own. */
typedef struct _RpOAuthProviders RpOAuthProviders;

/**
 * rp_oauth_providers_new:
 * @rows: (element-type RpKeyfileRow): of all files, in the order of reading
 * @errors: (element-type RpConfigError): where mistakes are appended
 *
 * A provider's name is that of its file, without ".conf". Of several files of one name
 * each key counts from the last one that has it; an empty value unsets. "{tenant}" in
 * the issuer and the endpoints becomes the value of tenant=.
 *
 * Returns: (transfer full): those that have no mistakes
 */
RpOAuthProviders *rp_oauth_providers_new (GPtrArray *rows, GPtrArray *errors);

/** rp_oauth_providers_ref: (transfer full): @self. */
RpOAuthProviders *rp_oauth_providers_ref (RpOAuthProviders *self);

/** rp_oauth_providers_unref: @self: (nullable). */
void rp_oauth_providers_unref (RpOAuthProviders *self);

/**
 * rp_oauth_providers_find:
 * @name: what oauth-provider= says
 *
 * Returns: (transfer none) (nullable): as long as @self lives
 */
const RpOAuthProvider *rp_oauth_providers_find (const RpOAuthProviders *self,
                                                const char *name);

/**
 * rp_oauth_providers_check_names:
 * @rows: (element-type RpKeyfileRow): of the configuration
 * @errors: (element-type RpConfigError): where each oauth-provider= that no file
 *   describes is appended; one whose file has mistakes is not
 */
void rp_oauth_providers_check_names (const RpOAuthProviders *self,
                                     GPtrArray *rows,
                                     GPtrArray *errors);

/** rp_oauth_providers_get_advice_names: (transfer none): what advice= may name. */
const char *const *rp_oauth_providers_get_advice_names (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpOAuthProviders, rp_oauth_providers_unref)

G_END_DECLS
