/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed: colour only on a terminal, columns that stay aligned in every
 * script, JSON that is the very structure of the bus. */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/** RpStyle: how text stands out on a terminal. */
typedef enum
{
  RP_STYLE_PLAIN, /* ends the others */
  RP_STYLE_STRONG,
  RP_STYLE_FAINT,
  RP_STYLE_GOOD,
  RP_STYLE_WARNING,
  RP_STYLE_BAD
} RpStyle;

/**
 * rp_output_get_style:
 *
 * Returns: (transfer none): what switches a terminal to @style; "" when @stream is no
 *   terminal, TERM is "dumb" or NO_COLOR is set
 */
const char *rp_output_get_style (FILE *stream, RpStyle style);

/** rp_output_is_terminal: whether standard output is a terminal that can be cleared. */
gboolean rp_output_is_terminal (void);

/** rp_output_print_styled: prints @text, which may be translated, in @style. */
void rp_output_print_styled (RpStyle style, const char *text);

/** rp_output_get_width: columns that @text takes on a terminal (CJK takes two). */
guint rp_output_get_width (const char *text);

/** rp_output_print_padded: prints @text and blanks up to @width columns. */
void rp_output_print_padded (const char *text, guint width);

/** rp_output_dup_time: (transfer full): local date and time of @at_s, seconds since the
 * epoch. */
char *rp_output_dup_time (gint64 at_s);

/** rp_output_dup_size: (transfer full): @n_bytes for people, such as "4.2 kB". */
char *rp_output_dup_size (guint64 n_bytes);

/** rp_output_dup_progress: (transfer full): how far something is, such as "3.1 of 60
 * MB"; @n_done and @n_bytes are octets. */
char *rp_output_dup_progress (guint64 n_done, guint64 n_bytes);

/**
 * rp_output_print_json:
 * @value: (transfer none): printed as JSON with two blanks of indentation and a line
 *   end; variants are their content, a floating reference is sunk
 */
void rp_output_print_json (GVariant *value);

/** rp_output_print_json_line: the same on a single line, for streams of objects. */
void rp_output_print_json_line (GVariant *value);

G_END_DECLS
