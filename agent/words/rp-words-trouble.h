/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a refused login or sign-in is about, in the user's language: what it means, and
 * where the switch is. */
#pragma once

#include "core/rp-trouble.h"

G_BEGIN_DECLS

/** rp_words_trouble_get_meaning: (transfer none): a sentence without a full stop; ""
 * for %RP_TROUBLE_NONE. */
const char *rp_words_trouble_get_meaning (RpTrouble trouble);

/** rp_words_trouble_get_advice: (transfer none): what the user can do, a sentence
 * without a full stop; "" for %RP_TROUBLE_NONE. */
const char *rp_words_trouble_get_advice (RpTrouble trouble);

G_END_DECLS
