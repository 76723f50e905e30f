/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One agent through all that it does with secrets, told to log as much as it can: what
 * it wrote, said, started and stored afterwards holds none of them. */
#include <thread>

#include "../credentials/private-keyring.h"
#include "bus-recorders.h"
#include "secrets-scan.h"
#include "upstream-scripts.h"

namespace
{

#define USER "terri@proseware.com"
/* Each one only for this test, and of letters that every form writes differently. */
#define RIGHT_PASSWORD "kv8/quitte+birne=31"
#define WRONG_PASSWORD "xw2/mispel+hagen=47"
#define POP_PASSWORD "zj5/holder+apfel=59"
#define PRINTED_PASSWORD "qd9/melone+pilze=83"

const Script greeting = { start_tls (), say ("220 here\r\n"), expect ("EHLO"),
                          say ("250-here\r\n250 AUTH PLAIN\r\n"),
                          expect ("AUTH PLAIN") };
const Script accepted = { say ("235 2.7.0 welcome\r\n") };
const Script refused = { say ("535 5.7.8 Error: authentication failed\r\n"), hang () };
const Script bye = { expect ("QUIT"), say ("221 bye\r\n"), cut () };

Script
message (const std::string &answer)
{
  return { expect ("MAIL"),    say ("250 Ok\r\n"), expect ("RCPT"),
           say ("250 Ok\r\n"), expect ("DATA"),    say ("354 go ahead\r\n"),
           read_content (),    say (answer) };
}

const Script pop_login = { start_tls (),    say ("+OK here\r\n"),
                           expect ("CAPA"), say ("+OK\r\nUSER\r\n.\r\n"),
                           expect ("USER"), say ("+OK\r\n"),
                           expect ("PASS"), say ("+OK\r\n") };

std::string
endpoint (const char *scheme, const ScriptedServer &server)
{
  return std::string (scheme) + "://127.0.0.1:" + std::to_string (server.port ())
         + "\nuser=" USER "\nca-file=" + ThrowawayCa::instance ().ca_file () + "\n";
}

/* A desktop that shows notices. */
class PlayedDesktop
{
public:
  explicit PlayedDesktop (const PrivateBus &bus) : connection_ (bus.connect ())
  {
    static const GDBusInterfaceVTable vtable = { on_call, nullptr, nullptr, {} };
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.Notifications'>"
        "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
        "<method name='GetServerInformation'><arg type='s' direction='out'/>"
        "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
        "<arg type='s' direction='out'/></method>"
        "<method name='Notify'><arg type='s' direction='in'/><arg type='u'"
        " direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='a{sv}'"
        " direction='in'/><arg type='i' direction='in'/><arg type='u'"
        " direction='out'/></method><method name='CloseNotification'><arg type='u'"
        " direction='in'/></method></interface></node>",
        nullptr);

    registration_ = g_dbus_connection_register_object (
        connection_, "/org/freedesktop/Notifications", node->interfaces[0], &vtable,
        this, nullptr, nullptr);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName",
        g_variant_new ("(su)", "org.freedesktop.Notifications", 0u), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  PlayedDesktop (const PlayedDesktop &) = delete;
  PlayedDesktop &operator= (const PlayedDesktop &) = delete;

  ~PlayedDesktop ()
  {
    g_dbus_connection_unregister_object (connection_, registration_);
    g_dbus_connection_close_sync (connection_, nullptr, nullptr);
    g_object_unref (connection_);
  }

