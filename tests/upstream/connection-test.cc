/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <fcntl.h>
#include <ostream>
#include <thread>
#include <unistd.h>

#include "run-until.h"
#include "scripted-server.h"
#include "server-maker.h"
#include "table-resolver.h"
#include "upstream/rp-connection.h"

namespace
{

/* What opening and the dialogue after it brought. */
struct Seen
{
  bool is_open_finished = false;
  bool is_open = false;
  int error = -1;
  std::string error_text;
  std::vector<guint> replies;
  guint n_drained = 0;
  guint n_lost = 0;
};

void
on_open_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *seen = static_cast<Seen *> (user_data);
  g_autoptr (GError) error = nullptr;

  seen->is_open =
      rp_connection_open_finish (RP_CONNECTION (source), result, &error) != FALSE;
  if (error != nullptr)
    {
      EXPECT_EQ (error->domain, RP_CONNECTION_ERROR);
      seen->error = error->code;
      seen->error_text = error->message;
    }
  EXPECT_FALSE (seen->is_open_finished) << "finished twice";
  seen->is_open_finished = true;
}

void
on_reply (RpConnection *, const RpReply *reply, gpointer user_data)
{
  auto *seen = static_cast<Seen *> (user_data);

  EXPECT_EQ (seen->n_lost, 0u);
  seen->replies.push_back (reply->code);
}

void
on_drained (RpConnection *, gpointer user_data)
{
  static_cast<Seen *> (user_data)->n_drained++;
}

void
on_lost (RpConnection *, const char *text, gpointer user_data)
{
  EXPECT_NE (text, nullptr);
  static_cast<Seen *> (user_data)->n_lost++;
}

struct Client
{
  RpCurlLoop *loop = rp_curl_loop_new ();
  RpConnection *connection;
  GCancellable *cancellable = g_cancellable_new ();
  Seen seen;

  explicit Client (const ServerMaker &maker)
      : connection (rp_connection_new (loop, &maker.server, &maker.endpoint))
  {
    g_signal_connect (connection, "reply", G_CALLBACK (on_reply), &seen);
    g_signal_connect (connection, "drained", G_CALLBACK (on_drained), &seen);
    g_signal_connect (connection, "lost", G_CALLBACK (on_lost), &seen);
  }

  Client (const Client &) = delete;
  Client &operator= (const Client &) = delete;

  ~Client ()
  {
    g_clear_object (&connection);
    g_object_unref (cancellable);
    g_object_unref (loop);
  }

  void
  start (const char *password)
  {
    const RpCredential credential = { RP_CREDENTIAL_PASSWORD, password };

    start_with (password != nullptr ? &credential : nullptr);
  }

  void
  start_with (const RpCredential *credential)
  {
    rp_connection_open_async (connection, credential, cancellable, on_open_done, &seen);
  }

  bool
  open (const char *password)
  {
    start (password);
    EXPECT_TRUE (run_until ([this] { return seen.is_open_finished; }));
    return seen.is_open;
  }

  bool
  open_with (const RpCredential *credential)
  {
    start_with (credential);
    EXPECT_TRUE (run_until ([this] { return seen.is_open_finished; }));
    return seen.is_open;
  }

  void
  send (const std::string &text)
  {
    g_autoptr (GBytes) bytes = g_bytes_new (text.data (), text.size ());

    rp_connection_send (connection, bytes);
  }

  bool
  wait_replies (size_t n_replies)
  {
    return run_until (
        [this, n_replies] { return seen.replies.size () >= n_replies || seen.n_lost; });
  }
};

const Script greet = { say ("220 mail.test ESMTP\r\n"), expect ("EHLO [127.0.0.1]") };
const Script offer_starttls =
    greet
    + Script{ say ("250-mail.test\r\n250-STARTTLS\r\n250 SIZE 1\r\n"),
              expect ("STARTTLS"), say ("220 go ahead\r\n") };
const Script offer_plain =
    greet
    + Script{ say ("250-mail.test\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n") };
const Script plain_accepted = { expect ("AUTH PLAIN AHRlcnJpAGNvcnJlY3QgaG9yc2U="),
                                say ("235 2.7.0 in\r\n") };
const Script tls = { start_tls () };

/* After STARTTLS there is no second greeting. */
Script
offer_again (const std::string &line)
{
  return { expect ("EHLO"), say ("250-mail.test\r\n250 " + line + "\r\n") };
}

Script
offer (const std::string &line)
{
  return greet + Script{ say ("250-mail.test\r\n250 " + line + "\r\n") };
}

/* --- opening --- */

constexpr int OPENS = -1;

struct OpeningRow
{
  const char *name;
  RpTlsMode tls;
  bool has_password;
  int error;        /* OPENS or an RpConnectionError */
  guint reply_code; /* of the last reply, 0 for none */
  Script script;
};

void
PrintTo (const OpeningRow &row, std::ostream *out)
{
  *out << row.name;
}

class Opening : public testing::TestWithParam<OpeningRow>
{
};

