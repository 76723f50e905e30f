// SPDX-License-Identifier: GPL-3.0-or-later
// What must not get through: nothing of it goes upstream, and nobody hears a 250.
#include "custody.h"
#include "leaving-server.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;
using namespace std::string_literals;

namespace
{

const char sender[] = "terri@proseware.com";
const char recipient[] = "bob@adatum.com";

class Hostile : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    reset ();
    agent = new Agent (Configuration{}.text (), "home");
  }

  static void
  TearDownTestSuite ()
  {
    delete agent;
    agent = nullptr;
  }

  void
  SetUp () override
  {
    mark = unique_mark ();
  }

  // A message that does go through afterwards: the agent is well, and what was before
  // it would have arrived by now.
  void
  expect_untouched ()
  {
    const std::string next = unique_mark ();
    const std::string message = fragile_message (sender, recipient, next);
    EXPECT_EQ (agent->submit (sender, { recipient }, message).code, 250);
    EXPECT_NE (Mailbox ({ "adatum", "bob" }).wait_for (next), "");
    for (const char *server : { "proseware", "thephone", "relay", "adatum" })
      {
        EXPECT_EQ (server_log (server).find (mark), std::string::npos);
        // To whom everything goes that hides in something else.
        EXPECT_EQ (server_log (server).find ("eve@"), std::string::npos);
      }
  }

  std::unique_ptr<Conversation>
  in_data ()
  {
    std::unique_ptr<Conversation> client = agent->connect ();
    client->command ("EHLO laptop.example");
    client->command ("MAIL FROM:<terri@proseware.com>");
    client->command ("RCPT TO:<bob@adatum.com>");
    EXPECT_EQ (client->command ("DATA").code, 354);
    return client;
  }

  std::string
  head () const
  {
    return "From: <terri@proseware.com>\r\nMessage-ID: <" + mark
           + "@laptop.example>\r\n\r\n";
  }

  static Agent *agent;
  std::string mark;
};

Agent *Hostile::agent = nullptr;

struct Line
{
  const char *name;
  std::string line;
};

void
PrintTo (const Line &row, std::ostream *out)
{
  *out << row.name;
}

class HostileAddress : public Hostile, public testing::WithParamInterface<Line>
{
};

TEST_P (HostileAddress, IsRefusedAndTheRestOfItIsNoCommand)
{
  const bool is_recipient = GetParam ().line.rfind ("RCPT", 0) == 0;
  std::unique_ptr<Conversation> client = agent->connect ();
  client->command ("EHLO laptop.example");
  if (is_recipient)
    client->command ("MAIL FROM:<terri@proseware.com>");
  client->send (GetParam ().line + "\r\n");
  const Reply reply = client->receive ();
  EXPECT_EQ (reply.code / 100, 5) << reply.text;
  // One reply to one line, or the end: no second command hid in it.
  const Reply next = client->command ("HELP");
  EXPECT_TRUE (next.code == 214 || next.code == 0) << next.text;
  // And nothing to build on was left by it.
  const Reply more =
      client->command (is_recipient ? "DATA" : "RCPT TO:<bob@adatum.com>");
  EXPECT_TRUE (more.code / 100 == 5 || more.code == 0) << more.text;
  expect_untouched ();
}

INSTANTIATE_TEST_SUITE_P (
    Octet,
    HostileAddress,
    testing::Values (Line{ "LfInRecipient",
                           "RCPT TO:<bob\nRCPT TO:<eve@adatum.com>@adatum.com>" },
                     Line{ "CrInRecipient", "RCPT TO:<bob\rX@adatum.com>" },
                     Line{ "NulInRecipient", "RCPT TO:<bob\0@adatum.com>"s },
                     Line{ "LfInSender", "MAIL FROM:<terri\nRSET@proseware.com>" },
                     Line{ "CrInSender", "MAIL FROM:<terri\r@proseware.com>" },
                     Line{ "NulInSender", "MAIL FROM:<terri\0@proseware.com>"s }),
    [] (const auto &row) { return std::string (row.param.name); });

