/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-response.h"

namespace
{

constexpr const char *ISSUER = "https://login.woodgrove.example";
#define ISS "&iss=https%3A%2F%2Flogin.woodgrove.example"

struct Row
{
  const char *name;
  const char *query;
  const char *issuer;
  bool must_name_issuer;
  RpOAuthResponse response;
  int error;         /* an RpOAuthError, or -1 */
  const char *words; /* the code, or in the error */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthResponse : public testing::TestWithParam<Row>
{
};

TEST_P (OAuthResponse, IsReadWithCare)
{
  const Row &row = GetParam ();
  g_autoptr (GError) error = nullptr;
  char *code = nullptr;

  EXPECT_EQ (rp_oauth_response_read (row.query, "st-ate", row.issuer,
                                     row.must_name_issuer, &code, &error),
             row.response);
  EXPECT_EQ (error != nullptr ? error->code : -1, row.error);
  if (row.response == RP_OAUTH_RESPONSE_CODE)
    {
      EXPECT_STREQ (code, row.words);
    }
  else
    {
      EXPECT_EQ (code, nullptr);
    }
  if (error != nullptr)
    {
      EXPECT_EQ (error->domain, RP_OAUTH_ERROR);
      EXPECT_NE (std::string (error->message).find (row.words), std::string::npos)
          << error->message;
    }
  rp_secret_free (code);
}

constexpr RpOAuthResponse OTHER = RP_OAUTH_RESPONSE_NOT_OURS;
constexpr RpOAuthResponse CODE = RP_OAUTH_RESPONSE_CODE;
constexpr RpOAuthResponse ERROR = RP_OAUTH_RESPONSE_ERROR;

const Row rows[] = {
  { "code", "code=4%2Fa+b&state=st-ate", ISSUER, false, CODE, -1, "4/a b" },
  { "state_first", "state=st-ate&code=c", ISSUER, false, CODE, -1, "c" },
  { "more_parameters", "x&=&scope=a%20b&code=c&state=st-ate&session_state=s", ISSUER,
    false, CODE, -1, "c" },
  { "issuer", "code=c&state=st-ate" ISS, ISSUER, true, CODE, -1, "c" },
  { "issuer_unasked", "code=c&state=st-ate" ISS, ISSUER, false, CODE, -1, "c" },
  { "issuer_unknown", "code=c&state=st-ate" ISS, nullptr, false, CODE, -1, "c" },

  { "nothing", "", ISSUER, false, OTHER, -1, "" },
  { "no_state", "code=c", ISSUER, false, OTHER, -1, "" },
  { "empty_state", "code=c&state=", ISSUER, false, OTHER, -1, "" },
  { "wrong_state", "code=c&state=st-atf", ISSUER, false, OTHER, -1, "" },
  { "shorter_state", "code=c&state=st-at", ISSUER, false, OTHER, -1, "" },
  { "longer_state", "code=c&state=st-atee", ISSUER, false, OTHER, -1, "" },
  { "broken_state", "code=c&state=st-ate%", ISSUER, false, OTHER, -1, "" },
  { "two_states", "code=c&state=st-ate&state=st-ate", ISSUER, false, OTHER, -1, "" },
  { "other_name", "code=c&estate=st-ate", ISSUER, false, OTHER, -1, "" },
  { "error_without_state", "error=access_denied", ISSUER, false, OTHER, -1, "" },

  { "denied", "error=access_denied&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_DENIED, "access_denied" },
  { "denied_with_words",
    "error=access_denied&error_description=not+me%0A250&state=st-ate", ISSUER, false,
    ERROR, RP_OAUTH_ERROR_DENIED, "access_denied: not me 250" },
  { "consent",
    "error=access_denied&error_description=AADSTS90094%3A+admin&state=st-ate", ISSUER,
    false, ERROR, RP_OAUTH_ERROR_CONSENT, "AADSTS90094" },
  { "error_and_code", "error=server_error&code=c&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_OUTAGE, "server_error" },
  { "unknown_error", "error=gone_fishing&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_PROTOCOL, "gone_fishing" },
  { "state_alone", "state=st-ate", ISSUER, false, ERROR, RP_OAUTH_ERROR_PROTOCOL,
    "neither" },
  { "empty_code", "code=&state=st-ate", ISSUER, false, ERROR, RP_OAUTH_ERROR_PROTOCOL,
    "neither" },
  { "two_codes", "code=c&code=d&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_PROTOCOL, "neither" },
  { "two_errors", "error=access_denied&error=x&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_PROTOCOL, "neither" },
  { "control_in_code", "code=a%0Db&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_PROTOCOL, "neither" },
  { "broken_code", "code=%zz&state=st-ate", ISSUER, false, ERROR,
    RP_OAUTH_ERROR_PROTOCOL, "neither" },

  /* RFC 9207 section 2.4: the mix-up of two authorization servers */
  { "no_issuer", "code=c&state=st-ate", ISSUER, true, ERROR, RP_OAUTH_ERROR_MISMATCH,
    "does not name" },
  { "other_issuer", "code=c&state=st-ate&iss=https%3A%2F%2Fevil.example", ISSUER, false,
    ERROR, RP_OAUTH_ERROR_MISMATCH, "another issuer" },
  { "issuer_with_slash", "code=c&state=st-ate" ISS "%2F", ISSUER, true, ERROR,
    RP_OAUTH_ERROR_MISMATCH, "another issuer" },
  { "two_issuers", "code=c&state=st-ate" ISS ISS, ISSUER, true, ERROR,
    RP_OAUTH_ERROR_MISMATCH, "another issuer" },
  { "error_of_other_issuer", "error=access_denied&state=st-ate&iss=x", ISSUER, false,
    ERROR, RP_OAUTH_ERROR_MISMATCH, "another issuer" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthResponse,
                          testing::ValuesIn (rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

struct QueryRow
{
  const char *name;
  const char *redirect_uri; /* or the path that is asked for */
  const char *text;
  const char *query; /* nullable */
};

void
PrintTo (const QueryRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthPasted : public testing::TestWithParam<QueryRow>
{
};

TEST_P (OAuthPasted, AddressIsOursOrNot)
{
  const QueryRow &row = GetParam ();
  char *query = rp_oauth_response_dup_pasted_query (row.text, row.redirect_uri);

  EXPECT_STREQ (query, row.query);
  rp_secret_free (query);
}

const QueryRow pasted_rows[] = {
  { "whole", "http://127.0.0.1:1/a", "http://127.0.0.1:1/a?code=c&state=s",
    "code=c&state=s" },
  { "blanks", "http://127.0.0.1:1/a", " \t\nhttp://127.0.0.1:1/a?code=c \r\n",
    "code=c" },
  { "without_scheme", "http://127.0.0.1:1/a", "127.0.0.1:1/a?code=c", "code=c" },
  { "slash_put_in", "http://localhost:1", "http://localhost:1/?code=c", "code=c" },
  { "no_path", "http://localhost:1", "http://localhost:1?code=c", "code=c" },
  { "fragment", "http://localhost:1", "http://localhost:1?code=c#_=_", "code=c" },
  { "no_query", "http://localhost:1", "http://localhost:1/", nullptr },
  { "other_port", "http://localhost:1", "http://localhost:12/?code=c", nullptr },
  { "other_path", "http://localhost:1/a", "http://localhost:1/ab?code=c", nullptr },
  { "slash_too_many", "http://localhost:1/a", "http://localhost:1/a/?code=c", nullptr },
  { "other_host", "http://localhost:1", "http://evil.example/?code=c", nullptr },
  { "first_page", "http://localhost:1",
    "https://login.example/?redirect_uri=http://localhost:1", nullptr },
  { "nothing", "http://localhost:1", "", nullptr },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthPasted,
                          testing::ValuesIn (pasted_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

class OAuthRequested : public testing::TestWithParam<QueryRow>
{
};

TEST_P (OAuthRequested, IsAGetOfThePathOrNothing)
{
  const QueryRow &row = GetParam ();
  char *query = rp_oauth_response_dup_requested_query (row.text, strlen (row.text),
                                                       row.redirect_uri);

  EXPECT_STREQ (query, row.query);
  rp_secret_free (query);
}

const QueryRow requested_rows[] = {
  { "get", "/", "GET /?code=c&state=s HTTP/1.1\r\nHost: x\r\n", "code=c&state=s" },
  { "old", "/", "GET /?code=c HTTP/1.0\n", "code=c" },
  { "path", "/a/b", "GET /a/b?code=c HTTP/1.1\r\n", "code=c" },
  { "empty_query", "/", "GET /? HTTP/1.1\r\n", "" },
  { "no_query", "/", "GET / HTTP/1.1\r\n", nullptr },
  { "favicon", "/", "GET /favicon.ico HTTP/1.1\r\n", nullptr },
  { "other_path", "/a", "GET /ab?code=c HTTP/1.1\r\n", nullptr },
  { "shorter_path", "/a/b", "GET /a?code=c HTTP/1.1\r\n", nullptr },
  { "post", "/", "POST /?code=c HTTP/1.1\r\n", nullptr },
  { "head", "/", "HEAD /?code=c HTTP/1.1\r\n", nullptr },
  { "absolute", "/", "GET http://127.0.0.1/?code=c HTTP/1.1\r\n", nullptr },
  { "no_version", "/", "GET /?code=c\r\n", nullptr },
  { "http_2", "/", "GET /?code=c HTTP/2\r\n", nullptr },
  { "cut", "/", "GET /?code=c HTTP/1.1", nullptr },
  { "bare_cr", "/", "GET /?code=c\r&state=s HTTP/1.1\r\n", nullptr },
  { "not_ascii", "/", "GET /?code=\xff HTTP/1.1\r\n", nullptr },
  { "nothing", "/", "", nullptr },
  { "tls", "/", "\x16\x03\x01\n", nullptr },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthRequested,
                          testing::ValuesIn (requested_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

}