TEST_P (Opening, EndsAsTheServerBehaves)
{
  const OpeningRow &row = GetParam ();
  ScriptedServer server (row.script);
  ServerMaker maker (row.tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  client.open (row.has_password ? TEST_PASSWORD : nullptr);
  const RpReply *reply = rp_connection_get_reply (client.connection);

  EXPECT_EQ (client.seen.error, row.error) << client.seen.error_text;
  EXPECT_EQ (client.seen.is_open, row.error == OPENS);
  EXPECT_EQ (reply != nullptr ? reply->code : 0, row.reply_code);
  rp_connection_close (client.connection, FALSE);
  server.stop ();
  EXPECT_EQ (server.problem (), "");
  if (row.tls != RP_TLS_NONE)
    {
      EXPECT_FALSE (holds_password (server.clear_log ())) << server.clear_log ();
      EXPECT_EQ (server.clear_log ().find ("AUTH"), std::string::npos);
    }
}

const OpeningRow opening_rows[] = {
  { "implicit_tls_plain", RP_TLS_IMPLICIT, true, OPENS, 235,
    tls + offer_plain + plain_accepted },
  { "starttls_plain", RP_TLS_STARTTLS, true, OPENS, 235,
    offer_starttls + tls + offer_again ("AUTH PLAIN") + plain_accepted },
  { "starttls_without_login", RP_TLS_STARTTLS, false, OPENS, 250,
    offer_starttls + tls + offer_again ("AUTH PLAIN") },
  { "implicit_tls_without_login", RP_TLS_IMPLICIT, false, OPENS, 250,
    tls + offer_plain },
  { "insecure_without_login", RP_TLS_NONE, false, OPENS, 250, offer ("SIZE 5") },
  { "insecure_loopback_login", RP_TLS_NONE, true, OPENS, 235,
    offer_plain + plain_accepted },
  { "auth_login", RP_TLS_IMPLICIT, true, OPENS, 235,
    tls + offer ("AUTH LOGIN")
        + Script{ expect ("AUTH LOGIN dGVycmk="), say ("334 UGFzc3dvcmQ6\r\n"),
                  expect ("Y29ycmVjdCBob3JzZQ=="), say ("235 in\r\n") } },
  { "greeting_byte_by_byte",
    RP_TLS_NONE,
    false,
    OPENS,
    250,
    { say_bytewise ("220-one\r\n220 two\r\n"), expect ("EHLO"),
      say_bytewise ("250-x\r\n250 SIZE 7\r\n") } },
  { "ehlo_refused_helo_taken", RP_TLS_NONE, false, OPENS, 250,
    greet + Script{ say ("502 no EHLO\r\n"), expect ("HELO"), say ("250 hello\r\n") } },

  { "refused_by_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_REPLY,
    554,
    { say ("554 5.7.1 go away\r\n") } },
  { "busy_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_REPLY,
    421,
    { say ("421 too many\r\n"), cut () } },
  { "ehlo_refused", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_REPLY, 550,
    greet + Script{ say ("550 your name is forged\r\n") } },
  { "starttls_answered_454", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_REPLY, 454,
    greet
        + Script{ say ("250-x\r\n250 STARTTLS\r\n"), expect ("STARTTLS"),
                  say ("454 4.7.0 TLS not available\r\n") } },

  { "login_refused", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_LOGIN, 535,
    tls + offer_plain
        + Script{ expect ("AUTH PLAIN"), say ("535 5.7.8 bad password\r\n") } },
  { "login_refused_for_now", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_LOGIN, 454,
    tls + offer_plain + Script{ expect ("AUTH PLAIN"), say ("454 4.7.0 later\r\n") } },
  { "login_answered_250", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_LOGIN, 250,
    tls + offer_plain + Script{ expect ("AUTH PLAIN"), say ("250 ok\r\n") } },
  { "no_auth_offered", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
    250, tls + offer ("SIZE 1000") },
  { "no_known_mechanism", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
    250, tls + offer ("AUTH GSSAPI NTLM") },
  { "auth_offered_before_tls_only", RP_TLS_STARTTLS, true,
    RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED, 250,
    greet
        + Script{ say ("250-x\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"),
                  expect ("STARTTLS"), say ("220 go\r\n"), start_tls () }
        + Script{ expect ("EHLO"), say ("250-x\r\n250 SIZE 5\r\n") } },

  { "certificate_of_another_name",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_CERTIFICATE,
    0,
    { start_tls (Identity::wrong_name) } },
  { "certificate_expired",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_CERTIFICATE,
    0,
    { start_tls (Identity::expired) } },
  { "certificate_self_signed",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_CERTIFICATE,
    0,
    { start_tls (Identity::self_signed) } },
  { "starttls_certificate_of_another_name", RP_TLS_STARTTLS, true,
    RP_CONNECTION_ERROR_CERTIFICATE, 220,
    offer_starttls + Script{ start_tls (Identity::wrong_name) } },
  { "tls_1_1_only",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_TLS_STRIPPED,
    0,
    { start_tls (Identity::old_tls) } },
  { "starttls_stripped", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_TLS_STRIPPED, 250,
    offer ("AUTH PLAIN LOGIN") },
  { "starttls_stripped_without_login", RP_TLS_STARTTLS, false,
    RP_CONNECTION_ERROR_TLS_STRIPPED, 250, offer ("SIZE 1") },
  { "reply_injected_before_tls", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_NOT_SMTP,
    220,
    greet
        + Script{ say ("250-x\r\n250 STARTTLS\r\n"), expect ("STARTTLS"),
                  say ("220 go\r\n250-x\r\n250 AUTH PLAIN\r\n") } },

  { "http_answer",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_NOT_SMTP,
    0,
    { say ("HTTP/1.1 400 Bad Request\r\nServer: portal\r\n\r\n<html>") } },
  { "ssh_answer",
    RP_TLS_NONE,
    false,
    RP_CONNECTION_ERROR_NOT_SMTP,
    0,
    { say ("SSH-2.0-OpenSSH_9.2\r\n") } },
  { "endless_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_NOT_SMTP,
    0,
    { say ([] {
      std::string lines;
      for (int i = 0; i < 300; i++)
        lines += "220-and so on\r\n";
      return lines;
    }()) } },
  { "plain_greeting_for_implicit_tls",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_NOT_SMTP,
    0,
    { say ("220 hotel ESMTP\r\n") } },
  { "http_for_implicit_tls",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_NOT_SMTP,
    0,
    { say ("HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n") } },

  { "silent_before_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_TIMED_OUT,
    0,
    { hang () } },
  { "silent_in_tls_hello",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_TIMED_OUT,
    0,
    { hang () } },
  { "silent_after_ehlo", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_TIMED_OUT, 220,
    greet + Script{ hang () } },
  { "silent_in_mid_reply", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_TIMED_OUT, 220,
    greet + Script{ say ("250-x\r\n"), hang () } },
  { "silent_after_starttls", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_TIMED_OUT, 220,
    offer_starttls + Script{ hang () } },
  { "silent_after_auth", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_TIMED_OUT, 250,
    tls + offer_plain + Script{ expect ("AUTH"), hang () } },

  { "cut_before_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_UNREACHABLE,
    0,
    { cut () } },
  { "reset_before_greeting",
    RP_TLS_STARTTLS,
    true,
    RP_CONNECTION_ERROR_UNREACHABLE,
    0,
    { reset () } },
  { "cut_after_greeting", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_UNREACHABLE, 220,
    greet + Script{ cut () } },
  { "cut_in_tls_hello",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_UNREACHABLE,
    0,
    { cut () } },
  { "reset_in_tls_hello",
    RP_TLS_IMPLICIT,
    true,
    RP_CONNECTION_ERROR_UNREACHABLE,
    0,
    { reset () } },
  { "reset_in_starttls_hello", RP_TLS_STARTTLS, true, RP_CONNECTION_ERROR_UNREACHABLE,
    220, offer_starttls + Script{ reset () } },
  { "cut_after_tls", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_UNREACHABLE, 0,
    tls + Script{ cut () } },
  { "cut_after_auth", RP_TLS_IMPLICIT, true, RP_CONNECTION_ERROR_UNREACHABLE, 250,
    tls + offer_plain + Script{ expect ("AUTH"), cut () } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Opening,
                          testing::ValuesIn (opening_rows),
                          [] (const auto &row) { return row.param.name; });

/* --- mechanisms --- */

struct MechanismRow
{
  const char *name;
  const char *offered;
  RpCredentialKind kind;
  const char *mechanism; /* nullable: what is used */
  guint n_connections;
  Script login; /* nothing: none must be tried */
};

void
PrintTo (const MechanismRow &row, std::ostream *out)
{
  *out << row.name;
}

class Mechanism : public testing::TestWithParam<MechanismRow>
{
};

TEST_P (Mechanism, IsTheBestThatBothKnow)
{
  const MechanismRow &row = GetParam ();
  const Script offers = tls + offer (std::string ("AUTH ") + row.offered);
  std::vector<Script> connections (row.n_connections - 1, offers);

  connections.push_back (offers + row.login);
  ScriptedServer server (connections);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  const bool has_secret =
      row.kind == RP_CREDENTIAL_PASSWORD || row.kind == RP_CREDENTIAL_TOKEN;
  const RpCredential credential = { row.kind, has_secret ? TEST_PASSWORD : nullptr };
  Client client (maker);

  EXPECT_EQ (client.open_with (&credential), !row.login.empty ())
      << client.seen.error_text;
  EXPECT_STREQ (rp_connection_get_mechanism (client.connection), row.mechanism);
  if (row.login.empty ())
    {
      EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED);
    }
  EXPECT_EQ (server.n_connections (), row.n_connections);
  rp_connection_close (client.connection, FALSE);
  server.stop ();
  EXPECT_EQ (server.problem (), "");
  if (row.kind != RP_CREDENTIAL_PASSWORD)
    {
      EXPECT_EQ (server.tls_log ().find ("PLAIN"), std::string::npos);
    }
}

const Script accepted = { say ("235 2.7.0 in\r\n") };
const Script cram_login = { expect ("AUTH CRAM-MD5"), say ("334 PDEyMzQ1QHg+\r\n"),
                            expect ("dGVycmkg") };

const MechanismRow mechanism_rows[] = {
  { "plain_before_login", "LOGIN PLAIN CRAM-MD5", RP_CREDENTIAL_PASSWORD, "PLAIN", 1,
    plain_accepted },
  { "login_before_challenges", "DIGEST-MD5 CRAM-MD5 LOGIN", RP_CREDENTIAL_PASSWORD,
    "LOGIN", 1,
    Script{ expect ("AUTH LOGIN dGVycmk="), say ("334 UGFzc3dvcmQ6\r\n"),
            expect ("Y29ycmVjdCBob3JzZQ==") }
        + accepted },
  { "cram_md5_before_digest_md5", "DIGEST-MD5 CRAM-MD5", RP_CREDENTIAL_PASSWORD,
    "CRAM-MD5", 2, cram_login + accepted },
  { "digest_md5", "DIGEST-MD5 NTLM", RP_CREDENTIAL_PASSWORD, "DIGEST-MD5", 2,
    /* realm="x",nonce="n",qop="auth",algorithm=md5-sess,charset=utf-8 */
    Script{ expect ("AUTH DIGEST-MD5"),
            say ("334 cmVhbG09IngiLG5vbmNlPSJuIixxb3A9ImF1dGgiLGFsZ29yaXRobT1tZDUtc2Vz"
                 "cyxjaGFyc2V0PXV0Zi04\r\n"),
            expect ("Y2hhcnNldD11dGYtOCx1c2VybmFtZT0idGVycmkiLHJlYWxtPSJ4Iixub25j"
                    "ZT0ibiIsbmM9MDAwMDAwMDEsY25vbmNl") }
        + accepted },
  { "no_token_for_a_password",
    "XOAUTH2 OAUTHBEARER",
    RP_CREDENTIAL_PASSWORD,
    nullptr,
    1,
    {} },
  { "oauthbearer_before_xoauth2", "PLAIN XOAUTH2 OAUTHBEARER", RP_CREDENTIAL_TOKEN,
    "OAUTHBEARER", 1,
    Script{ expect ("AUTH OAUTHBEARER bixhPXRlcnJpLAF") } + accepted },
  { "xoauth2", "LOGIN PLAIN XOAUTH2", RP_CREDENTIAL_TOKEN, "XOAUTH2", 1,
    /* user=terri ^A auth=Bearer correct horse ^A ^A */
    Script{
        expect ("AUTH XOAUTH2 dXNlcj10ZXJyaQFhdXRoPUJlYXJlciBjb3JyZWN0IGhvcnNlAQE=") }
        + accepted },
  { "no_password_for_a_token",
    "PLAIN LOGIN CRAM-MD5",
    RP_CREDENTIAL_TOKEN,
    nullptr,
    1,
    {} },
  { "external", "PLAIN EXTERNAL", RP_CREDENTIAL_CERTIFICATE, "EXTERNAL", 1,
    Script{ expect ("AUTH EXTERNAL dGVycmk=") } + accepted },
  { "no_password_for_a_certificate",
    "PLAIN LOGIN",
    RP_CREDENTIAL_CERTIFICATE,
    nullptr,
    1,
    {} },
  { "no_password_for_a_ticket", "PLAIN LOGIN", RP_CREDENTIAL_KERBEROS, nullptr, 1, {} },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Mechanism,
                          testing::ValuesIn (mechanism_rows),
                          [] (const auto &row) { return row.param.name; });

/* --- logins with a token --- */

struct TokenRow
{
  const char *name;
  const char *mechanism;
  const char *token;
  int error; /* OPENS or an RpConnectionError */
  guint reply_code;
  const char *said_by_us;   /* found in what the server was sent */
  const char *said_in_text; /* nullable: found in the error's text */
  Script login;
};

void
PrintTo (const TokenRow &row, std::ostream *out)
{
  *out << row.name;
}

class Token : public testing::TestWithParam<TokenRow>
{
};

TEST_P (Token, IsShownAndAnswered)
{
  const TokenRow &row = GetParam ();
  ScriptedServer server (tls + offer (std::string ("AUTH ") + row.mechanism)
                         + row.login);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  const RpCredential credential = { RP_CREDENTIAL_TOKEN, row.token };
  Client client (maker);

  client.open_with (&credential);
  EXPECT_EQ (client.seen.error, row.error) << client.seen.error_text;
  EXPECT_EQ (rp_connection_get_reply (client.connection)->code, row.reply_code);
  EXPECT_STREQ (rp_connection_get_mechanism (client.connection), row.mechanism);
  EXPECT_EQ (client.seen.error_text.find (row.token), std::string::npos);
  if (row.said_in_text != nullptr)
    {
      EXPECT_NE (client.seen.error_text.find (row.said_in_text), std::string::npos)
          << client.seen.error_text;
    }
  rp_connection_close (client.connection, FALSE);
  server.stop ();
  EXPECT_EQ (server.problem (), "");
  EXPECT_NE (server.tls_log ().find (row.said_by_us), std::string::npos)
      << server.tls_log ();
  EXPECT_EQ (server.n_connections (), 1u);
}

/* {"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"} */
const char complaint_400[] =
    "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwu"
    "Z29vZ2xlLmNvbS8ifQ==\r\n";
/* {"status":"invalid_token","openid-configuration":"https://idp.example/"} */
const char complaint_invalid[] =
    "334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwib3BlbmlkLWNvbmZpZ3VyYXRpb24iOiJodHRwczov"
    "L2lkcC5leGFtcGxlLyJ9\r\n";
const std::string long_token (400, 'x');

const Script refused = { say ("535-5.7.8 Username and Password not accepted.\r\n"
                              "535 5.7.8 Learn more\r\n") };
const Script show_xoauth2 = { expect (
    "AUTH XOAUTH2 dXNlcj10ZXJyaQFhdXRoPUJlYXJlciB0MGtlbjUBAQ==") };
const Script show_standard = { expect (
    "AUTH OAUTHBEARER bixhPXRlcnJpLAFob3N0PTEyNy4wLjAuMQFwb3J0P") };

Script
prompts (int n_prompts)
{
  Script script;

  for (int i = 0; i < n_prompts; i++)
    script = script + Script{ say ("334 \r\n"), expect ("") };
  return script;
}

const TokenRow token_rows[] = {
  { "refused_at_once", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 535,
    "AUTH XOAUTH2 ", "refused the login with XOAUTH2",
    show_xoauth2 + Script{ say ("535 5.7.3 Authentication unsuccessful\r\n") } },
  { "xoauth2_complaint_is_answered_with_nothing", "XOAUTH2", "t0ken5",
    RP_CONNECTION_ERROR_LOGIN, 535, "AQ==\r\n\r\n", "(400)",
    show_xoauth2 + Script{ say (complaint_400), expect ("") } + refused },
  { "oauthbearer_complaint_is_answered_with_a_separator", "OAUTHBEARER", "t0ken5",
    RP_CONNECTION_ERROR_LOGIN, 535, "\r\nAQ==\r\n", "(invalid_token)",
    show_standard + Script{ say (complaint_invalid), expect ("AQ==") } + refused },
  { "complaint_that_is_no_json", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 535,
    "AQ==\r\n\r\n", "with XOAUTH2",
    show_xoauth2 + Script{ say ("334 bm8=\r\n"), expect ("") } + refused },
  /* {"status":"a<newline>b<esc>"} */
  { "complaint_with_controls", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 535,
    "AQ==\r\n\r\n", "(a b ",
    show_xoauth2
        + Script{ say ("334 eyJzdGF0dXMiOiJhXG5iXHUwMDFiIn0=\r\n"), expect ("") }
        + refused },
  /* {"status":{"a":1}} */
  { "complaint_that_is_no_text", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 535,
    "AQ==\r\n\r\n", "with XOAUTH2",
    show_xoauth2 + Script{ say ("334 eyJzdGF0dXMiOnsiYSI6MX19\r\n"), expect ("") }
        + refused },
  { "refused_for_now", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 454,
    "AUTH XOAUTH2 ", nullptr, show_xoauth2 + Script{ say ("454 4.7.0 later\r\n") } },
  { "answered_250", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_LOGIN, 250,
    "AUTH XOAUTH2 ", nullptr, show_xoauth2 + Script{ say ("250 ok\r\n") } },
  /* RFC 4954 section 4: too long for the command */
  { "long_token_behind_the_prompt", "XOAUTH2", long_token.c_str (), OPENS, 235,
    "AUTH XOAUTH2\r\n", nullptr,
    Script{ expect ("AUTH XOAUTH2"), say ("334 \r\n"),
            expect ("dXNlcj10ZXJyaQFhdXRoPUJlYXJlciB4eHh4") }
        + accepted },
  { "long_token_and_complaint", "XOAUTH2", long_token.c_str (),
    RP_CONNECTION_ERROR_LOGIN, 535, "AUTH XOAUTH2\r\n", "(400)",
    Script{ expect ("AUTH XOAUTH2"), say ("334\r\n"),
            expect ("dXNlcj10ZXJyaQFhdXRoPUJlYXJlciB4eHh4"), say (complaint_400),
            expect ("") }
        + refused },
  { "mechanism_refused_before_the_token", "XOAUTH2", long_token.c_str (),
    RP_CONNECTION_ERROR_LOGIN, 504, "AUTH XOAUTH2\r\n", nullptr,
    Script{ expect ("AUTH XOAUTH2"), say ("504 5.5.4 no such mechanism\r\n") } },
  { "prompts_without_end", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_NOT_SMTP, 334,
    "AUTH XOAUTH2 ", nullptr,
    show_xoauth2 + prompts (10) + Script{ say ("334 \r\n"), hang () } },
  { "more_than_it_was_asked", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_NOT_SMTP, 250,
    "AUTH XOAUTH2 ", nullptr,
    show_xoauth2 + Script{ say ("235 in\r\n250 and more\r\n") } },
  { "no_smtp_reply", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_NOT_SMTP, 250,
    "AUTH XOAUTH2 ", nullptr, show_xoauth2 + Script{ say ("hello\r\n") } },
  { "reply_byte_by_byte", "XOAUTH2", "t0ken5", OPENS, 235, "AUTH XOAUTH2 ", nullptr,
    show_xoauth2 + Script{ say_bytewise ("235 2.7.0 in\r\n") } },
  { "silent", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_TIMED_OUT, 250, "AUTH XOAUTH2 ",
    nullptr, show_xoauth2 + Script{ hang () } },
  { "cut", "XOAUTH2", "t0ken5", RP_CONNECTION_ERROR_UNREACHABLE, 250, "AUTH XOAUTH2 ",
    nullptr, show_xoauth2 + Script{ cut () } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Token,
                          testing::ValuesIn (token_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Connection, ALoginOfOurOwnCanBeCancelled)
{
  ScriptedServer server (tls + offer ("AUTH XOAUTH2") + show_xoauth2
                         + Script{ hang () });
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  const RpCredential credential = { RP_CREDENTIAL_TOKEN, "t0ken5" };

  maker.server.timeout_s = 60;
  Client client (maker);

  client.start_with (&credential);
  EXPECT_TRUE (run_until (
      [&] { return server.tls_log ().find ("AUTH XOAUTH2") != std::string::npos; }));
  g_cancellable_cancel (client.cancellable);
  EXPECT_TRUE (run_until ([&] { return client.seen.is_open_finished; }));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_CANCELLED);
}

TEST (Connection, ATokenStaysOnTheMachineWithoutTls)
{
  ScriptedServer server (offer ("AUTH XOAUTH2"));
  ServerMaker maker (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);
  const RpCredential credential = { RP_CREDENTIAL_TOKEN, "t0ken5" };

  maker.endpoint.is_loopback = FALSE;
  Client client (maker);

  EXPECT_FALSE (client.open_with (&credential));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_TLS_STRIPPED);
  EXPECT_EQ (server.n_connections (), 0u);
}

TEST (Connection, ACertificateIsNoLoginWithoutTls)
{
  ScriptedServer server (offer ("AUTH EXTERNAL"));
  ServerMaker maker (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);
  const RpCredential credential = { RP_CREDENTIAL_CERTIFICATE, nullptr };
  Client client (maker);

  EXPECT_FALSE (client.open_with (&credential));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_TLS_STRIPPED);
  EXPECT_EQ (server.n_connections (), 0u);
}

