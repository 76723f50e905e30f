/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "knock.h"
#include "plain-fetch.h"
#include "sign-in.h"
#include "signing-in.h"

namespace
{

constexpr int OUTAGE = RP_OAUTH_ERROR_OUTAGE;
constexpr int DENIED = RP_OAUTH_ERROR_DENIED;
constexpr int REVOKED = RP_OAUTH_ERROR_REVOKED;
constexpr int CLIENT = RP_OAUTH_ERROR_CLIENT;
constexpr int CONSENT = RP_OAUTH_ERROR_CONSENT;
constexpr int EXPIRED = RP_OAUTH_ERROR_EXPIRED;
constexpr int MISMATCH = RP_OAUTH_ERROR_MISMATCH;
constexpr int PROTOCOL = RP_OAUTH_ERROR_PROTOCOL;

std::string
address_of (const SigningIn &signing_in)
{
  return rp_sign_in_get_address (signing_in.self);
}

/* The redirect_uri of the request. */
std::string
redirect_of (const SigningIn &signing_in)
{
  const std::string address = address_of (signing_in);
  g_autoptr (GHashTable) parameters = g_uri_parse_params (
      address.c_str () + address.find ('?') + 1, -1, "&", G_URI_PARAMS_NONE, nullptr);

  return static_cast<const char *> (g_hash_table_lookup (parameters, "redirect_uri"));
}

/* --- browser --- */

struct BrowserRow
{
  const char *name;
  const char *client;
  const char *secret;
  bool in_header;
  bool by_metadata;
  const char *host;
};

void
PrintTo (const BrowserRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInByBrowser : public testing::TestWithParam<BrowserRow>
{
};

TEST_P (SignInByBrowser, GetsTokensThatCount)
{
  const BrowserRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server, row.client);

  provider->needs_client_secret = row.secret != nullptr;
  provider->secret_in_header = row.in_header;
  g_free (provider->redirect_host);
  provider->redirect_host = g_strdup (row.host);
  if (row.by_metadata)
    {
      g_clear_pointer (&provider->authorization_endpoint, g_free);
      g_clear_pointer (&provider->token_endpoint, g_free);
      g_clear_pointer (&provider->revocation_endpoint, g_free);
    }
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER, row.secret);
  signing_in.begin_well ();
  EXPECT_EQ (rp_sign_in_get_expires_in_s (signing_in.self), 600u);
  EXPECT_EQ (rp_sign_in_get_user_code (signing_in.self), nullptr);
  signing_in.await ();
  const Json page = server.visit (address_of (signing_in));
  EXPECT_NE (page.text ("text").find ("You can close this page"), std::string::npos)
      << page.text ("text");
  ASSERT_TRUE (signing_in.ended.wait ());
  ASSERT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->access_token));
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
  EXPECT_EQ (signing_in.ended.grant->expires_in_s, 3600u);
  EXPECT_STREQ (signing_in.ended.grant->client_secret, row.secret);
  EXPECT_EQ (signing_in.ended.grant->provider->token_endpoint,
             server.issuer () + "/token");
  EXPECT_EQ (signing_in.ended.grant->provider->revocation_endpoint,
             server.issuer () + "/revoke");
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    SignInByBrowser,
    testing::Values (
        BrowserRow{ "public_client", "public", nullptr, false, false, "127.0.0.1" },
        BrowserRow{ "by_metadata", "public", nullptr, false, true, "127.0.0.1" },
        BrowserRow{ "client_secret", "installed", "not so secret", false, false,
                    "127.0.0.1" },
        BrowserRow{ "secret_in_header", "installed", "not so secret", true, false,
                    "127.0.0.1" },
        BrowserRow{ "localhost", "localhost", nullptr, false, false, "localhost" }),
    [] (const auto &row) { return std::string (row.param.name); });

struct EndRow
{
  const char *name;
  int error;
  const char *words;
  void (*spoil) (OAuthServer &server);
  const char *decision = "allow";
};

void
PrintTo (const EndRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInEnds : public testing::TestWithParam<EndRow>
{
};

TEST_P (SignInEnds, WithTheServersWords)
{
  const EndRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  signing_in.await ();
  row.spoil (server);
  server.visit (address_of (signing_in), row.decision);
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.domain, RP_OAUTH_ERROR);
  EXPECT_EQ (signing_in.ended.error, row.error);
  EXPECT_NE (signing_in.ended.text.find (row.words), std::string::npos)
      << signing_in.ended.text;
}

