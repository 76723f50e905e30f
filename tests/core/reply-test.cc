/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

/* A literal with NUL within. */
template <size_t n_bytes>
std::string
octets (const char (&text)[n_bytes])
{
  return std::string (text, n_bytes - 1);
}

struct WireRow
{
  const char *name;
  guint code;
  const char *enhanced;
  std::string text;
  std::string wire;
};

void
PrintTo (const WireRow &row, std::ostream *out)
{
  *out << row.name;
}

std::string
euros (gsize n)
{
  std::string text;

  while (n-- > 0)
    text += "€";
  return text;
}

const WireRow wire_rows[] = {
  { "plain", 250, "2.0.0", "Ok", "250 2.0.0 Ok\r\n" },
  { "no_enhanced", 220, nullptr, "localhost ESMTP", "220 localhost ESMTP\r\n" },
  { "empty", 250, "2.0.0", "", "250 2.0.0 \r\n" },
  { "lines", 550, "5.1.1", "No such user\nTry again",
    "550-5.1.1 No such user\r\n550 5.1.1 Try again\r\n" },
  { "forged_line", 250, "2.0.0", "a\r250 b", "250 2.0.0 a 250 b\r\n" },
  { "longest", 250, nullptr, std::string (506, 'a'),
    "250 " + std::string (506, 'a') + "\r\n" },
  { "cut", 250, nullptr, std::string (507, 'a'),
    "250 " + std::string (506, 'a') + "\r\n" },
  { "cut_at_character", 550, "5.7.1", euros (200),
    "550 5.7.1 " + euros (166) + "\r\n" },
};

class Wire : public testing::TestWithParam<WireRow>
{
};

