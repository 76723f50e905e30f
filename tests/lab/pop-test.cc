// SPDX-License-Identifier: GPL-3.0-or-later
// A provider that relays for whoever has just logged in at its POP server, and for
// nobody else: how often the agent logs in is what the POP server's own log says.
#include "custody.h"
#include "mailbox.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char own[] = "joe@proseware.com";
const char foreign[] = "bob@adatum.com";
const char clients[] = "/srv/lab/proseware/pop/clients";

const std::string tls = "pop3s://pop.proseware.com";

class PopFirst : public testing::Test
{
protected:
  void
  SetUp () override
  {
    reset ();
    world ({ "set", "isp", "pop" });
    world ({ "set", "hotel-server", "no" });
    world ({ "at", "hotel" });
    log_start = pop_log ().size ();
  }

  static std::string
  pop_log ()
  {
    return read_file (folder + "/proseware/dovecot/log");
  }

  // What the POP server has written since this test began.
  std::string
  said () const
  {
    return pop_log ().substr (log_start);
  }

  // Its logins as terri, from all addresses or from one.
  long
  count_logins (const std::string &from = "") const
  {
    const std::string text = said ();
    long count = 0;
    std::istringstream lines (text);
    for (std::string line; std::getline (lines, line);)
      if (line.find ("Login: user=<terri>") != std::string::npos
          && (from.empty () || line.find ("rip=" + from) != std::string::npos))
        count++;
    return count;
  }

  // What the subscriber of such a provider writes.
  static std::string
  configure (const std::string &pop = tls, const std::string &secret = "pw of terri")
  {
    Configuration configuration;
    configuration.endpoints = "smtp://mail.proseware.com:25";
    configuration.access =
        "pop\npop=" + pop + "\nuser=terri\nsecret-command=printf '" + secret + "'";
    configuration.servers = "proseware";
    configuration.has_hotel_server = false;
    return configuration.text ();
  }

  // A message that is accepted by the provider now, and arrives as it is.
  static void
  expect_sent (const Agent &agent, const char *to = foreign)
  {
    const std::string mark = unique_mark ();
    const std::string message = fragile_message (sender, to, mark);
    const Reply reply = agent.submit (sender, { to }, message);
    EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
    EXPECT_NE (reply.text.find ("(via proseware"), std::string::npos)
        << reply.text << agent.log ();
    const Mailbox mailbox =
        to == foreign ? Mailbox{ "adatum", "bob" } : Mailbox{ "proseware", "joe" };
    EXPECT_EQ (behind_trace (mailbox.wait_for (mark)), message);
  }

  static void
  go_to (const Agent &agent, const char *place)
  {
    world ({ "at", place });
    EXPECT_TRUE (comes_true ([&] { return agent.network () == place; }))
        << agent.network ();
  }

  std::size_t log_start = 0;
};

TEST_F (PopFirst, RefusedStraightAndAcceptedThroughTheAgent)
{
  Conversation straight ("198.51.100.25", 25);
  EXPECT_EQ (straight.submit (sender, { foreign }, "Subject: x\r\n\r\nx\r\n").text,
             "554 5.7.1 <bob@adatum.com>: Relay access denied\n");

  const Agent agent (configure (), "hotel");
  EXPECT_EQ (count_logins (), 0);
  expect_sent (agent);
  EXPECT_EQ (count_logins ("198.18.7."), 1) << said ();
  expect_sent (agent);
  EXPECT_EQ (count_logins (), 1) << said ();
  EXPECT_NE (agent.log ().find ("event=pop-login"), std::string::npos) << agent.log ();
}

TEST_F (PopFirst, OwnDomainNeedsNoLogin)
{
  const Agent agent (configure (), "hotel");
  expect_sent (agent, own);
  EXPECT_EQ (count_logins (), 0) << said ();
}

// The provider's window for the hotel is still open when we come back: the agent does
// not believe in it, since it cannot know.
TEST_F (PopFirst, RoamingInsideTheWindowLogsInAgain)
{
  const Agent agent (configure (), "hotel");
  expect_sent (agent);
  go_to (agent, "office");
  expect_sent (agent);
  EXPECT_EQ (count_logins ("203.0.113."), 1) << said ();
  go_to (agent, "hotel");
  expect_sent (agent);
  EXPECT_EQ (count_logins ("198.18.7."), 2) << said ();
  EXPECT_EQ (count_logins (), 3) << said ();
}