void
leave_alone (OAuthServer &)
{
}

const EndRow end_rows[] = {
  { "user_says_no", DENIED, "the user said no", leave_alone, "deny" },
  { "administrator", CONSENT, "AADSTS90094",
    [] (OAuthServer &server) {
      server.set_consent_error ("access_denied", "AADSTS90094: needs an administrator");
    } },
  { "other_issuer", MISMATCH, "another issuer",
    [] (OAuthServer &server) {
      server.spoil_redirect (R"({"iss": "https://evil.example"})");
    } },
  { "no_issuer", MISMATCH, "does not name",
    [] (OAuthServer &server) { server.spoil_redirect (R"({"iss": null})"); } },
  { "no_code", PROTOCOL, "neither",
    [] (OAuthServer &server) { server.spoil_redirect (R"({"code": null})"); } },
  { "code_of_another", REVOKED, "no such code",
    [] (OAuthServer &server) { server.spoil_redirect (R"({"code": "forged"})"); } },
  { "server_in_trouble", OUTAGE, "503",
    [] (OAuthServer &server) { server.fail_next ("token", 503); } },
  { "connection_cut", OUTAGE, "port",
    [] (OAuthServer &server) { server.cut_next ("token"); } },
  { "page_in_place_of_tokens", PROTOCOL, "no JSON",
    [] (OAuthServer &server) { server.fail_next ("token", 200); } },
  { "no_refresh_token", PROTOCOL, "no refresh token",
    [] (OAuthServer &server) { server.set ("refresh_scope", R"("profile")"); } },
  { "box_left_empty", DENIED, "granted was only \"openid\"",
    [] (OAuthServer &server) {
      server.answer_next (
          "token",
          R"({"access_token": "a", "token_type": "Bearer", "refresh_token": "r", "scope": "openid"})");
    } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SignInEnds,
                          testing::ValuesIn (end_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST (SignIn, IsNotMovedByOthersWhoKnock)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  signing_in.await ();
  const guint16 port = port_of (redirect_of (signing_in));
  for (const char *target : { "/favicon.ico", "/?code=forged", "/?code=forged&state=x",
                              "/?error=access_denied&state=" })
    EXPECT_EQ (knock (port, std::string ("GET ") + target + " HTTP/1.1\r\n\r\n")
                   .substr (0, 13),
               "HTTP/1.1 404 ")
        << target;
  EXPECT_FALSE (signing_in.ended.is_finished);
  EXPECT_TRUE (server.requests ("token").empty ());
  server.visit (address_of (signing_in));
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
}

/* A browser that tries the address ahead, or loads the page again. */
TEST (SignIn, SpendsTheCodeOnce)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  const Json page = server.visit (address_of (signing_in));
  const std::string last = page.text ("address");
  const std::string request =
      "GET /" + last.substr (last.find ('?')) + " HTTP/1.1\r\n\r\n";
  for (int i = 0; i < 2; i++)
    EXPECT_EQ (knock (port_of (last), request).substr (0, 13), "HTTP/1.1 200 ");
  /* what happened before is not lost */
  signing_in.await ();
  ASSERT_TRUE (signing_in.ended.wait ());
  ASSERT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
  EXPECT_EQ (knock (port_of (last), request).substr (0, 13), "HTTP/1.1 200 ");
  EXPECT_EQ (server.requests ("token").size (), 1u);
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
}

TEST (SignIn, AsksInEachSignInAnew)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn first (provider, RP_SIGN_IN_BROWSER);
  SigningIn second (provider, RP_SIGN_IN_BROWSER);

  first.begin_well ();
  second.begin_well ();
  for (const char *name : { "state=", "code_challenge=" })
    {
      const std::string one =
          address_of (first).substr (address_of (first).find (name));
      const std::string two =
          address_of (second).substr (address_of (second).find (name));
      EXPECT_NE (one.substr (0, one.find ('&')), two.substr (0, two.find ('&')));
    }
}

TEST (SignIn, EndsWhenNobodyComes)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  rp_sign_in_set_second_ms (signing_in.self, 1);
  signing_in.begin_well ();
  signing_in.await ();
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.error, EXPIRED);
}