/* The first connection is told that neither PLAIN nor LOGIN is there, the second one
 * asks for the challenge. */
TEST (Connection, LogsInByChallengeWhereNothingElseIsOffered)
{
  const Script cram = tls + offer ("AUTH CRAM-MD5");
  ScriptedServer server (
      { cram, cram
                  + Script{ expect ("AUTH CRAM-MD5"), say ("334 PDEyMzQ1QHg+\r\n"),
                            expect ("dGVycmkg"), say ("235 in\r\n") } });
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  EXPECT_TRUE (client.open (TEST_PASSWORD)) << client.seen.error_text;
  EXPECT_EQ (server.n_connections (), 2u);
  EXPECT_FALSE (holds_password (server.tls_log ()));
  EXPECT_EQ (server.problem (), "");
}

TEST (Connection, KnowsTheCapabilitiesOfTheLastEhloOnly)
{
  ScriptedServer server (greet
                         + Script{ say ("250-x\r\n250-CHUNKING\r\n250-AUTH CRAM-MD5\r\n"
                                        "250 STARTTLS\r\n"),
                                   expect ("STARTTLS"), say ("220 go\r\n") }
                         + tls
                         + Script{ expect ("EHLO"), say ("250-x\r\n250-PIPELINING\r\n"
                                                         "250 SIZE 4242\r\n") });
  ServerMaker maker (RP_TLS_STARTTLS, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  const RpCapabilities *capabilities =
      rp_connection_get_capabilities (client.connection);

  EXPECT_TRUE (capabilities->has_pipelining);
  EXPECT_FALSE (capabilities->has_chunking);
  EXPECT_FALSE (capabilities->has_starttls);
  EXPECT_EQ (capabilities->max_message_bytes, 4242u);
  EXPECT_EQ (capabilities->auth_mechanisms, nullptr);
}

TEST (Connection, NeverSendsAPasswordWithoutTlsToAForeignHost)
{
  ScriptedServer server (offer_plain);
  ServerMaker maker (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);

  maker.endpoint.is_loopback = FALSE;
  Client client (maker);

  EXPECT_FALSE (client.open (TEST_PASSWORD));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_TLS_STRIPPED);
  EXPECT_EQ (server.n_connections (), 0u);
}

