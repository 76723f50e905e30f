// SPDX-License-Identifier: GPL-3.0-or-later
// Chromium signs in at the tests' OAuth server, as a person would.
#include "browser.h"
#include "catcher.h"
#include "sign-in.h"
#include "throwaway-ca.h"

namespace
{

class InChromium : public testing::Test
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

  static void
  press (const std::string &button, const std::string &password = "moonlight")
  {
    browser->fill ("#user", "terri@proseware.com");
    browser->fill ("#password", password);
    browser->click (button);
  }

  static std::string
  request (const OAuthServer &server, const Catcher &catcher)
  {
    return server.issuer () + "/authorize?"
           + encode (changed (SignIn::request (),
                              { { "redirect_uri", catcher.address () } }));
  }

  static inline std::unique_ptr<Browser> browser;
};

TEST_F (InChromium, AllowLeadsToTheProgramWithACodeThatIsGood)
{
  OAuthServer server;
  Catcher catcher;

  browser->open (request (server, catcher));
  EXPECT_TRUE (browser->shows ("public asks for: smtp.send offline_access"));
  press ("#allow");
  ASSERT_TRUE (browser->shows ("done"));
  const std::string address = browser->address ();
  EXPECT_EQ (address.find (catcher.address ()), 0u);
  EXPECT_EQ (parameter_of (address, "state"), "s/1 &=%");
  EXPECT_EQ (parameter_of (address, "iss"), server.issuer ());
  const Json tokens = SignIn (server).tokens (
      changed (SignIn::code_form (parameter_of (address, "code")),
               { { "redirect_uri", catcher.address () } }));
  EXPECT_TRUE (server.is_live (tokens.text ("refresh_token")));
}

TEST_F (InChromium, AWrongPasswordAsksAgainAndDenyLeadsBackToo)
{
  OAuthServer server;
  Catcher catcher;

  browser->open (request (server, catcher));
  press ("#allow", "sunshine");
  EXPECT_TRUE (browser->shows ("Wrong user or password"));
  EXPECT_EQ (catcher.request_line (), "");
  press ("#deny");
  EXPECT_TRUE (browser->shows ("done"));
  EXPECT_EQ (parameter_of (browser->address (), "error"), "access_denied");
}

TEST_F (InChromium, ADeviceCodeIsTypedIn)
{
  ThrowawayCa &ca = ThrowawayCa::instance ();
  OAuthServerOptions options;
  options.certificate_file = ca.server_file (Identity::good);
  OAuthServer server (options);
  const SignIn sign_in (server, ca.ca_file ());
  const Json begun = sign_in.begin_device ();

  browser->open (begun.text ("verification_uri"));
  browser->fill ("#user-code", begun.text ("user_code"));
  browser->click ("#next");
  press ("#allow");
  EXPECT_TRUE (browser->shows ("You are done. Go back to the device."));
  EXPECT_EQ (sign_in.ask (SignIn::device_form (begun.text ("device_code"))).status,
             200);
}

}
