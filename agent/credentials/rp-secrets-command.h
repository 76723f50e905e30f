/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords printed by a server's secret-command. */
#pragma once

#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/** RpSecretsCommand: #RpSecrets that runs a command for each lookup. */
#define RP_TYPE_SECRETS_COMMAND (rp_secrets_command_get_type ())
G_DECLARE_FINAL_TYPE (
    RpSecretsCommand, rp_secrets_command, RP, SECRETS_COMMAND, GObject)

/**
 * rp_secrets_command_new:
 * @timeout_ms: for one run, in milliseconds
 *
 * The command runs by /bin/sh -c, with an empty standard input and in a process group
 * of its own, which is killed when the time is over. The password is the first line
 * that it prints, without the line end. Whoever ends with another status than 0, or
 * prints nothing, is %RP_SECRETS_ERROR_UNAVAILABLE; its standard error is kept by
 * nobody.
 *
 * The configuration names the command for the server, so every host of the server
 * gets its password; nothing can be stored or removed: %RP_SECRETS_ERROR_UNAVAILABLE.
 *
 * Returns: (transfer full)
 */
RpSecrets *rp_secrets_command_new (guint timeout_ms);

G_END_DECLS
