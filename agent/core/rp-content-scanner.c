/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-content-scanner.h"

#include <string.h>

#include "core/rp-address.h"

/* A header From is rarely longer than 200 octets; past this it counts as none. */
#define MAX_FROM_BYTES 8192
#define MAX_SUBJECT_BYTES 998
#define FROM "from"
#define SUBJECT "subject"

typedef enum
{
  WHERE_LINE_START,
  WHERE_NAME,  /* within a field's name */
  WHERE_SPACE, /* white space between a field's name and its colon */
  WHERE_VALUE,
  WHERE_FIRST_LINE_MBOX, /* "From terri Mon Jan  1 ...": not a field, no body yet */
  WHERE_BODY
} Where;

struct _RpContentScanner
{
  Where where;
  guint64 n_bytes;
  gboolean is_8bit;
  gboolean has_utf8_header;
  gboolean is_first_line;
  GString *name;
  GString *from;    /* NULL until the field was met */
  GString *subject; /* likewise */
  GString *current; /* NULL in any other field */
  gsize max_bytes;  /* of the current one */
};

RpContentScanner *
rp_content_scanner_new (void)
{
  RpContentScanner *self = g_new0 (RpContentScanner, 1);

  self->name = g_string_new (NULL);
  self->is_first_line = TRUE;
  return self;
}

void
rp_content_scanner_free (RpContentScanner *self)
{
  if (self == NULL)
    return;

  g_string_free (self->name, TRUE);
  if (self->from != NULL)
    g_string_free (self->from, TRUE);
  if (self->subject != NULL)
    g_string_free (self->subject, TRUE);
  g_free (self);
}

/* The first field of a name counts. */
static void
begin_field (RpContentScanner *self, GString **field, gsize max_bytes)
{
  if (*field != NULL)
    return;

  *field = g_string_new (NULL);
  self->current = *field;
  self->max_bytes = max_bytes;
}

static void
begin_value (RpContentScanner *self)
{
  self->where = WHERE_VALUE;
  if (g_ascii_strcasecmp (self->name->str, FROM) == 0)
    begin_field (self, &self->from, MAX_FROM_BYTES);
  else if (g_ascii_strcasecmp (self->name->str, SUBJECT) == 0)
    begin_field (self, &self->subject, MAX_SUBJECT_BYTES);
}

static void
keep (RpContentScanner *self, guint8 octet)
{
  if (self->current != NULL && self->current->len < self->max_bytes)
    g_string_append_c (self->current, octet == '\0' ? ' ' : (char) octet);
}

static void
take_line_start (RpContentScanner *self, guint8 octet)
{
  g_string_truncate (self->name, 0);
  if (octet == ' ' || octet == '\t')
    {
      self->where = self->is_first_line ? WHERE_BODY : WHERE_VALUE;
      keep (self, octet);
      return;
    }

  self->current = NULL;
  if (octet <= ' ' || octet > '~' || octet == ':')
    self->where = WHERE_BODY;
  else
    {
      self->where = WHERE_NAME;
      g_string_append_c (self->name, (char) octet);
    }
}

/* A field's name is printable ASCII (RFC 5322 section 2.2); what does not get to a
 * colon is a message without a header section. */
static void
take_name (RpContentScanner *self, guint8 octet)
{
  if (octet == ':')
    begin_value (self);
  else if (octet == ' ' || octet == '\t')
    self->where = self->is_first_line && g_ascii_strcasecmp (self->name->str, FROM) == 0
                      ? WHERE_FIRST_LINE_MBOX
                      : WHERE_SPACE;
  else if (octet < ' ' || octet > '~' || self->name->len > 998)
    self->where = WHERE_BODY;
  else
    g_string_append_c (self->name, (char) octet);
}

static void
take_value (RpContentScanner *self, guint8 octet)
{
  if (octet > 127)
    self->has_utf8_header = TRUE;
  keep (self, octet);
  if (octet != '\n')
    return;

  self->where = WHERE_LINE_START;
  self->is_first_line = FALSE;
}

