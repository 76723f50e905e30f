/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-loader.h"

#include <string.h>

#include "core/rp-marked.h"

#define FILE_NAME "roampost.conf"
#define DROP_IN_FOLDER "roampost.conf.d"
#define SYSTEM_FOLDER "/etc/roampost"
#define PROVIDER_FOLDER "providers"

/* RpConfigLoader: either one file, or folders.
 * @program_providers: folder of the providers that came with the program
 * @provider_folders: those that are read over it */
struct _RpConfigLoader
{
  char *only_file;
  GStrv folders;
  char *user_file;
  char *program_providers;
  GStrv provider_folders;
};

/* Reading: one reading of all files under way.
 * @rows: where what is read next goes
 * @names: every file that was tried, in order
 * @files: (nullable): where the names go of what is read next
 * @override_file: (nullable): the file that is taken to hold @override_text */
typedef struct
{
  GPtrArray *rows;
  GPtrArray *errors;
  GPtrArray *names;
  GStrvBuilder *files;
  GChecksum *checksum;
  const char *override_file;
  const char *override_text;
  gsize n_override_bytes;
} Reading;

void
rp_config_load_free (RpConfigLoad *self)
{
  if (self == NULL)
    return;

  rp_config_unref (self->config);
  rp_oauth_providers_unref (self->providers);
  g_ptr_array_unref (self->errors);
  g_strfreev (self->files);
  g_free (self->digest);
  g_free (self);
}

static RpConfigLoader *
loader_new (const char *const *folders)
{
  RpConfigLoader *self = g_new0 (RpConfigLoader, 1);
  const char *program_folder = g_getenv ("ROAMPOST_PROVIDERS_DIR");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  self->program_providers = program_folder != NULL && program_folder[0] != '\0'
                                ? g_strdup (program_folder)
                                : g_build_filename (RP_DATA_DIR, PROVIDER_FOLDER, NULL);
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (folders[i], PROVIDER_FOLDER, NULL);

      g_strv_builder_add (builder, folder);
    }
  self->provider_folders = g_strv_builder_end (builder);
  return self;
}

static RpConfigLoader *
loader_new_for_file (const char *file, const char *const *folders)
{
  RpConfigLoader *self = loader_new (folders);

  self->only_file = g_canonicalize_filename (file, NULL);
  self->user_file = g_strdup (self->only_file);
  return self;
}

RpConfigLoader *
rp_config_loader_new_for_folders (const char *const *folders)
{
  guint n_folders = g_strv_length ((char **) folders);
  RpConfigLoader *self;

  g_return_val_if_fail (n_folders > 0, NULL);
  self = loader_new (folders);
  self->folders = g_strdupv ((char **) folders);
  self->user_file = g_build_filename (folders[n_folders - 1], FILE_NAME, NULL);
  return self;
}

RpConfigLoader *
rp_config_loader_new (const char *file)
{
  const char *only = file != NULL ? file : g_getenv ("ROAMPOST_CONFIG");
  const char *system_folder = g_getenv ("ROAMPOST_SYSTEM_CONFIG_DIR");
  g_autofree char *user_folder =
      g_build_filename (g_get_user_config_dir (), "roampost", NULL);
  const char *folders[] = { system_folder != NULL ? system_folder : SYSTEM_FOLDER,
                            user_folder, NULL };

  if (only != NULL && only[0] != '\0')
    return loader_new_for_file (only, folders);
  return rp_config_loader_new_for_folders (folders);
}

void
rp_config_loader_free (RpConfigLoader *self)
{
  if (self == NULL)
    return;

  g_free (self->only_file);
  g_strfreev (self->folders);
  g_free (self->user_file);
  g_free (self->program_providers);
  g_strfreev (self->provider_folders);
  g_free (self);
}

const char *
rp_config_loader_get_user_file (const RpConfigLoader *self)
{
  return self->user_file;
}

char *
rp_config_loader_dup_provider_file (const RpConfigLoader *self, const char *name)
{
  const guint n_folders = g_strv_length (self->provider_folders);
  g_autofree char *file = g_strconcat (name, ".conf", NULL);

  return g_build_filename (self->provider_folders[n_folders - 1], file, NULL);
}

GStrv
rp_config_loader_dup_watched (const RpConfigLoader *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->only_file != NULL)
    g_strv_builder_add (builder, self->only_file);
  for (guint i = 0; self->folders != NULL && self->folders[i] != NULL; i++)
    {
      g_autofree char *drop_ins =
          g_build_filename (self->folders[i], DROP_IN_FOLDER, NULL);

      g_strv_builder_add (builder, self->folders[i]);
      g_strv_builder_add (builder, drop_ins);
    }
  for (guint i = 0; self->provider_folders[i] != NULL; i++)
    g_strv_builder_add (builder, self->provider_folders[i]);

  return g_strv_builder_end (builder);
}

