/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration while the agent runs: it comes, changes, breaks and is mended. */
#include "upstream-scripts.h"

namespace
{

class AgentReload : public testing::Test
{
protected:
  /* What MAIL gets on a new connection. */
  std::string
  ask_mail ()
  {
    const auto program = connect_program (agent.port ());

    say_line (*program, "");
    say_line (*program, "EHLO localhost");
    return say_line (*program, "MAIL FROM:<terri@proseware.com>");
  }

  bool
  shows_endpoint (const std::string &endpoint)
  {
    return agent
               .ask ({ "explain", "--from", "terri@proseware.com", "--to",
                       "kim@adatum.com" },
                     "$..routes[*].endpoint")
               .find (endpoint)
           != std::string::npos;
  }

  RunningAgent agent;
};

TEST_F (AgentReload, WithoutConfigurationItSaysHowAndTakesTheFirstOneLive)
{
  agent.names_config_file = false;
  agent.config_file = agent.folder () + "/XDG_CONFIG_HOME/roampost/roampost.conf";
  /* The built-in port may be in use; a system-wide file only moves it. */
  const std::string system = agent.folder () + "/etc";
  const std::string listen = listen_at (find_free_port ());

  g_mkdir (system.c_str (), 0700);
  g_file_set_contents ((system + "/roampost.conf").c_str (), listen.c_str (), -1,
                       nullptr);
  agent.start ();
  const std::string refusal = ask_mail ();

  EXPECT_EQ (refusal.substr (0, 9), "550 5.7.1") << refusal;
  expect_in ("roampost.conf", refusal);
  EXPECT_EQ (agent.ask ({ "status" }, "$.attention[*][0]"), "[\"no-account\"]");

  agent.configure (two_places (1, 2));
  const gint64 begin_us = g_get_monotonic_time ();
  EXPECT_TRUE (agent.logs ("event=configured accounts=1")) << agent.log ();
  EXPECT_LT (g_get_monotonic_time () - begin_us, 2 * G_USEC_PER_SEC);
  EXPECT_EQ (ask_mail ().substr (0, 4), "250 ");
}

TEST_F (AgentReload, ChangedServerIsUsedByTheNextMessage)
{
  ScriptedServer first (accept_message ("FIRST"));
  ScriptedServer second (accept_message ("SECOND"));
  const std::string listen = listen_at (find_free_port ());

  agent.configure (listen + two_places (first.port (), 2));
  agent.start ();
  expect_in ("FIRST", send_message (agent.port (), "kim@adatum.com"));
  agent.configure (listen + two_places (second.port (), 2));
  ASSERT_TRUE (run_until (
      [&] { return shows_endpoint (":" + std::to_string (second.port ())); }));
  expect_in ("SECOND", send_message (agent.port (), "kim@adatum.com"));
}

TEST_F (AgentReload, BrokenFileKeepsTheLastGoodOneAndIsShownUntilItIsMended)
{
  const std::string good = listen_at (find_free_port ()) + two_places (1, 2);

  agent.configure (good);
  agent.start ();
  agent.configure (good + "[server nowhere]\nendpoints=ftp://x\nfoo=bar\n");
  ASSERT_TRUE (agent.logs ("event=configuration-error")) << agent.log ();
  const std::string errors = agent.ask ({ "status" }, "$.configuration.errors[*]");

  expect_in (agent.config_file, errors);
  expect_in ("ftp://x", errors);
  expect_in ("foo", errors);
  expect_in ("foo", agent.tell ({ "status" }).output);
  EXPECT_EQ (ask_mail ().substr (0, 4), "250 ");

  agent.configure (good);
  EXPECT_TRUE (run_until (
      [&] { return agent.ask ({ "status" }, "$.configuration.errors[*]") == "[]"; }));
}

/* The mistakes are kept as values: each telling speaks the language of then. */
TEST_F (AgentReload, BrokenFileIsToldInTheConfiguredLanguage)
{
  const std::string good =
      listen_at (find_free_port ()) + "language=de\n" + two_places (1, 2);

  agent.configure (good);
  agent.start ();
  agent.configure (good + "[server nowhere]\nendpoints=ftp://x\n");
  ASSERT_TRUE (agent.logs ("event=configuration-error")) << agent.log ();
  expect_in ("unbekanntes Schema „ftp“ in „ftp://x“",
             agent.ask ({ "status" }, "$.configuration.errors[*]"));
  expect_in ("unbekanntes Schema „ftp“ in „ftp://x“",
             agent.tell ({ "config", "reload" }).errors);
}

TEST_F (AgentReload, EmptiedFileIsTakenOnlyWhenAskedFor)
{
  const std::string listen = listen_at (find_free_port ());

  agent.configure (listen + two_places (1, 2));
  agent.start ();
  agent.configure (listen);
  ASSERT_TRUE (agent.logs ("event=configuration-error")) << agent.log ();
  EXPECT_EQ (ask_mail ().substr (0, 4), "250 ");
  EXPECT_EQ (agent.tell ({ "config", "reload" }).exit_code, 0);
  EXPECT_EQ (ask_mail ().substr (0, 9), "550 5.7.1");
}

TEST_F (AgentReload, SighupReadsAgainAtOnce)
{
  const std::string listen = listen_at (find_free_port ());

  agent.configure (listen + two_places (1, 2));
  agent.start ();
  agent.configure (listen);
  agent.send_signal (SIGHUP);
  EXPECT_TRUE (agent.logs ("event=configured accounts=0")) << agent.log ();
  EXPECT_EQ (ask_mail ().substr (0, 9), "550 5.7.1");
  EXPECT_EQ (agent.stop (), 0);
}

TEST_F (AgentReload, ListenIsChangedLive)
{
  const guint16 before = find_free_port ();
  const guint16 after = find_free_port ();
  ScriptedServer server (accept_message ("BEFORE"));

  agent.configure (listen_at (before) + two_places (server.port (), 2));
  agent.start ();
  const auto program = connect_program (agent.port ());

  say_line (*program, "");
  say_line (*program, "EHLO localhost");
  say_line (*program, "MAIL FROM:<terri@proseware.com>");
  agent.configure (listen_at (after) + two_places (server.port (), 2));
  ASSERT_TRUE (run_until ([&] { return agent.port () == after; })) << agent.log ();
  EXPECT_EQ (ask_mail ().substr (0, 4), "250 ");
  EXPECT_EQ (agent.ask ({ "status" }, "$.listening[*]"),
             "[\"127.0.0.1:" + std::to_string (after) + "\"]");
  /* Who was connected goes on, in the middle of a transaction. */
  say_line (*program, "RCPT TO:<kim@adatum.com>");
  say_line (*program, "DATA");
  expect_in ("BEFORE", say_line (*program, TEST_MESSAGE));
  EXPECT_EQ (say_line (*program, "NOOP").substr (0, 4), "250 ");
  program->heard.clear ();
  EXPECT_EQ (agent.stop (), 0);
  EXPECT_TRUE (program->hears_part ("421 4.3.2 ")) << program->heard;
}

/* A stop has 12 s for who waits for an answer, by whatever address it came. */
TEST_F (AgentReload, StopWaitsForAProgramOfTheFormerAddress)
{
  const guint16 before = find_free_port ();
  const guint16 after = find_free_port ();
  ScriptedServer server (accept_content_and_hang ());

  agent.configure (listen_at (before) + two_places (server.port (), 2));
  agent.start ();
  const auto program = connect_program (agent.port ());

  begin_message (*program);
  ASSERT_TRUE (run_until ([&] { return !server.content ().empty (); }));
  agent.configure (listen_at (after) + two_places (server.port (), 2));
  ASSERT_TRUE (run_until ([&] { return agent.port () == after; })) << agent.log ();
  agent.send_signal (SIGTERM);
  ASSERT_TRUE (run_until (
      [&] { return program->heard.find ("\r\n") != std::string::npos; }, 20000));
  EXPECT_EQ (program->heard.find ("250 2.0.0 Queued as "), 0u) << program->heard;
  EXPECT_EQ (agent.wait (), 0) << agent.log ();
}

/* Twenty ports in a row are tried; all of these are somebody else's. */
TEST_F (AgentReload, NothingToListenOnIsToldAndMended)
{
  std::vector<int> taken;
  const std::string good = listen_at (find_free_port ()) + two_places (1, 2);

  for (int port = 65516; port <= 65535; port++)
    {
      sockaddr_in address = {};
      const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

      address.sin_family = AF_INET;
      address.sin_port = htons ((guint16) port);
      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      /* Where another program has it, it is taken as well. */
      if (bind (fd, (sockaddr *) &address, sizeof address) == 0)
        listen (fd, 1);
      taken.push_back (fd);
    }
  agent.configure (good);
  agent.start ();
  agent.configure (listen_at (65516) + two_places (1, 2));
  ASSERT_TRUE (agent.logs ("port 65516 and the 19 behind it are taken"))
      << agent.log ();
  EXPECT_EQ (agent.ask ({ "status" }, "$.listening[*]"), "[]");
  agent.configure (good);
  EXPECT_TRUE (
      run_until ([&] { return agent.ask ({ "status" }, "$.listening[*]") != "[]"; }));
  EXPECT_EQ (ask_mail ().substr (0, 4), "250 ");
  EXPECT_EQ (agent.stop (), 0);
  for (int fd : taken)
    close (fd);
}

TEST_F (AgentReload, SocketsOfSystemdStayWhateverListenSays)
{
  const std::string port = std::to_string (find_free_port ());

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.spawn ({ "systemd-socket-activate", "--listen=127.0.0.1:" + port });
  ASSERT_TRUE (agent.logs ("Listening on")) << agent.log ();
  const auto program = connect_program ((guint16) std::stoi (port));

  EXPECT_EQ (say_line (*program, "").substr (0, 4), "220 ") << agent.log ();
  agent.configure (listen_at (find_free_port ()) + two_places (1, 3));
  ASSERT_TRUE (run_until ([&] {
    return agent
               .ask ({ "explain", "--from", "terri@proseware.com", "--to",
                       "kim@adatum.com", "--network", "work" },
                     "$..routes[*].endpoint")
               .find (":3\"")
           != std::string::npos;
  }));
  EXPECT_EQ (agent.ask ({ "status" }, "$.listening[*]"),
             "[\"127.0.0.1:" + port + "\"]");
  EXPECT_EQ (say_line (*program, "EHLO localhost").substr (0, 4), "250 ");
}

} // namespace