  guint n_shown = 0;

private:
  static void
  on_call (GDBusConnection *,
           const char *,
           const char *,
           const char *,
           const char *method,
           GVariant *,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
  {
    auto *self = static_cast<PlayedDesktop *> (user_data);
    const char *capabilities[] = { "body", "actions", nullptr };
    GVariant *answer = nullptr;

    if (g_str_equal (method, "Notify"))
      answer = g_variant_new ("(u)", ++self->n_shown);
    else if (g_str_equal (method, "GetCapabilities"))
      answer = g_variant_new ("(^as)", capabilities);
    else if (g_str_equal (method, "GetServerInformation"))
      answer = g_variant_new ("(ssss)", "played", "test", "1", "1.2");
    g_dbus_method_invocation_return_value (invocation, answer);
  }

  GDBusConnection *connection_;
  guint registration_;
};

class SecretsScanTest : public testing::Test
{
protected:
  SecretsScanTest ()
      : keyring (bus), session (bus), desktop (bus),
        direct ({ greeting + accepted + bye, greeting + refused,
                  greeting + accepted + message ("250 2.0.0 Ok: queued as A\r\n") + bye,
                  greeting + refused }),
        after_pop (Script{ say ("220 here\r\n"), expect ("EHLO"), say ("250 here\r\n") }
                   + message ("250 2.0.0 Ok: queued as B\r\n") + bye),
        pop ({ pop_login + bye_of_pop (), pop_login + bye_of_pop () }),
        printed (
            { greeting + accepted + message ("250 2.0.0 Ok: queued as C\r\n") + bye,
              greeting + accepted + bye })
  {
    scan.add_secret ("the password", RIGHT_PASSWORD, USER);
    scan.add_secret ("the wrong password", WRONG_PASSWORD, USER);
    scan.add_secret ("the POP password", POP_PASSWORD, USER);
    scan.add_secret ("the printed password", PRINTED_PASSWORD, USER);
    EXPECT_TRUE (
        g_file_set_contents (store.c_str (), PRINTED_PASSWORD "\n", -1, nullptr));
    agent.names_runtime_folder = false;
    agent.set_environment ("XDG_RUNTIME_DIR", agent.folder ());
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    agent.set_environment ("G_MESSAGES_DEBUG", "all");
    /* What is freed is to be wiped by us, not by the test's allocator. */
    agent.set_environment ("MALLOC_PERTURB_", "0");
    agent.runtime_folder = agent.folder () + "/roampost";
  }

  ~SecretsScanTest () override
  {
    g_unlink (store.c_str ());
  }

  static Script
  bye_of_pop ()
  {
    return { expect ("QUIT"), say ("+OK\r\n"), cut () };
  }

  /* What the programs above a command are started with, up to the first process. */
  std::string
  tell_ancestors () const
  {
    return "p=$$; while [ \"$p\" -gt 1 ]; do cat /proc/$p/environ /proc/$p/cmdline; "
           "p=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$p/status); done >> "
           + seen ();
  }

  std::string
  seen () const
  {
    return agent.folder () + "/seen";
  }

  std::string
  configuration () const
  {
    return listen_at (find_free_port ())
           + "[account terri]\naddress=" USER "\nservers=direct\n"
             "[account pop]\naddress=pop@proseware.com\nservers=popped\n"
             "[account printed]\naddress=printed@proseware.com\nservers=printed\n"
             "[server direct]\naccess=password\nendpoints="
           + endpoint ("smtps", direct)
           + "[server popped]\naccess=pop\nendpoints=smtp+insecure://127.0.0.1:"
           + std::to_string (after_pop.port ()) + "\npop=" + endpoint ("pop3s", pop)
           + "[server printed]\naccess=password\nsecret-command=" + tell_ancestors ()
           + "; cat " + store + "\nendpoints=" + endpoint ("smtps", printed);
  }

  /* Runs the command line through the relay, and keeps what it says. */
  ClientResult
  tell (const std::vector<std::string> &words, const std::string &input = "")
  {
    const ClientResult result = agent.tell (words, input);

    said += result.output + result.errors;
    return result;
  }

  std::string
  send_as (const std::string &sender)
  {
    const std::unique_ptr<Program> program = connect_program (agent.port ());
    std::string reply = say_line (*program, "");

    for (const std::string &line :
         { std::string ("EHLO localhost"), "MAIL FROM:<" + sender + ">",
           std::string ("RCPT TO:<kim@adatum.com>"), std::string ("DATA"),
           std::string ("Subject: hello\r\n\r\nA line\r\n.") })
      reply = say_line (*program, line);
    said += reply;
    return reply;
  }

  /* The agent's memory, as soon as the connection is closed. What is freed without
   * being wiped stays until something else needs the place. */
  void
  expect_wiped (const char *when)
  {
    std::string found;

    EXPECT_TRUE (run_until ([&] {
      return (found = scan.find_in_memory (agent.pid ())).empty ();
    })) << when
        << ": " << found;
  }

