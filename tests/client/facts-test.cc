// SPDX-License-Identifier: GPL-3.0-or-later
// status, explain, log and login against a bus server with canned answers: what is
// printed, in which language, and the exit code.
#include <gtest/gtest.h>

#include <json-glib/json-glib.h>
#include <sysexits.h>

#include "canned-agent.h"
#include "client-run.h"
#include "running-client.h"

namespace
{

const char *const status = R"({
  'version': <'0.1.0'>, 'pid': <uint32 4711>,
  'listening': <['127.0.0.1:2525', '[::1]:2525']>,
  'surroundings': <{'connectivity': <'full'>, 'metered': <'no'>,
    'ssid': <'Chen'>, 'gateway': <'192.168.7.1'>,
    'gateway-mac': <'52:54:00:12:34:56'>, 'dns-domains': <['lan', 'proseware.com']>,
    'addresses': <['192.168.7.23']>}>,
  'network': <'home'>,
  'accounts': <[
    {'name': <'terri'>, 'address': <'terri@proseware.com'>, 'relaying': <{
      'address': <'someone@example.net'>,
      'routes': <[{'server': <'proseware'>,
        'endpoint': <'smtps://smtp.proseware.com:465'>, 'permission': <'password'>,
        'relaying': <true>,
        'reason': <('credentials', ['proseware', 'terri@proseware.com'])>}]>}>},
    {'name': <'adam'>, 'address': <'adam@adatum.com'>, 'relaying': <{
      'address': <'someone@example.net'>,
      'left-out': <[{'server': <'adatum'>, 'can-open-later': <true>,
        'reason': <('not-on-network', ['adatum', 'work'])>}]>}>}]>,
  'configuration': <{'files': <['/home/terri/.config/roampost/roampost.conf']>,
    'errors': <['roampost.conf:7: unknown key']>}>,
  'attention': <[('keyring-locked', ['proseware', 'terri@proseware.com'])]>,
  'last': <[{'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
    'sender': <'terri@proseware.com'>, 'recipients': <['bob@adatum.com']>,
    'bytes': <uint64 2048>, 'outcome': <'sent'>}]>})";

const char *const status_text =
    R"(roampost 0.1.0 takes mail at 127.0.0.1:2525, [::1]:2525

Where you are
  network           home (online)
  Wi-Fi             Chen
  gateway           192.168.7.1
  gateway's MAC     52:54:00:12:34:56
  domains           lan, proseware.com
  our addresses     192.168.7.23

Outgoing server of each account here
  terri  terri@proseware.com
    proseware  smtps://smtp.proseware.com:465
    proseware relays for terri@proseware.com after a login with the password
  adam  adam@adatum.com
    no server relays for it here
    adatum relays only on network work, and we are not on it

Needs you
  the keyring with the password of terri@proseware.com for proseware is locked; unlock it
  roampost.conf:7: unknown key
  until this is mended the last good configuration holds

Last messages
  4F1C7Z2K  2026-11-24 03:00:00  sent  terri@proseware.com → bob@adatum.com
)";

const char *const plan = R"({
  'account': <'terri'>, 'network': <''>, 'connectivity': <'full'>,
  'recipients': <[{'address': <'bob@adatum.com'>,
    'routes': <[
      {'server': <'proseware'>, 'endpoint': <'smtp://smtp.proseware.com:587'>,
       'permission': <'password'>, 'relaying': <true>,
       'reason': <('credentials', ['proseware', 'terri'])>},
      {'server': <'proseware'>, 'endpoint': <'smtps://smtp.proseware.com:465'>,
       'permission': <'password'>, 'relaying': <true>,
       'reason': <('credentials', ['proseware', 'terri'])>,
       'demotion': <('unreachable-before', ['smtps://smtp.proseware.com:465', ''])>}]>,
    'left-out': <[
      {'server': <''>, 'can-open-later': <true>,
       'reason': <('no-location-server', [''])>},
      {'server': <'thephone'>, 'endpoint': <'smtp://mail.thephone-company.com:587'>,
       'can-open-later': <true>,
       'reason': <('not-on-network', ['thephone', 'work'])>}]>},
    {'address': <'eve@example.net'>,
     'left-out': <[{'server': <'proseware'>, 'reason': <('news-of-tomorrow', ['x'])>}]>}
  ]>})";

