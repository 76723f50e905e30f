/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/rp-printable.h"
#include "core/rp-reply.h"

/* A server that never ends its reply must not fill our memory. */
#define MAX_LINES 100
#define MAX_REPLY_BYTES (64 * 1024)
#define MAX_LINE_BYTES 4096

struct _RpReplyParser
{
  GString *line;
  GPtrArray *texts;
  guint code;
  gsize n_bytes;
  gboolean is_broken;
};

RpReplyParser *
rp_reply_parser_new (void)
{
  RpReplyParser *self = g_new0 (RpReplyParser, 1);

  self->line = g_string_new (NULL);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
rp_reply_parser_free (RpReplyParser *self)
{
  if (self == NULL)
    return;

  g_string_free (self->line, TRUE);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

static guint
count_digits (const char *text)
{
  guint n_digits = 0;

  while (g_ascii_isdigit (text[n_digits]))
    n_digits++;
  return n_digits;
}

/* The length of an enhanced status code of the reply's own class at the start of
 * @text (RFC 2034 section 4), 0 if there is none. */
static gsize
measure_enhanced (const char *text, guint code)
{
  const char *p = text;

  if (*p != (char) ('0' + code / 100))
    return 0;

  p++;
  for (guint part = 0; part < 2; part++)
    {
      guint n_digits;

      if (*p != '.')
        return 0;
      n_digits = count_digits (++p);
      if (n_digits < 1 || n_digits > 3)
        return 0;
      p += n_digits;
    }

  return *p == ' ' || *p == '\0' ? (gsize) (p - text) : 0;
}

static char *
find_enhanced (const RpReplyParser *self)
{
  for (guint i = 0; i < self->texts->len; i++)
    {
      const char *text = g_ptr_array_index (self->texts, i);
      gsize length = measure_enhanced (text, self->code);

      if (length > 0)
        return g_strndup (text, length);
    }

  return NULL;
}

static const char *
skip_enhanced (const char *text, const char *enhanced)
{
  gsize length = enhanced != NULL ? strlen (enhanced) : 0;

  if (length == 0 || strncmp (text, enhanced, length) != 0)
    return text;
  if (text[length] == ' ')
    return text + length + 1;
  return text[length] == '\0' ? text + length : text;
}

static RpReply *
build_reply (RpReplyParser *self)
{
  g_autofree char *enhanced = find_enhanced (self);
  RpReply *reply = g_new0 (RpReply, 1);

  reply->code = self->code;
  reply->lines = g_new0 (char *, self->texts->len + 1);
  for (guint i = 0; i < self->texts->len; i++)
    reply->lines[i] =
        g_strdup (skip_enhanced (g_ptr_array_index (self->texts, i), enhanced));
  reply->enhanced = g_steal_pointer (&enhanced);

  g_ptr_array_set_size (self->texts, 0);
  self->code = 0;
  self->n_bytes = 0;
  return reply;
}

/* "250-text", "250 text" and the bare "250" (RFC 5321 section 4.2). */
static RpReplyParserStatus
take_line (RpReplyParser *self)
{
  const char *line = self->line->str;
  guint code;

  if (self->line->len < 3 || line[0] < '2' || line[0] > '5'
      || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]))
    return RP_REPLY_PARSER_BROKEN;
  if (line[3] != '-' && line[3] != ' ' && line[3] != '\0')
    return RP_REPLY_PARSER_BROKEN;

  code = (guint) (line[0] - '0') * 100 + (guint) (line[1] - '0') * 10
         + (guint) (line[2] - '0');
  /* A reply that changes its mind from line to line is two replies of which one is
   * forged. */
  if (self->texts->len == MAX_LINES || (self->code != 0 && self->code != code))
    return RP_REPLY_PARSER_BROKEN;

  self->code = code;
  g_ptr_array_add (self->texts,
                   line[3] == '\0'
                       ? g_strdup ("")
                       : rp_printable_dup (line + 4, (gssize) self->line->len - 4));
  return line[3] == '-' ? RP_REPLY_PARSER_MORE : RP_REPLY_PARSER_REPLY;
}

static RpReplyParserStatus
feed_octet (RpReplyParser *self, char octet)
{
  RpReplyParserStatus status;

  if (++self->n_bytes > MAX_REPLY_BYTES)
    return RP_REPLY_PARSER_BROKEN;
  if (octet != '\n')
    {
      /* NUL would hide what follows from string functions. */
      g_string_append_c (self->line, octet == '\0' ? ' ' : octet);
      return self->line->len > MAX_LINE_BYTES ? RP_REPLY_PARSER_BROKEN
                                              : RP_REPLY_PARSER_MORE;
    }

  if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
  status = take_line (self);
  g_string_truncate (self->line, 0);
  return status;
}

RpReplyParserStatus
rp_reply_parser_feed (RpReplyParser *self,
                      const char *data,
                      gsize n_bytes,
                      gsize *consumed,
                      RpReply **reply)
{
  RpReplyParserStatus status =
      self->is_broken ? RP_REPLY_PARSER_BROKEN : RP_REPLY_PARSER_MORE;

  *reply = NULL;
  *consumed = 0;
  while (status == RP_REPLY_PARSER_MORE && *consumed < n_bytes)
    status = feed_octet (self, data[(*consumed)++]);

  if (status == RP_REPLY_PARSER_REPLY)
    *reply = build_reply (self);
  else if (status == RP_REPLY_PARSER_BROKEN)
    self->is_broken = TRUE;
  return status;
}
