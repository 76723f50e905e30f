/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where each server's password comes from: what rp_secrets_new() makes. */
#pragma once

#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/** RpSecretsByServer: #RpSecrets that asks one of three others, as the server's
 * configuration says. */
#define RP_TYPE_SECRETS_BY_SERVER (rp_secrets_by_server_get_type ())
G_DECLARE_FINAL_TYPE (
    RpSecretsByServer, rp_secrets_by_server, RP, SECRETS_BY_SERVER, GObject)

G_END_DECLS
