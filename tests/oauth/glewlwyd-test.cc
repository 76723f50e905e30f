// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in at a server that others wrote, with a real browser on its real pages.
#include "browser.h"
#include "glewlwyd.h"
#include "sign-in.h"
#include "signing-in.h"

namespace
{

// What a person does on glewlwyd's pages.
void
sign_in_as_terri (Browser &browser)
{
  browser.fill ("#username", "terri");
  browser.fill ("#password", "moonlight");
  browser.click ("#loginbut");
  browser.click ("#grant-smtp");
  browser.click_text ("Grant access");
  browser.click_text ("Continue");
}

class AtGlewlwyd : public testing::Test
{
protected:
  // All else is in its metadata, which it has where OpenID Connect puts it.
  RpOAuthProvider *
  provider () const
  {
    RpOAuthProvider *provider = rp_oauth_provider_new ("glewlwyd");

    provider->issuer = g_strdup (server_.issuer ().c_str ());
    provider->client_id = g_strdup ("roampost");
    provider->scope = g_strdup ("smtp");
    provider->redirect_path = g_strdup ("/");
    provider->sends_issuer = TRUE;
    return provider;
  }

  // The refresh token is good for another once, and then no more.
  void
  expect_good (SigningIn &signing_in)
  {
    ASSERT_TRUE (signing_in.ended.wait ());
    const RpOAuthGrant *grant = signing_in.ended.grant;
    ASSERT_NE (grant, nullptr) << signing_in.ended.text;
    EXPECT_EQ (grant->expires_in_s, 3600u);
    const Fields refresh = changed (SignIn::refresh_form (grant->refresh_token),
                                    { { "client_id", "roampost" } });
    const Fetched second = post (server_.issuer () + "/token", refresh);
    EXPECT_NE (Json::parse (second.body).text ("access_token"), "");
    EXPECT_EQ (post (server_.issuer () + "/token", refresh).status, 400);
  }

  Glewlwyd server_;
  Browser browser_;
};

TEST_F (AtGlewlwyd, SignsInWithTheBrowser)
{
  g_autoptr (RpOAuthProvider) known = provider ();
  SigningIn signing_in (known, RP_SIGN_IN_BROWSER);

  // Its clock is not ours to turn.
  rp_sign_in_set_second_ms (signing_in.self, 1000);
  signing_in.begin_well ();
  signing_in.await ();
  const std::string address = rp_sign_in_get_address (signing_in.self);
  server_.allow_redirect (parameter_of (address, "redirect_uri"));
  browser_.open (address);
  sign_in_as_terri (browser_);
  EXPECT_TRUE (browser_.shows ("You can close this page"));
  expect_good (signing_in);
}

TEST_F (AtGlewlwyd, SignsInWithTheCodeOfADevice)
{
  g_autoptr (RpOAuthProvider) known = provider ();
  SigningIn signing_in (known, RP_SIGN_IN_DEVICE);

  rp_sign_in_set_second_ms (signing_in.self, 1000);
  signing_in.begin_well ();
  signing_in.await ();
  browser_.open (rp_sign_in_get_complete_address (signing_in.self));
  sign_in_as_terri (browser_);
  EXPECT_TRUE (browser_.shows ("Authorization complete"));
  expect_good (signing_in);
}

}