TEST (SignIn, IsCancelled)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  signing_in.await (cancellable);
  server.hang_next ("token");
  server.visit (address_of (signing_in));
  EXPECT_TRUE (run_until ([&] { return server.requests ("token").size () == 1; }));
  g_cancellable_cancel (cancellable);
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.domain, G_IO_ERROR);
  EXPECT_EQ (signing_in.ended.error, G_IO_ERROR_CANCELLED);
}

TEST (SignIn, MayBeDroppedBeforeAnybodyWaits)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);

  signing_in.begin_well ();
  const std::string redirect = redirect_of (signing_in);
  server.hang_next ("token");
  server.visit (address_of (signing_in));
  g_clear_object (&signing_in.self);
  EXPECT_EQ (knock (port_of (redirect), "GET / HTTP/1.1\r\n\r\n"), "(refused)");
}

/* --- what is not even begun --- */

struct RefusedRow
{
  const char *name;
  int error;
  const char *words;
  RpSignInWay way;
  void (*spoil) (OAuthServer &server, RpOAuthProvider *provider);
};

void
PrintTo (const RefusedRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInRefused : public testing::TestWithParam<RefusedRow>
{
};

TEST_P (SignInRefused, IsNotBegun)
{
  const RefusedRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);

  row.spoil (server, provider);
  SigningIn signing_in (provider, row.way);
  signing_in.begin ();
  EXPECT_EQ (signing_in.begun.domain, RP_OAUTH_ERROR);
  EXPECT_EQ (signing_in.begun.error, row.error);
  EXPECT_NE (signing_in.begun.text.find (row.words), std::string::npos)
      << signing_in.begun.text;
}

void
need_metadata (RpOAuthProvider *provider)
{
  g_clear_pointer (&provider->token_endpoint, g_free);
}

