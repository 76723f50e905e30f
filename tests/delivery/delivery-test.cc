/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages whose program waits, up to its answer and what follows at once. */
#include "delivery-fixture.h"
#include "upstream/rp-connection.h"

namespace
{

TEST_F (DeliveryTest, AcceptedIsToldInTheServersWords)
{
  Serve ({ accepts });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }),
             "250 2.0.0 Ok: queued as 4F1C (via proseware from network home)");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->content (), std::string (letter) + ".\r\n");
  for (const char *step : { "received", "planned bob@adatum.com", "connected",
                            "sent bob@adatum.com", "answered" })
    EXPECT_TRUE (HasStep (step)) << step;
}

TEST_F (DeliveryTest, RefusedIsToldInTheServersWords)
{
  Serve ({ hello + mail
           + Script{ expect ("RCPT TO:<bob@proseware.com>"),
                     say ("550 5.1.1 <bob@proseware.com>: User unknown\r\n") }
           + Script{ expect ("RSET"), say ("250 Ok\r\n") } + bye });
  std::string answer = Send (letter, { "bob@proseware.com" });

  EXPECT_EQ (answer.find ("550 5.1.1 <bob@proseware.com>: User unknown"), 0u) << answer;
  EXPECT_NE (answer.find ("bob@proseware.com", 40), std::string::npos) << answer;
  ExpectEnd ("refused");
}

TEST_F (DeliveryTest, MixedRecipientsLeaveByTwoServers)
{
  GoToWork ();
  Serve ({ hello + mail
           + Script{ expect ("RCPT TO:<amy@proseware.com>"), say ("250 Ok\r\n") } + data
           + whole + bye },
         { hello + mail
           + Script{ expect ("RCPT TO:<bob@adatum.com>"), say ("250 Ok\r\n") } + data
           + Script{ read_content (), say ("250 taken\r\n") } + bye });
  EXPECT_EQ (Send (letter, { "amy@proseware.com", "bob@adatum.com" }),
             "250 2.0.0 Ok: queued as 4F1C (via proseware from network work and "
             "thephone)");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->content (), std::string (letter) + ".\r\n");
  EXPECT_EQ (thephone->content (), std::string (letter) + ".\r\n");
}

TEST_F (DeliveryTest, OneRefusedOfTwoServersNeitherHasContent)
{
  const Script reset = { expect ("RSET"), say ("250 Ok\r\n") };

  GoToWork ();
  Serve ({ hello + mail + rcpt + reset + bye },
         { hello + mail
           + Script{ expect ("RCPT TO:<bob@adatum.com>"),
                     say ("550 5.1.1 no such user\r\n") }
           + reset + bye });
  EXPECT_EQ (Send (letter, { "amy@proseware.com", "bob@adatum.com" }).substr (0, 22),
             "550 5.1.1 no such user");
  ExpectEnd ("refused");
  EXPECT_EQ (proseware->clear_log ().find ("DATA"), std::string::npos);
  EXPECT_EQ (thephone->clear_log ().find ("DATA"), std::string::npos);
}

/* Both answer only when they have the whole flight: nobody waits for the other, and
 * DATA is in none. */
TEST_F (DeliveryTest, OneRefusedOfTwoPipeliningServersNeitherHasContent)
{
  const Script flight = { say ("220 here\r\n"), expect ("EHLO"),
                          say ("250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
                          expect ("MAIL"), expect ("RCPT") };
  const Script reset = { expect ("RSET"), say ("250 Ok\r\n") };

  GoToWork ();
  Serve ({ flight + Script{ say ("250 Ok\r\n250 Ok\r\n") } + reset + bye },
         { flight + Script{ say ("250 Ok\r\n550 5.1.1 no such user\r\n") } + reset
           + bye });
  EXPECT_EQ (Send (letter, { "amy@proseware.com", "bob@adatum.com" }).substr (0, 22),
             "550 5.1.1 no such user");
  ExpectEnd ("refused");
  EXPECT_EQ (proseware->clear_log ().find ("DATA"), std::string::npos);
  EXPECT_EQ (thephone->clear_log ().find ("DATA"), std::string::npos);
}

TEST_F (DeliveryTest, WhereTheOwnServerDoesNotRelayTheOneOfTheNetworkDoes)
{
  GoToWork ();
  Serve ({ accepts }, { accepts });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }),
             "250 2.0.0 Ok: queued as 4F1C (via thephone from network work)");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->n_connections (), 0u) << "it has no access from work";
}

