/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons as sentences of the user's language, through gettext. Used by the agent and
 * by the command line. */
#pragma once

#include "core/rp-reason.h"
#include "core/rp-verdict.h"

G_BEGIN_DECLS

/**
 * rp_words_init:
 * @language: (nullable): such as "de"; %NULL takes the environment's
 *
 * Binds the text domain; called again when the configured language changes.
 */
void rp_words_init (const char *language);

/** rp_words_reason: an #RpSentenceFunc; @user_data is not used. */
char *rp_words_reason (const RpReason *reason, gpointer user_data);

/** rp_words_verdict: (transfer full): a few words on what a verdict means. */
char *rp_words_verdict (RpVerdict verdict);

G_END_DECLS
