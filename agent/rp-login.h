/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proves a password: logs in at each endpoint of an account's servers, and keeps it for
 * the hosts that said yes. Sends no mail. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "credentials/rp-secrets.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

typedef enum
{
  RP_LOGIN_ERROR_NO_LOGIN, /* no server of the account takes a password */
  RP_LOGIN_ERROR_KEYRING   /* it was proved but could not be stored */
} RpLoginError;

#define RP_LOGIN_ERROR (rp_login_error_quark ())

/** rp_login_error_quark: the domain of #RpLoginError. */
GQuark rp_login_error_quark (void);

/**
 * rp_login_prove_async:
 * @loop: for the connections
 * @secrets: keeps what was proved
 * @account: one of @config
 * @server: (nullable): name of the only server to try
 * @password: copied into memory that is wiped
 * @stores_unproved: keep it for every host too where none could be reached
 *
 * All endpoints and POP servers at the same time.
 */
void rp_login_prove_async (RpCurlLoop *loop,
                           RpSecrets *secrets,
                           RpConfig *config,
                           const RpAccount *account,
                           const char *server,
                           const char *password,
                           gboolean stores_unproved,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * rp_login_prove_finish:
 * @error: of the domain #RP_LOGIN_ERROR; a password that was refused is no error, it
 *   stands in the result
 *
 * Returns: (transfer full) (nullable): "aa{sv}" as in the bus interface, an endpoint
 * each
 */
GVariant *rp_login_prove_finish (GAsyncResult *result, GError **error);

G_END_DECLS