TEST_F (DeliveryTest, PipelinedWhereOffered)
{
  Serve ({ Script{ say ("220 here\r\n"), expect ("EHLO"),
                   say ("250-here\r\n250 PIPELINING\r\n"), expect ("MAIL"),
                   expect ("RCPT"), expect ("DATA"),
                   say ("250 Ok\r\n250 Ok\r\n354 go ahead\r\n") }
           + whole + bye });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 3), "250");
  ExpectEnd ("sent");
}

TEST_F (DeliveryTest, QuitIsNotWaitedFor)
{
  Serve ({ hello + mail + rcpt + data + whole + silence });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 3), "250");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->n_finished (), 0u) << "answered while the server still holds";
}

struct Content
{
  const char *name;
  std::string octets;
};

void
PrintTo (const Content &row, std::ostream *out)
{
  *out << row.name;
}

std::string
MakeLarge ()
{
  std::string all;

  for (guint i = 0; all.size () < 5 * 1024 * 1024; i++)
    all += std::string (i % 3, '.') + "line " + std::to_string (i) + "\r\n";
  return all;
}

std::string
Unstuff (const std::string &wire)
{
  std::string content;
  bool is_line_start = true;

  for (size_t i = 0; i < wire.size (); i++)
    {
      if (!is_line_start || wire[i] != '.')
        content += wire[i];
      is_line_start = i > 0 && wire[i] == '\n' && wire[i - 1] == '\r';
    }
  return content.substr (0, content.size () - 2); /* the final dot's line end */
}

class DeliveryContentTest : public DeliveryTest,
                            public testing::WithParamInterface<Content>
{
};

TEST_P (DeliveryContentTest, ArrivesOctetForOctet)
{
  Serve ({ hello + mail + rcpt + data + Script{ read_slowly (), say ("250 Ok\r\n") }
           + bye });
  EXPECT_EQ (Send (GetParam ().octets, { "bob@adatum.com" }).substr (0, 3), "250");
  ExpectEnd ("sent");
  EXPECT_TRUE (Unstuff (proseware->content ()) == GetParam ().octets);
}

const Content contents[] = {
  { "empty", "" },
  { "dots", ".\r\n..\r\n.x\r\nSubject: y\r\n\r\n.\r\n" },
  { "eight_bits", "Subject: x\r\n\r\n\xc3\xa4\xff\x80\r\n" },
  { "long_lines",
    std::string (70000, 'x') + "\r\n" + std::string (70000, '.') + "\r\n" },
  { "five_megabytes", MakeLarge () },
};

INSTANTIATE_TEST_SUITE_P (Contents,
                          DeliveryContentTest,
                          testing::ValuesIn (contents),
                          [] (const auto &row) { return row.param.name; });

TEST_F (DeliveryTest, ReceivedStandsInFrontOnlyWhereItIsAskedFor)
{
  proseware = std::make_unique<ScriptedServer> (std::vector<Script>{ accepts });
  Configure ("received=yes\n");
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 3), "250");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->content ().find ("Received: from laptop (localhost)\r\n\tby "),
             0u);
  EXPECT_NE (proseware->content ().find (std::string ("+0000\r\n") + letter),
             std::string::npos);
}

struct Stage
{
  const char *name;
  Script script;
  const char *answer; /* how it begins */
  const char *word;   /* in the answer */
  const char *outcome;
};

void
PrintTo (const Stage &row, std::ostream *out)
{
  *out << row.name;
}

class DeliveryHangTest : public DeliveryTest, public testing::WithParamInterface<Stage>
{
};

/* The server falls silent: we take the message when the program's patience is over, and
 * the lane that is open goes on. */
