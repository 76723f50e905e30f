/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mistake in a configuration: where it stands and what to write instead. */
#pragma once

#include <glib.h>

#include "core/rp-sentence.h"

G_BEGIN_DECLS

typedef struct _RpConfigError RpConfigError;

/**
 * RpConfigError:
 * @file: (nullable): where; @line is 0 when the whole file is meant
 * @pattern: what is wrong and what to write instead, English, marked with N_(), see
 *   rp_sentence_expand()
 * @args: (array zero-terminated=1): its arguments, each on one line
 * @detail: (nullable): why, without a place of its own; its sentence is one more
 *   argument of @pattern
 */
struct _RpConfigError
{
  char *file;
  guint line;
  const char *pattern;
  GStrv args;
  RpConfigError *detail;
};

/** rp_config_error_free: @self: (nullable). */
void rp_config_error_free (RpConfigError *self);

/**
 * rp_config_error_new:
 * @pattern: a literal, marked with N_()
 * @...: its arguments as strings, ended by %NULL
 *
 * Returns: (transfer full): a mistake without a place, for the detail of another one
 */
RpConfigError *rp_config_error_new (const char *pattern, ...) G_GNUC_NULL_TERMINATED;

/**
 * rp_config_error_add:
 * @errors: (element-type RpConfigError): where the mistake is appended
 * @file: (nullable): where
 * @line: from 1, or 0 for the whole file
 * @pattern: what is wrong and what to write instead: a literal, marked with N_()
 * @...: its arguments as strings, ended by %NULL
 */
void rp_config_error_add (GPtrArray *errors,
                          const char *file,
                          guint line,
                          const char *pattern,
                          ...) G_GNUC_NULL_TERMINATED;

/**
 * rp_config_error_add_detailed:
 * @errors: (element-type RpConfigError): where the mistake is appended
 * @file: (nullable): where
 * @line: from 1, or 0 for the whole file
 * @detail: (transfer full): why
 * @pattern: a literal, marked with N_(), with one placeholder more than arguments
 * @...: its arguments as strings, ended by %NULL
 */
void rp_config_error_add_detailed (GPtrArray *errors,
                                   const char *file,
                                   guint line,
                                   RpConfigError *detail,
                                   const char *pattern,
                                   ...) G_GNUC_NULL_TERMINATED;

/**
 * rp_config_error_dup_sentence:
 * @translate: (nullable): %NULL for English
 *
 * Returns: (transfer full): what is wrong, without the place; one line
 */
char *rp_config_error_dup_sentence (const RpConfigError *self,
                                    RpTranslateFunc translate);

/**
 * rp_config_error_dup_text:
 * @translate: (nullable): %NULL for English
 *
 * Returns: (transfer full): "FILE:LINE: SENTENCE", as compilers say it
 */
char *rp_config_error_dup_text (const RpConfigError *self, RpTranslateFunc translate);

/**
 * rp_config_errors_dup_texts:
 * @errors: (element-type RpConfigError): any number
 * @translate: (nullable): %NULL for English
 *
 * Returns: (transfer full): each as rp_config_error_dup_text() says it
 */
GStrv rp_config_errors_dup_texts (GPtrArray *errors, RpTranslateFunc translate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigError, rp_config_error_free)

G_END_DECLS
