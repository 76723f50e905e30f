/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost config check: reads the configuration without an agent and tells all
 * mistakes, or what it holds. roampost config reload: has the agent read it now. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "core/rp-config-text.h"
#include "rp-agent-link.h"
#include "rp-config-files.h"
#include "rp-config-view.h"
#include "rp-output.h"
#include "words/rp-words.h"

static GVariant *
view_errors (const RpConfigLoad *load)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < load->errors->len; i++)
    {
      const RpConfigError *error = g_ptr_array_index (load->errors, i);
      g_autofree char *text = rp_config_error_dup_sentence (error, rp_words_translate);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      if (error->file != NULL)
        g_variant_builder_add (&builder, "{sv}", "file",
                               g_variant_new_string (error->file));
      if (error->line > 0)
        g_variant_builder_add (&builder, "{sv}", "line",
                               g_variant_new_uint32 (error->line));
      g_variant_builder_add (&builder, "{sv}", "text", g_variant_new_string (text));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GStrv
dup_listen (const RpConfig *config)
{
  GStrv list = g_new0 (char *, config->listen->len + 1);

  for (guint i = 0; i < config->listen->len; i++)
    {
      const RpListenAddress *address = g_ptr_array_index (config->listen, i);

      list[i] =
          g_strdup_printf (strchr (address->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                           address->host, (guint) address->port);
    }
  return list;
}

static void
print_json (const RpConfigLoad *load)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "files",
                         g_variant_new_strv ((const char *const *) load->files, -1));
  g_variant_builder_add (&builder, "{sv}", "errors", view_errors (load));
  if (load->config != NULL)
    {
      g_auto (GStrv) listen = dup_listen (load->config);

      g_variant_builder_add (&builder, "{sv}", "listen",
                             g_variant_new_strv ((const char *const *) listen, -1));
      g_variant_builder_add (&builder, "{sv}", "accounts",
                             rp_config_view_accounts (load->config));
      g_variant_builder_add (&builder, "{sv}", "servers",
                             rp_config_view_servers (load->config));
      g_variant_builder_add (&builder, "{sv}", "networks",
                             rp_config_view_networks (load->config));
    }
  rp_output_print_json (g_variant_builder_end (&builder));
}

static void
print_accounts (const RpConfig *config)
{
  if (config->accounts->len == 0)
    printf (
        "%s\n",
        _ ("No account is set up yet, so no mail can be sent: roampost.conf(5) shows"
           " how, “roampost account add” writes one"));
  for (guint i = 0; i < config->accounts->len; i++)
    {
      const RpAccount *account = g_ptr_array_index (config->accounts, i);
      g_autofree char *servers = g_strjoinv (", ", account->servers);

      printf (_ ("account %1$s sends as %2$s by %3$s"), account->name, account->address,
              servers);
      putchar ('\n');
    }
}

/* No mistake, but worth a thought: it was written, so it is done. */
static void
print_cautions (const RpConfig *config)
{
  for (guint i = 0; i < config->servers->len; i++)
    {
      const RpServer *server = g_ptr_array_index (config->servers, i);

      if (server->pop == NULL || server->pop->tls != RP_TLS_NONE
          || rp_config_text_is_loopback (server->pop->host))
        continue;
      printf (
          _ ("server %1$s: nothing protects the login at %2$s; whoever is on the way"
             " reads the password, unless the server takes APOP or CRAM-MD5"),
          server->name, server->pop->url);
      putchar ('\n');
    }
}

static void
print_summary (const RpConfigLoad *load)
{
  g_auto (GStrv) listen = dup_listen (load->config);
  g_autofree char *addresses = g_strjoinv (", ", listen);

  if (load->files[0] == NULL)
    printf ("%s\n", _ ("There is no configuration file"));
  for (guint i = 0; load->files[i] != NULL; i++)
    {
      printf (_ ("read %s"), load->files[i]);
      putchar ('\n');
    }
  printf (_ ("mail is taken at %s"), addresses);
  putchar ('\n');
  print_accounts (load->config);
  printf (ngettext ("%u server", "%u servers", load->config->servers->len),
          load->config->servers->len);
  printf (", ");
  printf (ngettext ("%u place", "%u places", load->config->networks->len),
          load->config->networks->len);
  putchar ('\n');
  print_cautions (load->config);
}

static int
run_check (const RpCommand *command, int argc, char **argv)
{
  g_autofree char *file = NULL;
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    RP_CONFIG_FILE_OPTION (&file),
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (RpConfigLoader) loader = NULL;
  g_autoptr (RpConfigLoad) load = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 2 || (argc == 2 && file != NULL))
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[argc - 1]);

  loader = rp_config_loader_new (argc == 2 ? argv[1] : file);
  load = rp_config_loader_load (loader);
  if (is_json)
    print_json (load);
  else if (load->config != NULL)
    print_summary (load);
  else
    rp_config_files_print_errors (load);
  return load->config != NULL ? EX_OK : EX_CONFIG;
}

static int
run_reload (const RpCommand *command, int argc, char **argv)
{
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) errors = NULL;
  int exit_code;

  if (!rp_command_parse (command, NULL, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);
  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_reload_sync (agent, &errors, NULL, &error))
    return rp_agent_link_fail (command, error);

  for (guint i = 0; errors[i] != NULL; i++)
    fprintf (stderr, "%s\n", errors[i]);
  if (errors[0] == NULL)
    return EX_OK;
  rp_command_error (command, "%s", _ ("the last good configuration stays in force"));
  return EX_CONFIG;
}

static const RpCommand command_check = {
  .name = "config check",
  .synopsis = N_ ("[FILE]"),
  .summary = N_ ("tells every mistake in the configuration, or what it holds"),
  .run = run_check,
};

static const RpCommand command_reload = {
  .name = "config reload",
  .summary = N_ ("has the agent read the configuration now"),
  .run = run_reload,
};

static const RpCommand *const members[] = { &command_check, &command_reload, NULL };

static int
run (const RpCommand *command, int argc, char **argv)
{
  return rp_command_dispatch (command, members, argc, argv);
}

const RpCommand rp_command_config = {
  .name = "config",
  .summary = N_ ("checks the configuration, has it read anew"),
  .run = run,
};
