/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-body.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/rp-state-folder.h"

#define BLOCK_BYTES (64 * 1024)
#define ASIDE_FOLDER "set-aside"
#define SUFFIX ".eml"
#define TEMPORARY_SUFFIX ".tmp"

/* What is to be kept, and where. */
typedef struct
{
  const char *folder;
  int folder_fd;
  char *name;
  char *temporary_name;
  GBytes *bytes; /* nullable: then @fd has the content */
  int fd;
  guint64 n_bytes;
} Body;

typedef enum
{
  KEPT,
  FAILED,
  IMPOSSIBLE /* on this file system, or with this file: try the other way */
} Outcome;

/* Ids make file names: nothing in them may lead out of the folder. */
static gboolean
is_plain_id (const char *id)
{
  const char *p = id;

  while (g_ascii_isalnum (*p))
    p++;
  return p > id && *p == '\0';
}

static void
set_error (GError **error, const char *folder, const char *name, const char *what)
{
  const char *cause = g_strerror (errno);

  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "%s/%s: %s: %s", folder,
               name, what, cause);
}

static Outcome
fail (const Body *self, const char *what, GError **error)
{
  set_error (error, self->folder, self->name, what);
  return FAILED;
}

static int
open_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    {
      const char *cause = g_strerror (errno);

      g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
                   "%s: the folder of the queue cannot be opened: %s", folder, cause);
    }
  return fd;
}

/* ---- keeping ---- */

static gboolean
write_all (int fd, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      const ssize_t n_written = write (fd, bytes, n_bytes);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0)
        return FALSE;
      bytes += n_written;
      n_bytes -= (gsize) n_written;
    }
  return TRUE;
}

static gboolean
copy_file (int from, int to)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  off_t offset = 0;

  for (;;)
    {
      const ssize_t n_read = pread (from, block, BLOCK_BYTES, offset);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        return n_read == 0;
      if (!write_all (to, block, (gsize) n_read))
        return FALSE;
      offset += n_read;
    }
}

static gboolean
write_content (const Body *self, int fd)
{
  if (self->bytes == NULL)
    return copy_file (self->fd, fd);
  return write_all (fd, g_bytes_get_data (self->bytes, NULL),
                    g_bytes_get_size (self->bytes));
}

/* A failed sync is final: the kernel may have dropped the octets and would call a
 * second one a success. */
static Outcome
sync_content (const Body *self, int fd, GError **error)
{
  struct stat status;

  if (fchmod (fd, 0600) < 0 || fstat (fd, &status) < 0)
    return fail (self, "the message cannot be kept", error);
  if ((guint64) status.st_size != self->n_bytes)
    {
      g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
                   "%s/%s: the message cannot be kept: it has %" G_GUINT64_FORMAT
                   " octets where %" G_GUINT64_FORMAT " are expected",
                   self->folder, self->name, (guint64) status.st_size, self->n_bytes);
      return FAILED;
    }
  if (fsync (fd) < 0)
    return fail (self, "the message cannot be synced to disk", error);
  return KEPT;
}

static gboolean
is_no_way_to_link (int number)
{
  return number == ENOENT || number == EXDEV || number == EOPNOTSUPP || number == EPERM
         || number == ENOSYS || number == EINVAL;
}

/* ENOENT too: no /proc here, or a file that had a name and lost it. */
static Outcome
name_file (const Body *self, int fd, GError **error)
{
  char path[64];

  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (linkat (AT_FDCWD, path, self->folder_fd, self->name, AT_SYMLINK_FOLLOW) == 0)
    return KEPT;
  if (is_no_way_to_link (errno))
    return IMPOSSIBLE;
  return fail (self, "the message cannot be given its name", error);
}

static Outcome
keep_file (const Body *self, int fd, GError **error)
{
  Outcome outcome = sync_content (self, fd, error);

  return outcome == KEPT ? name_file (self, fd, error) : outcome;
}

