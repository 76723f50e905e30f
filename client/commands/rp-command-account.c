/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost account list, show, add and remove. */
#include "commands/rp-command-account.h"
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-config-view.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-part-command.h"

static const RpPartOption options[] = {
  { "address", "address", RP_PART_TEXT, N_ ("ADDRESS"),
    N_ ("The address that you send as") },
  { "alias", "aliases", RP_PART_LIST, N_ ("ADDRESS"),
    N_ ("One more address, or a pattern such as *@example.org") },
  { "server", "servers", RP_PART_LIST, N_ ("NAME"),
    N_ ("A server, the preferred one first; “location” is that of the network") },
  { "default", "default", RP_PART_FLAG, NULL,
    N_ ("Takes mail from addresses that no account has") },
  { NULL, NULL, RP_PART_TEXT, NULL, NULL },
};

static void
print_line (GVariant *view, guint width)
{
  g_autofree char *servers = rp_dict_dup_list (view, "servers");

  rp_output_print_padded (rp_dict_get_string (view, "name"), width);
  printf ("%s  %s\n", rp_dict_get_string (view, "address"), servers);
}

static gboolean
takes_password (const RpConfig *config, const char *name)
{
  const RpServer *server = rp_config_get_server (config, name);

  return server != NULL && server->user != NULL && server->secret_command == NULL
         && server->secret_credential == NULL;
}

static void
conclude (const RpConfig *config, const char *name)
{
  const RpAccount *account = rp_config_get_account (config, name);

  for (guint i = 0; account->servers[i] != NULL; i++)
    if (takes_password (config, account->servers[i]))
      {
        printf (_ ("“roampost login %s” stores its password"), name);
        putchar ('\n');
        return;
      }
}

static const RpPart part = {
  .kind = "account",
  .options = options,
  .dup_views = rp_config_view_accounts,
  .print_line = print_line,
  .conclude = conclude,
};

static int
run_list (const RpCommand *command, int argc, char **argv)
{
  return rp_part_list (&part, command, argc, argv);
}

static int
run_show (const RpCommand *command, int argc, char **argv)
{
  return rp_part_show (&part, command, argc, argv);
}

static int
run_add (const RpCommand *command, int argc, char **argv)
{
  return rp_part_add (&part, command, argc, argv);
}

static int
run_remove (const RpCommand *command, int argc, char **argv)
{
  return rp_part_remove (&part, command, argc, argv);
}

static const RpCommand command_list = {
  .name = "account list",
  .summary = N_ ("lists the accounts, their addresses and servers"),
  .run = run_list,
};

static const RpCommand command_show = {
  .name = "account show",
  .synopsis = N_ ("NAME"),
  .summary = N_ ("shows an account as it is in force"),
  .run = run_show,
};

static const RpCommand command_add = {
  .name = "account add",
  .synopsis = N_ ("NAME --address ADDRESS --server NAME"),
  .summary = N_ ("writes a new account into your configuration"),
  .run = run_add,
};

static const RpCommand command_remove = {
  .name = "account remove",
  .synopsis = N_ ("NAME"),
  .summary = N_ ("takes an account out of the configuration"),
  .run = run_remove,
};

static const RpCommand *const members[] = {
  &command_list, &command_show, &command_add, &command_remove, &rp_command_account_test,
  NULL
};

static int
run (const RpCommand *command, int argc, char **argv)
{
  return rp_command_dispatch (command, members, argc, argv);
}

const RpCommand rp_command_account = {
  .name = "account",
  .summary = N_ ("lists, shows, adds, removes and tests accounts"),
  .run = run,
};
