/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-watch.h"

#include <stdlib.h>
#include <string.h>

#include "core/rp-marked.h"

struct _RpConfigWatch
{
  GObject parent_instance;

  RpConfigLoader *loader;
  RpConfig *config;
  RpOAuthProviders *providers;
  GStrv files;
  GPtrArray *errors; /* RpConfigError */
  char *digest;

  GPtrArray *monitors; /* Monitor */
  guint quiet_source;
};

G_DEFINE_FINAL_TYPE (RpConfigWatch, rp_config_watch, G_TYPE_OBJECT)

enum
{
  SIGNAL_LOADED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Monitor: one folder that is there.
 * @child: (nullable): the one name in it that matters: where the folder that is wanted
 *   is not there yet, the nearest one above it is watched for its coming */
typedef struct
{
  RpConfigWatch *watch;
  GFileMonitor *monitor;
  char *folder;
  char *child;
} Monitor;

static void
monitor_free (Monitor *self)
{
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_file_monitor_cancel (self->monitor);
  g_object_unref (self->monitor);
  g_free (self->folder);
  g_free (self->child);
  g_free (self);
}

static gboolean on_quiet (gpointer user_data);

static void
on_monitor_changed (GFileMonitor *monitor,
                    GFile *file,
                    GFile *other_file,
                    GFileMonitorEvent event,
                    gpointer user_data)
{
  Monitor *self = user_data;
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *other = other_file != NULL ? g_file_get_basename (other_file) : NULL;

  if (self->child != NULL && g_strcmp0 (name, self->child) != 0
      && g_strcmp0 (other, self->child) != 0)
    return;

  g_clear_handle_id (&self->watch->quiet_source, g_source_remove);
  self->watch->quiet_source =
      g_timeout_add (RP_CONFIG_WATCH_QUIET_MS, on_quiet, self->watch);
}

static gboolean
is_watched (RpConfigWatch *self, const char *folder, const char *child)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      const Monitor *monitor = g_ptr_array_index (self->monitors, i);

      if (g_str_equal (monitor->folder, folder)
          && (monitor->child == NULL || g_strcmp0 (monitor->child, child) == 0))
        return TRUE;
    }

  return FALSE;
}

static void
watch_folder (RpConfigWatch *self, const char *folder, const char *child)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor;
  Monitor *data;

  if (is_watched (self, folder, child))
    return;

  monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (monitor == NULL)
    {
      g_warning ("folder %s cannot be watched: %s", folder, error->message);
      return;
    }

  data = g_new0 (Monitor, 1);
  data->watch = self;
  data->monitor = monitor;
  data->folder = g_strdup (folder);
  data->child = g_strdup (child);
  g_signal_connect (monitor, "changed", G_CALLBACK (on_monitor_changed), data);
  g_ptr_array_add (self->monitors, data);
}

/* A monitor on a path that is not there polls; the nearest folder that is there does
 * not. */
static void
watch_path (RpConfigWatch *self, const char *path)
{
  g_autofree char *folder = g_strdup (path);
  g_autofree char *child = NULL;

  while (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *parent = g_path_get_dirname (folder);

      if (g_str_equal (parent, folder))
        return;
      g_free (child);
      child = g_path_get_basename (folder);
      g_free (folder);
      folder = g_steal_pointer (&parent);
    }

  watch_folder (self, folder, child);
}

/* Where a file is a link, what changes is the file that it leads to. */
static void
watch_link_target (RpConfigWatch *self, const char *file)
{
  g_autofree char *target = NULL;
  char *resolved;

  if (!g_file_test (file, G_FILE_TEST_IS_SYMLINK))
    return;

  resolved = realpath (file, NULL);
  target = g_strdup (resolved);
  free (resolved);
  if (target != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (target);
      g_autofree char *child = g_path_get_basename (target);

      watch_folder (self, folder, child);
    }
}

static void
watch_all (RpConfigWatch *self)
{
  g_auto (GStrv) watched = rp_config_loader_dup_watched (self->loader);

  g_ptr_array_set_size (self->monitors, 0);
  for (guint i = 0; watched[i] != NULL; i++)
    watch_path (self, watched[i]);
  for (guint i = 0; self->files != NULL && self->files[i] != NULL; i++)
    watch_link_target (self, self->files[i]);
}

