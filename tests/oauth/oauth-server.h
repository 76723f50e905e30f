// SPDX-License-Identifier: GPL-3.0-or-later
// The strict OAuth 2.0 server of server.js as tests see it: a process of its own on a
// loopback port that the kernel chose, told by commands what happens to it.
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "json-value.h"

// A program that is registered at the server.
struct OAuthClient
{
  std::string id;
  std::string secret; // "": a public client
  std::vector<std::string> redirect_uris;
  bool may_introspect = false;
  std::vector<std::string> grants = { "authorization_code", "refresh_token",
                                      "urn:ietf:params:oauth:grant-type:device_code" };
};

struct OAuthServerOptions
{
  std::string host = "127.0.0.1";
  std::string issuer_path;      // such as "/tenant/v2.0"
  std::string certificate_file; // PEM; HTTPS with it
  std::string key_file;         // PEM; "": in the same file
  std::string name;             // host in the issuer, "": the address
  // A public client, one with a secret, one registered as http://localhost, and a mail
  // server that asks whether tokens count. A "*" stands for any port; that of a
  // loopback address is free without (RFC 8252 section 7.3).
  std::vector<OAuthClient> clients = {
    { "public",
      "",
      { "http://127.0.0.1/", "http://[::1]/", "org.example.mail:/back" } },
    { "installed", "not so secret", { "http://127.0.0.1/" } },
    { "localhost", "", { "http://localhost:*/" } },
    { "dovecot", "secret of dovecot", {}, true, {} },
  };
  std::map<std::string, std::string> users = { { "terri@proseware.com", "moonlight" } };
  // Any of server.js's other settings: name to JSON value.
  std::map<std::string, std::string> more;
  // Put before the program, such as "ip netns exec NAME".
  std::vector<std::string> prefix;
};

class OAuthServer
{
public:
  explicit OAuthServer (const OAuthServerOptions &options = {})
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-oauth-XXXXXX", nullptr);
    g_autoptr (GError) error = nullptr;
    std::vector<const char *> argv;
    const std::string script =
        std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/oauth/server.js";