const char *const plan_text =
    R"(Account terri, network: a network without a name (online)

bob@adatum.com
  1. proseware  smtp://smtp.proseware.com:587  relaying
     proseware relays for terri after a login with the password
  2. proseware  smtps://smtp.proseware.com:465  relaying
     proseware relays for terri after a login with the password
     comes last: smtps://smtp.proseware.com:465 could not be reached lately from here
  -  server of this network  left out
     this network has no server of its own in roampost.conf
  -  thephone  smtp://mail.thephone-company.com:587  left out
     thephone relays only on network work, and we are not on it

eve@example.net
  No server takes this mail here
  -  proseware  left out
     news-of-tomorrow
)";

const char *const messages = R"([
  {'id': <'6KX2M9QA'>, 'received-at': <int64 1795489260>, 'sender': <''>,
   'recipients': <['bob@adatum.com', 'eve@example.net']>, 'bytes': <uint64 512>,
   'outcome': <'refused'>},
  {'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
   'sender': <'terri@proseware.com'>, 'recipients': <['bob@adatum.com']>,
   'bytes': <uint64 2048>, 'outcome': <'waiting'>}])";

const char *const messages_text =
    "4F1C7Z2K  2026-11-24 03:00:00  not sent yet  terri@proseware.com → "
    "bob@adatum.com\n"
    "6KX2M9QA  2026-11-24 03:01:00  refused       <> → bob@adatum.com, "
    "eve@example.net\n";

const char *const message = R"({
  'id': <'6KX2M9QA'>, 'received-at': <int64 1795489260>,
  'sender': <'terri@proseware.com'>, 'recipients': <['bob@adatum.com']>,
  'bytes': <uint64 512>, 'outcome': <'refused'>, 'network': <'hotel'>,
  'program': <'thunderbird'>,
  'steps': <[
    {'kind': <'received'>, 'at': <int64 1795489260>},
    {'kind': <'planned'>, 'at': <int64 1795489260>, 'recipient': <'bob@adatum.com'>,
     'server': <'proseware'>, 'endpoint': <'smtp://smtp.proseware.com:25'>,
     'reason': <('hosts-domain', ['proseware', 'adatum.com'])>},
    {'kind': <'left-out'>, 'at': <int64 1795489260>, 'recipient': <'bob@adatum.com'>,
     'reason': <('no-location-server', @as [])>},
    {'kind': <'connected'>, 'at': <int64 1795489261>,
     'endpoint': <'smtp://smtp.proseware.com:25'>},
    {'kind': <'reply'>, 'at': <int64 1795489261>, 'recipient': <'bob@adatum.com'>,
     'server': <'proseware'>, 'verdict': <'recipient-refused'>,
     'reply': <'550 5.1.1 No such user\u001b[31m'>},
    {'kind': <'refused'>, 'at': <int64 1795489261>, 'recipient': <'bob@adatum.com'>,
     'reason': <('recipient-refused', ['bob@adatum.com', 'proseware'])>},
    {'kind': <'answered'>, 'at': <int64 1795489261>}]>})";

const char *const message_text =
    "6KX2M9QA  2026-11-24 03:01:00  512 bytes  refused\n"
    "terri@proseware.com → bob@adatum.com\n"
    "from program thunderbird, on network hotel\n"
    "\n"
    " 03:01:00  the message is here\n"
    " 03:01:00  bob@adatum.com: by proseware at smtp://smtp.proseware.com:25\n"
    "           proseware hosts adatum.com, so it takes this mail from anywhere\n"
    " 03:01:00  bob@adatum.com: not by the server of this network\n"
    "           this network has no server of its own in roampost.conf\n"
    " 03:01:01  connected to smtp://smtp.proseware.com:25\n"
    " 03:01:01  bob@adatum.com: proseware answers\n"
    "           550 5.1.1 No such user [31m\n"
    " 03:01:01  bob@adatum.com: refused for good\n"
    "           proseware takes no mail for bob@adatum.com; check this address\n"
    " 03:01:01  the mail program was answered\n";

