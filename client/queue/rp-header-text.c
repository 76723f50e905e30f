/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue/rp-header-text.h"

#include <string.h>

#include "core/rp-printable.h"

/* RFC 2047 section 2 allows 75 for the whole word; programs are seen to exceed it. */
#define MAX_WORD_BYTES 1000
#define MAX_CHARSET_BYTES 40

/* ---- lines and fields ---- */

/* The end of the line at @line, behind its line feed. */
static const char *
find_line_end (const char *line, const char *end)
{
  const char *feed = memchr (line, '\n', (gsize) (end - line));

  return feed == NULL ? end : feed + 1;
}

static gboolean
is_empty_line (const char *line, const char *line_end)
{
  return line[0] == '\n'
         || (line_end - line == 2 && line[0] == '\r' && line[1] == '\n');
}

gsize
rp_header_text_get_length (const char *octets, gsize n_bytes)
{
  const char *end = octets + n_bytes;
  const char *line = octets;

  while (line < end)
    {
      const char *line_end = find_line_end (line, end);

      if (is_empty_line (line, line_end))
        return (gsize) (line - octets);
      line = line_end;
    }
  return n_bytes;
}

/* ---- encoded words: =?CHARSET?ENCODING?TEXT?= ---- */

typedef struct
{
  char *charset;
  char encoding; /* 'B' or 'Q' */
  const char *text;
  const char *text_end;
  const char *end; /* behind the word */
} Word;

static void
word_clear (Word *self)
{
  g_free (self->charset);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Word, word_clear)

static gboolean
is_charset (const char *name, gsize n_bytes)
{
  if (n_bytes == 0 || n_bytes > MAX_CHARSET_BYTES)
    return FALSE;

  /* iconv reads more than a name out of what follows a slash */
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("-_.:+", name[i]) == NULL)
      return FALSE;

  return TRUE;
}

static const char *
find_word_end (const char *text, const char *end)
{
  for (const char *p = text; p + 1 < end && p - text < MAX_WORD_BYTES; p++)
    {
      if (p[0] == '?' && p[1] == '=')
        return p;
      if (!g_ascii_isgraph (*p) && *p != ' ')
        return NULL;
    }
  return NULL;
}

/* Whether a word begins at @p. A language behind the charset (RFC 2231 section 5) is
 * passed over. */
static gboolean
read_word (const char *p, const char *end, Word *word)
{
  const char *charset = p + 2;
  const char *question;
  gsize n_bytes;

  if (end - p < 8 || p[0] != '=' || p[1] != '?')
    return FALSE;
  question = memchr (charset, '?', (gsize) (end - charset));
  if (question == NULL || end - question < 5 || question[2] != '?')
    return FALSE;

  word->encoding = g_ascii_toupper (question[1]);
  word->text = question + 3;
  word->text_end = find_word_end (word->text, end);
  if (word->text_end == NULL || strchr ("BQ", word->encoding) == NULL)
    return FALSE;
  word->end = word->text_end + 2;

  n_bytes = (gsize) (question - charset);
  if (memchr (charset, '*', n_bytes) != NULL)
    n_bytes = (gsize) ((const char *) memchr (charset, '*', n_bytes) - charset);
  if (!is_charset (charset, n_bytes))
    return FALSE;
  word->charset = g_strndup (charset, n_bytes);
  return TRUE;
}

static GString *
decode_base64 (const Word *word)
{
  g_autofree char *text = g_strndup (word->text, (gsize) (word->text_end - word->text));
  gsize n_bytes = 0;
  g_autofree guchar *octets = g_base64_decode (text, &n_bytes);

  return g_string_new_len ((const char *) octets, (gssize) n_bytes);
}

static GString *
decode_quoted (const Word *word)
{
  GString *octets = g_string_new (NULL);

  for (const char *p = word->text; p < word->text_end; p++)
    if (*p == '=' && word->text_end - p > 2 && g_ascii_isxdigit (p[1])
        && g_ascii_isxdigit (p[2]))
      {
        g_string_append_c (octets, (char) (g_ascii_xdigit_value (p[1]) * 16
                                           + g_ascii_xdigit_value (p[2])));
        p += 2;
      }
    else
      g_string_append_c (octets, *p == '_' ? ' ' : *p);
  return octets;
}

static char *
dup_decoded (const Word *word)
{
  GString *octets = word->encoding == 'B' ? decode_base64 (word) : decode_quoted (word);
  gsize n_bytes = 0;
  g_autofree char *text = g_convert (octets->str, (gssize) octets->len, "UTF-8",
                                     word->charset, NULL, &n_bytes, NULL);

  g_string_free (octets, TRUE);
  return text == NULL ? NULL : rp_printable_dup (text, (gssize) n_bytes);
}

/* ---- a field ---- */

static void
append_line (GString *out, const char *line, gsize n_bytes)
{
  g_autofree char *clean = NULL;

  if (n_bytes > 0 && line[n_bytes - 1] == '\r')
    n_bytes--;
  clean = rp_printable_dup (line, (gssize) n_bytes);
  g_string_append (out, clean);
}

/* What is no encoded word, with a line feed at each fold. */
static void
append_plain (GString *out, const char *text, const char *end)
{
  while (text < end)
    {
      const char *feed = memchr (text, '\n', (gsize) (end - text));

      append_line (out, text, (gsize) ((feed == NULL ? end : feed) - text));
      if (feed == NULL)
        return;
      g_string_append_c (out, '\n');
      text = feed + 1;
    }
}

static gboolean
is_blank (const char *text, const char *end)
{
  while (text < end && strchr (" \t\r\n", *text) != NULL && *text != '\0')
    text++;
  return text == end;
}

/* Blanks and folds between two encoded words are no part of the text (RFC 2047
 * section 6.2). */
static char *
dup_field (const char *field, const char *end)
{
  GString *out = g_string_new (NULL);
  const char *plain = field;
  gboolean follows_word = FALSE;

  for (const char *p = field; p < end;)
    {
      g_auto (Word) word = { 0 };
      g_autofree char *decoded = read_word (p, end, &word) ? dup_decoded (&word) : NULL;

      if (decoded == NULL)
        {
          p++;
          continue;
        }
      if (!follows_word || !is_blank (plain, p))
        append_plain (out, plain, p);
      g_string_append (out, decoded);
      follows_word = TRUE;
      plain = p = word.end;
    }
  append_plain (out, plain, end);
  return g_string_free (out, FALSE);
}

/* Without the line end of the last line. */
static const char *
trim_line_end (const char *field, const char *end)
{
  if (end > field && end[-1] == '\n')
    end--;
  if (end > field && end[-1] == '\r')
    end--;
  return end;
}

GStrv
rp_header_text_dup_fields (const char *section, gsize n_bytes)
{
  g_autoptr (GStrvBuilder) fields = g_strv_builder_new ();
  const char *end = section + n_bytes;
  const char *field = section;

  while (field < end)
    {
      const char *field_end = find_line_end (field, end);
      g_autofree char *text = NULL;

      while (field_end < end && (*field_end == ' ' || *field_end == '\t'))
        field_end = find_line_end (field_end, end);
      text = dup_field (field, trim_line_end (field, field_end));
      g_strv_builder_add (fields, text);
      field = field_end;
    }
  return g_strv_builder_end (fields);
}
