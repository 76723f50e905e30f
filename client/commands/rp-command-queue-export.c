/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost queue export: a message of the queue as a file, octet by octet. */
#include "commands/rp-command-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "queue/rp-queue-link.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-output.h"

#define BLOCK_BYTES (64 * 1024)
#define EXPORT_MODE 0600

typedef struct
{
  const RpCommand *command;
  gboolean overwrites;
  gboolean is_json;
} Export;

/* ---- copying ---- */

static gboolean
write_all (int fd, const char *octets, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      ssize_t n_written = write (fd, octets, n_bytes);

      if (n_written < 0 && errno != EINTR)
        return FALSE;
      if (n_written > 0)
        {
          octets += n_written;
          n_bytes -= (gsize) n_written;
        }
    }
  return TRUE;
}

/* Returns how many octets there were, or -1 with errno. */
static gint64
copy_all (int from, int to)
{
  g_autofree char *block = g_malloc (BLOCK_BYTES);
  gint64 n_bytes = 0;
  ssize_t n_read;

  while ((n_read = pread (from, block, BLOCK_BYTES, n_bytes)) != 0)
    {
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0 || !write_all (to, block, (gsize) n_read))
        return -1;
      n_bytes += n_read;
    }
  return n_bytes;
}

/* ---- the file ---- */

static int
fail_with_errno (const Export *self, const char *path, int exit_code)
{
  rp_command_error (self->command, "%s: %s", path, g_strerror (errno));
  return exit_code;
}

/* A new file of our own, so that what stood there stays whole until all is written. */
static int
create_beside (const char *path, char **temporary)
{
  *temporary = g_strconcat (path, ".XXXXXX", NULL);
  return g_mkstemp_full (*temporary, O_WRONLY | O_CLOEXEC, EXPORT_MODE);
}

static int
create_new (const char *path)
{
  return g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, EXPORT_MODE);
}

static gboolean
finish_file (int fd, const char *written, const char *path)
{
  gboolean is_synced = fsync (fd) == 0;

  if (close (fd) < 0 || !is_synced)
    return FALSE;
  return written == path || g_rename (written, path) == 0;
}

static int
write_file (const Export *self, int body, const char *path, gint64 *n_bytes)
{
  g_autofree char *temporary = NULL;
  int fd = self->overwrites ? create_beside (path, &temporary) : create_new (path);
  const char *written = self->overwrites ? temporary : path;
  int reason = 0;

  if (fd < 0 && errno == EEXIST)
    {
      rp_command_error (self->command, _ ("%s exists; --force overwrites it"), path);
      return EX_CANTCREAT;
    }
  if (fd < 0)
    return fail_with_errno (self, path, EX_CANTCREAT);

  *n_bytes = copy_all (body, fd);
  if (*n_bytes >= 0 && finish_file (fd, written, path))
    return EX_OK;
  reason = errno;
  if (*n_bytes < 0)
    close (fd);
  g_unlink (written);
  errno = reason;
  return fail_with_errno (self, path, EX_IOERR);
}

static void
print_written (const Export *self, GVariant *message, const char *path, gint64 n_bytes)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *size = rp_output_dup_size ((guint64) n_bytes);

  if (self->is_json)
    {
      g_variant_dict_insert (&dict, "id", "s", rp_dict_get_string (message, "id"));
      g_variant_dict_insert (&dict, "file", "s", path);
      g_variant_dict_insert (&dict, "bytes", "t", (guint64) n_bytes);
      rp_output_print_json (g_variant_dict_end (&dict));
      return;
    }
  printf (_ ("%1$s holds message %2$s, %3$s"), path, rp_dict_get_string (message, "id"),
          size);
  putchar ('\n');
}

/* In a folder the file has the message's name. */
static char *
dup_path (const char *given, GVariant *message)
{
  g_autofree char *name =
      g_strconcat (rp_dict_get_string (message, "id"), ".eml", NULL);

  return g_file_test (given, G_FILE_TEST_IS_DIR) ? g_build_filename (given, name, NULL)
                                                 : g_strdup (given);
}

/* ---- the command ---- */

static int
check_whole (const Export *self, GVariant *message, gint64 n_bytes)
{
  guint64 wanted = rp_dict_get_size (message, "bytes");
  /* as text, since a translation knows no width of a number */
  g_autofree char *n_there = g_strdup_printf ("%" G_GINT64_FORMAT, n_bytes);
  g_autofree char *n_wanted = g_strdup_printf ("%" G_GUINT64_FORMAT, wanted);

  if ((guint64) n_bytes == wanted)
    return EX_OK;
  rp_command_error (self->command,
                    _ ("the message is damaged: %1$s octets are there, and it had "
                       "%2$s"),
                    n_there, n_wanted);
  return EX_DATAERR;
}

static int
export_body (const Export *self, GVariant *message, int body, const char *file)
{
  g_autofree char *path = file == NULL ? NULL : dup_path (file, message);
  gint64 n_bytes = 0;
  int exit_code;

  if (path == NULL)
    {
      n_bytes = copy_all (body, STDOUT_FILENO);
      return n_bytes < 0 ? fail_with_errno (self, _ ("standard output"), EX_IOERR)
                         : check_whole (self, message, n_bytes);
    }
  exit_code = write_file (self, body, path, &n_bytes);
  if (exit_code != EX_OK)
    return exit_code;
  print_written (self, message, path, n_bytes);
  return check_whole (self, message, n_bytes);
}

static int
export_message (const Export *self, const char *id, const char *file)
{
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (self->command, &exit_code);
  g_autoptr (GVariant) message = NULL;
  g_autoptr (GError) error = NULL;
  int body;

  if (agent == NULL)
    return exit_code;
  message = rp_queue_link_get (self->command, agent, id, &exit_code);
  if (message == NULL)
    return exit_code;
  body = rp_queue_link_open_body (agent, rp_dict_get_string (message, "id"), &error);
  if (body < 0)
    return rp_queue_link_fail (self->command, agent, id, error);
  exit_code = export_body (self, message, body, file);
  close (body);
  return exit_code;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  Export self = { .command = command };
  const GOptionEntry entries[] = {
    { "force", 'f', 0, G_OPTION_ARG_NONE, &self.overwrites,
      N_ ("Overwrite a file that exists"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.is_json,
      N_ ("Print JSON, as the manual describes it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autofree char *id = NULL;
  const char *file;
  int exit_code = EX_OK;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  id = rp_queue_link_take_id (command, argc, argv, 1, &exit_code);
  if (id == NULL)
    return exit_code;
  file = argc < 3 || g_str_equal (argv[2], "-") ? NULL : argv[2];
  if (file == NULL && self.is_json)
    return rp_command_usage_error (
        command, "%s",
        _ ("--json wants a FILE: standard output cannot hold the message too"));
  return export_message (&self, id, file);
}

const RpCommand rp_command_queue_export = {
  .name = "queue export",
  .synopsis = N_ ("ID [FILE]"),
  .summary = N_ ("writes a message as it is to a file or to standard output"),
  .run = run,
};
