/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in at a strict OAuth server with the command line and the agent, a keyring
 * and a mail server that is given the token. */
#include "../client/running-client.h"
#include "../credentials/private-keyring.h"
#include "bus/rp-bus-error.h"
#include "bus/rp-bus-path.h"
#include "rp-agent-interface.h"
#include "server-maker.h"
#include "upstream-scripts.h"

/* Both headers have a Json of their own. */
#define Json OAuthJson
#include "sign-in.h"
#undef Json

namespace
{

const Script hello = { start_tls (), say ("220 here\r\n"), expect ("EHLO"),
                       say ("250-here\r\n250 AUTH XOAUTH2\r\n") };
const Script welcome = { expect ("AUTH XOAUTH2"), say ("235 2.7.0 welcome\r\n"),
                         expect ("QUIT"), say ("221 bye\r\n"), cut () };
const Script refusal = { expect ("AUTH XOAUTH2"),
                         say ("535 5.7.3 Authentication unsuccessful\r\n"), hang () };

OAuthServerOptions
in_a_hurry ()
{
  OAuthServerOptions options;

  options.more = { { "device_interval_s", "1" } };
  return options;
}

class AgentSignIns : public testing::Test
{
protected:
  void
  start (guint16 port, const std::string &registration = "client-id=public\n")
  {
    const std::string folder = agent.folder () + "/XDG_CONFIG_HOME/roampost/providers";
    const std::string file = folder + "/example.conf";
    const std::string provider =
        "[provider]\ntitle=Example\nissuer=" + oauth.issuer ()
        + "\nscope=smtp.send offline_access\nregistration=https://example.net/apps\n"
          "redirect-path=/\nadvice=app-password\n"
        + registration;

    g_mkdir_with_parents (folder.c_str (), 0700);
    ASSERT_TRUE (g_file_set_contents (file.c_str (), provider.c_str (), -1, nullptr));
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    for (const char *name : { "DISPLAY", "WAYLAND_DISPLAY", "BROWSER" })
      agent.set_environment (name, "");
    agent.configure (listen_at (find_free_port ())
                     + "[account terri]\naddress=terri@proseware.com\n"
                       "servers=mail\n[server mail]\nendpoints=smtps://127.0.0.1:"
                     + std::to_string (port)
                     + "\naccess=oauth2\nuser=terri@proseware.com\n"
                       "oauth-provider=example\nca-file="
                     + ThrowawayCa::instance ().ca_file () + "\n");
    agent.start ();
  }

  // The command line in the middle of a sign-in.
  GSubprocess *
  begin (const std::vector<std::string> &words)
  {
    client.set_environment ("ROAMPOST_RUNTIME_DIR", agent.runtime_folder);
    client.set_environment ("XDG_CONFIG_HOME", agent.folder () + "/XDG_CONFIG_HOME");
    for (const char *name : { "DISPLAY", "WAYLAND_DISPLAY", "BROWSER" })
      client.set_environment (name, "");
    return client.start (words, (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                    | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                    | G_SUBPROCESS_FLAGS_STDERR_PIPE));
  }

  // The first address that is shown behind a line that has @words.
  static std::string
  read_address (Lines &lines, const std::string &words)
  {
    std::string line = lines.next ();

    while (line.find (words) == std::string::npos && line != "(end)")
      line = lines.next ();
    lines.next ();
    line = lines.next ();
    return line.size () > 2 ? line.substr (2) : line;
  }

  // Where a browser elsewhere, for which nobody listens, is led to.
  std::string
  lead_elsewhere (const std::string &address)
  {
    return SignIn (oauth).press (fetch (address), "allow").header ("Location");
  }

  static std::string
  read_rest (Lines &lines)
  {
    std::string all;

    for (std::string line = lines.next (); line != "(end)"; line = lines.next ())
      all += line + "\n";
    return all;
  }

  static int
  end (GSubprocess *process)
  {
    EXPECT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
    return g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process)
                                                : -1;
  }

  std::string
  state ()
  {
    return agent.ask ({ "status" }, "$.accounts[*].logins[*].state");
  }

  GDBusConnection *
  connect () const
  {
    g_autofree char *socket = rp_bus_path_dup_socket (agent.runtime_folder.c_str ());
    g_autofree char *address = rp_bus_path_dup_address (socket);

    return g_dbus_connection_new_for_address_sync (
        address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, nullptr, nullptr,
        nullptr);
  }

