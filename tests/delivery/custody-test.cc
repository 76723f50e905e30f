/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages in custody, from the yes to their end: attempts, repetitions, restarts, and
 * what the user and the world do meanwhile. */
#include <cerrno>
#include <fstream>
#include <sstream>

#include "../store/fault-shim.h"
#include "delivery-fixture.h"

namespace
{

const Script rset = { expect ("RSET"), say ("250 Ok\r\n") };
const Script greylists = hello + mail
                         + Script{ expect ("RCPT"), say ("450 4.7.1 Greylisted\r\n") }
                         + rset + bye;
const Script refuses = hello + mail
                       + Script{ expect ("RCPT"), say ("550 5.1.1 No such user\r\n") }
                       + rset + bye;
const Script half_accepts =
    hello + mail
    + Script{ expect ("RCPT TO:<amy"), say ("250 Ok\r\n"), expect ("RCPT TO:<bob"),
              say ("450 4.7.1 Greylisted\r\n") }
    + data + whole + bye;
const Script takes_without_a_word =
    hello + mail + rcpt + data + Script{ read_content (), cut () };
const Script hangs_at_mail = hello + Script{ expect ("MAIL"), hang () };
const Script hangs_past_the_end =
    hello + mail + rcpt + data + Script{ read_content (), hang () };

class CustodyTest : public DeliveryTest
{
protected:
  /* A program of its own: what it sends, and what it hears. */
  struct Program
  {
    RpMessage *message = nullptr;
    std::string answer = {};
    GCancellable *is_gone = nullptr;
  };

  void
  TearDown () override
  {
    fault_shim_clear ();
    DeliveryTest::TearDown ();
    fault_shim_watch (nullptr);
    for (auto &each : programs)
      {
        g_clear_pointer (&each->message, rp_message_unref);
        g_clear_object (&each->is_gone);
      }
    g_clear_error (&drop_error);
  }

  static void
  OnAnswered (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    RpMessageHandler *handler = RP_MESSAGE_HANDLER (source);
    g_autoptr (RpReply) reply =
        RP_MESSAGE_HANDLER_GET_IFACE (handler)->take_message_finish (handler, result);
    g_autofree char *text = rp_reply_dup_text (reply);

    static_cast<Program *> (user_data)->answer = text;
  }

  Program *
  StartProgram (const char *name, std::vector<const char *> recipients)
  {
    RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);
    auto made = std::make_unique<Program> ();
    Program *started = made.get ();

    id = name;
    started->message = MakeMessage (content, recipients);
    started->is_gone = g_cancellable_new ();
    programs.push_back (std::move (made));
    RP_MESSAGE_HANDLER_GET_IFACE (handler)->take_message_async (
        handler, started->message, started->is_gone, OnAnswered, started);
    return started;
  }

  Program *
  StartProgram (const char *name)
  {
    return StartProgram (name, { "bob@adatum.com" });
  }

  std::string
  WaitFor (Program *waiting)
  {
    EXPECT_TRUE (run_until ([&] { return !waiting->answer.empty (); }))
        << "no answer to " << waiting->message->id;
    return waiting->answer;
  }

  void
  Report (Program *answered, bool is_heard)
  {
    RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);

