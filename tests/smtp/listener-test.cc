/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-listener.h"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <memory>
#include <string>
#include <vector>

#include "handler.h"
#include "program.h"
#include "sockets.h"

namespace
{

const std::string greeting = "220 localhost ESMTP roampost\r\n";

class Listener : public testing::Test
{
protected:
  explicit Listener (guint max_sessions = 10)
  {
    settings.dialogue = replies::read_settings (Transcript ());
    settings.handler = handler.get ();
    settings.idle_timeout_ms = RP_SESSION_IDLE_TIMEOUT_MS;
    listener = rp_listener_new (&settings, max_sessions);
    g_signal_connect (listener, "trouble", G_CALLBACK (on_listener_trouble), this);
    g_signal_connect (listener, "stopped", G_CALLBACK (on_listener_stopped), this);
  }

  ~Listener () override
  {
    if (n_stopped == 0)
      rp_listener_stop (listener, 1);
    EXPECT_TRUE (Program::wait ([&] { return n_stopped > 0; }));
    EXPECT_EQ (n_stopped, 1u);
    g_object_unref (listener);
  }

  bool
  listen (const std::vector<std::pair<std::string, guint16>> &wanted)
  {
    std::vector<RpListenAddress> entries;
    g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
    g_autoptr (GError) error = nullptr;

    for (auto &entry : wanted)
      entries.push_back ({ const_cast<char *> (entry.first.c_str ()), entry.second });
    for (auto &entry : entries)
      g_ptr_array_add (addresses, &entry);
    if (rp_listener_listen (listener, addresses, &error))
      return true;
    refusal = error->message;
    return false;
  }

  std::string
  address (guint index)
  {
    return rp_listener_get_addresses (listener)[index];
  }

  guint16
  port (guint index)
  {
    std::string text = address (index);

    return guint16 (std::stoi (text.substr (text.rfind (':') + 1)));
  }

  std::unique_ptr<Program>
  connect (const std::string &host = "127.0.0.1", guint index = 0)
  {
    return std::make_unique<Program> (open_socket (host, port (index), false));
  }

  Handler handler;
  RpSessionSettings settings = {};
  RpListener *listener;
  std::vector<std::string> troubles;
  std::string refusal;
  guint n_stopped = 0;

private:
  static void
  on_listener_trouble (RpListener *, const char *text, gpointer data)
  {
    static_cast<Listener *> (data)->troubles.push_back (text);
  }

  static void
  on_listener_stopped (RpListener *, gpointer data)
  {
    static_cast<Listener *> (data)->n_stopped++;
  }
};

TEST_F (Listener, serves_both_families_on_one_port)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 }, { "::1", 0 } })) << refusal;
  EXPECT_EQ (port (0), port (1));
  EXPECT_EQ (address (1), "[::1]:" + std::to_string (port (0)));
  EXPECT_TRUE (connect ()->hears (greeting));
  EXPECT_TRUE (connect ("::1")->hears (greeting));
  EXPECT_TRUE (troubles.empty ());
}

TEST_F (Listener, inherited_sockets_are_served)
{
  g_autoptr (GError) error = nullptr;
  int fd = open_socket ("127.0.0.1", 0, true);

  ASSERT_TRUE (rp_listener_listen_inherited (listener, fd, 1, &error));
  EXPECT_TRUE (connect ()->hears (greeting));
}

class Narrow : public Listener
{
protected:
  Narrow () : Listener (2)
  {
  }
};

TEST_F (Narrow, one_too_many_is_told_and_the_next_has_room)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  auto first = connect (), second = connect ();

  EXPECT_TRUE (first->hears (greeting));
  EXPECT_TRUE (second->hears (greeting));
  auto third = connect ();
  EXPECT_TRUE (third->hears ("421 4.7.0 [too-many-sessions]\r\n"));
  EXPECT_TRUE (third->sees_close ());
  third->leave ();
  first->leave ();
  EXPECT_TRUE (
      Program::wait ([&] { return rp_listener_get_n_sessions (listener) == 1; }));
  EXPECT_TRUE (connect ()->hears (greeting));
}

/* Another user's program; what it hears comes back through a pipe. */
TEST_F (Listener, another_user_is_refused)
{
  int ends[2];
  char octets[200] = "";

  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  ASSERT_EQ (pipe (ends), 0);
  guint16 taken = port (0);
  pid_t child = fork ();
  if (child == 0)
    {
      if (setresuid (65534, 65534, 65534) != 0)
        _exit (2);
      int fd = open_socket ("127.0.0.1", taken, false);
      ssize_t n = recv (fd, octets, sizeof octets, 0);
      _exit (n > 0 && write (ends[1], octets, size_t (n)) == n ? 0 : 1);
    }

  int status = 0;
  ASSERT_TRUE (Program::wait ([&] {
    return waitpid (child, &status, WNOHANG) == child
           || (g_main_context_wakeup (nullptr), false);
  }));
  if (getuid () != 0)
    {
      /* An ordinary user cannot become another one; peer-test covers the look-up. */
      EXPECT_EQ (WEXITSTATUS (status), 2);
      return;
    }
  ASSERT_EQ (status, 0);
  ASSERT_GT (read (ends[0], octets, sizeof octets), 0);
  EXPECT_STREQ (octets, "421 4.7.0 [foreign-user]\r\n");
  close (ends[0]);
  close (ends[1]);
}

