/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-keyfile.h"

#include <string.h>

#include "core/rp-marked.h"

/* RpKeyfileReader: where the reading of one file stands.
 * @group: (nullable): %NULL before the first group, and inside one whose line is
 *   broken: what stands there belongs to nothing
 * @seen: "group" and "group\nkey" to the line where it stands */
typedef struct
{
  const char *file;
  guint line;
  char *group;
  gboolean is_group_broken;
  GHashTable *seen;
  GPtrArray *rows;
  GPtrArray *errors;
} RpKeyfileReader;

void
rp_keyfile_row_free (RpKeyfileRow *self)
{
  if (self == NULL)
    return;

  g_free (self->file);
  g_free (self->group);
  g_free (self->key);
  g_free (self->raw_value);
  g_free (self->value);
  g_free (self);
}

static char
unescape_octet (char c)
{
  switch (c)
    {
    case 's':
      return ' ';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '\\':
    case ';':
      return c;
    default:
      return '\0';
    }
}

/* What is no escape stays as it is; rp_keyfile_parse() has told it by then. */
static char *
unescape (const char *raw, gsize n_bytes)
{
  GString *out = g_string_sized_new (n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    {
      char c = i + 1 < n_bytes && raw[i] == '\\' ? unescape_octet (raw[i + 1]) : '\0';

      if (c != '\0')
        i++;
      g_string_append_c (out, c != '\0' ? c : raw[i]);
    }

  return g_string_free (out, FALSE);
}

static const char *
find_bad_escape (const char *raw)
{
  for (const char *at = strchr (raw, '\\'); at != NULL; at = strchr (at + 2, '\\'))
    if (unescape_octet (at[1]) == '\0')
      return at;

  return NULL;
}

GStrv
rp_keyfile_split_list (const char *raw_value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *start = raw_value;

  for (const char *at = raw_value; TRUE; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        {
          at++;
          continue;
        }
      if (*at != ';' && *at != '\0')
        continue;

      g_autofree char *raw = g_strstrip (g_strndup (start, (gsize) (at - start)));
      g_autofree char *part = unescape (raw, strlen (raw));

      if (part[0] != '\0')
        g_strv_builder_add (builder, part);
      if (*at == '\0')
        return g_strv_builder_end (builder);
      start = at + 1;
    }
}

char *
rp_keyfile_escape (const char *text, gboolean is_list_part)
{
  GString *out = g_string_new (NULL);
  gsize last = strlen (text);

  for (gsize i = 0; i < last; i++)
    {
      gboolean is_edge = i == 0 || i + 1 == last;

      if (text[i] == ' ' && (is_edge || text[i + 1] == '#'))
        g_string_append (out, "\\s");
      else if (text[i] == '\n')
        g_string_append (out, "\\n");
      else if (text[i] == '\t')
        g_string_append (out, "\\t");
      else if (text[i] == '\r')
        g_string_append (out, "\\r");
      else if (text[i] == '\\' || (text[i] == ';' && is_list_part))
        g_string_append_printf (out, "\\%c", text[i]);
      else
        g_string_append_c (out, text[i]);
    }

  return g_string_free (out, FALSE);
}

static void
add_row (RpKeyfileReader *self, const char *key, const char *raw_value)
{
  RpKeyfileRow *row = g_new0 (RpKeyfileRow, 1);

  row->file = g_strdup (self->file);
  row->line = self->line;
  row->group = g_strdup (self->group);
  row->key = g_strdup (key);
  row->raw_value = g_strdup (raw_value);
  row->value = raw_value != NULL ? unescape (raw_value, strlen (raw_value)) : NULL;
  g_ptr_array_add (self->rows, row);
}

/* Returns: the line where it stood before, or 0 */
static guint
remember (RpKeyfileReader *self, const char *key)
{
  g_autofree char *id = g_strconcat (self->group, "\n", key, NULL);
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->seen, id));

  if (before == 0)
    g_hash_table_insert (self->seen, g_steal_pointer (&id),
                         GUINT_TO_POINTER (self->line));
  return before;
}

/* @pattern: with what stands there and the line where it stood before */
static void
add_repeated (RpKeyfileReader *self,
              guint before,
              const char *pattern,
              const char *what)
{
  g_autofree char *line = g_strdup_printf ("%u", before);

  rp_config_error_add (self->errors, self->file, self->line, pattern, what, line, NULL);
}

/* "account   terri" and "account terri" are the same group. */
static char *
normalise_group (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      g_strv_builder_add (builder, words[i]);

  g_auto (GStrv) kept = g_strv_builder_end (builder);

  return g_strjoinv (" ", kept);
}

static void
read_group (RpKeyfileReader *self, const char *text)
{
  const char *end = strchr (text, ']');
  guint before;

  g_clear_pointer (&self->group, g_free);
  self->is_group_broken = TRUE;
  if (end == NULL)
    {
      rp_config_error_add (self->errors, self->file, self->line,
                           N_ ("the group's closing ']' is missing; write '%1$s]'"),
                           text, NULL);
      return;
    }
  if (end[1] != '\0')
    {
      rp_config_error_add (
          self->errors, self->file, self->line,
          N_ ("'%1$s' stands behind the group's ']'; put it on a line of"
              " its own"),
          end + 1, NULL);
      return;
    }

  g_autofree char *inner = g_strndup (text + 1, (gsize) (end - text - 1));

  self->group = normalise_group (inner);
  self->is_group_broken = FALSE;
  before = remember (self, "");
  if (before != 0)
    add_repeated (self, before,
                  N_ ("group [%1$s] stands in line %2$s already; put its"
                      " keys there"),
                  self->group);
  else
    add_row (self, NULL, NULL);
}

