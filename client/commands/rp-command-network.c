/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost network list, name and forget: places and what they taught. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-keyfile.h"
#include "core/rp-printable.h"
#include "rp-agent-link.h"
#include "rp-config-files.h"
#include "rp-config-view.h"
#include "rp-dict.h"
#include "rp-output.h"

static void
print_lessons (GVariant *network)
{
  g_autoptr (GVariant) lessons = rp_dict_dup_array (network, "lessons", "a(ss)");
  GVariantIter iter;
  const char *kind;
  const char *subject;

  g_variant_iter_init (&iter, lessons);
  while (g_variant_iter_next (&iter, "(&s&s)", &kind, &subject))
    {
      printf ("    ");
      if (g_str_equal (kind, "unreachable"))
        printf (_ ("%s could not be reached from there"), subject);
      else if (g_str_equal (kind, "relay-denied"))
        printf (_ ("%s does not relay from there"), subject);
      else
        printf ("%s: %s", kind, subject);
      putchar ('\n');
    }
}

static void
print_network (GVariant *network)
{
  const char *name = rp_dict_get_string (network, "name");
  const char *server = rp_dict_get_string (network, "server");

  printf ("%s %s", rp_dict_get_boolean (network, "is-here") ? "*" : " ",
          name[0] != '\0' ? name : _ ("(without a name)"));
  if (server[0] != '\0')
    {
      printf ("  ");
      printf (_ ("its server is %s"), server);
    }
  putchar ('\n');
  print_lessons (network);
}

static gboolean
is_here_named (GVariant *networks)
{
  for (gsize i = 0; i < g_variant_n_children (networks); i++)
    {
      g_autoptr (GVariant) network = g_variant_get_child_value (networks, i);

      if (rp_dict_get_boolean (network, "is-here")
          && rp_dict_get_string (network, "name")[0] != '\0')
        return TRUE;
    }
  return FALSE;
}

static int
run_list (const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (RpAgent1) agent = NULL;
  g_autoptr (GVariant) networks = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[1]);
  agent = rp_agent_link_open (command, &exit_code);
  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_list_networks_sync (agent, &networks, NULL, &error))
    return rp_agent_link_fail (command, error);

  if (is_json)
    {
      rp_output_print_json (networks);
      return EX_OK;
    }
  for (gsize i = 0; i < g_variant_n_children (networks); i++)
    {
      g_autoptr (GVariant) network = g_variant_get_child_value (networks, i);

      print_network (network);
    }
  if (!is_here_named (networks))
    printf ("%s\n", _ ("This place has no name; “roampost network name NAME” gives it"
                       " one"));
  return EX_OK;
}

/* A free group for one more place of @name: "network home", then "network home.2". */
static char *
dup_free_group (const RpConfig *config, RpConfigEditor *editor, const char *name)
{
  guint number = 1;
  g_autofree char *group = NULL;

  for (guint i = 0; i < config->networks->len; i++)
    if (g_str_equal (((RpNetworkRule *) g_ptr_array_index (config->networks, i))->name,
                     name))
      number++;

  do
    {
      g_free (group);
      group = number == 1 ? g_strdup_printf ("network %s", name)
                          : g_strdup_printf ("network %s.%u", name, number);
      number++;
    }
  while (rp_config_editor_has_group (editor, group));

  return g_steal_pointer (&group);
}

static void
set_value (RpConfigEditor *editor,
           const char *group,
           const char *key,
           const char *value)
{
  g_autofree char *escaped = rp_keyfile_escape (value, TRUE);

  rp_config_editor_set (editor, group, key, escaped);
}

/* A VPN brings its domains along wherever it is up: they say nothing of the place. */
static void
set_domains (RpConfigEditor *editor, const char *group, GVariant *here)
{
  g_auto (GStrv) domains = rp_dict_dup_strings (here, "dns-domains");
  g_auto (GStrv) vpns = rp_dict_dup_strings (here, "vpns");
  g_autofree char *joined = g_strjoinv (";", domains);

  if (domains[0] != NULL && vpns[0] == NULL)
    rp_config_editor_set (editor, group, "dns-domain", joined);
}

static gboolean
set_facts (RpConfigEditor *editor, const char *group, GVariant *here)
{
  const char *mac = rp_dict_get_string (here, "gateway-mac");
  const char *ssid = rp_dict_get_string (here, "ssid");

  if (mac[0] != '\0')
    set_value (editor, group, "gateway-mac", mac);
  else if (ssid[0] != '\0')
    set_value (editor, group, "ssid", ssid);
  set_domains (editor, group, here);
  return rp_config_editor_has_group (editor, group);
}

/* Now, not when the agent's watch has seen it: what is asked next shows it already. */
static void
have_it_read (const RpCommand *command)
{
  int exit_code;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_auto (GStrv) errors = NULL;

  if (agent != NULL)
    rp_agent1_call_reload_sync (agent, &errors, NULL, NULL);
}

