/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does and sees: "roampost login", the browser that it opens, the
 * provider's pages in it; and mail that leaves by what came of it. */
#include "../credentials/private-keyring.h"
#include "running-agent.h"
#include "upstream-scripts.h"

/* Both sides have a Json of their own. */
#define Json OAuthJson
#include "browser.h"
#include "oauth-server.h"
#undef Json

namespace
{

const Script hello = { start_tls (),
                       say ("220 here\r\n"),
                       expect ("EHLO"),
                       say ("250-here\r\n250 AUTH XOAUTH2\r\n"),
                       expect ("AUTH XOAUTH2 "),
                       say ("235 2.7.0 welcome\r\n") };
const Script bye = { expect ("QUIT"), say ("221 bye\r\n"), cut () };
const Script message = { expect ("MAIL"), say ("250 Ok\r\n"),
                         expect ("RCPT"), say ("250 Ok\r\n"),
                         expect ("DATA"), say ("354 go ahead\r\n"),
                         read_content (), say ("250 2.0.0 Ok: queued\r\n") };

/* The token of the last AUTH XOAUTH2 in a log, "" without one. */
std::string
last_token (const std::string &log)
{
  const std::string before = "AUTH XOAUTH2 ";
  const std::string inside = "auth=Bearer ";
  const size_t at = log.rfind (before);

  if (at == std::string::npos)
    return "";
  const size_t begin = at + before.size ();
  gsize n_bytes = 0;
  g_autofree guchar *octets = g_base64_decode (
      log.substr (begin, log.find ('\r', begin) - begin).c_str (), &n_bytes);
  const std::string text (reinterpret_cast<char *> (octets), n_bytes);
  const size_t token = text.find (inside) + inside.size ();
  return text.substr (token, text.find ('\1', token) - token);
}

class AgentSignIn : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    browser = std::make_unique<Browser> ();
  }

  static void
  TearDownTestSuite ()
  {
    browser.reset ();
  }

  void
  SetUp () override
  {
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    write_provider ();
    agent.configure (
        listen_at (find_free_port ())
        + "[account terri]\naddress=terri@proseware.com\nservers=proseware\n"
          "[server proseware]\nendpoints=smtps://127.0.0.1:"
        + std::to_string (server.port ())
        + "\naccess=oauth2\noauth-provider=strict\nuser=terri@proseware.com\nca-file="
        + ThrowawayCa::instance ().ca_file () + "\n");
    agent.start ();
  }

  static OAuthServerOptions
  over_tls ()
  {
    OAuthServerOptions options;

    options.certificate_file = ThrowawayCa::instance ().server_file (Identity::good);
    return options;
  }

  /* Beside the user's configuration, as roampost-providers(5) has it. */
  void
  write_provider () const
  {
    const std::string folder = agent.folder () + "/XDG_CONFIG_HOME/roampost/providers";
    const std::string text = "[provider]\ntitle=Strict\nissuer=" + provider.issuer ()
                             + "\nclient-id=public\nredirect-path=/\n"
                               "scope=smtp.send offline_access\nca-file="
                             + ThrowawayCa::instance ().ca_file () + "\n";

    g_mkdir_with_parents (folder.c_str (), 0700);
    ASSERT_TRUE (g_file_set_contents ((folder + "/strict.conf").c_str (), text.c_str (),
                                      -1, nullptr));
  }

  /* "roampost login terri" in a terminal of a desktop; what it hands to $BROWSER is
   * opened in Chromium. */
  void
  log_in (const std::string &button)
  {
    const std::string handed = agent.folder () + "/address";
    const std::string script = agent.folder () + "/browser";
    const std::string text = "#!/bin/sh\nprintf '%s' \"$1\" >'" + handed + ".new'\nmv '"
                             + handed + ".new' '" + handed + "'\n";

    g_unlink (handed.c_str ());
    g_file_set_contents_full (script.c_str (), text.c_str (), -1,
                              G_FILE_SET_CONTENTS_NONE, 0700, nullptr);
    client.set_environment ("ROAMPOST_RUNTIME_DIR", agent.runtime_folder);
    client.set_environment ("ROAMPOST_CONFIG", agent.config_file);
    client.set_environment ("BROWSER", script);
    login = client.start ({ "login", "terri" },
                          (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                              | G_SUBPROCESS_FLAGS_STDERR_MERGE));
    ASSERT_TRUE (run_until (
        [&] { return g_file_test (handed.c_str (), G_FILE_TEST_EXISTS); }, 20000));
    browser->open (RunningAgent::read (handed));
    browser->fill ("#user", "terri@proseware.com");
    browser->fill ("#password", "moonlight");
    browser->click (button);
  }

  /* Waits for its end; what it said. */
  std::string
  said (int *exit_code)
  {
    g_autoptr (GAsyncResult) done = nullptr;
    g_autofree char *text = nullptr;

    g_subprocess_communicate_utf8_async (
        login, nullptr, nullptr,
        [] (GObject *, GAsyncResult *result, gpointer data) {
          *static_cast<GAsyncResult **> (data) = G_ASYNC_RESULT (g_object_ref (result));
        },
        &done);
    while (done == nullptr)
      g_main_context_iteration (nullptr, TRUE);
    g_subprocess_communicate_utf8_finish (login, done, &text, nullptr, nullptr);
    *exit_code = g_subprocess_get_exit_status (login);
    g_clear_object (&login);
    return text == nullptr ? "" : text;
  }

  PrivateBus bus;
  PrivateKeyring keyring{ bus };
  OAuthServer provider{ over_tls () };
  ScriptedServer server{ { hello + bye, hello + message + bye,
                           hello + message + bye } };
  RunningAgent agent;
  ClientRun client;
  GSubprocess *login = nullptr;
  static inline std::unique_ptr<Browser> browser;
};

