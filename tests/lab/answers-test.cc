// SPDX-License-Identifier: GPL-3.0-or-later
// Several recipients, several servers, one answer; and the servers' own words.
#include "custody.h"
#include "mailbox.h"

#include <future>
#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";

class Answers : public testing::Test
{
protected:
  void
  SetUp () override
  {
    reset ();
    mark = unique_mark ();
    message = fragile_message (sender, "several@example.com", mark);
  }

  void
  expect_content_nowhere ()
  {
    for (const char *server : { "proseware", "thephone", "relay", "adatum" })
      EXPECT_EQ (server_log (server).find (mark), std::string::npos)
          << "content reached " << server;
  }

  std::string mark;
  std::string message;
};

Configuration
without_password ()
{
  Configuration configuration;
  configuration.endpoints = "smtp://mail.proseware.com:25";
  configuration.access = "network:home";
  return configuration;
}

TEST_F (Answers, FromWorkEachRecipientByTheServerThatTakesIt)
{
  world ({ "set", "isp", "network" });
  world ({ "at", "office" });
  const Agent agent (without_password ().text (), "office");
  const Reply reply =
      agent.submit (sender, { "joe@proseware.com", "bob@adatum.com" }, message);
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_NE (reply.text.find ("proseware"), std::string::npos) << reply.text;
  EXPECT_NE (reply.text.find ("thephone"), std::string::npos) << reply.text;
  const std::string joe = Mailbox{ "proseware", "joe" }.wait_for (mark);
  const std::string bob = Mailbox{ "adatum", "bob" }.wait_for (mark);
  EXPECT_EQ (behind_trace (joe), message);
  EXPECT_EQ (behind_trace (bob), message);
  EXPECT_EQ (joe.find ("thephone-company"), std::string::npos);
  EXPECT_EQ (bob.find ("by mail.proseware.com"), std::string::npos);
}

TEST_F (Answers, ASenderThatIsNotOursIsToldInTheServersWords)
{
  world ({ "set", "isp", "password" });
  world ({ "set", "isp-sender", "own" });
  world ({ "at", "office" });
  Configuration configuration;
  configuration.user = "rose";
  const Agent agent (configuration.text (), "office");
  const std::size_t before = server_log ("thephone").size ();
  const Reply reply = agent.submit (sender, { "bob@adatum.com" }, message);
  EXPECT_EQ (reply.code, 553) << agent.log ();
  EXPECT_NE (reply.text.find ("553-5.7.1 <terri@proseware.com>: Sender address "
                              "rejected: not owned by user rose"),
             std::string::npos)
      << reply.text;
  EXPECT_EQ (server_log ("thephone").size (), before)
      << "the location server was tried";
  expect_content_nowhere ();
}

struct Refusal
{
  const char *name;
  const char *place;
  const char *isp;
  const char *access;
  std::vector<std::string> to;
  const char *refused;
};

void
PrintTo (const Refusal &row, std::ostream *out)
{
  *out << row.name;
}

class RefusedEverywhere : public Answers, public testing::WithParamInterface<Refusal>
{
};

TEST_P (RefusedEverywhere, LeavesNoContentOnAnyServer)
{
  const Refusal &row = GetParam ();
  world ({ "set", "isp", row.isp });
  world ({ "at", row.place });
  Configuration configuration;
  configuration.endpoints = "smtp://mail.proseware.com:25";
  configuration.access = row.access;
  const Agent agent (configuration.text (), row.place);

  const Reply reply = agent.submit (sender, row.to, message);

  EXPECT_EQ (reply.code, 550) << reply.text << agent.log ();
  EXPECT_NE (reply.text.find (std::string ("550-5.1.1 <") + row.refused
                              + ">: Recipient address rejected: User unknown"),
             std::string::npos)
      << reply.text;
  expect_content_nowhere ();
  // The server's log is written by another of its processes.
  EXPECT_TRUE (comes_true ([&] {
    return server_log ("proseware").find (std::string ("to=<") + row.refused)
           != std::string::npos;
  }));

  // The same from a program that says all in one flight.
  const Reply again = agent.connect ()->submit_at_once (sender, row.to, message);
  EXPECT_EQ (again.text, reply.text);
  expect_content_nowhere ();
}