TEST (Connection, NeverSendsAPasswordWithoutTlsThroughAProxy)
{
  ScriptedServer server (offer_plain);
  ServerMaker maker (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);

  maker.server.proxy = const_cast<char *> ("socks5h://127.0.0.1:1");
  Client client (maker);

  EXPECT_FALSE (client.open (TEST_PASSWORD));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_TLS_STRIPPED);
  EXPECT_EQ (server.n_connections (), 0u);
}

const char other_pin[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

struct PinRow
{
  const char *name;
  bool has_right;
  bool has_other;
};

void
PrintTo (const PinRow &row, std::ostream *out)
{
  *out << row.name;
}

class Pin : public testing::TestWithParam<PinRow>
{
};

/* The wrong one stops everything, before a login. */
TEST_P (Pin, HoldsBesideTheCertificate)
{
  const PinRow &row = GetParam ();
  ScriptedServer server (tls + offer_plain + plain_accepted);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  std::string pins = row.has_other ? other_pin : "";

  if (row.has_right)
    pins += (row.has_other ? ";" : "") + ThrowawayCa::instance ().pin ();
  maker.server.pins = const_cast<char *> (pins.c_str ());
  Client client (maker);

  EXPECT_EQ (client.open (TEST_PASSWORD), row.has_right) << client.seen.error_text;
  EXPECT_EQ (client.seen.error,
             row.has_right ? OPENS : (int) RP_CONNECTION_ERROR_CERTIFICATE);
  if (!row.has_right)
    {
      EXPECT_NE (client.seen.error_text.find ("public key does not match"),
                 std::string::npos)
          << client.seen.error_text;
      EXPECT_EQ (server.tls_log (), "");
    }
}

const PinRow pin_rows[] = { { "right", true, false },
                            { "one_of_several", true, true },
                            { "wrong", false, true } };
INSTANTIATE_TEST_SUITE_P (Rows,
                          Pin,
                          testing::ValuesIn (pin_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Connection, TrustsNobodyButTheSystemWithoutACaFile)
{
  ScriptedServer server (tls + offer_plain);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (), nullptr);
  Client client (maker);

  EXPECT_FALSE (client.open (nullptr));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_CERTIFICATE);
}

