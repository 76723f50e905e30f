// SPDX-License-Identifier: GPL-3.0-or-later
// What the OAuth server of the tests forbids, and how: the authorization endpoint, and
// the token endpoint for codes and refresh tokens.
#include "sign-in.h"

namespace
{

template <typename Row>
std::string
name_of (const testing::TestParamInfo<Row> &info)
{
  return info.param.name;
}

// The rows of a table ask one server, one after the other.
template <typename Row> class Refusals : public testing::TestWithParam<Row>
{
protected:
  static void
  SetUpTestSuite ()
  {
    server = std::make_unique<OAuthServer> ();
  }

  static void
  TearDownTestSuite ()
  {
    server.reset ();
  }

  static inline std::unique_ptr<OAuthServer> server;
};

// A request for a code that must not lead to one.
struct AuthorizeRow
{
  const char *name;
  Fields changes;
  const char *error; // in the redirect; "": a page says it, and there is no redirect
  const char *extra = "";
};

class AuthorizeRefusals : public Refusals<AuthorizeRow>
{
};

TEST_P (AuthorizeRefusals, AreExact)
{
  const AuthorizeRow &row = GetParam ();
  const Fetched fetched =
      fetch (server->issuer () + "/authorize?"
             + encode (changed (SignIn::request (), row.changes)) + row.extra);
  const std::string where = fetched.header ("Location");

  if (*row.error == '\0')
    {
      EXPECT_EQ (fetched.status, 400);
      EXPECT_EQ (where, "");
      return;
    }
  EXPECT_EQ (fetched.status, 303) << fetched.body;
  EXPECT_EQ (where.find (example_redirect + "?"), 0u) << where;
  EXPECT_EQ (parameter_of (where, "error"), row.error);
  EXPECT_EQ (parameter_of (where, "state"), "s/1 &=%");
  EXPECT_EQ (parameter_of (where, "iss"), server->issuer ());
  EXPECT_EQ (parameter_of (where, "code"), "");
}

INSTANTIATE_TEST_SUITE_P (
    Rfc,
    AuthorizeRefusals,
    testing::Values (
        AuthorizeRow{ "no_client", { { "client_id", "-" } }, "" },
        AuthorizeRow{ "unknown_client", { { "client_id", "somebody" } }, "" },
        AuthorizeRow{ "two_clients", {}, "", "&client_id=installed" },
        AuthorizeRow{ "no_redirect", { { "redirect_uri", "-" } }, "" },
        AuthorizeRow{ "two_redirects", {}, "", "&redirect_uri=http://127.0.0.1:1/" },
        AuthorizeRow{
            "other_path", { { "redirect_uri", "http://127.0.0.1:5/x" } }, "" },
        AuthorizeRow{ "no_path", { { "redirect_uri", "http://127.0.0.1:5" } }, "" },
        AuthorizeRow{ "query", { { "redirect_uri", "http://127.0.0.1:5/?a=b" } }, "" },
        AuthorizeRow{ "fragment", { { "redirect_uri", "http://127.0.0.1:5/#a" } }, "" },
        AuthorizeRow{ "host", { { "redirect_uri", "http://127.0.0.2:5/" } }, "" },
        AuthorizeRow{
            "other_loopback",
            { { "client_id", "installed" }, { "redirect_uri", "http://[::1]:5/" } },
            "" },
        AuthorizeRow{ "host_name", { { "redirect_uri", "http://localhost:5/" } }, "" },
        AuthorizeRow{ "host_behind",
                      { { "redirect_uri", "http://127.0.0.1:5@evil.example/" } },
                      "" },
        AuthorizeRow{ "host_longer",
                      { { "redirect_uri", "http://127.0.0.1.evil.example/" } },
                      "" },
        AuthorizeRow{ "https", { { "redirect_uri", "https://127.0.0.1:5/" } }, "" },
        AuthorizeRow{
            "longer", { { "redirect_uri", "org.example.mail:/back/x" } }, "" },
        AuthorizeRow{ "no_type", { { "response_type", "-" } }, "invalid_request" },
        AuthorizeRow{ "empty_type", { { "response_type", "" } }, "invalid_request" },
        AuthorizeRow{
            "token", { { "response_type", "token" } }, "unsupported_response_type" },
        AuthorizeRow{
            "no_challenge", { { "code_challenge", "-" } }, "invalid_request" },
        AuthorizeRow{
            "plain", { { "code_challenge_method", "plain" } }, "invalid_request" },
        AuthorizeRow{
            "plain_unsaid", { { "code_challenge_method", "-" } }, "invalid_request" },
        AuthorizeRow{ "padded_challenge",
                      { { "code_challenge", example_challenge + "=" } },
                      "invalid_request" },
        AuthorizeRow{
            "short_challenge", { { "code_challenge", "abc" } }, "invalid_request" },
        AuthorizeRow{ "unknown_scope", { { "scope", "everything" } }, "invalid_scope" },
        AuthorizeRow{ "scope_with_commas",
                      { { "scope", "smtp.send,profile" } },
                      "invalid_scope" },
        AuthorizeRow{ "scope_with_two_spaces",
                      { { "scope", "smtp.send  profile" } },
                      "invalid_scope" },
        AuthorizeRow{ "two_scopes", {}, "invalid_request", "&scope=profile" }),
    name_of<AuthorizeRow>);

TEST (Authorize, GivesStateAndIssuerBackWithTheCode)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fetched fetched = sign_in.press (sign_in.open (), "allow");
  const std::string where = fetched.header ("Location");

