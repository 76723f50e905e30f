// SPDX-License-Identifier: GPL-3.0-or-later
// The tests' OAuth server does what it is told: fails, hangs, lies, goes down, and
// keeps its log.
#include "catcher.h"
#include "run-until.h"
#include "sign-in.h"
#include "throwaway-ca.h"

#include <thread>

namespace
{

TEST (Orders, FailuresAreForTheNextRequestsOnly)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fields form = SignIn::refresh_form (sign_in.sign_in ().text ("refresh_token"));

  server.fail_next ("token", 503, 2);
  EXPECT_EQ (sign_in.ask (form).status, 503);
  EXPECT_EQ (sign_in.begin_device ().number ("interval"), 5);
  EXPECT_EQ (sign_in.ask (form).status, 503);
  server.refuse_next ("token", "invalid_grant", "AADSTS50173: \"fresh\"");
  const Fetched refused = sign_in.ask (form);
  expect_refusal (refused, 400, "invalid_grant");
  EXPECT_EQ (Json::parse (refused.body).text ("error_description"),
             "AADSTS50173: \"fresh\"");
  server.cut_next ("token");
  EXPECT_EQ (sign_in.ask (form).status, 0);
  server.answer_next ("token", R"({"access_token": 7})");
  EXPECT_EQ (Json::parse (sign_in.ask (form).body).number ("access_token"), 7);
  EXPECT_EQ (sign_in.ask (form).status, 200);
}

TEST (Orders, ARequestCanBeLeftHanging)
{
  OAuthServer server;
  CURL *easy = curl_easy_init ();

  server.hang_next ("metadata");
  const std::string address = "http://127.0.0.1:" + std::to_string (server.port ())
                              + "/.well-known/oauth-authorization-server";
  curl_easy_setopt (easy, CURLOPT_URL, address.c_str ());
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, 300L);
  EXPECT_EQ (curl_easy_perform (easy), CURLE_OPERATION_TIMEDOUT);
  curl_easy_cleanup (easy);
  EXPECT_EQ (server.requests ("metadata").at (0).text ("error"), "hang");
  EXPECT_EQ (fetch (address).status, 200);
}

TEST (Orders, GoesDownAndComesUpOnTheSamePortWithAllThatItKnew)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fields form = SignIn::refresh_form (sign_in.sign_in ().text ("refresh_token"));

  server.go_down ();
  EXPECT_EQ (sign_in.ask (form).status, 0);
  server.come_up ();
  EXPECT_EQ (sign_in.ask (form).status, 200);
}

TEST (Orders, WhoHangsIsCutWhenItGoesDown)
{
  OAuthServer server;
  CURLcode outcome = CURLE_OK;
  const std::string address = server.issuer () + "/token";

  server.hang_next ("token");
  std::thread client ([&] {
    CURL *easy = curl_easy_init ();

    curl_easy_setopt (easy, CURLOPT_URL, address.c_str ());
    curl_easy_setopt (easy, CURLOPT_TIMEOUT, 20L);
    outcome = curl_easy_perform (easy);
    curl_easy_cleanup (easy);
  });
  EXPECT_TRUE (run_until ([&] { return server.requests ("token").size () == 1; }));
  server.go_down ();
  client.join ();
  EXPECT_EQ (outcome, CURLE_GOT_NOTHING);
}

TEST (Orders, AConsentWallStandsBehindAllow)
{
  OAuthServer server;
  const SignIn sign_in (server);

  server.set_consent_error ("access_denied", "AADSTS90094: The grant requires admin "
                                             "permission.");
  const std::string where =
      sign_in.press (sign_in.open (), "allow").header ("Location");
  EXPECT_EQ (parameter_of (where, "error"), "access_denied");
  EXPECT_EQ (parameter_of (where, "error_description"),
             "AADSTS90094: The grant requires admin permission.");
}

