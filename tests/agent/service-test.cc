/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent at work: which way a message goes as the laptop moves, what the command
 * line tells of it, a password from its proof to its use. */
#include <algorithm>

#include "../credentials/private-keyring.h"
#include "login-scripts.h"
#include "upstream-scripts.h"

namespace
{

class AgentService : public testing::Test
{
protected:
  void
  start_between (guint16 at_home, guint16 at_work)
  {
    agent.configure (listen_at (find_free_port ()) + two_places (at_home, at_work));
    agent.start ();
  }

  RunningAgent agent;
};

/* ---- roaming ---- */

TEST_F (AgentService, NextMessageGoesByTheServerOfThePlace)
{
  ScriptedServer home (accept_message ("ATHOME"));
  ScriptedServer work (accept_message ("ATWORK"));

  start_between (home.port (), work.port ());
  const std::string first = send_message (agent.port (), "kim@adatum.com");

  expect_in ("250 2.0.0 Ok: queued as ATHOME", first);
  const gint64 begin_us = g_get_monotonic_time ();

  agent.move_to (AT_WORK);
  ASSERT_TRUE (agent.logs ("event=surroundings network=work"));
  EXPECT_LT (g_get_monotonic_time () - begin_us, G_USEC_PER_SEC);
  expect_in ("250 2.0.0 Ok: queued as ATWORK",
             send_message (agent.port (), "kim@adatum.com"));
  for (const ScriptedServer *server : { &home, &work })
    {
      EXPECT_EQ (server->problem (), "");
      EXPECT_EQ (server->content (), TEST_MESSAGE "\r\n");
    }
}

TEST_F (AgentService, NoWayFromTheHotelIsKeptAndNobodyIsAsked)
{
  ScriptedServer home (accept_message ("ATHOME"));
  ScriptedServer work (accept_message ("ATWORK"));

  agent.move_to (AT_HOTEL);
  start_between (home.port (), work.port ());
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  EXPECT_EQ (answer.find ("250 2.0.0 Queued as "), 0u) << answer;
  expect_in ("home", answer);
  EXPECT_EQ (home.n_connections (), 0u);
  EXPECT_EQ (work.n_connections (), 0u);
  EXPECT_EQ (agent.ask ({ "queue", "list" }, "$[*].state"), "[\"waiting\"]");
  agent.move_to (AT_HOME);
  EXPECT_TRUE (run_until ([&] { return !home.content ().empty (); }))
      << "it leaves by itself at home";
  EXPECT_TRUE (run_until ([&] {
    return agent.ask ({ "queue", "list" }, "$[*].state") == "[]";
  }));
}

bool
is_listening (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, nullptr, nullptr);

  return connection != nullptr;
}

/* The program has gone long since: only the server is to answer. */
TEST_F (AgentService, StopWaitsForTheServerPastTheEndOfData)
{
  std::atomic<bool> may_answer{ false };
  const Script begins = { say ("220 here\r\n"), expect ("EHLO"),
                          say ("250 here\r\n"), expect ("MAIL"),
                          say ("250 Ok\r\n"),   expect ("RCPT") };
  ScriptedServer home (
      { begins
            + Script{ say ("450 4.7.1 Greylisted\r\n"), expect ("RSET"),
                      say ("250 Ok\r\n"), expect ("QUIT"), say ("221 bye\r\n"),
                      cut () },
        begins
            + Script{ say ("250 Ok\r\n"), expect ("DATA"), say ("354 go ahead\r\n"),
                      read_content (), wait_for (may_answer), say ("250 Ok\r\n"),
                      hang () } });

  start_between (home.port (), 1);
  expect_in ("250 2.0.0 Queued as ", send_message (agent.port (), "kim@adatum.com"));
  EXPECT_TRUE (run_until ([&] { return home.n_finished () == 1; }));
  EXPECT_EQ (agent.tell ({ "queue", "flush" }).exit_code, 0);
  EXPECT_TRUE (run_until ([&] { return !home.content ().empty (); }));
  agent.send_signal (SIGTERM);
  EXPECT_TRUE (run_until ([&] { return !is_listening (agent.port ()); }));
  may_answer = true;
  EXPECT_EQ (agent.wait (), 0);
  agent.start ();
  EXPECT_EQ (agent.ask ({ "queue", "list" }, "$[*].state"), "[]") << "not in doubt";
}

