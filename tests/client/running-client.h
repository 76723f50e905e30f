// SPDX-License-Identifier: GPL-3.0-or-later
// A program that goes on: what it prints while the bus is served, and a terminal that
// the test types on.
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <pty.h>
#include <string>
#include <termios.h>
#include <unistd.h>

// A terminal of the test's own on standard input and error.
class Terminal
{
public:
  Terminal ()
  {
    EXPECT_EQ (openpty (&ours_, &theirs_, nullptr, nullptr, nullptr), 0);
  }

  ~Terminal ()
  {
    close (ours_);
    close (theirs_);
  }

  int
  theirs () const
  {
    return theirs_;
  }

  bool
  echoes () const
  {
    struct termios settings;

    EXPECT_EQ (tcgetattr (ours_, &settings), 0);
    return (settings.c_lflag & ECHO) != 0;
  }

  void
  type (const std::string &text)
  {
    EXPECT_EQ (write (ours_, text.data (), text.size ()), (ssize_t) text.size ());
  }

  // Serves the bus until @text was shown.
  bool
  wait_for (const std::string &text)
  {
    gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

    while (shown_.find (text) == std::string::npos
           && g_get_monotonic_time () < deadline)
      read_some ();
    return shown_.find (text) != std::string::npos;
  }

  const std::string &
  shown () const
  {
    return shown_;
  }

private:
  void
  read_some ()
  {
    GPollFD poll = { ours_, G_IO_IN, 0 };
    char buffer[256];
    ssize_t n_read;

    while (g_main_context_iteration (nullptr, FALSE))
      ;
    if (g_poll (&poll, 1, 10) <= 0)
      return;
    n_read = read (ours_, buffer, sizeof buffer);
    if (n_read > 0)
      shown_.append (buffer, (size_t) n_read);
  }

  int ours_ = -1;
  int theirs_ = -1;
  std::string shown_;
};

// Reads lines of a program that goes on, while the bus is served.
class Lines
{
public:
  explicit Lines (GSubprocess *process)
      : stream_ (g_data_input_stream_new (g_subprocess_get_stdout_pipe (process)))
  {
  }

  ~Lines ()
  {
    g_object_unref (stream_);
  }

  std::string
  next ()
  {
    g_autoptr (GAsyncResult) result = nullptr;
    g_autofree char *line = nullptr;

    g_data_input_stream_read_line_async (stream_, 0, nullptr, on_line, &result);
    while (result == nullptr)
      g_main_context_iteration (nullptr, TRUE);
    line = g_data_input_stream_read_line_finish (stream_, result, nullptr, nullptr);
    return line == nullptr ? "(end)" : line;
  }

private:
  static void
  on_line (GObject *, GAsyncResult *result, gpointer user_data)
  {
    *static_cast<GAsyncResult **> (user_data) = (GAsyncResult *) g_object_ref (result);
  }

  GDataInputStream *stream_;
};
