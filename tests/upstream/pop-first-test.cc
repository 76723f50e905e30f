/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <ostream>

#include "run-until.h"
#include "scripted-server.h"
#include "server-maker.h"
#include "upstream/rp-connection.h"
#include "upstream/rp-pop-first.h"

namespace
{

struct Outcome
{
  bool is_finished = false;
  bool is_in = false;
  int error = -1;
  std::string text;
};

void
on_login_done (GObject *, GAsyncResult *result, gpointer user_data)
{
  auto *outcome = static_cast<Outcome *> (user_data);
  g_autoptr (GError) error = nullptr;

  EXPECT_FALSE (outcome->is_finished);
  outcome->is_finished = true;
  outcome->is_in = rp_pop_first_login_finish (result, &error) != FALSE;
  if (error != nullptr)
    {
      EXPECT_EQ (error->domain, RP_CONNECTION_ERROR);
      outcome->error = error->code;
      outcome->text = error->message;
    }
}

/* For the password "correct horse". */
#define APOP_DIGEST "57a2ea0f378e30f65e46bfc4cf607f90"
#define CRAM_ANSWER "dGVycmkgOTdkNTYxZTBhZGJkZTExN2U5MDg1ZGRhOWE3YjdhMGY="

const Script greet = { say ("+OK ready\r\n"), expect ("CAPA") };
const Script tls = { start_tls () };
const Script user_and_pass = { expect ("USER terri"), say ("+OK\r\n"),
                               expect ("PASS correct horse") };
const Script user_only = greet + Script{ say ("+OK\r\nUSER\r\n.\r\n") } + user_and_pass;
const Script logged_in = { say ("+OK 0 messages\r\n"), expect ("QUIT"),
                           say ("+OK bye\r\n"), cut () };
/* In clear: what an attempt without a password sees first. */
const Script say_ready = { say ("+OK ready\r\n") };
const Script no_capa = { expect ("CAPA"), say ("-ERR what?\r\n") };
const Script offer_user = { say ("+OK\r\nUSER\r\n.\r\n") };
const Script offer_cram = { say ("+OK\r\nSASL PLAIN CRAM-MD5\r\nUSER\r\n.\r\n") };
const Script offer_odd = { say ("+OK\r\nSASL ODD-MD5\r\nUSER\r\n.\r\n") };
const Script offer_tickets = { say ("+OK\r\nSASL GSSAPI PLAIN\r\n.\r\n") };
/* RFC 1939 section 7 and RFC 2195 section 2, with their own examples' challenges. */
const Script stamped = { say ("+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n") };
const Script apop = { expect ("APOP terri " APOP_DIGEST) };
const Script cram = { expect ("AUTH CRAM-MD5"),
                      say ("+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
                           "\r\n"),
                      expect (CRAM_ANSWER) };
const Script upgrade = greet
                       + Script{ say ("+OK\r\nUSER\r\nSTLS\r\n.\r\n"), expect ("STLS"),
                                 say ("+OK go\r\n"), start_tls () };

constexpr int IN = -1;

struct LoginRow
{
  const char *name;
  RpTlsMode tls;
  int error;         /* IN or an RpConnectionError */
  const char *words; /* of the server's, in the error */
  std::vector<Script> scripts;
  bool keeps_password = false; /* in clear as well */
};

void
PrintTo (const LoginRow &row, std::ostream *out)
{
  *out << row.name;
}

class PopFirst : public testing::TestWithParam<LoginRow>
{
};

TEST_P (PopFirst, EndsAsTheServerBehaves)
{
  const LoginRow &row = GetParam ();
  ScriptedServer server (row.scripts);
  ServerMaker maker (row.tls, "127.0.0.1", server.port (),
                     ThrowawayCa::instance ().ca_file ());
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  Outcome outcome;

  rp_pop_first_login_async (loop, &maker.server, TEST_PASSWORD, nullptr, on_login_done,
                            &outcome);
  ASSERT_TRUE (run_until ([&] { return outcome.is_finished; }));
  EXPECT_EQ (outcome.error, row.error) << outcome.text;
  EXPECT_EQ (outcome.is_in, row.error == IN);
  EXPECT_NE (outcome.text.find (row.words), std::string::npos) << outcome.text;
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == row.scripts.size (); }));
  EXPECT_EQ (server.problem (), "");
  if (row.tls != RP_TLS_NONE || row.keeps_password)
    {
      EXPECT_FALSE (holds_password (server.clear_log ())) << server.clear_log ();
    }
}