struct ClientCertificateRow
{
  const char *name;
  const char *certificate; /* nullable: none is configured */
  const char *key;         /* nullable: it is in the certificate's file */
  const char *says;        /* nullable: it is taken; else in the error's text */
};

void
PrintTo (const ClientCertificateRow &row, std::ostream *out)
{
  *out << row.name;
}

class ClientCertificate : public testing::TestWithParam<ClientCertificateRow>
{
};

TEST_P (ClientCertificate, IsShownWhereTheServerWantsOne)
{
  const ClientCertificateRow &row = GetParam ();
  const ThrowawayCa &ca = ThrowawayCa::instance ();
  const std::string certificate =
      ca.client_file (row.certificate != nullptr ? row.certificate : "");
  const std::string key = ca.client_file (row.key != nullptr ? row.key : "");
  ScriptedServer server (Script{ start_tls (Identity::wants_client) } + offer_plain);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (), ca.ca_file ());

  if (row.certificate != nullptr)
    maker.server.client_certificate = const_cast<char *> (certificate.c_str ());
  if (row.key != nullptr)
    maker.server.client_key = const_cast<char *> (key.c_str ());
  Client client (maker);

  client.open (nullptr);
  EXPECT_EQ (client.seen.error,
             row.says == nullptr ? OPENS : (int) RP_CONNECTION_ERROR_NO_CERTIFICATE)
      << client.seen.error_text;
  if (row.says != nullptr)
    {
      EXPECT_NE (client.seen.error_text.find (row.says), std::string::npos)
          << client.seen.error_text;
    }
}