  static RpAgent1 *
  make_proxy (GDBusConnection *connection)
  {
    (void) RP_BUS_ERROR;
    return rp_agent1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_NONE, nullptr,
                                     RP_BUS_OBJECT_PATH, nullptr, nullptr);
  }

  static std::string
  begin_browser (RpAgent1 *proxy, std::string *id)
  {
    g_autofree char *text = nullptr;
    g_autoptr (GVariant) invitation = nullptr;
    g_autoptr (GError) error = nullptr;
    const char *address = "";

    rp_agent1_call_begin_sign_in_sync (proxy, "terri", "", "browser",
                                       g_variant_new ("a{sv}", nullptr), nullptr, &text,
                                       &invitation, nullptr, nullptr, &error);
    EXPECT_NE (invitation, nullptr) << error->message;
    if (invitation == nullptr)
      return "";
    *id = text;
    EXPECT_TRUE (g_variant_lookup (invitation, "address", "&s", &address));
    return address;
  }

  static guint16
  redirect_port (const std::string &address)
  {
    const std::string before = "redirect_uri=http%3A%2F%2F127.0.0.1%3A";
    const size_t at = address.find (before);

    EXPECT_NE (at, std::string::npos) << address;
    return at == std::string::npos
               ? 0
               : (guint16) std::stoi (address.substr (at + before.size ()));
  }

  static bool
  is_listening (guint16 port)
  {
    g_autoptr (GSocketClient) socket = g_socket_client_new ();
    g_autoptr (GSocketConnection) connection =
        g_socket_client_connect_to_host (socket, "127.0.0.1", port, nullptr, nullptr);

    return connection != nullptr;
  }

  OAuthServer oauth{ in_a_hurry () };
  PrivateBus bus;
  PrivateKeyring keyring{ bus };
  RunningAgent agent;
  ClientRun client;
};

TEST_F (AgentSignIns, CodeOfADeviceIsKeptTriedAndRevoked)
{
  ScriptedServer mail ({ hello + welcome, hello + welcome });

  start (mail.port ());
  EXPECT_EQ (state (), "[\"missing\"]");
  expect_in ("no-sign-in", agent.ask ({ "status" }, "$.attention"));

  g_autoptr (GSubprocess) process = begin ({ "login", "terri" });
  Lines lines (process);
  const std::string address = read_address (lines, "which has the code in it");

  oauth.visit (address);
  const std::string rest = read_rest (lines);

  expect_in ("accepts the sign-in, stored\n", rest);
  expect_in ("Signed in at Example as terri@proseware.com", rest);
  EXPECT_EQ (end (process), 0);
  EXPECT_EQ (state (), "[\"present\"]");
  EXPECT_EQ (agent.ask ({ "status" }, "$.attention"), "[[]]");

  const ClientResult tested = agent.tell ({ "account", "test", "terri" });

  EXPECT_EQ (tested.exit_code, 0) << tested.output;
  expect_in ("accepts the sign-in (TLS, XOAUTH2)", tested.output);
  EXPECT_EQ (mail.problem (), "");

  const ClientResult out = agent.tell ({ "logout", "terri" });

  EXPECT_EQ (out.output, "mail: sign-in: removed, and revoked at the provider\n");
  EXPECT_EQ (state (), "[\"missing\"]");
  ASSERT_EQ (oauth.grants ().size (), 1u);
  EXPECT_TRUE (oauth.grants ()[0].is ("is_revoked"));
}

TEST_F (AgentSignIns, BrowserComesBackToTheAgent)
{
  ScriptedServer mail ({ hello + welcome });

  start (mail.port ());
  g_autoptr (GDBusConnection) connection = connect ();
  g_autoptr (RpAgent1) proxy = make_proxy (connection);
  std::string id;
  const std::string address = begin_browser (proxy, &id);
  g_autoptr (GVariant) report = nullptr;
  g_autoptr (GError) error = nullptr;

  oauth.visit (address);
  ASSERT_TRUE (
      rp_agent1_call_await_sign_in_sync (proxy, id.c_str (), &report, nullptr, &error))
      << error->message;
  g_autofree char *text = g_variant_print (report, FALSE);
  expect_in ("'outcome': <'accepted'>", text);
  expect_in ("'mechanism': <'XOAUTH2'>", text);
  EXPECT_EQ (state (), "[\"present\"]");
  /* awaited once, it is over */
  EXPECT_FALSE (
      rp_agent1_call_await_sign_in_sync (proxy, id.c_str (), nullptr, nullptr, &error));
  EXPECT_TRUE (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_NO_SUCH_SIGN_IN));
}

