// SPDX-License-Identifier: GPL-3.0-or-later
// roampost sendmail, run as programs run it, against a listener that writes down what
// it hears.
#include <gtest/gtest.h>

#include <sysexits.h>
#include <unistd.h>

#include "canned-agent.h"
#include "client-run.h"
#include "smtp-sink.h"

namespace
{

class SendmailTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    agent_.set_listening (sink_.address ());
  }

  SmtpSink sink_;
  ClientRun run_;
  CannedAgent agent_{ run_.folder () };
};

// A header that lacks nothing, so that nothing is added.
const std::string whole =
    "From: Terri <terri@proseware.com>\nDate: today\nMessage-ID: <1@x>\n";

struct Sent
{
  const char *name;
  std::vector<std::string> words;
  std::string input;
  std::string heard; // from MAIL to the end of data; "SIZE" stands for any size
};

void
PrintTo (const Sent &row, std::ostream *stream)
{
  *stream << row.name;
}

class SentTest : public SendmailTest, public testing::WithParamInterface<Sent>
{
};

// The size is that of the message with its CRLFs, which the content shows anyway.
std::string
without_size (const std::string &heard)
{
  g_autoptr (GRegex) regex = g_regex_new (" SIZE=[0-9]+", (GRegexCompileFlags) 0,
                                          (GRegexMatchFlags) 0, nullptr);
  g_autofree char *text = g_regex_replace_literal (regex, heard.c_str (), -1, 0, "",
                                                   (GRegexMatchFlags) 0, nullptr);

  return text;
}

TEST_P (SentTest, IsHeard)
{
  ClientResult result = run_.go (GetParam ().words, GetParam ().input);

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.errors, "");
  EXPECT_EQ (result.output, "");
  EXPECT_EQ (without_size (sink_.heard ()), GetParam ().heard);
}

const std::string head =
    "From: Terri <terri@proseware.com>\nDate: today\nMessage-ID: <1@x>\n";

std::string
envelope (const std::vector<std::string> &recipients,
          const std::string &sender = "terri@proseware.com")
{
  std::string text = "MAIL FROM:<" + sender + ">\n";

  for (const std::string &recipient : recipients)
    text += "RCPT TO:<" + recipient + ">\n";
  return text + "DATA\n";
}

