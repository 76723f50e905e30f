/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-secret-pipe.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "upstream/rp-password.h"

typedef struct
{
  int fd;
  GSource *readable;
  GSource *timer;
  char *buffer; /* one octet more than a secret has, to see that it is too long */
  gsize n_bytes;
} Read;

/* Whatever ends the reading ends it alone. */
static void
read_stop (Read *self)
{
  g_source_destroy (self->readable);
  g_source_destroy (self->timer);
}

static void
read_free (Read *self)
{
  read_stop (self);
  g_source_unref (self->readable);
  g_source_unref (self->timer);
  explicit_bzero (self->buffer, RP_SECRET_PIPE_MAX_BYTES + 1);
  g_free (self->buffer);
  g_close (self->fd, NULL);
  g_free (self);
}

static void
free_password (gpointer password)
{
  rp_password_free (password);
}

static gsize
find_line_end (const Read *self)
{
  const char *end = memchr (self->buffer, '\n', self->n_bytes);
  gsize length = end == NULL ? self->n_bytes : (gsize) (end - self->buffer);

  if (end != NULL && length > 0 && self->buffer[length - 1] == '\r')
    length--;
  return length;
}

static void
return_line (GTask *task)
{
  Read *self = g_task_get_task_data (task);
  gsize length = find_line_end (self);
  char *password;

  if (length == 0 || length > RP_SECRET_PIPE_MAX_BYTES
      || !g_utf8_validate (self->buffer, (gssize) length, NULL))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               "no line of text, or one of more than %d octets",
                               RP_SECRET_PIPE_MAX_BYTES);
      return;
    }

  self->buffer[length] = '\0';
  password = rp_password_copy (self->buffer);
  g_task_return_pointer (task, password, free_password);
}

static gboolean
has_line (const Read *self)
{
  return self->n_bytes > RP_SECRET_PIPE_MAX_BYTES
         || memchr (self->buffer, '\n', self->n_bytes) != NULL;
}

static gboolean
on_pipe_readable (int fd, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Read *self = g_task_get_task_data (task);
  ssize_t n_read = read (fd, self->buffer + self->n_bytes,
                         RP_SECRET_PIPE_MAX_BYTES + 1 - self->n_bytes);

  if (n_read < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;

  if (n_read > 0)
    {
      self->n_bytes += (gsize) n_read;
      if (!has_line (self))
        return G_SOURCE_CONTINUE;
    }

  read_stop (self);
  if (n_read < 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                             g_strerror (errno));
  else
    return_line (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  read_stop (g_task_get_task_data (task));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                           "nothing came through the pipe in time");
  return G_SOURCE_REMOVE;
}

void
rp_secret_pipe_read_async (int fd,
                           guint timeout_ms,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Read *self = g_new0 (Read, 1);

  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->fd = fd;
  self->buffer = g_malloc0 (RP_SECRET_PIPE_MAX_BYTES + 1);
  self->readable = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_pipe_readable), task, NULL);
  self->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->timer, on_timer, task, NULL);
  g_task_set_task_data (task, self, (GDestroyNotify) read_free);
  g_source_attach (self->readable, g_task_get_context (task));
  g_source_attach (self->timer, g_task_get_context (task));
}

char *
rp_secret_pipe_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