TEST (Orders, TheRedirectCanLie)
{
  OAuthServer server;
  const SignIn sign_in (server);

  server.spoil_redirect (R"({"iss": "https://evil.example", "state": null})");
  const std::string where =
      sign_in.press (sign_in.open (), "allow").header ("Location");
  EXPECT_EQ (parameter_of (where, "iss"), "https://evil.example");
  EXPECT_EQ (where.find ("state="), std::string::npos);
  EXPECT_NE (parameter_of (where, "code"), "");
}

TEST (Orders, TheMetadataCanLie)
{
  OAuthServer server;
  const auto told = [&] {
    return Json::parse (
        fetch (server.issuer () + "/.well-known/oauth-authorization-server").body);
  };

  server.spoil_metadata (
      R"({"issuer": "https://evil.example", "token_endpoint": null})");
  EXPECT_EQ (told ().text ("issuer"), "https://evil.example");
  EXPECT_FALSE (told ().has ("token_endpoint"));
  server.spoil_metadata ("{}");
  EXPECT_EQ (told ().text ("issuer"), server.issuer ());
}

TEST (Orders, WritesDownEachRequestBeforeItsAnswer)
{
  OAuthServer server;
  const SignIn sign_in (server);

  sign_in.ask (SignIn::refresh_form ("abc"), { "User-Agent: somebody" });
  const std::vector<Json> requests = server.requests ();
  ASSERT_EQ (requests.size (), 1u);
  EXPECT_EQ (requests[0].text ("method"), "POST");
  EXPECT_EQ (requests[0].text ("path"), "/token");
  EXPECT_EQ (requests[0].member ("form").text ("refresh_token"), "abc");
  EXPECT_EQ (requests[0].member ("headers").text ("user-agent"), "somebody");
  EXPECT_EQ (requests[0].number ("status"), 400);
  EXPECT_EQ (requests[0].text ("error"), "invalid_grant");
}

TEST (Orders, GivesASignInThatIsOver)
{
  OAuthServer server;
  const Json given = server.give ("profile", "terri@proseware.com", "localhost");
  const Fields form = SignIn::refresh_form (given.text ("refresh_token"));

  EXPECT_TRUE (server.is_live (given.text ("access_token")));
  expect_refusal (SignIn (server).ask (form), 400, "invalid_grant");
  EXPECT_EQ (SignIn (server)
                 .tokens (changed (form, { { "client_id", "localhost" } }))
                 .text ("scope"),
             "profile");
}

TEST (Orders, TokensCanBeAsLongAsMicrosofts)
{
  OAuthServerOptions options;
  options.more["access_token_bytes"] = "1800";
  OAuthServer server (options);

  EXPECT_EQ (SignIn (server).sign_in ().text ("access_token").size (),
             strlen ("access-") + 2400);
}

TEST (Orders, SpeaksTlsWithTheCertificateThatItIsGiven)
{
  ThrowawayCa &ca = ThrowawayCa::instance ();
  OAuthServerOptions options;
  options.certificate_file = ca.server_file (Identity::good);
  options.name = "localhost";
  OAuthServer server (options);

  EXPECT_EQ (server.issuer (), "https://localhost:" + std::to_string (server.port ()));
  EXPECT_EQ (fetch (server.issuer () + "/token").status, 0);
  EXPECT_TRUE (
      server.is_live (SignIn (server, ca.ca_file ()).sign_in ().text ("access_token")));
}

struct VisitRow
{
  const char *name;
  const char *decision;
  bool is_tls;
  const char *wanted; // in the request that reaches the program
};

class Visit : public testing::TestWithParam<VisitRow>
{
};

TEST_P (Visit, LeadsBackToTheProgram)
{
  ThrowawayCa &ca = ThrowawayCa::instance ();
  const VisitRow &row = GetParam ();
  OAuthServerOptions options;
  if (row.is_tls)
    options.certificate_file = ca.server_file (Identity::good);
  OAuthServer server (options);
  Catcher catcher;
  const std::string address =
      server.issuer () + "/authorize?"
      + encode (
          changed (SignIn::request (), { { "redirect_uri", catcher.address () } }));
  const Json page = server.visit (address, row.decision, ca.ca_file ());

  EXPECT_EQ (page.number ("status"), 200);
  EXPECT_EQ (page.text ("text"), "done");
  EXPECT_EQ (page.text ("address").find (catcher.address ()), 0u);
  EXPECT_NE (catcher.request_line ().find (row.wanted), std::string::npos)
      << catcher.request_line ();
}

INSTANTIATE_TEST_SUITE_P (
    Ways,
    Visit,
    testing::Values (VisitRow{ "allow", "allow", false, "code=code-" },
                     VisitRow{ "deny", "deny", false, "error=access_denied" },
                     VisitRow{ "allow_over_tls", "allow", true, "code=code-" }),
    [] (const testing::TestParamInfo<VisitRow> &row) { return row.param.name; });

TEST (VisitOfADevice, EndsOnTheServersPage)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Json begun = sign_in.begin_device ();
  const Json page = server.visit (begun.text ("verification_uri_complete"));

  EXPECT_NE (page.text ("text").find ("You are done"), std::string::npos);
  EXPECT_EQ (sign_in.ask (SignIn::device_form (begun.text ("device_code"))).status,
             200);
}

}
