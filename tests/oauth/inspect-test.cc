// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests' OAuth server tells about itself and about tokens: metadata (RFC
// 8414), revocation (RFC 7009), introspection (RFC 7662), a resource (RFC 6750).
#include "sign-in.h"

namespace
{

TEST (Metadata, StandsBeforeTheIssuersPath)
{
  OAuthServerOptions options;
  options.issuer_path = "/tenant/v2.0";
  OAuthServer server (options);
  const std::string root = "http://127.0.0.1:" + std::to_string (server.port ());

  EXPECT_EQ (server.issuer (), root + "/tenant/v2.0");
  EXPECT_EQ (
      fetch (server.issuer () + "/.well-known/oauth-authorization-server").status, 404);
  EXPECT_EQ (fetch (root + "/.well-known/oauth-authorization-server").status, 404);
  const Json told = Json::parse (
      fetch (root + "/.well-known/oauth-authorization-server/tenant/v2.0").body);
  EXPECT_EQ (told.text ("issuer"), server.issuer ());
  for (const char *name : { "authorization", "token", "device_authorization",
                            "revocation", "introspection" })
    EXPECT_EQ (
        told.text ((std::string (name) + "_endpoint").c_str ()).find (server.issuer ()),
        0u)
        << name;
  EXPECT_TRUE (told.is ("authorization_response_iss_parameter_supported"));
  // And the endpoints are there.
  EXPECT_TRUE (server.is_live (SignIn (server).sign_in ().text ("access_token")));
}

TEST (Metadata, OpenIdStandsBehindTheIssuersPath)
{
  OAuthServerOptions options;
  options.issuer_path = "/tenant";
  options.more["metadata"] = R"(["openid-configuration"])";
  OAuthServer server (options);

  EXPECT_EQ (
      Json::parse (fetch (server.issuer () + "/.well-known/openid-configuration").body)
          .text ("issuer"),
      server.issuer ());
  EXPECT_EQ (fetch ("http://127.0.0.1:" + std::to_string (server.port ())
                    + "/.well-known/oauth-authorization-server/tenant")
                 .status,
             404);
}

TEST (Revocation, OfARefreshTokenTakesItsAccessTokensWithIt)
{
  OAuthServer server;
  const Json tokens = SignIn (server).sign_in ();
  const Fetched fetched =
      post (server.issuer () + "/revoke",
            { { "client_id", "public" }, { "token", tokens.text ("refresh_token") } });

  EXPECT_EQ (fetched.status, 200);
  EXPECT_FALSE (server.is_live (tokens.text ("refresh_token")));
  EXPECT_FALSE (server.is_live (tokens.text ("access_token")));
  expect_refusal (
      SignIn (server).ask (SignIn::refresh_form (tokens.text ("refresh_token"))), 400,
      "invalid_grant");
}

TEST (Revocation, OfAnAccessTokenLeavesTheRefreshToken)
{
  OAuthServer server;
  const Json tokens = SignIn (server).sign_in ();

  post (server.issuer () + "/revoke",
        { { "client_id", "public" }, { "token", tokens.text ("access_token") } });
  EXPECT_FALSE (server.is_live (tokens.text ("access_token")));
  EXPECT_TRUE (server.is_live (tokens.text ("refresh_token")));
}

TEST (Revocation, OfWhatIsNoTokenIsNoError)
{
  OAuthServer server;

  EXPECT_EQ (post (server.issuer () + "/revoke",
                   { { "client_id", "public" }, { "token", "abc" } })
                 .status,
             200);
}

TEST (Revocation, IsForTheClientsOwnTokens)
{
  OAuthServer server;
  const std::string token = SignIn (server).sign_in ().text ("refresh_token");

  expect_refusal (post (server.issuer () + "/revoke",
                        { { "client_id", "localhost" }, { "token", token } }),
                  400, "invalid_grant");
  expect_refusal (post (server.issuer () + "/revoke", { { "token", token } }), 400,
                  "invalid_request");
  EXPECT_TRUE (server.is_live (token));
}

class Introspection : public testing::Test
{
protected:
  Json
  describe (const std::string &token)
  {
    const Fetched fetched = post (server_.issuer () + "/introspect",
                                  { { "client_id", "dovecot" },
                                    { "client_secret", "secret of dovecot" },
                                    { "token", token } });

    EXPECT_EQ (fetched.status, 200) << fetched.body;
    body_ = fetched.body;
    return Json::parse (fetched.body);
  }

