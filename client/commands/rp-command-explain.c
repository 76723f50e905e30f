/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost explain: the plan for an address pair, here or as if elsewhere. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-address.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-plan-view.h"

typedef struct
{
  char *sender;
  GStrv recipients;
  char *network;
  gboolean is_json;
} Options;

static void
clear_options (Options *self)
{
  g_free (self->sender);
  g_strfreev (self->recipients);
  g_free (self->network);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

static void
print_plan (GVariant *plan)
{
  g_autoptr (GVariant) recipients = rp_dict_dup_array (plan, "recipients", "aa{sv}");
  g_autofree char *place = rp_plan_view_dup_place (
      rp_dict_get_string (plan, "network"), rp_dict_get_string (plan, "connectivity"));

  printf (_ ("Account %1$s, network: %2$s"), rp_dict_get_string (plan, "account"),
          place);
  putchar ('\n');
  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      putchar ('\n');
      rp_plan_view_print_recipient (recipient);
    }
}

static int
explain (const RpCommand *command, const Options *options)
{
  const char *network = options->network == NULL ? "" : options->network;
  const char *const *recipients = (const char *const *) options->recipients;
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GVariant) plan = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_explain_sync (agent, options->sender, recipients, network, &plan,
                                    NULL, &error))
    return rp_agent_link_fail (command, error);

  if (options->is_json)
    rp_output_print_json (plan);
  else
    print_plan (plan);
  return EX_OK;
}

/* Told here, where the option is known that it stands behind. */
static gboolean
check_addresses (const RpCommand *command, const Options *options)
{
  for (guint i = 0; options->recipients[i] != NULL; i++)
    if (!rp_address_is_valid (options->recipients[i]))
      {
        rp_command_error (command, _ ("“%s” behind --to is no mail address"),
                          options->recipients[i]);
        return FALSE;
      }
  if (!rp_address_is_valid (options->sender))
    {
      rp_command_error (command, _ ("“%s” behind --from is no mail address"),
                        options->sender);
      return FALSE;
    }
  return TRUE;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &options.sender,
      N_ ("Address of the sender"), N_ ("ADDRESS") },
    { "to", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options.recipients,
      N_ ("Address of a recipient; may be repeated"), N_ ("ADDRESS") },
    { "network", 'n', 0, G_OPTION_ARG_STRING, &options.network,
      N_ ("As if on this network"), N_ ("NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);
  if (options.sender == NULL)
    return rp_command_usage_error (command, _ ("“%s” is missing"), "--from");
  if (options.recipients == NULL)
    return rp_command_usage_error (command, _ ("“%s” is missing"), "--to");
  if (!check_addresses (command, &options))
    return EX_DATAERR;
  return explain (command, &options);
}

const RpCommand rp_command_explain = {
  .name = "explain",
  .synopsis = N_ ("--from ADDRESS --to ADDRESS… [--network NAME]"),
  .summary = N_ ("shows the servers that a message would go by, and why"),
  .run = run,
};
