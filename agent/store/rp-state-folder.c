/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-state-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_FILE "lock"

static void
set_errno_error (GError **error, const char *path, const char *what)
{
  const char *cause = g_strerror (errno);

  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "%s: %s: %s", path, what,
               cause);
}

gboolean
rp_state_folder_sync_fd (int fd)
{
  return fsync (fd) == 0 || errno == EINVAL;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  const int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const gboolean is_synced = fd >= 0 && rp_state_folder_sync_fd (fd);

  if (!is_synced)
    set_errno_error (error, folder, "cannot be synced to disk");
  if (fd >= 0)
    close (fd);
  return is_synced;
}

/* Each new folder's name is synced, outermost first: one whose name is lost with the
 * power is lost with everything in it, however well that was synced. */
static gboolean
make_folder (const char *folder, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);

  if (g_file_test (folder, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_str_equal (parent, folder) && !make_folder (parent, error))
    return FALSE;
  if (g_mkdir (folder, 0700) < 0 && errno != EEXIST)
    {
      set_errno_error (error, folder, "cannot be made");
      return FALSE;
    }
  return sync_folder (parent, error);
}

static gboolean
prepare_one (const char *folder, GError **error)
{
  struct stat status;

  if (!make_folder (folder, error))
    return FALSE;
  if (g_stat (folder, &status) < 0)
    {
      set_errno_error (error, folder, "cannot be read");
      return FALSE;
    }
  if (status.st_uid != geteuid ())
    {
      g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
                   "%s belongs to another user (uid %u): choose a folder of your own",
                   folder, status.st_uid);
      return FALSE;
    }
  if ((status.st_mode & 077) != 0 && g_chmod (folder, 0700) < 0)
    {
      set_errno_error (error, folder, "is open to others and cannot be closed to them");
      return FALSE;
    }
  return TRUE;
}

gboolean
rp_state_folder_prepare (const char *folder, GError **error)
{
  g_autofree char *queue = g_build_filename (folder, "queue", NULL);

  return prepare_one (folder, error) && prepare_one (queue, error);
}

static void
set_locked_error (int fd, const char *folder, GError **error)
{
  char pid[32] = "";
  ssize_t n_read = pread (fd, pid, sizeof pid - 1, 0);

  if (n_read > 0)
    g_strstrip (pid);
  g_set_error (
      error, RP_STORE_ERROR, RP_STORE_ERROR_LOCKED,
      "the folder %s is used by another roampost-agent (process %s): stop that "
      "one first, or give this one a folder of its own with --state-dir",
      folder, n_read > 0 ? pid : "unknown");
}

/* For whoever finds the folder locked; the lock itself does not depend on it. */
static void
write_pid (int fd)
{
  g_autofree char *pid = g_strdup_printf ("%d\n", (int) getpid ());

  if (ftruncate (fd, 0) == 0 && pwrite (fd, pid, strlen (pid), 0) < 0)
    g_debug ("lock file: %s", g_strerror (errno));
}

int
rp_state_folder_lock (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, LOCK_FILE, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      set_errno_error (error, path, "cannot be opened");
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    {
      write_pid (fd);
      return fd;
    }

  if (errno == EWOULDBLOCK)
    set_locked_error (fd, folder, error);
  else
    set_errno_error (error, path, "cannot be locked");
  close (fd);
  return -1;
}

static char *
make_aside_folder (const char *folder, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/set-aside-%s-%u", folder, time, i);

      if (g_mkdir (path, 0700) == 0)
        return g_steal_pointer (&path);
      if (errno != EEXIST)
        break;
    }
  set_errno_error (error, folder, "no folder for the damaged database can be made");
  return NULL;
}

char *
rp_state_folder_set_aside (const char *folder, const char *name, GError **error)
{
  const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *aside = make_aside_folder (folder, error);

  if (aside == NULL)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (folder, "/", name, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, "/", name, suffixes[i], NULL);

      if (g_rename (from, to) < 0 && errno != ENOENT)
        {
          set_errno_error (error, from, "cannot be moved aside");
          return NULL;
        }
    }
  return g_steal_pointer (&aside);
}
