/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every row of the table is a test: its own sample must find it, and nothing above
 * it. */
#include "core/rp-phrases.h"

#include <gtest/gtest.h>

#include <string>

#include "reply-from-text.h"

namespace
{

RpVerdictStage
first_stage (const RpPhrase &phrase)
{
  if (phrase.stages & RP_PHRASE_AT (RP_STAGE_RCPT))
    return RP_STAGE_RCPT;
  return phrase.stages & RP_PHRASE_AT (RP_STAGE_AUTH) ? RP_STAGE_AUTH : RP_STAGE_MAIL;
}

const RpPhrase &
get_phrase (guint index)
{
  guint n_phrases;

  return rp_phrases_get_all (&n_phrases)[index];
}

guint
count_phrases ()
{
  guint n_phrases;

  rp_phrases_get_all (&n_phrases);
  return n_phrases;
}

std::string
name_of (guint index)
{
  const RpPhrase &phrase = get_phrase (index);
  const char *text = phrase.words != nullptr ? phrase.words : phrase.sample;
  std::string name = std::to_string (index) + "_" + phrase.language + "_";

  for (const char *p = text; *p != '\0' && *p != '|' && name.size () < 48; p++)
    name += g_ascii_isalnum (*p) ? *p : '_';
  return name;
}

class PhraseRow : public testing::TestWithParam<guint>
{
};

TEST_P (PhraseRow, IsFoundByItsSample)
{
  const RpPhrase &phrase = get_phrase (GetParam ());
  g_autoptr (RpReply) reply = make_reply (phrase.sample);
  const RpPhrase *found = rp_phrases_find (reply, first_stage (phrase));

  ASSERT_NE (found, nullptr) << phrase.sample;
  EXPECT_EQ (found, &phrase) << phrase.sample << "\nis taken by: "
                             << (found->words ? found->words : found->sample);
}

/* The same at every stage for which the row is meant. */
TEST_P (PhraseRow, HoldsAtEachOfItsStages)
{
  const RpPhrase &phrase = get_phrase (GetParam ());
  g_autoptr (RpReply) reply = make_reply (phrase.sample);

  for (int stage = RP_STAGE_CONNECT; stage <= RP_STAGE_CONTENT; stage++)
    {
      const RpPhrase *found =
          rp_phrases_find (reply, static_cast<RpVerdictStage> (stage));

      if (phrase.stages & RP_PHRASE_AT (stage))
        EXPECT_NE (found, nullptr) << stage;
      else
        EXPECT_NE (found, &phrase) << stage;
    }
}

/* Servers shout, or not; the code may stand in one place or another. */
TEST_P (PhraseRow, IsFoundInCapitals)
{
  const RpPhrase &phrase = get_phrase (GetParam ());
  g_autofree char *capitals = g_utf8_strup (phrase.sample, -1);
  g_autoptr (RpReply) reply = make_reply (capitals);

  EXPECT_EQ (rp_phrases_find (reply, first_stage (phrase)), &phrase) << capitals;
}

TEST_P (PhraseRow, IsWrittenAsItIsCompared)
{
  const RpPhrase &phrase = get_phrase (GetParam ());

  EXPECT_NE (phrase.stages, 0u);
  EXPECT_EQ (strlen (phrase.language), 2u);
  EXPECT_NE (phrase.seen_on[0], '\0');
  if (phrase.words != nullptr)
    {
      g_autofree char *folded = g_utf8_casefold (phrase.words, -1);

      EXPECT_STREQ (folded, phrase.words);
    }
}

INSTANTIATE_TEST_SUITE_P (Table,
                          PhraseRow,
                          testing::Range (0u, count_phrases ()),
                          [] (const auto &row) { return name_of (row.param); });

struct TextCase
{
  const char *name;
  std::string reply;
  const char *words; /* of the row that is to be found; "" for none */
};

void
PrintTo (const TextCase &row, std::ostream *out)
{
  *out << row.name;
}

class PhraseText : public testing::TestWithParam<TextCase>
{
};

TEST_P (PhraseText, IsReadAsMeant)
{
  const TextCase &row = GetParam ();
  g_autoptr (RpReply) reply = make_reply (row.reply);
  const RpPhrase *found = rp_phrases_find (reply, RP_STAGE_RCPT);

  EXPECT_STREQ (found == nullptr          ? ""
                : found->words != nullptr ? found->words
                                          : found->enhanced,
                row.words);
}

const TextCase kTextCases[] = {
  { "WordsOverTwoLines", "550-5.7.1 <bob@adatum.com> relaying\n550 5.7.1 denied",
    "relaying denied" },
  { "Latin1Accent", "550 Retransmisi\xf3n denegada", "retransmisi?n denegada" },
  { "DecomposedAccent", "550 Retransmisio\xcc\x81n denegada",
    "retransmisi?n denegada" },
  { "NoAccent", "550 Retransmision denegada", "retransmisi?n denegada" },
  { "CurledApostrophe", "550 Recipient doesn\xe2\x80\x99t want your mail",
    "doesn't want your mail" },
  { "NoBreakSpace",
    "550 relaying\xc2\xa0"
    "denied",
    "relaying denied" },
  { "SeveralSpaces", "550 relaying    denied", "relaying denied" },
  { "AddressNamedSpam", "550 <spam@adatum.com>: no", "" },
  { "AddressNamedRelayingDenied", "550 <relaying.denied@spamhaus.org>: no", "" },
  { "AddressWithoutBrackets", "550 spam@adatum.com: no", "" },
  { "EnhancedInText", "550 #5.1.1 no", "1.*" },
  { "EnhancedInParentheses", "553 no (#5.1.1)", "1.*" },
  { "EnhancedAfterCodeAgain", "550 550 5.1.1 no", "1.*" },
  { "EnhancedOfOtherClass", "550 4.1.1 no", "1.*" },
  { "NotEnhancedButAddress", "550 see 5.1.1.7", "" },
  { "NotEnhancedButVersion", "550 software-5.1.1 no", "" },
  { "NotEnhancedButLong", "550 see 5.1.1234", "" },
  { "NotEnhancedInName", "550 v5.1.1 no", "" },
  { "Ipv6Listed", "550 2001:db8::7 is blacklisted",
    "{ip}*blocked|blocked*{ip}|{ip}*blacklist|blacklist*{ip}|{ip}*listed|listed*{ip}|"
    "{ip}*reputation|reputation*{ip}|{ip}*banned|banned*{ip}|{ip}*rejected|"
    "rejected*{ip}|{ip}*denied|denied*{ip}|{ip}*refused|refused*{ip}|{ip}*spam|"
    "spam*{ip}|{ip}*gesperrt|gesperrt*{ip}|{ip}*bloqu|bloqu*{ip}|{ip}*bloccat|"
    "bloccat*{ip}|{ip}*not allowed|not allowed*{ip}" },
  { "TimeIsNoAddress", "550 12:30 rejected", "" },
  { "VersionIsNoAddress", "550 3.7.11 rejected", "" },
  { "Nothing", "550 no", "" },
  { "Empty", "550", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          PhraseText,
                          testing::ValuesIn (kTextCases),
                          [] (const auto &row) { return row.param.name; });

} // namespace