/* An editor that empties a file before it writes it must not stop all mail. */
static void
refuse_lost_accounts (RpConfigWatch *self, RpConfigLoad *load)
{
  if (self->config == NULL || self->config->accounts->len == 0 || load->config == NULL
      || load->config->accounts->len > 0)
    return;

  rp_config_error_add (
      load->errors, NULL, 0,
      N_ ("no account is left in the configuration, so the last one stays in"
          " force; 'roampost config reload' takes it as it is"),
      NULL);
  g_clear_pointer (&load->config, rp_config_unref);
}

static gboolean
take_load (RpConfigWatch *self, RpConfigLoad *load)
{
  g_strfreev (self->files);
  g_ptr_array_unref (self->errors);
  g_free (self->digest);
  self->files = g_steal_pointer (&load->files);
  self->errors = g_ptr_array_ref (load->errors);
  self->digest = g_steal_pointer (&load->digest);

  if (load->config == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_FAILED], 0);
      return FALSE;
    }

  rp_config_unref (self->config);
  self->config = g_steal_pointer (&load->config);
  rp_oauth_providers_unref (self->providers);
  self->providers = g_steal_pointer (&load->providers);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
  return TRUE;
}

static gboolean
on_quiet (gpointer user_data)
{
  g_autoptr (RpConfigWatch) self = g_object_ref (user_data);
  g_autoptr (RpConfigLoad) load = NULL;

  self->quiet_source = 0;
  /* Watching comes first: what changes after it is seen again. */
  watch_all (self);
  load = rp_config_loader_load (self->loader);
  if (g_strcmp0 (load->digest, self->digest) != 0)
    {
      refuse_lost_accounts (self, load);
      take_load (self, load);
      watch_all (self);
    }
  return G_SOURCE_REMOVE;
}

RpConfigWatch *
rp_config_watch_new (RpConfigLoader *loader)
{
  RpConfigWatch *self = g_object_new (RP_TYPE_CONFIG_WATCH, NULL);

  self->loader = loader;
  return self;
}

gboolean
rp_config_watch_start (RpConfigWatch *self)
{
  return rp_config_watch_reload (self);
}

gboolean
rp_config_watch_reload (RpConfigWatch *self)
{
  g_autoptr (RpConfigLoad) load = NULL;
  gboolean is_loaded;

  g_clear_handle_id (&self->quiet_source, g_source_remove);
  watch_all (self);
  load = rp_config_loader_load (self->loader);
  is_loaded = take_load (self, load);
  watch_all (self);
  return is_loaded;
}

RpConfig *
rp_config_watch_get_config (RpConfigWatch *self)
{
  return self->config;
}

RpOAuthProviders *
rp_config_watch_get_providers (RpConfigWatch *self)
{
  return self->providers;
}

const char *const *
rp_config_watch_get_files (RpConfigWatch *self)
{
  static const char *const none[] = { NULL };

  return self->files != NULL ? (const char *const *) self->files : none;
}

GPtrArray *
rp_config_watch_get_errors (RpConfigWatch *self)
{
  return self->errors;
}

static void
rp_config_watch_dispose (GObject *object)
{
  RpConfigWatch *self = RP_CONFIG_WATCH (object);

  g_clear_handle_id (&self->quiet_source, g_source_remove);
  g_clear_pointer (&self->monitors, g_ptr_array_unref);
  G_OBJECT_CLASS (rp_config_watch_parent_class)->dispose (object);
}

static void
rp_config_watch_finalize (GObject *object)
{
  RpConfigWatch *self = RP_CONFIG_WATCH (object);

  rp_config_loader_free (self->loader);
  rp_config_unref (self->config);
  rp_oauth_providers_unref (self->providers);
  g_strfreev (self->files);
  g_ptr_array_unref (self->errors);
  g_free (self->digest);
  G_OBJECT_CLASS (rp_config_watch_parent_class)->finalize (object);
}

static void
rp_config_watch_class_init (RpConfigWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_config_watch_dispose;
  object_class->finalize = rp_config_watch_finalize;
  signals[SIGNAL_LOADED] =
      g_signal_new ("loaded", RP_TYPE_CONFIG_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", RP_TYPE_CONFIG_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
rp_config_watch_init (RpConfigWatch *self)
{
  self->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  self->monitors = g_ptr_array_new_with_free_func ((GDestroyNotify) monitor_free);
}
