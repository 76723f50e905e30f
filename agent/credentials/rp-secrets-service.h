/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in the Secret Service of the session bus: gnome-keyring, KeePassXC,
 * KWallet. */
#pragma once

#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/** RpSecretsService: #RpSecrets over libsecret. */
#define RP_TYPE_SECRETS_SERVICE (rp_secrets_service_get_type ())
G_DECLARE_FINAL_TYPE (
    RpSecretsService, rp_secrets_service, RP, SECRETS_SERVICE, GObject)

/**
 * rp_secrets_service_new:
 * @timeout_ms: for one lookup, in milliseconds; storing and removing may wait for a
 *   person at a prompt
 *
 * Entries have the schema org.roampost.Password with the attributes protocol, user
 * and host; an entry is found for its own host only. A lookup unlocks nothing and
 * asks nobody: entries in a locked keyring, a keyring all of which is locked, and one
 * that does not answer in time because it waits for its user, are
 * %RP_SECRETS_ERROR_LOCKED. The service is started when the bus knows how to; without
 * a bus or a service it is %RP_SECRETS_ERROR_UNAVAILABLE, at once.
 *
 * RpSecrets::unlocked is that of #RpKeyringWatch, and comes when a silent keyring has
 * answered.
 *
 * Returns: (transfer full)
 */
RpSecrets *rp_secrets_service_new (guint timeout_ms);

G_END_DECLS
