// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a provider: for every name that its file may hold, in both languages.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "oauth/rp-oauth-providers.h"
#include "words/rp-words-provider.h"
#include "words/rp-words.h"

namespace
{

std::string
say (const char *language, const char *name)
{
  rp_words_init (language);

  const char *sentence = rp_words_provider_advice (name);

  return sentence != nullptr ? sentence : "";
}

TEST (ProviderWords, EveryNameHasASentenceOfItsOwn)
{
  const char *const *names = rp_oauth_providers_get_advice_names ();
  std::set<std::string> english;
  guint n_names = 0;

  for (; names[n_names] != nullptr; n_names++)
    {
      const std::string sentence = say ("en", names[n_names]);
      const std::string german = say ("de", names[n_names]);

      EXPECT_NE (sentence, "") << names[n_names];
      EXPECT_NE (sentence.substr (sentence.size () - 1), ".") << names[n_names];
      EXPECT_NE (sentence, german) << names[n_names];
      english.insert (sentence);
    }
  EXPECT_EQ (english.size (), n_names);
  EXPECT_GT (n_names, 10U);
  rp_words_init (nullptr);
}

TEST (ProviderWords, OthersHaveNone)
{
  EXPECT_EQ (rp_words_provider_advice ("google"), nullptr);
  EXPECT_EQ (rp_words_provider_advice (""), nullptr);
}

} // namespace