static int
write_name (const RpCommand *command,
            const RpConfigFiles *files,
            GVariant *here,
            const char *name,
            const char *server)
{
  int exit_code;
  g_autoptr (RpConfigEditor) editor = rp_config_files_edit (files, &exit_code);
  g_autofree char *group = NULL;

  if (editor == NULL)
    return exit_code;

  group = dup_free_group (rp_config_files_get_config (files), editor, name);
  if (!set_facts (editor, group, here))
    {
      rp_command_error (command, "%s",
                        _ ("the agent sees neither gateway nor wireless network nor"
                           " domain here, so this place could not be recognised"));
      return EX_UNAVAILABLE;
    }
  if (server != NULL)
    set_value (editor, group, "server", server);
  exit_code = rp_config_files_save (files, editor);
  if (exit_code == EX_OK)
    {
      printf (_ ("[%1$s] was written to %2$s"), group,
              rp_config_editor_get_file (editor));
      putchar ('\n');
      have_it_read (command);
    }
  return exit_code;
}

static int
name_place (const RpCommand *command,
            const RpConfigFiles *files,
            const char *name,
            const char *server)
{
  int exit_code;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) here = NULL;
  g_autoptr (GError) error = NULL;
  const char *known;

  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_get_status_sync (agent, &status, NULL, &error))
    return rp_agent_link_fail (command, error);

  known = rp_dict_get_string (status, "network");
  if (known[0] != '\0')
    {
      rp_command_error (command,
                        _ ("this place is called “%1$s” already; “roampost network"
                           " forget %1$s” takes the name away"),
                        known);
      return EX_DATAERR;
    }
  here = rp_dict_dup_dict (status, "surroundings");
  if (here == NULL)
    here = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  return write_name (command, files, here, name, server);
}

static int
run_name (const RpCommand *command, int argc, char **argv)
{
  g_autofree char *file = NULL;
  g_autofree char *server = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &server,
      N_ ("The server that “location” means here"), N_ ("NAME") },
    RP_CONFIG_FILE_OPTION (&file),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (RpConfigFiles) files = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc < 2)
    return rp_command_usage_error (command, "%s", _ ("the name is missing"));
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);

  files = rp_config_files_open (command, file, &exit_code);
  return files != NULL ? name_place (command, files, argv[1], server) : exit_code;
}

static int
forget_lessons (const RpCommand *command, const char *name)
{
  int exit_code;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_autoptr (GError) error = NULL;

  if (agent == NULL)
    return exit_code;
  if (!rp_agent1_call_forget_lessons_sync (agent, name, NULL, &error))
    return rp_agent_link_fail (command, error);
  return EX_OK;
}

/* Lessons go first: afterwards nobody knows the place by its name. */
static int
forget_place (const RpCommand *command, const char *file, const char *name)
{
  int exit_code;
  g_autoptr (RpConfigFiles) files = rp_config_files_open (command, file, &exit_code);
  g_autoptr (RpConfigEditor) editor = NULL;

  if (files == NULL)
    return exit_code;
  editor = rp_config_files_edit_without (files, "network", name, &exit_code);
  if (editor == NULL)
    return exit_code;

  exit_code = rp_config_files_check (files, editor);
  if (exit_code == EX_OK)
    exit_code = forget_lessons (command, name);
  if (exit_code == EX_OK)
    exit_code = rp_config_files_save (files, editor);
  if (exit_code == EX_OK)
    {
      printf (_ ("[network %1$s] was taken out of %2$s"), name,
              rp_config_editor_get_file (editor));
      putchar ('\n');
      have_it_read (command);
    }
  return exit_code;
}

static int
run_forget (const RpCommand *command, int argc, char **argv)
{
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = { RP_CONFIG_FILE_OPTION (&file), G_OPTION_ENTRY_NULL };
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);
  if (argc == 2)
    return forget_place (command, file, argv[1]);

  exit_code = forget_lessons (command, "");
  if (exit_code == EX_OK)
    printf ("%s\n", _ ("what this place taught is forgotten"));
  return exit_code;
}

static const RpCommand command_list = {
  .name = "network list",
  .summary = N_ ("lists the named networks, and what was learned there"),
  .run = run_list,
};

static const RpCommand command_name = {
  .name = "network name",
  .synopsis = N_ ("NAME"),
  .summary = N_ ("names the network that you are on"),
  .run = run_name,
};

static const RpCommand command_forget = {
  .name = "network forget",
  .synopsis = N_ ("[NAME]"),
  .summary = N_ ("takes away a network's name and lessons; without NAME the lessons"
                 " of this place"),
  .run = run_forget,
};

static const RpCommand *const members[] = { &command_list, &command_name,
                                            &command_forget, NULL };

static int
run (const RpCommand *command, int argc, char **argv)
{
  return rp_command_dispatch (command, members, argc, argv);
}

const RpCommand rp_command_network = {
  .name = "network",
  .summary = N_ ("lists, names and forgets networks"),
  .run = run,
};
