/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in at a provider of tokens, from the command line: by the browser, by a code,
 * or by pasting the address on which a browser ended. */
#pragma once

#include "rp-agent-interface.h"
#include "rp-command.h"

G_BEGIN_DECLS

/**
 * RpSignInCommand:
 * @account: its name
 * @login: "a{sv}" of the account's logins in GetStatus, with access oauth2
 * @way: (nullable): browser, device or paste; %NULL for what suits this computer
 * @is_json: prints the report alone to standard output
 */
typedef struct
{
  const RpCommand *command;
  RpAgent1 *agent;
  const char *account;
  GVariant *login;
  const char *way;
  gboolean is_json;
} RpSignInCommand;

/**
 * rp_sign_in_command_run:
 *
 * Shows the address, waits for the user, and tells what the servers say to the token.
 * Ctrl+C ends the sign-in at the agent and then the program.
 *
 * Returns: an exit code of sysexits.h
 */
int rp_sign_in_command_run (const RpSignInCommand *self);

G_END_DECLS
