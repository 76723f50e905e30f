// SPDX-License-Identifier: GPL-3.0-or-later
// The hotel, where ports are closed, swallowed or answered by somebody else.
#include "custody.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char own[] = "joe@proseware.com";
const char foreign[] = "bob@adatum.com";

class Hotel : public testing::Test
{
protected:
  void
  SetUp () override
  {
    reset ();
    world ({ "set", "isp", "password" });
    world ({ "set", "hotel-server", "no" });
    world ({ "at", "hotel" });
    mark = unique_mark ();
    message = fragile_message (sender, foreign, mark);
  }

  // With every route dead this must be said in time, and truly: it is kept here, and
  // why. When the ports are open it goes, each copy once. Gives the last answer.
  Reply
  expect_kept_in_time (const Agent &agent, const std::vector<std::string> &recipients)
  {
    using namespace std::chrono;
    const auto start = steady_clock::now ();
    std::vector<std::unique_ptr<Conversation>> waiting;
    for (const std::string &to : recipients)
      {
        waiting.push_back (agent.connect ());
        waiting.back ()->command ("EHLO laptop.example");
        waiting.back ()->command (std::string ("MAIL FROM:<") + sender + ">");
        waiting.back ()->command ("RCPT TO:<" + to + ">");
        EXPECT_EQ (waiting.back ()->command ("DATA").code, 354);
        waiting.back ()->send (dotted (message));
      }
    Reply reply = { 0, "" };
    for (const auto &client : waiting)
      {
        reply = client->receive ();
        expect_kept (agent, reply);
        EXPECT_NE (reply.text.find ("mail.proseware.com"), std::string::npos)
            << reply.text;
      }
    const auto took = duration_cast<milliseconds> (steady_clock::now () - start);
    EXPECT_LT (took.count (), 25000);
    EXPECT_EQ (server_log ("proseware").find (mark), std::string::npos);
    return reply;
  }

  void
  expect_delivered_when_open (const Agent &agent, const std::vector<std::string> &to)
  {
    for (const char *port : { "hotel-25", "hotel-587", "hotel-465" })
      world ({ "set", port, "open" });
    EXPECT_EQ (agent.command ({ "queue", "flush" }).status, 0);
    EXPECT_TRUE (agent.is_flushed (10)) << agent.log ();
    for (const std::string &address : to)
      {
        const Mailbox mailbox =
            address == own ? Mailbox{ "proseware", "joe" } : Mailbox{ "adatum", "bob" };
        EXPECT_EQ (behind_trace (mailbox.wait_for (mark)), message);
        EXPECT_EQ (count_arrived (mailbox.server, mailbox.user, mark), 1);
      }
  }

  // What the laptop told the hotel's machine when it thought that it spoke with home.
  std::string
  told_the_hotel () const
  {
    std::string told;
    std::istringstream log (server_log ("relay").substr (log_start));
    for (std::string line; std::getline (log, line);)
      if (line.find (": < ") != std::string::npos)
        told += line + "\n";
    return told;
  }

  Configuration
  only_port_25 () const
  {
    Configuration configuration;
    configuration.endpoints = "smtp://mail.proseware.com:25";
    configuration.has_hotel_server = false;
    return configuration;
  }

  std::string mark;
  std::string message;
  std::size_t log_start = 0;
};

