/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same search for the secrets of a sign-in: one agent refreshes tokens at a strict
 * OAuth server, sends with them, and finds out that the sign-in has ended. */
#include <algorithm>

#include "../credentials/private-keyring.h"
#include "bus-recorders.h"
#include "config/rp-config-loader.h"
#include "oauth/rp-sign-in-record.h"
#include "oauth/rp-tokens.h"
#include "secrets-scan.h"
#include "upstream-scripts.h"

/* Both have a class of this name. */
#define Json OAuthJson
#include "../oauth/oauth-server.h"
#undef Json

namespace
{

#define USER "terri@proseware.com"
#define CLIENT_SECRET "cb7/kiesel+mauer=64"

const Script greeting = { start_tls (), say ("220 here\r\n"), expect ("EHLO"),
                          say ("250-here\r\n250 AUTH XOAUTH2\r\n"),
                          expect ("AUTH XOAUTH2") };
const Script refused = { say ("535 5.7.8 Error: authentication failed\r\n"), hang () };
const Script accepted = { say ("235 2.7.0 welcome\r\n"),
                          expect ("MAIL"),
                          say ("250 Ok\r\n"),
                          expect ("RCPT"),
                          say ("250 Ok\r\n"),
                          expect ("DATA"),
                          say ("354 go ahead\r\n"),
                          read_content (),
                          say ("250 2.0.0 Ok: queued as TOKEN\r\n"),
                          expect ("QUIT"),
                          say ("221 bye\r\n"),
                          cut () };

OAuthServerOptions
with_secret ()
{
  OAuthServerOptions options;

  options.clients.push_back (
      { "roampost", CLIENT_SECRET, { "http://127.0.0.1/" }, false });
  return options;
}

void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;

  EXPECT_TRUE (rp_tokens_keep_finish (RP_TOKENS (source), result, &error))
      << error->message;
  *static_cast<bool *> (user_data) = true;
}

struct Found
{
  bool is_finished = false;
  std::string text;
};

void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *found = static_cast<Found *> (user_data);
  char *text = rp_secrets_lookup_finish (RP_SECRETS (source), result, nullptr);

  found->is_finished = true;
  found->text = text != nullptr ? text : "";
  rp_secret_free (text);
}

class TokenScan : public testing::Test
{
protected:
  TokenScan ()
      : keyring (bus), session (bus), oauth (with_secret ()),
        mail ({ greeting + accepted, greeting + refused, greeting + accepted,
                greeting + refused })
  {
    const std::string folder = agent.folder () + "/XDG_CONFIG_HOME/roampost";
    const std::string provider =
        "[provider]\ntitle=Strict\nclient-id=roampost\nneeds-client-secret=yes\n"
        "scope=smtp.send offline_access\nauthorization-endpoint="
        + oauth.issuer () + "/authorize\ntoken-endpoint=" + oauth.issuer ()
        + "/token\n";

    agent.config_file = folder + "/roampost.conf";
    agent.configure (listen_at (find_free_port ())
                     + "[account terri]\naddress=" USER "\nservers=proseware\n"
                       "[server proseware]\naccess=oauth2\nuser=" USER
                       "\noauth-provider=strict\nca-file="
                     + ThrowawayCa::instance ().ca_file ()
                     + "\nendpoints=smtps://127.0.0.1:" + std::to_string (mail.port ())
                     + "\n");
    describe_provider (oauth.issuer ());
    const char *folders[] = { folder.c_str (), nullptr };
    g_autoptr (RpConfigLoader) loader = rp_config_loader_new_for_folders (folders);

    load = rp_config_loader_load (loader);
    kept = rp_secrets_new (5000);
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    agent.set_environment ("G_MESSAGES_DEBUG", "all");
    agent.set_environment ("MALLOC_PERTURB_", "0");
  }

  ~TokenScan () override
  {
    rp_config_load_free (load);
    g_object_unref (kept);
  }