  EXPECT_EQ (fetched.status, 303);
  EXPECT_EQ (where.find (example_redirect + "?"), 0u);
  EXPECT_EQ (parameter_of (where, "state"), "s/1 &=%");
  EXPECT_EQ (parameter_of (where, "iss"), server.issuer ());
  EXPECT_NE (parameter_of (where, "code"), "");
}

TEST (Authorize, AnyPortOfTheLoopbackAddressWillDo)
{
  OAuthServer server;
  const SignIn sign_in (server);

  for (const char *uri :
       { "http://127.0.0.1/", "http://127.0.0.1:1/", "http://[::1]:9/" })
    EXPECT_EQ (sign_in.open ({ { "redirect_uri", uri } }).status, 200) << uri;
  EXPECT_EQ (sign_in
                 .open ({ { "client_id", "localhost" },
                          { "redirect_uri", "http://localhost:4711/" } })
                 .status,
             200);
}

TEST (Authorize, AWrongPasswordAsksAgainAndNoSendsTheUserBack)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fetched again = sign_in.press (sign_in.open (), "allow", "sunshine");

  EXPECT_EQ (again.status, 200);
  EXPECT_NE (again.body.find ("Wrong user or password"), std::string::npos);
  const std::string where = sign_in.press (again, "deny").header ("Location");
  EXPECT_EQ (parameter_of (where, "error"), "access_denied");
  EXPECT_EQ (parameter_of (where, "state"), "s/1 &=%");
  // The page has had its answer.
  EXPECT_EQ (sign_in.press (again, "allow").status, 400);
}

// A request for a token that must not be answered with one.
struct TokenRow
{
  const char *name;
  Fields changes;
  long status;
  const char *error;
  std::vector<std::string> headers = {};
  const char *extra = "";
  const char *query = "";
};

// curl -u public:  and  -u installed:'not so secret', form-encoded within.
const char *basic_public = "Authorization: Basic cHVibGljOg==";
const char *basic_installed = "Authorization: Basic aW5zdGFsbGVkOm5vdCtzbytzZWNyZXQ=";

class CodeRefusals : public Refusals<TokenRow>
{
};

TEST_P (CodeRefusals, AreExact)
{
  const std::size_t n_grants = server->grants ().size ();
  const SignIn sign_in (*server);
  const TokenRow &row = GetParam ();
  const std::string body =
      encode (changed (SignIn::code_form (sign_in.code ()), row.changes)) + row.extra;

  expect_refusal (fetch (server->issuer () + "/token" + row.query, &body, row.headers),
                  row.status, row.error);
  EXPECT_EQ (server->grants ().size (), n_grants);
}

