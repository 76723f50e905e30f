/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the agent begins and ends: exit codes, what it listens on and for whom. */
#include <grp.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "upstream-scripts.h"

namespace
{

class AgentStart : public testing::Test
{
protected:
  RunningAgent agent;
};

/* ---- the end ---- */

TEST_F (AgentStart, GreetsAndEndsWithSuccessOnSigterm)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  const auto program = connect_program (agent.port ());

  EXPECT_EQ (say_line (*program, "").substr (0, 4), "220 ");
  agent.send_signal (SIGTERM);
  EXPECT_TRUE (program->hears_part ("421 "));
  EXPECT_TRUE (program->sees_close ());
  EXPECT_EQ (agent.wait (), 0) << agent.log ();
  EXPECT_FALSE (
      g_file_test ((agent.runtime_folder + "/bus").c_str (), G_FILE_TEST_EXISTS));
}

TEST_F (AgentStart, SigintIsAnEndToo)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  agent.send_signal (SIGINT);
  EXPECT_EQ (agent.wait (), 0) << agent.log ();
}

/* Passwords are in its memory. A limit of 1 is too little for a file, and the only one
 * with which no program in core_pattern gets the dump. */
TEST_F (AgentStart, CrashLeavesNoCoreDump)
{
  const std::string folder = agent.folder () + "/crash";

  g_mkdir (folder.c_str (), 0700);
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ({ "env", "-C", folder, "sh", "-c",
                 "ulimit -c $(ulimit -Hc); exec \"$@\"", "sh" });
  const std::string limits = RunningAgent::read ("/proc/" + agent.pid () + "/limits");
  const size_t line = limits.find ("Max core file size");

  ASSERT_NE (line, std::string::npos);
  EXPECT_TRUE (g_regex_match_simple ("^Max core file size +1 +1 +bytes",
                                     limits.c_str () + line, G_REGEX_DEFAULT,
                                     G_REGEX_MATCH_DEFAULT))
      << limits.substr (line, 80);
  agent.send_signal (SIGQUIT);
  EXPECT_EQ (agent.wait (), -1);
  EXPECT_EQ (g_rmdir (folder.c_str ()), 0) << "something was left in it";
}

/* The upload is with the server, whose answer is late: the message is kept, and since
 * the server may have it, it is not sent again by itself. */
TEST_F (AgentStart, ProgramThatWaitsGetsItsAnswerBeforeTheEnd)
{
  ScriptedServer server (accept_content_and_hang ());

  agent.configure (listen_at (find_free_port ()) + two_places (server.port (), 2));
  agent.start ();
  const auto program = connect_program (agent.port ());

  begin_message (*program);
  ASSERT_TRUE (run_until ([&] { return !server.content ().empty (); }));
  agent.send_signal (SIGTERM);
  ASSERT_TRUE (run_until (
      [&] { return program->heard.find ("\r\n") != std::string::npos; }, 20000));
  EXPECT_EQ (program->heard.find ("250 2.0.0 Queued as "), 0u) << program->heard;
  EXPECT_EQ (agent.wait (), 0) << agent.log ();
  agent.start ();
  EXPECT_EQ (agent.ask ({ "queue", "list" }, "$[*].state"), "[\"doubt\"]");
  EXPECT_EQ (server.n_connections (), 1u);
}

/* ---- exit codes ---- */

TEST_F (AgentStart, BrokenConfigurationIsToldWhole)
{
  agent.configure ("[agent]\nlisten=nowhere\npatience=soon\n[server a]\n");
  agent.spawn ();
  EXPECT_EQ (agent.wait (), EX_CONFIG);
  expect_in (agent.config_file + ":2:", agent.log ());
  expect_in (agent.config_file + ":3:", agent.log ());
  expect_in (agent.config_file + ":4:", agent.log ());
}

TEST_F (AgentStart, BrokenConfigurationIsToldInTheUsersLanguage)
{
  agent.configure ("[agent]\npatience=soon\n");
  agent.set_environment ("LANGUAGE", "de");
  agent.spawn ();
  EXPECT_EQ (agent.wait (), EX_CONFIG);
  expect_in ("event=configuration-error text=\"" + agent.config_file
                 + ":2: patience=soon ist keine Dauer;",
             agent.log ());
  expect_in ("die Konfiguration enthält Fehler:\n" + agent.config_file
                 + ":2: patience=soon ist keine Dauer;",
             agent.log ());
}

TEST_F (AgentStart, ConfigurationFileThatIsNotThereIsNamed)
{
  agent.spawn ();
  EXPECT_EQ (agent.wait (), EX_CONFIG);
  expect_in (agent.config_file, agent.log ());
}

TEST_F (AgentStart, SecondAgentOnTheSameStateNamesTheFirst)
{
  RunningAgent second;

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  second.configure (listen_at (find_free_port ()) + two_places (1, 2));
  second.state_folder = agent.state_folder;
  second.spawn ();
  EXPECT_EQ (second.wait (), EX_UNAVAILABLE);
  expect_in ("process " + agent.pid (), second.log ());
  EXPECT_EQ (agent.ask ({ "status" }, "$.pid"), "[" + agent.pid () + "]");
}