    RP_MESSAGE_HANDLER_GET_IFACE (handler)->message_answered (
        handler, answered->message, is_heard);
  }

  /* Sends, waits for the answer, and hears it or does not. */
  std::string
  SendAs (const char *name, bool is_heard)
  {
    Program *sending = StartProgram (name);
    std::string answer = WaitFor (sending);

    Report (sending, is_heard);
    return answer;
  }

  /* A first attempt has ended, and nothing is under way. */
  std::string
  Queue (const char *name, bool is_heard = true)
  {
    std::string answer = SendAs (name, is_heard);

    WaitForRest ();
    return answer;
  }

  void
  WaitForRest ()
  {
    EXPECT_TRUE (run_until ([&] { return rp_delivery_get_n_open (self) == 0; }))
        << "an attempt never ended";
  }

  void
  Flush ()
  {
    const guint n_before = n_dues;

    rp_queue_start (queue);
    rp_queue_flush (queue);
    EXPECT_TRUE (run_until ([&] { return n_dues > n_before; })) << "nothing was due";
  }

  void
  FlushAndWait ()
  {
    Flush ();
    WaitForRest ();
  }

  void
  Watch ()
  {
    g_signal_connect (queue, "due",
                      G_CALLBACK (+[] (RpQueue *, const RpCustody *,
                                       CustodyTest *test) { test->n_dues++; }),
                      this);
  }

  /* Behind delivery's own handlers: what it does with "due" is done. */
  void
  Begin (std::vector<Script> at_proseware, const std::string &agent = "")
  {
    proseware = std::make_unique<ScriptedServer> (at_proseware, "127.0.0.1");
    Configure (agent);
    Watch ();
  }

  /* What waits is still written, where the disk lets it be. */
  void
  Restart (const std::function<void ()> &meanwhile = [] {})
  {
    g_signal_handlers_disconnect_by_data (queue, this);
    CloseQueue ();
    while (g_main_context_iteration (nullptr, FALSE))
      ;
    meanwhile ();
    Open ();
    Watch ();
  }

  std::string
  GetState (const char *name)
  {
    const RpCustody *custody = rp_queue_peek (queue, name);

    return custody != nullptr ? rp_custody_get_state (custody) : "gone";
  }

  std::string
  GetReply (const char *name, guint index = 0)
  {
    const RpCustody *custody = rp_queue_peek (queue, name);

    if (custody == nullptr
        || rp_custody_get_recipient (custody, index)->reply == nullptr)
      return "";
    g_autofree char *text =
        rp_reply_dup_text (rp_custody_get_recipient (custody, index)->reply);

    return text;
  }

  RpReasonCode
  GetReason (const char *name, guint index = 0)
  {
    const RpCustody *custody = rp_queue_peek (queue, name);
    const RpReason *reason = custody != nullptr
                                 ? rp_custody_get_recipient (custody, index)->reason
                                 : nullptr;

    return reason != nullptr ? reason->code : RP_REASON_NONE;
  }

  guint
  CountQueue ()
  {
    return rp_queue_get_messages (queue)->len;
  }

  std::string
  GetBody (const char *name) const
  {
    return folder + "/queue/" + name + ".eml";
  }

  static std::string
  ReadFile (const std::string &path)
  {
    std::ostringstream text;

    text << std::ifstream (path, std::ios::binary).rdbuf ();
    return text.str ();
  }

  static void
  OnDropped (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    CustodyTest *test = static_cast<CustodyTest *> (user_data);

    g_clear_error (&test->drop_error);
    test->is_dropped =
        rp_queue_drop_finish (RP_QUEUE (source), result, &test->drop_error);
    test->has_drop_ended = true;
  }

  bool
  Drop (const char *name)
  {
    has_drop_ended = false;
    rp_queue_drop_async (queue, name, OnDropped, this);
    EXPECT_TRUE (run_until ([&] { return has_drop_ended; }));
    return is_dropped;
  }

  /* Until fault_shim_clear(). */
  void
  BreakDisk ()
  {
    fault_shim_watch (folder.c_str ());
    fault_shim_fail ("any", 1, 100000, EIO);
  }

  bool
  WaitForLog (const std::string &text)
  {
    return run_until (
        [&] { return proseware->clear_log ().find (text) != std::string::npos; });
  }

  guint
  CountInLog (const std::string &text)
  {
    const std::string log = proseware->clear_log ();
    guint n = 0;

    for (size_t i = 0; (i = log.find (text, i)) != std::string::npos; i++)
      n++;
    return n;
  }

  std::string content = letter;
  std::vector<std::unique_ptr<Program>> programs;
  guint n_dues = 0;
  bool has_drop_ended = false;
  bool is_dropped = false;
  GError *drop_error = nullptr;
};

/* --- attempts --- */

