/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "oauth/rp-oauth-answer.h"

namespace
{

/* --- tokens --- */

struct TokenRow
{
  const char *name;
  guint status;
  std::string body;
  int error;         /* an RpOAuthError, or -1 */
  const char *words; /* in the error */
  guint expires_in_s;
  const char *refresh_token;
  const char *scope;
};

void
PrintTo (const TokenRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthTokens : public testing::TestWithParam<TokenRow>
{
};

TEST_P (OAuthTokens, AreReadOrRefused)
{
  const TokenRow &row = GetParam ();
  g_autoptr (GError) error = nullptr;
  g_autoptr (RpOAuthGrant) grant = rp_oauth_answer_read_tokens (
      row.status, row.body.data (), row.body.size (), &error);

  ASSERT_EQ (error != nullptr ? error->code : -1, row.error)
      << (error != nullptr ? error->message : "");
  if (error != nullptr)
    {
      EXPECT_EQ (grant, nullptr);
      EXPECT_EQ (error->domain, RP_OAUTH_ERROR);
      EXPECT_NE (std::string (error->message).find (row.words), std::string::npos)
          << error->message;
      EXPECT_LE (strlen (error->message), 500u);
      EXPECT_EQ (strpbrk (error->message, "\r\n"), nullptr);
      return;
    }

  EXPECT_STREQ (grant->access_token, "at");
  EXPECT_STREQ (grant->refresh_token, row.refresh_token);
  EXPECT_EQ (grant->expires_in_s, row.expires_in_s);
  EXPECT_STREQ (grant->scope, row.scope);
}

/* An answer with these members besides a token and its type. */
std::string
with (const std::string &members)
{
  return R"({"access_token":"at","token_type":"Bearer")"
         + (members.empty () ? "" : "," + members) + "}";
}

std::string
error (const std::string &name, const std::string &words = "")
{
  return R"({"error":")" + name + "\""
         + (words.empty () ? "" : R"(,"error_description":")" + words + "\"") + "}";
}

constexpr int PROTOCOL = RP_OAUTH_ERROR_PROTOCOL;
constexpr int OUTAGE = RP_OAUTH_ERROR_OUTAGE;
constexpr int REVOKED = RP_OAUTH_ERROR_REVOKED;
constexpr int CLIENT = RP_OAUTH_ERROR_CLIENT;
constexpr int CONSENT = RP_OAUTH_ERROR_CONSENT;
constexpr int DENIED = RP_OAUTH_ERROR_DENIED;

