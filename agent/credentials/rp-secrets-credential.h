/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords that the service manager hands over: systemd credentials. */
#pragma once

#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/** RpSecretsCredential: #RpSecrets that reads a file for each lookup. */
#define RP_TYPE_SECRETS_CREDENTIAL (rp_secrets_credential_get_type ())
G_DECLARE_FINAL_TYPE (
    RpSecretsCredential, rp_secrets_credential, RP, SECRETS_CREDENTIAL, GObject)

/**
 * rp_secrets_credential_new:
 *
 * The password is the whole of the file called #RpServer.secret_credential in the
 * folder $CREDENTIALS_DIRECTORY (systemd.exec(5), section Credentials), without one
 * line end at its end, since most editors and echo put one there. More lines than one
 * are no password, nor is a NUL octet: nothing is cut off in silence. The name is a
 * file's own name; a symbolic link is not followed. Whatever is wrong is
 * %RP_SECRETS_ERROR_UNAVAILABLE, in words that name the file.
 *
 * The configuration names the credential for the server, so every host of the server
 * gets its password; nothing can be stored or removed: %RP_SECRETS_ERROR_UNAVAILABLE.
 *
 * Returns: (transfer full)
 */
RpSecrets *rp_secrets_credential_new (void);

G_END_DECLS
