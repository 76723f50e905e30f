/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost server list, show, add and remove. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-config-view.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "rp-part-command.h"

static const RpPartOption options[] = {
  { "endpoint", "endpoints", RP_PART_LIST, N_ ("URL"),
    N_ ("smtps://HOST or smtp://HOST, the preferred one first") },
  { "domain", "domains", RP_PART_LIST, N_ ("DOMAIN"),
    N_ ("A domain whose mailboxes are on it") },
  { "access", "access", RP_PART_LIST, N_ ("WAY"),
    N_ ("password, oauth2, certificate, kerberos, pop, network:NAME or address:RANGE; "
        "with --user: password") },
  { "user", "user", RP_PART_TEXT, N_ ("NAME"), N_ ("The name for the login") },
  { "pop", "pop", RP_PART_TEXT, N_ ("URL"), N_ ("The POP server, as pop3s://HOST") },
  { "sender", "senders", RP_PART_LIST, N_ ("PATTERN"),
    N_ ("A sender that it accepts; without: any") },
  { "secret-command", "secret-command", RP_PART_TEXT, N_ ("COMMAND"),
    N_ ("A command that prints the password, in place of the keyring") },
  { "secret-credential", "secret-credential", RP_PART_TEXT, N_ ("NAME"),
    N_ ("A systemd credential with the password, in place of the keyring") },
  { "oauth-provider", "oauth-provider", RP_PART_TEXT, N_ ("NAME"),
    N_ ("Who gives out the tokens for oauth2, such as google or microsoft") },
  { "client-certificate", "client-certificate", RP_PART_TEXT, N_ ("PATH"),
    N_ ("Your certificate, for servers that ask for one") },
  { "client-key", "client-key", RP_PART_TEXT, N_ ("PATH"),
    N_ ("Its key, where it is in a file of its own") },
  { "ca-file", "ca-file", RP_PART_TEXT, N_ ("PATH"),
    N_ ("Certificates to trust in place of the system's") },
  { NULL, NULL, RP_PART_TEXT, NULL, NULL },
};

/* Whoever names a user means to log in. */
static void
complete (GHashTable *values)
{
  const gboolean has_provider = g_hash_table_contains (values, "oauth-provider");

  if (g_hash_table_contains (values, "user")
      && !g_hash_table_contains (values, "access"))
    g_hash_table_insert (values, (gpointer) "access",
                         g_strdup (has_provider ? "oauth2" : "password"));
}

static void
print_line (GVariant *view, guint width)
{
  g_autofree char *endpoints = rp_dict_dup_list (view, "endpoints");
  g_autofree char *accesses = rp_dict_dup_list (view, "access");

  rp_output_print_padded (rp_dict_get_string (view, "name"), width);
  printf ("%s%s%s\n", endpoints, accesses[0] != '\0' ? "  " : "", accesses);
}

static const RpPart part = {
  .kind = "server",
  .options = options,
  .complete = complete,
  .dup_views = rp_config_view_servers,
  .print_line = print_line,
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
  .name = "server list",
  .summary = N_ ("lists the servers, their endpoints and what lets them relay"),
  .run = run_list,
};

static const RpCommand command_show = {
  .name = "server show",
  .synopsis = N_ ("NAME"),
  .summary = N_ ("shows a server as it is in force"),
  .run = run_show,
};

static const RpCommand command_add = {
  .name = "server add",
  .synopsis = N_ ("NAME --endpoint URL [--user NAME]"),
  .summary = N_ ("writes a new server into your configuration"),
  .run = run_add,
};

static const RpCommand command_remove = {
  .name = "server remove",
  .synopsis = N_ ("NAME"),
  .summary = N_ ("takes a server out of the configuration"),
  .run = run_remove,
};

static const RpCommand *const members[] = { &command_list, &command_show, &command_add,
                                            &command_remove, NULL };

static int
run (const RpCommand *command, int argc, char **argv)
{
  return rp_command_dispatch (command, members, argc, argv);
}

const RpCommand rp_command_server = {
  .name = "server",
  .summary = N_ ("lists, shows, adds and removes outgoing servers"),
  .run = run,
};
