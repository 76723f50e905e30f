/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over every file of a folder, whole and cut at every octet, so that
 * each find stays found by the ordinary tests. */
#include "fuzz.h"

static gboolean
replay_file (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_bytes;

  if (!g_file_get_contents (path, &data, &n_bytes, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return FALSE;
    }

  for (gsize n = 0; n <= MIN (n_bytes, 2000); n++)
    LLVMFuzzerTestOneInput ((const guint8 *) data, n);
  LLVMFuzzerTestOneInput ((const guint8 *) data, n_bytes);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) folder = argc == 2 ? g_dir_open (argv[1], 0, NULL) : NULL;
  guint n_files = 0;
  const char *name;

  if (folder == NULL)
    {
      fprintf (stderr, "usage: %s FOLDER\n", argv[0]);
      return 2;
    }

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);

      if (!replay_file (path))
        return 1;
      n_files++;
    }

  printf ("%u files\n", n_files);
  /* An empty corpus would pass without having looked at anything. */
  return n_files > 0 ? 0 : 1;
}
