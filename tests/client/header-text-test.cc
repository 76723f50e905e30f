// SPDX-License-Identifier: GPL-3.0-or-later
// The header section of a message, decoded and harmless for a terminal.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "queue/rp-header-text.h"

namespace
{

using namespace std::string_literals;

struct Row
{
  const char *name;
  std::string octets; // a message, or its beginning
  std::vector<std::string> fields;
};

void
PrintTo (const Row &row, std::ostream *stream)
{
  *stream << row.name;
}

class HeaderTextTest : public testing::TestWithParam<Row>
{
};

TEST_P (HeaderTextTest, Fields)
{
  const std::string &octets = GetParam ().octets;
  gsize length = rp_header_text_get_length (octets.data (), octets.size ());
  g_auto (GStrv) fields = rp_header_text_dup_fields (octets.data (), length);
  std::vector<std::string> found (fields, fields + g_strv_length (fields));

  EXPECT_EQ (found, GetParam ().fields);
}

const Row rows[] = {
  { "plain",
    "From: a@x.org\r\nTo: b@y.org\r\n\r\nSubject: of the body\r\n",
    { "From: a@x.org", "To: b@y.org" } },
  { "unix_lines", "From: a@x.org\nTo: b\n\nbody\n", { "From: a@x.org", "To: b" } },
  { "no_body", "From: a@x.org\r\n", { "From: a@x.org" } },
  { "no_line_end", "From: a@x.org", { "From: a@x.org" } },
  { "no_header", "\r\nbody\r\n", {} },
  { "nothing", "", {} },
  { "folds_stay",
    "Received: from a\r\n\tby b\r\n  for c\r\nTo: d\r\n",
    { "Received: from a\n by b\n  for c", "To: d" } },
  { "quoted",
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= K.\r\n",
    { "Subject: Grüße aus K." } },
  { "base64", "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n", { "Subject: Grüße" } },
  { "latin1", "Subject: =?iso-8859-1?Q?K=F6ln?=\r\n", { "Subject: Köln" } },
  { "language", "Subject: =?utf-8*de?q?=C3=B6?=\r\n", { "Subject: ö" } },
  { "blanks_between_words_vanish",
    "Subject: =?utf-8?q?a?=\r\n =?utf-8?q?b?=  =?utf-8?q?c?= d =?utf-8?q?e?=\r\n",
    { "Subject: abc d e" } },
  { "folds_beside_words_stay",
    "To: =?utf-8?q?=C3=96?= <a@x>,\r\n =?utf-8?q?B?= <b@x>\r\n",
    { "To: Ö <a@x>,\n B <b@x>" } },
  { "unknown_charset_stays",
    "Subject: =?x-klingon?q?a?= b\r\n",
    { "Subject: =?x-klingon?q?a?= b" } },
  { "iconv_options_stay",
    "Subject: =?utf-8//IGNORE?q?a?=\r\n",
    { "Subject: =?utf-8//IGNORE?q?a?=" } },
  { "octets_of_another_charset_stay",
    "Subject: =?utf-8?q?=FF?=\r\n",
    { "Subject: =?utf-8?q?=FF?=" } },
  { "unknown_encoding_stays", "S: =?utf-8?x?a?=\r\n", { "S: =?utf-8?x?a?=" } },
  { "half_a_word_stays", "S: =?utf-8?q?a\r\n", { "S: =?utf-8?q?a" } },
  { "word_over_two_lines_stays",
    "S: =?utf-8?q?a\r\n b?=\r\n",
    { "S: =?utf-8?q?a\n b?=" } },
  { "escape_sequences", "S: \033[31mred\a\r\n", { "S:  [31mred " } },
  { "escape_sequence_within_a_word",
    "S: =?utf-8?q?=1B[2J=0D=0AX:_y?=\r\n",
    { "S:  [2J  X: y" } },
  { "c1_controls_within_a_word", "S: =?iso-8859-1?q?a=9Bb?=\r\n", { "S: a b" } },
  { "right_to_left_override", "S: a\u202Egpj\r\n", { "S: a\uFFFDgpj" } },
  { "bare_cr", "S: a\rb\r\n", { "S: a b" } },
  { "utf8_as_it_is", "S: Grüße\r\n", { "S: Grüße" } },
  { "octets_that_are_no_utf8", "S: a\xFF\r\n", { "S: a\uFFFD" } },
  { "nul",
    "S: a\0b\r\n"s,
    { "S: a\uFFFD"
      "b" } },
  { "no_colon", "From a Mon\r\nTo: b\r\n", { "From a Mon", "To: b" } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          HeaderTextTest,
                          testing::ValuesIn (rows),
                          [] (auto &row) { return std::string (row.param.name); });

} // namespace