const LoginRow rows[] = {
  { "pop3s", RP_TLS_IMPLICIT, IN, "", { tls + user_only + logged_in } },
  { "sasl_plain",
    RP_TLS_IMPLICIT,
    IN,
    "",
    { tls + greet
      + Script{ say ("+OK\r\nSASL PLAIN\r\n.\r\n"),
                expect ("AUTH PLAIN AHRlcnJpAGNvcnJlY3QgaG9yc2U=") }
      + logged_in } },
  { "stls",
    RP_TLS_STARTTLS,
    IN,
    "",
    { upgrade + Script{ expect ("CAPA"), say ("+OK\r\nUSER\r\n.\r\n") } + user_and_pass
      + logged_in } },
  { "apop_in_clear",
    RP_TLS_NONE,
    IN,
    "",
    { stamped + Script{ expect ("CAPA"), say ("+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n") }
      + apop + logged_in },
    true },
  { "apop_without_capa",
    RP_TLS_NONE,
    IN,
    "",
    { stamped + no_capa + apop + logged_in },
    true },
  /* The refusal of whoever is on the way must not bring out the password. */
  { "apop_refused",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_LOGIN,
    "-ERR [AUTH] no",
    { stamped + Script{ expect ("CAPA"), say ("+OK\r\nUSER\r\n.\r\n") } + apop
      + Script{ say ("-ERR [AUTH] no\r\n") } },
    true },
  { "apop_lost",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_UNREACHABLE,
    "",
    { stamped + Script{ expect ("CAPA"), cut () } },
    true },
  { "challenge_in_clear",
    RP_TLS_NONE,
    IN,
    "",
    { greet + offer_cram, greet + offer_cram + cram + logged_in },
    true },
  { "challenge_refused",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_LOGIN,
    "-ERR [AUTH] no",
    { greet + offer_cram,
      greet + offer_cram + cram + Script{ say ("-ERR [AUTH] no\r\n") } },
    true },
  { "challenge_that_curl_cannot_take",
    RP_TLS_NONE,
    IN,
    "",
    { greet + offer_odd, greet + offer_odd,
      greet + offer_odd + user_and_pass + logged_in } },
  { "in_clear", RP_TLS_NONE, IN, "", { greet + offer_user, user_only + logged_in } },
  { "in_clear_without_capa",
    RP_TLS_NONE,
    IN,
    "",
    { say_ready + no_capa, say_ready + no_capa + user_and_pass + logged_in } },
  { "in_clear_wrong_password",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_LOGIN,
    "-ERR [AUTH] bad password",
    { greet + offer_user,
      user_only + Script{ say ("-ERR [AUTH] bad password\r\n") } } },
  { "in_clear_nothing_offered",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
    "",
    { greet + Script{ say ("+OK\r\n.\r\n") }, greet + Script{ say ("+OK\r\n.\r\n") } },
    true },
  { "in_clear_kerberos_offered",
    RP_TLS_NONE,
    IN,
    "",
    { greet + offer_tickets,
      greet + offer_tickets + Script{ expect ("AUTH PLAIN") } + logged_in } },
  { "in_clear_refused_by_greeting",
    RP_TLS_NONE,
    RP_CONNECTION_ERROR_REPLY,
    "-ERR [SYS/TEMP] too many",
    { Script{ say ("-ERR [SYS/TEMP] too many\r\n") } } },
  /* Kerberos is asked for by nobody: it would stop the main loop. */
  { "kerberos_offered",
    RP_TLS_IMPLICIT,
    IN,
    "",
    { tls + greet + Script{ say ("+OK\r\nSASL GSSAPI PLAIN\r\nUSER\r\n.\r\n") },
      tls + greet
          + Script{ say ("+OK\r\nSASL GSSAPI PLAIN\r\nUSER\r\n.\r\n"),
                    expect ("AUTH PLAIN") }
          + logged_in } },
  { "wrong_password",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_LOGIN,
    "[AUTH] bad password",
    { tls + user_only + Script{ say ("-ERR [AUTH] bad password\r\n") } } },
  { "mailbox_in_use",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_REPLY,
    "[IN-USE]",
    { tls + user_only + Script{ say ("-ERR [IN-USE] locked\r\n") } } },
  { "mailbox_locked_without_a_code",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_REPLY,
    "Unable to lock maildrop",
    { tls + user_only + Script{ say ("-ERR Unable to lock maildrop\r\n") } } },
  { "account_locked",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_LOGIN,
    "account locked",
    { tls + user_only
      + Script{ say ("-ERR Too many failures, account locked\r\n") } } },
  { "refused_by_greeting",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_REPLY,
    "-ERR too many",
    { tls + Script{ say ("-ERR too many\r\n") } } },
  { "stls_stripped",
    RP_TLS_STARTTLS,
    RP_CONNECTION_ERROR_TLS_STRIPPED,
    "",
    { greet + Script{ say ("+OK\r\nUSER\r\n.\r\n") } } },
  { "stls_refused",
    RP_TLS_STARTTLS,
    RP_CONNECTION_ERROR_TLS_STRIPPED,
    "",
    { greet
      + Script{ say ("+OK\r\nSTLS\r\n.\r\n"), expect ("STLS"),
                say ("-ERR no\r\n") } } },
  { "certificate_of_another_name",
    RP_TLS_IMPLICIT,
    RP_CONNECTION_ERROR_CERTIFICATE,
    "",
    { { start_tls (Identity::wrong_name) } } },
  { "http_answer",
    RP_TLS_STARTTLS,
    RP_CONNECTION_ERROR_NOT_SMTP,
    "",
    { { say ("HTTP/1.1 400 Bad Request\r\n\r\n") } } },
  { "silent", RP_TLS_STARTTLS, RP_CONNECTION_ERROR_TIMED_OUT, "", { { hang () } } },
  { "cut", RP_TLS_IMPLICIT, RP_CONNECTION_ERROR_UNREACHABLE, "", { { cut () } } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          PopFirst,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (PopFirstLogin, IsCancelled)
{
  ScriptedServer server (Script{ hang () });
  ServerMaker maker (RP_TLS_STARTTLS, "127.0.0.1", server.port (), nullptr);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome;

  maker.server.timeout_s = 60;
  rp_pop_first_login_async (loop, &maker.server, TEST_PASSWORD, cancellable,
                            on_login_done, &outcome);
  ASSERT_TRUE (run_until ([&] { return server.n_connections () == 1; }));
  g_cancellable_cancel (cancellable);
  EXPECT_TRUE (run_until ([&] { return outcome.is_finished; }, 1000));
  EXPECT_EQ (outcome.error, RP_CONNECTION_ERROR_CANCELLED);
}

} // namespace