TEST_F (AgentSignIns, PastedAddressIsTheAnswer)
{
  ScriptedServer mail ({ hello + welcome });

  start (mail.port ());
  g_autoptr (GSubprocess) process = begin ({ "login", "terri", "--paste" });
  Lines lines (process);
  const std::string address = read_address (lines, "Open this address in any browser");
  const std::string ended = lead_elsewhere (address) + "\n";

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), ended.data (),
                             ended.size (), nullptr, nullptr, nullptr);
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), nullptr, nullptr);
  expect_in ("the sign-in is stored", read_rest (lines));
  EXPECT_EQ (end (process), 0);
  EXPECT_EQ (state (), "[\"present\"]");
}

TEST_F (AgentSignIns, ConsentWallIsToldInWords)
{
  start (1);
  oauth.set_consent_error ("access_denied",
                           "AADSTS90094: The grant requires admin permission.");
  g_autoptr (GSubprocess) process = begin ({ "login", "terri", "--paste" });
  Lines lines (process);
  const std::string address = read_address (lines, "Open this address in any browser");
  const std::string ended = lead_elsewhere (address) + "\n";

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), ended.data (),
                             ended.size (), nullptr, nullptr, nullptr);
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), nullptr, nullptr);
  expect_in ("before an administrator has approved it", read_rest (lines));
  EXPECT_EQ (end (process), 77);
  EXPECT_EQ (state (), "[\"missing\"]");
}

TEST_F (AgentSignIns, ServerThatRefusesTheTokenLeavesTheSignIn)
{
  ScriptedServer mail ({ hello + refusal });

  start (mail.port ());
  g_autoptr (GSubprocess) process = begin ({ "login", "terri", "--json" });
  g_autoptr (GDataInputStream) errors =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  std::string address;

  /* the addresses stand on standard error now; the second is the complete one */
  for (int n = 0; n < 2;)
    {
      g_autofree char *line =
          g_data_input_stream_read_line (errors, nullptr, nullptr, nullptr);

      ASSERT_NE (line, nullptr);
      n += g_str_has_prefix (line, "  http") ? 1 : 0;
      address = line;
    }
  oauth.visit (address.substr (2));
  Lines lines (process);
  const Json report (read_rest (lines));

  EXPECT_EQ (report.find ("$[*].outcome"), "[\"refused\"]");
  EXPECT_EQ (report.find ("$[*].trouble"), "[\"token-refused\"]");
  EXPECT_EQ (report.find ("$[*].stored"), "[true]");
  EXPECT_EQ (end (process), 77);
  EXPECT_EQ (state (), "[\"present\"]");
}

TEST_F (AgentSignIns, NobodyInReachLeavesTheSignInGood)
{
  start (find_free_port ());
  g_autoptr (GSubprocess) process = begin ({ "login", "terri" });
  Lines lines (process);

  oauth.visit (read_address (lines, "which has the code in it"));
  expect_in ("cannot be reached from here", read_rest (lines));
  EXPECT_EQ (end (process), 0);
  EXPECT_EQ (state (), "[\"present\"]");
}

TEST_F (AgentSignIns, RevokedSignInNeedsTheUser)
{
  ScriptedServer mail ({ hello + welcome });

  start (mail.port ());
  g_autoptr (GSubprocess) process = begin ({ "login", "terri" });
  Lines lines (process);

  oauth.visit (read_address (lines, "which has the code in it"));
  EXPECT_EQ (end (process), 0);
  oauth.revoke_all ();
  EXPECT_EQ (agent.stop (), 0); /* no access token in memory */
  agent.start ();
  const ClientResult tested = agent.tell ({ "account", "test", "terri" });

  EXPECT_EQ (tested.exit_code, 77);
  expect_in ("the sign-in does not count any more", tested.output);
  expect_in ("→ Sign in again with “roampost login”", tested.output);
  EXPECT_EQ (state (), "[\"revoked\"]");
  expect_in ("sign-in-revoked", agent.ask ({ "status" }, "$.attention"));
}

