/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What servers say when they refuse, as a table: words, code and enhanced code to what
 * they mean, with the software or provider that each was seen on. */
#pragma once

#include <glib.h>

#include "core/rp-reply.h"
#include "core/rp-trouble.h"
#include "core/rp-verdict.h"

G_BEGIN_DECLS

/** RP_PHRASE_AT: the bit of a stage in #RpPhrase.stages. */
#define RP_PHRASE_AT(stage) (1u << (stage))

/** RP_PHRASE_IN_TRANSACTION: from MAIL to the end of data. */
#define RP_PHRASE_IN_TRANSACTION                                                       \
  (RP_PHRASE_AT (RP_STAGE_MAIL) | RP_PHRASE_AT (RP_STAGE_RCPT)                         \
   | RP_PHRASE_AT (RP_STAGE_DATA) | RP_PHRASE_AT (RP_STAGE_CONTENT))

/** RP_PHRASE_ANYWHERE: also at the greeting and at AUTH. */
#define RP_PHRASE_ANYWHERE                                                             \
  (RP_PHRASE_IN_TRANSACTION | RP_PHRASE_AT (RP_STAGE_CONNECT)                          \
   | RP_PHRASE_AT (RP_STAGE_AUTH))

/**
 * RpPhrase:
 * @verdict: what it means
 * @code: 0 for any refusal, 4 or 5 for that class, else the very code
 * @enhanced: (nullable): subject and detail of the enhanced code ("7.1"),
 *   alternatives separated by '|', '*' and '?' as in @words; %NULL for any
 * @stages: bits of #RP_PHRASE_AT
 * @words: (nullable): what the text holds somewhere: case-folded, '*' for anything,
 *   '?' for one character, alternatives separated by '|'; "{ip}" stands for any
 *   address literal, "{address}" for any mail address; %NULL for any
 * @language: ISO 639-1
 * @seen_on: software, provider or document in which it was seen
 * @sample: a reply that means this, its lines separated by LF
 * @trouble: which switch it is about, where the words tell
 *
 * One row of the table. The first row that fits counts.
 */
typedef struct
{
  RpVerdict verdict;
  guint code;
  const char *enhanced;
  guint stages;
  const char *words;
  const char *language;
  const char *seen_on;
  const char *sample;
  RpTrouble trouble;
} RpPhrase;

/**
 * rp_phrases_get_all:
 * @n_phrases: (out): how many
 *
 * Returns: (transfer none) (array length=n_phrases): the table, in its order
 */
const RpPhrase *rp_phrases_get_all (guint *n_phrases);

/**
 * rp_phrases_find:
 * @reply: a 4xx or 5xx reply (RFC 5321 section 4.2, RFC 3463)
 * @stage: what it answers
 *
 * The enhanced code counts wherever it stands: in its place, somewhere in the text
 * ("#5.7.1"), or nowhere.
 *
 * Returns: (transfer none) (nullable): the first row that fits
 */
const RpPhrase *rp_phrases_find (const RpReply *reply, RpVerdictStage stage);

G_END_DECLS
