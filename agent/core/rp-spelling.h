/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean": the nearest of some known words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_spelling_find_nearest:
 * @word: what was written
 * @known: (array zero-terminated=1): what could have been meant
 *
 * Counts insertions, deletions, exchanges and swaps of neighbours, in octets.
 *
 * Returns: (transfer none) (nullable): the first of the nearest words, %NULL when
 *   none is near enough to be meant
 */
const char *rp_spelling_find_nearest (const char *word, const char *const *known);

G_END_DECLS