TEST_P (DeliveryHangTest, CustodyWithinPatience)
{
  patience_s = 1;
  Serve ({ GetParam ().script });
  std::string answer = Send (letter, { "bob@adatum.com" });

  EXPECT_EQ (answer.find (GetParam ().answer), 0u) << answer;
  EXPECT_NE (answer.find (GetParam ().word), std::string::npos) << answer;
  EXPECT_EQ (answers.size (), 1u);
  EXPECT_EQ (rp_delivery_get_n_open (self), 1u) << "nothing is cut";
  proseware->stop (); /* a reply that is waited for past the answer comes to an end */
  ExpectEnd (GetParam ().outcome);
}

const char queued[] = "250 2.0.0 Queued as 0123ABCD: ";

const Stage hang_stages[] = {
  { "greeting", silence, queued, "proseware", "queued" },
  { "ehlo", Script{ say ("220 here\r\n"), expect ("EHLO") } + silence, queued,
    "proseware", "queued" },
  { "mail", hello + Script{ expect ("MAIL") } + silence, queued, "proseware",
    "queued" },
  { "rcpt", hello + mail + Script{ expect ("RCPT") } + silence, queued, "proseware",
    "queued" },
  { "data", hello + mail + rcpt + Script{ expect ("DATA") } + silence, queued,
    "proseware", "queued" },
  { "content", hello + mail + rcpt + data + Script{ read_content () } + silence, queued,
    "proseware", "doubt" },
};

INSTANTIATE_TEST_SUITE_P (Stages,
                          DeliveryHangTest,
                          testing::ValuesIn (hang_stages),
                          [] (const auto &row) { return row.param.name; });

class DeliveryCutTest : public DeliveryTest, public testing::WithParamInterface<Stage>
{
};

/* The server leaves: we take the message at once, unless the server may have it. */
TEST_P (DeliveryCutTest, TruthAtOnce)
{
  Serve ({ GetParam ().script });
  std::string answer =
      Send (std::string (3 * 1024 * 1024, 'x') + "\r\n", { "bob@adatum.com" });

  EXPECT_EQ (answer.find (GetParam ().answer), 0u) << answer;
  EXPECT_NE (answer.find (GetParam ().word), std::string::npos) << answer;
  ExpectEnd (GetParam ().outcome);
  EXPECT_EQ (proseware->n_connections (), 1u);
  EXPECT_EQ (rp_queue_get_messages (queue)->len,
             std::string (GetParam ().outcome) == "queued" ? 1u : 0u);
}

const Script leave = { cut () };

const Stage cut_stages[] = {
  { "greeting", leave, queued, "127.0.0.1", "queued" },
  { "mail", hello + Script{ expect ("MAIL") } + leave, queued, "127.0.0.1", "queued" },
  { "rcpt", hello + mail + Script{ expect ("RCPT") } + leave, queued, "127.0.0.1",
    "queued" },
  { "data", hello + mail + rcpt + Script{ expect ("DATA") } + leave, queued,
    "127.0.0.1", "queued" },
  { "mid_content", hello + mail + rcpt + data + leave, queued, "127.0.0.1", "queued" },
  { "reset_in_mid_content", hello + mail + rcpt + data + Script{ reset () }, queued,
    "127.0.0.1", "queued" },
  { "past_the_end_of_data",
    hello + mail + rcpt + data + Script{ read_content () } + leave, "451 4.4.2 ", "may",
    "doubt" },
};

INSTANTIATE_TEST_SUITE_P (Stages,
                          DeliveryCutTest,
                          testing::ValuesIn (cut_stages),
                          [] (const auto &row) { return row.param.name; });

struct Hurry
{
  const char *name;
  Script script;
};

void
PrintTo (const Hurry &row, std::ostream *out)
{
  *out << row.name;
}

class DeliveryHurryTest : public DeliveryTest, public testing::WithParamInterface<Hurry>
{
};

