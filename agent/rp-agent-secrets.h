/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the agent's secrets come from, all of them: keyring, commands, credentials,
 * providers of tokens, GNOME Online Accounts. */
#pragma once

#include "config/rp-config-watch.h"
#include "credentials/rp-secrets.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * rp_agent_secrets_new:
 * @loop: for the questions to providers
 * @watch: (transfer none): which was started; its providers count, others after each
 *   reload
 *
 * Returns: (transfer full): #RpTokens in front of all else
 */
RpSecrets *rp_agent_secrets_new (RpCurlLoop *loop, RpConfigWatch *watch);

G_END_DECLS
