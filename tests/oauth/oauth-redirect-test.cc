/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "knock.h"
#include "oauth/rp-oauth-redirect.h"
#include "oauth/rp-oauth-visit.h"

namespace
{

struct Heard
{
  std::vector<std::string> queries;
  RpOAuthResponse response = RP_OAUTH_RESPONSE_CODE;
  RpOAuthRedirect **to_end = nullptr; /* is ended by what is heard */
};

RpOAuthResponse
on_query (const char *query, gpointer user_data)
{
  auto *heard = static_cast<Heard *> (user_data);

  heard->queries.push_back (query);
  if (heard->to_end != nullptr)
    g_clear_object (heard->to_end);
  return heard->response;
}

RpOAuthRedirect *
listen (Heard &heard, const char *host = "127.0.0.1", const char *path = nullptr)
{
  g_autoptr (GError) error = nullptr;
  RpOAuthRedirect *redirect =
      rp_oauth_redirect_new (host, path, on_query, &heard, &error);

  g_assert_no_error (error);
  return redirect;
}

guint16
port_of (RpOAuthRedirect *redirect)
{
  return ::port_of (std::string (rp_oauth_redirect_get_uri (redirect)));
}

bool
begins (const std::string &text, const std::string &with)
{
  return text.rfind (with, 0) == 0;
}

struct PageRow
{
  const char *name;
  RpOAuthResponse response;
  const char *status;
  const char *words;
};

void
PrintTo (const PageRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthPage : public testing::TestWithParam<PageRow>
{
};

TEST_P (OAuthPage, TellsHowItWentAndNoSecret)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard, "127.0.0.1", "/back");

  heard.response = GetParam ().response;
  const std::string page =
      knock (port_of (redirect), "GET /back?code=se-cret&state=%3Cb%3E HTTP/1.1\r\n"
                                 "Host: x\r\nCookie: se-cret\r\n\r\n");
  ASSERT_EQ (heard.queries.size (), 1u);
  EXPECT_EQ (heard.queries[0], "code=se-cret&state=%3Cb%3E");
  EXPECT_TRUE (begins (page, std::string ("HTTP/1.1 ") + GetParam ().status + "\r\n"))
      << page;
  EXPECT_NE (page.find (GetParam ().words), std::string::npos) << page;
  EXPECT_EQ (page.find ("se-cret"), std::string::npos) << page;
  for (const char *header :
       { "\r\nCache-Control: no-store\r\n", "\r\nReferrer-Policy: no-referrer\r\n",
         "\r\nConnection: close\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
         "\r\nContent-Security-Policy: default-src 'none';" })
    EXPECT_NE (page.find (header), std::string::npos) << header;
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    OAuthPage,
    testing::Values (
        PageRow{ "yes", RP_OAUTH_RESPONSE_CODE, "200 OK", "You can close this page" },
        PageRow{ "no", RP_OAUTH_RESPONSE_ERROR, "200 OK", "You are not signed in" },
        PageRow{ "other", RP_OAUTH_RESPONSE_NOT_OURS, "404 Not Found",
                 "There is nothing here" }),
    [] (const auto &row) { return std::string (row.param.name); });

struct KnockRow
{
  const char *name;
  std::string text;
  const char *status;
};

void
PrintTo (const KnockRow &row, std::ostream *out)
{
  *out << row.name;
}

class OAuthKnock : public testing::TestWithParam<KnockRow>
{
};

TEST_P (OAuthKnock, IsNotHeardAndEndsNothing)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard);
  const std::string answer = knock (port_of (redirect), GetParam ().text);

  EXPECT_TRUE (begins (answer, std::string ("HTTP/1.1 ") + GetParam ().status))
      << answer;
  EXPECT_TRUE (heard.queries.empty ());
  EXPECT_TRUE (
      begins (knock (port_of (redirect), "GET /?a HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 "));
  EXPECT_EQ (heard.queries.size (), 1u);
}

