/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-content.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _RpContent
{
  GObject parent_instance;

  char *folder;
  GByteArray *memory; /* NULL once it went to the file */
  int fd;             /* -1 while it is in memory */
  guint64 n_bytes;
  GChecksum *sum; /* of what was appended; NULL when it is read back from a file */
  char *digest;   /* NULL until it is asked for */
};

G_DEFINE_FINAL_TYPE (RpContent, rp_content, G_TYPE_OBJECT)

/* What all contents hold in memory together; they all live on the main thread. */
static gsize n_bytes_in_memory;

static void
release_memory (RpContent *self)
{
  if (self->memory == NULL)
    return;

  n_bytes_in_memory -= self->memory->len;
  g_clear_pointer (&self->memory, g_byte_array_unref);
}

static void
rp_content_finalize (GObject *object)
{
  RpContent *self = RP_CONTENT (object);

  release_memory (self);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->folder);
  g_clear_pointer (&self->sum, g_checksum_free);
  g_free (self->digest);
  G_OBJECT_CLASS (rp_content_parent_class)->finalize (object);
}

static void
rp_content_class_init (RpContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_content_finalize;
}

static void
rp_content_init (RpContent *self)
{
  self->memory = g_byte_array_new ();
  self->fd = -1;
}

RpContent *
rp_content_new (const char *folder)
{
  RpContent *self = g_object_new (RP_TYPE_CONTENT, NULL);

  self->folder = g_strdup (folder);
  self->sum = g_checksum_new (G_CHECKSUM_SHA256);
  return self;
}

RpContent *
rp_content_new_from_fd (int fd, guint64 n_bytes)
{
  RpContent *self = g_object_new (RP_TYPE_CONTENT, NULL);

  release_memory (self);
  self->fd = fd;
  self->n_bytes = n_bytes;
  return self;
}

static gboolean
fail (const char *folder, const char *what, GError **error)
{
  const int saved = errno;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved),
               "the message cannot be %s in %s: %s", what,
               folder != NULL ? folder : "the queue", g_strerror (saved));
  return FALSE;
}

/* A file without a name: a crash leaves nothing behind. Where the file system has none
 * (some network file systems), the name goes at once. */
static int
open_unnamed (const char *folder)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *name = NULL;

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
    return fd;

  name = g_build_filename (folder, "content-XXXXXX.tmp", NULL);
  fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    unlink (name);
  return fd;
}

static gboolean
write_all (RpContent *self, const guint8 *bytes, gsize n_bytes, GError **error)
{
  while (n_bytes > 0)
    {
      const ssize_t n_written = write (self->fd, bytes, n_bytes);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0)
        return fail (self->folder, "kept", error);
      bytes += n_written;
      n_bytes -= (gsize) n_written;
    }

  return TRUE;
}

static gboolean
move_to_file (RpContent *self, GError **error)
{
  self->fd = open_unnamed (self->folder);
  if (self->fd < 0)
    return fail (self->folder, "kept", error);
  if (!write_all (self, self->memory->data, self->memory->len, error))
    return FALSE;

  release_memory (self);
  return TRUE;
}

static gboolean
fits_in_memory (RpContent *self, gsize n_more)
{
  return self->folder == NULL
         || (self->n_bytes + n_more <= RP_CONTENT_IN_MEMORY_BYTES
             && n_bytes_in_memory + n_more <= RP_CONTENT_ALL_IN_MEMORY_BYTES);
}

gboolean
rp_content_append (RpContent *self, const guint8 *bytes, gsize n_bytes, GError **error)
{
  g_return_val_if_fail (self->sum != NULL, FALSE);

  if (self->memory != NULL && fits_in_memory (self, n_bytes))
    {
      g_byte_array_append (self->memory, bytes, (guint) n_bytes);
      n_bytes_in_memory += n_bytes;
    }
  else
    {
      if (self->memory != NULL && !move_to_file (self, error))
        return FALSE;
      if (!write_all (self, bytes, n_bytes, error))
        return FALSE;
    }

  g_checksum_update (self->sum, bytes, (gssize) n_bytes);
  g_clear_pointer (&self->digest, g_free);
  self->n_bytes += n_bytes;
  return TRUE;
}

guint64
rp_content_get_size (RpContent *self)
{
  return self->n_bytes;
}

gboolean
rp_content_is_in_memory (RpContent *self)
{
  return self->memory != NULL;
}

int
rp_content_get_fd (RpContent *self)
{
  return self->fd;
}

GBytes *
rp_content_dup_bytes (RpContent *self)
{
  if (self->memory == NULL)
    return NULL;
  return g_bytes_new (self->memory->data, self->memory->len);
}

static gssize
read_memory (RpContent *self, guint64 offset, guint8 *buffer, gsize n_bytes)
{
  gsize n_read;

  if (offset >= self->memory->len)
    return 0;

  n_read = MIN (n_bytes, self->memory->len - (gsize) offset);
  memcpy (buffer, self->memory->data + offset, n_read);
  return (gssize) n_read;
}

gssize
rp_content_read (
    RpContent *self, guint64 offset, guint8 *buffer, gsize n_bytes, GError **error)
{
  ssize_t n_read;

  if (self->memory != NULL)
    return read_memory (self, offset, buffer, n_bytes);

  do
    n_read = pread (self->fd, buffer, n_bytes, (off_t) offset);
  while (n_read < 0 && errno == EINTR);
  if (n_read < 0)
    fail (self->folder, "read", error);

  return n_read;
}

static char *
sum_file_up (RpContent *self)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (RP_CONTENT_IN_MEMORY_BYTES);
  guint64 offset = 0;
  gssize n_read;

  while (
      (n_read = rp_content_read (self, offset, block, RP_CONTENT_IN_MEMORY_BYTES, NULL))
      > 0)
    {
      g_checksum_update (sum, block, n_read);
      offset += (guint64) n_read;
    }
  return n_read == 0 ? g_strdup (g_checksum_get_string (sum)) : NULL;
}

/* Asking for its string closes a checksum, and more may be appended: ask a copy. */
static char *
dup_sum (RpContent *self)
{
  g_autoptr (GChecksum) copy = g_checksum_copy (self->sum);

  return g_strdup (g_checksum_get_string (copy));
}

const char *
rp_content_get_digest (RpContent *self)
{
  if (self->digest == NULL)
    self->digest = self->sum != NULL ? dup_sum (self) : sum_file_up (self);
  return self->digest;
}
