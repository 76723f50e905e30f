/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "oauth/rp-oauth-provider.h"

struct TextField
{
  const char *name;
  char *RpOAuthProvider::*field;
};

class OAuthProviderText : public testing::TestWithParam<TextField>
{
};

TEST_P (OAuthProviderText, IsCopied)
{
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("woodgrove");
  g_autoptr (RpOAuthProvider) copy = nullptr;
  auto field = GetParam ().field;

  g_free (provider->*field);
  provider->*field = g_strdup ("a text");
  copy = rp_oauth_provider_copy (provider);
  EXPECT_STREQ (copy->*field, "a text");
  EXPECT_NE (copy->*field, provider->*field);
}

INSTANTIATE_TEST_SUITE_P (
    Fields,
    OAuthProviderText,
    testing::Values (TextField{ "name", &RpOAuthProvider::name },
                     TextField{ "title", &RpOAuthProvider::title },
                     TextField{ "issuer", &RpOAuthProvider::issuer },
                     TextField{ "authorization",
                                &RpOAuthProvider::authorization_endpoint },
                     TextField{ "token", &RpOAuthProvider::token_endpoint },
                     TextField{ "device", &RpOAuthProvider::device_endpoint },
                     TextField{ "revocation", &RpOAuthProvider::revocation_endpoint },
                     TextField{ "scope", &RpOAuthProvider::scope },
                     TextField{ "client", &RpOAuthProvider::client_id },
                     TextField{ "redirect", &RpOAuthProvider::redirect_host },
                     TextField{ "path", &RpOAuthProvider::redirect_path },
                     TextField{ "ca", &RpOAuthProvider::ca_file },
                     TextField{ "registration", &RpOAuthProvider::registration }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST (OAuthProvider, CopiesWhatIsNoText)
{
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("woodgrove");
  g_autoptr (RpOAuthProvider) copy = nullptr;

  provider->needs_client_secret = TRUE;
  provider->secret_in_header = TRUE;
  provider->sends_issuer = TRUE;
  provider->testing_days = 7;
  provider->authorization_parameters = g_strsplit ("access_type=offline", ";", -1);
  provider->advice = g_strsplit ("tenant-switch;consent", ";", -1);
  copy = rp_oauth_provider_copy (provider);
  EXPECT_TRUE (copy->needs_client_secret);
  EXPECT_TRUE (copy->secret_in_header);
  EXPECT_TRUE (copy->sends_issuer);
  EXPECT_EQ (copy->testing_days, 7u);
  EXPECT_STREQ (copy->authorization_parameters[0], "access_type=offline");
  EXPECT_NE (copy->authorization_parameters, provider->authorization_parameters);
  EXPECT_STREQ (copy->advice[1], "consent");
  EXPECT_NE (copy->advice, provider->advice);
}

TEST (OAuthProvider, GoesByItsNameWithoutATitle)
{
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("woodgrove");

  EXPECT_STREQ (rp_oauth_provider_get_title (provider), "woodgrove");
  EXPECT_STREQ (provider->redirect_host, "127.0.0.1");
  provider->title = g_strdup ("Woodgrove Bank");
  EXPECT_STREQ (rp_oauth_provider_get_title (provider), "Woodgrove Bank");
}

TEST (OAuthProvider, KeepsASignInForTheTokenEndpointsHost)
{
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("woodgrove");
  g_autofree char *none = rp_oauth_provider_dup_host (provider);
  g_autofree char *of_issuer = nullptr;
  g_autofree char *of_endpoint = nullptr;

  EXPECT_STREQ (none, nullptr);
  provider->issuer = g_strdup ("https://Login.Woodgrove.example/tenant");
  of_issuer = rp_oauth_provider_dup_host (provider);
  EXPECT_STREQ (of_issuer, "login.woodgrove.example");
  provider->token_endpoint = g_strdup ("https://token.woodgrove.example:8443/t");
  of_endpoint = rp_oauth_provider_dup_host (provider);
  EXPECT_STREQ (of_endpoint, "token.woodgrove.example");
}
