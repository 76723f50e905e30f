// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "rp-log.h"

namespace
{

class Log : public testing::Test
{
protected:
  void
  SetUp () override
  {
    rp_log_set_sink (
        [] (const char *line, gpointer user_data) {
          static_cast<std::string *> (user_data)->assign (line);
        },
        &line_);
  }

  void
  TearDown () override
  {
    rp_log_set_sink (nullptr, nullptr);
  }

  std::string line_;
};

TEST_F (Log, Started)
{
  rp_log_started ("0.1.0", "/home/terri/.local/state/roampost");
  EXPECT_EQ (line_,
             "event=started version=0.1.0 state=/home/terri/.local/state/roampost");
}

TEST_F (Log, ListeningOnIpv6)
{
  rp_log_listening ("[::1]:2525");
  EXPECT_EQ (line_, "event=listening address=[::1]:2525");
}

TEST_F (Log, TroubleIsQuoted)
{
  rp_log_trouble ("listener", "port 2525 is taken by uid 33");
  EXPECT_EQ (line_,
             "event=trouble where=listener text=\"port 2525 is taken by uid 33\"");
}

TEST_F (Log, StepWithReplyAndReason)
{
  g_autoptr (RpStep) step = rp_step_new (RP_STEP_REPLY, "4F1C0000");

  step->recipient = g_strdup ("bob@adatum.com");
  step->server = g_strdup ("proseware");
  step->endpoint = g_strdup ("smtps://smtp.proseware.com:465");
  step->verdict = RP_VERDICT_RELAY_DENIED;
  step->reply = rp_reply_new (550, "5.7.1", "Relaying denied");
  step->reason =
      rp_reason_new (RP_REASON_RELAY_DENIED, "bob@adatum.com", "proseware", NULL);
  rp_log_step (step);
  EXPECT_EQ (line_, "event=reply message=4F1C0000 to=bob@adatum.com server=proseware "
                    "endpoint=smtps://smtp.proseware.com:465 verdict=relay-denied "
                    "reply=\"550 5.7.1 Relaying denied\" reason=relay-denied "
                    "args=bob@adatum.com,proseware");
}

TEST_F (Log, OurOwnAnswerHasNoVerdict)
{
  g_autoptr (RpStep) step = rp_step_new (RP_STEP_ANSWERED, "4F1C0000");

  step->reply = rp_reply_new (451, "4.4.1", "not now");
  rp_log_step (step);
  EXPECT_EQ (line_, "event=answered message=4F1C0000 reply=\"451 4.4.1 not now\"");
}

TEST_F (Log, NothingFromOutsideForgesALine)
{
  rp_log_trouble ("server", "ok\nevent=sent message=1 \"quoted\" back\\slash\x01");
  EXPECT_EQ (line_, "event=trouble where=server "
                    "text=\"ok\\x0aevent=sent message=1 \\\"quoted\\\" "
                    "back\\\\slash\\x01\"");
}

TEST_F (Log, EmptyValueIsVisible)
{
  rp_log_message_ended ("4F1C0000", "");
  EXPECT_EQ (line_, "event=ended message=4F1C0000 outcome=\"\"");
}

TEST_F (Log, Surroundings)
{
  g_autoptr (RpSurroundings) seen = rp_surroundings_new ();

  seen->connectivity = RP_CONNECTIVITY_PORTAL;
  seen->gateway = g_strdup ("198.18.7.1");
  rp_log_surroundings (seen, "hotel");
  EXPECT_EQ (line_,
             "event=surroundings network=hotel connectivity=portal gateway=198.18.7.1");
}

TEST_F (Log, Message)
{
  g_autoptr (RpMessage) message = rp_message_new ("4F1C0000");

  message->envelope = rp_envelope_new ("terri@proseware.com");
  rp_envelope_add_recipient (message->envelope, "joe@proseware.com");
  rp_envelope_add_recipient (message->envelope, "bob@adatum.com");
  message->facts = g_new0 (RpContentFacts, 1);
  message->facts->n_bytes = 1234;
  rp_log_message (message);
  EXPECT_EQ (line_, "event=message message=4F1C0000 from=terri@proseware.com "
                    "to=joe@proseware.com,bob@adatum.com bytes=1234");
}

} // namespace
