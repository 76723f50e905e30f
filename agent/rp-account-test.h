/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries every way of an account to its servers with what is stored, and sends
 * nothing. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

/**
 * rp_account_test_async:
 * @account: one of the configuration in force
 *
 * Each endpoint of its servers, with each login that it takes; "location" stands for
 * the server of the network where we are.
 */
void rp_account_test_async (const RpAgentParts *parts,
                            const RpAccount *account,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/**
 * rp_account_test_finish:
 *
 * Never fails.
 *
 * Returns: (transfer full): "aa{sv}" as in the bus interface, one for each way
 */
GVariant *rp_account_test_finish (GAsyncResult *result);

G_END_DECLS