/* ---- the command line ---- */

TEST_F (AgentService, StatusAndExplainTellTheRouteOfThePlace)
{
  start_between (11, 12);
  EXPECT_EQ (agent.ask ({ "status" }, "$.network"), "[\"home\"]");
  EXPECT_EQ (agent.ask ({ "status" }, "$.accounts[*].relaying.routes[*].server"),
             "[\"proseware\"]");
  EXPECT_EQ (
      agent.ask ({ "explain", "--from", "terri@proseware.com", "--to", "kim@adatum.com",
                   "--to", "pat@proseware.com", "--network", "work" },
                 "$.recipients[*].routes[*].server"),
      "[\"thephone\",\"proseware\",\"thephone\"]");

  agent.move_to (AT_WORK);
  ASSERT_TRUE (agent.logs ("event=surroundings network=work"));
  EXPECT_EQ (agent.ask ({ "status" }, "$.network"), "[\"work\"]");
  EXPECT_EQ (agent.ask ({ "status" }, "$.accounts[*].relaying.routes[*].server"),
             "[\"thephone\"]");
}

struct Mistake
{
  const char *name;
  std::vector<std::string> words;
  int exit_code;
};

void
PrintTo (const Mistake &mistake, std::ostream *stream)
{
  *stream << mistake.name;
}

class AgentRefuses : public testing::TestWithParam<Mistake>
{
};

TEST_P (AgentRefuses, WithAnExitCodeOfItsOwn)
{
  RunningAgent agent;

  agent.configure (listen_at (find_free_port ()) + two_places (1, 2));
  agent.start ();
  const ClientResult result = agent.tell (GetParam ().words, "secret\n");

  EXPECT_EQ (result.exit_code, GetParam ().exit_code) << result.errors;
  EXPECT_NE (result.errors, "");
  EXPECT_EQ (agent.stop (), 0);
}

INSTANTIATE_TEST_SUITE_P (
    Agent,
    AgentRefuses,
    testing::Values (
        Mistake{ "UnknownSender",
                 { "explain", "--from", "who@else.example", "--to", "kim@adatum.com" },
                 65 },
        Mistake{ "UnknownNetwork",
                 { "explain", "--from", "terri@proseware.com", "--to", "kim@adatum.com",
                   "--network", "moon" },
                 65 },
        Mistake{ "BadRecipient",
                 { "explain", "--from", "terri@proseware.com", "--to", "kim@@x" },
                 65 },
        Mistake{ "UnknownMessage", { "log", "ZZZZZZZZ" }, 65 },
        Mistake{ "UnknownAccount", { "login", "nobody" }, 65 },
        Mistake{ "UnknownServer", { "login", "terri", "--server", "moon" }, 65 },
        Mistake{ "NoServerWithPassword", { "login", "terri" }, 78 }),
    name_of<Mistake>);

TEST_F (AgentService, LogTellsTheStoryAndARestartForgetsNothing)
{
  ScriptedServer home (accept_message ("ATHOME"));

  start_between (home.port (), 2);
  send_message (agent.port (), "kim@adatum.com");
  const std::string id = agent.ask ({ "log" }, "$[0].id");
  const std::string name = id.substr (2, id.size () - 4);

  ASSERT_GE (name.size (), 4u) << id;
  EXPECT_EQ (agent.stop (), 0);
  agent.start ();
  EXPECT_EQ (agent.ask ({ "log" }, "$[*].outcome"), "[\"sent\"]");
  EXPECT_EQ (agent.ask ({ "log", name }, "$.sender"), "[\"terri@proseware.com\"]");
  EXPECT_EQ (agent.ask ({ "log", name }, "$.recipients[*]"), "[\"kim@adatum.com\"]");
  const std::string kinds = agent.ask ({ "log", name }, "$.steps[*].kind");

  for (const char *kind : { "received", "planned", "sent", "answered" })
    expect_in (std::string ("\"") + kind + "\"", kinds);
  expect_in ("queued as ATHOME", agent.ask ({ "log", name }, "$.steps[*].reply"));
  expect_in ("queued as ATHOME", agent.tell ({ "log", name }).output);
}

