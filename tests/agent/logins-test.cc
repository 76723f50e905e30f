/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent at being let in: what is stored, tried with and forgotten. */
#include "../credentials/private-keyring.h"
#include "bus/rp-bus-path.h"
#include "server-maker.h"
#include "upstream-scripts.h"

namespace
{

const Script hello = { start_tls (), say ("220 here\r\n"), expect ("EHLO"),
                       say ("250-here\r\n250 AUTH PLAIN\r\n") };
const Script welcome = { expect ("AUTH PLAIN"), say ("235 2.7.0 welcome\r\n"),
                         expect ("QUIT"), say ("221 bye\r\n"), cut () };
const Script switched_off = {
  expect ("AUTH PLAIN"),
  say ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled "
       "for the Mailbox.\r\n"),
  hang ()
};
const Script only_hello = { expect ("QUIT"), say ("221 bye\r\n"), cut () };

std::string
endpoint (guint16 port)
{
  return "smtps://127.0.0.1:" + std::to_string (port);
}

std::string
server_group (const std::string &name,
              const std::string &endpoints,
              const std::string &more)
{
  return "[server " + name + "]\nendpoints=" + endpoints + "\n" + more
         + "ca-file=" + ThrowawayCa::instance ().ca_file () + "\n";
}

const char *const with_password = "access=password\nuser=" TEST_USER "\n";

class AgentLogins : public testing::Test
{
protected:
  void
  start (const std::string &servers, const std::string &groups)
  {
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    agent.configure (listen_at (find_free_port ())
                     + "[account terri]\naddress=terri@proseware.com\nservers="
                     + servers + "\n" + groups);
    agent.start ();
  }

  void
  log_in ()
  {
    EXPECT_EQ (agent.tell ({ "login", "terri" }, TEST_PASSWORD "\n").exit_code, 0);
  }

  PrivateBus bus;
  PrivateKeyring keyring{ bus };
  RunningAgent agent;
};

TEST_F (AgentLogins, WhatWasStoredIsTriedAndForgotten)
{
  ScriptedServer server ({ hello + welcome, hello + welcome });

  start ("proseware",
         server_group ("proseware", endpoint (server.port ()), with_password));
  log_in ();
  const ClientResult tested = agent.tell ({ "account", "test", "terri", "--json" });

  EXPECT_EQ (tested.exit_code, 0) << tested.errors;
  const Json ways (tested.output);
  EXPECT_EQ (ways.find ("$[*].ways[*].outcome"), "[\"accepted\"]");
  EXPECT_EQ (ways.find ("$[*].ways[*].mechanism"), "[\"PLAIN\"]");
  EXPECT_EQ (ways.find ("$[*].ways[*].tls"), "[\"implicit\"]");
  EXPECT_EQ (ways.find ("$[*].ways[*].reply"), "[\"235 2.7.0 welcome\"]");

  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"), "[\"removed\"]");
  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"), "[\"nothing\"]");
  const ClientResult missing = agent.tell ({ "account", "test", "terri", "--json" });

  EXPECT_EQ (missing.exit_code, 77);
  EXPECT_EQ (Json (missing.output).find ("$[*].ways[*].outcome"), "[\"missing\"]");
  EXPECT_EQ (server.n_connections (), 2u) << "nobody is called without a password";
  EXPECT_EQ (server.problem (), "");
}

TEST_F (AgentLogins, LogoutOfOneServerLeavesTheOthers)
{
  ScriptedServer home ({ hello + welcome });
  ScriptedServer work ({ hello + welcome });
  const std::string at_work =
      "smtps://localhost:" + std::to_string (work.port ()); /* another host */

  start ("home;work", server_group ("home", endpoint (home.port ()), with_password)
                          + server_group ("work", at_work, with_password));
  log_in ();
  EXPECT_EQ (agent.ask ({ "logout", "terri", "--server", "work" }, "$[*].outcome"),
             "[\"removed\"]");
  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"),
             "[\"removed\",\"nothing\"]");
}

TEST_F (AgentLogins, LogoutFindsALockedKeyring)
{
  ScriptedServer server ({ hello + welcome });

  start ("proseware",
         server_group ("proseware", endpoint (server.port ()), with_password));
  log_in ();
  keyring.lock ();
  const ClientResult result = agent.tell ({ "logout", "terri", "--json" });

  EXPECT_EQ (result.exit_code, 69) << result.errors;
  EXPECT_EQ (Json (result.output).find ("$[*].outcome"), "[\"locked\"]");
}

TEST_F (AgentLogins, LogoutNamesOnlyWhatTheServerUses)
{
  agent.set_environment ("ROAMPOST_PROVIDERS_DIR",
                         std::string (g_getenv ("RP_TEST_SOURCE_DIR"))
                             + "/../data/providers");
  keyring.stop ();
  start ("mail",
         server_group ("mail", "smtps://127.0.0.1:1",
                       "access=oauth2\noauth-provider=google\nuser=" TEST_USER "\n"));
  const ClientResult result = agent.tell ({ "logout", "terri", "--json" });

  EXPECT_EQ (result.exit_code, 69) << result.errors;
  EXPECT_EQ (Json (result.output).find ("$[*].kind"), "[\"sign-in\"]");
  EXPECT_EQ (Json (result.output).find ("$[*].outcome"), "[\"failed\"]");
}

