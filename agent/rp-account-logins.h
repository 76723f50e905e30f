/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an account's servers are logged in to, and whether its sign-ins are there. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_account_logins_async:
 * @config: of which @account is
 *
 * Asks the keyring, and nobody else, whether there are sign-ins.
 */
void rp_account_logins_async (const RpAgentParts *parts,
                              RpConfig *config,
                              const RpAccount *account,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * rp_account_logins_finish:
 * @attention: (nullable): "a(sas)" that gets a reason for each sign-in that is missing
 *   or does not count any more
 *
 * Returns: (transfer full): "aa{sv}" as "logins" of the bus interface
 */
GVariant *rp_account_logins_finish (GAsyncResult *result, GVariantBuilder *attention);

G_END_DECLS
