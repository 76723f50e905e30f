// SPDX-License-Identifier: GPL-3.0-or-later
// The device code of the tests' OAuth server: RFC 8628. Its clock is put forward, so
// nobody waits.
#include "sign-in.h"

namespace
{

class Device : public testing::Test
{
protected:
  void
  begin ()
  {
    begun_ = sign_in_.begin_device ();
  }

  Fetched
  poll (const Fields &changes = {})
  {
    return sign_in_.ask (
        changed (SignIn::device_form (begun_.text ("device_code")), changes));
  }

  // What the user does on the page, the code typed as they like.
  Fetched
  answer (const std::string &code,
          const std::string &decision,
          const std::string &password = "moonlight")
  {
    return post (server_.issuer () + "/device", { { "user_code", code },
                                                  { "user", "terri@proseware.com" },
                                                  { "password", password },
                                                  { "decision", decision } });
  }

  OAuthServer server_;
  SignIn sign_in_{ server_ };
  Json begun_;
};

TEST_F (Device, TellsWhatTheUserNeeds)
{
  begin ();
  EXPECT_EQ (begun_.text ("verification_uri"), server_.issuer () + "/device");
  EXPECT_EQ (begun_.text ("verification_uri_complete"),
             server_.issuer () + "/device?user_code=" + begun_.text ("user_code"));
  EXPECT_EQ (begun_.number ("expires_in"), 900);
  EXPECT_EQ (begun_.number ("interval"), 5);
  EXPECT_TRUE (g_regex_match_simple ("^[B-Z]{4}-[B-Z]{4}$",
                                     begun_.text ("user_code").c_str (),
                                     (GRegexCompileFlags) 0, (GRegexMatchFlags) 0));
}

TEST_F (Device, IsPendingUntilTheUserSaysYes)
{
  begin ();
  expect_refusal (poll (), 400, "authorization_pending");
  EXPECT_EQ (answer (begun_.text ("user_code"), "allow").status, 200);
  server_.advance (5);
  const Fetched fetched = poll ();
  EXPECT_EQ (fetched.status, 200) << fetched.body;
  EXPECT_TRUE (server_.is_live (Json::parse (fetched.body).text ("refresh_token")));
  server_.advance (5);
  expect_refusal (poll (), 400, "invalid_grant");
}

TEST_F (Device, WhoAsksTooSoonWaitsFiveSecondsLonger)
{
  begin ();
  expect_refusal (poll (), 400, "authorization_pending");
  server_.advance (3);
  expect_refusal (poll (), 400, "slow_down");
  server_.advance (8);
  expect_refusal (poll (), 400, "slow_down");
  server_.advance (15);
  expect_refusal (poll (), 400, "authorization_pending");
}

TEST_F (Device, TellsThatTheUserSaidNo)
{
  begin ();
  answer (begun_.text ("user_code"), "deny");
  expect_refusal (poll (), 400, "access_denied");
}

TEST_F (Device, Expires)
{
  begin ();
  server_.advance (901);
  expect_refusal (poll (), 400, "expired_token");
  const Fetched page = answer (begun_.text ("user_code"), "allow");
  EXPECT_NE (page.body.find ("There is no such code"), std::string::npos);
}

TEST_F (Device, TheCodeIsTypedAsOneLikes)
{
  begin ();
  g_autofree char *typed = g_ascii_strdown (begun_.text ("user_code").c_str (), -1);
  typed[4] = ' ';
  answer (typed, "allow");
  EXPECT_EQ (poll ().status, 200);
}

TEST_F (Device, AWrongPasswordLetsNobodyIn)
{
  begin ();
  const Fetched page = answer (begun_.text ("user_code"), "allow", "sunshine");
  EXPECT_NE (page.body.find ("Wrong user or password"), std::string::npos);
  expect_refusal (poll (), 400, "authorization_pending");
}

struct DeviceRow
{
  const char *name;
  const char *endpoint; // "token" or "device_authorization"
  Fields changes;
  long status;
  const char *error;
};

class DeviceRefusals : public testing::TestWithParam<DeviceRow>
{
};

TEST_P (DeviceRefusals, AreExact)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const DeviceRow &row = GetParam ();
  const bool is_poll = std::string (row.endpoint) == "token";
  const Fields form =
      is_poll ? SignIn::device_form (sign_in.begin_device ().text ("device_code"))
              : Fields{ { "client_id", "public" }, { "scope", "smtp.send" } };

  expect_refusal (
      post (server.issuer () + "/" + row.endpoint, changed (form, row.changes)),
      row.status, row.error);
}

INSTANTIATE_TEST_SUITE_P (
    Rfc,
    DeviceRefusals,
    testing::Values (
        DeviceRow{ "begin_without_client",
                   "device_authorization",
                   { { "client_id", "-" } },
                   400,
                   "invalid_request" },
        DeviceRow{ "begin_unknown_client",
                   "device_authorization",
                   { { "client_id", "somebody" } },
                   401,
                   "invalid_client" },
        DeviceRow{ "begin_without_secret",
                   "device_authorization",
                   { { "client_id", "installed" } },
                   401,
                   "invalid_client" },
        DeviceRow{
            "begin_client_without_grants",
            "device_authorization",
            { { "client_id", "dovecot" }, { "client_secret", "secret of dovecot" } },
            400,
            "unauthorized_client" },
        DeviceRow{ "begin_unknown_scope",
                   "device_authorization",
                   { { "scope", "everything" } },
                   400,
                   "invalid_scope" },
        DeviceRow{
            "no_code", "token", { { "device_code", "-" } }, 400, "invalid_request" },
        DeviceRow{ "unknown_code",
                   "token",
                   { { "device_code", "abc" } },
                   400,
                   "invalid_grant" },
        DeviceRow{ "other_client",
                   "token",
                   { { "client_id", "localhost" } },
                   400,
                   "invalid_grant" }),
    [] (const testing::TestParamInfo<DeviceRow> &row) { return row.param.name; });

}