// The same hotel gives us another address: the provider knows nothing of that one.
TEST_F (PopFirst, AnotherAddressInTheSameNetworkLogsInAgain)
{
  const Agent agent (configure (), "hotel");
  expect_sent (agent);
  for (const Arguments &change : {
           Arguments{ "addr", "flush", "dev", "eth0" },
           Arguments{ "addr", "add", "198.18.7.78/24", "dev", "eth0" },
           Arguments{ "route", "replace", "default", "via", "198.18.7.1" },
       })
    {
      Arguments whole = { "ip", "-n", "laptop" };
      whole.insert (whole.end (), change.begin (), change.end ());
      ASSERT_EQ (run (whole).status, 0);
    }
  ASSERT_TRUE (comes_true ([&] {
    return agent.log ().find ("network=hotel connectivity=unknown gateway=198.18.7.1 "
                              "addresses=198.18.7.78")
           != std::string::npos;
  })) << agent.log ();
  const std::size_t start = server_log ("proseware").size ();
  expect_sent (agent);
  // Before it asks for relaying, not after the refusal.
  EXPECT_EQ (server_log ("proseware").find ("Relay access denied", start),
             std::string::npos);
  EXPECT_EQ (count_logins ("198.18.7.77"), 1) << said ();
  EXPECT_EQ (count_logins ("198.18.7.78"), 1) << said ();
}

TEST_F (PopFirst, WindowThatIsOverAtTheServerIsOpenedAgain)
{
  const Agent agent (configure (), "hotel");
  expect_sent (agent);
  write_file (clients, "");
  // Postfix would wait for a second before it reads a file of just now.
  run ({ "touch", "-d", "1 minute ago", clients });
  const std::size_t start = server_log ("proseware").size ();
  expect_sent (agent);
  EXPECT_EQ (count_logins (), 2) << said ();
  EXPECT_NE (server_log ("proseware").find ("Relay access denied", start),
             std::string::npos);
  expect_sent (agent);
  EXPECT_EQ (count_logins (), 2) << said ();
}

TEST_F (PopFirst, WrongPasswordIsKeptAndSaid)
{
  const std::string mark = unique_mark ();
  const std::string message = fragile_message (sender, foreign, mark);
  const Agent agent (configure (tls, "something else"), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  const std::string id = expect_kept (agent, reply);
  const std::string sentence =
      "the POP server pop.proseware.com refused the password of terri (-ERR [AUTH]";
  EXPECT_NE (reply.text.find (sentence), std::string::npos) << reply.text;
  EXPECT_EQ (reply.text.find ("something else"), std::string::npos);
  const std::string story = agent.command ({ "log", id }).output;
  EXPECT_NE (story.find ("pop3s://pop.proseware.com cannot be used"), std::string::npos)
      << story;
  EXPECT_NE (story.find (sentence), std::string::npos) << story;
  EXPECT_NE (agent.command ({ "queue", "show", id }).output.find (sentence),
             std::string::npos);
  EXPECT_EQ (server_log ("proseware").find (mark), std::string::npos);
  EXPECT_EQ (count_logins (), 0);

  write_file (folder + "/roampost.conf", configure ());
  EXPECT_EQ (agent.command ({ "config", "reload" }).status, 0);
  EXPECT_TRUE (agent.is_flushed (10)) << agent.log ();
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  EXPECT_NE (agent.command ({ "log", id })
                 .output.find ("logged in at the POP server pop3s://pop.proseware.com"),
             std::string::npos);
}

TEST_F (PopFirst, MessagesAtTheSameTimeShareOneLogin)
{
  const Agent agent (configure (), "hotel");
  std::vector<std::unique_ptr<Conversation>> programs;
  for (int i = 0; i < 4; i++)
    {
      programs.push_back (agent.connect ());
      programs.back ()->command ("EHLO laptop.example");
      programs.back ()->command (std::string ("MAIL FROM:<") + sender + ">");
      programs.back ()->command (std::string ("RCPT TO:<") + foreign + ">");
      EXPECT_EQ (programs.back ()->command ("DATA").code, 354);
    }
  for (const auto &program : programs)
    program->send (dotted (fragile_message (sender, foreign, unique_mark ())));
  for (const auto &program : programs)
    {
      const Reply reply = program->receive ();
      EXPECT_EQ (reply.code, 250) << reply.text;
      EXPECT_NE (reply.text.find ("(via proseware"), std::string::npos) << reply.text;
    }
  EXPECT_EQ (count_logins (), 1) << said ();
}

struct InClear
{
  const char *name;
  const char *url;
  const char *method; // as Dovecot writes it
  bool has_tls;
};

void
PrintTo (const InClear &row, std::ostream *out)
{
  *out << row.name;
}

class PopLogin : public PopFirst, public testing::WithParamInterface<InClear>
{
};

// Dovecot lets nobody in with a password in clear.
TEST_P (PopLogin, IsMadeThisWay)
{
  const Agent agent (configure (GetParam ().url), "hotel");
  expect_sent (agent);
  const std::string text = said ();
  EXPECT_NE (text.find (std::string ("method=") + GetParam ().method),
             std::string::npos)
      << text;
  EXPECT_EQ (text.find (", TLS") != std::string::npos, GetParam ().has_tls) << text;
}

INSTANTIATE_TEST_SUITE_P (
    Ways,
    PopLogin,
    testing::Values (InClear{ "Stls", "pop3://pop.proseware.com", "", true },
                     InClear{ "InClearByApop", "pop3+insecure://pop.proseware.com",
                              "APOP", false }),
    [] (const auto &row) { return std::string (row.param.name); });

}