TEST_F (CustodyTest, GreylistedIsDeliveredLaterAndOnce)
{
  Begin ({ greylists, accepts });
  EXPECT_EQ (Queue ("FIRST").find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (GetReply ("FIRST"), "450 4.7.1 Greylisted");
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
  EXPECT_EQ (proseware->content (), std::string (letter) + ".\r\n");
  EXPECT_EQ (outcomes.back (), "sent");
  Restart ();
  EXPECT_EQ (CountQueue (), 0u) << "nothing is left on disk";
  EXPECT_FALSE (std::filesystem::exists (GetBody ("FIRST")));
}

TEST_F (CustodyTest, WhoHasItIsNotAskedAgain)
{
  Begin ({ half_accepts, hello + mail
                             + Script{ expect ("RCPT TO:<bob"), say ("250 Ok\r\n") }
                             + data + whole + bye });
  WaitFor (StartProgram ("FIRST", { "amy@adatum.com", "bob@adatum.com" }));
  WaitForRest ();
  ASSERT_NE (rp_queue_peek (queue, "FIRST"), nullptr);
  EXPECT_EQ (rp_custody_count (rp_queue_peek (queue, "FIRST"), RP_CUSTODY_SENT), 1u);
  EXPECT_EQ (GetReply ("FIRST", 1), "450 4.7.1 Greylisted");
  Restart ();
  ASSERT_NE (rp_queue_peek (queue, "FIRST"), nullptr);
  EXPECT_EQ (rp_custody_count (rp_queue_peek (queue, "FIRST"), RP_CUSTODY_SENT), 1u);
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

/* An attempt knows only those who wait: what it records is the right one's. */
TEST_F (CustodyTest, WhatComesOfAnAttemptIsRecordedForTheRightOne)
{
  Begin ({ half_accepts,
           hello + mail
               + Script{ expect ("RCPT TO:<bob"), say ("550 5.1.1 No such user\r\n") }
               + rset + bye });
  WaitFor (StartProgram ("FIRST", { "amy@adatum.com", "bob@adatum.com" }));
  WaitForRest ();
  FlushAndWait ();
  for (bool is_restarted : { false, true })
    {
      if (is_restarted)
        Restart ();
      ASSERT_NE (rp_queue_peek (queue, "FIRST"), nullptr);
      EXPECT_EQ (rp_custody_get_recipient (rp_queue_peek (queue, "FIRST"), 0)->state,
                 RP_CUSTODY_SENT);
      EXPECT_EQ (GetReply ("FIRST", 1), "550 5.1.1 No such user");
    }
}

TEST_F (CustodyTest, RefusedAfterTheYesIsKeptAndTold)
{
  Begin ({ greylists, refuses });
  Queue ("FIRST");
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "failed");
  EXPECT_EQ (GetReply ("FIRST"), "550 5.1.1 No such user");
  EXPECT_EQ (outcomes.back (), "failed");
  Restart ();
  EXPECT_EQ (GetState ("FIRST"), "failed") << "on disk as well";
}

TEST_F (CustodyTest, WhatIsUnderWayIsNotStartedTwice)
{
  Begin ({ greylists, hangs_at_mail });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (run_until ([&] { return CountInLog ("MAIL") == 2; }));
  rp_queue_flush (queue);
  EXPECT_FALSE (rp_queue_retry (queue, "FIRST", nullptr));
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (rp_delivery_get_n_open (self), 1u);
  EXPECT_EQ (n_dues, 1u);
  rp_queue_hold_async (queue, "FIRST", nullptr, nullptr);
  proseware->stop ();
  WaitForRest ();
  EXPECT_EQ (n_dues, 1u) << "held meanwhile";
}

TEST_F (CustodyTest, WithoutALinkNothingIsAttemptedAndWithOneAll)
{
  here->connectivity = RP_CONNECTIVITY_NONE;
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  rp_queue_start (queue);
  rp_queue_flush (queue);
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (n_dues, 0u);
  EXPECT_EQ (rp_queue_get_next_attempt_s (queue, "FIRST"), 0);
  here->connectivity = RP_CONNECTIVITY_FULL;
  rp_delivery_set_surroundings (self, here);
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "gone"; }));
}

TEST_F (CustodyTest, StartedWithoutALinkItGoesWhenThereIsOne)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  here->connectivity = RP_CONNECTIVITY_NONE;
  Restart ();
  rp_queue_start (queue);
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (n_dues, 0u);
  here->connectivity = RP_CONNECTIVITY_FULL;
  rp_delivery_set_surroundings (self, here);
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "gone"; }));
}

TEST_F (CustodyTest, AnotherPlaceInMidAttemptPlansAnew)
{
  Serve ({ greylists, hangs_at_mail }, { accepts });
  Watch ();
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (run_until ([&] { return CountInLog ("MAIL") == 2; }));
  GoToWork ();
  rp_delivery_set_surroundings (self, here);
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
  EXPECT_EQ (thephone->content (), std::string (letter) + ".\r\n");
}

TEST_F (CustodyTest, ToldWhereThatIsAskedForAndNotKept)
{
  Begin ({ greylists }, "when-deferred=tell\n");
  EXPECT_EQ (Queue ("FIRST").find ("450 4.7.1 Greylisted"), 0u);
  EXPECT_EQ (CountQueue (), 0u);
}