class FactsTest : public testing::Test
{
protected:
  ClientRun run_;
  CannedAgent agent_{ run_.folder () };
};

TEST_F (FactsTest, StatusForPeople)
{
  agent_.status = status;
  ClientResult result = run_.go ({ "status" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, status_text);
  EXPECT_EQ (result.errors, "");
}

// Umlauts take two octets and one column.
TEST_F (FactsTest, StatusInGerman)
{
  agent_.status = status;
  run_.set_language ("de");
  ClientResult result = run_.go ({ "status" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output,
             R"(roampost 0.1.0 nimmt Post an: 127.0.0.1:2525, [::1]:2525

Wo Sie sind
  Netz              home (online)
  WLAN              Chen
  Gateway           192.168.7.1
  MAC des Gateways  52:54:00:12:34:56
  Domänen           lan, proseware.com
  unsere Adressen   192.168.7.23

Postausgangsserver jedes Kontos an diesem Ort
  terri  terri@proseware.com
    proseware  smtps://smtp.proseware.com:465
    proseware leitet für terri@proseware.com weiter, nach Anmeldung mit dem Passwort
  adam  adam@adatum.com
    kein Server leitet hier für das Konto weiter
    adatum leitet nur im Netz work weiter, und in ihm sind wir nicht

Braucht Sie
  der Schlüsselbund mit dem Passwort von terri@proseware.com für proseware ist gesperrt; entsperren Sie ihn
  roampost.conf:7: unknown key
  bis dies behoben ist, gilt die letzte gute Konfiguration

Letzte Nachrichten
  4F1C7Z2K  2026-11-24 03:00:00  gesendet  terri@proseware.com → bob@adatum.com
)");
}

TEST_F (FactsTest, ErrorsInGerman)
{
  run_.set_language ("de");
  agent_.error_code = RP_BUS_ERROR_UNKNOWN_SENDER;
  ClientResult result =
      run_.go ({ "explain", "--from", "a@example.org", "--to", "b@example.org" });

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  EXPECT_EQ (result.errors,
             "roampost explain: kein Konto sendet als diese Adresse; „roampost account "
             "list“ zeigt, welche es gibt\n");
}

TEST_F (FactsTest, StatusWithoutAnything)
{
  ClientResult result = run_.go ({ "status" });

  EXPECT_EQ (result.output, "roampost 0.1.0 takes no mail: it listens nowhere\n\n"
                            "Outgoing server of each account here\n"
                            "  no account is set up yet: roampost.conf(5) shows how\n");
}

TEST_F (FactsTest, ExplainForPeople)
{
  agent_.plan = plan;
  ClientResult result =
      run_.go ({ "explain", "--from", "terri@proseware.com", "--to", "bob@adatum.com",
                 "--to", "eve@example.net", "--network", "work" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, plan_text);
  EXPECT_EQ (agent_.asked,
             "terri@proseware.com > bob@adatum.com eve@example.net @ work");
}

TEST_F (FactsTest, LogListsTheNewestLast)
{
  agent_.messages = messages;
  ClientResult result = run_.go ({ "log", "--limit", "7" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, messages_text);
  EXPECT_EQ (agent_.asked, "7");
}

TEST_F (FactsTest, LogTellsAStoryAndCleansWhatServersSay)
{
  agent_.message = message;
  ClientResult result = run_.go ({ "log", "6kx2" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, message_text);
  EXPECT_EQ (agent_.asked, "6KX2");
}

TEST_F (FactsTest, LoginProvesAndReports)
{
  agent_.report = R"([
    {'server': <'proseware'>, 'endpoint': <'smtps://smtp.proseware.com:465'>,
     'outcome': <'unreachable'>, 'reply': <'Connection timed out'>, 'stored': <false>},
    {'server': <'proseware'>, 'endpoint': <'smtp://smtp.proseware.com:587'>,
     'outcome': <'accepted'>, 'reply': <'235 2.7.0 ok'>, 'stored': <true>}])";
  ClientResult result =
      run_.go ({ "login", "terri", "--server", "proseware" }, "geheim ö\n");

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output,
             "smtps://smtp.proseware.com:465  cannot be reached from here\n"
             "  Connection timed out\n"
             "smtp://smtp.proseware.com:587   accepts the password, stored\n");
  EXPECT_EQ (agent_.asked, "terri/proseware/geheim ö");
}

TEST_F (FactsTest, LoginThatIsRefusedExitsWithNoPermission)
{
  agent_.report = R"([{'server': <'proseware'>, 'endpoint': <'smtp://a:587'>,
    'outcome': <'refused'>, 'reply': <'535 5.7.8 no'>, 'stored': <false>}])";
  ClientResult result = run_.go ({ "login", "terri", "--store-anyway" }, "wrong");

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  expect_in ("535 5.7.8 no", result.output);
  expect_in ("the login was refused", result.errors);
  EXPECT_EQ (agent_.asked, "terri//wrong/anyway");
}