const ClientCertificateRow client_certificate_rows[] = {
  { "with_its_key", "client.pem", nullptr, nullptr },
  { "key_apart", "certificate.pem", "key.pem", nullptr },
  { "none", nullptr, nullptr, "alert certificate required" },
  { "no_such_file", "missing.pem", nullptr, "could not load PEM client certificate" },
  { "without_a_key", "certificate.pem", nullptr, "unable to set private key file" },
  /* and nobody is asked for the passphrase */
  { "encrypted_key", "certificate.pem", "encrypted-key.pem",
    "unable to set private key file" },
  { "key_of_another", "certificate.pem", "other-key.pem",
    "unable to set private key file" },
  { "key_that_is_a_certificate", "certificate.pem", "certificate.pem",
    "unable to set private key file" },
  { "of_a_stranger", "stranger.pem", nullptr, "alert unknown ca" },
};
INSTANTIATE_TEST_SUITE_P (Rows,
                          ClientCertificate,
                          testing::ValuesIn (client_certificate_rows),
                          [] (const auto &row) { return row.param.name; });

/* On a terminal of its own, where OpenSSL could ask. */
[[noreturn]] void
log_in_on_a_terminal ()
{
  const int terminal = posix_openpt (O_RDWR | O_NOCTTY);
  const ThrowawayCa &ca = ThrowawayCa::instance ();
  const std::string certificate = ca.client_file ("certificate.pem");
  const std::string key = ca.client_file ("encrypted-key.pem");

  setsid ();
  grantpt (terminal);
  unlockpt (terminal);
  /* The process's own from now on; whatever is written there is a question. */
  const int controlling = open (ptsname (terminal), O_RDWR);
  std::thread reader ([terminal] {
    char octet;

    if (read (terminal, &octet, 1) == 1)
      _exit (2);
  });
  ScriptedServer server (Script{ start_tls (Identity::wants_client) } + offer_plain);
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", server.port (), ca.ca_file ());

  maker.server.client_certificate = const_cast<char *> (certificate.c_str ());
  maker.server.client_key = const_cast<char *> (key.c_str ());
  Client client (maker);

  client.open (nullptr);
  _exit (controlling >= 0 && client.seen.error == RP_CONNECTION_ERROR_NO_CERTIFICATE
             ? 0
             : 1);
}

TEST (ClientCertificateDeathTest, NobodyIsAskedForThePassphraseOfTheKey)
{
  EXPECT_EXIT (log_in_on_a_terminal (), testing::ExitedWithCode (0), "");
}

/* The proxy is told the name: whoever uses one does not ask the name server here. */
TEST (Connection, ASocksProxyResolvesTheName)
{
  ScriptedServer proxy (Script{ take (), say (std::string ("\5\0", 2)), take (),
                                say (std::string ("\5\0\0\1\0\0\0\0\0\0", 10)) }
                        + tls + offer_plain + plain_accepted);
  TableResolver resolver (TableResolver::silent);
  ServerMaker maker (RP_TLS_IMPLICIT, "mail.test", 465,
                     ThrowawayCa::instance ().ca_file ());
  const std::string url = "socks5h://127.0.0.1:" + std::to_string (proxy.port ());

  maker.server.proxy = const_cast<char *> (url.c_str ());
  Client client (maker);

  EXPECT_TRUE (client.open (TEST_PASSWORD)) << client.seen.error_text;
  EXPECT_NE (proxy.clear_log ().find ("mail.test"), std::string::npos);
  EXPECT_FALSE (holds_password (proxy.clear_log ()));
  EXPECT_EQ (proxy.problem (), "");
}

/* With socks5 it is curl that resolves, so both names have to be known to it. */
TEST (Connection, NamesAreResolvedForAProxyThatDoesNot)
{
  ScriptedServer proxy (Script{ take (), say (std::string ("\5\0", 2)), take (),
                                say (std::string ("\5\0\0\1\0\0\0\0\0\0", 10)) }
                        + tls + offer_plain);
  TableResolver resolver (
      NameTable{ { "mail.test", { "192.0.2.9" } }, { "proxy.test", { "127.0.0.1" } } });
  ServerMaker maker (RP_TLS_IMPLICIT, "mail.test", 465,
                     ThrowawayCa::instance ().ca_file ());
  const std::string url = "socks5://proxy.test:" + std::to_string (proxy.port ());

  maker.server.proxy = const_cast<char *> (url.c_str ());
  Client client (maker);

  EXPECT_TRUE (client.open (nullptr)) << client.seen.error_text;
  EXPECT_NE (proxy.clear_log ().find (std::string ("\xc0\0\2\x9", 4)),
             std::string::npos);
}

TEST (Connection, NamesARefusedPort)
{
  guint16 port;
  {
    ScriptedServer server (greet);
    port = server.port ();
  }
  ServerMaker maker (RP_TLS_STARTTLS, "127.0.0.1", port, nullptr);
  Client client (maker);

  EXPECT_FALSE (client.open (TEST_PASSWORD));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_UNREACHABLE);
  EXPECT_NE (client.seen.error_text.find (std::to_string (port)), std::string::npos)
      << client.seen.error_text;
}

struct ProxyRow
{
  const char *name;
  const char *scheme;
  int error;        /* OPENS or an RpConnectionError */
  const char *told; /* found in what the proxy was sent */
  const char *says; /* nullable: found in the error's text */
  Script script;
};

void
PrintTo (const ProxyRow &row, std::ostream *out)
{
  *out << row.name;
}

class Proxy : public testing::TestWithParam<ProxyRow>
{
};

