/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an error text means: a server's reply, a program's dialog with one in it, or
 * the number that Outlook shows. */
#pragma once

#include "core/rp-phrases.h"
#include "diagnose/rp-outlook-error.h"

G_BEGIN_DECLS

/**
 * RpDiagnosis:
 * @is_known: whether anything could be said
 * @verdict: what it means, where @is_known
 * @reply: (nullable): the server's reply that was found in the text; its code is
 *   made up when @has_code is %FALSE
 * @has_code: the reply's code stood in the text
 * @phrase: (nullable) (transfer none): the row of the table that decided
 * @error: (nullable) (transfer none): the number that stood in the text
 */
typedef struct
{
  gboolean is_known;
  RpVerdict verdict;
  RpReply *reply;
  gboolean has_code;
  const RpPhrase *phrase;
  const RpOutlookError *error;
} RpDiagnosis;

/**
 * rp_diagnosis_new:
 * @text: UTF-8 as a person copied it: one line or many
 *
 * A reply in the text says more than a number; a number more than nothing. Mail
 * programs that show the words without their code (Thunderbird, Evolution) are read
 * too.
 *
 * Returns: (transfer full): what it means
 */
RpDiagnosis *rp_diagnosis_new (const char *text);

/** rp_diagnosis_free: @self: (nullable). */
void rp_diagnosis_free (RpDiagnosis *self);

/** rp_diagnosis_dup_meaning: (transfer full): a sentence: what it means. */
char *rp_diagnosis_dup_meaning (const RpDiagnosis *self);

/** rp_diagnosis_get_answer: (transfer none): what roampost does about it. */
const char *rp_diagnosis_get_answer (const RpDiagnosis *self);

/** rp_diagnosis_get_advice: (transfer none): what the user can do. */
const char *rp_diagnosis_get_advice (const RpDiagnosis *self);

/** rp_diagnosis_to_variant: (transfer floating): "a{sv}" for JSON, see the manual. */
GVariant *rp_diagnosis_to_variant (const RpDiagnosis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpDiagnosis, rp_diagnosis_free)

G_END_DECLS