  /* issuer: where its endpoints are. */
  void
  describe_provider (const std::string &issuer) const
  {
    const std::string folder = agent.folder () + "/XDG_CONFIG_HOME/roampost/providers";
    const std::string text =
        "[provider]\ntitle=Strict\nclient-id=roampost\nneeds-client-secret=yes\n"
        "scope=smtp.send offline_access\nauthorization-endpoint="
        + issuer + "/authorize\ntoken-endpoint=" + issuer + "/token\nredirect-path=/\n";

    g_mkdir_with_parents (folder.c_str (), 0700);
    EXPECT_TRUE (g_file_set_contents ((folder + "/strict.conf").c_str (), text.c_str (),
                                      -1, nullptr));
  }

  const RpServer *
  server () const
  {
    return rp_config_get_server (load->config, "proseware");
  }

  /* As if the user had signed in: the agent finds it in the keyring. */
  void
  sign_in ()
  {
    const OAuthJson given = oauth.give ("smtp.send offline_access", USER, "roampost");
    const std::string access = given.text ("access_token");
    const std::string refresh = given.text ("refresh_token");
    RpCurlLoop *loop = rp_curl_loop_new ();
    g_autoptr (RpSecrets) tokens = rp_tokens_new (kept, loop, load->providers);
    RpOAuthGrant grant = {};
    bool is_kept = false;

    grant.access_token = const_cast<char *> (access.c_str ());
    grant.refresh_token = const_cast<char *> (refresh.c_str ());
    grant.expires_in_s = (guint) given.number ("expires_in");
    grant.client_secret = const_cast<char *> (CLIENT_SECRET);
    grant.provider =
        rp_oauth_provider_copy (rp_oauth_providers_find (load->providers, "strict"));
    rp_tokens_keep_async (RP_TOKENS (tokens), server (), &grant, nullptr, on_kept,
                          &is_kept);
    EXPECT_TRUE (run_until ([&] { return is_kept; }));
    rp_oauth_provider_free (grant.provider);
    g_object_unref (loop);
  }

  /* Every token that there was: what the provider was asked with, what the mail server
   * was shown, and the one that is kept. */
  void
  learn_secrets ()
  {
    const std::string shown = mail.tls_log ();
    Found found;

    scan.add_secret ("the client's secret", CLIENT_SECRET);
    for (const OAuthJson &request : oauth.requests ("token"))
      {
        const OAuthJson form = request.member ("form");

        for (const char *name : { "code", "code_verifier" })
          if (form.text (name) != "")
            {
              scan.add_secret (name, form.text (name));
              n_codes++;
            }
        if (form.text ("refresh_token") != "")
          refresh_tokens.insert (form.text ("refresh_token"));
      }
    rp_secrets_lookup_async (kept, server (), RP_SECRET_SIGN_IN, "127.0.0.1", nullptr,
                             on_found, &found);
    EXPECT_TRUE (run_until ([&] { return found.is_finished; }));
    g_autoptr (RpSignInRecord) record = rp_sign_in_record_parse (found.text.c_str ());

    ASSERT_NE (record, nullptr) << found.text;
    refresh_tokens.insert (record->refresh_token);
    for (const std::string &token : refresh_tokens)
      scan.add_secret ("a refresh token", token);
    for (size_t at = 0; (at = shown.find ("AUTH XOAUTH2 ", at)) != std::string::npos;
         at++)
      learn_access_token (
          shown.substr (at + strlen ("AUTH XOAUTH2 "),
                        shown.find ('\r', at) - at - strlen ("AUTH XOAUTH2 ")));
  }

  void
  learn_access_token (const std::string &coded)
  {
    gsize n_bytes = 0;
    g_autofree guchar *plain = g_base64_decode (coded.c_str (), &n_bytes);
    const std::string text ((const char *) plain, n_bytes);
    const size_t begin = text.find ("Bearer ");

    ASSERT_NE (begin, std::string::npos) << text;
    const std::string token =
        text.substr (begin + 7, text.find ('\1', begin) - begin - 7);

    access_tokens.insert (token);
    scan.add_secret ("an access token", token);
    scan.add_secret ("an AUTH XOAUTH2", coded);
  }