TEST_F (AgentStart, SecondAgentOnTheSameRuntimeFolderLeavesTheFirstItsSocket)
{
  RunningAgent second;

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  second.configure (listen_at (find_free_port ()) + two_places (1, 2));
  second.runtime_folder = agent.runtime_folder;
  second.spawn ();
  EXPECT_EQ (second.wait (), EX_UNAVAILABLE);
  EXPECT_EQ (agent.ask ({ "status" }, "$.pid"), "[" + agent.pid () + "]");
}

TEST_F (AgentStart, RuntimeFolderThatCannotBeMadeIsNamed)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.runtime_folder = agent.config_file + "/run";
  agent.spawn ();
  EXPECT_EQ (agent.wait (), EX_UNAVAILABLE);
  expect_in (agent.runtime_folder, agent.log ());
}

TEST_F (AgentStart, StateFolderThatCannotBeMadeIsNamed)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.state_folder = agent.config_file + "/state";
  agent.spawn ();
  EXPECT_EQ (agent.wait (), EX_UNAVAILABLE);
  expect_in (agent.state_folder, agent.log ());
}

TEST_F (AgentStart, SocketOfAnAgentThatWasKilledIsReplaced)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  agent.send_signal (SIGKILL);
  agent.wait ();
  ASSERT_TRUE (
      g_file_test ((agent.runtime_folder + "/bus").c_str (), G_FILE_TEST_EXISTS));
  agent.start ();
  EXPECT_EQ (agent.ask ({ "status" }, "$.pid"), "[" + agent.pid () + "]");
  EXPECT_EQ (agent.stop (), 0);
}

/* ---- where it listens ---- */

TEST_F (AgentStart, TakenPortIsToldAndTheNextIsUsed)
{
  guint16 taken;
  const int fd = bind_free_port (&taken);
  const std::string wished = std::to_string (taken);

  agent.configure (listen_at (taken) + two_places (1, 2));
  agent.start ();
  const std::string held = std::to_string (agent.port ());

  EXPECT_NE (held, wished);
  expect_in ("127.0.0.1:" + wished + " is taken by ", agent.log ());
  expect_in (" of uid " + std::to_string (getuid ()), agent.log ());
  expect_in ("port " + held + " is used instead", agent.log ());
  EXPECT_EQ (agent.ask ({ "status" }, "$.listening[*]"),
             "[\"127.0.0.1:" + held + "\"]");
  EXPECT_EQ (say_line (*connect_program (agent.port ()), "").substr (0, 4), "220 ");
  close (fd);
}

TEST_F (AgentStart, TakesSocketsFromSystemd)
{
  const std::string port = std::to_string (find_free_port ());

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  /* It starts the agent with the first connection. */
  agent.spawn ({ "systemd-socket-activate", "--listen=127.0.0.1:" + port });
  ASSERT_TRUE (agent.logs ("Listening on 127.0.0.1:" + port)) << agent.log ();
  const auto program = connect_program ((guint16) std::stoi (port));

  EXPECT_EQ (say_line (*program, "").substr (0, 4), "220 ") << agent.log ();
  EXPECT_EQ (agent.ask ({ "status" }, "$.listening[*]"),
             "[\"127.0.0.1:" + port + "\"]");
  EXPECT_EQ (agent.stop (), 0) << agent.log ();
}

TEST_F (AgentStart, SocketsFromSystemdThatAreOpenToOthersAreRefused)
{
  const std::string port = std::to_string (find_free_port ());

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.spawn ({ "systemd-socket-activate", "--listen=0.0.0.0:" + port });
  ASSERT_TRUE (agent.logs ("Listening on 0.0.0.0:" + port)) << agent.log ();
  const auto program = connect_program ((guint16) std::stoi (port));

  EXPECT_EQ (agent.wait (), EX_UNAVAILABLE);
  expect_in ("can be reached from outside", agent.log ());
}

/* ---- for whom ---- */

/* The first reply line that another user of this machine gets. */
std::string
ask_as_nobody (guint16 port)
{
  const std::string to = "/dev/tcp/127.0.0.1/" + std::to_string (port);
  const std::string script = "exec 3<>" + to + "; read -r line <&3; echo \"$line\"";
  const char *argv[] = { "setpriv",        "--reuid=65534", "--regid=65534",
                         "--clear-groups", "bash",          "-c",
                         script.c_str (),  nullptr };
  g_autofree char *output = nullptr;
  g_autoptr (GError) error = nullptr;

  EXPECT_TRUE (g_spawn_sync ("/", const_cast<char **> (argv), nullptr,
                             G_SPAWN_SEARCH_PATH, nullptr, nullptr, &output, nullptr,
                             nullptr, &error))
      << error->message;
  return output == nullptr ? "" : output;
}

/* Only root can be somebody else. */
TEST_F (AgentStart, AnotherUserIsRefused)
{
  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  if (geteuid () == 0)
    expect_in ("421 ", ask_as_nobody (agent.port ()));
  EXPECT_EQ (say_line (*connect_program (agent.port ()), "").substr (0, 4), "220 ");
}

TEST_F (AgentStart, KeepsItsFoldersToItself)
{
  GStatBuf status;

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  for (const std::string &path :
       { agent.state_folder, agent.state_folder + "/queue",
         agent.state_folder + "/roampost.db", agent.runtime_folder })
    {
      ASSERT_EQ (g_stat (path.c_str (), &status), 0) << path;
      EXPECT_EQ (status.st_mode & 077, 0u) << path;
    }
}

} // namespace
