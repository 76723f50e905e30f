/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-reply.h"

#include <string.h>

#include "core/rp-printable.h"

/* RFC 5321 section 4.5.3.1.5, CRLF included. */
#define MAX_LINE_BYTES 512

static RpReply *
reply_take (guint code, const char *enhanced, GStrv lines)
{
  RpReply *self = g_new0 (RpReply, 1);

  self->code = code;
  self->enhanced = g_strdup (enhanced);
  self->lines = lines;
  return self;
}

RpReply *
rp_reply_new (guint code, const char *enhanced, const char *text)
{
  GStrv lines;

  g_return_val_if_fail (code >= 200 && code <= 599, NULL);

  lines = g_strsplit (text, "\n", -1);
  /* g_strsplit() of an empty text has no line at all; a reply has one. */
  if (lines[0] == NULL)
    {
      g_free (lines);
      lines = g_new0 (char *, 2);
      lines[0] = g_strdup ("");
    }
  return reply_take (code, enhanced, lines);
}

RpReply *
rp_reply_new_printf (guint code, const char *enhanced, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return rp_reply_new (code, enhanced, text);
}

RpReply *
rp_reply_copy (const RpReply *self)
{
  return reply_take (self->code, self->enhanced, g_strdupv (self->lines));
}

void
rp_reply_free (RpReply *self)
{
  if (self == NULL)
    return;

  g_free (self->enhanced);
  g_strfreev (self->lines);
  g_free (self);
}

void
rp_reply_add_line (RpReply *self, const char *text)
{
  guint n_lines = g_strv_length (self->lines);

  self->lines = g_renew (char *, self->lines, n_lines + 2);
  self->lines[n_lines] = g_strdup (text);
  self->lines[n_lines + 1] = NULL;
}

char *
rp_reply_dup_text (const RpReply *self)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%03u", self->code);
  if (self->enhanced != NULL)
    g_string_append_printf (out, " %s", self->enhanced);

  for (guint i = 0; self->lines[i] != NULL; i++)
    {
      g_autofree char *line = rp_printable_dup (self->lines[i], -1);

      if (line[0] != '\0')
        g_string_append_printf (out, " %s", line);
    }

  return g_string_free (out, FALSE);
}

static void
append_wire_line (GString *out, const RpReply *self, const char *text, gboolean is_last)
{
  g_autofree char *clean = rp_printable_dup (text, -1);
  gsize start = out->len;

  g_string_append_printf (out, "%03u%c", self->code, is_last ? ' ' : '-');
  if (self->enhanced != NULL)
    g_string_append_printf (out, "%s ", self->enhanced);
  rp_printable_cut (clean, MAX_LINE_BYTES - 2 - (out->len - start));
  g_string_append (out, clean);
  g_string_append (out, "\r\n");
}

char *
rp_reply_to_wire (const RpReply *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; self->lines[i] != NULL; i++)
    append_wire_line (out, self, self->lines[i], self->lines[i + 1] == NULL);

  return g_string_free (out, FALSE);
}
