/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GKeyFile's dialect as rows that know their line. Goes on after an error: GKeyFile
 * itself stops at the first one, knows no line numbers and merges duplicates. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpKeyfileRow:
 * @file: name of the file, as to be shown
 * @line: from 1
 * @group: such as "account terri"
 * @key: (nullable): %NULL for the row of a group's own line
 * @value: (nullable): unescaped, white space around it removed
 */
typedef struct
{
  char *file;
  guint line;
  char *group;
  char *key;
  char *value;
} RpKeyfileRow;

void rp_keyfile_row_free (RpKeyfileRow *self);

/**
 * rp_keyfile_parse:
 * @file: name for rows and errors
 * @text: (array length=n_bytes): the file
 * @rows: (element-type RpKeyfileRow): where rows are appended
 * @errors: (element-type RpConfigError): where mistakes are appended
 */
void rp_keyfile_parse (const char *file,
                       const char *text,
                       gsize n_bytes,
                       GPtrArray *rows,
                       GPtrArray *errors);

/** rp_keyfile_split_list: splits at ';' (escaped as "\;"), drops empty parts. */
GStrv rp_keyfile_split_list (const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpKeyfileRow, rp_keyfile_row_free)

G_END_DECLS