static gboolean
is_key (const char *text)
{
  return text[0] != '\0'
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_")
                == strlen (text);
}

static void
add_bad_escape (RpKeyfileReader *self, const char *key, const char *escape)
{
  gsize n_bytes = (gsize) (g_utf8_next_char (escape + 1) - escape);
  g_autofree char *text = g_strndup (escape, n_bytes);

  rp_config_error_add (
      self->errors, self->file, self->line,
      N_ ("'%1$s' in the value of %2$s= is no escape; write '\\\\' for a"
          " backslash (known are \\s \\n \\t \\r \\; \\\\)"),
      text, key, NULL);
}

static gboolean
check_value (RpKeyfileReader *self, const char *key, const char *raw)
{
  const char *bad_escape = find_bad_escape (raw);

  if (strstr (raw, " #") != NULL || strstr (raw, "\t#") != NULL)
    rp_config_error_add (
        self->errors, self->file, self->line,
        N_ ("'#' inside the value of %1$s=: a comment stands on a line of"
            " its own; if it belongs to the value, write '\\s#'"),
        key, NULL);
  else if (bad_escape != NULL)
    add_bad_escape (self, key, bad_escape);
  else
    return TRUE;

  return FALSE;
}

static void
read_pair (RpKeyfileReader *self, const char *text, const char *equals)
{
  g_autofree char *key = g_strstrip (g_strndup (text, (gsize) (equals - text)));
  g_autofree char *raw = g_strstrip (g_strdup (equals + 1));
  guint before;

  if (!is_key (key))
    {
      rp_config_error_add (
          self->errors, self->file, self->line,
          N_ ("'%1$s' is no key; a key is made of letters, digits and '-'"), key, NULL);
      return;
    }

  before = remember (self, key);
  if (before != 0)
    add_repeated (self, before,
                  N_ ("%1$s= stands in line %2$s already; keep one of the"
                      " two (a list is written %1$s=ONE;TWO)"),
                  key);
  else if (check_value (self, key, raw))
    add_row (self, key, raw);
}

static void
add_no_equals (RpKeyfileReader *self, const char *text)
{
  gsize n_key = strcspn (text, " \t:");
  const char *value = text + n_key + strspn (text + n_key, " \t:");
  g_autofree char *key = g_strndup (text, n_key);

  rp_config_error_add (
      self->errors, self->file, self->line,
      value[0] != '\0' ? N_ ("no '=' in '%1$s'; write '%2$s=%3$s', or '#' in front of"
                             " a comment")
                       : N_ ("no '=' in '%1$s'; write '%2$s=VALUE', or '#' in front"
                             " of a comment"),
      text, key, value, NULL);
}

static void
read_key (RpKeyfileReader *self, const char *text)
{
  const char *equals = strchr (text, '=');

  if (self->group == NULL && self->is_group_broken)
    return;

  if (self->group == NULL)
    rp_config_error_add (
        self->errors, self->file, self->line,
        N_ ("'%1$s' stands before the first group; write a line such as"
            " '[agent]' above it"),
        text, NULL);
  else if (equals == NULL)
    add_no_equals (self, text);
  else
    read_pair (self, text, equals);
}

static void
add_bad_octet (RpKeyfileReader *self, guint at, guchar octet)
{
  g_autofree char *position = g_strdup_printf ("%u", at);
  g_autofree char *shown = g_strdup_printf ("0x%02X", (guint) octet);

  rp_config_error_add (
      self->errors, self->file, self->line,
      N_ ("octet %1$s of this line (%2$s) is no UTF-8; save the file as"
          " UTF-8"),
      position, shown, NULL);
}

static void
read_line (RpKeyfileReader *self, const char *line, gsize n_bytes)
{
  const char *bad;

  if (memchr (line, '\0', n_bytes) != NULL)
    {
      rp_config_error_add (self->errors, self->file, self->line,
                           N_ ("a NUL octet is in this line; is this a text file?"),
                           NULL);
      return;
    }
  if (!g_utf8_validate_len (line, n_bytes, &bad))
    {
      add_bad_octet (self, (guint) (bad - line) + 1, (guchar) *bad);
      return;
    }

  g_autofree char *text = g_strstrip (g_strndup (line, n_bytes));

  if (text[0] == '\0' || text[0] == '#')
    return;
  if (text[0] == '[')
    read_group (self, text);
  else
    read_key (self, text);
}

void
rp_keyfile_parse (const char *file,
                  const char *text,
                  gsize n_bytes,
                  GPtrArray *rows,
                  GPtrArray *errors)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  RpKeyfileReader reader = { file, 0, NULL, FALSE, seen, rows, errors };
  const char *end = text + n_bytes;

  /* A byte order mark, as some editors put it. */
  if (n_bytes >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    text += 3;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *line_end = newline != NULL ? newline : end;

      reader.line++;
      read_line (&reader, text, (gsize) (line_end - text));
      text = line_end + 1;
    }

  g_free (reader.group);
}
