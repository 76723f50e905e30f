/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-link.h"

#include <glib/gi18n.h>

#include "bus/rp-bus-error.h"
#include "bus/rp-bus-path.h"
#include "core/rp-printable.h"
#include "rp-output.h"

/* A login tries every endpoint, each with its own time-out: the bus must outlast them.
 */
#define CALL_TIMEOUT_MS (10 * 60 * 1000)

void
rp_agent_link_tell_how_to_start (void)
{
  fprintf (
      stderr, "%s\n",
      _ ("Start it with “systemctl --user start roampost-agent”, or without systemd "
         "with “roampost-agent”"));
}

static int
tell_no_agent (const RpCommand *command, const char *socket)
{
  rp_command_error (command, _ ("no agent answers at %s"), socket);
  rp_agent_link_tell_how_to_start ();
  return EX_UNAVAILABLE;
}

static GDBusConnection *
connect_to (const char *socket)
{
  g_autofree char *address = rp_bus_path_dup_address (socket);

  return g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);
}

static RpAgent1 *
open_at (const char *socket)
{
  g_autoptr (GDBusConnection) connection = connect_to (socket);
  RpAgent1 *agent;

  if (connection == NULL)
    return NULL;
  /* from here on errors of the bus arrive with their codes */
  (void) RP_BUS_ERROR;
  agent = rp_agent1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_NONE, NULL,
                                    RP_BUS_OBJECT_PATH, NULL, NULL);
  if (agent != NULL)
    g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), CALL_TIMEOUT_MS);
  return agent;
}

RpAgent1 *
rp_agent_link_try (void)
{
  g_autofree char *folder = rp_bus_path_dup_runtime_folder (NULL);
  g_autofree char *socket = rp_bus_path_dup_socket (folder);

  return open_at (socket);
}

RpAgent1 *
rp_agent_link_open (const RpCommand *command, int *exit_code)
{
  g_autofree char *folder = rp_bus_path_dup_runtime_folder (NULL);
  g_autofree char *socket = rp_bus_path_dup_socket (folder);
  RpAgent1 *agent = open_at (socket);

  if (agent == NULL)
    *exit_code = tell_no_agent (command, socket);
  return agent;
}

static int
fail_with_bus_error (const RpCommand *command, RpBusError code, const char *message)
{
  switch (code)
    {
    case RP_BUS_ERROR_UNKNOWN_SENDER:
      rp_command_error (command, "%s",
                        _ ("no account sends as this address; “roampost account list” "
                           "shows those that there are"));
      return EX_DATAERR;
    case RP_BUS_ERROR_UNKNOWN_NETWORK:
      rp_command_error (command, "%s",
                        _ ("there is no network of this name; “roampost network list” "
                           "shows those that there are"));
      return EX_DATAERR;
    case RP_BUS_ERROR_UNKNOWN_ACCOUNT:
      rp_command_error (command, "%s",
                        _ ("there is no account of this name; “roampost account list” "
                           "shows those that there are"));
      return EX_DATAERR;
    case RP_BUS_ERROR_UNKNOWN_SERVER:
      rp_command_error (command, "%s",
                        _ ("the account has no server of this name; “roampost account "
                           "list” shows those that it has"));
      return EX_DATAERR;
    case RP_BUS_ERROR_NO_SUCH_MESSAGE:
      rp_command_error (command, "%s",
                        _ ("no message, or more than one, has a name that begins so; "
                           "“roampost log” shows them"));
      return EX_DATAERR;
    case RP_BUS_ERROR_UNDER_WAY:
      rp_command_error (command, "%s",
                        _ ("the message is just being handed to a server, which may "
                           "already have it; try again in a moment"));
      return EX_TEMPFAIL;
    case RP_BUS_ERROR_DAMAGED:
      rp_command_error (command, "%s",
                        _ ("the message is damaged on disk and cannot be sent; "
                           "“roampost queue export” saves what is left of it, "
                           "“roampost queue drop” deletes it"));
      return EX_DATAERR;
    case RP_BUS_ERROR_NO_LOGIN:
      rp_command_error (command, "%s",
                        _ ("no server of this account takes its password from the "
                           "keyring; “access=password” in the server's group, without "
                           "secret-command= and secret-credential=, changes that"));
      return EX_CONFIG;
    case RP_BUS_ERROR_KEYRING:
      rp_command_error (command, _ ("the keyring did not take the password: %s"),
                        message);
      return EX_UNAVAILABLE;
    case RP_BUS_ERROR_NO_SECRET:
      rp_command_error (command, _ ("the agent could not read the password: %s"),
                        message);
      return EX_IOERR;
    case RP_BUS_ERROR_NO_CLIENT:
      rp_command_error (command, _ ("no client ID is configured for the provider %s"),
                        message);
      return EX_CONFIG;
    case RP_BUS_ERROR_NO_WAY:
      rp_command_error (command, _ ("%s has no such way to sign in"), message);
      return EX_CONFIG;
    case RP_BUS_ERROR_NO_SUCH_SIGN_IN:
      rp_command_error (command, "%s", _ ("the sign-in is over; begin it again"));
      return EX_TEMPFAIL;
    case RP_BUS_ERROR_SIGN_IN_REFUSED:
      rp_command_error (command, _ ("the provider answers: %s"), message);
      return EX_NOPERM;
    case RP_BUS_ERROR_OUTAGE:
      rp_command_error (command, _ ("the provider cannot be asked just now: %s"),
                        message);
      return EX_TEMPFAIL;
    case RP_BUS_ERROR_EXPIRED:
      rp_command_error (command, "%s", _ ("nobody signed in in time; begin it again"));
      return EX_TEMPFAIL;
    case RP_BUS_ERROR_MISMATCH:
      rp_command_error (command, "%s",
                        _ ("that is not the address on which this sign-in ends"));
      return EX_DATAERR;
    case RP_BUS_ERROR_CANCELLED:
      rp_command_error (command, "%s", _ ("the sign-in was cancelled"));
      return EX_TEMPFAIL;
    case RP_BUS_ERROR_BAD_ADDRESS:
      rp_command_error (command, _ ("this is no mail address: %s"), message);
      return EX_DATAERR;
    case RP_BUS_ERROR_FAILED:
      rp_command_error (command, "%s", message);
      return EX_SOFTWARE;
    }
  g_return_val_if_reached (EX_SOFTWARE);
}

int
rp_agent_link_fail (const RpCommand *command, const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);
  g_autofree char *message = NULL;

  g_dbus_error_strip_remote_error (copy);
  message = rp_printable_dup (copy->message, -1);
  if (error->domain == RP_BUS_ERROR)
    return fail_with_bus_error (command, (RpBusError) error->code, message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    {
      rp_command_error (command, "%s",
                        _ ("the agent ended before it answered; its log says why"));
      return EX_UNAVAILABLE;
    }
  rp_command_error (command, _ ("the agent answers: %s"), message);
  return EX_SOFTWARE;
}