TEST_F (FactsTest, LoginThatReachesNobodyCanBeTriedAgain)
{
  agent_.report = R"([{'server': <'proseware'>, 'endpoint': <'smtp://a:587'>,
    'outcome': <'unreachable'>, 'stored': <false>}])";
  ClientResult result = run_.go ({ "login", "terri" }, "secret\n");

  EXPECT_EQ (result.exit_code, EX_TEMPFAIL);
  expect_in ("--store-anyway", result.errors);
}

TEST_F (FactsTest, LoginAsksNoPasswordOfAnUnknownAccount)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>}]>}";
  ClientResult result = run_.go ({ "login", "tery" }, "secret\n");

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  expect_in ("no account of this name", result.errors);
  EXPECT_EQ (agent_.asked, "");
}

TEST_F (FactsTest, LoginOfAKnownAccountGoesOn)
{
  agent_.status = "{'accounts': <[{'name': <'adam'>}, {'name': <'terri'>}]>}";
  run_.go ({ "login", "terri" }, "secret\n");

  EXPECT_EQ (agent_.asked, "terri//secret");
}

TEST_F (FactsTest, LoginWithoutAPasswordAsksNobody)
{
  ClientResult result = run_.go ({ "login", "terri" }, "\n");

  EXPECT_EQ (result.exit_code, EX_NOINPUT);
  EXPECT_EQ (agent_.asked, "");
}

TEST_F (FactsTest, LoginShowsNoPasswordOnTheTerminal)
{
  Terminal terminal;
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "login", "terri" });

  agent_.report = R"([{'endpoint': <'smtp://a:587'>, 'outcome': <'accepted'>,
    'stored': <true>}])";
  ASSERT_TRUE (terminal.wait_for ("Password of terri: "));
  EXPECT_FALSE (terminal.echoes ());
  terminal.type ("geheim\n");
  ASSERT_TRUE (terminal.wait_for (", stored"));
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));

  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_OK);
  EXPECT_EQ (agent_.asked, "terri//geheim");
  EXPECT_EQ (terminal.shown ().find ("geheim"), std::string::npos);
  EXPECT_TRUE (terminal.echoes ());
}

TEST_F (FactsTest, LoginLeavesTheTerminalWholeWhenInterrupted)
{
  Terminal terminal;
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "login", "terri" });

  ASSERT_TRUE (terminal.wait_for ("Password of terri: "));
  EXPECT_FALSE (terminal.echoes ());
  g_subprocess_send_signal (process, SIGINT);
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));

  EXPECT_TRUE (g_subprocess_get_if_signaled (process));
  EXPECT_EQ (g_subprocess_get_term_sig (process), SIGINT);
  EXPECT_TRUE (terminal.echoes ());
  EXPECT_EQ (agent_.asked, "");
}

// Colour on a terminal, and none when it is not wanted.
TEST_F (FactsTest, ColourOnlyOnATerminal)
{
  Terminal coloured;
  Terminal plain;

  agent_.status = status;
  run_.set_environment ("TERM", "xterm");
  g_autoptr (GSubprocess) first = run_.start_on (coloured.theirs (), { "status" });
  ASSERT_TRUE (coloured.wait_for ("Last messages"));
  EXPECT_NE (coloured.shown ().find ("\033[1m"), std::string::npos);

  run_.set_environment ("NO_COLOR", "1");
  g_autoptr (GSubprocess) second = run_.start_on (plain.theirs (), { "status" });
  ASSERT_TRUE (plain.wait_for ("Last messages"));
  EXPECT_EQ (plain.shown ().find ("\033"), std::string::npos);
  g_subprocess_wait (first, nullptr, nullptr);
  g_subprocess_wait (second, nullptr, nullptr);
}

