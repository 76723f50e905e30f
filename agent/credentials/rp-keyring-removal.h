/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes entries out of the keyring, host by host. */
#pragma once

#include "credentials/rp-keyring-probe.h"
#include "credentials/rp-keyring-request.h"

G_BEGIN_DECLS

/**
 * rp_keyring_removal_run:
 * @task: (transfer none): of a #RpKeyringRequest that has reached its keyring
 * @probe: (transfer none): a reference is kept
 *
 * Ends @task: %TRUE when entries are gone for each of the hosts that had one;
 * %RP_SECRETS_ERROR_MISSING when none had, %RP_SECRETS_ERROR_LOCKED at the first that
 * cannot be read, without a window.
 */
void rp_keyring_removal_run (GTask *task, RpKeyringProbe *probe);

G_END_DECLS
