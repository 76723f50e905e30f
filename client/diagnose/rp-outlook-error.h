/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers that Outlook, Outlook Express and Windows Mail show instead of words, or
 * beside them. */
#pragma once

#include <glib.h>

#include "core/rp-verdict.h"

G_BEGIN_DECLS

/**
 * RpOutlookError:
 * @number: such as 0x800ccc79
 * @name: the program's own name for it
 * @verdict: what it means for a message that was to be sent
 * @meaning: one sentence, marked with N_()
 */
typedef struct
{
  guint32 number;
  const char *name;
  RpVerdict verdict;
  const char *meaning;
} RpOutlookError;

/**
 * rp_outlook_error_find:
 * @text: any text; the number may be written "0x800CCC79", "800ccc79" or with a
 *   multiplication sign for the x, as web pages have it
 *
 * Returns: (transfer none) (nullable): the first number in @text that is known
 */
const RpOutlookError *rp_outlook_error_find (const char *text);

/**
 * rp_outlook_error_get_all:
 * @n_errors: (out): how many
 *
 * Returns: (transfer none) (array length=n_errors): the table
 */
const RpOutlookError *rp_outlook_error_get_all (guint *n_errors);

G_END_DECLS