struct Fault
{
  const char *name;
  std::vector<std::string> words;
  RpBusError code;
  int exit_code;
  const char *in_errors;
};

void
PrintTo (const Fault &row, std::ostream *stream)
{
  *stream << row.name;
}

class FaultTest : public FactsTest, public testing::WithParamInterface<Fault>
{
};

TEST_P (FaultTest, IsToldWithItsExitCode)
{
  agent_.error_code = GetParam ().code;
  ClientResult result = run_.go (GetParam ().words, "secret\n");

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  EXPECT_EQ (result.output, "");
  expect_in (GetParam ().in_errors, result.errors);
}

const std::vector<std::string> explain_words = { "explain", "--from", "a@example.org",
                                                 "--to", "b@example.org" };

const Fault faults[] = {
  { "status_failed",
    { "status" },
    RP_BUS_ERROR_FAILED,
    EX_SOFTWARE,
    "what the agent says" },
  { "sender", explain_words, RP_BUS_ERROR_UNKNOWN_SENDER, EX_DATAERR,
    "no account sends" },
  { "network", explain_words, RP_BUS_ERROR_UNKNOWN_NETWORK, EX_DATAERR, "no network" },
  { "address", explain_words, RP_BUS_ERROR_BAD_ADDRESS, EX_DATAERR, "no mail address" },
  { "message", { "log", "X" }, RP_BUS_ERROR_NO_SUCH_MESSAGE, EX_DATAERR, "no message" },
  { "account",
    { "login", "x" },
    RP_BUS_ERROR_UNKNOWN_ACCOUNT,
    EX_DATAERR,
    "no account" },
  { "server", { "login", "x" }, RP_BUS_ERROR_UNKNOWN_SERVER, EX_DATAERR, "no server" },
  { "no_login",
    { "login", "x" },
    RP_BUS_ERROR_NO_LOGIN,
    EX_CONFIG,
    "takes its password from the keyring" },
  { "keyring", { "login", "x" }, RP_BUS_ERROR_KEYRING, EX_UNAVAILABLE, "keyring" },
};

INSTANTIATE_TEST_SUITE_P (Rows, FaultTest, testing::ValuesIn (faults), name_of<Fault>);

struct Json
{
  const char *name;
  std::vector<std::string> words;
  std::string CannedAgent::*answer;
  const char *given;
  const char *path;   // JSONPath of one value
  const char *wanted; // that value, as JSON
};

void
PrintTo (const Json &row, std::ostream *stream)
{
  *stream << row.name;
}

class JsonTest : public FactsTest, public testing::WithParamInterface<Json>
{
};

TEST_P (JsonTest, IsTheStructureOfTheBus)
{
  agent_.*GetParam ().answer = GetParam ().given;
  ClientResult result = run_.go (GetParam ().words, "secret\n");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (json_parser_load_from_data (parser, result.output.c_str (), -1, &error))
      << error->message << result.output;
  g_autoptr (JsonNode) found =
      json_path_query (GetParam ().path, json_parser_get_root (parser), &error);
  g_autofree char *text = json_to_string (found, FALSE);
  EXPECT_STREQ (text, GetParam ().wanted) << result.output;
}

