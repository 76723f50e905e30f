/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-editor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rp-keyfile.h"

/* As many as the kernel follows (path_resolution(7)). */
#define MAX_LINKS 40

/* RpConfigEditor:
 * @target: the file itself, where @file is a link
 * @original: (nullable): its content when it was opened
 * @lines: with their line ends */
struct _RpConfigEditor
{
  char *file;
  char *target;
  GBytes *original;
  GPtrArray *lines;
  const char *line_end;
};

static void
split_lines (RpConfigEditor *self, const char *text, gsize n_bytes)
{
  const char *end = text + n_bytes;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *next = newline != NULL ? newline + 1 : end;

      g_ptr_array_add (self->lines, g_string_new_len (text, next - text));
      text = next;
    }
}

static void
line_free (GString *line)
{
  g_string_free (line, TRUE);
}

/* Where a link leads to, there or not yet. */
static char *
dup_target (const char *file)
{
  g_autofree char *target = g_strdup (file);

  for (guint i = 0; i < MAX_LINKS; i++)
    {
      g_autofree char *link = g_file_read_link (target, NULL);
      g_autofree char *folder = g_path_get_dirname (target);

      if (link == NULL)
        break;
      g_free (target);
      target = g_canonicalize_filename (link, folder);
    }

  return g_steal_pointer (&target);
}

RpConfigEditor *
rp_config_editor_open (const char *file, GError **error)
{
  g_autoptr (RpConfigEditor) self = g_new0 (RpConfigEditor, 1);
  g_autoptr (GError) problem = NULL;
  char *text = NULL;
  gsize n_bytes = 0;

  self->file = g_strdup (file);
  self->target = dup_target (file);
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  self->line_end = "\n";
  if (g_file_get_contents (self->target, &text, &n_bytes, &problem))
    {
      split_lines (self, text, n_bytes);
      if (self->lines->len > 0
          && g_str_has_suffix (((GString *) self->lines->pdata[0])->str, "\r\n"))
        self->line_end = "\r\n";
      self->original = g_bytes_new_take (text, n_bytes);
    }
  else if (!g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
rp_config_editor_free (RpConfigEditor *self)
{
  if (self == NULL)
    return;

  g_free (self->file);
  g_free (self->target);
  g_clear_pointer (&self->original, g_bytes_unref);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

static GBytes *
join_lines (const RpConfigEditor *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->lines->len; i++)
    {
      const GString *line = g_ptr_array_index (self->lines, i);

      g_string_append_len (text, line->str, (gssize) line->len);
    }

  return g_string_free_to_bytes (text);
}

char *
rp_config_editor_dup_text (const RpConfigEditor *self, gsize *n_bytes)
{
  g_autoptr (GBytes) joined = join_lines (self);
  gsize n_joined;
  const char *text = g_bytes_get_data (joined, &n_joined);

  if (n_bytes != NULL)
    *n_bytes = n_joined;
  return n_joined > 0 ? g_strndup (text, n_joined) : g_strdup ("");
}

/* Returns: (transfer full) (element-type RpKeyfileRow) */
static GPtrArray *
parse (const RpConfigEditor *self)
{
  GPtrArray *rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  g_autoptr (GBytes) joined = join_lines (self);
  gsize n_bytes;
  const char *text = g_bytes_get_data (joined, &n_bytes);

  rp_keyfile_parse (self->file, n_bytes > 0 ? text : "", n_bytes, rows, errors);
  return rows;
}

const char *
rp_config_editor_get_file (const RpConfigEditor *self)
{
  return self->file;
}

GStrv
rp_config_editor_dup_groups (const RpConfigEditor *self)
{
  g_autoptr (GPtrArray) rows = parse (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < rows->len; i++)
    {
      const RpKeyfileRow *row = g_ptr_array_index (rows, i);

      if (row->key == NULL)
        g_strv_builder_add (builder, row->group);
    }

  return g_strv_builder_end (builder);
}

/* Returns: the line from 1 on where @group (with @key %NULL) or its key stands; 0 where
 * it does not */
static guint
find_line (const RpConfigEditor *self, const char *group, const char *key)
{
  g_autoptr (GPtrArray) rows = parse (self);

  for (guint i = 0; i < rows->len; i++)
    {
      const RpKeyfileRow *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->group, group) && g_strcmp0 (row->key, key) == 0)
        return row->line;
    }

  return 0;
}

static char
get_first_letter (const RpConfigEditor *self, guint index)
{
  const GString *line = g_ptr_array_index (self->lines, index);

  return line->str[strspn (line->str, " \t\r\n")];
}

/* Returns: the line from 1 on of the last key of the group whose own line is @head */
static guint
find_last_line (const RpConfigEditor *self, guint head)
{
  guint last = head;

  for (guint i = head; i < self->lines->len && get_first_letter (self, i) != '['; i++)
    if (get_first_letter (self, i) != '#' && get_first_letter (self, i) != '\0')
      last = i + 1;

  return last;
}

static GString *
line_new (const RpConfigEditor *self, const char *text)
{
  GString *line = g_string_new (text);

  g_string_append (line, self->line_end);
  return line;
}

