/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dialogue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../dialogues/replies.h"

namespace
{

/* A driver as the session is one, without a socket. */
class Server
{
public:
  explicit Server (const RpDialogueSettings &settings)
      : dialogue (rp_dialogue_new (&settings))
  {
    rp_dialogue_greet (dialogue);
  }

  ~Server ()
  {
    rp_dialogue_free (dialogue);
  }

  void
  feed (const std::string &octets)
  {
    size_t at = 0;
    RpDialogueEvent event;

    do
      {
        gsize consumed = 0;

        event = rp_dialogue_feed (dialogue, octets.data () + at, octets.size () - at,
                                  &consumed);
        at += consumed;
        on_event (event);
      }
    while (event != RP_DIALOGUE_MORE && event != RP_DIALOGUE_CLOSE);
    EXPECT_TRUE (is_closed || at == octets.size ());
  }

  std::string
  take_output ()
  {
    g_autoptr (GBytes) bytes = rp_dialogue_take_output (dialogue);

    if (bytes == nullptr)
      return "";
    return std::string (static_cast<const char *> (g_bytes_get_data (bytes, nullptr)),
                        g_bytes_get_size (bytes));
  }

  RpDialogue *dialogue;
  std::string content;
  std::vector<std::string> messages;
  bool is_closed = false;
  guint n_dropped = 0;

private:
  void
  on_event (RpDialogueEvent event)
  {
    switch (event)
      {
      case RP_DIALOGUE_MORE:
        break;
      case RP_DIALOGUE_CHECK_LOGIN:
        check_login ();
        break;
      case RP_DIALOGUE_CHECK_SENDER:
        rp_dialogue_answer (
            dialogue, replies::check_sender (rp_dialogue_get_envelope (dialogue)));
        break;
      case RP_DIALOGUE_CHECK_RECIPIENT:
        check_recipient ();
        break;
      case RP_DIALOGUE_CONTENT_BEGINS:
        content.clear ();
        rp_dialogue_answer (dialogue, nullptr);
        break;
      case RP_DIALOGUE_CONTENT:
        take_content ();
        break;
      case RP_DIALOGUE_CONTENT_DROPPED:
        content.clear ();
        n_dropped++;
        break;
      case RP_DIALOGUE_MESSAGE:
        take_message ();
        break;
      case RP_DIALOGUE_CLOSE:
        is_closed = true;
        break;
      }
  }

  void
  check_login ()
  {
    const char *user, *password;

    rp_dialogue_get_login (dialogue, &user, &password);
    rp_dialogue_answer_login (dialogue, g_str_equal (user, password));
  }

  void
  check_recipient ()
  {
    const RpEnvelope *envelope = rp_dialogue_get_envelope (dialogue);
    guint last = rp_envelope_get_n_recipients (envelope) - 1;

    rp_dialogue_answer (dialogue, replies::check_recipient (
                                      rp_envelope_get_recipient (envelope, last)));
  }

  void
  take_content ()
  {
    gsize n_bytes;
    auto octets = rp_dialogue_get_content (dialogue, &n_bytes);

    content.append (reinterpret_cast<const char *> (octets), n_bytes);
  }