/* A file without a name: a crash before its naming leaves nothing behind. */
static Outcome
keep_unnamed (const Body *self, GError **error)
{
  Outcome outcome;
  int fd;

  fd = openat (self->folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT
               ? IMPOSSIBLE
               : fail (self, "the message cannot be kept", error);

  outcome = write_content (self, fd) ? keep_file (self, fd, error)
                                     : fail (self, "the message cannot be kept", error);
  close (fd);
  return outcome;
}

/* Never over a message that is there. */
static gboolean
rename_within (int from_fd, const char *from, int to_fd, const char *to)
{
  if (renameat2 (from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (faccessat (to_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return FALSE;
    }
  return renameat (from_fd, from, to_fd, to) == 0;
}

static Outcome
keep_temporary (const Body *self, GError **error)
{
  const int flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC;
  const int fd = openat (self->folder_fd, self->temporary_name, flags, 0600);
  Outcome outcome;

  if (fd < 0)
    return fail (self, "the message cannot be kept", error);

  outcome = write_content (self, fd) ? sync_content (self, fd, error)
                                     : fail (self, "the message cannot be kept", error);
  close (fd);
  if (outcome == KEPT
      && !rename_within (self->folder_fd, self->temporary_name, self->folder_fd,
                         self->name))
    outcome = fail (self, "the message cannot be given its name", error);
  if (outcome != KEPT)
    unlinkat (self->folder_fd, self->temporary_name, 0);
  return outcome;
}

static gboolean
keep (const Body *self, GError **error)
{
  Outcome outcome = self->bytes != NULL ? keep_unnamed (self, error)
                                        : keep_file (self, self->fd, error);

  if (outcome == IMPOSSIBLE)
    outcome = keep_temporary (self, error);
  if (outcome != KEPT)
    return FALSE;
  if (rp_state_folder_sync_fd (self->folder_fd))
    return TRUE;

  fail (self, "the message's name cannot be synced to disk", error);
  unlinkat (self->folder_fd, self->name, 0);
  return FALSE;
}

static gboolean
check_id (const char *folder, const char *id, GError **error)
{
  if (is_plain_id (id))
    return TRUE;

  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
               "%s: '%s' is no name of a message", folder, id);
  return FALSE;
}

gboolean
rp_body_keep (const char *folder,
              const char *id,
              GBytes *bytes,
              int fd,
              guint64 n_bytes,
              GError **error)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  g_autofree char *temporary_name = g_strconcat (".", id, TEMPORARY_SUFFIX, NULL);
  Body body = { folder, -1, name, temporary_name, bytes, fd, n_bytes };
  gboolean is_kept;

  if (!check_id (folder, id, error))
    return FALSE;
  body.folder_fd = open_folder (folder, error);
  if (body.folder_fd < 0)
    return FALSE;

  is_kept = keep (&body, error);
  close (body.folder_fd);
  return is_kept;
}

/* ---- what is kept ---- */

gboolean
rp_body_delete (const char *folder, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  gboolean is_gone;
  int folder_fd;

  if (!check_id (folder, id, error))
    return FALSE;
  folder_fd = open_folder (folder, error);
  if (folder_fd < 0)
    return FALSE;

  /* Synced even when it is not there: an earlier try may have got so far. */
  is_gone = (unlinkat (folder_fd, name, 0) == 0 || errno == ENOENT)
            && rp_state_folder_sync_fd (folder_fd);
  if (!is_gone)
    set_error (error, folder, name, "the message cannot be deleted");
  close (folder_fd);
  return is_gone;
}

int
rp_body_open (const char *folder, const char *id, GError **error)
{
  g_autofree char *path = g_strconcat (folder, "/", id, SUFFIX, NULL);
  struct stat status;
  int fd;

  if (!check_id (folder, id, error))
    return -1;
  /* Not to wait for a writer, should it be a pipe. */
  fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;

  if (fd >= 0)
    {
      close (fd);
      errno = ELOOP;
    }
  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
               "%s: the message cannot be read: %s", path,
               errno == ELOOP ? "it is no plain file" : g_strerror (errno));
  return -1;
}

static gint64
get_plain_size (int folder_fd, const char *name)
{
  struct stat status;

  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0
      || !S_ISREG (status.st_mode))
    return -1;
  return status.st_size;
}