TEST_P (Proxy, IsAskedAndBelieved)
{
  const ProxyRow &row = GetParam ();
  ScriptedServer proxy (row.script);
  TableResolver resolver (NameTable{ { "mail.test", { "192.0.2.9" } } });
  ServerMaker maker (RP_TLS_IMPLICIT, "mail.test", 465,
                     ThrowawayCa::instance ().ca_file ());
  const std::string url =
      std::string (row.scheme) + "://127.0.0.1:" + std::to_string (proxy.port ());

  maker.server.proxy = const_cast<char *> (url.c_str ());
  Client client (maker);

  client.open (TEST_PASSWORD);
  EXPECT_EQ (client.seen.error, row.error) << client.seen.error_text;
  if (row.says != nullptr)
    {
      EXPECT_NE (client.seen.error_text.find (row.says), std::string::npos)
          << client.seen.error_text;
    }
  rp_connection_close (client.connection, FALSE);
  proxy.stop ();
  EXPECT_EQ (proxy.problem (), "");
  EXPECT_NE (proxy.clear_log ().find (row.told), std::string::npos)
      << proxy.clear_log ();
  EXPECT_FALSE (holds_password (proxy.clear_log ()));
}

/* No login is offered: not a password, which nobody gave, and not Kerberos, for which
 * the main loop would wait. */
const Script socks_greeting = { take (), say (std::string ("\5\0", 2)), take () };
const char socks_hello[] = "\5\1";
const std::string socks_done ("\5\0\0\1\0\0\0\0\0\0", 10);
const std::string socks_refused ("\5\5\0\1\0\0\0\0\0\0", 10);
const Script connect = { expect ("CONNECT mail.test:465 HTTP/1.1"), expect ("Host:"),
                         expect ("Proxy-Connection:"), expect ("") };
const Script behind = tls + offer_plain + plain_accepted;

const ProxyRow proxy_rows[] = {
  { "socks5h", "socks5h", OPENS, socks_hello, nullptr,
    socks_greeting + Script{ say (socks_done) } + behind },
  { "socks5", "socks5", OPENS, "\xc0", nullptr,
    socks_greeting + Script{ say (socks_done) } + behind },
  { "http", "http", OPENS, "CONNECT mail.test:465", nullptr,
    connect + Script{ say ("HTTP/1.1 200 Connection established\r\n\r\n") } + behind },
  { "socks_refuses", "socks5h", RP_CONNECTION_ERROR_UNREACHABLE, socks_hello,
    "complete SOCKS5 connection", socks_greeting + Script{ say (socks_refused) } },
  { "socks_wants_a_login",
    "socks5h",
    RP_CONNECTION_ERROR_UNREACHABLE,
    socks_hello,
    "No authentication method was acceptable",
    { take (), say ("\5\xff") } },
  { "socks_is_silent",
    "socks5h",
    RP_CONNECTION_ERROR_TIMED_OUT,
    socks_hello,
    "mail.test port 465",
    { take (), hang () } },
  { "socks_is_something_else",
    "socks5h",
    RP_CONNECTION_ERROR_UNREACHABLE,
    socks_hello,
    "SOCKS5",
    { take (), say ("HTTP/1.1 400 Bad Request\r\n\r\n") } },
  { "http_refuses", "http", RP_CONNECTION_ERROR_UNREACHABLE, "CONNECT mail.test:465",
    "403",
    connect + Script{ say ("HTTP/1.1 403 Filtered\r\nContent-Length: 0\r\n\r\n") } },
  { "http_wants_a_login", "http", RP_CONNECTION_ERROR_UNREACHABLE,
    "CONNECT mail.test:465", "407",
    connect
        + Script{ say ("HTTP/1.1 407 Proxy Authentication Required\r\n"
                       "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: "
                       "0\r\n\r\n") } },
  { "http_wants_a_ticket", "http", RP_CONNECTION_ERROR_UNREACHABLE,
    "CONNECT mail.test:465", "407",
    connect
        + Script{ say ("HTTP/1.1 407 Proxy Authentication Required\r\n"
                       "Proxy-Authenticate: Negotiate\r\nContent-Length: "
                       "0\r\n\r\n") } },
  { "http_is_silent", "http", RP_CONNECTION_ERROR_TIMED_OUT, "CONNECT mail.test:465",
    "mail.test port 465", connect + Script{ hang () } },
  { "http_cuts", "http", RP_CONNECTION_ERROR_UNREACHABLE, "CONNECT mail.test:465",
    "Proxy CONNECT aborted", connect + Script{ cut () } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Proxy,
                          testing::ValuesIn (proxy_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Connection, AProxyThatIsNotThereIsUnreachable)
{
  ServerMaker maker (RP_TLS_IMPLICIT, "127.0.0.1", 465,
                     ThrowawayCa::instance ().ca_file ());

  maker.server.proxy = const_cast<char *> ("socks5h://127.0.0.1:1");
  Client client (maker);

  EXPECT_FALSE (client.open (TEST_PASSWORD));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_UNREACHABLE);
  EXPECT_NE (client.seen.error_text.find ("127.0.0.1 port 1 "), std::string::npos)
      << client.seen.error_text;
}

TEST (Connection, TakesNoProxyFromTheEnvironment)
{
  g_setenv ("ALL_PROXY", "socks5h://127.0.0.1:1", TRUE);
  ScriptedServer server (offer ("SIZE 1"));
  ServerMaker maker (RP_TLS_NONE, "127.0.0.1", server.port (), nullptr);
  Client client (maker);

  EXPECT_TRUE (client.open (nullptr)) << client.seen.error_text;
  g_unsetenv ("ALL_PROXY");
}

TEST (Connection, IsCancelledAtOnce)
{
  ScriptedServer server (Script{ hang () });
  ServerMaker maker (RP_TLS_STARTTLS, "127.0.0.1", server.port (), nullptr);

  maker.server.timeout_s = 60;
  Client client (maker);

  client.start (TEST_PASSWORD);
  ASSERT_TRUE (run_until ([&] { return server.n_connections () == 1; }));
  g_cancellable_cancel (client.cancellable);
  EXPECT_TRUE (run_until ([&] { return client.seen.is_open_finished; }, 1000));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_CANCELLED);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
}

TEST (Connection, ClosedWhileOpeningIsCancelled)
{
  ScriptedServer server (Script{ hang () });
  ServerMaker maker (RP_TLS_STARTTLS, "127.0.0.1", server.port (), nullptr);

  maker.server.timeout_s = 60;
  Client client (maker);

  client.start (TEST_PASSWORD);
  ASSERT_TRUE (run_until ([&] { return server.n_connections () == 1; }));
  rp_connection_close (client.connection, TRUE);
  EXPECT_TRUE (run_until ([&] { return client.seen.is_open_finished; }, 1000));
  EXPECT_EQ (client.seen.error, RP_CONNECTION_ERROR_CANCELLED);
}