TEST_F (Hotel, Port465IsDroppedAnd587TakesIt)
{
  world ({ "set", "hotel-465", "dropped" });
  world ({ "set", "hotel-25", "dropped" });
  const Agent agent (Configuration{}.text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  EXPECT_NE (server_log ("proseware").find ("submission/smtpd"), std::string::npos);
}

TEST_F (Hotel, TheDeadPortIsRememberedForTheNextMessage)
{
  world ({ "set", "hotel-465", "dropped" });
  const Agent agent (Configuration{}.text (), "hotel");
  EXPECT_EQ (agent.submit (sender, { foreign }, message).code, 250);
  const auto start = std::chrono::steady_clock::now ();
  EXPECT_EQ (agent.submit (sender, { foreign }, message + "again\r\n").code, 250);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now () - start;
  EXPECT_LT (took.count (), 2.0);
}

TEST_F (Hotel, EverythingIsSwallowed)
{
  for (const char *port : { "hotel-25", "hotel-587", "hotel-465" })
    world ({ "set", port, "dropped" });
  const Agent agent (Configuration{}.text (), "hotel");
  expect_kept_in_time (agent, { foreign, own });
  expect_delivered_when_open (agent, { foreign, own });
}

TEST_F (Hotel, RefusedPort25AndNothingElse)
{
  world ({ "set", "hotel-25", "refused" });
  const Agent agent (only_port_25 ().text (), "hotel");
  expect_kept_in_time (agent, { foreign });
  expect_delivered_when_open (agent, { foreign });
}

// The log of the hotel's machine shows every command: first that it does.
TEST_F (Hotel, ARedirectionIsSeenByWhoTrustsIt)
{
  world ({ "set", "hotel-25", "redirected" });
  Conversation trusting ("198.51.100.25", 25);
  EXPECT_EQ (trusting.submit (sender, { foreign }, message).code, 250);
  EXPECT_NE (told_the_hotel ().find ("MAIL FROM:<terri@proseware.com>"),
             std::string::npos);
}

struct Redirection
{
  const char *name;
  const char *port;
  const char *hotel_tls;
  const char *endpoints;
  const char *access;
  const char *to;
  const char *says; // in the answer, of what was wrong
};

void
PrintTo (const Redirection &row, std::ostream *out)
{
  *out << row.name;
}

class RedirectingHotel : public Hotel, public testing::WithParamInterface<Redirection>
{
};

// The password is at hand, and would be shown to the real server.
TEST_P (RedirectingHotel, GetsNothing)
{
  const Redirection &row = GetParam ();
  world ({ "set", "isp", "password network" });
  world ({ "set", row.port, "redirected" });
  world ({ "set", "hotel-tls", row.hotel_tls });
  log_start = server_log ("relay").size ();
  Configuration configuration = only_port_25 ();
  configuration.endpoints = row.endpoints;
  configuration.access = row.access;
  const Agent agent (configuration.text (), "hotel");

  const Reply reply = expect_kept_in_time (agent, { row.to });

  EXPECT_NE (reply.text.find ("cannot be trusted"), std::string::npos) << reply.text;
  EXPECT_NE (reply.text.find (row.says), std::string::npos) << reply.text;
  // The connection itself is there: an empty log would prove nothing.
  EXPECT_NE (server_log ("relay").find ("connect from", log_start), std::string::npos);
  const std::string told = told_the_hotel ();
  EXPECT_EQ (told.find ("AUTH"), std::string::npos) << told;
  EXPECT_EQ (told.find ("MAIL"), std::string::npos) << told;
  EXPECT_EQ (told.find ("RCPT"), std::string::npos) << told;
  EXPECT_EQ (told.find ("DATA"), std::string::npos) << told;
  EXPECT_EQ (server_log ("relay").find (mark), std::string::npos);
  expect_delivered_when_open (agent, { row.to });
  EXPECT_EQ (server_log ("relay").find (mark), std::string::npos);
}

const char port_25[] = "smtp://mail.proseware.com:25";
const char port_587[] = "smtp://mail.proseware.com:587";
const char port_465[] = "smtps://mail.proseware.com:465";
const char other_name[] = "no alternative certificate subject name matches target host "
                          "name 'mail.proseware.com'";
const char no_starttls[] = "STARTTLS";

INSTANTIATE_TEST_SUITE_P (
    Hotel,
    RedirectingHotel,
    testing::Values (Redirection{ "ForeignWithOtherCertificate", "hotel-25", "yes",
                                  port_25, "password", foreign, other_name },
                     Redirection{ "OwnWithOtherCertificate", "hotel-25", "yes", port_25,
                                  "password", own, other_name },
                     Redirection{ "ForeignWithoutStarttls", "hotel-25", "no", port_25,
                                  "password", foreign, no_starttls },
                     Redirection{ "OwnWithoutStarttls", "hotel-25", "no", port_25,
                                  "network:home", own, no_starttls },
                     Redirection{ "SubmissionWithOtherCertificate", "hotel-587", "yes",
                                  port_587, "password", foreign, other_name },
                     Redirection{ "SubmissionWithoutStarttls", "hotel-587", "no",
                                  port_587, "password", foreign, no_starttls },
                     Redirection{ "OwnSubmissionWithoutStarttls", "hotel-587", "no",
                                  port_587, "password", own, no_starttls },
                     Redirection{ "ImplicitTlsAnsweredInClear", "hotel-465", "no",
                                  port_465, "password", foreign,
                                  "wrong version number" }),
    [] (const auto &row) { return std::string (row.param.name); });

// Clear text is for home alone, and no way out when TLS cannot be had.
TEST_F (Hotel, ClearTextThatIsMeantForHomeIsNotSpokenHere)
{
  world ({ "set", "isp", "password network" });
  world ({ "set", "hotel-25", "redirected" });
  world ({ "set", "hotel-465", "dropped" });
  world ({ "set", "hotel-tls", "no" });
  log_start = server_log ("relay").size ();
  Configuration configuration = only_port_25 ();
  configuration.endpoints =
      "smtps://mail.proseware.com:465;smtp+insecure://mail.proseware.com:25";
  configuration.access = "network:home";
  const Agent agent (configuration.text (), "hotel");
  expect_kept_in_time (agent, { own });
  EXPECT_EQ (told_the_hotel (), "");
  world ({ "at", "home" });
  EXPECT_TRUE (agent.is_flushed (10)) << agent.log ();
  EXPECT_EQ (behind_trace (Mailbox{ "proseware", "joe" }.wait_for (mark)), message);
  EXPECT_EQ (server_log ("relay").find (mark), std::string::npos);
}

TEST_F (Hotel, ARedirectedPort25LeavesTheOthersToGoBy)
{
  world ({ "set", "hotel-25", "redirected" });
  Configuration configuration;
  configuration.endpoints =
      "smtp://mail.proseware.com:25;smtp://mail.proseware.com:587";
  configuration.has_hotel_server = false;
  const Agent agent (configuration.text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  EXPECT_EQ (server_log ("relay").find (mark), std::string::npos);
}

}
