// SPDX-License-Identifier: GPL-3.0-or-later
// What a person reads of being let in or not, against a bus server with canned answers.
#include <gtest/gtest.h>
#include <sysexits.h>

#include "canned-agent.h"
#include "client-run.h"

namespace
{

class LoginTest : public testing::Test
{
protected:
  ClientRun run_;
  CannedAgent agent_{ run_.folder () };
};

// ---- account test ----

constexpr const char *mixed = R"([
  {'server': <'proseware'>, 'endpoint': <'smtps://smtp.proseware.com:465'>,
   'access': <'password'>, 'outcome': <'accepted'>, 'tls': <'implicit'>,
   'mechanism': <'PLAIN'>, 'reply': <'235 2.7.0 ok'>, 'stored': <false>},
  {'server': <'proseware'>, 'endpoint': <'smtp://smtp.proseware.com:587'>,
   'access': <'password'>, 'outcome': <'unreachable'>,
   'reply': <'Connection timed out'>, 'stored': <false>},
  {'server': <'proseware'>, 'endpoint': <'pop3s://pop.proseware.com'>,
   'access': <'pop'>, 'outcome': <'accepted'>, 'tls': <'implicit'>, 'stored': <false>},
  {'server': <'google'>, 'endpoint': <'smtp://smtp.gmail.com:587'>,
   'access': <'oauth2'>, 'outcome': <'refused'>, 'tls': <'starttls'>,
   'mechanism': <'XOAUTH2'>, 'reply': <'535-5.7.8 no'>,
   'trouble': <'token-refused'>, 'stored': <false>},
  {'server': <'google'>, 'endpoint': <'smtps://smtp.gmail.com:465'>,
   'access': <'oauth2'>, 'outcome': <'refused'>, 'tls': <'implicit'>,
   'mechanism': <'XOAUTH2'>, 'reply': <'535-5.7.8 no'>,
   'trouble': <'token-refused'>, 'stored': <false>},
  {'server': <'thephone'>, 'endpoint': <'smtp+insecure://mail.example:25'>,
   'outcome': <'connected'>, 'tls': <'none'>, 'reply': <'250 mail.example'>,
   'stored': <false>}])";

TEST_F (LoginTest, AccountTestTellsEachWay)
{
  agent_.report = mixed;
  const ClientResult result = run_.go ({ "account", "test", "terri" });

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  EXPECT_EQ (agent_.asked, "test terri;");
  EXPECT_EQ (
      result.output,
      "terri\n"
      "  proseware\n"
      "    smtps://smtp.proseware.com:465  accepts the password (TLS, PLAIN)\n"
      "      235 2.7.0 ok\n"
      "    smtp://smtp.proseware.com:587   cannot be reached from here\n"
      "      Connection timed out\n"
      "    pop3s://pop.proseware.com       accepts the password (TLS)\n"
      "  google\n"
      "    smtp://smtp.gmail.com:587   refuses the sign-in (STARTTLS, XOAUTH2)\n"
      "      535-5.7.8 no\n"
      "      The sign-in is good, but the server refuses its token\n"
      "      → user= must be the address that signed in, and the scope of the provider "
      "must be the one for SMTP; at Microsoft, “Authenticated SMTP” must be on for the "
      "mailbox\n"
      "    smtps://smtp.gmail.com:465  refuses the sign-in (TLS, XOAUTH2)\n"
      "      535-5.7.8 no\n"
      "  thephone\n"
      "    smtp+insecure://mail.example:25  answers; there is no login here (no TLS)\n"
      "      250 mail.example\n");
}

TEST_F (LoginTest, AccountTestSpeaksGerman)
{
  agent_.report = mixed;
  run_.set_language ("de");
  const ClientResult result = run_.go ({ "account", "test", "terri" });

  expect_in ("nimmt das Passwort an (TLS, PLAIN)", result.output);
  expect_in ("lehnt die Anmeldung ab (STARTTLS, XOAUTH2)", result.output);
  expect_in ("antwortet; hier gibt es keine Anmeldung (ohne TLS)", result.output);
}