/* --- the dialogue after opening --- */

struct DialogueRow
{
  const char *name;
  RpTlsMode tls;
};

void
PrintTo (const DialogueRow &row, std::ostream *out)
{
  *out << row.name;
}

class Dialogue : public testing::TestWithParam<DialogueRow>
{
protected:
  Script
  connected () const
  {
    return (GetParam ().tls == RP_TLS_IMPLICIT ? tls : Script{}) + offer_plain;
  }
};

TEST_P (Dialogue, RepliesComeOneByOneHoweverTheyAreCut)
{
  ScriptedServer server (connected ()
                         + Script{ expect ("MAIL"), expect ("RCPT"), expect ("DATA"),
                                   say_bytewise ("250 2.1.0 Ok\r\n250-2.1.5 a\r\n"),
                                   say ("250 2.1.5 b\r\n354 go"), say (" ahead\r\n") });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("MAIL FROM:<a@b>\r\n");
  client.send ("RCPT TO:<c@d>\r\n");
  client.send ("DATA\r\n");
  EXPECT_EQ (rp_connection_get_n_unsent (client.connection), 38u);
  EXPECT_TRUE (client.wait_replies (3));
  EXPECT_EQ (client.seen.replies, (std::vector<guint>{ 250, 250, 354 }));
  EXPECT_EQ (client.seen.n_drained, 1u);
  EXPECT_EQ (rp_connection_get_n_unsent (client.connection), 0u);
  EXPECT_EQ (server.problem (), "");
}

/* One TLS record of many replies: what is decrypted already makes no socket readable.
 */
TEST_P (Dialogue, ManyRepliesAtOnceAreAllHeard)
{
  std::string replies;

  for (int i = 0; i < 1000; i++)
    replies += "250 2.1.5 Ok\r\n";
  ScriptedServer server (connected () + Script{ expect ("RCPT"), say (replies) });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("RCPT TO:<c@d>\r\n");
  EXPECT_TRUE (client.wait_replies (1000)) << client.seen.replies.size ();
}

/* The socket fills up again and again; what arrives is what was given. */
TEST_P (Dialogue, LargeContentArrivesEqualAtASlowReader)
{
  ScriptedServer server (connected ()
                         + Script{ read_slowly (), say ("250 taken\r\n") });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);
  std::string content;

  for (int i = 0; content.size () < 12 * 1024 * 1024; i++)
    content += std::to_string (i) + " the quick brown fox\r\n";
  content += ".\r\n";

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  /* In pieces of odd sizes, some given while others are under way. */
  for (size_t done = 0, piece = 1; done < content.size (); piece = piece * 3 + 1)
    {
      client.send (content.substr (done, piece));
      done += std::min (piece, content.size () - done);
      g_main_context_iteration (nullptr, FALSE);
    }
  EXPECT_TRUE (run_until ([&] { return !client.seen.replies.empty (); }, 60000));
  EXPECT_EQ (client.seen.n_lost, 0u);
  EXPECT_TRUE (server.content () == content);
  EXPECT_EQ (rp_connection_get_n_unsent (client.connection), 0u);
}

TEST_P (Dialogue, AServerThatClosesIsLostOnceAfterItsWords)
{
  ScriptedServer server (
      connected () + Script{ expect ("MAIL"), say ("421 4.3.2 closing\r\n"), cut () });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("MAIL FROM:<a@b>\r\n");
  EXPECT_TRUE (run_until ([&] { return client.seen.n_lost > 0; }));
  EXPECT_EQ (client.seen.replies, std::vector<guint>{ 421 });
  client.send ("RCPT TO:<c@d>\r\n");
  run_until ([] { return false; }, 50);
  EXPECT_EQ (client.seen.n_lost, 1u);
}

/* What the server said is heard although it hung up on the rest. */
TEST_P (Dialogue, ARefusalInMidContentIsHeard)
{
  ScriptedServer server (
      connected () + Script{ expect ("line"), say ("552 5.3.4 too big\r\n"), cut () });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("line\r\n");
  EXPECT_TRUE (client.wait_replies (1));
  while (client.seen.n_lost == 0)
    {
      client.send (std::string (100000, 'x'));
      g_main_context_iteration (nullptr, TRUE);
    }
  EXPECT_EQ (client.seen.replies, std::vector<guint>{ 552 });
  EXPECT_EQ (client.seen.n_lost, 1u);
}

TEST_P (Dialogue, OctetsThatAreNoSmtpEndIt)
{
  ScriptedServer server (connected ()
                         + Script{ expect ("MAIL"), say ("<html>hello</html>\r\n") });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("MAIL FROM:<a@b>\r\n");
  EXPECT_TRUE (run_until ([&] { return client.seen.n_lost > 0; }));
  EXPECT_TRUE (client.seen.replies.empty ());
}

TEST_P (Dialogue, QuitIsSaidInTheBackground)
{
  ScriptedServer server (connected ()
                         + Script{ expect ("QUIT"), say ("221 bye\r\n"), cut () });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  rp_connection_close (client.connection, TRUE);
  g_clear_object (&client.connection);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  EXPECT_EQ (server.problem (), "");
  EXPECT_EQ (client.seen.n_lost, 0u);
}

/* In mid-content a QUIT would be a line of the message. */
TEST_P (Dialogue, NoQuitBehindUnsentOctets)
{
  ScriptedServer server (connected () + Script{ expect ("DATA"), say ("354 go\r\n") });
  ServerMaker maker (GetParam ().tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  Client client (maker);

  ASSERT_TRUE (client.open (nullptr)) << client.seen.error_text;
  client.send ("DATA\r\n");
  ASSERT_TRUE (client.wait_replies (1));
  client.send ("half a message\r\n");
  rp_connection_close (client.connection, TRUE);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  EXPECT_EQ ((server.tls_log () + server.clear_log ()).find ("QUIT"),
             std::string::npos);
}

const DialogueRow dialogue_rows[] = { { "in_clear", RP_TLS_NONE },
                                      { "over_tls", RP_TLS_IMPLICIT } };
INSTANTIATE_TEST_SUITE_P (Rows,
                          Dialogue,
                          testing::ValuesIn (dialogue_rows),
                          [] (const auto &row) { return row.param.name; });

} // namespace