const Sent sent[] = {
  { "argument",
    { "sendmail", "bob@adatum.com" },
    whole + "\nhello\n",
    envelope ({ "bob@adatum.com" }) + head + "\nhello\n.\n" },
  { "windows_lines",
    { "sendmail", "bob@adatum.com" },
    "From: terri@proseware.com\r\nDate: today\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n",
    envelope ({ "bob@adatum.com" })
        + "From: terri@proseware.com\nDate: today\nMessage-ID: <1@x>\n\nhello\n.\n" },
  { "last_line_without_end",
    { "sendmail", "bob@adatum.com" },
    whole + "\nhello",
    envelope ({ "bob@adatum.com" }) + head + "\nhello\n.\n" },
  { "several_arguments_and_lists",
    { "sendmail", "--", "bob@adatum.com", "eve@example.net, Joe <joe@example.net>" },
    whole + "\n",
    envelope ({ "bob@adatum.com", "eve@example.net", "joe@example.net" }) + head
        + "\n.\n" },
  { "recipients_from_header",
    { "sendmail", "-t" },
    whole
        + "To: Bob <bob@adatum.com>,\n \"A, B\" <ab@example.net>\nCc: c@example.net\n"
          "Bcc: secret@example.net\nSubject: x\n\nhello\n",
    envelope (
        { "bob@adatum.com", "ab@example.net", "c@example.net", "secret@example.net" })
        + head
        + "To: Bob <bob@adatum.com>,\n \"A, B\" <ab@example.net>\nCc: c@example.net\n"
          "Subject: x\n\nhello\n.\n" },
  { "bcc_over_several_lines_and_with_a_blank",
    { "sendmail", "-ti" },
    whole + "bcc : a@example.net,\n\tb@example.net\nTo: c@example.net\n\nhello\n",
    envelope ({ "c@example.net", "a@example.net", "b@example.net" }) + head
        + "To: c@example.net\n\nhello\n.\n" },
  { "bcc_stays_without_t",
    { "sendmail", "bob@adatum.com" },
    whole + "Bcc: a@example.net\n\n",
    envelope ({ "bob@adatum.com" }) + head + "Bcc: a@example.net\n\n.\n" },
  { "sent_on",
    { "sendmail", "-t" },
    whole
        + "To: old@example.net\nResent-To: new@example.net\nResent-Bcc: "
          "b@example.net\n\n",
    envelope ({ "new@example.net", "b@example.net" }) + head
        + "To: old@example.net\nResent-To: new@example.net\n\n.\n" },
  { "groups_and_comments",
    { "sendmail", "-t" },
    whole
        + "To: team: a@example.net, B (the (good) one) <b@example.net>;\n"
          "Cc: undisclosed-recipients:;\n\n",
    envelope ({ "a@example.net", "b@example.net" }) + head
        + "To: team: a@example.net, B (the (good) one) <b@example.net>;\n"
          "Cc: undisclosed-recipients:;\n\n.\n" },
  { "envelope_sender",
    { "sendmail", "-f", "adam@adatum.com", "bob@adatum.com" },
    whole + "\n",
    envelope ({ "bob@adatum.com" }, "adam@adatum.com") + head + "\n.\n" },
  { "envelope_sender_joined_and_r",
    { "sendmail", "-oi", "-radam@adatum.com", "-oem", "bob@adatum.com" },
    whole + "\n",
    envelope ({ "bob@adatum.com" }, "adam@adatum.com") + head + "\n.\n" },
  { "null_sender",
    { "sendmail", "-f", "<>", "bob@adatum.com" },
    whole + "\n",
    envelope ({ "bob@adatum.com" }, "") + head + "\n.\n" },
  { "dot_ends",
    { "sendmail", "bob@adatum.com" },
    whole + "\nhello\n.\nnot sent\n",
    envelope ({ "bob@adatum.com" }) + head + "\nhello\n.\n" },
  { "dot_stays",
    { "sendmail", "-i", "bob@adatum.com" },
    whole + "\nhello\n.\nsent\n..\n",
    envelope ({ "bob@adatum.com" }) + head + "\nhello\n..\nsent\n...\n.\n" },
  { "line_of_a_mailbox",
    { "sendmail", "bob@adatum.com" },
    "From terri Tue Nov 24 03:00:00 2026\n" + whole + "\n",
    envelope ({ "bob@adatum.com" }) + head + "\n.\n" },
  { "name_of_the_sender",
    { "sendmail", "-F", "Terri \"T\" Chen", "-f", "terri@proseware.com",
      "b@example.net" },
    "Date: today\nMessage-ID: <1@x>\n\n",
    envelope ({ "b@example.net" })
        + "Date: today\nMessage-ID: <1@x>\nFrom: \"Terri T Chen\" "
          "<terri@proseware.com>\n\n.\n" },
  { "address_that_looks_like_an_option",
    { "sendmail", "-i", "--", "-X@example.net" },
    whole + "\n",
    envelope ({ "-X@example.net" }) + head + "\n.\n" },
};

INSTANTIATE_TEST_SUITE_P (Rows, SentTest, testing::ValuesIn (sent), name_of<Sent>);

TEST_F (SendmailTest, CompletesABareBody)
{
  agent_.status = "{'accounts': <[{'address': <'terri@proseware.com'>}]>}";
  ClientResult result = run_.go ({ "sendmail", "b@example.net" }, "just a line\n");
  std::string heard = sink_.heard ();

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  expect_in ("MAIL FROM:<terri@proseware.com>", heard);
  expect_in ("\nFrom: terri@proseware.com\nDate: ", heard);
  expect_in (" +0000\nMessage-ID: <", heard);
  expect_in ("@proseware.com>\n\njust a line\n.\n", heard);
}

TEST_F (SendmailTest, TakesTheSenderFromTheEnvironment)
{
  run_.set_environment ("EMAIL", "Terri <env@proseware.com>");
  run_.go ({ "sendmail", "b@example.net" }, "From: root (Cron Daemon)\n\nhello\n");
  expect_in ("MAIL FROM:<env@proseware.com>", sink_.heard ());
}

TEST_F (SendmailTest, IsSendmailWhenCalledSo)
{
  std::string link = run_.folder () + "/sendmail";
  std::string build = g_getenv ("RP_TEST_BUILD_DIR");

  ASSERT_EQ (symlink ((build + "/client/roampost").c_str (), link.c_str ()), 0);
  run_.set_program (link);
  ClientResult result = run_.go ({ "-i", "bob@adatum.com" }, whole + "\n");
  g_unlink (link.c_str ());

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  expect_in ("RCPT TO:<bob@adatum.com>", sink_.heard ());
}

TEST_F (SendmailTest, IsSilentOrVerbose)
{
  sink_.set_reply (".", "250 2.0.0 Ok: queued as 4F1C (via proseware)");
  EXPECT_EQ (run_.go ({ "sendmail", "b@example.net" }, whole).output, "");
  EXPECT_EQ (run_.go ({ "sendmail", "-v", "b@example.net" }, whole).output,
             "250 2.0.0 Ok: queued as 4F1C (via proseware)\n");
}

