/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue/rp-queue-link.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "bus/rp-bus-error.h"
#include "rp-agent-link.h"
#include "rp-dict.h"

/* It may have been sent while the person still looked at the list. */
static int
fail_not_queued (const RpCommand *command, RpAgent1 *agent, const char *id)
{
  g_autoptr (GVariant) message = NULL;

  if (!rp_agent1_call_get_message_sync (agent, id, &message, NULL, NULL))
    rp_command_error (command, "%s",
                      _ ("no message of the queue, or more than one, has a name that "
                         "begins so; “roampost queue” shows them"));
  else
    rp_command_error (command,
                      _ ("message %1$s is not in the queue; “roampost log %1$s” tells "
                         "what became of it"),
                      rp_dict_get_string (message, "id"));
  return EX_DATAERR;
}

int
rp_queue_link_fail (const RpCommand *command,
                    RpAgent1 *agent,
                    const char *id,
                    const GError *error)
{
  if (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_NO_SUCH_MESSAGE))
    return fail_not_queued (command, agent, id);
  return rp_agent_link_fail (command, error);
}

GVariant *
rp_queue_link_get (const RpCommand *command,
                   RpAgent1 *agent,
                   const char *id,
                   int *exit_code)
{
  GVariant *message = NULL;
  g_autoptr (GError) error = NULL;

  if (!rp_agent1_call_get_queued_sync (agent, id, &message, NULL, &error))
    *exit_code = rp_queue_link_fail (command, agent, id, error);
  return message;
}

int
rp_queue_link_open_body (RpAgent1 *agent, const char *id, GError **error)
{
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) handle = NULL;

  if (!rp_agent1_call_open_queued_sync (agent, id, NULL, &handle, &list, NULL, error))
    return -1;
  if (list == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "no file came with the answer");
      return -1;
    }
  return g_unix_fd_list_get (list, g_variant_get_handle (handle), error);
}

char *
rp_queue_link_take_id (
    const RpCommand *command, int argc, char **argv, int n_optional, int *exit_code)
{
  if (argc < 2)
    {
      *exit_code = rp_command_usage_error (
          command, "%s",
          _ ("the name of a message is missing; “roampost queue” shows them"));
      return NULL;
    }
  if (argc > 2 + n_optional)
    {
      *exit_code = rp_command_usage_error (command, _ ("“%s” is too much"),
                                           argv[2 + n_optional]);
      return NULL;
    }
  return g_ascii_strup (argv[1], -1);
}