TEST_F (LoginTest, AccountTestWithoutNameTriesAll)
{
  agent_.status = "{'accounts': <[{'name': <'adam'>}, {'name': <'terri'>}]>}";
  const ClientResult result = run_.go ({ "account", "test", "--json" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (agent_.asked, "test adam;test terri;");
  expect_in ("\"account\" : \"adam\"", result.output);
  expect_in ("\"ways\" : []", result.output);
}

TEST_F (LoginTest, AccountTestWithoutAccountsSaysSo)
{
  const ClientResult result = run_.go ({ "account", "test" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("no account is set up yet", result.errors);
}

TEST_F (LoginTest, AccountTestOfAnUnknownAccount)
{
  agent_.errors_of["TestAccount"] = RP_BUS_ERROR_UNKNOWN_ACCOUNT;
  const ClientResult result = run_.go ({ "account", "test", "tery", "--json" });

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  EXPECT_EQ (result.output, "");
}

struct Verdict
{
  const char *name;
  std::vector<std::string> ways; // "server access outcome"
  int exit_code;
  const char *words;
};

void
PrintTo (const Verdict &row, std::ostream *stream)
{
  *stream << row.name;
}

class AccountTestEnds : public LoginTest, public testing::WithParamInterface<Verdict>
{
};

TEST_P (AccountTestEnds, WithWhatWeighsMost)
{
  agent_.report = "[";
  for (const std::string &way : GetParam ().ways)
    {
      g_auto (GStrv) words = g_strsplit (way.c_str (), " ", 3);

      agent_.report += std::string (agent_.report == "[" ? "" : ",") + "{'server': <'"
                       + words[0] + "'>, 'endpoint': <'smtp://a:1'>, 'access': <'"
                       + words[1] + "'>, 'outcome': <'" + words[2] + "'>}";
    }
  agent_.report += "]";
  const ClientResult result = run_.go ({ "account", "test", "terri" });

  EXPECT_EQ (result.exit_code, GetParam ().exit_code) << result.output;
  expect_in (GetParam ().words, result.output);
}

const Verdict verdicts[] = {
  { "one_endpoint_is_enough",
    { "a password unreachable", "a password accepted" },
    EX_OK,
    "cannot be reached" },
  { "of_each_server",
    { "a password accepted", "b password unreachable" },
    EX_TEMPFAIL,
    "cannot be reached" },
  { "no_login_is_fine", { "a - connected" }, EX_OK, "there is no login here" },
  { "pop_alone_sends_nothing",
    { "a password unreachable", "a pop accepted" },
    EX_TEMPFAIL,
    "cannot be reached" },
  { "pop_is_wanted_too",
    { "a - connected", "a pop refused" },
    EX_NOPERM,
    "refuses the password" },
  { "missing",
    { "a password missing" },
    EX_NOPERM,
    "“roampost login terri” stores what is missing" },
  { "missing_sign_in", { "a oauth2 missing" }, EX_NOPERM, "nobody signed in" },
  { "revoked", { "a oauth2 revoked" }, EX_NOPERM, "roampost login terri" },
  { "locked", { "a password locked" }, EX_UNAVAILABLE, "the keyring is locked" },
  { "no_keyring", { "a password unavailable" }, EX_UNAVAILABLE, "does not answer" },
  { "outage", { "a oauth2 unavailable" }, EX_UNAVAILABLE, "no token just now" },
  { "not_offered", { "a kerberos not-offered" }, EX_CONFIG, "with a ticket" },
  { "hostile",
    { "a password hostile", "b password refused" },
    EX_PROTOCOL,
    "cannot be trusted here" },
  { "turned_away", { "a password turned-away" }, EX_TEMPFAIL, "takes nobody" },
  { "certificate", { "a certificate refused" }, EX_NOPERM, "refuses the certificate" },
  { "of_a_newer_agent", { "a password amazed" }, EX_OK, "amazed" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          AccountTestEnds,
                          testing::ValuesIn (verdicts),
                          name_of<Verdict>);

TEST_F (LoginTest, NoLoginStoresATicketOrACertificate)
{
  agent_.report = R"([
    {'server': <'krb'>, 'endpoint': <'smtps://k'>, 'access': <'kerberos'>,
     'outcome': <'missing'>, 'stored': <false>},
    {'server': <'cert'>, 'endpoint': <'smtps://c'>, 'access': <'certificate'>,
     'outcome': <'missing'>, 'stored': <false>}])";
  const ClientResult result = run_.go ({ "account", "test", "terri" });

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  expect_in ("there is no ticket", result.output);
  expect_in ("your certificate cannot be used", result.output);
  EXPECT_EQ (result.output.find ("roampost login"), std::string::npos);
}

// ---- login ----

TEST_F (LoginTest, RefusalComesWithMeaningAndAdvice)
{
  agent_.report = R"([{'server': <'google'>, 'endpoint': <'smtp://smtp.gmail.com:587'>,
    'access': <'password'>, 'outcome': <'refused'>,
    'reply': <'534-5.7.9 Application-specific password required'>,
    'trouble': <'app-password'>, 'stored': <false>}])";
  const ClientResult result = run_.go ({ "login", "terri" }, "secret\n");

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  expect_in ("  534-5.7.9 Application-specific password required\n"
             "  Google refused user name or password",
             result.output);
  expect_in ("\n  → Make an app password at", result.output);
}