INSTANTIATE_TEST_SUITE_P (
    Rfc,
    CodeRefusals,
    testing::Values (
        TokenRow{ "no_code", { { "code", "-" } }, 400, "invalid_request" },
        TokenRow{ "unknown_code", { { "code", "abc" } }, 400, "invalid_grant" },
        TokenRow{ "no_type", { { "grant_type", "-" } }, 400, "invalid_request" },
        TokenRow{ "password",
                  { { "grant_type", "password" } },
                  400,
                  "unsupported_grant_type" },
        TokenRow{ "no_redirect", { { "redirect_uri", "-" } }, 400, "invalid_request" },
        TokenRow{ "other_port",
                  { { "redirect_uri", "http://127.0.0.1:50124/" } },
                  400,
                  "invalid_grant" },
        TokenRow{ "no_verifier", { { "code_verifier", "-" } }, 400, "invalid_request" },
        TokenRow{
            "short_verifier", { { "code_verifier", "abc" } }, 400, "invalid_request" },
        TokenRow{ "wrong_verifier",
                  { { "code_verifier", std::string (43, 'a') } },
                  400,
                  "invalid_grant" },
        TokenRow{ "challenge_as_verifier",
                  { { "code_verifier", example_challenge } },
                  400,
                  "invalid_grant" },
        TokenRow{ "no_client", { { "client_id", "-" } }, 400, "invalid_request" },
        TokenRow{
            "unknown_client", { { "client_id", "somebody" } }, 401, "invalid_client" },
        TokenRow{
            "other_client", { { "client_id", "localhost" } }, 400, "invalid_grant" },
        TokenRow{ "secret_of_a_public_client",
                  { { "client_secret", "x" } },
                  401,
                  "invalid_client" },
        TokenRow{
            "no_secret", { { "client_id", "installed" } }, 401, "invalid_client" },
        TokenRow{ "wrong_secret",
                  { { "client_id", "installed" }, { "client_secret", "x" } },
                  401,
                  "invalid_client" },
        TokenRow{
            "two_ways",
            { { "client_id", "installed" }, { "client_secret", "not so secret" } },
            400,
            "invalid_request",
            { basic_installed } },
        TokenRow{
            "client_without_grants",
            { { "client_id", "dovecot" }, { "client_secret", "secret of dovecot" } },
            400,
            "unauthorized_client" },
        TokenRow{ "empty_secret_in_a_header",
                  { { "client_id", "-" } },
                  401,
                  "invalid_client",
                  { basic_public } },
        TokenRow{ "broken_header",
                  { { "client_id", "-" } },
                  401,
                  "invalid_client",
                  { "Authorization: Bearer abc" } },
        TokenRow{ "repeated", {}, 400, "invalid_request", {}, "&client_id=public" },
        TokenRow{ "broken_escape", {}, 400, "invalid_request", {}, "&a=%zz" },
        TokenRow{
            "json", {}, 400, "invalid_request", { "Content-Type: application/json" } },
        TokenRow{ "in_the_address", {}, 400, "invalid_request", {}, "", "?a=b" }),
    name_of<TokenRow>);

TEST (Token, GetIsNotAllowed)
{
  OAuthServer server;
  const Fetched fetched = fetch (server.issuer () + "/token");

  expect_refusal (fetched, 405, "invalid_request");
  EXPECT_EQ (fetched.header ("Allow"), "POST");
}

TEST (Token, AWrongHeaderIsAnsweredWithTheWayIn)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fetched fetched =
      sign_in.ask (changed (SignIn::code_form ("x"), { { "client_id", "-" } }),
                   { "Authorization: Basic aW5zdGFsbGVkOng=" });

  expect_refusal (fetched, 401, "invalid_client");
  EXPECT_EQ (fetched.header ("WWW-Authenticate"), R"(Basic realm="oauth")");
}

TEST (Token, ACodeIsGoodForTokensOnce)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string code = sign_in.code ();
  const Json tokens = sign_in.tokens (SignIn::code_form (code));

  EXPECT_EQ (tokens.text ("token_type"), "Bearer");
  EXPECT_EQ (tokens.number ("expires_in"), 3600);
  EXPECT_EQ (tokens.text ("scope"), "smtp.send offline_access");
  EXPECT_TRUE (server.is_live (tokens.text ("access_token")));
  EXPECT_TRUE (server.is_live (tokens.text ("refresh_token")));
  expect_refusal (sign_in.ask (SignIn::code_form (code)), 400, "invalid_grant");
  EXPECT_FALSE (server.is_live (tokens.text ("access_token")));
  EXPECT_FALSE (server.is_live (tokens.text ("refresh_token")));
}

TEST (Token, AWrongTryUsesTheCodeUp)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Fields form = SignIn::code_form (sign_in.code ());

  sign_in.ask (changed (form, { { "code_verifier", std::string (43, 'a') } }));
  expect_refusal (sign_in.ask (form), 400, "invalid_grant");
}

TEST (Token, ACodeExpires)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string early = sign_in.code ();
  const std::string late = sign_in.code ();

  server.advance (50);
  EXPECT_EQ (sign_in.ask (SignIn::code_form (early)).status, 200);
  server.advance (11);
  expect_refusal (sign_in.ask (SignIn::code_form (late)), 400, "invalid_grant");
}

