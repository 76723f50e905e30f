/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transactions as dialogues: "> " is what has to be written, "< " what the server says
 * and, behind it, the command that it answers. "!" releases DATA, "~" resets, "+" asks
 * for one more recipient, "^" begins another transaction behind this one. */
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/rp-transaction.h"

namespace
{

struct Case
{
  const char *name;
  const char *ehlo; /* keywords, separated by ';' */
  const char *sender;
  const char *recipients; /* separated by ' ' */
  const char *content;    /* "8bit", "utf8", "" */
  gboolean data_rides;
  std::vector<const char *> dialogue;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

const char *const kinds[] = { "mail", "rcpt", "data", "content", "dot", "rset" };

class TransactionTest : public testing::TestWithParam<Case>
{
protected:
  void
  SetUp () override
  {
    const Case &row = GetParam ();
    g_auto (GStrv) keywords = g_strsplit (row.ehlo, ";", -1);
    g_auto (GStrv) recipients = g_strsplit (row.recipients, " ", -1);

    capabilities = rp_capabilities_new ();
    for (guint i = 0; keywords[i] != NULL; i++)
      rp_capabilities_add_line (capabilities, keywords[i]);
    envelope = rp_envelope_new (row.sender);
    envelope->ret = g_strdup ("HDRS");
    envelope->envid = g_strdup ("QQ314159");
    for (guint i = 0; recipients[i] != NULL; i++)
      rp_envelope_add_recipient (envelope, recipients[i])->notify =
          g_strdup ("SUCCESS,FAILURE");
    rp_envelope_add_recipient (envelope, "late@adatum.com")->orcpt =
        g_strdup ("rfc822;late+2Bx@adatum.com");
    facts.n_bytes = 1234;
    facts.is_8bit = g_strcmp0 (row.content, "") != 0;
    facts.has_utf8_header = g_str_equal (row.content, "utf8");
    self = rp_transaction_new (envelope, &facts, capabilities, row.data_rides);
    for (guint i = 0; recipients[i] != NULL; i++)
      rp_transaction_add_recipient (self, i);
  }

  void
  TearDown () override
  {
    rp_transaction_free (self);
    rp_envelope_free (envelope);
    rp_capabilities_free (capabilities);
  }

  std::string
  TakeDue ()
  {
    std::string all;
    GBytes *bytes = rp_transaction_take_due (self);

    if (bytes == NULL)
      return "";
    all.assign (static_cast<const char *> (g_bytes_get_data (bytes, NULL)),
                g_bytes_get_size (bytes));
    g_bytes_unref (bytes);
    return all;
  }

  /* "250 rcpt 0": the code, the command that it answers, the recipient's place; or
   * "250 broken". */
  void
  Hear (const char *line)
  {
    g_auto (GStrv) words = g_strsplit (line, " ", -1);
    g_autoptr (RpReply) reply =
        rp_reply_new ((guint) g_ascii_strtoull (words[0], NULL, 10), NULL, "text");
    RpCommand command;

    if (g_str_equal (words[1], "broken"))
      {
        EXPECT_FALSE (rp_transaction_take_reply (self, reply, &command)) << line;
        return;
      }
    ASSERT_TRUE (rp_transaction_take_reply (self, reply, &command)) << line;
    EXPECT_STREQ (kinds[command.kind], words[1]) << line;
    if (words[2] != NULL)
      {
        EXPECT_EQ (command.recipient, g_ascii_strtoull (words[2], NULL, 10)) << line;
      }
  }

  void
  BeginAnother ()
  {
    RpTransaction *earlier = self;

    self = rp_transaction_new (envelope, &facts, capabilities, FALSE);
    rp_transaction_follow (self, earlier);
    rp_transaction_free (earlier);
  }