TEST_F (AgentSignIn, TheBrowserIsOpenedAndMailLeavesByWhatCameOfIt)
{
  int exit_code = -1;

  log_in ("#allow");
  EXPECT_TRUE (browser->shows ("You can close this page"));
  const std::string text = said (&exit_code);
  ASSERT_EQ (exit_code, 0) << text << agent.log ();
  EXPECT_TRUE (provider.is_live (last_token (server.tls_log ()))) << server.problem ();

  EXPECT_EQ (send_message (agent.port (), "bob@adatum.com").substr (0, 3), "250");
  /* It is in the keyring: another agent has no token in memory, and gets one. */
  EXPECT_EQ (agent.stop (), 0);
  ASSERT_NO_FATAL_FAILURE (agent.start ());
  provider.expire_access ();
  EXPECT_EQ (send_message (agent.port (), "bob@adatum.com").substr (0, 3), "250")
      << agent.log ();
  EXPECT_TRUE (provider.is_live (last_token (server.tls_log ())));
  ASSERT_EQ (provider.grants ().size (), 1u);
  EXPECT_EQ (provider.grants ()[0].number ("n_refreshes"), 1);
  EXPECT_EQ (server.problem (), "");
}

TEST_F (AgentSignIn, ANoOfTheUserIsToldAndNothingIsKept)
{
  int exit_code = -1;

  log_in ("#deny");
  EXPECT_TRUE (browser->shows ("You are not signed in"));
  const std::string text = said (&exit_code);
  EXPECT_NE (exit_code, 0);
  EXPECT_NE (text.find ("access_denied"), std::string::npos) << text;
  EXPECT_EQ (agent.ask ({ "logout", "terri" }, "$[*].outcome"), "[\"nothing\"]");
  EXPECT_EQ (server.n_connections (), 0u);
}

TEST_F (AgentSignIn, AnAdministratorsApprovalThatIsMissingIsTold)
{
  int exit_code = -1;

  provider.set_consent_error ("access_denied", "AADSTS90094: The grant requires admin "
                                               "permission.");
  log_in ("#allow");
  const std::string text = said (&exit_code);
  EXPECT_NE (exit_code, 0);
  EXPECT_NE (text.find ("AADSTS90094: The grant requires admin permission."),
             std::string::npos)
      << text;
  EXPECT_NE (text.find ("dministrator"), std::string::npos) << text;
}

}