// ---- logout ----

TEST_F (LoginTest, LogoutTellsWhatWasThere)
{
  agent_.report = R"([
    {'server': <'proseware'>, 'kind': <'password'>, 'host': <'smtp.proseware.com'>,
     'outcome': <'removed'>},
    {'server': <'proseware'>, 'kind': <'pop-password'>, 'host': <'pop.proseware.com'>,
     'outcome': <'nothing'>},
    {'server': <'google'>, 'kind': <'sign-in'>, 'outcome': <'removed'>,
     'revoked': <true>},
    {'server': <'script'>, 'kind': <'password'>, 'outcome': <'elsewhere'>},
    {'server': <'gnome'>, 'kind': <'sign-in'>, 'outcome': <'desktop'>}])";
  const ClientResult result = run_.go ({ "logout", "terri", "--server", "proseware" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (agent_.asked, "logout terri/proseware");
  EXPECT_EQ (result.output,
             "proseware: password for smtp.proseware.com: removed\n"
             "proseware: password of POP for pop.proseware.com: there was none\n"
             "google: sign-in: removed, and revoked at the provider\n"
             "script: a command or a file gives what it logs in with; nothing is "
             "stored\n"
             "gnome: its sign-in belongs to GNOME Online Accounts; end it in "
             "Settings\n");
}

TEST_F (LoginTest, LogoutOfALockedKeyringFails)
{
  agent_.report = R"([{'server': <'a'>, 'kind': <'password'>, 'host': <'h'>,
    'outcome': <'locked'>}])";
  const ClientResult result = run_.go ({ "logout", "terri" });

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  expect_in ("unlock it", result.output);
}

TEST_F (LoginTest, LogoutWithNothingToRemove)
{
  const ClientResult result = run_.go ({ "logout", "terri" });

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in ("there is nothing that it logs in with", result.output);
}

TEST_F (LoginTest, LogoutPrintsJson)
{
  agent_.report = "[{'server': <'a'>, 'outcome': <'failed'>, 'text': <'why'>}]";
  const ClientResult result = run_.go ({ "logout", "terri", "--json" });

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  expect_in ("\"text\" : \"why\"", result.output);
}

TEST_F (LoginTest, LogoutWantsAnAccount)
{
  EXPECT_EQ (run_.go ({ "logout" }).exit_code, EX_USAGE);
  EXPECT_EQ (run_.go ({ "logout", "a", "b" }).exit_code, EX_USAGE);
  EXPECT_EQ (agent_.asked, "");
}

} // namespace