TEST_F (SendmailTest, EightBitsPassUnchanged)
{
  run_.go ({ "sendmail", "b@example.net" }, whole + "\nGrüße \xe4\xff\n");
  expect_in ("\nGrüße \xe4\xff\n.\n", sink_.heard ());
}

TEST_F (SendmailTest, LargeMessagesPassWhole)
{
  std::string body;

  for (int i = 0; i < 100000; i++)
    body += "line " + std::to_string (i) + "\n";
  EXPECT_EQ (run_.go ({ "sendmail", "b@example.net" }, whole + "\n" + body).exit_code,
             EX_OK);
  EXPECT_NE (sink_.heard ().find (head + "\n" + body + ".\n"), std::string::npos);
}

struct Answer
{
  const char *name;
  const char *verb;
  const char *reply;
  int exit_code;
  const char *in_errors;
};

void
PrintTo (const Answer &row, std::ostream *stream)
{
  *stream << row.name;
}

class AnswerTest : public SendmailTest, public testing::WithParamInterface<Answer>
{
};

TEST_P (AnswerTest, KeepsTheWordsAndExits)
{
  sink_.set_reply (GetParam ().verb, GetParam ().reply);
  ClientResult result = run_.go ({ "sendmail", "b@example.net" }, whole + "\nhello\n");

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  EXPECT_EQ (result.output, "");
  expect_in (GetParam ().in_errors, result.errors);
}

const Answer answers[] = {
  { "unknown_sender", "MAIL", "550 5.7.1 kein Konto sendet als terri", EX_NOPERM,
    "roampost sendmail: 550 5.7.1 kein Konto sendet als terri\n" },
  { "no_such_user", "RCPT", "550 5.1.1 no such user", EX_NOUSER, "550 5.1.1 no such" },
  { "no_such_host", "RCPT", "550 5.1.2 no such host", EX_NOHOST, "550 5.1.2 no such" },
  { "later", "RCPT", "451 4.4.1 offline", EX_TEMPFAIL, "451 4.4.1 offline" },
  { "refused_at_the_end", ".", "554-5.7.1 server's own words\r\n554 5.7.1 our sentence",
    EX_NOPERM,
    "554-5.7.1 server's own words\nroampost sendmail: 554 5.7.1 our sentence\n" },
  { "later_at_the_end", ".", "451 4.3.0 later", EX_TEMPFAIL, "451 4.3.0 later" },
  { "too_big", ".", "552 5.3.4 too big", EX_DATAERR, "552 5.3.4 too big" },
  { "no_mail_at_all", ".", "554 no", EX_UNAVAILABLE, "554 no" },
  { "hangs_up_at_the_end", ".", "", EX_TEMPFAIL, "may be lost" },
  { "hangs_up_at_mail", "MAIL", "", EX_TEMPFAIL, "may be lost" },
  { "escape_sequence", ".", "554 \033[31mred", EX_UNAVAILABLE, "554  [31mred" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          AnswerTest,
                          testing::ValuesIn (answers),
                          name_of<Answer>);

struct Refusal
{
  const char *name;
  std::vector<std::string> words;
  const char *input;
  int exit_code;
  const char *in_errors;
};

void
PrintTo (const Refusal &row, std::ostream *stream)
{
  *stream << row.name;
}

class RefusalTest : public SendmailTest, public testing::WithParamInterface<Refusal>
{
};

TEST_P (RefusalTest, SaysWhyAndSendsNothing)
{
  ClientResult result = run_.go (GetParam ().words, GetParam ().input);

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  expect_in (GetParam ().in_errors, result.errors);
  EXPECT_EQ (sink_.heard (), "");
}

const Refusal refusals[] = {
  { "nobody", { "sendmail" }, "x", EX_USAGE, "nobody to send to" },
  { "nobody_in_header",
    { "sendmail", "-t" },
    "Subject: x\n\n",
    EX_USAGE,
    "nobody to send" },
  { "local_user", { "sendmail", "root" }, "x", EX_NOUSER, "“root” is no mail address" },
  { "line_end_in_address",
    { "sendmail", "\"a\r\nDATA\"@x.org" },
    "x",
    EX_NOUSER,
    "is no mail address" },
  { "no_sender",
    { "sendmail", "b@example.net" },
    "x",
    EX_DATAERR,
    "no sender is known" },
  { "wrong_sender",
    { "sendmail", "-f", "me", "b@example.net" },
    "x",
    EX_DATAERR,
    "“me” behind -f" },
  { "bs", { "sendmail", "-bs" }, "", EX_USAGE, "localhost:2525" },
  { "bp", { "sendmail", "-bp" }, "", EX_USAGE, "roampost log" },
  { "bi", { "sendmail", "-bi" }, "", EX_USAGE, "-bi is not offered" },
  { "reports",
    { "sendmail", "-N", "never", "b@x.org" },
    "",
    EX_USAGE,
    "-N is not offered" },
  { "option", { "sendmail", "-Z", "b@x.org" }, "", EX_USAGE, "-Z is no option" },
  { "long_option", { "sendmail", "--bogus", "b@x.org" }, "", EX_USAGE, "“--bogus”" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          RefusalTest,
                          testing::ValuesIn (refusals),
                          name_of<Refusal>);

TEST_F (SendmailTest, NobodyListening)
{
  agent_.set_listening ("127.0.0.1:1");
  ClientResult result = run_.go ({ "sendmail", "b@example.net" }, whole);

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  expect_in ("no agent takes mail at 127.0.0.1:1", result.errors);
  expect_in ("systemctl --user start roampost-agent", result.errors);
}

// Whoever hangs up is nobody's any more.
struct HangUp
{
  const char *name;
  const char *greeting;
  const char *in_errors;
};

void
PrintTo (const HangUp &row, std::ostream *stream)
{
  *stream << row.name;
}

class HangUpTest : public SendmailTest, public testing::WithParamInterface<HangUp>
{
};

TEST_P (HangUpTest, SaysWhatIsSo)
{
  /* TCP_CORK: greeting and end leave together, so that nobody sees one without the
   * other. */
  std::string script =
      std::string ("use IO::Socket::INET; use Socket qw(IPPROTO_TCP); $| = 1;"
                   "my $l = IO::Socket::INET->new (Listen => 1,"
                   "  LocalAddr => '127.0.0.1') or die; print $l->sockport, \"\\n\";"
                   "my $c = $l->accept; setsockopt ($c, IPPROTO_TCP, 3, 1) or die;"
                   "$c->autoflush; print $c \"")
      + GetParam ().greeting + "\"; close $c;";
  const char *const argv[] = { "perl", "-e", script.c_str (), nullptr };
  g_autoptr (GSubprocess) other =
      g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, nullptr);
  ASSERT_NE (other, nullptr);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (other));
  g_autofree char *port =
      g_data_input_stream_read_line (lines, nullptr, nullptr, nullptr);
  ASSERT_NE (port, nullptr);

  agent_.set_listening (std::string ("127.0.0.1:") + port);
  ClientResult result = run_.go ({ "sendmail", "b@example.net" }, whole);

  EXPECT_NE (result.exit_code, EX_OK);
  expect_in (GetParam ().in_errors, result.errors);
}

