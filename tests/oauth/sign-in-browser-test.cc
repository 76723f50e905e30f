/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person with a real browser signs roampost in, over HTTPS. */
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "browser.h"
#include "signing-in.h"
#include "throwaway-ca.h"

namespace
{

class SignInInChromium : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    browser = std::make_unique<Browser> ();
  }

  static void
  TearDownTestSuite ()
  {
    browser.reset ();
  }

  static OAuthServerOptions
  with_tls ()
  {
    OAuthServerOptions options;

    options.certificate_file = ThrowawayCa::instance ().server_file (Identity::good);
    return options;
  }

  static RpOAuthProvider *
  describe_with_ca (const OAuthServer &server, const char *client)
  {
    RpOAuthProvider *provider = describe (server, client);

    provider->ca_file = g_strdup (ThrowawayCa::instance ().ca_file ());
    return provider;
  }

  static void
  press (const std::string &button)
  {
    browser->fill ("#user", "terri@proseware.com");
    browser->fill ("#password", "moonlight");
    browser->click (button);
  }

  static inline std::unique_ptr<Browser> browser;
};

TEST_F (SignInInChromium, ByCodeAndPkce)
{
  OAuthServer server (with_tls ());
  g_autoptr (RpOAuthProvider) provider = describe_with_ca (server, "localhost");

  g_free (provider->redirect_host);
  provider->redirect_host = g_strdup ("localhost");
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);
  signing_in.begin_well ();
  signing_in.await ();
  browser->open (rp_sign_in_get_address (signing_in.self));
  EXPECT_TRUE (browser->shows ("localhost asks for: smtp.send offline_access"));
  press ("#allow");
  EXPECT_TRUE (browser->shows ("You can close this page"));
  ASSERT_TRUE (signing_in.ended.wait ());
  ASSERT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
}

TEST_F (SignInInChromium, TheUserSaysNo)
{
  OAuthServer server (with_tls ());
  g_autoptr (RpOAuthProvider) provider = describe_with_ca (server, "public");
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  signing_in.await ();
  browser->open (rp_sign_in_get_address (signing_in.self));
  press ("#deny");
  EXPECT_TRUE (browser->shows ("You are not signed in"));
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.error, RP_OAUTH_ERROR_DENIED);
}

TEST_F (SignInInChromium, ByTheCodeOfADevice)
{
  OAuthServer server (with_tls ());
  g_autoptr (RpOAuthProvider) provider = describe_with_ca (server, "public");
  SigningIn signing_in (provider, RP_SIGN_IN_DEVICE);

  server.set ("device_interval_s", "0");
  signing_in.begin_well ();
  rp_sign_in_set_second_ms (signing_in.self, 20);
  signing_in.await ();
  browser->open (rp_sign_in_get_address (signing_in.self));
  browser->fill ("#user-code", rp_sign_in_get_user_code (signing_in.self));
  browser->click ("#next");
  press ("#allow");
  EXPECT_TRUE (browser->shows ("You are done"));
  ASSERT_TRUE (signing_in.ended.wait ());
  ASSERT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
}

}
