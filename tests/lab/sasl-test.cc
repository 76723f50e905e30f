// SPDX-License-Identifier: GPL-3.0-or-later
// Every way to log in that this libcurl has, at real servers: a port of Postfix or
// Dovecot each, which offers one mechanism. Dovecot checks them, and a real realm of
// Kerberos gives out the tickets.
#include "custody.h"
#include "mailbox.h"

#include <chrono>
#include <future>
#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char foreign[] = "bob@adatum.com";

const std::string tickets = folder + "/home/terri/tickets";

class Sasl : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    world ({ "sasl" });
  }

  void
  SetUp () override
  {
    reset ();
    world ({ "set", "isp", "password" });
    world ({ "at", "hotel" });
    run ({ "rm", "-f", tickets });
    mark = unique_mark ();
    message = fragile_message (sender, foreign, mark);
    log_start = server_log ("proseware").size ();
    submission_log_start = submission_log ().size ();
  }

  static std::string
  submission_log ()
  {
    return read_file (folder + "/sasl/log");
  }

  // What the ISP's servers have written since the test began.
  std::string
  said () const
  {
    return server_log ("proseware").substr (log_start)
           + submission_log ().substr (submission_log_start);
  }

  Configuration
  at_port (int port, const std::string &access) const
  {
    Configuration configuration;
    configuration.endpoints = "smtp://mail.proseware.com:" + std::to_string (port);
    configuration.access = access;
    configuration.has_hotel_server = false;
    if (access != "password")
      configuration.login = "user=terri\n";
    return configuration;
  }

  static Configuration
  with_certificate (Configuration configuration, const std::string &name)
  {
    configuration.login += "client-certificate=" + folder + "/ca/" + name
                           + ".pem\nclient-key=" + folder + "/ca/" + name + ".key\n";
    return configuration;
  }

  static void
  get_ticket ()
  {
    const Outcome outcome = run_on_laptop ({ "kinit" }, "pw of terri\n");
    ASSERT_EQ (outcome.status, 0) << outcome.output;
  }

  void
  expect_arrived () const
  {
    EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
    EXPECT_EQ (count_arrived ("adatum", "bob", mark), 1);
  }

  void
  expect_delivered_later (const Agent &agent) const
  {
    EXPECT_EQ (agent.command ({ "queue", "flush" }).status, 0);
    EXPECT_TRUE (agent.is_flushed (10)) << agent.log ();
    expect_arrived ();
  }

  std::string mark;
  std::string message;
  std::size_t log_start = 0;
  std::size_t submission_log_start = 0;
};

struct Way
{
  const char *name;
  int port;
  const char *access;
  const char *says; // in the server's log when the login succeeded
};

void
PrintTo (const Way &row, std::ostream *out)
{
  *out << row.name;
}

class SaslWay : public Sasl, public testing::WithParamInterface<Way>
{
};

TEST_P (SaslWay, LogsIn)
{
  const Way &row = GetParam ();
  Configuration configuration = at_port (row.port, row.access);
  if (configuration.access == "certificate")
    configuration = with_certificate (configuration, "terri");
  if (configuration.access == "kerberos")
    get_ticket ();
  const Agent agent (configuration.text (), "hotel");

  const Reply reply = agent.submit (sender, { foreign }, message);

  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_NE (reply.text.find ("(via proseware"), std::string::npos) << reply.text;
  EXPECT_NE (said ().find (row.says), std::string::npos) << said ();
  expect_arrived ();
}

INSTANTIATE_TEST_SUITE_P (
    Mechanism,
    SaslWay,
    testing::Values (
        Way{ "Plain", 6001, "password", "sasl_method=PLAIN, sasl_username=terri" },
        Way{ "Login", 6002, "password", "sasl_method=LOGIN, sasl_username=terri" },
        Way{ "CramMd5", 6003, "password", "sasl_method=CRAM-MD5, sasl_username=terri" },
        Way{ "DigestMd5", 6004, "password",
             "sasl_method=DIGEST-MD5, sasl_username=terri" },
        Way{ "Gssapi", 6006, "kerberos", "sasl_method=GSSAPI, sasl_username=terri" },
        Way{ "External", 6007, "certificate", "user=<terri>, method=EXTERNAL" }),
    [] (const auto &row) { return std::string (row.param.name); });

