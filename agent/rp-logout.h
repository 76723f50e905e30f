/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forgets what is stored to log in with. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/**
 * rp_logout_async:
 * @secrets: where it is stored, an #RpTokens
 * @account: one of @config
 * @server: (nullable): name of the only server whose secrets are meant
 *
 * Passwords for each host of the account's servers, and sign-ins. Goes on after a
 * failure.
 */
void rp_logout_async (RpSecrets *secrets,
                      RpConfig *config,
                      const RpAccount *account,
                      const char *server,
                      GAsyncReadyCallback callback,
                      gpointer user_data);

/**
 * rp_logout_finish:
 *
 * Never fails.
 *
 * Returns: (transfer full): "aa{sv}" as in the bus interface, one for each secret that
 *   was there or might have been
 */
GVariant *rp_logout_finish (GAsyncResult *result);

G_END_DECLS