TEST_P (Wire, form)
{
  const WireRow &row = GetParam ();
  g_autoptr (RpReply) reply = rp_reply_new (row.code, row.enhanced, row.text.c_str ());
  g_autofree char *wire = rp_reply_to_wire (reply);

  EXPECT_EQ (wire, row.wire);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Wire,
                          testing::ValuesIn (wire_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Reply, text_is_one_line)
{
  g_autoptr (RpReply) reply = rp_reply_new (550, "5.1.1", "No such user\nSorry\r");

  rp_reply_add_line (reply, "Bye");
  g_autofree char *text = rp_reply_dup_text (reply);
  EXPECT_STREQ (text, "550 5.1.1 No such user Sorry  Bye");
}

TEST (Reply, copy_is_whole)
{
  g_autoptr (RpReply) reply = rp_reply_new_printf (451, "4.3.0", "%s", "a\nb");
  g_autoptr (RpReply) copy = rp_reply_copy (reply);
  g_autofree char *wire = rp_reply_to_wire (copy);

  EXPECT_STREQ (wire, "451-4.3.0 a\r\n451 4.3.0 b\r\n");
  EXPECT_TRUE (rp_reply_is_transient (copy));
  EXPECT_FALSE (rp_reply_is_permanent (copy));
  EXPECT_FALSE (rp_reply_is_positive (copy));
}

struct ParserRow
{
  const char *name;
  std::string octets;
  std::vector<std::string> replies; /* what rp_reply_dup_text() says of each */
  bool is_broken;
};

void
PrintTo (const ParserRow &row, std::ostream *out)
{
  *out << row.name;
}

std::string
repeat (const std::string &text, guint times)
{
  std::string all;

  while (times-- > 0)
    all += text;
  return all;
}

const ParserRow parser_rows[] = {
  { "one", "250 2.1.0 Ok\r\n", { "250 2.1.0 Ok" }, false },
  { "no_text", "250\r\n", { "250" }, false },
  { "lines", "550-5.1.1 No\r\n550 5.1.1 Sorry\r\n", { "550 5.1.1 No Sorry" }, false },
  { "two_replies", "250 a\r\n354 b\r\n", { "250 a", "354 b" }, false },
  { "half", "250 a\r\n354 b", { "250 a" }, false },
  { "continued", "250-a\r\n", {}, false },
  { "bare_lf", "250 a\n", { "250 a" }, false },
  { "enhanced_of_other_class", "550 2.0.0 odd\r\n", { "550 2.0.0 odd" }, false },
  { "other_enhanced_stays_text",
    "550-5.1.1 a\r\n550 5.7.1 b\r\n",
    { "550 5.1.1 a 5.7.1 b" },
    false },
  { "number_is_no_enhanced", "550 5.1 a\r\n", { "550 5.1 a" }, false },
  { "long_detail", "550 5.7.515 a\r\n", { "550 5.7.515 a" }, false },
  { "detail_too_long", "550 5.7.5150 a\r\n", { "550 5.7.5150 a" }, false },
  { "nul", octets ("550 a\0b\r\n"), { "550 a b" }, false },
  { "latin1", "550 f\xfcr\r\n", { "550 f\uFFFDr" }, false },
  { "cr_within", "550 a\rb\r\n", { "550 a b" }, false },
  { "hundred_lines",
    repeat ("250-a\r\n", 99) + "250 a\r\n",
    { "250" + repeat (" a", 100) },
    false },
  { "too_many_lines", repeat ("250-a\r\n", 100) + "250 a\r\n", {}, true },
  { "line_too_long", "250 " + std::string (5000, 'a') + "\r\n", {}, true },
  { "reply_too_long",
    repeat ("250-" + std::string (4000, 'a') + "\r\n", 20) + "250 a\r\n",
    {},
    true },
  { "never_ends", std::string (70000, '2'), {}, true },
  { "codes_differ", "250-a\r\n550 b\r\n", {}, true },
  { "http", "HTTP/1.1 302 Found\r\n", {}, true },
  { "one_xx", "150 a\r\n", {}, true },
  { "six_xx", "650 a\r\n", {}, true },
  { "two_digits", "25 a\r\n", {}, true },
  { "four_digits", "2500 a\r\n", {}, true },
  { "empty_line", "\r\n", {}, true },
  { "letters", "2a0 b\r\n", {}, true },
  { "nothing_after_broken", "HTTP\r\n250 a\r\n", {}, true },
};

class Parser : public testing::TestWithParam<ParserRow>
{
protected:
  static void
  replay (const ParserRow &row, gsize step)
  {
    g_autoptr (RpReplyParser) parser = rp_reply_parser_new ();
    std::vector<std::string> seen;
    bool is_broken = false;

    for (gsize at = 0; at < row.octets.size () && !is_broken;)
      {
        gsize n_bytes = std::min (step, row.octets.size () - at);
        gsize consumed = 0;
        g_autoptr (RpReply) reply = nullptr;
        RpReplyParserStatus status = rp_reply_parser_feed (
            parser, row.octets.data () + at, n_bytes, &consumed, &reply);

        ASSERT_GT (consumed, 0u);
        at += consumed;
        is_broken = status == RP_REPLY_PARSER_BROKEN;
        EXPECT_EQ (reply != nullptr, status == RP_REPLY_PARSER_REPLY);
        if (reply != nullptr)
          {
            g_autofree char *text = rp_reply_dup_text (reply);
            seen.push_back (text);
          }
      }
    EXPECT_EQ (seen, row.replies);
    EXPECT_EQ (is_broken, row.is_broken);
  }
};

TEST_P (Parser, whole)
{
  replay (GetParam (), GetParam ().octets.size ());
}

TEST_P (Parser, octet_by_octet)
{
  replay (GetParam (), 1);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Parser,
                          testing::ValuesIn (parser_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Parser, stays_broken)
{
  g_autoptr (RpReplyParser) parser = rp_reply_parser_new ();
  RpReply *reply = nullptr;
  gsize consumed = 0;

  EXPECT_EQ (rp_reply_parser_feed (parser, "x\r\n", 3, &consumed, &reply),
             RP_REPLY_PARSER_BROKEN);
  EXPECT_EQ (rp_reply_parser_feed (parser, "250 a\r\n", 7, &consumed, &reply),
             RP_REPLY_PARSER_BROKEN);
  EXPECT_EQ (reply, nullptr);
}

}