const RefusedRow refused_rows[] = {
  { "no_client", CLIENT, "no client id", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &, RpOAuthProvider *provider) {
      g_clear_pointer (&provider->client_id, g_free);
    } },
  { "no_secret", CLIENT, "client secret", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &, RpOAuthProvider *provider) {
      provider->needs_client_secret = TRUE;
    } },
  { "no_browser", PROTOCOL, "no signing in with a browser", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &, RpOAuthProvider *provider) {
      g_clear_pointer (&provider->authorization_endpoint, g_free);
      g_clear_pointer (&provider->issuer, g_free);
    } },
  { "no_device", PROTOCOL, "no signing in with a code", RP_SIGN_IN_DEVICE,
    [] (OAuthServer &server, RpOAuthProvider *provider) {
      g_clear_pointer (&provider->device_endpoint, g_free);
      server.spoil_metadata (R"({"device_authorization_endpoint": null})");
    } },
  { "metadata_of_another", MISMATCH, "another issuer", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &server, RpOAuthProvider *provider) {
      need_metadata (provider);
      server.spoil_metadata (R"({"issuer": "https://evil.example"})");
    } },
  { "metadata_not_there", PROTOCOL, "404", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &server, RpOAuthProvider *provider) {
      need_metadata (provider);
      server.fail_next ("metadata", 404);
    } },
  { "metadata_in_trouble", OUTAGE, "500", RP_SIGN_IN_BROWSER,
    [] (OAuthServer &server, RpOAuthProvider *provider) {
      need_metadata (provider);
      server.fail_next ("metadata", 500);
    } },
  { "server_down", OUTAGE, "port", RP_SIGN_IN_DEVICE,
    [] (OAuthServer &server, RpOAuthProvider *) { server.go_down (); } },
  { "client_unknown", CLIENT, "invalid_client", RP_SIGN_IN_DEVICE,
    [] (OAuthServer &, RpOAuthProvider *provider) {
      g_free (provider->client_id);
      provider->client_id = g_strdup ("nobody");
    } },
  { "scope_unknown", CLIENT, "invalid_scope", RP_SIGN_IN_DEVICE,
    [] (OAuthServer &, RpOAuthProvider *provider) {
      g_free (provider->scope);
      provider->scope = g_strdup ("everything");
    } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SignInRefused,
                          testing::ValuesIn (refused_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST (SignIn, FindsMetadataOfOpenId)
{
  OAuthServerOptions options;

  options.issuer_path = "/tenant/v2.0";
  options.more["metadata"] = R"(["openid-configuration"])";
  OAuthServer server (options);
  g_autoptr (RpOAuthProvider) provider = describe (server);

  need_metadata (provider);
  SigningIn signing_in (provider, RP_SIGN_IN_BROWSER);
  signing_in.begin_well ();
  signing_in.await ();
  server.visit (address_of (signing_in));
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
}

/* --- paste --- */

/* Where a browser elsewhere, in which nobody listens, is led to. */
std::string
lead_elsewhere (const OAuthServer &server,
                const std::string &address,
                const std::string &decision = "allow")
{
  const Fetched page = fetch (address);

  return post (server.issuer () + "/consent",
               { { "request", SignIn::hidden_field (page) },
                 { "user", "terri@proseware.com" },
                 { "password", "moonlight" },
                 { "decision", decision } })
      .header ("Location");
}

struct PasteRow
{
  const char *name;
  const char *before;
  const char *behind;
  bool is_whole; /* with the address itself between both */
  bool is_ours;
};

void
PrintTo (const PasteRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInByPaste : public testing::TestWithParam<PasteRow>
{
};

TEST_P (SignInByPaste, TakesItsOwnAddressAlone)
{
  const PasteRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  g_autoptr (GError) error = nullptr;
  SigningIn signing_in (provider, RP_SIGN_IN_PASTE);

  signing_in.begin_well ();
  signing_in.await ();
  const std::string last = lead_elsewhere (server, address_of (signing_in));
  const std::string pasted = row.before + (row.is_whole ? last : "") + row.behind;
  EXPECT_EQ (rp_sign_in_paste (signing_in.self, pasted.c_str (), &error) != FALSE,
             row.is_ours);
  if (!row.is_ours)
    {
      ASSERT_NE (error, nullptr);
      EXPECT_EQ (error->code, MISMATCH);
      EXPECT_EQ (std::string (error->message).find ("code-"), std::string::npos);
      EXPECT_TRUE (server.requests ("token").empty ());
      EXPECT_FALSE (signing_in.ended.is_finished);
      /* the user tries again */
      EXPECT_TRUE (rp_sign_in_paste (signing_in.self, last.c_str (), nullptr));
    }
  ASSERT_TRUE (signing_in.ended.wait ());
  ASSERT_NE (signing_in.ended.grant, nullptr) << signing_in.ended.text;
  EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    SignInByPaste,
    testing::Values (PasteRow{ "whole", "", "", true, true },
                     PasteRow{ "blanks", " \n", "\r\n", true, true },
                     PasteRow{ "nothing", "", "", false, false },
                     PasteRow{ "words", "it does not work", "", false, false },
                     PasteRow{ "state_twice", "", "&state=x", true, false },
                     PasteRow{ "other_host", "http://evil.example/?u=", "", true,
                               false }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST (SignInPasted, MayBeANo)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_PASTE);

  signing_in.begin_well ();
  signing_in.await ();
  const std::string last = lead_elsewhere (server, address_of (signing_in), "deny");
  EXPECT_TRUE (rp_sign_in_paste (signing_in.self, last.c_str (), nullptr));
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.error, DENIED);
}

TEST (SignInPasted, OfAnotherSignInIsNotTaken)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn one (provider, RP_SIGN_IN_PASTE);
  SigningIn other (provider, RP_SIGN_IN_PASTE);

  one.begin_well ();
  other.begin_well ();
  std::string last = lead_elsewhere (server, address_of (one));
  EXPECT_FALSE (rp_sign_in_paste (other.self, last.c_str (), nullptr));
  /* nor under the other one's address: the state is of the first */
  last = redirect_of (other) + last.substr (last.find ('?'));
  EXPECT_FALSE (rp_sign_in_paste (other.self, last.c_str (), nullptr));
}

TEST (SignInPasted, IsNothingForADevice)
{
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_DEVICE);

  signing_in.begin_well ();
  EXPECT_FALSE (rp_sign_in_paste (signing_in.self, "http://127.0.0.1/?a", nullptr));
}

/* --- device --- */

struct DeviceRow
{
  const char *name;
  int error;            /* -1: tokens */
  const char *decision; /* nullable: nobody answers */
  void (*spoil) (OAuthServer &server);
};

