/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dot-decoder.h"

#include <string.h>

typedef enum
{
  STATE_LINE_START, /* behind CRLF, or at the very start */
  STATE_TEXT,       /* within a line */
  STATE_CR,         /* behind a CR within a line */
  STATE_DOT,        /* behind a dot that began a line */
  STATE_DOT_CR,     /* behind a dot that began a line, and a CR */
  STATE_AFTER_BARE, /* behind a bare newline that became CRLF: a new line for the
                       content, but no place where content can end */
  STATE_BARE_DOT,   /* behind a dot there */
  STATE_END
} State;

struct _RpDotDecoder
{
  State state;
  RpContentFault fault;
  RpBareNewline bare_newline;
  gboolean has_dots;
};

static RpDotDecoder *
decoder_new (RpBareNewline bare_newline, gboolean has_dots)
{
  RpDotDecoder *self = g_new0 (RpDotDecoder, 1);

  self->bare_newline = bare_newline;
  self->has_dots = has_dots;
  return self;
}

RpDotDecoder *
rp_dot_decoder_new (RpBareNewline bare_newline)
{
  return decoder_new (bare_newline, TRUE);
}

RpDotDecoder *
rp_dot_decoder_new_chunked (RpBareNewline bare_newline)
{
  return decoder_new (bare_newline, FALSE);
}

void
rp_dot_decoder_free (RpDotDecoder *self)
{
  g_free (self);
}

RpContentFault
rp_dot_decoder_get_fault (const RpDotDecoder *self)
{
  return self->fault;
}

static void
put (RpDotDecoder *self, GByteArray *out, const char *octets, gsize n_bytes)
{
  if (self->fault == RP_CONTENT_FAULT_NONE && n_bytes > 0)
    g_byte_array_append (out, (const guint8 *) octets, (guint) n_bytes);
}

static void
note_fault (RpDotDecoder *self, RpContentFault fault)
{
  if (self->fault == RP_CONTENT_FAULT_NONE)
    self->fault = fault;
}

/* A newline that is none: it becomes CRLF where that was asked for, else the content
 * is no mail. Either way it is no line end that a final dot could stand behind. */
static State
take_bare (RpDotDecoder *self, RpContentFault fault, GByteArray *out)
{
  if (self->bare_newline == RP_BARE_NEWLINE_REFUSE)
    {
      note_fault (self, fault);
      return STATE_TEXT;
    }

  put (self, out, "\r\n", 2);
  return STATE_AFTER_BARE;
}

static State
take_text (RpDotDecoder *self, char octet, GByteArray *out)
{
  if (octet == '\r')
    return STATE_CR;
  if (octet == '\n')
    return take_bare (self, RP_CONTENT_FAULT_LF, out);
  if (octet == '\0')
    note_fault (self, RP_CONTENT_FAULT_NUL);

  put (self, out, &octet, 1);
  return STATE_TEXT;
}

static State
take_line_start (RpDotDecoder *self, char octet, GByteArray *out)
{
  if (octet == '.' && self->has_dots)
    return STATE_DOT;
  return take_text (self, octet, out);
}

/* Programs that stuff dots behind a bare LF send "..", those that do not send a single
 * one (both were seen): the one is undone, the other is content. */
static State
take_after_bare (RpDotDecoder *self, char octet, GByteArray *out)
{
  if (octet == '.' && self->has_dots)
    return STATE_BARE_DOT;
  return take_text (self, octet, out);
}

static State
take_bare_dot (RpDotDecoder *self, char octet, GByteArray *out)
{
  put (self, out, ".", 1);
  return octet == '.' ? STATE_TEXT : take_text (self, octet, out);
}

static State
take_after_cr (RpDotDecoder *self, char octet, GByteArray *out)
{
  State state;

  if (octet == '\n')
    {
      put (self, out, "\r\n", 2);
      return STATE_LINE_START;
    }

  state = take_bare (self, RP_CONTENT_FAULT_CR, out);
  return state == STATE_AFTER_BARE ? take_after_bare (self, octet, out)
                                   : take_text (self, octet, out);
}

static State
take_after_dot (RpDotDecoder *self, char octet, GByteArray *out)
{
  if (octet == '\r')
    return STATE_DOT_CR;
  /* CRLF . LF: the dot stays a dot, the line did not end rightly. */
  if (octet == '\n')
    put (self, out, ".", 1);
  return take_text (self, octet, out);
}

static State
take_after_dot_cr (RpDotDecoder *self, char octet, GByteArray *out)
{
  if (octet == '\n')
    return STATE_END;
  put (self, out, ".", 1);
  return take_after_cr (self, octet, out);
}

static State
take_octet (RpDotDecoder *self, char octet, GByteArray *out)
{
  switch (self->state)
    {
    case STATE_LINE_START:
      return take_line_start (self, octet, out);
    case STATE_TEXT:
      return take_text (self, octet, out);
    case STATE_CR:
      return take_after_cr (self, octet, out);
    case STATE_DOT:
      return take_after_dot (self, octet, out);
    case STATE_DOT_CR:
      return take_after_dot_cr (self, octet, out);
    case STATE_AFTER_BARE:
      return take_after_bare (self, octet, out);
    case STATE_BARE_DOT:
      return take_bare_dot (self, octet, out);
    case STATE_END:
      return STATE_END;
    }

  return STATE_END;
}

/* Most octets are plain text: they are copied by the run. */
static gsize
measure_run (const char *data, gsize n_bytes)
{
  gsize n = 0;

  while (n < n_bytes && data[n] != '\r' && data[n] != '\n' && data[n] != '\0')
    n++;
  return n;
}

gboolean
rp_dot_decoder_feed (RpDotDecoder *self,
                     const char *data,
                     gsize n_bytes,
                     gsize *consumed,
                     GByteArray *out)
{
  gsize at = 0;

  while (at < n_bytes && self->state != STATE_END)
    {
      if (self->state == STATE_TEXT)
        {
          gsize n_run = measure_run (data + at, n_bytes - at);

          put (self, out, data + at, n_run);
          at += n_run;
          if (at == n_bytes)
            break;
        }
      self->state = take_octet (self, data[at++], out);
    }

  *consumed = at;
  return self->state == STATE_END;
}

void
rp_dot_decoder_finish (RpDotDecoder *self, GByteArray *out)
{
  if (self->state == STATE_CR)
    take_bare (self, RP_CONTENT_FAULT_CR, out);
  self->state = STATE_END;
}
