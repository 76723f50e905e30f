// SPDX-License-Identifier: GPL-3.0-or-later
// The demo as a person starts it: the whole table, each way of the home provider.
#include <gtest/gtest.h>

#include <gio/gio.h>
#include <signal.h>
#include <sysexits.h>

#include <string>
#include <vector>

namespace
{

struct Row
{
  const char *name;
  std::vector<const char *> options;
  // What each answer begins with, and names: straight, then through the agent.
  std::vector<const char *> straight;
  std::vector<const char *> through;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const std::vector<const char *> kAsInTheStory = {
  "250", "250",
  "250", "550 5.7.1 <bob@adatum.com>... Relaying denied",
  "250", "550 5.7.1 <bob@adatum.com>... Relaying denied",
};

const Row rows[] = {
  { "Password",
    {},
    kAsInTheStory,
    { "(via proseware from network home)", "(via proseware from network home)",
      "(via proseware from network work)", "(via proseware from network work)",
      "(via proseware from network hotel)", "(via proseware from network hotel)" } },
  { "PopBeforeSmtp",
    { "--isp", "pop" },
    kAsInTheStory,
    { "(via proseware from network home)", "(via proseware from network home)",
      "(via proseware from network work)", "(via proseware from network work)",
      "(via proseware from network hotel)", "(via proseware from network hotel)" } },
  { "NetworkOnly",
    { "--isp", "network" },
    kAsInTheStory,
    { "(via proseware from network home)", "(via proseware from network home)",
      "(via proseware from network work)", "(via thephone from network work)",
      "(via proseware from network hotel)", "250 2.0.0 Queued as " } },
  { "NetworkOnlyAndTheHotelHasAServer",
    { "--isp", "network", "--hotel-server" },
    kAsInTheStory,
    { "(via proseware from network home)", "(via proseware from network home)",
      "(via proseware from network work)", "(via thephone from network work)",
      "(via proseware from network hotel)", "(via hotel from network hotel)" } },
  { "AddressRange",
    { "--isp", "address" },
    kAsInTheStory,
    { "(via proseware from network home)", "(via proseware from network home)",
      "(via proseware from network work)", "(via thephone from network work)",
      "(via proseware from network hotel)", "250 2.0.0 Queued as " } },
};

class DemoPlay : public testing::TestWithParam<Row>
{
};

// The answers of one kind, in order, out of the table's text.
std::vector<std::string>
Answers (const std::string &table, const std::string &label)
{
  std::vector<std::string> answers;
  const std::string start = "\n     " + label;
  size_t at = 0;

  while ((at = table.find (start, at)) != std::string::npos)
    {
      at += start.size ();
      at = table.find_first_not_of (' ', at);
      answers.push_back (table.substr (at, table.find ("\n  ", at) - at));
    }
  return answers;
}

TEST_P (DemoPlay, PrintsTheTable)
{
  const Row &row = GetParam ();
  g_autofree char *program =
      g_build_filename (g_getenv ("RP_TEST_BUILD_DIR"), "client", "roampost", nullptr);
  std::vector<const char *> argv = { program, "demo", "--once", "--port", "42525" };
  g_autoptr (GError) error = nullptr;
  g_autoptr (GSubprocess) process = nullptr;
  g_autofree char *out = nullptr;

  argv.insert (argv.end (), row.options.begin (), row.options.end ());
  argv.push_back (nullptr);
  process = g_subprocess_newv (argv.data (), G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  ASSERT_NE (process, nullptr) << error->message;
  ASSERT_TRUE (
      g_subprocess_communicate_utf8 (process, nullptr, nullptr, &out, nullptr, &error))
      << error->message;
  EXPECT_EQ (g_subprocess_get_exit_status (process), 0);

  const std::vector<std::string> straight = Answers (out, "straight");
  const std::vector<std::string> through = Answers (out, "roampost");
  ASSERT_EQ (straight.size (), 6u) << out;
  ASSERT_EQ (through.size (), 6u) << out;
  for (size_t i = 0; i < 6; i++)
    {
      EXPECT_EQ (straight[i].find (row.straight[i]), 0u)
          << i + 1 << ": " << straight[i];
      EXPECT_NE (through[i].find (row.through[i]), std::string::npos)
          << i + 1 << ": " << through[i];
    }
}

struct Ended
{
  std::string out;
  std::string errors;
  int exit_code;
  std::string tried; // what the proposed command printed
};

std::string
Try (const std::string &command)
{
  const char *const argv[] = { "/bin/sh", "-c", command.c_str (), nullptr };
  g_autoptr (GError) error = nullptr;
  g_autofree char *printed = nullptr;

  if (!g_spawn_sync (nullptr, const_cast<char **> (argv), nullptr, G_SPAWN_DEFAULT,
                     nullptr, nullptr, &printed, nullptr, nullptr, &error))
    return error->message;
  return printed;
}

// With signal @number once the first line of @interrupt_at is seen, if that is
// anything; the command that the demo proposes is tried before.
Ended
Play (const std::vector<const char *> &options,
      const char *interrupt_at,
      int number = SIGINT)
{
  g_autofree char *program =
      g_build_filename (g_getenv ("RP_TEST_BUILD_DIR"), "client", "roampost", nullptr);
  std::vector<const char *> argv = { program, "demo", "--port", "42525" };
  g_autoptr (GError) error = nullptr;
  g_autoptr (GSubprocess) process = nullptr;
  g_autoptr (GDataInputStream) out = nullptr;
  Ended ended = {};
  std::string proposed;
  char *line;

  argv.insert (argv.end (), options.begin (), options.end ());
  argv.push_back (nullptr);
  process = g_subprocess_newv (argv.data (),
                               (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                   | G_SUBPROCESS_FLAGS_STDERR_PIPE),
                               &error);
  if (process == nullptr)
    {
      ADD_FAILURE () << error->message;
      return ended;
    }
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while ((line = g_data_input_stream_read_line (out, nullptr, nullptr, nullptr))
         != nullptr)
    {
      ended.out += std::string (line) + "\n";
      if (g_str_has_prefix (line, "  echo "))
        proposed = line;
      if (interrupt_at != nullptr && g_str_has_prefix (line, interrupt_at))
        {
          ended.tried = Try (proposed);
          g_subprocess_send_signal (process, number);
        }
      g_free (line);
    }

  g_autoptr (GDataInputStream) errors =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  while ((line = g_data_input_stream_read_line (errors, nullptr, nullptr, nullptr))
         != nullptr)
    {
      ended.errors += std::string (line) + "\n";
      g_free (line);
    }
  g_subprocess_wait (process, nullptr, nullptr);
  ended.exit_code = g_subprocess_get_if_exited (process)
                        ? g_subprocess_get_exit_status (process)
                        : -1;
  return ended;
}

TEST (Demo, CtrlCEndsItCalmly)
{
  const Ended ended = Play ({}, "The laptop is at");

  EXPECT_EQ (ended.exit_code, 0);
  EXPECT_EQ (ended.errors, "");
}

TEST (Demo, WhatItProposesWorks)
{
  const Ended ended = Play ({}, "The laptop is at");

  EXPECT_EQ (ended.tried.substr (0, 4), "250 ") << ended.tried << ended.out;
  EXPECT_NE (ended.tried.find ("(via proseware from network hotel)"), std::string::npos)
      << ended.tried;
}

TEST (Demo, AClosedTerminalEndsItToo)
{
  const Ended ended = Play ({}, "The laptop is at", SIGHUP);

  EXPECT_EQ (ended.exit_code, 0);
  EXPECT_EQ (ended.errors, "");
}

TEST (Demo, SaysBeforehandThatMailCannotBeKept)
{
  const Ended ended = Play ({ "--once", "--mail", "/proc/nowhere" }, nullptr);

  EXPECT_EQ (ended.exit_code, EX_UNAVAILABLE);
  EXPECT_NE (ended.errors.find ("/proc/nowhere"), std::string::npos) << ended.errors;
  EXPECT_EQ (ended.out.find ("roampost    "), std::string::npos) << ended.out;
}

TEST (Demo, SaysInASentenceWhoHasThePort)
{
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", 42525);

  ASSERT_TRUE (g_socket_listener_add_address (other, address, G_SOCKET_TYPE_STREAM,
                                              G_SOCKET_PROTOCOL_TCP, nullptr, nullptr,
                                              nullptr));
  const Ended ended = Play ({ "--once" }, nullptr);

  EXPECT_EQ (ended.exit_code, 0);
  EXPECT_EQ (ended.errors.find ("roampost-agent: 127.0.0.1:42525 is taken by "), 0u)
      << ended.errors;
  EXPECT_EQ (ended.errors.find ("event="), std::string::npos) << ended.errors;
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          DemoPlay,
                          testing::ValuesIn (rows),
                          [] (const auto &tested) { return tested.param.name; });

} // namespace