/* Inserts behind the line @after, counted from 1; the line before may be the last one
 * and lack its end. */
static void
insert_line (RpConfigEditor *self, guint after, const char *text)
{
  if (after > 0)
    {
      GString *before = g_ptr_array_index (self->lines, after - 1);

      if (before->len == 0 || before->str[before->len - 1] != '\n')
        g_string_append (before, self->line_end);
    }
  g_ptr_array_insert (self->lines, (int) after, line_new (self, text));
}

gboolean
rp_config_editor_has_group (const RpConfigEditor *self, const char *group)
{
  return find_line (self, group, NULL) > 0;
}

void
rp_config_editor_add_group (RpConfigEditor *self, const char *group)
{
  g_autofree char *text = g_strdup_printf ("[%s]", group);

  if (rp_config_editor_has_group (self, group))
    return;

  if (self->lines->len > 0 && get_first_letter (self, self->lines->len - 1) != '\0')
    insert_line (self, self->lines->len, "");
  insert_line (self, self->lines->len, text);
}

void
rp_config_editor_set (RpConfigEditor *self,
                      const char *group,
                      const char *key,
                      const char *raw_value)
{
  g_autofree char *text = g_strdup_printf ("%s=%s", key, raw_value);
  guint line;

  rp_config_editor_add_group (self, group);
  line = find_line (self, group, key);
  if (line == 0)
    {
      insert_line (self, find_last_line (self, find_line (self, group, NULL)), text);
      return;
    }

  line_free (g_steal_pointer (&self->lines->pdata[line - 1]));
  self->lines->pdata[line - 1] = line_new (self, text);
}

gboolean
rp_config_editor_unset (RpConfigEditor *self, const char *group, const char *key)
{
  guint line = find_line (self, group, key);

  if (line > 0)
    g_ptr_array_remove_index (self->lines, line - 1);
  return line > 0;
}

gboolean
rp_config_editor_remove_group (RpConfigEditor *self, const char *group)
{
  guint head = find_line (self, group, NULL);
  guint last;

  if (head == 0)
    return FALSE;

  last = find_last_line (self, head);
  /* One of two empty lines around it goes with it. */
  if (last < self->lines->len && get_first_letter (self, last) == '\0'
      && (head == 1 || get_first_letter (self, head - 2) == '\0'))
    last++;
  g_ptr_array_remove_range (self->lines, head - 1, last - head + 1);
  return TRUE;
}

static gboolean
set_error (GError **error, const char *what, const char *file)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code), "%s %s: %s", what,
               file, g_strerror (code));
  return FALSE;
}

static gboolean
is_unchanged (const RpConfigEditor *self)
{
  g_autoptr (GBytes) now = NULL;
  char *text = NULL;
  gsize n_bytes;

  if (g_file_get_contents (self->target, &text, &n_bytes, NULL))
    now = g_bytes_new_take (text, n_bytes);
  if (now == NULL || self->original == NULL)
    return now == self->original;
  return g_bytes_equal (now, self->original);
}

static gboolean
write_all (int fd, GBytes *text)
{
  gsize n_bytes;
  const char *at = g_bytes_get_data (text, &n_bytes);

  while (n_bytes > 0)
    {
      gssize n_written = write (fd, at, n_bytes);

      if (n_written < 0 && errno != EINTR)
        return FALSE;
      if (n_written > 0)
        {
          at += n_written;
          n_bytes -= (gsize) n_written;
        }
    }

  return TRUE;
}

/* The owner can only be given by root, who may edit another one's file. */
static gboolean
write_beside (const RpConfigEditor *self, int fd)
{
  g_autoptr (GBytes) text = join_lines (self);
  struct stat before;

  if (stat (self->target, &before) == 0)
    {
      if (fchmod (fd, before.st_mode & 07777) != 0)
        return FALSE;
      if ((before.st_uid != geteuid () || before.st_gid != getegid ())
          && fchown (fd, before.st_uid, before.st_gid) != 0)
        return FALSE;
    }
  return write_all (fd, text) && fsync (fd) == 0;
}

static gboolean
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return is_synced;
}

static gboolean
replace (RpConfigEditor *self, const char *folder, GError **error)
{
  g_autofree char *beside = g_strconcat (self->target, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0600);
  gboolean is_written;

  if (fd < 0)
    return set_error (error, "cannot write beside", self->target);

  is_written = write_beside (self, fd);
  if (close (fd) != 0 || !is_written || g_rename (beside, self->target) != 0)
    {
      set_error (error, "cannot write", self->target);
      g_unlink (beside);
      return FALSE;
    }
  if (!sync_folder (folder))
    return set_error (error, "cannot sync", folder);

  g_clear_pointer (&self->original, g_bytes_unref);
  self->original = join_lines (self);
  return TRUE;
}

gboolean
rp_config_editor_save (RpConfigEditor *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->target);

  if (!is_unchanged (self))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG,
                   "%s was changed by another program meanwhile; try again",
                   self->file);
      return FALSE;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_error (error, "cannot make the folder", folder);

  return replace (self, folder, error);
}