// Only a libcurl with GNU SASL can do it; without, nothing weaker is tried.
TEST_F (Sasl, ScramWhereLibcurlHasIt)
{
  const bool has_scram =
      run_on_laptop ({ "curl", "-V" }).output.find ("gsasl") != std::string::npos;
  const Agent agent (at_port (6005, "password").text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  if (has_scram)
    {
      EXPECT_NE (said ().find ("sasl_method=SCRAM-SHA-256"), std::string::npos);
      expect_arrived ();
      return;
    }
  EXPECT_EQ (said ().find ("sasl_method"), std::string::npos) << said ();
  EXPECT_EQ (said ().find (mark), std::string::npos);
  EXPECT_NE (reply.text.find ("login"), std::string::npos) << reply.text;
}

TEST_F (Sasl, WithoutATicketTheMailWaitsForOne)
{
  const Agent agent (at_port (6006, "kerberos").text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  expect_kept (agent, reply);
  EXPECT_NE (reply.text.find ("kinit"), std::string::npos) << reply.text;
  EXPECT_EQ (said ().find ("authentication failed"), std::string::npos) << said ();
  get_ticket ();
  expect_delivered_later (agent);
}

// The realm's server takes what it is sent and says nothing.
class StoppedRealm
{
public:
  StoppedRealm () : pid (read_file (folder + "/kerberos/pid"))
  {
    pid.erase (pid.find_last_not_of ("\n ") + 1);
    run ({ "kill", "-STOP", pid });
  }

  ~StoppedRealm ()
  {
    run ({ "kill", "-CONT", pid });
  }

  StoppedRealm (const StoppedRealm &) = delete;
  StoppedRealm &operator= (const StoppedRealm &) = delete;

private:
  std::string pid;
};

TEST_F (Sasl, ASilentRealmHoldsUpNobodyElse)
{
  using namespace std::chrono;
  get_ticket ();
  Configuration configuration = at_port (6006, "kerberos");
  configuration.login += "timeout=4\n";
  const Agent agent (configuration.text (), "hotel");
  {
    const StoppedRealm stopped;
    const std::unique_ptr<Conversation> waiting = agent.connect ();
    waiting->command ("EHLO laptop.example");
    waiting->command (std::string ("MAIL FROM:<") + sender + ">");
    waiting->command (std::string ("RCPT TO:<") + foreign + ">");
    EXPECT_EQ (waiting->command ("DATA").code, 354);
    waiting->send (dotted (message));
    std::future<Reply> answer =
        std::async (std::launch::async, [&] { return waiting->receive (); });
    // For as long as the ticket is waited for; the endpoint was reached.
    int n_asked = 0;
    while (answer.wait_for (milliseconds (10)) != std::future_status::ready)
      {
        const auto start = steady_clock::now ();
        EXPECT_EQ (agent.connect ()->command ("EHLO another.example").code, 250);
        EXPECT_LT (steady_clock::now () - start, seconds (1));
        n_asked++;
      }
    EXPECT_GT (n_asked, 3);
    EXPECT_NE (said ().find ("sasl-gssapi/smtpd"), std::string::npos) << said ();
    const Reply reply = answer.get ();
    expect_kept (agent, reply);
    EXPECT_NE (reply.text.find ("no ticket for it came"), std::string::npos)
        << reply.text;
  }
  expect_delivered_later (agent);
}

// Eve's certificate is a good one, but she says that she is Terri.
TEST_F (Sasl, SomebodyElsesCertificateIsRefused)
{
  const Agent agent (with_certificate (at_port (6007, "certificate"), "eve").text (),
                     "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  expect_kept (agent, reply);
  EXPECT_NE (reply.text.find ("refused the certificate"), std::string::npos)
      << reply.text;
  EXPECT_EQ (said ().find (mark), std::string::npos);
}

long
count (const std::string &text, const std::string &word)
{
  long n = 0;
  for (std::size_t at = text.find (word); at != std::string::npos;
       at = text.find (word, at + 1))
    n++;
  return n;
}

// Each failed attempt brings an account nearer to being locked.
TEST_F (Sasl, AWrongPasswordIsShownOnceAMessage)
{
  Configuration configuration;
  configuration.access = "";
  configuration.login =
      "access=password\nuser=terri\nsecret-command=printf 'something else'\n";
  configuration.has_hotel_server = false;
  const Agent agent (configuration.text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  expect_kept (agent, reply);
  EXPECT_EQ (count (said (), "authentication failed"), 1) << said ();
}

}
