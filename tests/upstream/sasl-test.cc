/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <curl/curl.h>

#include "upstream/rp-sasl.h"

namespace
{

TEST (Sasl, NeedsOfLibcurlWhatItsFeaturesSay)
{
  const int features = curl_version_info (CURLVERSION_NOW)->features;

  EXPECT_EQ (rp_sasl_is_supported ("SCRAM-SHA-256") != FALSE,
             (features & CURL_VERSION_GSASL) != 0);
  EXPECT_EQ (rp_sasl_is_supported ("SCRAM-SHA-1") != FALSE,
             (features & CURL_VERSION_GSASL) != 0);
}

TEST (Sasl, KnowsWhatEveryLibcurlHas)
{
  for (const char *mechanism : { "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5",
                                 "OAUTHBEARER", "XOAUTH2", "EXTERNAL" })
    EXPECT_TRUE (rp_sasl_is_supported (mechanism)) << mechanism;
  EXPECT_STREQ (rp_sasl_get_mechanisms ()[0], "PLAIN");
}

TEST (Sasl, KnowsNothingThatIsNotInTheList)
{
  EXPECT_FALSE (rp_sasl_is_supported ("NTLM"));
  EXPECT_FALSE (rp_sasl_is_supported ("plain"));
}

TEST (Sasl, NamesTheLibraryThatRuns)
{
  EXPECT_EQ (std::string ("libcurl/") + rp_sasl_get_library (),
             std::string (curl_version ()).substr (0, strcspn (curl_version (), " ")));
}

} // namespace
