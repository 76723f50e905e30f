/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-password.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static gsize
get_mapped_bytes (const char *password)
{
  const gsize page_bytes = (gsize) sysconf (_SC_PAGESIZE);

  return (strlen (password) + page_bytes) / page_bytes * page_bytes;
}

char *
rp_password_copy (const char *password)
{
  const gsize n_bytes = get_mapped_bytes (password);
  char *copy =
      mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (copy == MAP_FAILED)
    g_error ("no memory for a password");

  mlock (copy, n_bytes);
  madvise (copy, n_bytes, MADV_DONTDUMP);
  strcpy (copy, password);
  return copy;
}

void
rp_password_free (char *password)
{
  gsize n_bytes;

  if (password == NULL)
    return;

  n_bytes = get_mapped_bytes (password);
  explicit_bzero (password, n_bytes);
  munmap (password, n_bytes);
}

typedef struct
{
  char *data;
  gsize n_bytes;
} Wiped;

static void
wiped_free (gpointer data)
{
  Wiped *self = data;

  explicit_bzero (self->data, self->n_bytes);
  g_free (self->data);
  g_free (self);
}

GBytes *
rp_password_new_bytes (char *data, gsize n_bytes)
{
  Wiped *wiped = g_new (Wiped, 1);

  wiped->data = data;
  wiped->n_bytes = n_bytes;
  return g_bytes_new_with_free_func (data, n_bytes, wiped_free, wiped);
}