class HostileContent : public Hostile, public testing::WithParamInterface<Line>
{
};

TEST_P (HostileContent, IsRefusedAndNothingOfItGoesUpstream)
{
  std::unique_ptr<Conversation> client = in_data ();
  client->send (head () + GetParam ().line + "\r\n.\r\n");
  const Reply reply = client->receive ();
  EXPECT_EQ (reply.code, 550) << reply.text;
  EXPECT_NE (reply.text.find ("5.6.11"), std::string::npos) << reply.text;
  EXPECT_EQ (client->command ("NOOP").code, 250);
  expect_untouched ();
}

const std::string smuggled = "MAIL FROM:<terri@proseware.com>\r\n"
                             "RCPT TO:<eve@adatum.com>\r\nDATA\r\nsmuggled";

INSTANTIATE_TEST_SUITE_P (Octet,
                          HostileContent,
                          testing::Values (Line{ "LfDotLf", "a\n.\n" + smuggled },
                                           Line{ "LfDotCrLf", "a\n.\r\n" + smuggled },
                                           Line{ "CrDotCr", "a\r.\r" + smuggled },
                                           Line{ "BareLf", "a\nb" },
                                           Line{ "BareCr", "a\rb" },
                                           Line{ "Nul", "a\0b"s }),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST_F (Hostile, AClientThatLeavesInTheMiddleOfItsContent)
{
  std::unique_ptr<Conversation> client = in_data ();
  client->send (head () + std::string (100000, 'x') + "\r\n");
  client->leave ();
  expect_untouched ();
}

TEST_F (Hostile, AClientThatLeavesInTheMiddleOfTheEnd)
{
  std::unique_ptr<Conversation> client = in_data ();
  client->send (head () + "text\r\n.");
  client->leave ();
  expect_untouched ();
}

struct Leaving
{
  const char *name;
  LeavingServer::When when;
};

void
PrintTo (const Leaving &row, std::ostream *out)
{
  *out << row.name;
}

// That server offers nothing, so no 8-bit octet must stand in the message's own way;
// and where it leaves in the middle, the system's buffers must not hold the whole
// message.
std::string
plain_message (std::size_t n_bytes)
{
  std::string message = "From: <terri@proseware.com>\r\nSubject: long\r\n\r\n";
  while (message.size () < n_bytes)
    message += std::string (70, 'x') + "\r\n";
  return message;
}

class LeavingUpstream : public testing::TestWithParam<Leaving>
{
};

TEST_P (LeavingUpstream, IsNoFalseYes)
{
  reset ();
  const LeavingServer server (GetParam ().when);
  Configuration configuration;
  configuration.endpoints =
      "smtp+insecure://127.0.0.1:" + std::to_string (server.get_port ());
  configuration.servers = "proseware";
  configuration.access = "";
  const Agent agent (configuration.text (), "home");
  const std::string message = plain_message (16000000);
  const Reply reply = agent.submit (sender, { "joe@proseware.com" }, message);
  EXPECT_GE (server.count_sessions (), 1);
  if (GetParam ().when != LeavingServer::AFTER_THE_END)
    {
      expect_kept (agent, reply);
      return;
    }
  EXPECT_EQ (reply.code, 451) << reply.text << agent.log ();
  EXPECT_NE (reply.text.find ("may have been delivered"), std::string::npos)
      << reply.text;
  EXPECT_TRUE (agent.queue ().empty ()) << agent.log ();
  EXPECT_EQ (server.count_sessions (), 1);
}

INSTANTIATE_TEST_SUITE_P (
    When,
    LeavingUpstream,
    testing::Values (Leaving{ "AtConnect", LeavingServer::AT_CONNECT },
                     Leaving{ "AfterRcpt", LeavingServer::AFTER_RCPT },
                     Leaving{ "InContent", LeavingServer::IN_CONTENT },
                     Leaving{ "AfterTheEnd", LeavingServer::AFTER_THE_END }),
    [] (const auto &row) { return std::string (row.param.name); });

}