  OAuthServer server_;
  std::string body_;
};

TEST_F (Introspection, DescribesALiveToken)
{
  const Json told = describe (SignIn (server_).sign_in ().text ("access_token"));

  EXPECT_TRUE (told.is ("active"));
  EXPECT_EQ (told.text ("username"), "terri@proseware.com");
  EXPECT_EQ (told.text ("client_id"), "public");
  EXPECT_EQ (told.text ("scope"), "smtp.send offline_access");
  EXPECT_EQ (told.text ("token_type"), "Bearer");
  EXPECT_EQ (told.number ("exp") - told.number ("iat"), 3600);
}

// RFC 6749 section 6: the scope of a new refresh token is that of the old one, however
// little was asked for with it.
TEST_F (Introspection, DescribesARefreshToken)
{
  const SignIn sign_in (server_);
  const std::string first = sign_in.sign_in ().text ("refresh_token");
  const Json less = sign_in.tokens (
      changed (SignIn::refresh_form (first), { { "scope", "smtp.send" } }));
  const Json told = describe (less.text ("refresh_token"));

  EXPECT_TRUE (told.is ("active"));
  EXPECT_EQ (told.text ("scope"), "smtp.send offline_access");
  EXPECT_FALSE (told.has ("exp"));
}

// RFC 7662 section 2.2: not a word more.
TEST_F (Introspection, SaysNothingOfOneThatDoesNotCount)
{
  const std::string expired = SignIn (server_).sign_in ().text ("access_token");
  server_.expire_access ();
  const std::string revoked = SignIn (server_).sign_in ().text ("access_token");
  server_.revoke_all ();

  for (const std::string &token : { expired, revoked, std::string ("abc") })
    {
      describe (token);
      EXPECT_EQ (body_, R"({"active":false})");
    }
}

TEST_F (Introspection, IsNotForEverybody)
{
  const std::string token = SignIn (server_).sign_in ().text ("access_token");

  expect_refusal (post (server_.issuer () + "/introspect", { { "token", token } }), 400,
                  "invalid_request");
  expect_refusal (post (server_.issuer () + "/introspect",
                        { { "client_id", "public" }, { "token", token } }),
                  403, "unauthorized_client");
  expect_refusal (post (server_.issuer () + "/introspect",
                        { { "client_id", "dovecot" }, { "token", token } }),
                  401, "invalid_client");
}

struct BearerRow
{
  const char *name;
  const char *header; // "TOKEN" in it stands for the token
  const char *scope;  // of the sign-in
  long status;
  const char *challenge; // what WWW-Authenticate begins with, "" for none
  const char *query = "";
};

class Bearer : public testing::TestWithParam<BearerRow>
{
};

TEST_P (Bearer, OpensOrDoesNot)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const BearerRow &row = GetParam ();
  const std::string token =
      sign_in.tokens (SignIn::code_form (sign_in.code ({ { "scope", row.scope } })))
          .text ("access_token");
  std::string header = row.header;
  const std::size_t at = header.find ("TOKEN");

  if (at != std::string::npos)
    header.replace (at, 5, token);
  const Fetched fetched =
      fetch (server.issuer () + "/userinfo" + row.query, nullptr, { header });
  EXPECT_EQ (fetched.status, row.status);
  EXPECT_EQ (fetched.header ("WWW-Authenticate").find (row.challenge), 0u)
      << fetched.headers;
  EXPECT_EQ (fetched.header ("WWW-Authenticate").empty (), *row.challenge == '\0');
  // Who came without a token is told of no error (section 3.1).
  EXPECT_EQ (fetched.headers.find ("error=") != std::string::npos,
             std::string (row.challenge).find ("error=") != std::string::npos);
}

INSTANTIATE_TEST_SUITE_P (
    Rfc,
    Bearer,
    testing::Values (
        BearerRow{ "good", "Authorization: Bearer TOKEN", "profile", 200, "" },
        BearerRow{ "small_letters", "authorization: bearer TOKEN", "profile", 200, "" },
        BearerRow{ "nothing", "X-Nothing: x", "profile", 401,
                   "Bearer realm=\"oauth\"" },
        BearerRow{ "unknown", "Authorization: Bearer abc", "profile", 401,
                   "Bearer realm=\"oauth\", error=\"invalid_token\"" },
        BearerRow{ "malformed", "Authorization: Bearer a b", "profile", 400,
                   "Bearer realm=\"oauth\", error=\"invalid_request\"" },
        BearerRow{ "in_the_address", "Authorization: Bearer TOKEN", "profile", 400,
                   "Bearer realm=\"oauth\", error=\"invalid_request\"",
                   "?access_token=x" },
        BearerRow{ "other_scope", "Authorization: Bearer TOKEN", "smtp.send", 403,
                   "Bearer realm=\"oauth\", error=\"insufficient_scope\"" }),
    [] (const testing::TestParamInfo<BearerRow> &row) { return row.param.name; });

TEST (BearerExpiry, AnExpiredTokenIsInvalid)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string token =
      sign_in.tokens (SignIn::code_form (sign_in.code ({ { "scope", "profile" } })))
          .text ("access_token");
  const auto status = [&] {
    return fetch (server.issuer () + "/userinfo", nullptr,
                  { "Authorization: Bearer " + token })
        .status;
  };

  server.advance (3590);
  EXPECT_EQ (status (), 200);
  server.advance (11);
  EXPECT_EQ (status (), 401);
}

}
