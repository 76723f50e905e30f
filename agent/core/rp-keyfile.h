/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GKeyFile's dialect as rows that know their line. Goes on after an error: GKeyFile
 * itself stops at the first one, knows no line numbers and merges duplicates. */
#pragma once

#include <glib.h>

#include "core/rp-config-error.h"

G_BEGIN_DECLS

/**
 * RpKeyfileRow:
 * @file: name of the file, as to be shown
 * @line: from 1
 * @group: such as "account terri", one space between kind and name
 * @key: (nullable): %NULL for the row of a group's own line
 * @raw_value: (nullable): as written, white space around it removed; lists are split
 *   from it
 * @value: (nullable): the same with its escapes (\s \n \t \r \; \\) undone
 */
typedef struct
{
  char *file;
  guint line;
  char *group;
  char *key;
  char *raw_value;
  char *value;
} RpKeyfileRow;

/** rp_keyfile_row_free: @self: (nullable). */
void rp_keyfile_row_free (RpKeyfileRow *self);

/**
 * rp_keyfile_parse:
 * @file: name for rows and errors
 * @text: (array length=n_bytes): the file
 * @n_bytes: its length in octets
 * @rows: (element-type RpKeyfileRow): where rows are appended
 * @errors: (element-type RpConfigError): where mistakes are appended
 *
 * Reads to the end whatever it meets. A key or a group that stands twice in @text is
 * a mistake; that a later file says it again is not, and not seen here.
 */
void rp_keyfile_parse (const char *file,
                       const char *text,
                       gsize n_bytes,
                       GPtrArray *rows,
                       GPtrArray *errors);

/**
 * rp_keyfile_split_list:
 * @raw_value: as in #RpKeyfileRow
 *
 * Splits at ';' (a literal one is written "\;"), undoes the escapes of each part,
 * strips white space around it and drops empty parts.
 *
 * Returns: (transfer full): the parts
 */
GStrv rp_keyfile_split_list (const char *raw_value);

/**
 * rp_keyfile_escape:
 * @text: one line of UTF-8
 * @is_list_part: whether ';' is to be escaped too
 *
 * Returns: (transfer full): @text as it is written into a file
 */
char *rp_keyfile_escape (const char *text, gboolean is_list_part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpKeyfileRow, rp_keyfile_row_free)

G_END_DECLS
