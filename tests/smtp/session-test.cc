/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-session.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "handler.h"
#include "program.h"

namespace
{

const std::string greeting = "220 localhost ESMTP roampost\r\n";
const std::string intro = "HELO laptop\r\nMAIL FROM:<terri@proseware.com>\r\n"
                          "RCPT TO:<benny@adatum.com>\r\nDATA\r\n";
const std::string message = "Subject: Hello\r\n\r\nHi\r\n.\r\n";
const std::string queued = "250 2.0.0 Ok: 1 recipients, 22 octets\r\n";

/* A session and its program, joined by a pair of sockets. */
class Pair
{
public:
  explicit Pair (const Transcript &transcript = Transcript (),
                 guint idle_timeout_ms = 0)
  {
    int fds[2];

    socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
    program = std::make_unique<Program> (fds[1]);
    settings.dialogue = replies::read_settings (transcript);
    settings.handler = handler.get ();
    settings.idle_timeout_ms =
        idle_timeout_ms != 0 ? idle_timeout_ms : RP_SESSION_IDLE_TIMEOUT_MS;
    socket = g_socket_new_from_fd (fds[0], nullptr);
  }

  ~Pair ()
  {
    program->leave ();
    handler.answer ();
    EXPECT_TRUE (Program::wait ([&] { return n_ended > 0 || session == nullptr; }));
    EXPECT_EQ (n_ended, session != nullptr ? 1u : 0u);
    g_clear_object (&session);
    g_object_unref (socket);
  }

  void
  start ()
  {
    g_autoptr (GSocketConnection) connection =
        g_socket_connection_factory_create_connection (socket);

    session =
        rp_session_new (G_IO_STREAM (connection), "127.0.0.1", "swaks", &settings);
    g_signal_connect (session, "ended", G_CALLBACK (on_session_ended), this);
    rp_session_start (session);
  }

  /* Up to a message that waits for its answer. */
  void
  start_and_hold ()
  {
    handler.log.is_held = true;
    start ();
    program->say (intro + message);
    ASSERT_TRUE (Program::wait ([&] { return handler.log.held != nullptr; }));
  }

  Handler handler;
  RpSessionSettings settings = {};
  std::unique_ptr<Program> program;
  RpSession *session = nullptr;
  guint n_ended = 0;

private:
  GSocket *socket;