const KnockRow knock_rows[] = {
  { "favicon", "GET /favicon.ico HTTP/1.1\r\n\r\n", "404 " },
  { "root", "GET / HTTP/1.1\r\n\r\n", "404 " },
  { "post", "POST /?code=c HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "404 " },
  { "head", "HEAD /?code=c HTTP/1.1\r\n\r\n", "404 " },
  { "options", "OPTIONS /?code=c HTTP/1.1\r\n\r\n", "404 " },
  { "other_path", "GET /x?code=c HTTP/1.1\r\n\r\n", "404 " },
  { "bare_lines", "GET /x HTTP/1.1\n\n", "404 " },
  { "smtp", "EHLO x\r\n\r\n", "404 " },
  { "endless",
    "GET /?code=c HTTP/1.1\r\nX: " + std::string (RP_OAUTH_VISIT_MAX_BYTES - 26, 'x'),
    "431 " },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OAuthKnock,
                          testing::ValuesIn (knock_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST (OAuthRedirect, TakesARequestInPieces)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard);
  const int fd = connect_to (port_of (redirect));

  for (char octet : std::string ("GET /?code=c HTTP/1.1\r\n\r"))
    {
      EXPECT_EQ (send (fd, &octet, 1, 0), 1);
      g_main_context_iteration (nullptr, FALSE);
    }
  EXPECT_TRUE (heard.queries.empty ());
  EXPECT_EQ (send (fd, "\n", 1, 0), 1);
  EXPECT_TRUE (run_until ([&] { return !heard.queries.empty (); }));
  close (fd);
}

TEST (OAuthRedirect, IsHeardBehindAVisitorWhoSaysNothing)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard);
  const int ahead = connect_to (port_of (redirect));

  EXPECT_TRUE (
      begins (knock (port_of (redirect), "GET /?a HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 "));
  close (ahead);
}

TEST (OAuthRedirect, DoesNotServeACrowd)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard);
  std::vector<int> crowd;

  for (int i = 0; i < 32; i++)
    {
      crowd.push_back (connect_to (port_of (redirect)));
      EXPECT_EQ (send (crowd.back (), "G", 1, 0), 1);
      /* taken out of the kernel's hands, which hold no more than ten */
      while (g_main_context_iteration (nullptr, FALSE))
        ;
    }
  EXPECT_EQ (knock (port_of (redirect), "GET /?a HTTP/1.1\r\n\r\n"), "");
  for (int fd : crowd)
    close (fd);
  EXPECT_TRUE (run_until ([&] {
    return begins (knock (port_of (redirect), "GET /?a HTTP/1.1\r\n\r\n"),
                   "HTTP/1.1 200 ");
  }));
}

TEST (OAuthRedirect, ShowsThePageEvenWhenItEnds)
{
  Heard heard;
  RpOAuthRedirect *redirect = listen (heard);
  const guint16 port = port_of (redirect);

  heard.to_end = &redirect;
  EXPECT_TRUE (begins (knock (port, "GET /?a HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 "));
  EXPECT_EQ (redirect, nullptr);
  EXPECT_EQ (knock (port, "GET /?a HTTP/1.1\r\n\r\n"), "(refused)");
}

TEST (OAuthRedirect, HearsNobodyAfterItsEnd)
{
  Heard heard;
  RpOAuthRedirect *redirect = listen (heard);
  const int fd = connect_to (port_of (redirect));

  EXPECT_EQ (send (fd, "GET /?a HTTP/1.1\r\n", 18, 0), 18);
  EXPECT_TRUE (begins (knock (port_of (redirect), "GET / HTTP/1.1\r\n\r\n"), "HTTP"));
  g_object_unref (redirect);
  EXPECT_EQ (send (fd, "\r\n", 2, 0), 2);
  shutdown (fd, SHUT_WR);
  std::string answer;
  EXPECT_TRUE (run_until ([&] {
    char octets[4096];
    const ssize_t n_read = recv (fd, octets, sizeof octets, MSG_DONTWAIT);

    if (n_read > 0)
      answer.append (octets, (size_t) n_read);
    return n_read == 0;
  }));
  EXPECT_TRUE (begins (answer, "HTTP/1.1 404 ")) << answer;
  EXPECT_TRUE (heard.queries.empty ());
  close (fd);
}

/* Whoever can bind the same port for the other family would get the code. */
TEST (OAuthRedirect, HoldsBothFamiliesOfLocalhost)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard, "localhost");

  EXPECT_TRUE (begins (rp_oauth_redirect_get_uri (redirect), "http://localhost:"));
  for (bool is_ipv6 : { false, true })
    EXPECT_TRUE (
        begins (knock (port_of (redirect), "GET /?a HTTP/1.1\r\n\r\n", is_ipv6),
                "HTTP/1.1 200 "))
        << is_ipv6;
}

TEST (OAuthRedirect, IsOnLoopbackAlone)
{
  Heard heard;
  g_autoptr (RpOAuthRedirect) redirect = listen (heard, "127.0.0.1", "/a/b");
  const std::string uri = rp_oauth_redirect_get_uri (redirect);

  EXPECT_EQ (uri, "http://127.0.0.1:" + std::to_string (port_of (redirect)) + "/a/b");
  EXPECT_EQ (knock (port_of (redirect), "", true), "(refused)");
}

}