const TokenRow token_rows[] = {
  { "whole", 200,
    with (R"("expires_in":3600,"refresh_token":"rt","scope":"a b","id_token":"x.y.z")"),
    -1, "", 3600, "rt", "a b" },
  { "least", 200, with (""), -1, "", 0, nullptr, nullptr },
  { "type_in_small_letters", 200, R"({"access_token":"at","token_type":"bearer"})", -1,
    "", 0, nullptr, nullptr },
  { "seconds_as_text", 200, with (R"("expires_in":"3599")"), -1, "", 3599, nullptr,
    nullptr },
  { "seconds_as_fraction", 200, with (R"("expires_in":3599.9)"), -1, "", 3599, nullptr,
    nullptr },
  { "seconds_negative", 200, with (R"("expires_in":-5)"), -1, "", 0, nullptr, nullptr },
  { "seconds_negative_fraction", 200, with (R"("expires_in":-5.5)"), -1, "", 0, nullptr,
    nullptr },
  { "seconds_huge", 200, with (R"("expires_in":9223372036854775807)"), -1, "", 86400,
    nullptr, nullptr },
  { "seconds_beyond_integers", 200, with (R"("expires_in":1e300)"), -1, "", 86400,
    nullptr, nullptr },
  { "seconds_no_number", 200, with (R"("expires_in":"soon")"), -1, "", 0, nullptr,
    nullptr },
  { "seconds_object", 200, with (R"("expires_in":{})"), -1, "", 0, nullptr, nullptr },
  { "refresh_token_null", 200, with (R"("refresh_token":null)"), -1, "", 0, nullptr,
    nullptr },
  { "refresh_token_empty", 200, with (R"("refresh_token":"")"), -1, "", 0, nullptr,
    nullptr },

  { "html", 200, "<!DOCTYPE html><title>Welcome to the hotel</title>", PROTOCOL,
    "no JSON" },
  { "empty", 200, "", PROTOCOL, "no JSON" },
  { "array", 200, "[]", PROTOCOL, "no JSON" },
  { "text", 200, R"("at")", PROTOCOL, "no JSON" },
  { "cut", 200, R"({"access_token":"at","token_type":"Bear)", PROTOCOL, "no JSON" },
  { "nul", 200, std::string ("{}\0", 3), PROTOCOL, "no JSON" },
  { "no_utf8", 200, "{\"access_token\":\"\xff\"}", PROTOCOL, "no JSON" },
  { "deep", 200, std::string (60000, '['), PROTOCOL, "no JSON" },
  { "deep_in_member", 200, R"({"a":)" + std::string (60000, '['), PROTOCOL, "no JSON" },
  { "deep_and_whole", 200,
    with (R"("x":)" + std::string (30000, '[') + std::string (30000, ']')), PROTOCOL,
    "no JSON" },
  { "nothing", 200, "{}", PROTOCOL, "token_type" },
  { "no_type", 200, R"({"access_token":"at"})", PROTOCOL, "token_type" },
  { "other_type", 200, R"({"access_token":"at","token_type":"mac"})", PROTOCOL,
    "token_type" },
  { "no_token", 200, R"({"token_type":"Bearer"})", PROTOCOL, "access_token" },
  { "token_a_number", 200, R"({"token_type":"Bearer","access_token":1})", PROTOCOL,
    "access_token" },
  /* would end the token within the SASL exchange and go on with more of it */
  { "control_in_token", 200,
    R"({"token_type":"Bearer","access_token":"a\u0001\u0001auth"})", PROTOCOL,
    "access_token" },
  { "line_in_token", 200, R"({"token_type":"Bearer","access_token":"a\r\nMAIL"})",
    PROTOCOL, "access_token" },
  { "blank_in_token", 200, R"({"token_type":"Bearer","access_token":"a b"})", PROTOCOL,
    "access_token" },
  { "token_too_long", 200,
    R"({"token_type":"Bearer","access_token":")" + std::string (9 * 1024 + 1, 'a')
        + "\"}",
    PROTOCOL, "access_token" },
  { "line_in_refresh_token", 200, with (R"("refresh_token":"a\nb")"), PROTOCOL,
    "refresh_token" },
  { "error_under_success", 200, error ("invalid_grant"), REVOKED, "invalid_grant" },
  { "redirect", 302, "", PROTOCOL, "302" },
  { "redirect_with_tokens", 302, with (""), PROTOCOL, "302" },

  { "invalid_grant", 400, error ("invalid_grant", "Token has been expired or revoked."),
    REVOKED, "invalid_grant: Token has been expired or revoked." },
  { "invalid_client", 401, error ("invalid_client"), CLIENT, "invalid_client" },
  { "unauthorized_client", 400, error ("unauthorized_client"), CLIENT, "unauthorized" },
  { "invalid_scope", 400, error ("invalid_scope"), CLIENT, "invalid_scope" },
  { "invalid_request", 400, error ("invalid_request", "no code"), PROTOCOL, "no code" },
  { "interaction", 400, error ("interaction_required", "AADSTS50076: MFA"), REVOKED,
    "AADSTS50076" },
  { "consent", 400, error ("invalid_grant", "AADSTS65001: not consented"), CONSENT,
    "AADSTS65001" },
  { "longer_number", 400, error ("invalid_grant", "AADSTS650011: other"), REVOKED,
    "AADSTS650011" },
  { "declined", 400, error ("invalid_grant", "AADSTS65004: user declined"), DENIED,
    "AADSTS65004" },
  { "client_disabled", 400, error ("invalid_grant", "AADSTS7000112: disabled"), CLIENT,
    "AADSTS7000112" },
  { "administrator_of_google", 400, error ("admin_policy_enforced"), CONSENT,
    "admin_policy" },
  { "line_in_words", 400, error ("invalid_grant", "a\\r\\nb"), REVOKED, "a  b" },
  { "words_too_long", 400, error ("invalid_grant", std::string (5000, 'x')), REVOKED,
    "xxx" },
  { "no_words", 400, "{}", PROTOCOL, "400" },
  { "refused_with_html", 403, "<html>Forbidden</html>", PROTOCOL, "403" },

  /* What is no more than trouble never ends a sign-in. */
  { "in_trouble", 503, "", OUTAGE, "503" },
  { "in_trouble_with_words", 500, error ("invalid_grant", "database"), OUTAGE,
    "invalid_grant: database" },
  { "bad_gateway", 502, "<html>", OUTAGE, "502" },
  { "too_many", 429, error ("invalid_grant"), OUTAGE, "invalid_grant" },
  { "too_late", 408, "", OUTAGE, "408" },
  { "temporarily", 400, error ("temporarily_unavailable"), OUTAGE, "temporarily" },
  { "server_error", 400, error ("server_error"), OUTAGE, "server_error" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthTokens,
                          testing::ValuesIn (token_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

/* --- asking for a device --- */

struct PollRow
{
  const char *name;
  guint status;
  std::string body;
  RpOAuthPoll poll;
  int error;
};

void
PrintTo (const PollRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthPoll : public testing::TestWithParam<PollRow>
{
};

TEST_P (OAuthPoll, EndsOrGoesOn)
{
  const PollRow &row = GetParam ();
  g_autoptr (GError) error = nullptr;
  RpOAuthGrant *grant;

  EXPECT_EQ (rp_oauth_answer_read_poll (row.status, row.body.data (), row.body.size (),
                                        &grant, &error),
             row.poll);
  EXPECT_EQ (error != nullptr ? error->code : -1, row.error);
  EXPECT_EQ (grant != nullptr, row.poll == RP_OAUTH_POLL_ENDED && row.error == -1);
  rp_oauth_grant_free (grant);
}

const PollRow poll_rows[] = {
  { "done", 200, with (""), RP_OAUTH_POLL_ENDED, -1 },
  { "pending", 400, error ("authorization_pending"), RP_OAUTH_POLL_PENDING, -1 },
  { "slow_down", 400, error ("slow_down"), RP_OAUTH_POLL_SLOW_DOWN, -1 },
  { "slow_down_429", 429, error ("slow_down"), RP_OAUTH_POLL_SLOW_DOWN, -1 },
  { "expired", 400, error ("expired_token"), RP_OAUTH_POLL_ENDED,
    RP_OAUTH_ERROR_EXPIRED },
  { "denied", 400, error ("access_denied"), RP_OAUTH_POLL_ENDED, DENIED },
  { "declined", 400, error ("authorization_declined"), RP_OAUTH_POLL_ENDED, DENIED },
  { "trouble", 503, "", RP_OAUTH_POLL_ENDED, OUTAGE },
  { "html", 200, "<html>", RP_OAUTH_POLL_ENDED, PROTOCOL },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthPoll,
                          testing::ValuesIn (poll_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

/* --- codes of a device --- */

struct DeviceRow
{
  const char *name;
  std::string body;
  const char *complete_address; /* nullable; no error then but @error */
  guint expires_in_s;
  guint interval_s;
  const char *error; /* nullable: words */
};

void
PrintTo (const DeviceRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthDevice : public testing::TestWithParam<DeviceRow>
{
};

TEST_P (OAuthDevice, CodesAreReadOrRefused)
{
  const DeviceRow &row = GetParam ();
  g_autoptr (GError) error = nullptr;
  g_autoptr (RpOAuthDeviceCode) codes = rp_oauth_answer_read_device_code (
      200, row.body.data (), row.body.size (), &error);

  ASSERT_EQ (codes == nullptr, row.error != nullptr);
  if (codes == nullptr)
    {
      EXPECT_EQ (error->code, PROTOCOL);
      EXPECT_NE (std::string (error->message).find (row.error), std::string::npos);
      return;
    }

  EXPECT_STREQ (codes->device_code, "dc");
  EXPECT_STREQ (codes->user_code, "WDJB-MJHT");
  EXPECT_STREQ (codes->address, "https://a.example/device");
  EXPECT_STREQ (codes->complete_address, row.complete_address);
  EXPECT_EQ (codes->expires_in_s, row.expires_in_s);
  EXPECT_EQ (codes->interval_s, row.interval_s);
}

#define CODES R"("device_code":"dc","user_code":"WDJB-MJHT")"
#define PAGE R"("verification_uri":"https://a.example/device")"
#define COMPLETE(address) R"(,"verification_uri_complete":")" address "\""

const DeviceRow device_rows[] = {
  { "whole",
    "{" CODES
    "," PAGE COMPLETE ("https://a.example/?c=1") R"(,"expires_in":1800,"interval":2})",
    "https://a.example/?c=1", 1800, 2, nullptr },
  { "least", "{" CODES "," PAGE "}", nullptr, 600, 5, nullptr },
  { "as_google_says", "{" CODES R"(,"verification_url":"https://a.example/device"})",
    nullptr, 600, 5, nullptr },
  { "interval_zero", "{" CODES "," PAGE R"(,"interval":0})", nullptr, 600, 1, nullptr },
  { "interval_huge", "{" CODES "," PAGE R"(,"interval":1000000})", nullptr, 600, 60,
    nullptr },
  { "complete_not_safe", "{" CODES "," PAGE COMPLETE ("javascript:alert(1)") "}",
    nullptr, 600, 5, nullptr },
  { "page_not_safe", "{" CODES R"(,"verification_uri":"file:///etc/passwd"})", nullptr,
    0, 0, "verification_uri" },
  { "page_in_clear", "{" CODES R"(,"verification_uri":"http://a.example/"})", nullptr,
    0, 0, "verification_uri" },
  { "no_page", "{" CODES "}", nullptr, 0, 0, "verification_uri" },
  { "no_user_code", R"({"device_code":"dc",)" PAGE "}", nullptr, 0, 0, "user_code" },
  { "escape_in_user_code", R"({"device_code":"dc","user_code":"\u001b[31m",)" PAGE "}",
    nullptr, 0, 0, "user_code" },
  { "long_user_code",
    R"({"device_code":"dc","user_code":")" + std::string (65, 'A') + "\"," PAGE "}",
    nullptr, 0, 0, "user_code" },
  { "no_device_code", R"({"user_code":"A",)" PAGE "}", nullptr, 0, 0, "device_code" },
  { "html", "<html>", nullptr, 0, 0, "no JSON" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthDevice,
                          testing::ValuesIn (device_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

/* --- metadata --- */

struct MetadataRow
{
  const char *name;
  guint status;
  std::string body;
  int error;
  const char *device_endpoint; /* nullable */
  bool sends_issuer;
  bool secret_in_header;
};

void
PrintTo (const MetadataRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthMetadata : public testing::TestWithParam<MetadataRow>
{
};

TEST_P (OAuthMetadata, FillInWhatIsMissing)
{
  const MetadataRow &row = GetParam ();
  g_autoptr (GError) error = nullptr;
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("woodgrove");

  provider->issuer = g_strdup ("https://a.example");
  provider->authorization_endpoint = g_strdup ("https://configured.example/");
  EXPECT_EQ (rp_oauth_answer_read_metadata (row.status, row.body.data (),
                                            row.body.size (), provider, &error),
             row.error == -1);
  EXPECT_EQ (error != nullptr ? error->code : -1, row.error);
  EXPECT_STREQ (provider->token_endpoint,
                row.error == -1 ? "https://token.example/" : nullptr);
  EXPECT_STREQ (provider->authorization_endpoint, "https://configured.example/");
  EXPECT_STREQ (provider->device_endpoint, row.device_endpoint);
  EXPECT_EQ (provider->sends_issuer != FALSE, row.sends_issuer);
  EXPECT_EQ (provider->secret_in_header != FALSE, row.secret_in_header);
}

#define ISSUER R"("issuer":"https://a.example")"
#define TOKEN R"(,"token_endpoint":"https://token.example/")"

const MetadataRow metadata_rows[] = {
  { "whole", 200,
    "{" ISSUER TOKEN R"(,"authorization_endpoint":"https://other.example/",
      "device_authorization_endpoint":"https://device.example/",
      "code_challenge_methods_supported":["plain","S256"],
      "authorization_response_iss_parameter_supported":true,
      "token_endpoint_auth_methods_supported":["none","client_secret_post"]})",
    -1, "https://device.example/", true, false },
  { "least", 200, "{" ISSUER TOKEN "}", -1, nullptr, false, false },
  { "secret_in_header_only", 200,
    "{" ISSUER TOKEN
    R"(,"token_endpoint_auth_methods_supported":["client_secret_basic"]})",
    -1, nullptr, false, true },
  { "secret_either_way", 200,
    "{" ISSUER TOKEN
    R"(,"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]})",
    -1, nullptr, false, false },
  { "no_other_way", 200,
    "{" ISSUER TOKEN
    R"(,"token_endpoint_auth_methods_supported":["private_key_jwt",1]})",
    -1, nullptr, false, false },
  { "endpoint_not_safe", 200,
    "{" ISSUER TOKEN R"(,"device_authorization_endpoint":"http://device.example/"})",
    -1, nullptr, false, false },
  { "other_issuer", 200, R"({"issuer":"https://b.example")" TOKEN "}",
    RP_OAUTH_ERROR_MISMATCH, nullptr, false, false },
  { "issuer_with_slash", 200, R"({"issuer":"https://a.example/")" TOKEN "}",
    RP_OAUTH_ERROR_MISMATCH, nullptr, false, false },
  { "no_issuer", 200, R"({"a":1)" TOKEN "}", RP_OAUTH_ERROR_MISMATCH, nullptr, false,
    false },
  { "no_token_endpoint", 200, "{" ISSUER "}", PROTOCOL, nullptr, false, false },
  { "token_endpoint_in_clear", 200,
    "{" ISSUER R"(,"token_endpoint":"http://token.example/"})", PROTOCOL, nullptr,
    false, false },
  { "no_s256", 200,
    "{" ISSUER TOKEN R"(,"code_challenge_methods_supported":["plain"]})", PROTOCOL,
    nullptr, false, false },
  { "not_there", 404, "<html>", PROTOCOL, nullptr, false, false },
  { "html", 200, "<html>", PROTOCOL, nullptr, false, false },
  { "trouble", 503, "", OUTAGE, nullptr, false, false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthMetadata,
                          testing::ValuesIn (metadata_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

/* --- scope --- */

struct ScopeRow
{
  const char *name;
  const char *asked;
  const char *granted;
  bool is_all;
};

void
PrintTo (const ScopeRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthScope : public testing::TestWithParam<ScopeRow>
{
};

TEST_P (OAuthScope, IsComparedWordByWord)
{
  EXPECT_EQ (rp_oauth_answer_grants (GetParam ().asked, GetParam ().granted) != FALSE,
             GetParam ().is_all);
}

const ScopeRow scope_rows[] = {
  { "same", "a b", "a b", true },
  { "not_said", "a b", nullptr, true },
  { "other_order", "a b", "c b a", true },
  { "other_case", "SMTP.Send", "smtp.send", true },
  { "nothing_asked", nullptr, "a", true },
  /* as Microsoft answers */
  { "not_repeated", "smtp offline_access openid email profile", "smtp", true },
  /* as Google answers when the user left the box empty */
  { "box_left_empty", "https://mail.google.com/ openid", "openid", false },
  { "nothing_granted", "a", "", false },
  { "part_of_a_word", "mail", "mailbox", false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthScope,
                          testing::ValuesIn (scope_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST (OAuthAnswer, NeedsNoBodyForASuccess)
{
  g_autoptr (GError) problem = nullptr;

  EXPECT_TRUE (rp_oauth_answer_check (200, "", 0, nullptr));
  EXPECT_FALSE (rp_oauth_answer_check (503, "", 0, &problem));
  EXPECT_EQ (problem->code, OUTAGE);
}

}
