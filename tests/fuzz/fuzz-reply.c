/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-reply.h"

static void
check_wire (const RpReply *reply)
{
  g_autofree char *wire = rp_reply_to_wire (reply);
  g_autofree char *text = rp_reply_dup_text (reply);
  g_auto (GStrv) lines = g_strsplit (wire, "\r\n", -1);
  guint n_lines = g_strv_length (lines);

  must (g_utf8_validate (wire, -1, NULL));
  must (strpbrk (text, "\r\n") == NULL);
  must (n_lines == g_strv_length (reply->lines) + 1);
  for (guint i = 0; i < n_lines - 1; i++)
    {
      must (strlen (lines[i]) <= 510);
      must (strpbrk (lines[i], "\r\n") == NULL);
      must ((guint64) g_ascii_strtoull (lines[i], NULL, 10) == reply->code);
    }
}

/* All that was read, in words, and where it broke. */
static char *
read_all (const char *data, gsize n_bytes, gsize step)
{
  g_autoptr (RpReplyParser) parser = rp_reply_parser_new ();
  GString *seen = g_string_new (NULL);
  gsize at = 0;

  while (at < n_bytes)
    {
      g_autoptr (RpReply) reply = NULL;
      gsize consumed = 0;
      RpReplyParserStatus status = rp_reply_parser_feed (
          parser, data + at, MIN (step, n_bytes - at), &consumed, &reply);

      at += consumed;
      if (status == RP_REPLY_PARSER_BROKEN)
        {
          g_string_append_printf (seen, "broken at %" G_GSIZE_FORMAT, at);
          break;
        }
      if (reply != NULL)
        {
          g_autofree char *text = rp_reply_dup_text (reply);

          must (reply->code >= 200 && reply->code <= 599);
          check_wire (reply);
          g_string_append_printf (seen, "%s\n", text);
        }
    }

  return g_string_free (seen, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *whole = read_all ((const char *) data, n_bytes, n_bytes + 1);
  g_autofree char *pieces = read_all ((const char *) data, n_bytes, 1);

  must (g_str_equal (whole, pieces));
  return 0;
}