/* What is said before the final dot has left cannot be about the message. */
TEST_P (DeliveryHurryTest, AcceptedBeforeTheFinalDotIsNoYes)
{
  Serve ({ GetParam ().script });
  std::string answer = Send (letter, { "bob@adatum.com" });

  EXPECT_EQ (answer.find (queued), 0u) << answer;
  ExpectEnd ("queued");
  EXPECT_TRUE (run_until ([&] { return proseware->n_finished () == 1; }));
  EXPECT_EQ (proseware->clear_log ().find ("\r\n.\r\n"), std::string::npos);
}

const Script early_yes = { expect ("DATA"),
                           say ("354 go ahead\r\n250 2.0.0 Ok: queued as 4F1C\r\n"),
                           hang () };
const Script early_flight = { expect ("MAIL"),
                              say ("250 Ok\r\n250 Ok\r\n354 go\r\n250 queued\r\n"),
                              hang () };
const Script pipelining_hello = {
  say ("220 here\r\n"), expect ("EHLO"),
  say ("250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
};

const Hurry hurries[] = {
  { "with_the_354", hello + mail + rcpt + early_yes },
  { "in_one_flight", pipelining_hello + early_flight },
};

INSTANTIATE_TEST_SUITE_P (Servers,
                          DeliveryHurryTest,
                          testing::ValuesIn (hurries),
                          [] (const auto &row) { return row.param.name; });

TEST_F (DeliveryTest, ProgramThatLeavesInMidUploadHasHandedItOver)
{
  g_autoptr (GCancellable) gone = g_cancellable_new ();
  const std::string large = MakeLarge ();

  program = gone;
  Serve ({ hello + mail + rcpt + data + Script{ read_slowly (), say ("250 Ok\r\n") }
           + bye });
  Take (large, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("DATA") != std::string::npos; }));
  g_cancellable_cancel (gone);
  EXPECT_EQ (WaitForAnswer ().find (queued), 0u);
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->n_connections (), 1u) << "the upload goes on";
  EXPECT_TRUE (Unstuff (proseware->content ()) == large);
  EXPECT_EQ (rp_queue_get_messages (queue)->len, 0u);
}

TEST_F (DeliveryTest, ProgramThatLeftBeforeThePlan)
{
  g_autoptr (GCancellable) gone = g_cancellable_new ();

  program = gone;
  Serve ({ accepts });
  g_cancellable_cancel (gone);
  Take (letter, { "bob@adatum.com" });
  EXPECT_EQ (WaitForAnswer ().substr (0, 3), "250");
  ExpectEnd ("sent");
  EXPECT_EQ (proseware->n_connections (), 1u);
}

TEST_F (DeliveryTest, NetworkChangeBeforeTheEndOfDataPlansAnew)
{
  Serve ({ hello + Script{ expect ("MAIL") } + silence }, { accepts });
  Take (letter, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("MAIL") != std::string::npos; }));
  GoToWork ();
  rp_delivery_set_surroundings (self, here);
  EXPECT_EQ (WaitForAnswer (),
             "250 2.0.0 Ok: queued as 4F1C (via thephone from network work)");
  ExpectEnd ("sent");
}

/* The hotel has the addresses of home, and its gateway is unknown at first. */
TEST_F (DeliveryTest, AnotherGatewayIsSeenThoughItWasUnknownMeanwhile)
{
  Serve ({ hello + Script{ expect ("MAIL") } + silence }, { accepts });
  Take (letter, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("MAIL") != std::string::npos; }));
  g_clear_pointer (&here->gateway_mac, g_free);
  rp_delivery_set_surroundings (self, here);
  GoToWork ();
  rp_delivery_set_surroundings (self, here);
  EXPECT_EQ (WaitForAnswer (),
             "250 2.0.0 Ok: queued as 4F1C (via thephone from network work)");
  ExpectEnd ("sent");
}

/* One profile holds for both, and the gateway of the new place is not known yet. */
TEST_F (DeliveryTest, AnotherSsidIsAnotherPlace)
{
  here->ssid = g_strdup ("Proseware Cafe");
  Serve ({ hello + Script{ expect ("MAIL") } + silence }, { accepts });
  Take (letter, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("MAIL") != std::string::npos; }));
  GoToWork ();
  g_clear_pointer (&here->gateway_mac, g_free);
  g_free (here->ssid);
  here->ssid = g_strdup ("Phone Company");
  rp_delivery_set_surroundings (self, here);
  EXPECT_EQ (WaitForAnswer (),
             "250 2.0.0 Ok: queued as 4F1C (via thephone from network work)");
  ExpectEnd ("sent");
}

