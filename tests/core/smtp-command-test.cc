/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-smtp-command.h"

#include <gtest/gtest.h>

#include <string>

#include "core/rp-parameter.h"

namespace
{

struct Row
{
  const char *name;
  std::string line;
  RpVerb verb;
  guint refusal; /* its code, 0 for none */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "helo", "HELO laptop", RP_VERB_HELO, 0 },
  { "ehlo_lower_case", "ehlo [127.0.0.1]", RP_VERB_EHLO, 0 },
  { "ehlo_name_of_words", "EHLO my laptop", RP_VERB_EHLO, 0 },
  { "ehlo_without_name", "EHLO", RP_VERB_EHLO, 501 },
  { "ehlo_name_255", "EHLO " + std::string (255, 'a'), RP_VERB_EHLO, 0 },
  { "ehlo_name_256", "EHLO " + std::string (256, 'a'), RP_VERB_EHLO, 501 },
  { "mail", "MAIL FROM:<a@b>", RP_VERB_MAIL, 0 },
  { "mail_blank_behind_colon", "MAIL FROM: <a@b> SIZE=1", RP_VERB_MAIL, 0 },
  { "mail_lower_case", "mail from:<a@b> size=1", RP_VERB_MAIL, 0 },
  { "mail_null", "MAIL FROM:<>", RP_VERB_MAIL, 0 },
  { "mail_blank_before_colon", "MAIL FROM :<a@b>", RP_VERB_MAIL, 501 },
  { "mail_to", "MAIL TO:<a@b>", RP_VERB_MAIL, 501 },
  { "mail_nothing", "MAIL", RP_VERB_MAIL, 501 },
  { "mail_from_nothing", "MAIL FROM:", RP_VERB_MAIL, 501 },
  { "mail_parameter", "MAIL FROM:<a@b> SIZE=", RP_VERB_MAIL, 501 },
  { "mail_tab", "MAIL FROM:\t<a@b>", RP_VERB_MAIL, 500 },
  { "rcpt", "RCPT TO:<a@b>", RP_VERB_RCPT, 0 },
  { "rcpt_null", "RCPT TO:<>", RP_VERB_RCPT, 501 },
  { "rcpt_no_domain", "RCPT TO:<postmaster>", RP_VERB_RCPT, 501 },
  { "data", "DATA", RP_VERB_DATA, 0 },
  { "data_blank_at_end", "DATA ", RP_VERB_DATA, 0 },
  { "data_argument", "DATA x", RP_VERB_DATA, 501 },
  { "bdat", "BDAT 10", RP_VERB_BDAT, 0 },
  { "bdat_last", "BDAT 10 last", RP_VERB_BDAT, 0 },
  { "bdat_most", "BDAT 9223372036854775807", RP_VERB_BDAT, 0 },
  { "bdat_overflow", "BDAT 9223372036854775808", RP_VERB_BDAT, 501 },
  { "bdat_negative", "BDAT -1", RP_VERB_BDAT, 501 },
  { "bdat_nothing", "BDAT", RP_VERB_BDAT, 501 },
  { "bdat_word", "BDAT ten", RP_VERB_BDAT, 501 },
  { "bdat_other_word", "BDAT 10 FIRST", RP_VERB_BDAT, 501 },
  { "bdat_control", "BDAT 10\x01", RP_VERB_BDAT, 500 },
  { "rset", "RSET", RP_VERB_RSET, 0 },
  { "noop", "NOOP x", RP_VERB_NOOP, 0 },
  { "quit", "QUIT", RP_VERB_QUIT, 0 },
  { "vrfy", "VRFY x", RP_VERB_VRFY, 0 },
  { "expn", "EXPN x", RP_VERB_EXPN, 0 },
  { "help", "HELP", RP_VERB_HELP, 0 },
  { "auth", "AUTH plain", RP_VERB_AUTH, 0 },
  { "auth_nothing", "AUTH", RP_VERB_AUTH, 501 },
  { "starttls", "STARTTLS", RP_VERB_STARTTLS, 0 },
  { "unknown", "TURN", RP_VERB_UNKNOWN, 500 },
  { "verb_prefix", "DAT", RP_VERB_UNKNOWN, 500 },
  { "verb_and_more", "DATAX", RP_VERB_UNKNOWN, 500 },
  { "empty", "", RP_VERB_UNKNOWN, 500 },
  { "blank_in_front", " DATA", RP_VERB_UNKNOWN, 500 },
  { "nul", std::string ("NOOP \0x", 7), RP_VERB_NOOP, 500 },
  { "escape", "NOOP \x1b[2J", RP_VERB_NOOP, 500 },
  { "c1_control", "NOOP \u0085", RP_VERB_NOOP, 500 },
  { "latin1", "NOOP \xfc", RP_VERB_NOOP, 500 },
};

