/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sendmail/rp-unix-message.h"

#include <string.h>

#include "sendmail/rp-address-list.h"

typedef struct
{
  const char *start;
  gsize n_bytes; /* without the line end */
} Line;

/* Cuts the next line off; a line may hold NUL, which is for the agent to refuse. */
static gboolean
take_line (const char **text, gsize *n_bytes, Line *line)
{
  const char *end;
  gsize n_taken;

  if (*n_bytes == 0)
    return FALSE;

  end = memchr (*text, '\n', *n_bytes);
  n_taken = end == NULL ? *n_bytes : (gsize) (end - *text) + 1;
  line->start = *text;
  line->n_bytes = end == NULL ? n_taken : n_taken - 1;
  if (end != NULL && line->n_bytes > 0 && line->start[line->n_bytes - 1] == '\r')
    line->n_bytes--;
  *text += n_taken;
  *n_bytes -= n_taken;
  return TRUE;
}

static gboolean
is_continuation (const Line *line)
{
  return line->n_bytes > 0 && (line->start[0] == ' ' || line->start[0] == '\t');
}

/* Printable ASCII without blanks, then a colon (RFC 5322 section 2.2); blanks may stand
 * before the colon (section 4.5). */
static gboolean
is_field (const Line *line)
{
  gsize i = 0;

  while (i < line->n_bytes && line->start[i] != ':' && g_ascii_isgraph (line->start[i]))
    i++;
  if (i == 0)
    return FALSE;
  while (i < line->n_bytes && (line->start[i] == ' ' || line->start[i] == '\t'))
    i++;
  return i < line->n_bytes && line->start[i] == ':';
}

static void
append_line (GString *text, const Line *line)
{
  g_string_append_len (text, line->start, (gssize) line->n_bytes);
  g_string_append (text, "\r\n");
}

static void
append_to_last_field (RpUnixMessage *self, const Line *line)
{
  guint last = self->fields->len - 1;
  GString *field = g_string_new (g_ptr_array_index (self->fields, last));

  append_line (field, line);
  g_free (g_ptr_array_index (self->fields, last));
  g_ptr_array_index (self->fields, last) = g_string_free (field, FALSE);
}

/* Returns: whether the line belongs to the header. */
static gboolean
take_header_line (RpUnixMessage *self, const Line *line)
{
  gboolean has_nul = memchr (line->start, '\0', line->n_bytes) != NULL;

  if (self->fields->len == 0 && line->n_bytes >= 5
      && memcmp (line->start, "From ", 5) == 0)
    return TRUE;
  if (is_continuation (line) && self->fields->len > 0 && !has_nul)
    {
      append_to_last_field (self, line);
      return TRUE;
    }
  if (is_field (line) && !has_nul)
    {
      g_ptr_array_add (self->fields,
                       g_strdup_printf ("%.*s\r\n", (int) line->n_bytes, line->start));
      return TRUE;
    }
  return FALSE;
}

RpUnixMessage *
rp_unix_message_parse (const char *text, gsize n_bytes, gboolean dot_ends)
{
  RpUnixMessage *self = g_new0 (RpUnixMessage, 1);
  gboolean is_header = TRUE;
  Line line;

  self->fields = g_ptr_array_new_with_free_func (g_free);
  self->body = g_string_new (NULL);
  while (take_line (&text, &n_bytes, &line))
    {
      if (dot_ends && line.n_bytes == 1 && line.start[0] == '.')
        break;
      if (is_header && line.n_bytes == 0)
        is_header = FALSE;
      else if (!is_header || !take_header_line (self, &line))
        {
          is_header = FALSE;
          append_line (self->body, &line);
        }
    }
  return self;
}

void
rp_unix_message_free (RpUnixMessage *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->fields);
  g_string_free (self->body, TRUE);
  g_free (self);
}

/* Returns: (nullable): the value of a field called @name, from behind the colon. */
static const char *
get_value (const char *field, const char *name)
{
  gsize n_bytes = strlen (name);

  if (g_ascii_strncasecmp (field, name, n_bytes) != 0)
    return NULL;
  field += n_bytes;
  field += strspn (field, " \t");
  return *field == ':' ? field + 1 : NULL;
}

gboolean
rp_unix_message_has (const RpUnixMessage *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    if (get_value (g_ptr_array_index (self->fields, i), name) != NULL)
      return TRUE;

  return FALSE;
}

void
rp_unix_message_add (RpUnixMessage *self, const char *name, const char *value)
{
  g_ptr_array_add (self->fields, g_strdup_printf ("%s: %s\r\n", name, value));
}

void
rp_unix_message_remove (RpUnixMessage *self, const char *name)
{
  for (guint i = self->fields->len; i > 0; i--)
    if (get_value (g_ptr_array_index (self->fields, i - 1), name) != NULL)
      g_ptr_array_remove_index (self->fields, i - 1);
}

void
rp_unix_message_list (const RpUnixMessage *self, const char *name, GPtrArray *addresses)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *value = get_value (g_ptr_array_index (self->fields, i), name);

      if (value != NULL)
        rp_address_list_parse (value, addresses);
    }
}

GString *
rp_unix_message_to_string (const RpUnixMessage *self)
{
  GString *text = g_string_sized_new (self->body->len + 4096);

  for (guint i = 0; i < self->fields->len; i++)
    g_string_append (text, g_ptr_array_index (self->fields, i));
  g_string_append (text, "\r\n");
  g_string_append_len (text, self->body->str, (gssize) self->body->len);
  return text;
}