TEST_F (DeliveryTest, WhatOnlyBecameBetterKnownEndsNothing)
{
  Serve ({ hello + Script{ expect ("MAIL"), hang () } });
  patience_s = 1;
  config->patience_s = 1;
  Take (letter, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("MAIL") != std::string::npos; }));
  here->metered = RP_METERED_YES;
  here->connectivity = RP_CONNECTIVITY_LIMITED;
  here->ssid = g_strdup ("Proseware Cafe");
  rp_delivery_set_surroundings (self, here);
  here->dns_domains = g_strsplit ("corp.proseware.com", ";", -1);
  rp_delivery_set_surroundings (self, here);
  g_strfreev (here->dns_domains);
  here->dns_domains = g_strsplit ("corp.adatum.com", ";", -1);
  rp_delivery_set_surroundings (self, here);
  g_clear_pointer (&here->ssid, g_free);
  rp_delivery_set_surroundings (self, here);
  EXPECT_EQ (WaitForAnswer ().find (queued), 0u);
  EXPECT_EQ (proseware->n_connections (), 1u);
  proseware->stop ();
  ExpectEnd ("queued");
}

TEST_F (DeliveryTest, StopKeepsWhatProgramsWaitForAndTakesNoMore)
{
  Serve ({ hello + Script{ expect ("MAIL") } + silence });
  Take (letter, { "bob@adatum.com" });
  EXPECT_TRUE (run_until (
      [&] { return proseware->clear_log ().find ("MAIL") != std::string::npos; }));
  rp_delivery_stop (self);
  EXPECT_EQ (WaitForAnswer ().find (queued), 0u);
  ExpectEnd ("queued");
  answers.clear ();
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 9), "451 4.3.2");
  EXPECT_EQ (outcomes.back (), "waiting");
}

TEST_F (DeliveryTest, BlockedPortIsLearned)
{
  Serve ({ accepts });
  proseware->stop ();
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).find (queued), 0u);
  ExpectEnd ("queued");
  ASSERT_EQ (learned.size (), 1u);
  EXPECT_EQ (learned[0].find ("smtp+insecure://127.0.0.1:"), 0u);
}

TEST_F (DeliveryTest, PasswordGoesToTheServer)
{
  with_password = true;
  secrets->password = "correct horse";
  g_clear_pointer (&here->gateway_mac, g_free);
  Serve ({ Script{ say ("220 here\r\n"), expect ("EHLO"),
                   say ("250-here\r\n250 AUTH PLAIN\r\n"), expect ("AUTH PLAIN "),
                   say ("235 2.7.0 ok\r\n") }
           + mail + rcpt + data + whole + bye });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }),
             "250 2.0.0 Ok: queued as 4F1C (via proseware)");
  ExpectEnd ("sent");
}

const char by_token[] = ";oauth2\nuser=terri\noauth-provider=proseware\n";

Script
LogIn (const std::string &auth, const std::string &answer)
{
  return { say ("220 here\r\n"), expect ("EHLO"),
           say ("250-here\r\n250 AUTH XOAUTH2\r\n"), expect (auth), say (answer) };
}

/* user=terri^Aauth=Bearer stale^A^A, and the same with fresh (XOAUTH2) */
const char stale_login[] = "AUTH XOAUTH2 dXNlcj10ZXJyaQFhdXRoPUJlYXJlciBzdGFsZQEB";
const char fresh_login[] = "AUTH XOAUTH2 dXNlcj10ZXJyaQFhdXRoPUJlYXJlciBmcmVzaAEB";

TEST_F (DeliveryTest, StaleTokenIsFetchedAfreshAndNobodyNotices)
{
  login = by_token;
  secrets->password = "stale";
  secrets->afresh = "fresh";
  Serve ({ LogIn (stale_login, "535 5.7.8 expired\r\n"),
           LogIn (fresh_login, "235 2.7.0 welcome\r\n") + mail + rcpt + data + whole
               + bye });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 9), "250 2.0.0");
  ExpectEnd ("sent");
  EXPECT_EQ (secrets->n_rejected, 1u);
}