class Command : public testing::TestWithParam<Row>
{
};

TEST_P (Command, is_taken_or_refused)
{
  g_autoptr (RpSmtpCommand) command =
      rp_smtp_command_parse (GetParam ().line.data (), GetParam ().line.size ());

  EXPECT_EQ (command->verb, GetParam ().verb);
  EXPECT_EQ (command->refusal != nullptr ? command->refusal->code : 0,
             GetParam ().refusal);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Command,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Command, mail_in_parts)
{
  const std::string line = "mail from:<Terri@b.c> size=12 BODY=8bitmime";
  g_autoptr (RpSmtpCommand) command =
      rp_smtp_command_parse (line.data (), line.size ());

  EXPECT_STREQ (command->address, "Terri@b.c");
  ASSERT_EQ (command->parameters->len, 2u);
  auto first = static_cast<RpParameter *> (command->parameters->pdata[0]);
  EXPECT_STREQ (first->keyword, "SIZE");
  EXPECT_STREQ (first->value, "12");
}

TEST (Command, bdat_in_parts)
{
  g_autoptr (RpSmtpCommand) some = rp_smtp_command_parse ("BDAT 123", 8);
  g_autoptr (RpSmtpCommand) last = rp_smtp_command_parse ("BDAT 0 LAST", 11);

  EXPECT_EQ (some->chunk_bytes, 123u);
  EXPECT_FALSE (some->is_last);
  EXPECT_EQ (last->chunk_bytes, 0u);
  EXPECT_TRUE (last->is_last);
}

TEST (Command, auth_in_parts)
{
  g_autoptr (RpSmtpCommand) bare = rp_smtp_command_parse ("auth login", 10);
  g_autoptr (RpSmtpCommand) initial = rp_smtp_command_parse ("AUTH PLAIN AGE=", 15);

  EXPECT_STREQ (bare->argument, "LOGIN");
  EXPECT_EQ (bare->initial_response, nullptr);
  EXPECT_STREQ (initial->initial_response, "AGE=");
}

TEST (Command, hello_is_kept_as_said)
{
  g_autoptr (RpSmtpCommand) command =
      rp_smtp_command_parse ("EHLO Terri's-Laptop  ", 21);

  EXPECT_STREQ (command->argument, "Terri's-Laptop");
}

struct ForeignRow
{
  const char *name;
  std::string line;
  bool is_foreign;
};

void
PrintTo (const ForeignRow &row, std::ostream *out)
{
  *out << row.name;
}

const ForeignRow foreign_rows[] = {
  { "get", "GET / HTTP/1.0", true },
  { "post", "POST /x", true },
  { "lower_case", "put /", true },
  { "http2", "PRI * HTTP/2.0", true },
  { "own_method", "MAIL / HTTP/1.1", true },
  { "host", "host: localhost", true },
  { "tls", "\x16\x03\x01", true },
  { "brace", "{", true },
  { "digit", "220 hello", true },
  { "blank", " EHLO x", true },
  { "high_octet", "\xff\xfd", true },
  { "nul", std::string ("\0", 1), true },
  { "ehlo", "EHLO x", false },
  { "unknown_verb", "GETTING there", false },
  { "get_alone", "GET", false },
  { "empty", "", false },
};

class Foreign : public testing::TestWithParam<ForeignRow>
{
};

TEST_P (Foreign, protocol_is_seen)
{
  EXPECT_EQ (bool (rp_smtp_command_is_foreign (GetParam ().line.data (),
                                               GetParam ().line.size ())),
             GetParam ().is_foreign);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Foreign,
                          testing::ValuesIn (foreign_rows),
                          [] (const auto &row) { return row.param.name; });

}