INSTANTIATE_TEST_SUITE_P (
    Recipients,
    RefusedEverywhere,
    testing::Values (Refusal{ "OneOfTwoOnOneServer",
                              "home",
                              "password",
                              "password",
                              { "joe@proseware.com", "nobody1@proseware.com" },
                              "nobody1@proseware.com" },
                     Refusal{ "FirstOfTwoOnOneServer",
                              "home",
                              "password",
                              "password",
                              { "nobody2@proseware.com", "joe@proseware.com" },
                              "nobody2@proseware.com" },
                     Refusal{ "OneOfTwoOnTwoServers",
                              "office",
                              "network",
                              "network:home",
                              { "bob@adatum.com", "nobody3@proseware.com" },
                              "nobody3@proseware.com" },
                     Refusal{ "FirstOfTwoOnTwoServers",
                              "office",
                              "network",
                              "network:home",
                              { "nobody4@proseware.com", "bob@adatum.com" },
                              "nobody4@proseware.com" },
                     Refusal{ "TheOnlyOne",
                              "home",
                              "network",
                              "network:home",
                              { "nobody5@proseware.com" },
                              "nobody5@proseware.com" }),
    [] (const auto &row) { return std::string (row.param.name); });

// A 535 makes mail programs ask for the password of localhost: the mail is kept.
TEST_F (Answers, AWrongPasswordIsNotHandedToTheProgramAsItIs)
{
  world ({ "set", "isp", "password" });
  Configuration configuration;
  configuration.user = "rose'; echo wrong; : '";
  configuration.servers = "proseware";
  const Agent agent (configuration.text (), "home");
  const Reply reply = agent.submit (sender, { "bob@adatum.com" }, message);
  const Queued queued = find_queued (agent, expect_kept (agent, reply));
  ASSERT_EQ (queued.recipients.size (), 1U);
  EXPECT_EQ (queued.recipients[0].reply.rfind ("535 5.7.8", 0), 0U)
      << queued.recipients[0].reply;
  expect_content_nowhere ();
}

TEST_F (Answers, ASilentNameServerHoldsUpNobodyElse)
{
  world ({ "set", "isp", "password" });
  world ({ "at", "office" });
  Configuration configuration;
  configuration.agent = "patience=12\n"; // longer than a name is sought
  configuration.more = "\n[account ann]\naddress=ann@thephone-company.com\n"
                       "servers=number\n\n[server number]\n"
                       "endpoints=smtp+insecure://203.0.113.25:25\n"
                       "access=network:office\n";
  const Agent agent (configuration.text (), "office");
  world ({ "set", "dns", "silent" });
  const std::unique_ptr<Conversation> stuck = agent.connect ();
  stuck->command ("EHLO laptop.example");
  stuck->command ("MAIL FROM:<terri@proseware.com>");
  stuck->command ("RCPT TO:<bob@adatum.com>");
  stuck->command ("DATA");
  stuck->send (dotted (message));

  using clock = std::chrono::steady_clock;
  const auto start = clock::now ();
  const std::string other = fragile_message (
      "ann@thephone-company.com", "ann@thephone-company.com", unique_mark ());
  const Reply reply =
      agent.submit ("ann@thephone-company.com", { "ann@thephone-company.com" }, other);
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_LT (std::chrono::duration<double> (clock::now () - start).count (), 3.0);

  // All along, also when the search for the name is given up.
  std::future<Reply> answer =
      std::async (std::launch::async, [&] { return stuck->receive (); });
  int n_greeted = 0;
  do
    {
      const auto asked = clock::now ();
      EXPECT_EQ (agent.connect ()->command ("EHLO laptop.example").code, 250);
      EXPECT_LT (std::chrono::duration<double> (clock::now () - asked).count (), 1.0);
      n_greeted++;
    }
  while (answer.wait_for (std::chrono::milliseconds (50)) != std::future_status::ready);
  EXPECT_GE (n_greeted, 10);
  expect_kept (agent, answer.get ());
  expect_content_nowhere ();
  world ({ "set", "dns", "open" });
  agent.command ({ "queue", "flush" });
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  EXPECT_TRUE (agent.is_flushed (5)) << agent.log ();
}

}