void
PrintTo (const DeviceRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInByDevice : public testing::TestWithParam<DeviceRow>
{
};

TEST_P (SignInByDevice, AsksUntilTheUserIsDone)
{
  const DeviceRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_DEVICE);

  /* the server's clock is the true one, ours runs fifty times as fast */
  server.set ("device_interval_s", "0");
  signing_in.begin_well ();
  EXPECT_EQ (address_of (signing_in), server.issuer () + "/device");
  EXPECT_EQ (rp_sign_in_get_expires_in_s (signing_in.self), 900u);
  const std::string code = rp_sign_in_get_user_code (signing_in.self);
  const std::string complete = rp_sign_in_get_complete_address (signing_in.self);
  EXPECT_EQ (complete, server.issuer () + "/device?user_code=" + code);
  row.spoil (server);
  signing_in.await ();
  EXPECT_TRUE (run_until ([&] {
    return signing_in.ended.is_finished || server.requests ("token").size () >= 2;
  }));
  if (row.decision != nullptr && !signing_in.ended.is_finished)
    server.visit (complete, row.decision);
  ASSERT_TRUE (signing_in.ended.wait ());
  EXPECT_EQ (signing_in.ended.error, row.error) << signing_in.ended.text;
  if (signing_in.ended.grant != nullptr)
    {
      EXPECT_TRUE (server.is_live (signing_in.ended.grant->refresh_token));
    }
}

const DeviceRow device_rows[] = {
  { "yes", -1, "allow", leave_alone },
  { "no", DENIED, "deny", leave_alone },
  { "asked_to_slow_down", -1, "allow",
    [] (OAuthServer &server) { server.refuse_next ("token", "slow_down", "", 1); } },
  { "connection_cut", -1, "allow",
    [] (OAuthServer &server) { server.cut_next ("token"); } },
  { "in_trouble", -1, "allow",
    [] (OAuthServer &server) { server.fail_next ("token", 503); } },
  { "code_expired", EXPIRED, nullptr,
    [] (OAuthServer &server) { server.advance (901); } },
  { "page_in_place_of_an_answer", PROTOCOL, nullptr,
    [] (OAuthServer &server) { server.fail_next ("token", 200); } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SignInByDevice,
                          testing::ValuesIn (device_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

/* The pause between two questions, in our seconds. */
struct PauseRow
{
  const char *name;
  void (*spoil) (OAuthServer &server);
  double at_least_s; /* between the first and the second question */
};

void
PrintTo (const PauseRow &row, std::ostream *out)
{
  *out << row.name;
}

class SignInPauses : public testing::TestWithParam<PauseRow>
{
};

TEST_P (SignInPauses, AsLongAsItShould)
{
  const PauseRow &row = GetParam ();
  OAuthServer server;
  g_autoptr (RpOAuthProvider) provider = describe (server);
  SigningIn signing_in (provider, RP_SIGN_IN_DEVICE);
  gint64 first_us = 0, second_us = 0;

  server.answer_next (
      "device_authorization",
      R"({"device_code": "d", "user_code": "U", "interval": 3, "verification_uri": "https://a.example/"})");
  signing_in.begin_well ();
  row.spoil (server);
  const gint64 begin_us = g_get_monotonic_time ();
  signing_in.await ();
  EXPECT_TRUE (run_until ([&] { return server.requests ("token").size () >= 1; }));
  first_us = g_get_monotonic_time ();
  EXPECT_TRUE (run_until ([&] {
    return server.requests ("token").size () >= 2 || signing_in.ended.is_finished;
  }));
  second_us = g_get_monotonic_time ();
  EXPECT_GE ((double) (first_us - begin_us) / 20000, 2);
  EXPECT_GE ((double) (second_us - first_us) / 20000, row.at_least_s);
}

const PauseRow pause_rows[] = {
  { "pending",
    [] (OAuthServer &server) {
      server.refuse_next ("token", "authorization_pending", "", 2);
    },
    2 },
  { "slow_down",
    [] (OAuthServer &server) { server.refuse_next ("token", "slow_down", "", 2); }, 7 },
  { "trouble", [] (OAuthServer &server) { server.fail_next ("token", 503, 2); }, 5 },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SignInPauses,
                          testing::ValuesIn (pause_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

}