static void
take_header_octet (RpContentScanner *self, guint8 octet)
{
  switch (self->where)
    {
    case WHERE_LINE_START:
      take_line_start (self, octet);
      break;
    case WHERE_NAME:
      take_name (self, octet);
      break;
    case WHERE_SPACE:
      if (octet == ':')
        begin_value (self);
      else if (octet != ' ' && octet != '\t')
        self->where = WHERE_BODY;
      break;
    case WHERE_VALUE:
      take_value (self, octet);
      break;
    case WHERE_FIRST_LINE_MBOX:
      /* "From : a@b" is an old way to write the field. */
      if (octet == ':' && self->name->len == strlen (FROM))
        begin_value (self);
      else if (octet == '\n')
        {
          self->where = WHERE_LINE_START;
          self->is_first_line = FALSE;
        }
      else if (octet != ' ' && octet != '\t')
        g_string_append_c (self->name, '.');
      break;
    case WHERE_BODY:
      break;
    }
}

void
rp_content_scanner_feed (RpContentScanner *self, const guint8 *data, gsize n_bytes)
{
  gsize at = 0;

  self->n_bytes += n_bytes;
  while (at < n_bytes && self->where != WHERE_BODY)
    {
      if (data[at] > 127)
        self->is_8bit = TRUE;
      take_header_octet (self, data[at++]);
    }

  for (; at < n_bytes && !self->is_8bit; at++)
    if (data[at] > 127)
      self->is_8bit = TRUE;
}

/* Where the comment that begins at @p ends (RFC 5322 section 3.2.2: they nest). */
static const char *
skip_comment (const char *p)
{
  guint depth = 0;

  for (; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '(')
        depth++;
      else if (*p == ')' && --depth == 0)
        return p + 1;
    }

  return p;
}

/* Copies the quoted string that begins at @p. */
static const char *
copy_quoted (const char *p, GString *out)
{
  g_string_append_c (out, *p++);
  while (*p != '\0' && *p != '"')
    {
      if (*p == '\\' && p[1] != '\0')
        g_string_append_c (out, *p++);
      g_string_append_c (out, *p++);
    }
  if (*p == '\0')
    return p;

  g_string_append_c (out, *p);
  return p + 1;
}

/* The address of the first mailbox in @value: between angle brackets, or what is left
 * when names in comments are taken off. */
static char *
dup_first_address (const char *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *p = value;

  while (*p != '\0' && *p != ',' && *p != '>')
    {
      if (*p == '(')
        p = skip_comment (p);
      else if (*p == '"')
        p = copy_quoted (p, text);
      else if (*p == '<')
        {
          g_string_truncate (text, 0);
          p++;
        }
      else
        {
          if (!g_ascii_isspace (*p))
            g_string_append_c (text, *p);
          p++;
        }
    }

  return rp_address_is_valid (text->str) ? g_strdup (text->str) : NULL;
}

/* Unfolded (RFC 5322 section 2.2.3): without the line ends. */
static char *
dup_subject (const GString *value)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (gsize i = 0; i < value->len; i++)
    if (value->str[i] != '\r' && value->str[i] != '\n')
      g_string_append_c (line, value->str[i]);
  return g_strstrip (g_string_free (g_steal_pointer (&line), FALSE));
}

RpContentFacts *
rp_content_scanner_dup_facts (RpContentScanner *self)
{
  RpContentFacts *facts = g_new0 (RpContentFacts, 1);

  facts->n_bytes = self->n_bytes;
  facts->is_8bit = self->is_8bit;
  facts->has_utf8_header = self->has_utf8_header;
  if (self->from != NULL && self->from->len < MAX_FROM_BYTES)
    facts->header_from = dup_first_address (self->from->str);
  if (self->subject != NULL)
    facts->subject = dup_subject (self->subject);
  return facts;
}
