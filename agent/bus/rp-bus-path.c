/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bus/rp-bus-path.h"

#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
is_set (const char *value)
{
  return value != NULL && value[0] != '\0';
}

/* Not g_get_user_runtime_dir(): it falls back to the cache folder, and keeps what su
 * left behind. */
static gboolean
is_our_folder (const char *path)
{
  struct stat status;

  return is_set (path) && g_path_is_absolute (path) && stat (path, &status) == 0
         && S_ISDIR (status.st_mode) && status.st_uid == geteuid ();
}

char *
rp_bus_path_dup_state_folder (void)
{
  const char *chosen = g_getenv ("ROAMPOST_STATE_DIR");

  if (is_set (chosen))
    return g_canonicalize_filename (chosen, NULL);
  return g_build_filename (g_get_user_state_dir (), "roampost", NULL);
}

char *
rp_bus_path_dup_runtime_folder (const char *chosen)
{
  g_autofree char *run_user = g_strdup_printf ("/run/user/%u", (guint) geteuid ());

  if (!is_set (chosen))
    chosen = g_getenv ("ROAMPOST_RUNTIME_DIR");
  if (is_set (chosen))
    return g_canonicalize_filename (chosen, NULL);
  if (is_our_folder (g_getenv ("XDG_RUNTIME_DIR")))
    return g_build_filename (g_getenv ("XDG_RUNTIME_DIR"), "roampost", NULL);
  if (is_our_folder (run_user))
    return g_build_filename (run_user, "roampost", NULL);
  return rp_bus_path_dup_state_folder ();
}

char *
rp_bus_path_dup_socket (const char *runtime_folder)
{
  return g_build_filename (runtime_folder, "bus", NULL);
}

char *
rp_bus_path_dup_address (const char *socket)
{
  g_autofree char *escaped = g_dbus_address_escape_value (socket);

  return g_strconcat ("unix:path=", escaped, NULL);
}