const Json jsons[] = {
  { "status_list",
    { "status", "--json" },
    &CannedAgent::status,
    status,
    "$.listening",
    R"([["127.0.0.1:2525","[::1]:2525"]])" },
  { "status_reason",
    { "status", "--json" },
    &CannedAgent::status,
    status,
    "$.attention[0]",
    R"([["keyring-locked",["proseware","terri@proseware.com"]]])" },
  { "explain",
    { "explain", "--from", "a@example.org", "--to", "b@example.org", "--json" },
    &CannedAgent::plan,
    plan,
    "$.recipients[0].routes[0].relaying",
    "[true]" },
  { "log_newest_first",
    { "log", "--json" },
    &CannedAgent::messages,
    messages,
    "$[0].id",
    R"(["6KX2M9QA"])" },
  { "story_keeps_the_server_s_words",
    { "log", "6KX2", "--json" },
    &CannedAgent::message,
    message,
    "$.steps[4].reply",
    R"(["550 5.1.1 No such user\u001b[31m"])" },
  { "login",
    { "login", "terri", "--json" },
    &CannedAgent::report,
    R"([{'server': <'proseware'>, 'outcome': <'accepted'>, 'stored': <true>}])",
    "$[0].outcome",
    R"(["accepted"])" },
};

INSTANTIATE_TEST_SUITE_P (Rows, JsonTest, testing::ValuesIn (jsons), name_of<Json>);

TEST_F (FactsTest, WatchPrintsAgainAfterAChange)
{
  g_autoptr (GSubprocess) process =
      run_.start ({ "status", "--watch", "--json" }, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  Lines lines (process);

  EXPECT_EQ (lines.next (), R"({"version":"0.1.0"})");
  agent_.status = "{'version': <'0.1.0'>, 'network': <'work'>}";
  rp_bus_server_emit_changed (agent_.server ());
  EXPECT_EQ (lines.next (), R"({"version":"0.1.0","network":"work"})");
  g_subprocess_force_exit (process);
}

// What changed nothing is not printed.
TEST_F (FactsTest, WatchPrintsOnlyWhatIsNew)
{
  g_autoptr (GSubprocess) process =
      run_.start ({ "status", "--watch", "--json" }, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  Lines lines (process);

  EXPECT_EQ (lines.next (), R"({"version":"0.1.0"})");
  rp_bus_server_emit_changed (agent_.server ());
  while (agent_.n_status_calls < 2)
    g_main_context_iteration (nullptr, TRUE);
  agent_.status = "{'version': <'0.1.0'>, 'network': <'work'>}";
  rp_bus_server_emit_changed (agent_.server ());
  EXPECT_EQ (lines.next (), R"({"version":"0.1.0","network":"work"})");
  g_subprocess_force_exit (process);
}

const char *const queue_status = R"({'version': <'0.1.0'>,
  'accounts': <[{'name': <'terri'>, 'address': <'terri@proseware.com'>}]>,
  'queue': <{'waiting': <uint32 12>, 'held': <uint32 1>, 'doubt': <uint32 2>,
    'failed': <uint32 3>, 'damaged': <uint32 4>,
    'under-way': <[{'id': <'4F1C7Z2K'>, 'bytes': <uint64 60000000>,
      'sent-bytes': <uint64 3100000>, 'recipients': <[
        {'address': <'bob@adatum.com'>, 'state': <'waiting'>}]>}]>}>,
  'set-aside': <['0Z.eml', '1Y.eml']>,
  'attention': <[('queue-doubt', ['2']), ('queue-failed', ['1']),
    ('queue-damaged', ['4']), ('queue-set-aside', ['2'])]>})";

TEST_F (FactsTest, StatusShowsTheQueue)
{
  agent_.status = queue_status;
  EXPECT_EQ (run_.go ({ "status" }).output,
             R"(roampost 0.1.0 takes no mail: it listens nowhere

Outgoing server of each account here
  terri  terri@proseware.com

Queue
  waiting           12
  held back         1
  in doubt          2
  failed            3
  damaged           4
  4F1C7Z2K          being sent, 3.1 of 60 MB → bob@adatum.com
  set aside         0Z.eml, 1Y.eml

Needs you
  2 messages may have arrived or not, since their servers did not confirm them; "roampost queue" shows them, to be sent again or dropped
  1 message could not be delivered; "roampost queue" shows it, to be sent again or dropped
  the files of 4 messages in the queue are damaged; "roampost queue" shows which
  2 files in the queue belonged to no message and were put into queue/set-aside, where they are kept for 30 days
)");
}

TEST_F (FactsTest, StatusShowsTheQueueInGerman)
{
  agent_.status = queue_status;
  run_.set_language ("de");
  EXPECT_EQ (run_.go ({ "status" }).output,
             R"(roampost 0.1.0 nimmt keine Post an: es lauscht nirgends

Postausgangsserver jedes Kontos an diesem Ort
  terri  terri@proseware.com

Warteschlange
  wartet            12
  zurückgehalten    1
  ungewiss          2
  gescheitert       3
  beschädigt        4
  4F1C7Z2K          wird gesendet, 3.1 von 60 MB → bob@adatum.com
  beiseitegelegt    0Z.eml, 1Y.eml

Braucht Sie
  bei 2 Nachrichten ist ungewiss, ob sie ankamen, denn ihre Server haben sie nicht bestätigt; „roampost queue“ zeigt sie, um sie noch einmal zu senden oder zu verwerfen
  1 Nachricht konnte nicht zugestellt werden; „roampost queue“ zeigt sie, um sie noch einmal zu senden oder zu verwerfen
  die Dateien von 4 Nachrichten in der Warteschlange sind beschädigt; „roampost queue“ zeigt, welche
  2 Dateien in der Warteschlange gehörten zu keiner Nachricht und kamen nach queue/set-aside, wo sie 30 Tage lang aufbewahrt werden
)");
}

TEST_F (FactsTest, StatusOfAnEmptyQueue)
{
  agent_.status = "{'version': <'0.1.0'>, 'queue': <{'waiting': <uint32 0>}>}";
  expect_in ("\nQueue\n  no mail waits to be sent\n", run_.go ({ "status" }).output);
}

std::string
status_with_upload (const char *n_sent)
{
  return "{'version': <'0.1.0'>, 'queue': <{'waiting': <uint32 1>, 'under-way': "
         "<[{'id': <'4F1C7Z2K'>, 'bytes': <uint64 60000000>, 'sent-bytes': <uint64 "
         + std::string (n_sent) + ">}]>}>}";
}

TEST_F (FactsTest, WatchDrawsATerminalAnew)
{
  Terminal terminal;

  agent_.status = status_with_upload ("3100000");
  run_.set_environment ("TERM", "xterm");
  run_.set_environment ("NO_COLOR", "1");
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "status", "--watch" });
  ASSERT_TRUE (terminal.wait_for ("3.1 of 60 MB"));
  EXPECT_EQ (terminal.shown ().rfind ("\033[H\033[2Jroampost", 0), 0u)
      << terminal.shown ();

  agent_.status = status_with_upload ("4200000");
  rp_bus_server_emit_changed (agent_.server ());
  ASSERT_TRUE (terminal.wait_for ("4.2 of 60 MB"));
  EXPECT_NE (terminal.shown ().rfind ("\033[H\033[2Jroampost"), 0u);
  EXPECT_EQ (terminal.shown ().find ("---"), std::string::npos);

  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait (process, nullptr, nullptr);
  EXPECT_TRUE (g_subprocess_get_if_exited (process));
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_OK);
}