const HangUp hang_ups[] = {
  { "without_a_word", "", "gives no greeting" },
  { "behind_its_greeting", "220 x\\r\\n", "the kernel does not tell whose program" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          HangUpTest,
                          testing::ValuesIn (hang_ups),
                          name_of<HangUp>);

// The port may be held by another user while our agent does not run.
TEST_F (SendmailTest, AnotherUserWhoHoldsThePortGetsNothing)
{
  const char *const script =
      "use IO::Socket::INET; $| = 1;"
      "my $l = IO::Socket::INET->new (Listen => 1, LocalAddr => '127.0.0.1')"
      "  or die; print $l->sockport, \"\\n\"; my $c = $l->accept; print $c \"220 "
      "x\\r\\n\";"
      "print scalar (<$c>) // 'nothing', \"\\n\";";
  const char *const argv[] = {
    "sudo",           "-n",   "setpriv", "--reuid=65534", "--regid=65534",
    "--clear-groups", "perl", "-e",      script,          nullptr
  };
  g_autoptr (GError) error = nullptr;
  g_autoptr (GSubprocess) other = g_subprocess_newv (
      geteuid () == 0 ? argv + 2 : argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  ASSERT_NE (other, nullptr) << error->message;
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (other));
  g_autofree char *port =
      g_data_input_stream_read_line (lines, nullptr, nullptr, nullptr);
  ASSERT_NE (port, nullptr);

  agent_.set_listening (std::string ("127.0.0.1:") + port);
  ClientResult result = run_.go ({ "sendmail", "b@example.net" }, whole);
  g_autofree char *heard =
      g_data_input_stream_read_line (lines, nullptr, nullptr, nullptr);

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  expect_in ("another user", result.errors);
  EXPECT_STREQ (heard, "nothing");
}

} // namespace
