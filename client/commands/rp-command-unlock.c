/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost unlock: has the keyring ask its user, on the desktop. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "bus/rp-bus-error.h"
#include "core/rp-printable.h"
#include "rp-agent-link.h"

static int
fail (const RpCommand *command, const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);
  g_autofree char *message = NULL;

  if (!g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_KEYRING))
    return rp_agent_link_fail (command, error);

  g_dbus_error_strip_remote_error (copy);
  message = rp_printable_dup (copy->message, -1);
  rp_command_error (command, _ ("the keyring was not unlocked: %s"), message);
  return EX_UNAVAILABLE;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);

  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  /* A person answers. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), G_MAXINT);
  if (!rp_agent1_call_unlock_keyring_sync (agent, NULL, &error))
    return fail (command, error);

  puts (_ ("the keyring is unlocked; what waited for it leaves now"));
  return EX_OK;
}

const RpCommand rp_command_unlock = {
  .name = "unlock",
  .summary = N_ ("has the keyring ask for its password, once for all mail"),
  .run = run,
};