TEST_F (FactsTest, WatchInAFileGoesOn)
{
  run_.set_environment ("TERM", "xterm");
  g_autoptr (GSubprocess) process =
      run_.start ({ "status", "--watch" }, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  Lines lines (process);
  std::string text;

  agent_.status = status_with_upload ("3100000");
  while (text.find ("3.1 of 60 MB") == std::string::npos)
    text += lines.next () + "\n";
  agent_.status = status_with_upload ("4200000");
  rp_bus_server_emit_changed (agent_.server ());
  while (text.find ("4.2 of 60 MB") == std::string::npos)
    text += lines.next () + "\n";
  EXPECT_EQ (text.find ("\033"), std::string::npos) << text;
  expect_in ("\n---\n", text);
  g_subprocess_force_exit (process);
}

TEST_F (FactsTest, WatchEndsWithTheAgent)
{
  g_autoptr (GSubprocess) process =
      run_.start ({ "status", "--watch", "--json" },
                  (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                      | G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  Lines lines (process);

  EXPECT_EQ (lines.next (), R"({"version":"0.1.0"})");
  rp_bus_server_stop (agent_.server ());
  EXPECT_EQ (lines.next (), "(end)");
  g_subprocess_wait (process, nullptr, nullptr);
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_UNAVAILABLE);
}

void
tell_sent (CannedAgent &agent, const char *id)
{
  rp_bus_server_emit_stepped (
      agent.server (),
      g_variant_new_parsed ("{'kind': <'sent'>, 'id': <%s>, 'at': <@x 1795489200>,"
                            " 'recipient': <'bob@adatum.com'>,"
                            " 'server': <'proseware'>}",
                            id));
}

TEST_F (FactsTest, FollowOfOneMessageEndsWhenInterrupted)
{
  agent_.message = "{'id': <'4F1C7Z2K'>, 'steps': <[{'kind': <'received'>, "
                   "'at': <@x 1795489200>}]>}";
  g_autoptr (GSubprocess) process =
      run_.start ({ "log", "--follow", "--json", "4f1c" },
                  (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                      | G_SUBPROCESS_FLAGS_STDERR_PIPE));
  Lines lines (process);

  expect_in (R"({"id":"4F1C7Z2K")", lines.next ());
  tell_sent (agent_, "6KX2M9QA");
  tell_sent (agent_, "4F1C7Z2K");
  expect_in (R"("id":"4F1C7Z2K")", lines.next ());
  g_subprocess_send_signal (process, SIGINT);
  EXPECT_EQ (lines.next (), "(end)");
  g_subprocess_wait (process, nullptr, nullptr);
  EXPECT_TRUE (g_subprocess_get_if_exited (process));
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_OK);
}

TEST_F (FactsTest, LogTellsWhatBecameOfQueuedMail)
{
  std::string list;

  for (const char *outcome :
       { "open", "queued", "doubt", "failed", "damaged", "dropped", "sent" })
    list += std::string (list.empty () ? "[" : ", ") + "{'outcome': <'" + outcome
            + "'>, 'id': <'4F1C7Z2K'>, 'received-at': <@x 1795489200>}";
  agent_.messages = list + "]";
  std::string output = run_.go ({ "log" }).output;

  for (const char *words : { "on its way  ", "in the queue", "in doubt    ",
                             "failed      ", "damaged     ", "dropped     ", "sent  " })
    expect_in (std::string ("03:00:00  ") + words, output);
}

TEST_F (FactsTest, StoryOfQueuedMail)
{
  agent_.message = R"({'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
    'steps': <[{'kind': <'queued'>, 'at': <int64 1795489200>},
      {'kind': <'doubt'>, 'at': <int64 1795489201>, 'server': <'proseware'>,
       'recipient': <'bob@adatum.com'>}]>})";
  expect_in (
      " 03:00:00  taken into the queue, safe on this computer's disk\n"
      " 03:00:01  bob@adatum.com: proseware did not confirm it and may have it\n",
      run_.go ({ "log", "4F1C" }).output);
}