/* Two accounts know one user at one host: by a password, and by a sign-in. */
TEST_F (AgentLogins, LogoutLeavesThePasswordOfAnotherAccount)
{
  ScriptedServer server ({ hello + welcome });
  const std::string at = endpoint (server.port ());

  agent.set_environment ("ROAMPOST_PROVIDERS_DIR",
                         std::string (g_getenv ("RP_TEST_SOURCE_DIR"))
                             + "/../data/providers");
  start ("mail", server_group ("mail", at, with_password)
                     + "[account own]\naddress=own@proseware.com\nservers=own\n"
                     + server_group ("own", at,
                                     "access=oauth2\noauth-provider=google\n"
                                     "user=" TEST_USER "\n"));
  log_in ();
  EXPECT_EQ (agent.ask ({ "logout", "own" }, "$[*].outcome"), "[\"nothing\"]");
  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"), "[\"removed\"]");
}

TEST_F (AgentLogins, CommandKeepsItsPasswordAtLogout)
{
  start ("proseware",
         server_group ("proseware", "smtps://127.0.0.1:1",
                       std::string (with_password) + "secret-command=echo x\n"));
  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"), "[\"elsewhere\"]");
}

TEST_F (AgentLogins, TestNamesTheSwitchOfARefusal)
{
  ScriptedServer server ({ hello + switched_off });

  start ("proseware",
         server_group ("proseware", endpoint (server.port ()),
                       std::string (with_password) + "secret-command=echo x\n"));
  const ClientResult result = agent.tell ({ "account", "test", "terri" });

  EXPECT_EQ (result.exit_code, 77);
  expect_in ("535 5.7.139", result.output);
  expect_in ("→ Ask the administrator: Microsoft 365 admin center", result.output);
}

TEST_F (AgentLogins, TestConnectsWhereThereIsNoLoginAndAtALocation)
{
  ScriptedServer member ({ hello + only_hello });
  ScriptedServer place ({ hello + only_hello });

  start ("member;location",
         server_group ("member", endpoint (member.port ()), "access=network:home\n")
             + server_group ("place", endpoint (place.port ()), "access=network:home\n")
             + "[network home]\ngateway-mac=" AT_HOME "\nserver=place\n");
  const ClientResult result = agent.tell ({ "account", "test", "terri", "--json" });
  const Json ways (result.output);

  EXPECT_EQ (result.exit_code, 0) << result.output;
  EXPECT_EQ (ways.find ("$[*].ways[*].server"), "[\"member\",\"place\"]");
  EXPECT_EQ (ways.find ("$[*].ways[*].outcome"), "[\"connected\",\"connected\"]");
  EXPECT_EQ (ways.find ("$[*].ways[*].access"), "[]");
  EXPECT_EQ (member.problem () + place.problem (), "");
}

TEST_F (AgentLogins, TestTriesAllEndpointsAtOnce)
{
  ScriptedServer server ({ hello + welcome });
  std::atomic<bool> may_answer{ false };
  ScriptedServer slow ({ Script{ start_tls (), wait_for (may_answer),
                                 say ("554 5.7.1 not from here\r\n"), hang () } });

  start ("proseware",
         server_group ("proseware",
                       endpoint (slow.port ()) + ";" + endpoint (server.port ()),
                       std::string (with_password) + "secret-command=echo x\n"));
  ClientRun client;
  bool is_done = false;
  std::string output;

  client.set_environment ("ROAMPOST_RUNTIME_DIR", agent.runtime_folder);
  g_autoptr (GSubprocess) process =
      client.start ({ "account", "test", "terri" }, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  /* the second is through before the first has said a word */
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  may_answer = true;
  g_autoptr (GDataInputStream) stream =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while (!is_done)
    {
      g_autofree char *line =
          g_data_input_stream_read_line (stream, nullptr, nullptr, nullptr);

      is_done = line == nullptr;
      output += line == nullptr ? "" : std::string (line) + "\n";
    }
  expect_in ("takes nobody from here", output);
  expect_in ("554 5.7.1 not from here", output);
  expect_in ("accepts the password", output);
}

/* ---- the bus itself ---- */

TEST_F (AgentLogins, PasswordInNoPipeIsNoPassword)
{
  start ("proseware", server_group ("proseware", "smtps://127.0.0.1:1", with_password));
  g_autofree char *socket = rp_bus_path_dup_socket (agent.runtime_folder.c_str ());
  g_autofree char *address = rp_bus_path_dup_address (socket);
  g_autoptr (GError) error = nullptr;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, nullptr, nullptr, &error);

  ASSERT_NE (connection, nullptr) << error->message;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      connection, nullptr, RP_BUS_OBJECT_PATH, "org.roampost.Agent1", "Login",
      g_variant_new ("(sshb)", "terri", "", 0, FALSE), nullptr, G_DBUS_CALL_FLAGS_NONE,
      -1, nullptr, &error);

  EXPECT_EQ (answer, nullptr);
  ASSERT_NE (error, nullptr);
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  EXPECT_STREQ (name, "org.roampost.Error.NoSecret");
}

} // namespace
