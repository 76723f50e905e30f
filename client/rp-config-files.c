/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-config-files.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "rp-agent-link.h"
#include "words/rp-words.h"

#define STATUS_TIMEOUT_MS 1000

const char *const rp_config_files_option_help = N_ ("Read and change this file alone");
const char *const rp_config_files_option_argument = N_ ("FILE");

struct _RpConfigFiles
{
  const RpCommand *command;
  RpConfigLoader *loader;
  RpConfigLoad *load;
};

void
rp_config_files_print_errors (const RpConfigLoad *load)
{
  g_auto (GStrv) texts = rp_config_errors_dup_texts (load->errors, rp_words_translate);

  for (guint i = 0; texts[i] != NULL; i++)
    fprintf (stderr, "%s\n", texts[i]);
}

static gboolean
has_read (const RpConfigLoad *load, const char *file)
{
  return g_strv_contains ((const char *const *) load->files, file);
}

/* --runtime-dir names an agent, which may have been given another file. Whoever asks
 * for its configuration must not take this one for it, nor change this one instead. */
static void
tell_of_other_file (const RpConfigFiles *self)
{
  g_autoptr (RpAgent1) agent = rp_agent_link_try ();
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) configuration = NULL;
  g_auto (GStrv) files = NULL;

  if (agent == NULL)
    return;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), STATUS_TIMEOUT_MS);
  if (!rp_agent1_call_get_status_sync (agent, &status, NULL, NULL))
    return;
  configuration =
      g_variant_lookup_value (status, "configuration", G_VARIANT_TYPE_VARDICT);
  if (configuration == NULL
      || !g_variant_lookup (configuration, "files", "^as", &files))
    return;

  for (guint i = 0; files[i] != NULL; i++)
    if (!has_read (self->load, files[i]))
      {
        rp_command_error (self->command,
                          _ ("the agent reads %1$s, which is not read here; “--config"
                             " %1$s” is about that file"),
                          files[i]);
        return;
      }
}

RpConfigFiles *
rp_config_files_open (const RpCommand *command, const char *file, int *exit_code)
{
  g_autoptr (RpConfigFiles) self = g_new0 (RpConfigFiles, 1);

  self->command = command;
  self->loader = rp_config_loader_new (file);
  self->load = rp_config_loader_load (self->loader);
  if (file == NULL)
    tell_of_other_file (self);
  if (self->load->config != NULL)
    return g_steal_pointer (&self);

  rp_config_files_print_errors (self->load);
  rp_command_error (command, "%s", _ ("mend the configuration first"));
  *exit_code = EX_CONFIG;
  return NULL;
}

void
rp_config_files_free (RpConfigFiles *self)
{
  if (self == NULL)
    return;

  rp_config_loader_free (self->loader);
  rp_config_load_free (self->load);
  g_free (self);
}

const RpConfig *
rp_config_files_get_config (const RpConfigFiles *self)
{
  return self->load->config;
}

static RpConfigEditor *
open_editor (const RpConfigFiles *self, const char *file, int *exit_code)
{
  g_autoptr (GError) error = NULL;
  RpConfigEditor *editor = rp_config_editor_open (file, &error);

  if (editor == NULL)
    {
      rp_command_error (self->command, "%s", error->message);
      *exit_code = EX_NOINPUT;
    }
  return editor;
}

RpConfigEditor *
rp_config_files_edit (const RpConfigFiles *self, int *exit_code)
{
  return open_editor (self, rp_config_loader_get_user_file (self->loader), exit_code);
}

/* "network home.2" is a place of the network home. */
static gboolean
is_group_of (const char *group, const char *kind, const char *name)
{
  g_autofree char *wanted = g_strdup_printf ("%s %s", kind, name);
  const char *rest = group + strlen (wanted);

  if (!g_str_has_prefix (group, wanted))
    return FALSE;
  if (rest[0] == '\0')
    return TRUE;
  return g_str_equal (kind, "network") && rest[0] == '.' && rest[1] != '\0'
         && rest[1 + strspn (rest + 1, G_CSET_DIGITS)] == '\0';
}

static gboolean
remove_groups (RpConfigEditor *editor, const char *kind, const char *name)
{
  g_auto (GStrv) groups = rp_config_editor_dup_groups (editor);
  gboolean is_changed = FALSE;

  for (guint i = 0; groups[i] != NULL; i++)
    if (is_group_of (groups[i], kind, name))
      is_changed |= rp_config_editor_remove_group (editor, groups[i]);

  return is_changed;
}

RpConfigEditor *
rp_config_files_edit_without (const RpConfigFiles *self,
                              const char *kind,
                              const char *name,
                              int *exit_code)
{
  g_autoptr (RpConfigEditor) found = NULL;

  for (guint i = 0; self->load->files[i] != NULL; i++)
    {
      g_autoptr (RpConfigEditor) editor =
          open_editor (self, self->load->files[i], exit_code);

      if (editor == NULL)
        return NULL;
      if (!remove_groups (editor, kind, name))
        continue;
      if (found != NULL)
        {
          rp_command_error (self->command,
                            _ ("[%1$s %2$s] stands in %3$s and in %4$s; take it out of"
                               " one of them by hand"),
                            kind, name, rp_config_editor_get_file (found),
                            self->load->files[i]);
          *exit_code = EX_CONFIG;
          return NULL;
        }
      found = g_steal_pointer (&editor);
    }

  if (found == NULL)
    {
      rp_command_error (self->command, _ ("there is no [%1$s %2$s]"), kind, name);
      *exit_code = EX_DATAERR;
    }
  return g_steal_pointer (&found);
}

int
rp_config_files_check (const RpConfigFiles *self, RpConfigEditor *editor)
{
  gsize n_bytes;
  g_autofree char *text = rp_config_editor_dup_text (editor, &n_bytes);
  g_autoptr (RpConfigLoad) load = rp_config_loader_load_with (
      self->loader, rp_config_editor_get_file (editor), text, n_bytes);

  if (load->config != NULL)
    return EX_OK;

  rp_config_files_print_errors (load);
  rp_command_error (self->command, "%s", _ ("nothing was written"));
  return EX_CONFIG;
}

int
rp_config_files_save (const RpConfigFiles *self, RpConfigEditor *editor)
{
  g_autoptr (GError) error = NULL;
  int exit_code = rp_config_files_check (self, editor);

  if (exit_code == EX_OK && !rp_config_editor_save (editor, &error))
    {
      rp_command_error (self->command, "%s", error->message);
      exit_code = EX_CANTCREAT;
    }
  return exit_code;
}
