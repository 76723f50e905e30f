/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <ostream>
#include <string>

#include "run-until.h"
#include "scripted-server.h"
#include "server-maker.h"
#include "table-resolver.h"
#include "upstream/rp-connection.h"
#include "upstream/rp-resolver.h"

namespace
{

struct Answer
{
  bool is_finished = false;
  std::string entry;
  std::string error;
  GQuark domain = 0;
  int code = 0;
};

void
on_lookup_done (GObject *, GAsyncResult *result, gpointer user_data)
{
  auto *answer = static_cast<Answer *> (user_data);
  g_autoptr (GError) error = nullptr;
  g_autofree char *entry = rp_resolver_lookup_finish (result, &error);

  EXPECT_FALSE (answer->is_finished);
  answer->is_finished = true;
  if (entry != nullptr)
    {
      answer->entry = entry;
      return;
    }
  answer->error = error->message;
  answer->domain = error->domain;
  answer->code = error->code;
}

struct LookupRow
{
  const char *name;
  const char *host;
  bool only_loopback;
  const char *entry; /* "" for not found */
};

void
PrintTo (const LookupRow &row, std::ostream *out)
{
  *out << row.name;
}

class Lookup : public testing::TestWithParam<LookupRow>
{
};

TEST_P (Lookup, MakesAnEntryForCurl)
{
  TableResolver resolver (NameTable{ { "mail.test", { "192.0.2.1", "2001:db8::1" } },
                                     { "mixed.test", { "192.0.2.1", "127.0.0.9" } } });
  Answer answer;

  rp_resolver_lookup_async (GetParam ().host, 25, GetParam ().only_loopback, 5000,
                            nullptr, on_lookup_done, &answer);
  EXPECT_FALSE (answer.is_finished);
  ASSERT_TRUE (run_until ([&] { return answer.is_finished; }));
  EXPECT_EQ (answer.entry, GetParam ().entry) << answer.error;
  if (*GetParam ().entry == '\0')
    {
      EXPECT_EQ (answer.domain, G_RESOLVER_ERROR);
      EXPECT_EQ (answer.code, G_RESOLVER_ERROR_NOT_FOUND);
    }
}

const LookupRow rows[] = {
  { "two_families", "mail.test", false, "mail.test:25:192.0.2.1,[2001:db8::1]" },
  { "key_in_lower_case", "MAIL.test", false, "mail.test:25:192.0.2.1,[2001:db8::1]" },
  { "literal", "192.0.2.7", false, "192.0.2.7:25:192.0.2.7" },
  { "literal_ipv6", "::1", true, "::1:25:[::1]" },
  { "only_loopback", "mixed.test", true, "mixed.test:25:127.0.0.9" },
  { "no_loopback", "mail.test", true, "" },
  { "literal_no_loopback", "192.0.2.7", true, "" },
  { "unknown", "nowhere.test", false, "" },
};

INSTANTIATE_TEST_SUITE_P (Rows, Lookup, testing::ValuesIn (rows), [] (const auto &row) {
  return row.param.name;
});

TEST (Resolver, GivesUpOnASilentNameServer)
{
  TableResolver resolver (TableResolver::silent);
  Answer answer;

  rp_resolver_lookup_async ("mail.test", 25, FALSE, 50, nullptr, on_lookup_done,
                            &answer);
  ASSERT_TRUE (run_until ([&] { return answer.is_finished; }, 1000));
  EXPECT_EQ (answer.domain, G_IO_ERROR);
  EXPECT_EQ (answer.code, G_IO_ERROR_TIMED_OUT);
}

TEST (Resolver, IsCancelled)
{
  TableResolver resolver (TableResolver::silent);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answer;

  rp_resolver_lookup_async ("mail.test", 25, FALSE, 60000, cancellable, on_lookup_done,
                            &answer);
  g_cancellable_cancel (cancellable);
  ASSERT_TRUE (run_until ([&] { return answer.is_finished; }, 1000));
  EXPECT_EQ (answer.domain, G_IO_ERROR);
  EXPECT_EQ (answer.code, G_IO_ERROR_CANCELLED);
}

/* --- the whole connection with names --- */

struct Opened
{
  bool is_finished = false;
  bool is_open = false;
  int error = -1;
  std::string error_text;
};

void
on_open_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *opened = static_cast<Opened *> (user_data);
  g_autoptr (GError) error = nullptr;

  opened->is_open = rp_connection_open_finish (RP_CONNECTION (source), result, &error);
  opened->is_finished = true;
  opened->error = error != nullptr ? error->code : -1;
  opened->error_text = error != nullptr ? error->message : "";
}

const RpCredential password = { RP_CREDENTIAL_PASSWORD, "x" };

TEST (Resolver, ASilentNameServerStopsNobodyElse)
{
  TableResolver resolver (TableResolver::silent);
  ScriptedServer server (
      Script{ say ("220 hi\r\n"), expect ("EHLO"), say ("250 x\r\n") });
  ServerMaker silent (RP_TLS_STARTTLS, "mail.test", 587, nullptr);
  ServerMaker other (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  g_autoptr (RpConnection) first =
      rp_connection_new (loop, &silent.server, &silent.endpoint);
  g_autoptr (RpConnection) second =
      rp_connection_new (loop, &other.server, &other.endpoint);
  Opened first_opened, second_opened;

  rp_connection_open_async (first, &password, nullptr, on_open_done, &first_opened);
  rp_connection_open_async (second, nullptr, nullptr, on_open_done, &second_opened);
  EXPECT_LT (measure_longest_pause_us ([&] { return second_opened.is_finished; }),
             500 * 1000);
  EXPECT_TRUE (second_opened.is_open);
  EXPECT_FALSE (first_opened.is_finished);
  EXPECT_LT (measure_longest_pause_us ([&] { return first_opened.is_finished; }),
             500 * 1000);
  EXPECT_EQ (first_opened.error, RP_CONNECTION_ERROR_TIMED_OUT);
}

/* One address of two answers: happy eyeballs are curl's. */
TEST (Resolver, ConnectsToTheAddressThatAnswers)
{
  ScriptedServer server (
      Script{ start_tls (), say ("220 hi\r\n"), expect ("EHLO"), say ("250 x\r\n") });
  TableResolver resolver (NameTable{ { "mail.test", { "127.0.0.77", "127.0.0.1" } } });
  ServerMaker maker (RP_TLS_IMPLICIT, "mail.test", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  g_autoptr (RpConnection) connection =
      rp_connection_new (loop, &maker.server, &maker.endpoint);
  Opened opened;

  rp_connection_open_async (connection, nullptr, nullptr, on_open_done, &opened);
  EXPECT_TRUE (run_until ([&] { return opened.is_finished; }));
  EXPECT_TRUE (opened.is_open) << opened.error;
}

/* Whatever a name server says of a name that is meant to be this machine's. */
TEST (Resolver, APasswordInClearStaysOnTheMachine)
{
  TableResolver resolver (NameTable{ { "mail.test", { "192.0.2.1" } } });
  ServerMaker maker (RP_TLS_NONE, "mail.test", 25, nullptr);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  g_autoptr (RpConnection) connection =
      rp_connection_new (loop, &maker.server, &maker.endpoint);
  Opened opened;

  rp_connection_open_async (connection, &password, nullptr, on_open_done, &opened);
  EXPECT_TRUE (run_until ([&] { return opened.is_finished; }, 900));
  EXPECT_EQ (opened.error, RP_CONNECTION_ERROR_UNREACHABLE);
  EXPECT_EQ (opened.error_text, "mail.test has no loopback address");
}

} // namespace
