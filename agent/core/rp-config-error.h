/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mistake in a configuration: where it stands and what to write instead. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpConfigError:
 * @file: (nullable): where; @line is 0 when the whole file is meant
 * @text: what is wrong and what to write instead, English, one line
 */
typedef struct
{
  char *file;
  guint line;
  char *text;
} RpConfigError;

void rp_config_error_free (RpConfigError *self);

/**
 * rp_config_error_add:
 * @errors: (element-type RpConfigError): where the mistake is appended
 * @file: (nullable): where
 * @line: from 1, or 0 for the whole file
 * @format: what is wrong and what to write instead
 */
void rp_config_error_add (GPtrArray *errors,
                          const char *file,
                          guint line,
                          const char *format,
                          ...) G_GNUC_PRINTF (4, 5);

/**
 * rp_config_error_dup_text:
 *
 * Returns: (transfer full): "FILE:LINE: TEXT", as compilers say it
 */
char *rp_config_error_dup_text (const RpConfigError *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigError, rp_config_error_free)

G_END_DECLS
