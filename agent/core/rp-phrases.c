/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-phrases.h"

#include <string.h>

/* The literal forms of RFC 5321 section 4.1.3 are made of these. */
static gboolean
is_literal_char (char c)
{
  return g_ascii_isxdigit (c) || c == '.' || c == ':';
}

static gboolean
is_v4 (const char *text, gsize length)
{
  guint n_parts = 1;
  guint n_digits = 0;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '.')
      {
        if (n_digits == 0)
          return FALSE;
        n_parts++;
        n_digits = 0;
      }
    else if (!g_ascii_isdigit (text[i]) || ++n_digits > 3)
      return FALSE;

  return n_parts == 4 && n_digits > 0;
}

/* Enough for prose: two colons tell an IPv6 literal from a time or "smtp:". */
static gboolean
is_v6 (const char *text, gsize length)
{
  guint n_colons = 0;

  for (gsize i = 0; i < length; i++)
    if (text[i] == ':')
      n_colons++;
    else if (text[i] == '.')
      return FALSE;

  return n_colons >= 3 || (length > 3 && g_strstr_len (text, (gssize) length, "::"));
}

static gsize
measure_literal (const char *text)
{
  gsize length = 0;

  while (is_literal_char (text[length]))
    length++;
  while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ':'))
    length--;
  return is_v4 (text, length) || is_v6 (text, length) ? length : 0;
}

static gboolean
is_address_char (char c)
{
  return g_ascii_isalnum (c) || ((guchar) c & 0x80) != 0
         || (c != '\0' && strchr ("!#$%&*+-/=?^_`{|}~.@", c) != NULL);
}

static gsize
measure_address (const char *text)
{
  gsize length = 0;
  const char *at;

  while (is_address_char (text[length]))
    length++;
  at = (const char *) memchr (text, '@', length);
  if (at == NULL || at == text)
    return 0;
  while (text[length - 1] == '.')
    length--;
  return length;
}

static void
append_plain_char (GString *out, gunichar c)
{
  if (g_unichar_isspace (c) || c == 0x00A0)
    {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    }
  else if (c == 0x2018 || c == 0x2019)
    g_string_append_c (out, '\'');
  else
    g_string_append_unichar (out, c);
}

/* An address or a host that is called "spam" or "relay" must not decide: names are
 * replaced before words are looked for. */
static char *
dup_without_names (const char *text)
{
  GString *out = g_string_new (NULL);
  char before = ' ';

  while (*text != '\0')
    {
      gsize n_address = is_address_char (before) ? 0 : measure_address (text);
      gsize n_literal =
          g_ascii_isalnum (before) || before == '.' ? 0 : measure_literal (text);

      if (n_address > 0)
        g_string_append (out, "{address}");
      else if (n_literal > 0)
        g_string_append (out, "{ip}");
      else
        append_plain_char (out, g_utf8_get_char (text));

      before = *text;
      if (n_address + n_literal > 0)
        text += n_address > 0 ? n_address : n_literal;
      else
        text = g_utf8_next_char (text);
    }

  return g_string_free (out, FALSE);
}

/* Case folding, not lower case: the latter follows the locale, and in a Turkish one
 * "RELAYING" would hold no "relaying". */
static char *
dup_folded (const RpReply *reply)
{
  g_autofree char *joined = g_strjoinv (" ", reply->lines);
  g_autofree char *valid = g_utf8_make_valid (joined, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autofree char *folded = g_utf8_casefold (composed, -1);

  return dup_without_names (folded);
}

static gsize
measure_number (const char *text)
{
  gsize length = 0;

  while (g_ascii_isdigit (text[length]))
    length++;
  return length <= 3 ? length : 0;
}

/* "7.1" of "5.7.1" at @text, or %NULL. */
static char *
dup_detail_at (const char *text)
{
  gsize n_subject;
  gsize n_detail;

  if (text[0] < '2' || text[0] > '5' || text[1] != '.')
    return NULL;
  n_subject = measure_number (text + 2);
  if (n_subject == 0 || text[2 + n_subject] != '.')
    return NULL;
  n_detail = measure_number (text + 2 + n_subject + 1);
  if (n_detail == 0)
    return NULL;
  if (text[2 + n_subject + 1 + n_detail] == '.'
      && g_ascii_isdigit (text[2 + n_subject + 1 + n_detail + 1]))
    return NULL;
  return g_strndup (text + 2, n_subject + 1 + n_detail);
}

static char *
dup_detail_in (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      gboolean is_at_start =
          p == text || (!g_ascii_isalnum (p[-1]) && p[-1] != '.' && p[-1] != '-');
      char *detail = is_at_start ? dup_detail_at (p) : NULL;

      if (detail != NULL)
        return detail;
    }

  return NULL;
}

static char *
dup_detail (const RpReply *reply)
{
  if (reply->enhanced != NULL)
    return dup_detail_at (reply->enhanced);

  for (guint i = 0; reply->lines[i] != NULL; i++)
    {
      char *detail = dup_detail_in (reply->lines[i]);

      if (detail != NULL)
        return detail;
    }

  return NULL;
}

static gboolean
any_pattern_matches (const char *patterns, const char *text, gboolean is_whole)
{
  g_auto (GStrv) list = g_strsplit (patterns, "|", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *pattern = g_strdup_printf (is_whole ? "%s" : "*%s*", list[i]);

      if (g_pattern_match_simple (pattern, text))
        return TRUE;
    }

  return FALSE;
}

static gboolean
code_fits (guint wanted, guint code)
{
  return wanted == 0 || wanted == code || wanted == code / 100;
}

static gboolean
phrase_fits (const RpPhrase *phrase, guint code, const char *detail, const char *text)
{
  if (!code_fits (phrase->code, code))
    return FALSE;
  if (phrase->enhanced != NULL
      && (detail == NULL || !any_pattern_matches (phrase->enhanced, detail, TRUE)))
    return FALSE;
  return phrase->words == NULL || any_pattern_matches (phrase->words, text, FALSE);
}

const RpPhrase *
rp_phrases_find (const RpReply *reply, RpVerdictStage stage)
{
  guint n_phrases;
  const RpPhrase *phrases = rp_phrases_get_all (&n_phrases);
  g_autofree char *text = dup_folded (reply);
  g_autofree char *detail = dup_detail (reply);

  for (guint i = 0; i < n_phrases; i++)
    if ((phrases[i].stages & RP_PHRASE_AT (stage)) != 0
        && phrase_fits (&phrases[i], reply->code, detail, text))
      return &phrases[i];

  return NULL;
}
