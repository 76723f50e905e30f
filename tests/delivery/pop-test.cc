/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP before SMTP through real connections: a POP server and an SMTP server that
 * follow scripts. How often the POP server is asked is what is counted. */
#include "delivery-fixture.h"
#include "delivery/rp-pop-logins.h"

namespace
{

/* In clear on loopback: with a time stamp, so that one connection is enough. */
const Script stamped = { say ("+OK ready <1.2@pop>\r\n"), expect ("CAPA"),
                         say ("+OK\r\nUSER\r\n.\r\n"), expect ("APOP terri ") };
const Script lets_in =
    stamped
    + Script{ say ("+OK 0 messages\r\n"), expect ("QUIT"), say ("+OK\r\n"), cut () };
const Script in_use = stamped + Script{ say ("-ERR [IN-USE] locked\r\n") };
const Script refuses = stamped + Script{ say ("-ERR [AUTH] who are you\r\n") };
const Script denies =
    hello + mail
    + Script{ expect ("RCPT TO:"), say ("554 5.7.1 Relay access denied\r\n"),
              expect ("RSET"), say ("250 Ok\r\n") }
    + bye;

class PopTest : public DeliveryTest
{
protected:
  void
  SetUp () override
  {
    DeliveryTest::SetUp ();
    secrets->password = "correct horse";
    here->addresses = g_strsplit ("192.0.2.5", ",", -1);
  }

  void
  TearDown () override
  {
    DeliveryTest::TearDown ();
    if (pop != nullptr)
      {
        run_until ([&] { return pop->n_finished () == pop->n_connections (); });
        pop->stop ();
        EXPECT_EQ (pop->problem (), "");
        EXPECT_FALSE (pop->clear_log ().find ("correct horse") != std::string::npos);
      }
  }

  void
  ServePop (std::vector<Script> at_pop, std::vector<Script> at_proseware)
  {
    pop = std::make_unique<ScriptedServer> (at_pop, "127.0.0.1");
    proseware = std::make_unique<ScriptedServer> (at_proseware, "127.0.0.1");
    config = config_from_text (
        "[account terri]\naddress=terri@proseware.com\nservers=proseware\n"
        "[server proseware]\nendpoints=smtp+insecure://127.0.0.1:"
        + std::to_string (proseware->port ())
        + "\ndomains=proseware.com\naccess=pop\nuser=terri\n"
          "pop=pop3+insecure://127.0.0.1:"
        + std::to_string (pop->port ()) + "\n");
    ASSERT_NE (config, nullptr);
    config->patience_s = patience_s;
    Open ();
  }

  /* One message after the other; each must be accepted. */
  void
  SendOne (const char *with_id)
  {
    id = with_id;
    answers.clear ();
    EXPECT_EQ (
        Send (letter, { "bob@adatum.com" }).find ("250 2.0.0 Ok: queued as 4F1C"), 0u)
        << answers.front ();
  }

  gsize
  CountSteps (const std::string &text)
  {
    return (gsize) std::count (steps.begin (), steps.end (), text);
  }