  void
  take_message ()
  {
    g_autoptr (RpEnvelope) envelope = rp_dialogue_take_envelope (dialogue);
    g_autoptr (RpContentFacts) facts = rp_dialogue_dup_facts (dialogue);

    EXPECT_EQ (facts->n_bytes, content.size ());
    messages.push_back (content);
    rp_dialogue_answer (dialogue, replies::take_message (envelope, facts));
  }
};

class Dialogue : public testing::TestWithParam<Transcript>
{
protected:
  static void
  check_end (const Transcript &transcript, Server &server)
  {
    EXPECT_EQ (server.is_closed, transcript.is_closed);
    EXPECT_EQ (server.messages, transcript.messages);
  }
};

TEST_P (Dialogue, turn_by_turn)
{
  const Transcript &transcript = GetParam ();
  Server server (replies::read_settings (transcript));

  for (auto &turn : transcript.turns)
    {
      server.feed (turn.client);
      ASSERT_EQ (server.take_output (), turn.server) << "after " << turn.client;
    }
  check_end (transcript, server);
}

TEST_P (Dialogue, octet_by_octet)
{
  const Transcript &transcript = GetParam ();
  Server server (replies::read_settings (transcript));
  std::string output;

  for (char octet : transcript.all_client ())
    {
      server.feed (std::string (1, octet));
      output += server.take_output ();
    }
  EXPECT_EQ (output + server.take_output (), transcript.all_server ());
  check_end (transcript, server);
}

TEST_P (Dialogue, all_at_once)
{
  const Transcript &transcript = GetParam ();
  Server server (replies::read_settings (transcript));

  server.feed (transcript.all_client ());
  EXPECT_EQ (server.take_output (), transcript.all_server ());
  check_end (transcript, server);
}

INSTANTIATE_TEST_SUITE_P (transcripts,
                          Dialogue,
                          testing::ValuesIn (TranscriptReader::read_all ()),
                          [] (const auto &row) { return row.param.name; });

RpDialogueSettings
plain_settings ()
{
  return replies::read_settings (Transcript ());
}

const std::string intro = "EHLO x\r\nMAIL FROM:<a@b> SIZE=9 BODY=8BITMIME RET=HDRS\r\n"
                          "RCPT TO:<C@d> NOTIFY=NEVER ORCPT=rfc822;C@d\r\n";

TEST (DialogueMachine, envelope_is_kept_as_given)
{
  Server server (plain_settings ());

  server.feed (intro);
  const RpEnvelope *envelope = rp_dialogue_get_envelope (server.dialogue);
  EXPECT_STREQ (envelope->sender, "a@b");
  EXPECT_STREQ (envelope->ret, "HDRS");
  EXPECT_TRUE (envelope->declared_8bit);
  EXPECT_EQ (envelope->declared_bytes, 9u);
  const RpRecipient *recipient = rp_envelope_get_recipient (envelope, 0);
  EXPECT_STREQ (recipient->address, "C@d");
  EXPECT_STREQ (recipient->notify, "NEVER");
  EXPECT_STREQ (recipient->orcpt, "rfc822;C@d");
  EXPECT_STREQ (rp_dialogue_get_hello (server.dialogue), "x");
  EXPECT_TRUE (rp_dialogue_is_esmtp (server.dialogue));
  EXPECT_FALSE (rp_dialogue_is_idle (server.dialogue));
}

TEST (DialogueMachine, what_follows_a_message_waits_for_its_answer)
{
  RpDialogueSettings settings = plain_settings ();
  g_autoptr (RpDialogue) dialogue = rp_dialogue_new (&settings);
  std::string octets = intro + "DATA\r\n.\r\nQUIT\r\n";
  RpDialogueEvent event;
  gsize consumed = 0, at = 0;

  do
    {
      event = rp_dialogue_feed (dialogue, octets.data () + at, octets.size () - at,
                                &consumed);
      at += consumed;
      if (event != RP_DIALOGUE_MESSAGE)
        rp_dialogue_answer (dialogue, nullptr);
    }
  while (event != RP_DIALOGUE_MESSAGE);
  EXPECT_EQ (octets.substr (at), "QUIT\r\n");
  EXPECT_TRUE (rp_dialogue_is_waiting (dialogue));
  event = rp_dialogue_feed (dialogue, "QUIT\r\n", 6, &consumed);
  EXPECT_EQ (event, RP_DIALOGUE_MORE);
  EXPECT_EQ (consumed, 0u);

  rp_dialogue_answer (dialogue, rp_reply_new (451, "4.3.0", "Later"));
  EXPECT_EQ (rp_dialogue_feed (dialogue, "QUIT\r\n", 6, &consumed), RP_DIALOGUE_CLOSE);
  g_autoptr (GBytes) output = rp_dialogue_take_output (dialogue);
  std::string text (static_cast<const char *> (g_bytes_get_data (output, nullptr)),
                    g_bytes_get_size (output));
  EXPECT_NE (text.find ("451 4.3.0 Later\r\n221 2.0.0 Bye\r\n"), std::string::npos);
}

TEST (DialogueMachine, content_that_cannot_be_kept_is_read_to_its_end)
{
  Server server (plain_settings ());

  server.feed (intro + "DATA\r\nabc\r\n");
  rp_dialogue_fail_content (server.dialogue, rp_reply_new (452, "4.3.1", "Full"));
  server.take_output ();
  server.feed ("MAIL FROM:<x@y>\r\n.\r\n");
  EXPECT_EQ (server.take_output (), "452 4.3.1 Full\r\n");
  EXPECT_TRUE (server.messages.empty ());
  EXPECT_EQ (server.n_dropped, 1u);
}

TEST (DialogueMachine, reset_drops_chunks)
{
  Server server (plain_settings ());

  server.feed (intro + "BDAT 3\r\nabcRSET\r\n");
  EXPECT_EQ (server.n_dropped, 1u);
  EXPECT_TRUE (rp_dialogue_is_idle (server.dialogue));
}

TEST (DialogueMachine, refusal_ends_everything)
{
  Server server (plain_settings ());
  g_autoptr (RpReason) reason = rp_reason_new (RP_REASON_IDLE, nullptr);

  server.take_output ();
  rp_dialogue_refuse (server.dialogue, 421, "4.4.2", reason);
  rp_dialogue_refuse (server.dialogue, 421, "4.4.2", reason);
  server.feed ("EHLO x\r\n");
  EXPECT_EQ (server.take_output (), "421 4.4.2 [idle]\r\n");
  EXPECT_TRUE (server.is_closed);
}

TEST (DialogueMachine, answer_after_the_end_is_not_said)
{
  RpDialogueSettings settings = plain_settings ();
  Server server (settings);
  g_autoptr (RpReason) reason = rp_reason_new (RP_REASON_STOPPING, nullptr);

  rp_dialogue_refuse (server.dialogue, 421, "4.3.2", reason);
  server.take_output ();
  rp_dialogue_answer (server.dialogue, rp_reply_new (250, "2.0.0", "Ok"));
  EXPECT_EQ (server.take_output (), "");
}

TEST (DialogueMachine, passwords_reach_the_check_alone)
{
  RpDialogueSettings settings = plain_settings ();
  g_autoptr (RpDialogue) dialogue = rp_dialogue_new (&settings);
  const std::string octets = "EHLO x\r\nAUTH PLAIN AHRlcnJpAHNlY3JldA==\r\n";
  const char *user, *password;
  gsize consumed = 0;

  EXPECT_EQ (rp_dialogue_feed (dialogue, octets.data (), octets.size (), &consumed),
             RP_DIALOGUE_CHECK_LOGIN);
  rp_dialogue_get_login (dialogue, &user, &password);
  EXPECT_STREQ (user, "terri");
  EXPECT_STREQ (password, "secret");
  EXPECT_EQ (rp_dialogue_get_user (dialogue), nullptr);
  rp_dialogue_answer_login (dialogue, TRUE);
  EXPECT_STREQ (rp_dialogue_get_user (dialogue), "terri");
}

}