TEST_F (FactsTest, AStoryOfSeveralDaysTellsTheDates)
{
  agent_.message = R"({'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
    'steps': <[{'kind': <'received'>, 'at': <int64 1795489200>},
      {'kind': <'received'>, 'at': <int64 1795575600>},
      {'kind': <'received'>, 'at': <int64 1795575601>}]>})";
  expect_in ("\n\n 03:00:00  the message is here\n 2026-11-25\n 03:00:00  the message "
             "is here\n 03:00:01  the message is here\n",
             run_.go ({ "log", "4F1C" }).output);
}

TEST_F (FactsTest, FollowPrintsEachStepAndEndsWithTheAgent)
{
  g_autoptr (GSubprocess) process = run_.start (
      { "log", "--follow" }, (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                 | G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  Lines lines (process);

  EXPECT_EQ (lines.next (), "No message came yet");
  rp_bus_server_emit_stepped (
      agent_.server (),
      g_variant_new_parsed ("{'kind': <'sent'>, 'id': <'4F1C7Z2K'>,"
                            " 'at': <@x 1795489200>, 'recipient': <'bob@adatum.com'>,"
                            " 'server': <'proseware'>}"));
  EXPECT_EQ (lines.next (), " 03:00:00  4F1C7Z2K  bob@adatum.com: sent by proseware");
  rp_bus_server_stop (agent_.server ());
  EXPECT_EQ (lines.next (), "(end)");
  g_subprocess_wait (process, nullptr, nullptr);
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_UNAVAILABLE);
}

} // namespace
