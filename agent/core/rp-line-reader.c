/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-line-reader.h"

#include <string.h>

#define ENDLESS_BYTES (1024 * 1024)

struct _RpLineReader
{
  GString *line;
  gsize n_bytes; /* of the line so far, kept or not */
  gboolean is_at_end;
  gboolean has_cr; /* the last octet was a CR, not yet in the line */
  gboolean has_bare_cr;
};

RpLineReader *
rp_line_reader_new (void)
{
  RpLineReader *self = g_new0 (RpLineReader, 1);

  self->line = g_string_new (NULL);
  return self;
}

void
rp_line_reader_free (RpLineReader *self)
{
  if (self == NULL)
    return;

  rp_line_reader_wipe (self);
  g_string_free (self->line, TRUE);
  g_free (self);
}

void
rp_line_reader_wipe (RpLineReader *self)
{
  explicit_bzero (self->line->str, self->line->allocated_len);
  g_string_truncate (self->line, 0);
}

static void
begin_line (RpLineReader *self)
{
  g_string_truncate (self->line, 0);
  self->n_bytes = 0;
  self->is_at_end = FALSE;
  self->has_cr = FALSE;
  self->has_bare_cr = FALSE;
}

static RpLineStatus
end_line (RpLineReader *self, gsize max_bytes)
{
  self->is_at_end = TRUE;
  if (self->has_bare_cr)
    return RP_LINE_BARE_CR;
  return self->n_bytes > max_bytes ? RP_LINE_TOO_LONG : RP_LINE_WHOLE;
}

static RpLineStatus
take_octet (RpLineReader *self, char octet, gsize max_bytes)
{
  gboolean had_cr = self->has_cr;

  self->has_cr = octet == '\r';
  if (octet == '\n')
    return had_cr ? end_line (self, max_bytes) : RP_LINE_BARE_LF;
  if (had_cr)
    self->has_bare_cr = TRUE;
  if (octet == '\r')
    return RP_LINE_MORE;

  if (self->line->len < max_bytes)
    g_string_append_c (self->line, octet);
  return ++self->n_bytes > ENDLESS_BYTES ? RP_LINE_ENDLESS : RP_LINE_MORE;
}

RpLineStatus
rp_line_reader_feed (RpLineReader *self,
                     const char *data,
                     gsize n_bytes,
                     gsize max_bytes,
                     gsize *consumed)
{
  RpLineStatus status = RP_LINE_MORE;

  if (self->is_at_end)
    begin_line (self);

  *consumed = 0;
  while (status == RP_LINE_MORE && *consumed < n_bytes)
    status = take_octet (self, data[(*consumed)++], max_bytes);
  return status;
}

const char *
rp_line_reader_get_line (RpLineReader *self, gsize *n_bytes)
{
  *n_bytes = self->line->len;
  return self->line->str;
}
