/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <ostream>

#include "run-until.h"
#include "scripted-server.h"
#include "table-resolver.h"
#include "upstream/rp-connection.h"
#include "upstream/rp-fetch.h"

namespace
{

struct Fetched
{
  bool is_finished = false;
  guint status = 0;
  std::string body;
  guint retry_after_s = 0;
  GQuark domain = 0;
  int code = -1;
  std::string text;
};

void
on_fetched (GObject *, GAsyncResult *result, gpointer user_data)
{
  auto *fetched = static_cast<Fetched *> (user_data);
  g_autoptr (GError) error = nullptr;
  g_autoptr (RpFetchAnswer) answer = rp_fetch_finish (result, &error);

  EXPECT_FALSE (fetched->is_finished);
  EXPECT_EQ (answer == nullptr, error != nullptr);
  fetched->is_finished = true;
  if (answer != nullptr)
    {
      EXPECT_EQ (answer->body[answer->n_bytes], '\0');
      fetched->status = answer->status;
      fetched->body.assign (answer->body, answer->n_bytes);
      fetched->retry_after_s = answer->retry_after_s;
      return;
    }
  fetched->domain = error->domain;
  fetched->code = error->code;
  fetched->text = error->message;
}

Fetched
fetch (RpFetchRequest request, GCancellable *cancellable = nullptr)
{
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  Fetched fetched;

  rp_fetch_async (loop, &request, cancellable, on_fetched, &fetched);
  EXPECT_FALSE (fetched.is_finished) << "finished before it began";
  EXPECT_TRUE (run_until ([&] { return fetched.is_finished; }));
  return fetched;
}

std::string
address_of (const ScriptedServer &server,
            const char *scheme = "https",
            const char *host = "127.0.0.1")
{
  return std::string (scheme) + "://" + host + ":" + std::to_string (server.port ())
         + "/token?x=1";
}

const Script tls = { start_tls () };

/* Reads a request's head and says this. */
Script
answer (const std::string &text)
{
  return { take (), say (text) };
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Row
{
  const char *name;
  Script script;
  guint status;     /* 0: an error of connections */
  const char *body; /* or in the error */
  guint retry_after_s = 0;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class Fetch : public testing::TestWithParam<Row>
{
};

TEST_P (Fetch, EndsAsTheServerBehaves)
{
  const Row &row = GetParam ();
  ScriptedServer server (row.script);
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  request.address = address.c_str ();
  request.form = "refresh_token=secret";
  request.authorization = "Basic c2VjcmV0";
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  request.timeout_ms = 1000;
  const Fetched fetched = fetch (request);
  EXPECT_EQ (fetched.status, row.status) << fetched.text;
  EXPECT_EQ (fetched.retry_after_s, row.retry_after_s);
  if (row.status > 0)
    {
      EXPECT_EQ (fetched.body, row.body);
    }
  else
    {
      EXPECT_EQ (fetched.domain, RP_CONNECTION_ERROR);
      EXPECT_NE (fetched.text.find (row.body), std::string::npos) << fetched.text;
    }
  EXPECT_EQ (server.clear_log ().find ("secret"), std::string::npos);
  EXPECT_EQ (server.clear_log ().find ("c2VjcmV0"), std::string::npos);
}

const Row rows[] = {
  { "ok", tls + answer (ok), 200, "ok" },
  { "error", tls + answer ("HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nno"), 400,
    "no" },
  { "until_the_end", tls + answer ("HTTP/1.0 200 OK\r\n\r\nok") + Script{ cut () }, 200,
    "ok" },
  { "empty", tls + answer ("HTTP/1.1 204 Nothing\r\n\r\n"), 204, "" },
  { "slowly", tls + Script{ take (), say_bytewise (ok) }, 200, "ok" },
  { "redirect",
    tls
        + answer (
            "HTTP/1.1 302 Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"),
    302, "" },
  { "too_busy",
    tls + answer ("HTTP/1.1 429 Wait\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"),
    429, "", 120 },
  { "wrong_name", Script{ start_tls (Identity::wrong_name) } + answer (ok), 0,
    "127.0.0.1" },
  { "expired", Script{ start_tls (Identity::expired) } + answer (ok), 0, "expired" },
  { "self_signed", Script{ start_tls (Identity::self_signed) } + answer (ok), 0,
    "self" },
  { "old_tls", Script{ start_tls (Identity::old_tls) } + answer (ok), 0, "port" },
  { "no_tls", { take (), say (ok) }, 0, "port" },
  { "cut", tls + Script{ take (), cut () }, 0, "port" },
  { "cut_in_mid_answer",
    tls + answer ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok") + Script{ cut () },
    0, "port" },
  { "silent", tls + Script{ take (), hang () }, 0, "milliseconds" },
  { "silent_before_tls", { hang () }, 0, "milliseconds" },
};

INSTANTIATE_TEST_SUITE_P (Rows, Fetch, testing::ValuesIn (rows), [] (const auto &row) {
  return std::string (row.param.name);
});

TEST (FetchOne, PostsTheFormAndNothingElse)
{
  ScriptedServer server (tls + answer (ok));
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  request.address = address.c_str ();
  request.form = "a=b";
  request.authorization = "Basic eDp5";
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  EXPECT_EQ (fetch (request).status, 200u);
  EXPECT_EQ (server.tls_log (),
             "POST /token?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"
                 + std::to_string (server.port ())
                 + "\r\nUser-Agent: roampost\r\nAccept: application/json\r\n"
                   "Authorization: Basic eDp5\r\nContent-Length: 3\r\n"
                   "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b");
}

TEST (FetchOne, GetsWithoutAForm)
{
  ScriptedServer server (tls + answer (ok));
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  request.address = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  EXPECT_EQ (fetch (request).status, 200u);
  EXPECT_EQ (server.tls_log ().rfind ("GET /token?x=1 HTTP/1.1\r\n", 0), 0u);
  EXPECT_EQ (server.tls_log ().find ("Authorization"), std::string::npos);
}

TEST (FetchOne, KnowsOnlyTheSystemsAuthoritiesWithoutAFile)
{
  ScriptedServer server (tls + answer (ok));
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  request.address = address.c_str ();
  EXPECT_EQ (fetch (request).code, RP_CONNECTION_ERROR_CERTIFICATE);
}

struct SizeRow
{
  const char *name;
  gsize n_bytes;
  bool says_length;
  bool is_taken;
};

class FetchSize : public testing::TestWithParam<SizeRow>
{
};

TEST_P (FetchSize, IsLimited)
{
  const SizeRow &row = GetParam ();
  const std::string length =
      row.says_length ? "Content-Length: " + std::to_string (row.n_bytes) + "\r\n" : "";
  ScriptedServer server (tls + answer ("HTTP/1.1 200 OK\r\n" + length + "\r\n")
                         + Script{ say (std::string (row.n_bytes, 'x')), cut () });
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  request.address = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  const Fetched fetched = fetch (request);
  EXPECT_EQ (fetched.body.size (), row.is_taken ? row.n_bytes : 0);
  EXPECT_EQ (fetched.code, row.is_taken ? -1 : G_IO_ERROR_MESSAGE_TOO_LARGE)
      << fetched.text;
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    FetchSize,
    testing::Values (SizeRow{ "largest", RP_FETCH_MAX_BYTES, true, true },
                     SizeRow{ "largest_unsaid", RP_FETCH_MAX_BYTES, false, true },
                     SizeRow{ "larger", RP_FETCH_MAX_BYTES + 1, true, false },
                     SizeRow{ "larger_unsaid", RP_FETCH_MAX_BYTES + 1, false, false },
                     SizeRow{ "endless", 4 * 1024 * 1024, false, false }),
    [] (const auto &row) { return std::string (row.param.name); });

struct AddressRow
{
  const char *name;
  const char *address;
  const char *proxy;
  bool is_asked;
};

class FetchAddress : public testing::TestWithParam<AddressRow>
{
};

/* Whoever is asked cannot be reached here, which is another error. */
TEST_P (FetchAddress, IsAskedOrNot)
{
  TableResolver resolver (NameTable{});
  RpFetchRequest request = {};

  request.address = GetParam ().address;
  request.proxy = GetParam ().proxy;
  const Fetched fetched = fetch (request);
  EXPECT_EQ (fetched.domain == RP_CONNECTION_ERROR, GetParam ().is_asked)
      << fetched.text;
  if (!GetParam ().is_asked)
    {
      EXPECT_EQ (fetched.code, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    FetchAddress,
    testing::Values (AddressRow{ "https", "https://nowhere.test/", nullptr, true },
                     AddressRow{ "https_by_proxy", "https://a.test/",
                                 "http://nowhere.test:1", true },
                     AddressRow{ "http_elsewhere", "http://192.0.2.1/", nullptr, true },
                     AddressRow{ "http_by_proxy", "http://127.0.0.1/",
                                 "http://127.0.0.1:1", false },
                     AddressRow{ "file", "file:///etc/passwd", nullptr, false },
                     AddressRow{ "ftp", "ftp://a.test/", nullptr, false },
                     AddressRow{ "with_user", "https://u@a.test/", nullptr, false },
                     AddressRow{ "no_host", "https:///x", nullptr, false },
                     AddressRow{ "no_url", "a.test", nullptr, false },
                     AddressRow{ "proxy_no_url", "https://a.test/", "a.test", false }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST (FetchOne, AsksLoopbackInClear)
{
  ScriptedServer server (answer (ok));
  const std::string address = address_of (server, "http");
  RpFetchRequest request = {};

  request.address = address.c_str ();
  EXPECT_EQ (fetch (request).body, "ok");
}

TEST (FetchOne, LeavesTheMachineNeverInClear)
{
  RpFetchRequest request = {};

  /* TEST-NET-1: nobody is there, and nobody may be asked */
  request.address = "http://192.0.2.1/";
  request.timeout_ms = 60 * 1000;
  const Fetched fetched = fetch (request);
  EXPECT_NE (fetched.text.find ("no loopback address"), std::string::npos)
      << fetched.text;
}

TEST (FetchOne, GoesThroughTheProxyAndNamesTheHostToIt)
{
  ScriptedServer proxy ({ take (), say ("HTTP/1.1 200 Connected\r\n\r\n"), start_tls (),
                          take (), say (ok) });
  const std::string address = "http://127.0.0.1:" + std::to_string (proxy.port ());
  RpFetchRequest request = {};

  /* a name that only the proxy could resolve */
  request.address = "https://mail.test/";
  request.proxy = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  EXPECT_EQ (fetch (request).body, "ok");
  EXPECT_EQ (proxy.clear_log ().rfind ("CONNECT mail.test:443 HTTP/1.1\r\n", 0), 0u);
}

TEST (FetchOne, UsesNoProxyOfTheEnvironment)
{
  ScriptedServer server (tls + answer (ok));
  const std::string address = address_of (server);
  RpFetchRequest request = {};

  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  request.address = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  EXPECT_EQ (fetch (request).body, "ok");
  g_unsetenv ("https_proxy");
}

TEST (FetchOne, ResolvesByGLib)
{
  TableResolver resolver (NameTable{ { "mail.test", { "127.0.0.1" } } });
  ScriptedServer server (tls + answer (ok));
  const std::string address = address_of (server, "https", "mail.test");
  RpFetchRequest request = {};

  request.address = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  EXPECT_EQ (fetch (request).body, "ok");
}

TEST (FetchOne, IsCancelled)
{
  ScriptedServer server (tls + Script{ take (), hang () });
  const std::string address = address_of (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  RpFetchRequest request = {};
  Fetched fetched;

  request.address = address.c_str ();
  request.ca_file = ThrowawayCa::instance ().ca_file ();
  rp_fetch_async (loop, &request, cancellable, on_fetched, &fetched);
  EXPECT_TRUE (run_until ([&] { return !server.tls_log ().empty (); }));
  g_cancellable_cancel (cancellable);
  EXPECT_TRUE (run_until ([&] { return fetched.is_finished; }));
  EXPECT_EQ (fetched.domain, G_IO_ERROR);
  EXPECT_EQ (fetched.code, G_IO_ERROR_CANCELLED);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
}

TEST (FetchOne, CancelledBefore)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  RpFetchRequest request = {};

  g_cancellable_cancel (cancellable);
  request.address = "https://127.0.0.1:1/";
  EXPECT_EQ (fetch (request, cancellable).code, G_IO_ERROR_CANCELLED);
}

}
