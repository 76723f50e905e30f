// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in at a server that others wrote, with a real browser on its real pages.
#include "browser.h"
#include "catcher.h"
#include "glewlwyd.h"
#include "sign-in.h"

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

const Fields as_roampost = { { "client_id", "roampost" } };

TEST (Glewlwyd, GivesTokensToWhoComesFromItsPages)
{
  Glewlwyd server;
  Browser browser;
  Catcher catcher;

  server.allow_redirect (catcher.address ());
  browser.open (server.issuer () + "/auth?"
                + encode (changed (SignIn::request (),
                                   { { "client_id", "roampost" },
                                     { "scope", "smtp" },
                                     { "redirect_uri", catcher.address () } })));
  sign_in_as_terri (browser);
  ASSERT_TRUE (browser.shows ("done"));
  EXPECT_EQ (parameter_of (browser.address (), "iss"), server.issuer ());

  const std::string endpoint = server.issuer () + "/token";
  const std::string code = parameter_of (browser.address (), "code");
  const Fields form =
      changed (SignIn::code_form (code),
               { { "client_id", "roampost" }, { "redirect_uri", catcher.address () } });
  const Json tokens = Json::parse (post (endpoint, form).body);
  EXPECT_NE (tokens.text ("access_token"), "");

  const Fields refresh =
      changed (SignIn::refresh_form (tokens.text ("refresh_token")), as_roampost);
  const Json second = Json::parse (post (endpoint, refresh).body);
  EXPECT_NE (second.text ("refresh_token"), "");
  EXPECT_NE (second.text ("refresh_token"), tokens.text ("refresh_token"));
  EXPECT_EQ (post (endpoint, refresh).status, 400);
}

}