  static void
  on_session_ended (RpSession *, gpointer data)
  {
    static_cast<Pair *> (data)->n_ended++;
  }
};

class Live : public testing::TestWithParam<Transcript>
{
protected:
  static void
  check_end (const Transcript &transcript, Pair &pair)
  {
    EXPECT_TRUE (!transcript.is_closed || pair.program->sees_close ());
    pair.program->leave ();
    EXPECT_TRUE (Program::wait ([&] { return pair.n_ended > 0; }));
    EXPECT_EQ (pair.handler.log.contents, transcript.messages);
    EXPECT_EQ (pair.handler.log.answers,
               std::vector<bool> (transcript.messages.size (), true));
  }
};

TEST_P (Live, turn_by_turn)
{
  const Transcript &transcript = GetParam ();
  Pair pair (transcript);
  std::string expected;

  pair.start ();
  for (auto &turn : transcript.turns)
    {
      pair.program->say (turn.client);
      expected += turn.server;
      ASSERT_TRUE (pair.program->hears (expected)) << pair.program->heard;
    }
  check_end (transcript, pair);
}

TEST_P (Live, all_at_once)
{
  const Transcript &transcript = GetParam ();
  Pair pair (transcript);

  pair.start ();
  ASSERT_TRUE (pair.program->hears (greeting));
  pair.program->say (transcript.all_client ());
  ASSERT_TRUE (pair.program->hears (transcript.all_server ())) << pair.program->heard;
  check_end (transcript, pair);
}

INSTANTIATE_TEST_SUITE_P (transcripts,
                          Live,
                          testing::ValuesIn (TranscriptReader::read_all ()),
                          [] (const auto &row) { return row.param.name; });

TEST (Session, message_says_where_it_is_from)
{
  Pair pair;

  pair.start_and_hold ();
  const RpMessage *taken = pair.handler.log.last;
  EXPECT_EQ (
      std::string (taken->id).find_first_not_of ("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
      std::string::npos);
  EXPECT_EQ (strlen (taken->id), 8u);
  EXPECT_STREQ (taken->hello, "laptop");
  EXPECT_FALSE (taken->is_esmtp);
  EXPECT_STREQ (taken->program, "swaks");
  EXPECT_STREQ (taken->envelope->sender, "terri@proseware.com");
  EXPECT_GT (taken->received_at_s, 1600000000);
}

TEST (Session, long_message_is_kept_whole)
{
  Pair pair;
  std::string content;

  for (int i = 0; i < 40000; i++)
    content += "line " + std::to_string (i) + " of a long message\r\n";
  pair.settings.content_folder = g_get_tmp_dir ();
  pair.start ();
  pair.program->say (intro + content + ".\r\n");
  ASSERT_TRUE (Program::wait ([&] { return !pair.handler.log.answers.empty (); }));
  EXPECT_EQ (pair.handler.log.contents.at (0), content);
}

TEST (Session, disk_that_takes_nothing_is_told)
{
  Pair pair;

  pair.settings.content_folder = "/nowhere/at/all";
  pair.start ();
  pair.program->say (intro + std::string (300 * 1024, 'a') + "\r\n.\r\nNOOP\r\n");
  EXPECT_TRUE (pair.program->hears_part ("452 4.3.1 [no-space]\r\n250 2.0.0 Ok\r\n"));
  EXPECT_TRUE (pair.handler.log.contents.empty ());
}

TEST (Session, idle_program_is_told_and_left)
{
  Pair pair (Transcript (), 50);

  pair.start ();
  EXPECT_TRUE (pair.program->hears_part ("421 4.4.2 [idle]\r\n"));
  EXPECT_TRUE (pair.program->sees_close ());
}

TEST (Session, waiting_is_not_idle)
{
  Pair pair (Transcript (), 50);
  bool has_waited = false;

  pair.start_and_hold ();
  g_timeout_add (
      200,
      [] (gpointer data) -> gboolean {
        *static_cast<bool *> (data) = true;
        return G_SOURCE_REMOVE;
      },
      &has_waited);
  ASSERT_TRUE (Program::wait ([&] { return has_waited; }));
  pair.handler.answer ();
  EXPECT_TRUE (pair.program->hears_part (queued));
}

/* 20,000 replies that nobody reads must neither fill memory nor hold the session. */
TEST (Session, program_that_never_reads_is_left)
{
  Pair pair (Transcript (), 300);
  std::string noops;

  for (int i = 0; i < 20000; i++)
    noops += "HELP\r\n";
  pair.program->pause_reading ();
  pair.start ();
  EXPECT_LT (send (pair.program->fd, noops.data (), noops.size (), MSG_NOSIGNAL),
             ssize_t (noops.size ()) + 1);
  EXPECT_TRUE (Program::wait ([&] { return pair.n_ended > 0; }));
}

TEST (Session, program_that_talks_first_is_none)
{
  Pair pair;

  pair.program->say ("EHLO x\r\n");
  pair.start ();
  EXPECT_TRUE (pair.program->hears ("421 4.7.0 [not-smtp]\r\n"));
  EXPECT_TRUE (pair.program->sees_close ());
}

TEST (Session, program_that_leaves_while_it_waits_is_noticed)
{
  Pair pair;

  pair.start_and_hold ();
  EXPECT_FALSE (g_cancellable_is_cancelled (pair.handler.log.cancellable));
  pair.program->leave ();
  EXPECT_TRUE (Program::wait (
      [&] { return g_cancellable_is_cancelled (pair.handler.log.cancellable); }));
  EXPECT_EQ (pair.n_ended, 0u);
  pair.handler.answer ();
  EXPECT_TRUE (Program::wait ([&] { return pair.n_ended > 0; }));
  EXPECT_EQ (pair.handler.log.answers, std::vector<bool> ({ false }));
}

/* "printf ... | nc -N": all is said, then the sending half is closed. */
TEST (Session, program_that_said_quit_still_listens)
{
  Pair pair;

  pair.handler.log.is_held = true;
  pair.start ();
  pair.program->say (intro + message + "QUIT\r\n");
  pair.program->half_close ();
  ASSERT_TRUE (Program::wait ([&] { return pair.handler.log.held != nullptr; }));
  pair.handler.answer ();
  EXPECT_TRUE (pair.program->hears_part (queued + "221 2.0.0 Bye\r\n"));
  EXPECT_TRUE (pair.program->sees_close ());
  EXPECT_EQ (pair.handler.log.answers, std::vector<bool> ({ true }));
}

TEST (Session, program_that_leaves_within_content_sent_nothing)
{
  Pair pair;

  pair.start ();
  pair.program->say (intro + "Subject: Half\r\n\r\nHi\r\n.");
  pair.program->leave ();
  EXPECT_TRUE (Program::wait ([&] { return pair.n_ended > 0; }));
  EXPECT_TRUE (pair.handler.log.contents.empty ());
  EXPECT_TRUE (pair.handler.log.answers.empty ());
}

TEST (Session, stop_tells_the_idle)
{
  Pair pair;

  pair.start ();
  pair.program->hears (greeting);
  rp_session_stop (pair.session);
  EXPECT_TRUE (pair.program->hears (greeting + "421 4.3.2 [stopping]\r\n"));
  EXPECT_TRUE (pair.program->sees_close ());
}

TEST (Session, stop_lets_the_waiting_have_their_answer)
{
  Pair pair;

  pair.start_and_hold ();
  rp_session_stop (pair.session);
  EXPECT_EQ (pair.n_ended, 0u);
  pair.handler.answer ();
  EXPECT_TRUE (pair.program->hears_part (queued + "421 4.3.2 [stopping]\r\n"));
  EXPECT_TRUE (Program::wait ([&] { return !pair.handler.log.answers.empty (); }));
  EXPECT_EQ (pair.handler.log.answers, std::vector<bool> ({ true }));
}

TEST (Session, abort_ends_at_once)
{
  Pair pair;

  pair.start_and_hold ();
  rp_session_abort (pair.session);
  EXPECT_EQ (pair.n_ended, 1u);
  EXPECT_TRUE (g_cancellable_is_cancelled (pair.handler.log.cancellable));
  pair.handler.answer ();
  EXPECT_TRUE (Program::wait ([&] { return !pair.handler.log.answers.empty (); }));
  EXPECT_EQ (pair.handler.log.answers, std::vector<bool> ({ false }));
  EXPECT_TRUE (pair.program->sees_close ());
}

/* Closing with unread input would reset the connection and take the reply with it. */
TEST (Session, last_reply_is_heard_though_more_was_said)
{
  Pair pair;

  pair.start ();
  pair.program->hears (greeting);
  pair.program->say ("POST / HTTP/1.1\r\n" + std::string (100000, 'a') + "\r\n");
  EXPECT_TRUE (pair.program->hears (greeting + "421 4.7.0 [not-smtp]\r\n"));
  EXPECT_TRUE (pair.program->sees_close ());
}

}