static void
take_text (Reading *self, const char *file, const char *text, gsize n_bytes)
{
  g_autofree char *header = g_strdup_printf ("%s %" G_GSIZE_FORMAT "\n", file, n_bytes);

  if (self->files != NULL)
    g_strv_builder_add (self->files, file);
  g_checksum_update (self->checksum, (const guchar *) header, -1);
  g_checksum_update (self->checksum, (const guchar *) text, (gssize) n_bytes);
  if (n_bytes > RP_CONFIG_MAX_FILE_BYTES)
    rp_config_error_add (
        self->errors, file, 0,
        N_ ("this file has more than %1$s octets; is it a configuration?"),
        G_STRINGIFY (RP_CONFIG_MAX_FILE_BYTES), NULL);
  else
    rp_keyfile_parse (file, text, n_bytes, self->rows, self->errors);
}

static void
add_read_problem (Reading *self, const char *file, const GError *error)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    rp_config_error_add (self->errors, file, 0, N_ ("there is no such file"), NULL);
  else if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ACCES))
    rp_config_error_add (self->errors, file, 0,
                         N_ ("you may not read this file; see its owner and mode with"
                             " 'ls -l'"),
                         NULL);
  else
    /* GLib speaks the user's language itself. */
    rp_config_error_add (self->errors, file, 0, "%1$s", error->message, NULL);
}

static void
read_file (Reading *self, const char *file, gboolean must_exist)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize n_bytes;

  g_ptr_array_add (self->names, g_strdup (file));
  if (g_strcmp0 (file, self->override_file) == 0)
    {
      take_text (self, file, self->override_text, self->n_override_bytes);
      return;
    }
  /* A pipe or a device would block the reading. */
  if (g_file_test (file, G_FILE_TEST_EXISTS)
      && !g_file_test (file, G_FILE_TEST_IS_REGULAR))
    {
      rp_config_error_add (self->errors, file, 0, N_ ("this is no file"), NULL);
      return;
    }

  if (g_file_get_contents (file, &text, &n_bytes, &error))
    take_text (self, file, text, n_bytes);
  else if (must_exist || !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    add_read_problem (self, file, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_drop_in (const char *name)
{
  return name[0] != '.' && g_str_has_suffix (name, ".conf");
}

static void
read_drop_ins (Reading *self, const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (dir == NULL)
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        add_read_problem (self, folder, error);
    }
  else
    while ((name = g_dir_read_name (dir)) != NULL)
      if (is_drop_in (name))
        g_ptr_array_add (names, g_build_filename (folder, name, NULL));

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    read_file (self, g_ptr_array_index (names, i), TRUE);
}

static RpOAuthProviders *
read_providers (Reading *self, const RpConfigLoader *loader)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  GPtrArray *config_rows = self->rows;
  GStrvBuilder *files = self->files;
  RpOAuthProviders *providers;

  self->rows = rows;
  self->files = NULL;
  read_drop_ins (self, loader->program_providers);
  self->files = files;
  for (guint i = 0; loader->provider_folders[i] != NULL; i++)
    read_drop_ins (self, loader->provider_folders[i]);
  self->rows = config_rows;

  providers = rp_oauth_providers_new (rows, self->errors);
  rp_oauth_providers_check_names (providers, config_rows, self->errors);
  return providers;
}

static void
read_folder (Reading *self, const char *folder)
{
  g_autofree char *file = g_build_filename (folder, FILE_NAME, NULL);
  g_autofree char *drop_ins = g_build_filename (folder, DROP_IN_FOLDER, NULL);

  read_file (self, file, FALSE);
  read_drop_ins (self, drop_ins);
}

static guint
get_rank (GPtrArray *names, const RpConfigError *error)
{
  guint index;

  for (index = 0; index < names->len; index++)
    if (g_strcmp0 (g_ptr_array_index (names, index), error->file) == 0)
      break;

  return index;
}

static int
compare_errors (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const RpConfigError *first = *(const RpConfigError *const *) a;
  const RpConfigError *second = *(const RpConfigError *const *) b;
  guint rank_a = get_rank (user_data, first);
  guint rank_b = get_rank (user_data, second);

  if (rank_a != rank_b)
    return rank_a < rank_b ? -1 : 1;
  return first->line < second->line ? -1 : first->line > second->line;
}

RpConfigLoad *
rp_config_loader_load_with (const RpConfigLoader *self,
                            const char *file,
                            const char *text,
                            gsize n_bytes)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  RpConfigLoad *load = g_new0 (RpConfigLoad, 1);
  Reading reading = { rows, NULL, names, files, checksum, file, text, n_bytes };

  load->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  reading.errors = load->errors;
  if (self->only_file != NULL)
    read_file (&reading, self->only_file, TRUE);
  for (guint i = 0; self->folders != NULL && self->folders[i] != NULL; i++)
    read_folder (&reading, self->folders[i]);

  load->config = rp_config_new (rows, load->errors);
  load->providers = read_providers (&reading, self);
  if (load->errors->len > 0)
    g_clear_pointer (&load->config, rp_config_unref);
  g_ptr_array_sort_with_data (load->errors, compare_errors, names);
  load->files = g_strv_builder_end (files);
  load->digest = g_strdup (g_checksum_get_string (checksum));
  return load;
}

RpConfigLoad *
rp_config_loader_load (const RpConfigLoader *self)
{
  return rp_config_loader_load_with (self, NULL, NULL, 0);
}