/* Withdrawn before its time: the provider has another one. */
TEST_F (AgentSignIns, RefusedTokenIsTriedOnceMoreWithAFreshOne)
{
  ScriptedServer mail ({ hello + welcome, hello + refusal, hello + welcome,
                         hello + refusal, hello + refusal });

  start (mail.port ());
  g_autoptr (GSubprocess) process = begin ({ "login", "terri" });
  Lines lines (process);

  oauth.visit (read_address (lines, "which has the code in it"));
  EXPECT_EQ (end (process), 0);
  EXPECT_EQ (agent.tell ({ "account", "test" }).exit_code, 0);
  EXPECT_EQ (mail.n_connections (), 3u);
  const ClientResult refused = agent.tell ({ "account", "test" });

  EXPECT_EQ (refused.exit_code, 77);
  expect_in ("535 5.7.3 Authentication unsuccessful", refused.output);
  expect_in ("the server refuses its token", refused.output);
  EXPECT_EQ (mail.n_connections (), 5u) << "twice, and not again";
}

TEST_F (AgentSignIns, ClientSecretComesThroughAPipe)
{
  ScriptedServer mail ({ hello + welcome });

  start (mail.port (), "client-id=installed\nneeds-client-secret=yes\n");
  g_autoptr (GSubprocess) process = begin ({ "login", "terri", "--device" });
  Lines lines (process);

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), "not so secret\n",
                             14, nullptr, nullptr, nullptr);
  oauth.visit (read_address (lines, "which has the code in it"));
  expect_in ("the sign-in is stored", read_rest (lines));
  EXPECT_EQ (end (process), 0);
}

TEST_F (AgentSignIns, WithoutAClientIdItSaysWhatToDo)
{
  start (1, "");
  const ClientResult result = agent.tell ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, 78);
  expect_in ("Register a client of your own at https://example.net/apps:",
             result.errors);
  expect_in ("/XDG_CONFIG_HOME/roampost/providers/example.conf", result.errors);
}

TEST_F (AgentSignIns, ProviderThatIsDownIsAnOutage)
{
  start (1);
  oauth.go_down ();
  const ClientResult result = agent.tell ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, 75) << result.errors;
  expect_in ("the provider cannot be asked just now", result.errors);
}

/* ---- whose sign-in it is ---- */

TEST_F (AgentSignIns, EndsWithThePeerThatBeganIt)
{
  start (1);
  g_autoptr (GDBusConnection) first = connect ();
  g_autoptr (GDBusConnection) second = connect ();
  g_autoptr (RpAgent1) owner = make_proxy (first);
  g_autoptr (RpAgent1) other = make_proxy (second);
  g_autoptr (GError) error = nullptr;
  std::string id;
  const guint16 port = redirect_port (begin_browser (owner, &id));

  EXPECT_TRUE (is_listening (port));
  EXPECT_FALSE (
      rp_agent1_call_cancel_sign_in_sync (other, id.c_str (), nullptr, &error));
  EXPECT_TRUE (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_NO_SUCH_SIGN_IN));
  EXPECT_TRUE (is_listening (port));
  EXPECT_TRUE (g_dbus_connection_close_sync (first, nullptr, nullptr));
  EXPECT_TRUE (run_until ([&] { return !is_listening (port); }));
}

TEST_F (AgentSignIns, CancelEndsWhatIsAwaited)
{
  start (1);
  g_autoptr (GDBusConnection) connection = connect ();
  g_autoptr (RpAgent1) proxy = make_proxy (connection);
  g_autoptr (GAsyncResult) result = nullptr;
  g_autoptr (GError) error = nullptr;
  std::string id;
  const guint16 port = redirect_port (begin_browser (proxy, &id));

  rp_agent1_call_await_sign_in (
      proxy, id.c_str (), nullptr,
      [] (GObject *, GAsyncResult *outcome, gpointer data) {
        *static_cast<GAsyncResult **> (data) = (GAsyncResult *) g_object_ref (outcome);
      },
      &result);
  EXPECT_TRUE (
      rp_agent1_call_cancel_sign_in_sync (proxy, id.c_str (), nullptr, nullptr));
  EXPECT_TRUE (run_until ([&] { return result != nullptr; }));
  EXPECT_FALSE (rp_agent1_call_await_sign_in_finish (proxy, nullptr, result, &error));
  EXPECT_TRUE (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_CANCELLED))
      << error->message;
  EXPECT_TRUE (run_until ([&] { return !is_listening (port); }));
}

} // namespace