TEST_F (CustodyTest, AccountThatLeftTheConfigurationIsWaitedFor)
{
  g_autoptr (GPtrArray) accounts = nullptr;

  Begin ({ greylists, accepts });
  Queue ("FIRST");
  accounts = config->accounts;
  config->accounts = g_ptr_array_new ();
  steps.clear ();
  FlushAndWait ();
  EXPECT_TRUE (HasStep ("waiting bob@adatum.com"));
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (GetReason ("FIRST"), RP_REASON_UNKNOWN_SENDER);
  EXPECT_FALSE (rp_queue_is_under_way (queue, "FIRST"));
  g_ptr_array_unref (config->accounts);
  config->accounts = g_ptr_array_ref (accounts);
  rp_delivery_set_config (self, config);
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "gone"; }));
}

TEST_F (CustodyTest, UnreadableBodyIsNoMessageAndNoEndlessAttempt)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  std::filesystem::rename (GetBody ("FIRST"), folder + "/away");
  steps.clear ();
  FlushAndWait ();
  EXPECT_TRUE (HasStep ("waiting bob@adatum.com"));
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (GetReason ("FIRST"), RP_REASON_UNREADABLE);
  EXPECT_FALSE (rp_queue_is_under_way (queue, "FIRST"));
  std::filesystem::rename (folder + "/away", GetBody ("FIRST"));
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

TEST_F (CustodyTest, ShortenedBodyNeverGetsItsFinalDot)
{
  Begin ({ greylists, hello + mail + rcpt + data + Script{ hang () } });
  Queue ("FIRST");
  std::filesystem::resize_file (GetBody ("FIRST"), 10);
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (GetReason ("FIRST"), RP_REASON_UNREADABLE);
  EXPECT_EQ (CountInLog ("\r\n.\r\n"), 0u);
}

TEST_F (CustodyTest, LengthenedBodyLeavesAsItCame)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  std::ofstream (GetBody ("FIRST"), std::ios::app) << "not of the message\r\n";
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
  EXPECT_EQ (CountInLog ("not of the message"), 0u);
}

TEST_F (CustodyTest, NullSenderGoesByTheHeadersAccountLaterToo)
{
  const Script null_mail = { expect ("MAIL FROM:<>"), say ("250 Ok\r\n") };

  sender = "";
  header_from = "terri@proseware.com";
  Begin ({ hello + null_mail + Script{ expect ("RCPT"), say ("450 4.7.1 Later\r\n") }
               + rset + bye,
           hello + null_mail + rcpt + data + whole + bye });
  Queue ("FIRST");
  Restart ();
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

TEST_F (CustodyTest, DsnParametersGoAlongLaterToo)
{
  const Script dsn_hello = { say ("220 here\r\n"), expect ("EHLO"),
                             say ("250-here\r\n250 DSN\r\n") };

  Begin ({ greylists,
           dsn_hello
               + Script{ expect ("MAIL FROM:<terri@proseware.com> RET=HDRS ENVID=QQ1"),
                         say ("250 Ok\r\n"),
                         expect ("RCPT TO:<bob@adatum.com> NOTIFY=NEVER "
                                 "ORCPT=rfc822;b@adatum.com"),
                         say ("250 Ok\r\n") }
               + data + whole + bye });
  id = "FIRST";
  auto made = std::make_unique<Program> ();
  made->message = MakeMessage (content, { "bob@adatum.com" });
  made->message->envelope->ret = g_strdup ("HDRS");
  made->message->envelope->envid = g_strdup ("QQ1");
  RpRecipient *bob = static_cast<RpRecipient *> (
      g_ptr_array_index (made->message->envelope->recipients, 0));
  bob->notify = g_strdup ("NEVER");
  bob->orcpt = g_strdup ("rfc822;b@adatum.com");
  RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);
  RP_MESSAGE_HANDLER_GET_IFACE (handler)->take_message_async (
      handler, made->message, nullptr, OnAnswered, made.get ());
  WaitFor (made.get ());
  programs.push_back (std::move (made));
  WaitForRest ();
  Restart ();
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

TEST_F (CustodyTest, ReceivedStandsInFrontOnceAndNotInTheBody)
{
  Begin ({ greylists, accepts }, "received=yes\n");
  Queue ("FIRST");
  EXPECT_EQ (ReadFile (GetBody ("FIRST")), letter);
  Restart ();
  FlushAndWait ();
  EXPECT_EQ (proseware->content ().find ("Received: from laptop (localhost)\r\n\tby "),
             0u);
  EXPECT_EQ (proseware->content ().find ("Received:", 1), std::string::npos);
}

/* --- in doubt --- */

TEST_F (CustodyTest, InDoubtIsHeldUntilTheUserSaysSo)
{
  Begin ({ greylists, takes_without_a_word, accepts });
  Queue ("FIRST");
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "doubt");
  rp_queue_flush (queue);
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (n_dues, 1u);
  Restart ();
  EXPECT_EQ (GetState ("FIRST"), "doubt");
  rp_queue_start (queue);
  EXPECT_TRUE (rp_queue_retry (queue, "FIRST", nullptr));
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "gone"; }));
}

