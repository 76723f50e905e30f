/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user should know and do at a provider of tokens, as sentences. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_words_provider_advice:
 * @name: as advice= of a provider's file says it
 *
 * Returns: (transfer none) (nullable): a sentence of the user's language, without a
 * full stop at its end; %NULL for a name that is not known
 */
const char *rp_words_provider_advice (const char *name);

G_END_DECLS