TEST_F (AgentService, SubjectIsInTheJournalOnlyWhereItIsWanted)
{
  ScriptedServer home (accept_message ("ATHOME"));

  agent.configure (listen_at (find_free_port ()) + "journal-subject=yes\n"
                   + two_places (home.port (), 2));
  agent.start ();
  send_message (agent.port (), "kim@adatum.com");
  EXPECT_EQ (agent.ask ({ "log" }, "$[0].subject"), "[\"hello\"]");
  const std::string id = agent.ask ({ "log" }, "$[0].id").substr (2, 8);

  expect_in ("\nSubject: hello\n", agent.tell ({ "log", id }).output);
}

TEST_F (AgentService, SubjectIsNotInTheJournalUnasked)
{
  ScriptedServer home (accept_message ("ATHOME"));

  start_between (home.port (), 2);
  send_message (agent.port (), "kim@adatum.com");
  EXPECT_EQ (agent.ask ({ "log" }, "$[*].subject"), "[]");
}

TEST_F (AgentService, WhatAPlaceTaughtIsShownKeptAndForgotten)
{
  ScriptedServer home ({ say ("220 here\r\n"), expect ("EHLO"), say ("250 here\r\n"),
                         expect ("MAIL"), say ("250 Ok\r\n"), expect ("RCPT"),
                         say ("550 5.7.1 relaying denied\r\n"), hang () });

  start_between (home.port (), 2);
  send_message (agent.port (), "kim@adatum.com");
  auto find_lessons = [&] { return agent.ask ({ "network", "list" }, "$[0].lessons"); };

  expect_in ("[\"relay-denied\",\"proseware\"]", find_lessons ());
  /* What waits in the queue would be denied again. */
  const std::string id = agent.ask ({ "queue", "list" }, "$[0].id");
  EXPECT_EQ (agent.tell ({ "queue", "hold", id.substr (2, 8) }).exit_code, 0) << id;
  EXPECT_EQ (agent.stop (), 0);
  agent.start ();
  expect_in ("[\"relay-denied\",\"proseware\"]", find_lessons ());
  EXPECT_EQ (agent.tell ({ "network", "forget" }).exit_code, 0);
  EXPECT_EQ (find_lessons (), "[[]]");
  EXPECT_EQ (agent.stop (), 0);
  agent.start ();
  EXPECT_EQ (find_lessons (), "[[]]");
}

TEST_F (AgentService, WhatElsewhereTaughtIsNotForgottenHere)
{
  ScriptedServer home ({ say ("220 here\r\n"), expect ("EHLO"), say ("250 here\r\n"),
                         expect ("MAIL"), say ("250 Ok\r\n"), expect ("RCPT"),
                         say ("550 5.7.1 relaying denied\r\n"), hang () });
  auto find_lessons = [&] { return agent.ask ({ "network", "list" }, "$[0].lessons"); };

  start_between (home.port (), 2);
  send_message (agent.port (), "kim@adatum.com");
  expect_in ("relay-denied", find_lessons ());
  agent.move_to (AT_WORK);
  ASSERT_TRUE (agent.logs ("event=surroundings network=work"));
  EXPECT_EQ (agent.tell ({ "network", "forget" }).exit_code, 0);
  expect_in ("relay-denied", find_lessons ());
}

/* ---- a password ---- */

bool
holds_password_within (const std::string &folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder.c_str (), 0, nullptr);
  const char *name;

  if (dir == nullptr)
    return holds_password (RunningAgent::read (folder));
  while ((name = g_dir_read_name (dir)) != nullptr)
    if (holds_password_within (folder + "/" + name))
      return true;

  return false;
}