TEST_F (CustodyTest, InDoubtIsSentAgainWhereThatIsAskedFor)
{
  Begin ({ greylists, takes_without_a_word, accepts }, "in-doubt=retry\n");
  Queue ("FIRST");
  FlushAndWait ();
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
  EXPECT_EQ (proseware->n_connections (), 3u);
}

/* The mark is on disk before the end of data leaves. */
TEST_F (CustodyTest, CrashPastTheEndOfDataIsInDoubt)
{
  Begin ({ greylists, hangs_past_the_end });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("\r\n.\r\n"));
  EXPECT_EQ (GetState ("FIRST"), "doubt");
  Restart ();
  EXPECT_EQ (GetState ("FIRST"), "doubt");
}

TEST_F (CustodyTest, PastTheEndOfDataItCannotBeDropped)
{
  Begin ({ greylists, hangs_past_the_end });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("\r\n.\r\n"));
  EXPECT_FALSE (Drop ("FIRST"));
  EXPECT_TRUE (g_error_matches (drop_error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_UNDER_WAY));
  EXPECT_EQ (GetState ("FIRST"), "doubt");
  proseware->stop ();
  WaitForRest ();
  EXPECT_TRUE (Drop ("FIRST")) << "nothing is under way";
}

TEST_F (CustodyTest, DroppedInMidUploadEndsIt)
{
  content = std::string (8 * 1024 * 1024, 'x') + "\r\n";
  Begin ({ greylists, hello + mail + rcpt + data + Script{ hang () } });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("xxxxxxxx"));
  EXPECT_TRUE (Drop ("FIRST"));
  EXPECT_EQ (outcomes.back (), "dropped");
  EXPECT_EQ (rp_delivery_get_n_open (self), 0u);
  EXPECT_TRUE (run_until ([&] { return proseware->n_finished () == 2; }))
      << "the connection is cut";
  EXPECT_EQ (CountInLog ("\r\n.\r\n"), 0u);
  Restart ();
  EXPECT_EQ (CountQueue (), 0u);
  EXPECT_FALSE (std::filesystem::exists (GetBody ("FIRST")));
}

/* --- the agent ends --- */

TEST_F (CustodyTest, StopWaitsForWhatIsPastItsEndOfData)
{
  std::atomic<bool> may_answer{ false };

  Begin ({ greylists,
           hello + mail + rcpt + data
               + Script{ read_content (), wait_for (may_answer), say ("250 Ok\r\n") }
               + bye });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("\r\n.\r\n"));
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "doubt"; }));
  rp_delivery_stop (self);
  EXPECT_EQ (rp_delivery_get_n_open (self), 1u);
  may_answer = true;
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

TEST_F (CustodyTest, StopKeepsWhatTheServerSaidLast)
{
  Begin ({ greylists, hangs_at_mail });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (run_until ([&] { return CountInLog ("MAIL") == 2; }));
  rp_delivery_stop (self);
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (GetReply ("FIRST"), "450 4.7.1 Greylisted");
}

TEST_F (CustodyTest, StopIsNoAttemptAndGivesNothingUp)
{
  Begin ({ greylists, hangs_at_mail });
  Queue ("FIRST");
  config->queue_days = 0;
  rp_delivery_set_config (self, config);
  Flush ();
  EXPECT_TRUE (run_until ([&] { return CountInLog ("MAIL") == 2; }));
  rp_delivery_stop (self);
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "waiting");
}

TEST_F (CustodyTest, ItsTimeOverItIsFailedAfterOneMoreAttempt)
{
  Begin ({ greylists });
  Queue ("FIRST");
  config->queue_days = 0;
  rp_delivery_set_config (self, config);
  FlushAndWait ();
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "failed");
  EXPECT_EQ (GetReason ("FIRST"), RP_REASON_GIVEN_UP);
  EXPECT_EQ (GetReply ("FIRST"), "450 4.7.1 Greylisted") << "its words stay";
  EXPECT_TRUE (HasStep ("refused bob@adatum.com"));
}