TEST_F (Listener, stop_tells_the_idle_and_ends)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  auto program = connect ();

  ASSERT_TRUE (program->hears (greeting));
  rp_listener_stop (listener, 10000);
  EXPECT_TRUE (program->hears (greeting + "421 4.3.2 [stopping]\r\n"));
  program->leave ();
  EXPECT_TRUE (Program::wait ([&] { return n_stopped == 1; }));
  EXPECT_EQ (open_socket ("127.0.0.1", port (0), false), -1);
}

TEST_F (Listener, stop_cuts_off_who_waits_too_long)
{
  handler.log.is_held = true;
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  auto program = connect ();
  ASSERT_TRUE (program->hears (greeting));
  program->say ("HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n");
  ASSERT_TRUE (Program::wait ([&] { return handler.log.held != nullptr; }));

  rp_listener_stop (listener, 50);
  EXPECT_EQ (n_stopped, 0u);
  EXPECT_TRUE (Program::wait ([&] { return n_stopped == 1; }));
  EXPECT_TRUE (g_cancellable_is_cancelled (handler.log.cancellable));
  handler.answer ();
  EXPECT_TRUE (Program::wait ([&] { return !handler.log.answers.empty (); }));
  EXPECT_EQ (handler.log.answers, std::vector<bool> ({ false }));
}

/* What a program is in the middle of has nothing to do with where the next connects. */
TEST_F (Listener, other_addresses_leave_running_sessions_alone)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  const guint16 former = port (0);
  auto before = connect ();
  ASSERT_TRUE (before->hears (greeting));
  before->say ("HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nHel");
  ASSERT_TRUE (before->hears_part ("354 "));

  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } })) << refusal;
  EXPECT_NE (port (0), former);
  EXPECT_EQ (open_socket ("127.0.0.1", former, false), -1);
  EXPECT_TRUE (connect ()->hears (greeting));
  before->say ("lo\r\n.\r\nNOOP\r\n");
  EXPECT_TRUE (before->hears_part ("250 2.0.0 Ok: 1 recipients"));
  EXPECT_TRUE (before->hears_part ("\r\n250 2.0.0 Ok\r\n")) << before->heard;
  EXPECT_EQ (handler.log.contents, std::vector<std::string> ({ "Hello\r\n" }));
  EXPECT_EQ (n_stopped, 0u);
}

/* Closed before the new ones are bound, or they would be taken by ourselves. */
TEST_F (Listener, other_addresses_may_be_among_the_former_ones)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  const guint16 former = port (0);
  auto before = connect ();
  ASSERT_TRUE (before->hears (greeting));

  ASSERT_TRUE (listen ({ { "127.0.0.1", former }, { "::1", former } })) << refusal;
  EXPECT_EQ (port (0), former);
  EXPECT_EQ (port (1), former);
  EXPECT_TRUE (troubles.empty ()) << troubles[0];
  EXPECT_TRUE (connect ()->hears (greeting));
}

TEST_F (Listener, addresses_that_cannot_be_had_leave_running_sessions_alone)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  const guint16 former = port (0);
  auto before = connect ();
  ASSERT_TRUE (before->hears (greeting));

  EXPECT_FALSE (listen ({ { "192.0.2.1", 0 } }));
  EXPECT_EQ (rp_listener_get_addresses (listener)[0], nullptr);
  EXPECT_EQ (open_socket ("127.0.0.1", former, false), -1);
  before->say ("HELO x\r\n");
  EXPECT_TRUE (before->hears_part ("250 "));
  EXPECT_TRUE (listen ({ { "127.0.0.1", 0 } })) << refusal;
}

TEST_F (Listener, stop_waits_for_sessions_of_former_addresses)
{
  handler.log.is_held = true;
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  auto waiting = connect (), idle = connect ();
  ASSERT_TRUE (waiting->hears (greeting));
  ASSERT_TRUE (idle->hears (greeting));
  waiting->say ("HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n");
  ASSERT_TRUE (Program::wait ([&] { return handler.log.held != nullptr; }));
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  EXPECT_EQ (rp_listener_get_n_sessions (listener), 2u);

  rp_listener_stop (listener, 10000);
  EXPECT_TRUE (idle->hears (greeting + "421 4.3.2 [stopping]\r\n"));
  idle->leave ();
  ASSERT_TRUE (
      Program::wait ([&] { return rp_listener_get_n_sessions (listener) == 1; }));
  EXPECT_EQ (n_stopped, 0u);
  handler.answer ();
  EXPECT_TRUE (waiting->hears_part ("250 2.0.0 Ok: 1 recipients"));
  EXPECT_TRUE (waiting->hears_part ("421 4.3.2 [stopping]\r\n"));
  waiting->leave ();
  EXPECT_TRUE (Program::wait ([&] { return n_stopped == 1; }));
}

TEST_F (Listener, new_settings_hold_for_new_sessions)
{
  ASSERT_TRUE (listen ({ { "127.0.0.1", 0 } }));
  auto before = connect ();
  ASSERT_TRUE (before->hears (greeting));
  settings.dialogue.requires_login = TRUE;
  rp_listener_set_settings (listener, &settings);
  auto after = connect ();
  ASSERT_TRUE (after->hears (greeting));

  before->say ("HELO x\r\nMAIL FROM:<a@b>\r\n");
  EXPECT_TRUE (before->hears_part ("250 2.1.0 Ok\r\n"));
  after->say ("HELO x\r\nMAIL FROM:<a@b>\r\n");
  EXPECT_TRUE (after->hears_part ("530 5.7.0 Authentication required\r\n"));
}

}