TEST_F (AgentService, PasswordIsProvedKeptUsedAndNowhereToBeSeen)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  ScriptedServer server ({ tls_login + bye, tls_login + message + bye });

  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  const ClientResult login =
      agent.tell ({ "login", "terri", "--json" }, TEST_PASSWORD "\n");
  const Json report (login.output);

  EXPECT_EQ (login.exit_code, 0) << login.errors;
  EXPECT_EQ (report.find ("$[*].outcome"), "[\"accepted\"]");
  EXPECT_EQ (report.find ("$[*].stored"), "[true]");

  /* Nobody types it again: it comes from the keyring, after a restart too. */
  EXPECT_EQ (agent.stop (), 0);
  const std::string first_log = agent.log ();

  agent.start ();
  expect_in ("queued as SECRETLY", send_message (agent.port (), "kim@adatum.com"));
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 2; }));
  EXPECT_EQ (server.problem (), "");
  EXPECT_TRUE (holds_password (server.tls_log ()));
  EXPECT_FALSE (holds_password (server.clear_log ()));

  const std::string told = agent.tell ({ "status", "--json" }).output
                           + agent.tell ({ "log", "--json" }).output
                           + agent.tell ({ "diagnose", "--json" }).output;
  EXPECT_FALSE (holds_password (login.output + login.errors));
  EXPECT_FALSE (holds_password (told));
  EXPECT_FALSE (holds_password (first_log + agent.log ()));
  EXPECT_FALSE (
      holds_password (RunningAgent::read ("/proc/" + agent.pid () + "/environ")
                      + RunningAgent::read ("/proc/" + agent.pid () + "/cmdline")));
  EXPECT_EQ (agent.stop (), 0);
  /* Folder of state, runtime, configuration and logs. */
  EXPECT_FALSE (holds_password_within (agent.folder ()));
}

TEST_F (AgentService, MailWaitsForItsPasswordAndLeavesWithIt)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  ScriptedServer server ({ tls_login + bye, tls_login + message + bye });

  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  expect_in ("250 2.0.0 Queued as ", send_message (agent.port (), "kim@adatum.com"));
  EXPECT_EQ (server.n_connections (), 0u);
  EXPECT_EQ (agent.tell ({ "login", "terri" }, TEST_PASSWORD "\n").exit_code, 0);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 2; }));
  EXPECT_TRUE (run_until ([&] {
    return agent.ask ({ "queue", "list" }, "$[*].state") == "[]";
  }));
}

TEST_F (AgentService, MailWaitsForTheKeyringAndLeavesWhenItIsUnlocked)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  ScriptedServer server ({ tls_login + bye, tls_login + message + bye });

  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  EXPECT_EQ (agent.tell ({ "login", "terri" }, TEST_PASSWORD "\n").exit_code, 0);
  keyring.lock ();
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  expect_in ("250 2.0.0 Queued as ", answer);
  expect_in ("unlock", answer);
  EXPECT_EQ (server.n_connections (), 1u) << "nothing goes without the password";
  keyring.unlock ();
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 2; }));
  EXPECT_TRUE (run_until ([&] {
    return agent.ask ({ "queue", "list" }, "$[*].state") == "[]";
  }));
}

TEST_F (AgentService, WrongPasswordIsNotKept)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  ScriptedServer server (tls_refusal);

  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  const ClientResult login =
      agent.tell ({ "login", "terri", "--json" }, TEST_PASSWORD "\n");

  EXPECT_EQ (login.exit_code, 77) << login.errors;
  EXPECT_EQ (Json (login.output).find ("$[*].outcome"), "[\"refused\"]");
  EXPECT_EQ (Json (login.output).find ("$[*].stored"), "[false]");
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  EXPECT_EQ (answer.find ("250 2.0.0 Queued as "), 0u) << answer;
  EXPECT_EQ (server.n_connections (), 1u) << "a login without a password";
}

/* What a command of the user's is started with is seen by every program of the user. */
TEST_F (AgentService, SecretCommandFindsNoSecretAndNoSocketOfOurs)
{
  ScriptedServer server (tls_login + message + bye);
  const std::string seen = agent.folder () + "/seen";
  const std::string listen = "127.0.0.1:" + std::to_string (find_free_port ());

  agent.configure (listen_at (find_free_port ()) + with_password (server.port ())
                   + "secret-command=(env; ls -l /proc/self/fd) > " + seen
                   + "; echo '" TEST_PASSWORD "'\n");
  agent.spawn ({ "systemd-socket-activate", "--listen=" + listen });
  ASSERT_TRUE (agent.logs ("Listening on")) << agent.log ();
  expect_in ("queued as SECRETLY",
             send_message ((guint16) std::stoi (listen.substr (10)), "kim@adatum.com"));
  const std::string text = RunningAgent::read (seen);

  expect_in ("HOME=", text);
  EXPECT_EQ (text.find ("LISTEN_"), std::string::npos) << text;
  EXPECT_EQ (text.find ("socket:"), std::string::npos) << text;
  EXPECT_FALSE (holds_password (text));
  EXPECT_FALSE (holds_password (agent.log ()));
}

} // namespace