TEST (Token, AClientWithASecretComesByHeaderOrBody)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const auto form = [&] {
    return SignIn::code_form (sign_in.code ({ { "client_id", "installed" } }));
  };

  EXPECT_EQ (
      sign_in.ask (changed (form (), { { "client_id", "-" } }), { basic_installed })
          .status,
      200);
  EXPECT_EQ (sign_in
                 .ask (changed (form (), { { "client_id", "installed" },
                                           { "client_secret", "not so secret" } }))
                 .status,
             200);
}

class RefreshRefusals : public Refusals<TokenRow>
{
};

TEST_P (RefreshRefusals, AreExact)
{
  const SignIn sign_in (*server);
  const TokenRow &row = GetParam ();
  const std::string token = sign_in.sign_in ().text ("refresh_token");

  expect_refusal (
      sign_in.ask (changed (SignIn::refresh_form (token), row.changes), row.headers),
      row.status, row.error);
  // Nothing is lost by it.
  EXPECT_TRUE (server->is_live (token));
}

INSTANTIATE_TEST_SUITE_P (
    Rfc,
    RefreshRefusals,
    testing::Values (
        TokenRow{ "no_token", { { "refresh_token", "-" } }, 400, "invalid_request" },
        TokenRow{ "unknown", { { "refresh_token", "abc" } }, 400, "invalid_grant" },
        TokenRow{
            "other_client", { { "client_id", "localhost" } }, 400, "invalid_grant" },
        TokenRow{
            "wider_scope", { { "scope", "smtp.send profile" } }, 400, "invalid_scope" },
        TokenRow{ "malformed_scope", { { "scope", " " } }, 400, "invalid_scope" }),
    name_of<TokenRow>);

TEST (Refresh, RotatesAndRevokesTheFamilyWhenOneIsUsedTwice)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const Json first = sign_in.sign_in ();
  const Fields form = SignIn::refresh_form (first.text ("refresh_token"));
  const Json second = sign_in.tokens (form);

  EXPECT_NE (second.text ("refresh_token"), first.text ("refresh_token"));
  EXPECT_TRUE (server.is_live (second.text ("refresh_token")));
  // An access token is good until it expires, whatever became of the refresh token.
  EXPECT_TRUE (server.is_live (first.text ("access_token")));
  expect_refusal (sign_in.ask (form), 400, "invalid_grant");
  EXPECT_FALSE (server.is_live (second.text ("refresh_token")));
  EXPECT_FALSE (server.is_live (second.text ("access_token")));
  EXPECT_TRUE (server.grants ().at (0).is ("is_revoked"));
}

TEST (Refresh, IsNotForAccessTokens)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string token = sign_in.sign_in ().text ("access_token");

  expect_refusal (sign_in.ask (SignIn::refresh_form (token)), 400, "invalid_grant");
}

TEST (Refresh, WithoutRotationTheOneStays)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string token = sign_in.sign_in ().text ("refresh_token");

  server.set ("rotates", "false");
  EXPECT_FALSE (sign_in.tokens (SignIn::refresh_form (token)).has ("refresh_token"));
  EXPECT_EQ (sign_in.ask (SignIn::refresh_form (token)).status, 200);
  EXPECT_EQ (server.grants ().at (0).number ("n_refreshes"), 2);
}

TEST (Refresh, MayAskForLess)
{
  OAuthServer server;
  const SignIn sign_in (server);
  const std::string token = sign_in.sign_in ().text ("refresh_token");
  const Json less = sign_in.tokens (
      changed (SignIn::refresh_form (token), { { "scope", "smtp.send" } }));

  EXPECT_EQ (less.text ("scope"), "smtp.send");
  // It narrows that access token alone, RFC 6749 section 6.
  EXPECT_EQ (sign_in.tokens (SignIn::refresh_form (less.text ("refresh_token")))
                 .text ("scope"),
             "smtp.send offline_access");
}

TEST (Refresh, IsOnlyForWhoAskedForItWhereThatIsTheRule)
{
  OAuthServerOptions options;
  options.more["refresh_scope"] = R"("offline_access")";
  OAuthServer server (options);
  const SignIn sign_in (server);

  EXPECT_TRUE (sign_in.sign_in ().has ("refresh_token"));
  EXPECT_FALSE (
      sign_in.tokens (SignIn::code_form (sign_in.code ({ { "scope", "smtp.send" } })))
          .has ("refresh_token"));
}

}
