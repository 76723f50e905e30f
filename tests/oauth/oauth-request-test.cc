/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-request.h"

namespace
{

/* Takes the text that is given. */
std::string
take (char *text)
{
  std::string copy = text != nullptr ? text : "(none)";

  rp_secret_free (text);
  return copy;
}

RpOAuthProvider *
make_provider ()
{
  RpOAuthProvider *provider = rp_oauth_provider_new ("woodgrove");

  provider->client_id = g_strdup ("mail client/1");
  provider->scope = g_strdup ("https://mail.woodgrove.example/ offline_access");
  provider->authorization_endpoint = g_strdup ("https://login.woodgrove.example/auth");
  return provider;
}

/* The example of RFC 7636, appendix B. */
TEST (OAuthRequest, MakesTheChallengeOfTheRfc)
{
  const guint8 octets[RP_OAUTH_RANDOM_BYTES] = {
    116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
    22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121
  };
  const std::string verifier = take (rp_oauth_request_dup_random_text (octets));

  EXPECT_EQ (verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_EQ (take (rp_oauth_request_dup_challenge (verifier.c_str ())),
             "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST (OAuthRequest, AsksWithChallengeAndState)
{
  g_autoptr (RpOAuthProvider) provider = make_provider ();

  EXPECT_EQ (
      take (rp_oauth_request_dup_address (provider, "terri+1@woodgrove.example",
                                          "http://127.0.0.1:4711/back", "S", "C")),
      "https://login.woodgrove.example/auth?response_type=code"
      "&client_id=mail%20client%2F1"
      "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fback"
      "&scope=https%3A%2F%2Fmail.woodgrove.example%2F%20offline_access"
      "&state=S&code_challenge=C&code_challenge_method=S256"
      "&login_hint=terri%2B1%40woodgrove.example");
}

TEST (OAuthRequest, KeepsTheEndpointsQueryAndAddsTheProvidersParameters)
{
  g_autoptr (RpOAuthProvider) provider = make_provider ();
  const char *const own[] = { "access_type=offline", "prompt=consent login", "empty",
                              "state=forged", nullptr };

  g_free (provider->authorization_endpoint);
  provider->authorization_endpoint = g_strdup ("https://login.woodgrove.example/?p=1");
  g_clear_pointer (&provider->scope, g_free);
  provider->authorization_parameters = g_strdupv ((char **) own);
  EXPECT_EQ (take (rp_oauth_request_dup_address (provider, nullptr,
                                                 "http://localhost:1", "S", "C")),
             "https://login.woodgrove.example/?p=1&response_type=code"
             "&client_id=mail%20client%2F1&redirect_uri=http%3A%2F%2Flocalhost%3A1"
             "&state=S&code_challenge=C&code_challenge_method=S256"
             "&access_type=offline&prompt=consent%20login");
}

struct BodyRow
{
  const char *name;
  bool in_header;
  const char *secret;
  const char *client; /* what the form says of the client */
  const char *header;
};

void
PrintTo (const BodyRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthBody : public testing::TestWithParam<BodyRow>
{
};

TEST_P (OAuthBody, SaysWhoAsksInOneWay)
{
  const BodyRow &row = GetParam ();
  const std::string client = row.client;
  g_autoptr (RpOAuthProvider) provider = make_provider ();

  provider->secret_in_header = row.in_header;
  EXPECT_EQ (take (rp_oauth_request_dup_code_body (provider, row.secret, "4/co&de",
                                                   "http://127.0.0.1:1", "V")),
             "grant_type=authorization_code&code=4%2Fco%26de"
             "&redirect_uri=http%3A%2F%2F127.0.0.1%3A1&code_verifier=V"
                 + client);
  EXPECT_EQ (take (rp_oauth_request_dup_refresh_body (provider, row.secret, "1//r=t")),
             "grant_type=refresh_token&refresh_token=1%2F%2Fr%3Dt" + client);
  EXPECT_EQ (take (rp_oauth_request_dup_device_body (provider, row.secret)),
             "scope=https%3A%2F%2Fmail.woodgrove.example%2F%20offline_access" + client);
  EXPECT_EQ (take (rp_oauth_request_dup_poll_body (provider, row.secret, "D")),
             "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
             "&device_code=D"
                 + client);
  EXPECT_EQ (take (rp_oauth_request_dup_revocation_body (provider, row.secret, "R")),
             "token=R&token_type_hint=refresh_token" + client);
  EXPECT_EQ (take (rp_oauth_request_dup_authorization (provider, row.secret)),
             row.header);
}

const BodyRow body_rows[] = {
  { "public_client", false, nullptr, "&client_id=mail%20client%2F1", "(none)" },
  { "secret_in_body", false, "s+s", "&client_id=mail%20client%2F1&client_secret=s%2Bs",
    "(none)" },
  /* "mail%20client%2F1:s%2Bs" */
  { "secret_in_header", true, "s+s", "", "Basic bWFpbCUyMGNsaWVudCUyRjE6cyUyQnM=" },
  { "header_without_secret", true, nullptr, "&client_id=mail%20client%2F1", "(none)" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthBody,
                          testing::ValuesIn (body_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

struct MetadataRow
{
  const char *name;
  const char *issuer;
  const char *address;
  const char *openid_address;
};

void
PrintTo (const MetadataRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthMetadataAddress : public testing::TestWithParam<MetadataRow>
{
};

TEST_P (OAuthMetadataAddress, IsMadeOfTheIssuer)
{
  const MetadataRow &row = GetParam ();

  EXPECT_EQ (take (rp_oauth_request_dup_metadata_address (row.issuer)), row.address);
  EXPECT_EQ (take (rp_oauth_request_dup_openid_address (row.issuer)),
             row.openid_address);
}

const MetadataRow metadata_rows[] = {
  { "host", "https://a.example",
    "https://a.example/.well-known/oauth-authorization-server",
    "https://a.example/.well-known/openid-configuration" },
  { "slash", "https://a.example/",
    "https://a.example/.well-known/oauth-authorization-server",
    "https://a.example/.well-known/openid-configuration" },
  /* RFC 8414 section 3.1 */
  { "path", "https://a.example:8443/issuer1",
    "https://a.example:8443/.well-known/oauth-authorization-server/issuer1",
    "https://a.example:8443/issuer1/.well-known/openid-configuration" },
  { "loopback", "http://[::1]:8080/a%20b",
    "http://[::1]:8080/.well-known/oauth-authorization-server/a%20b",
    "http://[::1]:8080/a%20b/.well-known/openid-configuration" },
  { "in_clear", "http://a.example", "(none)", "(none)" },
  { "with_query", "https://a.example/?a", "(none)", "(none)" },
  { "none", "a.example", "(none)", "(none)" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthMetadataAddress,
                          testing::ValuesIn (metadata_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

struct AddressRow
{
  const char *name;
  const char *address;
  bool is_safe;
};

void
PrintTo (const AddressRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthSafeAddress : public testing::TestWithParam<AddressRow>
{
};

TEST_P (OAuthSafeAddress, IsToldFromOthers)
{
  EXPECT_EQ (rp_oauth_provider_is_safe_address (GetParam ().address) != FALSE,
             GetParam ().is_safe);
}

const AddressRow address_rows[] = {
  { "https", "https://a.example/x?y=1", true },
  { "upper_case", "HTTPS://A.example", true },
  { "loopback", "http://127.0.0.1:1/", true },
  { "loopback_name", "http://localhost/", true },
  { "loopback_ipv6", "http://[::1]:1/", true },
  { "nothing", nullptr, false },
  { "empty", "", false },
  { "no_scheme", "a.example/x", false },
  { "in_clear", "http://a.example/", false },
  { "like_loopback", "http://localhost.example/", false },
  { "like_an_address", "http://127.0.0.1.example/", false },
  { "file", "file:///etc/passwd", false },
  { "script", "javascript:alert(1)", false },
  { "no_host", "https:///x", false },
  { "with_user", "https://a.example@b.example/", false },
  { "with_fragment", "https://a.example/#x", false },
  { "with_blank", "https://a.example/ x", false },
  { "with_line", "https://a.example/\nx", false },
  { "not_ascii", "https://a.example/\xc3\xa4", false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthSafeAddress,
                          testing::ValuesIn (address_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

}
