/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-output.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

static const char *const escapes[] = {
  [RP_STYLE_PLAIN] = "\033[0m",    [RP_STYLE_STRONG] = "\033[1m",
  [RP_STYLE_FAINT] = "\033[2m",    [RP_STYLE_GOOD] = "\033[32m",
  [RP_STYLE_WARNING] = "\033[33m", [RP_STYLE_BAD] = "\033[31m",
};

static gboolean
is_coloured (FILE *stream)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (fileno (stream)) && (no_color == NULL || no_color[0] == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

gboolean
rp_output_is_terminal (void)
{
  return isatty (STDOUT_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

const char *
rp_output_get_style (FILE *stream, RpStyle style)
{
  return is_coloured (stream) ? escapes[style] : "";
}

void
rp_output_print_styled (RpStyle style, const char *text)
{
  printf ("%s%s%s", rp_output_get_style (stdout, style), text,
          rp_output_get_style (stdout, RP_STYLE_PLAIN));
}

guint
rp_output_get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

void
rp_output_print_padded (const char *text, guint width)
{
  guint own = rp_output_get_width (text);

  printf ("%s%*s", text, own < width ? (int) (width - own) : 0, "");
}

char *
rp_output_dup_time (gint64 at_s)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_s);

  return at == NULL ? g_strdup ("?") : g_date_time_format (at, "%Y-%m-%d %H:%M:%S");
}

char *
rp_output_dup_size (guint64 n_bytes)
{
  return g_format_size (n_bytes);
}

/* At most one decimal, and none that says nothing. */
static char *
dup_number (double number)
{
  char *text = g_strdup_printf ("%.1f", number);
  gsize length = strlen (text);

  if (length > 2 && text[length - 1] == '0')
    text[length - 2] = '\0';
  return text;
}

char *
rp_output_dup_progress (guint64 n_done, guint64 n_bytes)
{
  static const char *const units[] = { "kB", "MB", "GB", "TB" };
  double unit = 1000;
  guint i = 0;
  g_autofree char *done = NULL;
  g_autofree char *all = NULL;

  for (; i + 1 < G_N_ELEMENTS (units) && (double) n_bytes >= unit * 1000; i++)
    unit *= 1000;
  done = dup_number ((double) MIN (n_done, n_bytes) / unit);
  all = dup_number ((double) n_bytes / unit);
  /* TRANSLATORS: how far an upload is: 3.1 of 60 MB */
  return g_strdup_printf (_ ("%1$s of %2$s %3$s"), done, all, units[i]);
}

static char *
dup_json (GVariant *value, gboolean is_pretty)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  JsonNode *root = json_gvariant_serialize (owned);
  char *text = json_to_string (root, is_pretty);

  json_node_unref (root);
  return text;
}

void
rp_output_print_json (GVariant *value)
{
  g_autofree char *text = dup_json (value, TRUE);

  puts (text);
}

void
rp_output_print_json_line (GVariant *value)
{
  g_autofree char *text = dup_json (value, FALSE);

  puts (text);
  fflush (stdout);
}