TEST_F (DeliveryTest, FreshTokenRefusedTooIsKeptAndNotTriedAThirdTime)
{
  login = by_token;
  secrets->password = "stale";
  secrets->afresh = "fresh";
  Serve ({ LogIn (stale_login, "535 5.7.8 expired\r\n"),
           LogIn (fresh_login, "535 5.7.8 unknown user\r\n") });
  EXPECT_NE (Send (letter, { "bob@adatum.com" }).find ("refused the sign-in of terri"),
             std::string::npos)
      << answers.front ();
  EXPECT_EQ (proseware->n_connections (), 2u);
}

struct NoToken
{
  const char *name;
  RpSecretsError error;
  const char *reason;
};

class DeliveryWithoutToken : public DeliveryTest,
                             public testing::WithParamInterface<NoToken>
{
};

TEST_P (DeliveryWithoutToken, IsKeptAndNobodyIsConnectedTo)
{
  login = by_token;
  secrets->error = GetParam ().error;
  g_clear_pointer (&here->gateway_mac, g_free);
  Serve ({ silence });
  EXPECT_NE (Send (letter, { "bob@adatum.com" }).find (GetParam ().reason),
             std::string::npos)
      << answers.front ();
  EXPECT_EQ (proseware->n_connections (), 0u);
}

INSTANTIATE_TEST_SUITE_P (
    Errors,
    DeliveryWithoutToken,
    testing::Values (
        NoToken{ "Missing", RP_SECRETS_ERROR_MISSING, "nobody has signed in as terri" },
        NoToken{ "Revoked", RP_SECRETS_ERROR_REVOKED, "does not count any more" },
        NoToken{ "Locked", RP_SECRETS_ERROR_LOCKED, "is locked" }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST_F (DeliveryTest, PasswordRefusedIsNoBounceAndNo535)
{
  with_password = true;
  secrets->password = "correct horse";
  g_clear_pointer (&here->gateway_mac, g_free);
  Serve ({ Script{ say ("220 here\r\n"), expect ("EHLO"),
                   say ("250-here\r\n250 AUTH PLAIN\r\n"), expect ("AUTH PLAIN "),
                   say ("535 5.7.8 wrong\r\n") } });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).find (queued), 0u);
  EXPECT_EQ (answers.front ().find ("535"), std::string::npos);
  ExpectEnd ("queued");
}

TEST_F (DeliveryTest, LockedKeyringIsToldWithoutConnecting)
{
  with_password = true;
  secrets->error = RP_SECRETS_ERROR_LOCKED;
  g_clear_pointer (&here->gateway_mac, g_free);
  Serve ({ accepts });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).find (queued), 0u);
  ExpectEnd ("queued");
  EXPECT_EQ (proseware->n_connections (), 0u);
}

TEST_F (DeliveryTest, NullSenderGoesByTheHeadersAccount)
{
  sender = "";
  header_from = "terri@proseware.com";
  Serve ({ hello + Script{ expect ("MAIL FROM:<>"), say ("250 Ok\r\n") } + rcpt + data
           + whole + bye });
  EXPECT_EQ (Send (letter, { "bob@adatum.com" }).substr (0, 3), "250");
  ExpectEnd ("sent");
}

TEST_F (DeliveryTest, UnheardAnswerIsAStep)
{
  Serve ({ accepts });
  g_autoptr (RpMessage) message = MakeMessage (letter, { "bob@adatum.com" });
  RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);

  RP_MESSAGE_HANDLER_GET_IFACE (handler)->message_answered (handler, message, TRUE);
  EXPECT_FALSE (HasStep ("unheard"));
  RP_MESSAGE_HANDLER_GET_IFACE (handler)->message_answered (handler, message, FALSE);
  EXPECT_TRUE (HasStep ("unheard"));
}