  /* What is freed without being wiped stays until something else needs the place. The
   * access token is kept for the next message, so it is not looked for. */
  void
  expect_wiped (const char *when)
  {
    SecretsScan gone;
    std::string found;

    learn_secrets ();
    gone.add_secret ("the client's secret", CLIENT_SECRET);
    for (const std::string &token : refresh_tokens)
      gone.add_secret ("a refresh token", token);
    EXPECT_TRUE (run_until ([&] {
      return (found = gone.find_in_memory (agent.pid ())).empty ();
    })) << when
        << ": " << found;
  }

  ClientResult
  tell (const std::vector<std::string> &words, const std::string &input = "")
  {
    const ClientResult result = agent.tell (words, input);

    said += result.output + result.errors;
    return result;
  }

  std::string
  send ()
  {
    const std::string reply = send_message (agent.port (), "kim@adatum.com");

    said += reply;
    return reply;
  }

  PrivateBus bus;
  PrivateKeyring keyring;
  SessionBusRecorder session;
  OAuthServer oauth;
  ScriptedServer mail;
  RunningAgent agent;
  RpConfigLoad *load = nullptr;
  RpSecrets *kept = nullptr;
  SecretsScan scan;
  std::set<std::string> refresh_tokens;
  std::set<std::string> access_tokens;
  int n_codes = 0; /* and verifiers */
  std::string said;
};

TEST_F (TokenScan, NothingButServersAndTheKeyringEverSeesAToken)
{
  ASSERT_NE (load->config, nullptr);
  sign_in ();
  agent.start ();
  {
    SocketRecorder socket (agent.folder () + "/relay", agent.runtime_folder);

    agent.runtime_folder = agent.folder () + "/relay";

    /* A first token, and a fresh one in the place of one that is refused, inside one
     * delivery. */
    expect_in ("queued as TOKEN", send ());
    EXPECT_TRUE (run_until ([&] { return mail.n_finished () == 1; }));
    expect_wiped ("a first token");
    expect_in ("queued as TOKEN", send ());
    EXPECT_TRUE (run_until ([&] { return mail.n_finished () == 3; }));
    EXPECT_EQ (mail.problem (), "");
    expect_wiped ("a fresh token");
    EXPECT_EQ (oauth.requests ("token").size (), 2u);
    EXPECT_EQ (refresh_tokens.size (), 3u) << "each one is used once";
    EXPECT_EQ (access_tokens.size (), 2u);

    /* The provider is down, then says that the sign-in has ended. */
    oauth.fail_next ("token", 503);
    expect_in ("Queued as ", send ());
    oauth.revoke_all ();
    EXPECT_NE (tell ({ "account", "test", "--json" }).exit_code, 0);
    for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{
             { "status", "--json" },
             { "explain", "--from", USER, "--to", "kim@adatum.com", "--json" },
             { "log", "--json" },
             { "queue", "--json" },
             { "account", "list", "--json" },
             { "server", "list", "--json" },
             { "config", "check", "--json" },
             { "config", "reload" },
             { "queue" } })
      tell (words);
    EXPECT_EQ (scan.find_in ("the agent's socket", socket.recorded ()), "");
    expect_in ("GetStatus", socket.recorded ());
  }

  EXPECT_EQ (scan.find_in ("what was said", said), "");
  EXPECT_EQ (scan.find_in ("the log", agent.log () + agent.output ()), "");
  EXPECT_EQ (scan.find_in ("the session bus", session.recorded ()), "");
  EXPECT_EQ (
      scan.find_in ("its own start",
                    RunningAgent::read ("/proc/" + agent.pid () + "/environ")
                        + RunningAgent::read ("/proc/" + agent.pid () + "/cmdline")),
      "");
  EXPECT_EQ (scan.find_in_folder (agent.folder ()), "");
  EXPECT_EQ (scan.find_in_folder (bus.folder ()), "") << "the keyring encrypts";

  /* What was searched was there to be searched. */
  expect_in ("event=sent ", agent.log ());
  expect_in ("dh-ietf1024-sha256-aes128-cbc-pkcs7", session.recorded ());
  EXPECT_NE (scan.find_in ("TLS", mail.tls_log ()), "");
  EXPECT_EQ (scan.find_in ("clear text", mail.clear_log ()), "");
  EXPECT_NE (scan.find_in ("the provider", SecretsScan::read (oauth.log_file ())), "");

  /* The sign-in has ended, so no access token is kept in memory either. */
  std::string found;

  EXPECT_TRUE (run_until ([&] {
    return (found = scan.find_in_memory (agent.pid ())).empty ();
  })) << found;
}