  std::unique_ptr<ScriptedServer> pop;
};

TEST_F (PopTest, SecondMessageGoesStraight)
{
  ServePop ({ lets_in }, { accepts });
  SendOne ("00000001");
  SendOne ("00000002");
  EXPECT_EQ (pop->n_connections (), 1u);
  EXPECT_EQ (proseware->n_connections (), 2u);
  EXPECT_EQ (CountSteps ("pop-login"), 1u);
}

TEST_F (PopTest, TwoMessagesAtOnceShareTheLogin)
{
  std::atomic<bool> is_open{ false };
  const Script slow = stamped
                      + Script{ wait_for (is_open), say ("+OK\r\n"), expect ("QUIT"),
                                say ("+OK\r\n"), cut () };

  ServePop ({ slow }, { accepts });
  id = "00000001";
  Take (letter, { "bob@adatum.com" });
  ASSERT_TRUE (run_until ([&] { return pop->n_connections () == 1; }));
  id = "00000002";
  Take (letter + std::string ("two\r\n"), { "bob@adatum.com" });
  ASSERT_TRUE (run_until ([&] { return CountSteps ("planned bob@adatum.com") == 2; }));
  is_open = true;
  ASSERT_TRUE (run_until ([&] { return answers.size () == 2; }));
  EXPECT_EQ (answers[0].find ("250 2.0.0 Ok"), 0u) << answers[0];
  EXPECT_EQ (answers[1].find ("250 2.0.0 Ok"), 0u) << answers[1];
  EXPECT_EQ (pop->n_connections (), 1u);
  EXPECT_EQ (CountSteps ("pop-login"), 2u);
}

/* The one that began it is gone; the other needs it all the same. */
TEST_F (PopTest, LoginOutlivesTheMessageThatBeganIt)
{
  std::atomic<bool> is_open{ false };
  const Script slow = stamped
                      + Script{ wait_for (is_open), say ("+OK\r\n"), expect ("QUIT"),
                                say ("+OK\r\n"), cut () };

  ServePop ({ slow }, { accepts });
  id = "00000001";
  program = g_cancellable_new ();
  Take (letter, { "bob@adatum.com" });
  ASSERT_TRUE (run_until ([&] { return pop->n_connections () == 1; }));
  g_cancellable_cancel (program);
  g_clear_object (&program);
  ASSERT_TRUE (
      run_until ([&] { return rp_queue_peek (queue, "00000001") != nullptr; }));
  id = "00000002";
  Take (letter + std::string ("two\r\n"), { "bob@adatum.com" });
  ASSERT_TRUE (run_until ([&] { return CountSteps ("planned bob@adatum.com") == 2; }));
  rp_queue_drop_async (queue, "00000001", nullptr, nullptr);
  ASSERT_TRUE (
      run_until ([&] { return rp_queue_peek (queue, "00000001") == nullptr; }));
  is_open = true;
  ASSERT_TRUE (run_until ([&] { return answers.size () == 2; }));
  EXPECT_EQ (answers[1].find ("250 2.0.0 Ok"), 0u) << answers[1];
  EXPECT_EQ (pop->n_connections (), 1u);
}

TEST_F (PopTest, WindowThatIsOverAtTheServerIsNoticed)
{
  ServePop ({ lets_in }, { accepts, denies, accepts });
  SendOne ("00000001");
  SendOne ("00000002");
  EXPECT_EQ (pop->n_connections (), 2u);
  EXPECT_EQ (proseware->n_connections (), 3u);
  EXPECT_EQ (learned.size (), 0u);
}

TEST_F (PopTest, ElsewhereLogsInAgain)
{
  ServePop ({ lets_in }, { accepts });
  SendOne ("00000001");
  g_strfreev (here->addresses);
  here->addresses = g_strsplit ("198.51.100.7", ",", -1);
  rp_delivery_set_surroundings (self, here);
  SendOne ("00000002");
  EXPECT_EQ (pop->n_connections (), 2u);
}

/* What was asked for there opens nothing here. */
TEST_F (PopTest, MovingDuringTheLoginLogsInAgain)
{
  ServePop ({ stamped + silence, lets_in }, { accepts });
  id = "00000001";
  Take (letter, { "bob@adatum.com" });
  ASSERT_TRUE (run_until (
      [&] { return pop->clear_log ().find ("APOP terri") != std::string::npos; }));
  g_strfreev (here->addresses);
  here->addresses = g_strsplit ("198.51.100.7", ",", -1);
  rp_delivery_set_surroundings (self, here);
  EXPECT_EQ (WaitForAnswer ().find ("250 2.0.0 Ok: queued as 4F1C"), 0u)
      << answers.front ();
  EXPECT_EQ (pop->n_connections (), 2u);
}

struct Opened
{
  bool is_finished = false;
  guint64 login = 0;
  std::string error;
};

void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *opened = static_cast<Opened *> (user_data);
  gboolean is_earlier = TRUE;
  g_autoptr (GError) error = nullptr;

  opened->login =
      rp_pop_logins_open_finish (RP_POP_LOGINS (source), result, &is_earlier, &error);
  opened->is_finished = true;
  EXPECT_FALSE (is_earlier);
  if (error != nullptr)
    opened->error = error->message;
}

/* Even for who does not know yet that we have moved. */
TEST_F (PopTest, LoginUnderWayIsGivenUpElsewhere)
{
  ServePop ({ stamped + silence, lets_in }, { accepts });
  g_autoptr (RpPopLogins) logins = rp_pop_logins_new (loop, RP_SECRETS (secrets));
  const RpServer *server = rp_config_get_server (config, "proseware");
  Opened there, here_now;

  rp_pop_logins_set_surroundings (logins, here);
  rp_pop_logins_open_async (logins, server, nullptr, on_opened, &there);
  ASSERT_TRUE (run_until (
      [&] { return pop->clear_log ().find ("APOP terri") != std::string::npos; }));
  g_strfreev (here->addresses);
  here->addresses = g_strsplit ("198.51.100.7", ",", -1);
  rp_pop_logins_set_surroundings (logins, here);
  rp_pop_logins_open_async (logins, server, nullptr, on_opened, &here_now);
  ASSERT_TRUE (run_until ([&] { return there.is_finished && here_now.is_finished; }));
  EXPECT_EQ (there.login, 0u);
  EXPECT_EQ (there.error, "cancelled");
  EXPECT_GT (here_now.login, 0u) << here_now.error;
  EXPECT_EQ (rp_pop_logins_find (logins, server), here_now.login);
}

TEST_F (PopTest, MailboxInUseIsAskedOnceMore)
{
  ServePop ({ in_use, lets_in }, { accepts });
  SendOne ("00000001");
  EXPECT_EQ (pop->n_connections (), 2u);
  EXPECT_EQ (CountSteps ("failed"), 1u);
  EXPECT_EQ (CountSteps ("pop-login"), 1u);
}

TEST_F (PopTest, WrongPasswordIsSaidInTheServersWords)
{
  ServePop ({ refuses }, { accepts });
  const std::string answer = Send (letter, { "bob@adatum.com" });
  EXPECT_EQ (answer.find ("250 2.0.0 Queued as "), 0u) << answer;
  EXPECT_NE (answer.find ("the POP server 127.0.0.1 refused the password of terri "
                          "(-ERR [AUTH] who are you)"),
             std::string::npos)
      << answer;
  EXPECT_EQ (pop->n_connections (), 1u);
  EXPECT_EQ (proseware->n_connections (), 0u);
}

TEST_F (PopTest, OwnDomainNeedsNone)
{
  ServePop ({ refuses }, { accepts });
  EXPECT_EQ (Send (letter, { "joe@proseware.com" }).find ("250 2.0.0 Ok"), 0u);
  EXPECT_EQ (pop->n_connections (), 0u);
}

}
