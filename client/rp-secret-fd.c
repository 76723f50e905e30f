/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-secret-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static GUnixFDList *
fail (GError **error, int number)
{
  g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
                       g_strerror (number));
  return NULL;
}

/* A pipe takes a page at least, so nobody has to read while it is filled. */
GUnixFDList *
rp_secret_fd_list_new (const char *secret, GError **error)
{
  const gsize n_bytes = strlen (secret);
  int ends[2];
  ssize_t n_written;
  int number;

  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return fail (error, errno);

  n_written = write (ends[1], secret, n_bytes);
  number = n_written < 0 ? errno : EMSGSIZE;
  g_close (ends[1], NULL);
  if (n_written != (ssize_t) n_bytes)
    {
      g_close (ends[0], NULL);
      return fail (error, number);
    }
  return g_unix_fd_list_new_from_array (ends, 1);
}
