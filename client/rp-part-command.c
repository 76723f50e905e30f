/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-part-command.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-config-files.h"
#include "rp-config-view.h"
#include "rp-dict.h"
#include "rp-output.h"

static guint
get_name_width (GVariant *views)
{
  guint width = 0;

  for (gsize i = 0; i < g_variant_n_children (views); i++)
    {
      g_autoptr (GVariant) view = g_variant_get_child_value (views, i);

      width = MAX (width, rp_output_get_width (rp_dict_get_string (view, "name")));
    }
  return width;
}

/* Returns: (transfer full) (nullable): the view of that name */
static GVariant *
find_view (GVariant *views, const char *name)
{
  for (gsize i = 0; i < g_variant_n_children (views); i++)
    {
      g_autoptr (GVariant) view = g_variant_get_child_value (views, i);

      if (g_str_equal (rp_dict_get_string (view, "name"), name))
        return g_steal_pointer (&view);
    }
  return NULL;
}

/* Reads the options of list, show and remove, and the configuration. @name: (out)
 * (optional): the one argument that the command wants. */
static RpConfigFiles *
begin (const RpCommand *command,
       int argc,
       char **argv,
       const char **name,
       gboolean *is_json,
       int *exit_code)
{
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = {
    RP_CONFIG_FILE_OPTION (&file),
    { "json", 0, 0, G_OPTION_ARG_NONE, is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry plain_entries[] = { RP_CONFIG_FILE_OPTION (&file),
                                         G_OPTION_ENTRY_NULL };
  int n_wanted = name != NULL ? 2 : 1;

  if (!rp_command_parse (command, is_json != NULL ? entries : plain_entries, &argc,
                         &argv, exit_code))
    return NULL;
  if (argc > n_wanted)
    *exit_code =
        rp_command_usage_error (command, _ ("“%s” is too much"), argv[n_wanted]);
  else if (argc < n_wanted)
    *exit_code = rp_command_usage_error (command, "%s", _ ("the name is missing"));
  else
    {
      if (name != NULL)
        *name = argv[1];
      return rp_config_files_open (command, file, exit_code);
    }
  return NULL;
}

int
rp_part_list (const RpPart *part, const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  int exit_code;
  g_autoptr (RpConfigFiles) files =
      begin (command, argc, argv, NULL, &is_json, &exit_code);
  g_autoptr (GVariant) views = NULL;

  if (files == NULL)
    return exit_code;

  views = g_variant_ref_sink (part->dup_views (rp_config_files_get_config (files)));
  if (is_json)
    rp_output_print_json (views);
  else
    for (gsize i = 0; i < g_variant_n_children (views); i++)
      {
        g_autoptr (GVariant) view = g_variant_get_child_value (views, i);

        part->print_line (view, get_name_width (views) + 2);
      }
  if (!is_json && g_variant_n_children (views) == 0)
    rp_command_error (command,
                      _ ("there is no [%1$s NAME] in your configuration yet; “roampost"
                         " %1$s add --help” tells how to write one"),
                      part->kind);
  return EX_OK;
}

static int
tell_unknown (const RpPart *part, const RpCommand *command, const char *name)
{
  rp_command_error (command,
                    _ ("there is no [%1$s %2$s]; “roampost %1$s list” shows those that"
                       " there are"),
                    part->kind, name);
  return EX_DATAERR;
}

int
rp_part_show (const RpPart *part, const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  const char *name;
  int exit_code;
  g_autoptr (RpConfigFiles) files =
      begin (command, argc, argv, &name, &is_json, &exit_code);
  g_autoptr (GVariant) views = NULL;
  g_autoptr (GVariant) view = NULL;

  if (files == NULL)
    return exit_code;

  views = g_variant_ref_sink (part->dup_views (rp_config_files_get_config (files)));
  view = find_view (views, name);
  if (view == NULL)
    return tell_unknown (part, command, name);
  if (is_json)
    rp_output_print_json (view);
  else
    rp_config_view_print_group (part->kind, view);
  return EX_OK;
}

int
rp_part_remove (const RpPart *part, const RpCommand *command, int argc, char **argv)
{
  const char *name;
  int exit_code;
  g_autoptr (RpConfigFiles) files =
      begin (command, argc, argv, &name, NULL, &exit_code);
  g_autoptr (RpConfigEditor) editor = NULL;

  if (files == NULL)
    return exit_code;
  editor = rp_config_files_edit_without (files, part->kind, name, &exit_code);
  if (editor == NULL)
    return exit_code;

  exit_code = rp_config_files_save (files, editor);
  if (exit_code == EX_OK)
    {
      printf (_ ("[%1$s %2$s] was taken out of %3$s"), part->kind, name,
              rp_config_editor_get_file (editor));
      putchar ('\n');
    }
  return exit_code;
}

/* Adding: what the options of "add" were given, option by option. */
typedef struct
{
  char *file;
  GStrv texts[RP_PART_MAX_OPTIONS];
  gboolean flags[RP_PART_MAX_OPTIONS];
} Adding;

static void
adding_clear (Adding *self)
{
  g_free (self->file);
  for (guint i = 0; i < RP_PART_MAX_OPTIONS; i++)
    g_strfreev (self->texts[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Adding, adding_clear)

static gboolean
parse_options (const RpPart *part,
               const RpCommand *command,
               Adding *self,
               int *argc,
               char ***argv,
               int *exit_code)
{
  GOptionEntry entries[RP_PART_MAX_OPTIONS + 2] = { RP_CONFIG_FILE_OPTION (
      &self->file) };

  for (guint i = 0; part->options[i].option != NULL; i++)
    {
      const RpPartOption *option = &part->options[i];
      gboolean is_flag = option->kind == RP_PART_FLAG;
      GOptionEntry entry = {
        .long_name = option->option,
        .arg = is_flag ? G_OPTION_ARG_NONE : G_OPTION_ARG_STRING_ARRAY,
        .arg_data = is_flag ? (gpointer) &self->flags[i] : (gpointer) &self->texts[i],
        .description = option->help,
        .arg_description = option->argument,
      };

      entries[i + 1] = entry;
    }
  return rp_command_parse (command, entries, argc, argv, exit_code);
}

/* Returns: (transfer full): the value as it is written into the file */
static char *
dup_value (const RpPartOption *option, GStrv texts)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (option->kind == RP_PART_TEXT)
    return rp_keyfile_escape (texts[0], FALSE);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *escaped = rp_keyfile_escape (texts[i], TRUE);

      g_strv_builder_add (builder, escaped);
    }

  g_auto (GStrv) parts = g_strv_builder_end (builder);

  return g_strjoinv (";", parts);
}

/* Returns: (transfer full) (nullable): key to value; %NULL when an option was given too
 * often */
static GHashTable *
collect_values (const RpPart *part, const RpCommand *command, const Adding *self)
{
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; part->options[i].option != NULL; i++)
    {
      const RpPartOption *option = &part->options[i];

      if (self->flags[i])
        g_hash_table_insert (values, (gpointer) option->key, g_strdup ("yes"));
      if (self->texts[i] == NULL)
        continue;
      if (option->kind == RP_PART_TEXT && self->texts[i][1] != NULL)
        {
          rp_command_usage_error (command, _ ("--%s was given twice"), option->option);
          return NULL;
        }
      g_hash_table_insert (values, (gpointer) option->key,
                           dup_value (option, self->texts[i]));
    }

  if (part->complete != NULL)
    part->complete (values);
  return g_steal_pointer (&values);
}

static void
write_values (const RpPart *part,
              RpConfigEditor *editor,
              const char *group,
              GHashTable *values)
{
  rp_config_editor_add_group (editor, group);
  for (guint i = 0; part->options[i].option != NULL; i++)
    {
      const char *value = g_hash_table_lookup (values, part->options[i].key);

      if (value != NULL)
        rp_config_editor_set (editor, group, part->options[i].key, value);
    }
}

static void
conclude (const RpPart *part,
          const RpCommand *command,
          const char *file,
          const char *written,
          const char *name)
{
  int exit_code;
  g_autoptr (RpConfigFiles) files = rp_config_files_open (command, file, &exit_code);

  printf (_ ("[%1$s %2$s] was written to %3$s"), part->kind, name, written);
  putchar ('\n');
  if (files != NULL && part->conclude != NULL)
    part->conclude (rp_config_files_get_config (files), name);
}

static gboolean
is_taken (const RpPart *part, const RpConfigFiles *files, const char *name)
{
  g_autoptr (GVariant) views =
      g_variant_ref_sink (part->dup_views (rp_config_files_get_config (files)));
  g_autoptr (GVariant) view = find_view (views, name);

  return view != NULL;
}

static int
add (const RpPart *part, const RpCommand *command, const Adding *self, const char *name)
{
  int exit_code = EX_USAGE;
  g_autofree char *group = g_strdup_printf ("%s %s", part->kind, name);
  g_autoptr (GHashTable) values = collect_values (part, command, self);
  g_autoptr (RpConfigFiles) files =
      values == NULL ? NULL : rp_config_files_open (command, self->file, &exit_code);
  g_autoptr (RpConfigEditor) editor = NULL;

  if (files == NULL)
    return exit_code;
  if (is_taken (part, files, name))
    {
      rp_command_error (
          command, _ ("there is a [%s] already; edit it, or remove it first"), group);
      return EX_DATAERR;
    }
  editor = rp_config_files_edit (files, &exit_code);
  if (editor == NULL)
    return exit_code;

  write_values (part, editor, group, values);
  exit_code = rp_config_files_save (files, editor);
  if (exit_code == EX_OK)
    conclude (part, command, self->file, rp_config_editor_get_file (editor), name);
  return exit_code;
}

int
rp_part_add (const RpPart *part, const RpCommand *command, int argc, char **argv)
{
  g_auto (Adding) self = { 0 };
  int exit_code;

  if (!parse_options (part, command, &self, &argc, &argv, &exit_code))
    return exit_code;
  if (argc < 2)
    return rp_command_usage_error (command, "%s", _ ("the name is missing"));
  if (argc > 2)
    return rp_command_usage_error (command, _ ("“%s” is too much"), argv[2]);
  return add (part, command, &self, argv[1]);
}