  PrivateBus bus;
  PrivateKeyring keyring;
  SessionBusRecorder session;
  PlayedDesktop desktop;
  ScriptedServer direct;
  ScriptedServer after_pop;
  ScriptedServer pop;
  ScriptedServer printed;
  RunningAgent agent;
  SecretsScan scan;
  std::string said;
  /* Where the command has its password from; everybody's own business. */
  const std::string store = agent.folder () + ".store";
};

TEST_F (SecretsScanTest, NothingButServersAndTheKeyringEverSeesASecret)
{
  agent.configure (configuration ());
  agent.start ();
  {
    SocketRecorder socket (agent.folder () + "/relay", agent.runtime_folder);

    agent.runtime_folder = agent.folder () + "/relay";

    /* Kept, refused, kept for POP. */
    EXPECT_EQ (tell ({ "login", "terri", "--json" }, RIGHT_PASSWORD "\n").exit_code, 0)
        << said << agent.log ();
    expect_wiped ("kept");
    EXPECT_NE (tell ({ "login", "terri", "--json" }, WRONG_PASSWORD "\n").exit_code, 0);
    expect_wiped ("refused");
    EXPECT_EQ (tell ({ "login", "pop", "--json" }, POP_PASSWORD "\n").exit_code, 0)
        << said << agent.log ();
    expect_wiped ("kept for POP");

    /* Used, by each way; the last one is refused, and its message kept. */
    expect_in ("queued as A", send_as (USER));
    expect_wiped ("used");
    expect_in ("queued as B", send_as ("pop@proseware.com"));
    expect_wiped ("used for POP");
    expect_in ("queued as C", send_as ("printed@proseware.com"));
    expect_wiped ("printed");
    expect_in ("Queued as ", send_as (USER));
    expect_wiped ("refused later");
    EXPECT_NE (tell ({ "account", "test", "terri", "--json" }).exit_code, 0);
    EXPECT_EQ (tell ({ "account", "test", "printed", "--json" }).exit_code, 0) << said;
    expect_wiped ("tried");
    EXPECT_TRUE (run_until ([&] { return desktop.n_shown > 0; })) << agent.log ();

    for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{
             { "status", "--json" },
             { "explain", "--from", USER, "--to", "kim@adatum.com", "--json" },
             { "log", "--json" },
             { "queue", "--json" },
             { "queue", "show", "--json" },
             { "account", "list", "--json" },
             { "server", "list", "--json" },
             { "network", "list", "--json" },
             { "config", "check", "--json" },
             { "config", "reload" },
             { "status" },
             { "log" },
             { "queue" } })
      EXPECT_NE (tell (words).output + said, "");

    EXPECT_EQ (tell ({ "logout", "terri", "--json" }).exit_code, 0) << said;

    EXPECT_EQ (scan.find_in ("the agent's socket", socket.recorded ()), "");
    expect_in ("GetStatus", socket.recorded ());
    expect_in ("Login", socket.recorded ());
  }

  const std::string proc = "/proc/" + agent.pid ();
  const std::string children = SecretsScan::read (seen ());
  const std::string on_session_bus = session.recorded ();

  EXPECT_EQ (scan.find_in ("what was said", said), "");
  EXPECT_EQ (scan.find_in ("the log", agent.log () + agent.output ()), "");
  EXPECT_EQ (scan.find_in ("the session bus", on_session_bus), "");
  EXPECT_EQ (scan.find_in ("the environment of children", children), "");
  EXPECT_EQ (scan.find_in_folder (agent.folder ()), "");
  EXPECT_EQ (scan.find_in_folder (bus.folder ()), "") << "the keyring encrypts";

  /* What was searched was there to be searched. */
  expect_in ("event=sent ", agent.log ());
  expect_in ("DEBUG", agent.output ());
  expect_in ("G_MESSAGES_DEBUG=all", children);
  expect_in ("roampost-agent", children);
  expect_in ("dh-ietf1024-sha256-aes128-cbc-pkcs7", on_session_bus);
  expect_in ("Notify", on_session_bus);
  expect_in ("SQLite format 3",
             SecretsScan::read (agent.state_folder + "/roampost.db"));
  EXPECT_NE (scan.find_in ("TLS", direct.tls_log ()), "");
  EXPECT_NE (scan.find_in ("TLS", pop.tls_log ()), "");
  EXPECT_NE (scan.find_in ("TLS", printed.tls_log ()), "");
  for (const ScriptedServer *server : { &direct, &after_pop, &pop, &printed })
    {
      EXPECT_EQ (server->problem (), "");
      EXPECT_EQ (scan.find_in ("clear text", server->clear_log ()), "");
    }

  /* Too little for a file, and the value with which core(5) writes to no program. */
  expect_in ("Max core file size        1                    1 ",
             RunningAgent::read (proc + "/limits"));
  SecretsScan no_secret;

  no_secret.add_secret ("the user", USER);
  EXPECT_NE (no_secret.find_in_memory (agent.pid ()), "") << "memory can be read";
}

} // namespace