gint64
rp_body_get_size (const char *folder, const char *id)
{
  g_autofree char *path = g_strconcat (folder, "/", id, SUFFIX, NULL);

  return is_plain_id (id) ? get_plain_size (AT_FDCWD, path) : -1;
}

/* ---- setting aside ---- */

static gboolean
is_stranger (int folder_fd, const char *name, GHashTable *ids)
{
  g_autofree char *id = NULL;

  if (g_str_has_suffix (name, TEMPORARY_SUFFIX))
    return TRUE;
  if (!g_str_has_suffix (name, SUFFIX))
    return FALSE;

  id = g_strndup (name, strlen (name) - strlen (SUFFIX));
  return !g_hash_table_contains (ids, id) || get_plain_size (folder_fd, name) < 0;
}

static int
open_aside (int folder_fd)
{
  if (mkdirat (folder_fd, ASIDE_FOLDER, 0700) < 0 && errno != EEXIST)
    return -1;
  return openat (folder_fd, ASIDE_FOLDER,
                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Its time becomes that of its setting aside: from then on it is kept for a while. */
static gboolean
set_one_aside (
    int folder_fd, const char *name, int aside_fd, gint64 now_s, GPtrArray *moved)
{
  const struct timespec times[2] = { { .tv_sec = now_s }, { .tv_sec = now_s } };

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *to =
          i == 0 ? g_strdup (name) : g_strdup_printf ("%s.%u", name, i);

      if (rename_within (folder_fd, name, aside_fd, to))
        {
          utimensat (aside_fd, to, times, AT_SYMLINK_NOFOLLOW);
          g_ptr_array_add (moved, g_steal_pointer (&to));
          return TRUE;
        }
      if (errno != EEXIST)
        break;
    }
  return FALSE;
}

static void
forget_old (const char *folder, int aside_fd, gint64 now_s)
{
  g_autofree char *path = g_build_filename (folder, ASIDE_FOLDER, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      struct stat status;

      if (fstatat (aside_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0
          && now_s - status.st_mtim.tv_sec > RP_BODY_SET_ASIDE_KEPT_S)
        unlinkat (aside_fd, name, 0);
    }
}

static GPtrArray *
list_strangers (const char *folder, int folder_fd, GHashTable *ids, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &failure);
  const char *name;

  if (dir == NULL)
    {
      g_set_error_literal (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
                           failure->message);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (is_stranger (folder_fd, name, ids))
      g_ptr_array_add (names, g_strdup (name));
  return g_steal_pointer (&names);
}

static GPtrArray *
set_aside (
    const char *folder, int folder_fd, GHashTable *ids, gint64 now_s, GError **error)
{
  g_autoptr (GPtrArray) strangers = list_strangers (folder, folder_fd, ids, error);
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func (g_free);
  gboolean is_done = TRUE;
  int aside_fd;

  if (strangers == NULL)
    return NULL;
  aside_fd = open_aside (folder_fd);
  if (aside_fd < 0)
    {
      set_error (error, folder, ASIDE_FOLDER, "nothing can be set aside");
      return NULL;
    }

  for (guint i = 0; i < strangers->len && is_done; i++)
    {
      const char *name = g_ptr_array_index (strangers, i);

      is_done = set_one_aside (folder_fd, name, aside_fd, now_s, moved);
      if (!is_done)
        set_error (error, folder, name, "cannot be set aside");
    }
  forget_old (folder, aside_fd, now_s);
  close (aside_fd);
  return is_done ? g_steal_pointer (&moved) : NULL;
}

GPtrArray *
rp_body_set_strangers_aside (const char *folder,
                             GHashTable *ids,
                             gint64 now_s,
                             GError **error)
{
  const int folder_fd = open_folder (folder, error);
  GPtrArray *moved;

  if (folder_fd < 0)
    return NULL;

  moved = set_aside (folder, folder_fd, ids, now_s, error);
  close (folder_fd);
  return moved;
}
