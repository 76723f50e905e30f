/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences that can be translated: a pattern with numbered placeholders, and strings.
 * Core writes patterns in English; who speaks the user's language hands in how they are
 * translated, so that core needs no gettext. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpTranslateFunc:
 * @pattern: a text of core that is marked with N_(), see rp-marked.h
 *
 * Returns: (transfer none): it in the user's language
 */
typedef const char *(*RpTranslateFunc) (const char *pattern);

/**
 * rp_sentence_expand:
 * @pattern: text with "%1$s" for the first of @args and so on, "%%" for "%"
 * @args: (nullable) (array zero-terminated=1): one that is missing counts as ""
 *
 * Not printf: a wrong translation must not be able to read memory.
 *
 * Returns: (transfer full): the text
 */
char *rp_sentence_expand (const char *pattern, const char *const *args);

G_END_DECLS