    folder_ = folder;
    const std::string settings = make_settings (options);
    for (const std::string &word : options.prefix)
      argv.push_back (word.c_str ());
    argv.insert (argv.end (), { "node", script.c_str (), settings.c_str (), nullptr });
    process_ = g_subprocess_newv (argv.data (),
                                  (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                      | G_SUBPROCESS_FLAGS_STDOUT_PIPE),
                                  &error);
    g_assert_no_error (error);
    output_ = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process_));
    const Json first = read_answer ();
    issuer_ = first.text ("issuer");
    port_ = (guint16) first.number ("port");
  }

  OAuthServer (const OAuthServer &) = delete;
  OAuthServer &operator= (const OAuthServer &) = delete;

  // The server ends with its standard input.
  ~OAuthServer ()
  {
    g_output_stream_close (g_subprocess_get_stdin_pipe (process_), nullptr, nullptr);
    g_subprocess_wait (process_, nullptr, nullptr);
    EXPECT_TRUE (g_subprocess_get_successful (process_));
    g_object_unref (output_);
    g_object_unref (process_);
    g_unlink (log_file ().c_str ());
    g_rmdir (folder_.c_str ());
  }

  // Also the beginning of each endpoint: + "/authorize", "/token",
  // "/device_authorization", "/device", "/revoke", "/introspect", "/userinfo".
  const std::string &
  issuer () const
  {
    return issuer_;
  }

  guint16
  port () const
  {
    return port_;
  }

  // One JSON object a line for each request: method, path, endpoint, query, form,
  // headers, status, error.
  std::string
  log_file () const
  {
    return folder_ + "/log";
  }

  // The requests to an endpoint so far ("token", "metadata", ...), "" for all.
  std::vector<Json>
  requests (const std::string &endpoint = "") const
  {
    std::vector<Json> all;
    std::ifstream in (log_file ());
    std::string line;

    while (std::getline (in, line))
      {
        Json request = Json::parse (line);
        if (endpoint.empty () || request.text ("endpoint") == endpoint)
          all.push_back (request);
      }
    return all;
  }

  // One command, see server.js; turns the default main loop until it is answered.
  Json
  command (const std::string &json)
  {
    const std::string line = json + "\n";
    g_autoptr (GError) error = nullptr;

    g_output_stream_write_all (g_subprocess_get_stdin_pipe (process_), line.data (),
                               line.size (), nullptr, nullptr, &error);
    EXPECT_EQ (error, nullptr);
    Json answer = read_answer ();
    EXPECT_TRUE (answer.is ("ok")) << json << ": " << answer.text ("problem");
    return answer;
  }

  // The server's clock goes ahead: codes and tokens expire.
  void
  advance (guint seconds)
  {
    command (R"({"do": "advance", "seconds": )" + std::to_string (seconds) + "}");
  }

  void
  expire_access ()
  {
    command (R"({"do": "expire-access"})");
  }

  void
  revoke_all ()
  {
    command (R"({"do": "revoke-all"})");
  }

  // Connections are refused, until it is up again on the same port.
  void
  go_down ()
  {
    command (R"({"do": "down"})");
  }

  void
  come_up ()
  {
    command (R"({"do": "up"})");
  }

  // The next requests to an endpoint are answered with this status and nothing else.
  void
  fail_next (const std::string &endpoint, guint status, guint times = 1)
  {
    order_next (endpoint,
                R"({"status": )" + std::to_string (status)
                    + R"(, "text": "<h1>Something went wrong</h1>"})",
                times);
  }

  // ... with an error of RFC 6749 section 5.2, or one that is made up.
  void
  refuse_next (const std::string &endpoint,
               const std::string &error,
               const std::string &description,
               guint times = 1)
  {
    order_next (endpoint,
                R"({"status": 400, "json": {"error": )" + to_json (error)
                    + R"(, "error_description": )" + to_json (description) + "}}",
                times);
  }

  // ... with a 200 and this JSON text.
  void
  answer_next (const std::string &endpoint, const std::string &json)
  {
    order_next (endpoint, R"({"status": 200, "json": )" + json + "}", 1);
  }

  // ... not at all, the connection stays.
  void
  hang_next (const std::string &endpoint)
  {
    order_next (endpoint, R"("hang")", 1);
  }

  // ... by cutting the connection.
  void
  cut_next (const std::string &endpoint)
  {
    order_next (endpoint, R"("cut")", 1);
  }

  // What a user's Allow leads to from now on, such as Microsoft's consent wall:
  // ("access_denied", "AADSTS90094: The grant requires admin permission.").
  void
  set_consent_error (const std::string &error, const std::string &description)
  {
    command (R"({"do": "consent", "error": {"error": )" + to_json (error)
             + R"(, "error_description": )" + to_json (description) + "}}");
  }

  // Parameters of the redirect that are told wrong from now on: a JSON object; null
  // leaves a parameter out.
  void
  spoil_redirect (const std::string &json)
  {
    command (R"({"do": "spoil", "redirect": )" + json + "}");
  }

  void
  spoil_metadata (const std::string &json)
  {
    command (R"({"do": "spoil", "metadata": )" + json + "}");
  }

  void
  set (const std::string &name, const std::string &json)
  {
    command (R"({"do": "set", "settings": {)" + to_json (name) + ": " + json + "}}");
  }

  // The tokens of a sign-in that is over, as the token endpoint gives them.
  Json
  give (const std::string &scope = "smtp.send offline_access",
        const std::string &user = "terri@proseware.com",
        const std::string &client = "public")
  {
    return command (R"({"do": "give", "client": )" + to_json (client) + R"(, "user": )"
                    + to_json (user) + R"(, "scope": )" + to_json (scope) + "}");
  }

  bool
  is_live (const std::string &token)
  {
    return command (R"({"do": "describe", "token": )" + to_json (token) + "}")
        .is ("live");
  }

  // The sign-ins so far: client_id, user, scope, is_revoked, n_refreshes.
  std::vector<Json>
  grants ()
  {
    return command (R"({"do": "grants"})").member ("grants").elements ();
  }

  // Opens an address as a person who signs in and presses a button ("allow", "deny"),
  // and goes where that leads: status, address and text of the last page. Turns the
  // main loop meanwhile, so a listener in this process may be where it leads.
  Json
  visit (const std::string &address,
         const std::string &decision = "allow",
         const std::string &ca_file = "",
         const std::string &user = "terri@proseware.com",
         const std::string &password = "moonlight")
  {
    return command (R"({"do": "visit", "address": )" + to_json (address)
                    + R"(, "decision": )" + to_json (decision) + R"(, "user": )"
                    + to_json (user) + R"(, "password": )" + to_json (password)
                    + (ca_file.empty () ? "" : R"(, "ca_file": )" + to_json (ca_file))
                    + "}");
  }

