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
 * Binds the text domain and chooses the language of everything that goes through
 * gettext; may be called again when the configured language changes. Works in the
 * locale "C" too, which a service often has. Call it once before any thread starts: it
 * sets LANGUAGE in the environment.
 *
 * The translations are found in $ROAMPOST_LOCALE_DIR, else where they were installed.
 */
void rp_words_init (const char *language);

/**
 * rp_words_reason: an #RpSentenceFunc
 * @user_data: not used
 *
 * One sentence that names the address or server and, where something can be done, what
 * to do; without a full stop at the end, since Thunderbird adds its own. In English it
 * is pure ASCII. %RP_REASON_ACCEPTED_VIA and %RP_REASON_ALSO_VIA are parts of a
 * sentence ("via proseware from network hotel", "and thephone").
 *
 * Returns: (transfer full): UTF-8 text on one line
 */
char *rp_words_reason (const RpReason *reason, gpointer user_data);

/** rp_words_verdict: (transfer full): a few words on what a verdict means. */
char *rp_words_verdict (RpVerdict verdict);

/** rp_words_translate: (transfer none): an #RpTranslateFunc. */
const char *rp_words_translate (const char *pattern);

G_END_DECLS