/* A crash is not asked; nothing that is still under way may find its owner gone. */
TEST_F (CustodyTest, DeliveryCanGoWhileAnAttemptIsPlanned)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  Flush ();
  EXPECT_EQ (rp_delivery_get_n_open (self), 1u);
  Restart ();
  EXPECT_EQ (GetState ("FIRST"), "waiting");
}

/* --- the disk fails --- */

TEST_F (CustodyTest, WhatTheDiskDoesNotKeepIsNoYes)
{
  Begin ({ greylists });
  BreakDisk ();
  EXPECT_EQ (Queue ("FIRST").find ("452 4.3.1 "), 0u);
  EXPECT_EQ (CountQueue (), 0u);
  EXPECT_EQ (outcomes.back (), "waiting");
  fault_shim_clear ();
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
}

/* It was noted as one that may come again, and came again as "sent before". */
TEST_F (CustodyTest, WhatTheDiskDidNotKeepOfAGoneProgramIsANewMessage)
{
  Begin ({ greylists, hangs_at_mail, greylists });
  Queue ("BEFORE");
  content = "Subject: another\r\n\r\n";
  Program *first = StartProgram ("FIRST");
  EXPECT_TRUE (run_until ([&] { return CountInLog ("MAIL") == 2; }));
  BreakDisk ();
  g_cancellable_cancel (first->is_gone);
  EXPECT_EQ (WaitFor (first).find ("452 4.3.1 "), 0u);
  fault_shim_clear ();
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as SECOND: "), 0u);
}

/* A cable that was out for a moment gives the same place again. */
TEST_F (CustodyTest, WhateverIsSeenAnewOfAPlaceIsATry)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST");
  rp_queue_start (queue);
  here->metered = RP_METERED_YES;
  rp_delivery_set_surroundings (self, here);
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") == "gone"; }));
}

TEST_F (CustodyTest, WithoutItsMarkTheEndOfDataDoesNotLeave)
{
  std::atomic<bool> may_go_on{ false };

  Begin ({ greylists,
           hello + mail + rcpt
               + Script{ expect ("DATA"), wait_for (may_go_on),
                         say ("354 go ahead\r\n"), hang () },
           accepts });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("DATA"));
  BreakDisk ();
  may_go_on = true;
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (GetReason ("FIRST"), RP_REASON_UNREADABLE);
  EXPECT_EQ (CountInLog ("\r\n.\r\n"), 0u);
  fault_shim_clear ();
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
}

/* Sent, and the disk does not know: it asks, and sends nothing by itself. */
TEST_F (CustodyTest, SentThatTheDiskDidNotRecordIsInDoubtAfterARestart)
{
  std::atomic<bool> may_answer{ false };

  Begin ({ greylists,
           hello + mail + rcpt + data
               + Script{ read_content (), wait_for (may_answer), say ("250 Ok\r\n") }
               + bye });
  Queue ("FIRST");
  Flush ();
  EXPECT_TRUE (WaitForLog ("\r\n.\r\n"));
  BreakDisk ();
  may_answer = true;
  WaitForRest ();
  EXPECT_EQ (GetState ("FIRST"), "gone");
  EXPECT_EQ (outcomes.back (), "sent");
  Restart ([] { fault_shim_clear (); });
  EXPECT_EQ (GetState ("FIRST"), "doubt");
}

/* --- the same message again --- */

TEST_F (CustodyTest, UnheardYesIsTheSameMessage)
{
  Begin ({ greylists });
  Queue ("FIRST", false);
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (CountQueue (), 1u);
  EXPECT_EQ (outcomes.back (), "repeated");
}

TEST_F (CustodyTest, HeardYesIsFollowedByANewMessage)
{
  Begin ({ greylists });
  Queue ("FIRST", true);
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (CountQueue (), 2u);
}

TEST_F (CustodyTest, HeldMessageIsStillTheSame)
{
  Begin ({ greylists });
  Queue ("FIRST", false);
  rp_queue_hold_async (queue, "FIRST", nullptr, nullptr);
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (GetState ("FIRST"), "held");
}

TEST_F (CustodyTest, SentMeanwhileIsToldAsSent)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST", false);
  FlushAndWait ();
  EXPECT_NE (SendAs ("SECOND", true).find ("FIRST"), std::string::npos);
  EXPECT_EQ (proseware->n_connections (), 2u);
  EXPECT_EQ (CountQueue (), 0u);
}