private:
  static std::string
  to_json (const std::vector<std::string> &texts)
  {
    std::string out;

    for (const std::string &text : texts)
      out += (out.empty () ? "" : ", ") + to_json (text);
    return "[" + out + "]";
  }

  static std::string
  to_json (const std::string &text)
  {
    return ::to_json (text);
  }

  static std::string
  to_json (const OAuthClient &client)
  {
    return R"({"id": )" + to_json (client.id)
           + (client.secret.empty () ? "" : R"(, "secret": )" + to_json (client.secret))
           + R"(, "redirect_uris": )" + to_json (client.redirect_uris)
           + R"(, "grants": )" + to_json (client.grants)
           + (client.may_introspect ? R"(, "may_introspect": true})" : "}");
  }

  std::string
  make_settings (const OAuthServerOptions &options) const
  {
    std::string clients;
    std::string users;
    std::string more;

    for (const OAuthClient &client : options.clients)
      clients += (clients.empty () ? "" : ", ") + to_json (client);
    for (const auto &[user, password] : options.users)
      users +=
          (users.empty () ? "" : ", ") + to_json (user) + ": " + to_json (password);
    for (const auto &[name, value] : options.more)
      more += ", " + to_json (name) + ": " + value;
    if (!options.certificate_file.empty ())
      more += R"(, "certificate": )" + to_json (options.certificate_file);
    if (!options.key_file.empty ())
      more += R"(, "key": )" + to_json (options.key_file);
    if (!options.name.empty ())
      more += R"(, "name": )" + to_json (options.name);
    return R"({"host": )" + to_json (options.host) + R"(, "issuer_path": )"
           + to_json (options.issuer_path) + R"(, "log": )" + to_json (log_file ())
           + R"(, "clients": [)" + clients + R"(], "users": {)" + users + "}" + more
           + "}";
  }

  void
  order_next (const std::string &endpoint, const std::string &answer, guint times)
  {
    command (R"({"do": "next", "endpoint": )" + to_json (endpoint) + R"(, "times": )"
             + std::to_string (times) + R"(, "answer": )" + answer + "}");
  }

  static void
  on_line (GObject *, GAsyncResult *result, gpointer user_data)
  {
    *static_cast<GAsyncResult **> (user_data) = (GAsyncResult *) g_object_ref (result);
  }

  Json
  read_answer ()
  {
    g_autoptr (GAsyncResult) result = nullptr;
    g_autoptr (GError) error = nullptr;

    g_data_input_stream_read_line_async (output_, 0, nullptr, on_line, &result);
    while (result == nullptr)
      g_main_context_iteration (nullptr, TRUE);
    g_autofree char *line =
        g_data_input_stream_read_line_finish (output_, result, nullptr, &error);
    EXPECT_NE (line, nullptr) << "the OAuth server has ended";
    return line == nullptr ? Json () : Json::parse (line);
  }

  std::string folder_;
  std::string issuer_;
  guint16 port_ = 0;
  GSubprocess *process_ = nullptr;
  GDataInputStream *output_ = nullptr;
};
