// SPDX-License-Identifier: GPL-3.0-or-later
// Each switch has words of its own, in English and in German.
#include <gtest/gtest.h>

#include <clocale>
#include <set>
#include <string>

#include "words/rp-words-trouble.h"
#include "words/rp-words.h"

namespace
{

class TroubleWords : public testing::TestWithParam<int>
{
protected:
  static std::string
  say (const char *language, const char *(*words) (RpTrouble))
  {
    rp_words_init (language);
    return words ((RpTrouble) GetParam ());
  }
};

void
expect_sentence (const std::string &text)
{
  ASSERT_FALSE (text.empty ());
  EXPECT_NE (text.back (), '.') << text;
  EXPECT_EQ (text.find ("  "), std::string::npos) << text;
  EXPECT_EQ (text.find ('\n'), std::string::npos) << text;
}

TEST_P (TroubleWords, TellMeaningAndAdviceInBothLanguages)
{
  for (auto words : { rp_words_trouble_get_meaning, rp_words_trouble_get_advice })
    {
      const std::string english = say ("en", words);
      const std::string german = say ("de", words);

      expect_sentence (english);
      expect_sentence (german);
      EXPECT_NE (english, german);
    }
}

INSTANTIATE_TEST_SUITE_P (All,
                          TroubleWords,
                          testing::Range (RP_TROUBLE_NONE + 1, (int) RP_TROUBLE_LAST),
                          [] (const auto &row) {
                            std::string name =
                                rp_trouble_to_nick ((RpTrouble) row.param);

                            for (char &c : name)
                              c = c == '-' ? '_' : c;
                            return name;
                          });

TEST (TroubleWordsTest, NoTwoSwitchesAreTheSame)
{
  std::set<std::string> meanings;
  std::set<std::string> advices;

  rp_words_init ("en");
  for (int i = RP_TROUBLE_NONE + 1; i < RP_TROUBLE_LAST; i++)
    {
      EXPECT_TRUE (
          meanings.insert (rp_words_trouble_get_meaning ((RpTrouble) i)).second)
          << i;
      EXPECT_TRUE (advices.insert (rp_words_trouble_get_advice ((RpTrouble) i)).second)
          << i;
    }
}

TEST (TroubleWordsTest, NothingIsSaidOfNone)
{
  EXPECT_STREQ (rp_words_trouble_get_meaning (RP_TROUBLE_NONE), "");
  EXPECT_STREQ (rp_words_trouble_get_advice (RP_TROUBLE_NONE), "");
}

} // namespace