/* The files are read anew when they change, and what waited for it goes. */
TEST_F (TokenScan, MailLeavesWhenTheProvidersFileIsMended)
{
  ASSERT_NE (load->config, nullptr);
  sign_in ();
  describe_provider ("http://127.0.0.1:1");
  agent.start ();
  const std::string answer = send ();

  expect_in ("250 2.0.0 Queued as ", answer);
  expect_in ("gave no token", answer);
  describe_provider (oauth.issuer ());
  EXPECT_TRUE (run_until ([&] { return mail.n_finished () == 1; })) << agent.log ();
  EXPECT_EQ (mail.problem (), "");
}

/* A browser that writes down what the programs above it were started with, and the
 * address that it is given. */
constexpr const char *BROWSER =
    "#!/bin/sh\n"
    "here=$(dirname \"$0\")\n"
    "p=$$\n"
    "while [ \"$p\" -gt 1 ]; do\n"
    "  cat /proc/$p/environ; [ $p = $$ ] || cat /proc/$p/cmdline\n"
    "  p=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$p/status)\n"
    "done > \"$here/seen\"\n"
    "printf %s \"$1\" > \"$here/address.new\"\n"
    "mv \"$here/address.new\" \"$here/address\"\n";

struct Visitor
{
  OAuthServer &oauth;
  std::string file;
};

/* The person in front of it, as soon as there is an address. */
gboolean
on_look (gpointer user_data)
{
  auto *visitor = static_cast<Visitor *> (user_data);
  const std::string address = SecretsScan::read (visitor->file);

  if (address.empty ())
    return G_SOURCE_CONTINUE;

  visitor->oauth.visit (address);
  return G_SOURCE_REMOVE;
}

TEST_F (TokenScan, NorWhatABrowserBringsBack)
{
  const std::string browser = agent.folder () + "/browser";
  Visitor visitor = { oauth, agent.folder () + "/address" };

  ASSERT_TRUE (g_file_set_contents_full (browser.c_str (), BROWSER, -1,
                                         G_FILE_SET_CONTENTS_NONE, 0700, nullptr));
  agent.set_environment ("BROWSER", browser);
  agent.start ();
  {
    SocketRecorder socket (agent.folder () + "/relay", agent.runtime_folder);

    agent.runtime_folder = agent.folder () + "/relay";
    g_timeout_add (20, on_look, &visitor);
    EXPECT_EQ (tell ({ "login", "terri", "--json" }, CLIENT_SECRET "\n").exit_code, 0)
        << said << agent.log ();
    expect_wiped ("a sign-in");
    expect_in ("queued as TOKEN", send ());
    learn_secrets ();
    EXPECT_EQ (scan.find_in ("the agent's socket", socket.recorded ()), "");
    expect_in ("BeginSignIn", socket.recorded ());
  }
  const std::string seen = SecretsScan::read (agent.folder () + "/seen");

  EXPECT_EQ (scan.find_in ("what was said", said), "");
  EXPECT_EQ (scan.find_in ("the log", agent.log () + agent.output ()), "");
  EXPECT_EQ (scan.find_in ("the session bus", session.recorded ()), "");
  EXPECT_EQ (scan.find_in ("the browser's start", seen), "");
  EXPECT_EQ (scan.find_in_folder (agent.folder ()), "");
  expect_in ("BROWSER=", seen);
  EXPECT_GT (n_codes, 1);
  EXPECT_GT (access_tokens.size (), 0u);
}

} // namespace