TEST_F (CustodyTest, FailedMeanwhileTheProgramHearsTheRefusal)
{
  Begin ({ greylists, refuses });
  Queue ("FIRST", false);
  FlushAndWait ();
  EXPECT_EQ (Queue ("SECOND").find ("550 5.1.1 No such user"), 0u);
}

/* The answer to a repetition is about the first one, heard or not. */
TEST_F (CustodyTest, UnheardRepetitionStandsForTheFirst)
{
  Begin ({ greylists, refuses });
  Queue ("FIRST", false);
  EXPECT_EQ (SendAs ("SECOND", false).find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (SendAs ("THIRD", false).find ("250 2.0.0 Queued as FIRST: "), 0u);
  FlushAndWait ();
  EXPECT_EQ (Queue ("FOURTH").find ("550 5.1.1 No such user"), 0u);
}

TEST_F (CustodyTest, HeardRepetitionAnswersForTheFirst)
{
  Begin ({ greylists });
  Queue ("FIRST", false);
  SendAs ("SECOND", true);
  EXPECT_TRUE (rp_queue_peek (queue, "FIRST")->is_answered);
  Restart ();
  EXPECT_EQ (Queue ("THIRD").find ("250 2.0.0 Queued as THIRD: "), 0u);
  EXPECT_EQ (CountQueue (), 2u);
}

TEST_F (CustodyTest, DamagedMessageIsNoReasonForAYes)
{
  Begin ({ greylists, accepts });
  Queue ("FIRST", false);
  std::filesystem::resize_file (GetBody ("FIRST"), 10);
  Restart ();
  EXPECT_EQ (GetState ("FIRST"), "damaged");
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Ok: queued as 4F1C"), 0u);
  EXPECT_EQ (proseware->content (), std::string (letter) + ".\r\n");
}

TEST_F (CustodyTest, WhoHasItAlreadyGetsNoSecondOneFromARepetition)
{
  Begin ({ half_accepts, refuses });
  Program *first = StartProgram ("FIRST", { "amy@adatum.com", "bob@adatum.com" });
  WaitFor (first);
  Report (first, false);
  WaitForRest ();
  FlushAndWait ();
  EXPECT_EQ (GetState ("FIRST"), "failed");
  Program *second = StartProgram ("SECOND", { "amy@adatum.com", "bob@adatum.com" });
  EXPECT_EQ (WaitFor (second).find ("250 2.0.0 Queued as FIRST: "), 0u);
  WaitForRest ();
  EXPECT_EQ (proseware->n_connections (), 2u);
}

TEST_F (CustodyTest, DroppedIsFollowedByANewMessage)
{
  Begin ({ greylists });
  Queue ("FIRST", false);
  EXPECT_TRUE (Drop ("FIRST"));
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
}

/* Its answer was on the way when it was dropped. */
TEST_F (CustodyTest, UnheardYesOfADroppedMessageIsWorthNothing)
{
  Begin ({ greylists });
  Program *first = StartProgram ("FIRST");
  WaitFor (first);
  WaitForRest ();
  EXPECT_TRUE (Drop ("FIRST"));
  Report (first, false);
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
}

TEST_F (CustodyTest, DroppingOneOfTwoTwinsForgetsThatOneOnly)
{
  Begin ({ greylists });
  Queue ("FIRST", true);
  Queue ("TWIN", false);
  EXPECT_TRUE (Drop ("FIRST"));
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as TWIN: "), 0u);
}

TEST_F (CustodyTest, HeardYesOfATwinSaysNothingAboutTheOther)
{
  Begin ({ greylists });
  Program *first = StartProgram ("FIRST");
  Program *twin = StartProgram ("TWIN");
  WaitFor (first);
  WaitFor (twin);
  Report (first, false);
  Report (twin, true);
  WaitForRest ();
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as FIRST: "), 0u);
}

TEST_F (CustodyTest, WhileTheFirstIsUnderWayItsProgramGoneBothHearTheSame)
{
  Begin ({ greylists });
  Program *first = StartProgram ("FIRST");
  g_cancellable_cancel (first->is_gone);
  EXPECT_TRUE (run_until ([&] { return GetState ("FIRST") != "gone"; }));
  Report (first, false);
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as FIRST"), 0u);
  WaitForRest ();
  EXPECT_EQ (CountQueue (), 1u);
}

TEST_F (CustodyTest, EqualMessageOfAnotherProgramThatWaitsIsItsOwn)
{
  Begin ({ greylists });
  Program *first = StartProgram ("FIRST");
  Program *second = StartProgram ("SECOND");
  EXPECT_EQ (WaitFor (first).find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (WaitFor (second).find ("250 2.0.0 Queued as SECOND: "), 0u);
  WaitForRest ();
  EXPECT_EQ (CountQueue (), 2u);
}

/* Nobody was told anything before the crash. */
TEST_F (CustodyTest, UnheardYesIsKnownAfterACrash)
{
  Begin ({ greylists });
  WaitFor (StartProgram ("FIRST"));
  WaitForRest ();
  Restart ();
  EXPECT_EQ (SendAs ("SECOND", true).find ("250 2.0.0 Queued as FIRST: "), 0u);
  EXPECT_EQ (CountQueue (), 1u);
}

TEST_F (CustodyTest, SentAndUnheardIsKnownAfterARestart)
{
  Begin ({ accepts });
  Queue ("FIRST", false);
  Restart ();
  EXPECT_NE (SendAs ("SECOND", true).find ("FIRST"), std::string::npos);
  EXPECT_EQ (proseware->n_connections (), 1u);
}

/* --- "it may have been delivered", and again --- */

TEST_F (CustodyTest, AmbiguousAgainIsKeptInDoubtAndSentByNobody)
{
  Begin ({ takes_without_a_word });
  EXPECT_EQ (Queue ("FIRST").find ("451 4.4.2 "), 0u);
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (GetState ("SECOND"), "doubt");
  rp_queue_start (queue);
  rp_queue_flush (queue);
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (proseware->n_connections (), 1u);
}

TEST_F (CustodyTest, AmbiguousAgainAndUnheardIsOneMessage)
{
  Begin ({ takes_without_a_word });
  Queue ("FIRST");
  Queue ("SECOND", false);
  EXPECT_EQ (SendAs ("THIRD", false).find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (SendAs ("FOURTH", true).find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (CountQueue (), 1u);
}

/* The third comes before it is known whether the second was heard. */
TEST_F (CustodyTest, AmbiguousAgainAndAgainIsOneMessage)
{
  Begin ({ takes_without_a_word });
  Queue ("FIRST");
  WaitFor (StartProgram ("SECOND"));
  EXPECT_EQ (SendAs ("THIRD", true).find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (CountQueue (), 1u);
}

TEST_F (CustodyTest, AmbiguousAgainAndHeardIsFollowedByANewMessage)
{
  Begin ({ takes_without_a_word, accepts });
  Queue ("FIRST");
  Queue ("SECOND", true);
  EXPECT_EQ (Queue ("THIRD").find ("250 2.0.0 Ok: queued as 4F1C"), 0u);
}

TEST_F (CustodyTest, AmbiguousIsKnownAfterARestart)
{
  Begin ({ takes_without_a_word });
  Queue ("FIRST");
  Restart ();
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
  EXPECT_EQ (GetState ("SECOND"), "doubt");
}

/* The agent died while the program was told. */
TEST_F (CustodyTest, AmbiguousIsKnownAfterACrash)
{
  Begin ({ takes_without_a_word });
  WaitFor (StartProgram ("FIRST"));
  WaitForRest ();
  Restart ();
  EXPECT_EQ (Queue ("SECOND").find ("250 2.0.0 Queued as SECOND: "), 0u);
}

/* --- names --- */

TEST_F (CustodyTest, NameOfOneInTheQueueIsNotUsedTwice)
{
  Begin ({ greylists, hello + mail + rcpt + data + whole + bye });
  Queue ("FIRST");
  content = "Subject: another\r\n\r\n";
  EXPECT_EQ (Queue ("FIRST").find ("250 2.0.0 Ok: queued as 4F1C"), 0u);
  EXPECT_EQ (GetState ("FIRST"), "waiting");
  EXPECT_EQ (ReadFile (GetBody ("FIRST")), letter);
  EXPECT_EQ (GetReply ("FIRST"), "450 4.7.1 Greylisted");
}

TEST_F (CustodyTest, TwoThatGetTheSameNameAreBothKept)
{
  Begin ({ greylists });
  Program *first = StartProgram ("SAME");
  content = "Subject: another\r\n\r\n";
  Program *second = StartProgram ("SAME");
  EXPECT_EQ (WaitFor (first).substr (0, 3), "250");
  EXPECT_EQ (WaitFor (second).substr (0, 3), "250");
  WaitForRest ();
  EXPECT_EQ (CountQueue (), 2u);
  EXPECT_STRNE (first->message->id, second->message->id);
}

} // namespace