TEST_F (DeliveryTest, SenderIsCheckedAtOnce)
{
  const struct
  {
    const char *sender;
    const char *answer; /* beginning; NULL to accept */
  } rows[] = { { "terri@proseware.com", nullptr },
               { "", nullptr },
               { "eve@adatum.com", "550 5.7.1 " } };
  RpClient client = { "127.0.0.1", nullptr };

  Serve ({ accepts });
  for (const auto &row : rows)
    {
      g_autoptr (RpEnvelope) envelope = rp_envelope_new (row.sender);
      RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);
      g_autoptr (RpReply) reply = RP_MESSAGE_HANDLER_GET_IFACE (handler)->check_sender (
          handler, &client, envelope);

      if (row.answer == nullptr)
        {
          EXPECT_EQ (reply, nullptr) << row.sender;
          continue;
        }
      ASSERT_NE (reply, nullptr) << row.sender;
      g_autofree char *text = rp_reply_dup_text (reply);

      EXPECT_EQ (std::string (text).find (row.answer), 0u) << text;
      EXPECT_NE (std::string (text).find ("terri@proseware.com"), std::string::npos);
    }
}

TEST_F (DeliveryTest, WithoutAnAccountItSaysHowToMakeOne)
{
  RpClient client = { "127.0.0.1", nullptr };
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");

  Serve ({ accepts });
  g_ptr_array_set_size (config->accounts, 0);
  RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);
  g_autoptr (RpReply) reply =
      RP_MESSAGE_HANDLER_GET_IFACE (handler)->check_sender (handler, &client, envelope);

  ASSERT_NE (reply, nullptr);
  EXPECT_EQ (reply->code, 550u);
  EXPECT_STRNE (reply->lines[0], "");
}

class DeliveryPlanTest : public DeliveryTest
{
protected:
  static void
  OnPlanned (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    DeliveryPlanTest *test = static_cast<DeliveryPlanTest *> (user_data);

    test->plan = rp_delivery_plan_finish (RP_DELIVERY (source), result, &test->error);
  }

  void
  Plan (const char *from, const char *network)
  {
    const char *const recipients[] = { "bob@adatum.com", nullptr };

    Serve ({ accepts });
    rp_delivery_plan_async (self, from, recipients, network, nullptr, OnPlanned, this);
    EXPECT_TRUE (run_until ([&] { return plan != nullptr || error != nullptr; }));
  }

  void
  TearDown () override
  {
    rp_plan_free (plan);
    g_clear_error (&error);
    DeliveryTest::TearDown ();
  }

  RpPlan *plan = nullptr;
  GError *error = nullptr;
};

TEST_F (DeliveryPlanTest, Here)
{
  Plan ("terri@proseware.com", nullptr);
  ASSERT_NE (plan, nullptr);
  const RpRecipientPlan *recipient = rp_plan_get_recipient (plan, 0);

  ASSERT_EQ (recipient->routes->len, 1u);
  EXPECT_STREQ (rp_recipient_plan_get_route (recipient, 0)->server->name, "proseware");
}

TEST_F (DeliveryPlanTest, AsIfThere)
{
  Plan ("terri@proseware.com", "work");
  ASSERT_NE (plan, nullptr);
  const RpRecipientPlan *recipient = rp_plan_get_recipient (plan, 0);

  EXPECT_STREQ (plan->network, "work");
  ASSERT_EQ (recipient->routes->len, 1u);
  EXPECT_STREQ (rp_recipient_plan_get_route (recipient, 0)->server->name, "thephone");
}

TEST_F (DeliveryPlanTest, UnknownNetwork)
{
  Plan ("terri@proseware.com", "moon");
  EXPECT_TRUE (
      g_error_matches (error, RP_DELIVERY_ERROR, RP_DELIVERY_ERROR_UNKNOWN_NETWORK));
}

TEST_F (DeliveryPlanTest, UnknownSender)
{
  Plan ("eve@adatum.com", nullptr);
  EXPECT_TRUE (
      g_error_matches (error, RP_DELIVERY_ERROR, RP_DELIVERY_ERROR_UNKNOWN_SENDER));
}

} // namespace