  RpCapabilities *capabilities;
  RpEnvelope *envelope;
  RpContentFacts facts = {};
  RpTransaction *self;
};

TEST_P (TransactionTest, SpeaksAsWritten)
{
  std::string due;

  for (const char *line : GetParam ().dialogue)
    {
      due += TakeDue ();
      if (line[0] == '>')
        {
          std::string expected = std::string (line + 2) + "\r\n";

          ASSERT_EQ (due.substr (0, expected.size ()), expected);
          due.erase (0, expected.size ());
          continue;
        }
      EXPECT_EQ (due, "") << "before " << line;
      if (line[0] == '<')
        Hear (line + 2);
      if (line[0] == '!')
        rp_transaction_release (self);
      if (line[0] == '~')
        {
          EXPECT_EQ (rp_transaction_reset (self), line[1] == '\0');
        }
      if (line[0] == '+')
        rp_transaction_add_recipient (self, 1);
      if (line[0] == '^')
        BeginAnother ();
      if (line[0] == '?')
        {
          EXPECT_EQ (rp_transaction_wants_content (self),
                     g_str_equal (line, "?content"));
        }
    }
  EXPECT_EQ (due + TakeDue (), "");
}

const char all[] = "PIPELINING;SIZE 10000;8BITMIME;SMTPUTF8;DSN";
const char from[] = "> MAIL FROM:<terri@proseware.com>";

const Case cases[] = {
  { "bare_server_one_by_one",
    "",
    "terri@proseware.com",
    "a@x.example b@x.example",
    "",
    FALSE,
    { from, "< 250 mail", "> RCPT TO:<a@x.example>", "< 250 rcpt 0",
      "> RCPT TO:<b@x.example>", "< 250 rcpt 1", "?", "!", "> DATA", "< 354 data",
      "?content", "< 250 content", "?" } },
  { "pipelined_in_one_flight",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example b@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "> RCPT TO:<b@x.example>", "< 250 mail",
      "< 250 rcpt 0", "< 550 rcpt 1", "!", "> DATA", "< 354 data", "?content" } },
  { "no_data_before_its_release",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "?" } },
  { "data_rides_with_one_recipient",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    TRUE,
    { from, "> RCPT TO:<a@x.example>", "> DATA", "< 250 mail", "< 250 rcpt 0",
      "< 354 data", "?content" } },
  { "data_does_not_ride_without_pipelining",
    "",
    "terri@proseware.com",
    "a@x.example",
    "",
    TRUE,
    { from, "< 250 mail", "> RCPT TO:<a@x.example>", "< 250 rcpt 0", "!", "> DATA" } },
  { "354_after_a_refusal_gets_a_lone_dot",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    TRUE,
    { from, "> RCPT TO:<a@x.example>", "> DATA", "< 250 mail", "< 550 rcpt 0",
      "< 354 data", "> .", "< 250 dot", "?" } },
  { "354_after_a_refusal_of_mail_too",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    TRUE,
    { from, "> RCPT TO:<a@x.example>", "> DATA", "< 550 mail", "< 503 rcpt 0",
      "< 354 data", "> .", "< 554 dot" } },
  { "554_to_data_after_a_refusal_needs_no_dot",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    TRUE,
    { from, "> RCPT TO:<a@x.example>", "> DATA", "< 250 mail", "< 550 rcpt 0",
      "< 554 data", "?" } },
  { "refused_mail_asks_no_rcpt",
    "",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "< 550 mail", "?" } },
  { "parameters_of_what_is_offered",
    all,
    "terri@proseware.com",
    "a@x.example",
    "8bit",
    FALSE,
    { "> MAIL FROM:<terri@proseware.com> SIZE=1234 BODY=8BITMIME RET=HDRS "
      "ENVID=QQ314159",
      "> RCPT TO:<a@x.example> NOTIFY=SUCCESS,FAILURE" } },
  { "seven_bits_need_no_body",
    all,
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { "> MAIL FROM:<terri@proseware.com> SIZE=1234 RET=HDRS ENVID=QQ314159",
      "> RCPT TO:<a@x.example> NOTIFY=SUCCESS,FAILURE" } },
  { "nothing_that_is_not_offered",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "8bit",
    FALSE,
    { from, "> RCPT TO:<a@x.example>" } },
  { "utf8_address",
    "PIPELINING;SMTPUTF8;8BITMIME",
    "jürgen@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { "> MAIL FROM:<jürgen@proseware.com> SMTPUTF8", "> RCPT TO:<a@x.example>" } },
  { "utf8_header",
    "PIPELINING;SMTPUTF8;8BITMIME",
    "terri@proseware.com",
    "a@x.example",
    "utf8",
    FALSE,
    { "> MAIL FROM:<terri@proseware.com> BODY=8BITMIME SMTPUTF8",
      "> RCPT TO:<a@x.example>" } },
  { "orcpt_goes_along",
    "PIPELINING;DSN",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { "> MAIL FROM:<terri@proseware.com> RET=HDRS ENVID=QQ314159",
      "> RCPT TO:<a@x.example> NOTIFY=SUCCESS,FAILURE", "< 250 mail", "+",
      "> RCPT TO:<late@adatum.com> ORCPT=rfc822;late+2Bx@adatum.com", "< 250 rcpt 0",
      "< 250 rcpt 1" } },
  { "null_sender", "", "", "a@x.example", "", FALSE, { "> MAIL FROM:<>" } },
  { "reset_when_all_is_answered",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "~", "> RSET",
      "< 250 rset", "?" } },
  { "no_reset_while_an_answer_is_owed",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "~no" } },
  { "no_reset_once_content_is_wanted",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "!", "> DATA",
      "< 354 data", "~no" } },
  { "unasked_reply_breaks",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "< 250 broken" } },
  { "250_to_data_breaks",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "!", "> DATA",
      "< 250 broken" } },
  { "rset_goes_before_what_follows_an_open_one",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 550 rcpt 0", "^", "> RSET",
      from, "< 250 rset", "< 250 mail" } },
  { "rset_goes_alone_without_pipelining",
    "",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "< 250 mail", "> RCPT TO:<a@x.example>", "< 550 rcpt 0", "^", "> RSET",
      "< 250 rset", from, "< 250 mail" } },
  { "no_rset_after_mail_was_refused",
    "",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "< 451 mail", "^", from, "< 250 mail" } },
  { "no_rset_after_content",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 250 rcpt 0", "!", "> DATA",
      "< 354 data", "< 250 content", "^", from, "< 250 mail" } },
  { "354_to_mail_breaks",
    "",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "< 354 broken" } },
  { "354_to_rcpt_breaks",
    "PIPELINING",
    "terri@proseware.com",
    "a@x.example",
    "",
    FALSE,
    { from, "> RCPT TO:<a@x.example>", "< 250 mail", "< 354 broken" } },
};

INSTANTIATE_TEST_SUITE_P (Dialogues,
                          TransactionTest,
                          testing::ValuesIn (cases),
                          [] (const auto &row) { return row.param.name; });

} // namespace
