/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-content-scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  std::string content;
  bool is_8bit;
  bool has_utf8_header;
  const char *header_from;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "empty", "", false, false, nullptr },
  { "ascii", "Subject: a\r\n\r\nb\r\n", false, false, nullptr },
  { "utf8_body", "Subject: a\r\n\r\nä\r\n", true, false, nullptr },
  { "latin1_body", "Subject: a\r\n\r\n\xe4\r\n", true, false, nullptr },
  { "utf8_header", "Subject: ä\r\n\r\nb\r\n", true, true, nullptr },
  { "utf8_folded", "Subject: a\r\n ä\r\n\r\nb\r\n", true, true, nullptr },
  { "no_header", "Hällo\r\n", true, false, nullptr },
  { "no_header_colon_later", "Hallo Welt: ä\r\n", true, false, nullptr },
  { "name_not_ascii", "Näme: a\r\n", true, false, nullptr },
  { "first_line_folded", " ä: a\r\n", true, false, nullptr },
  { "blank_before_colon", "Subject : ä\r\n", true, true, nullptr },
  { "body_looks_like_field", "A: b\r\n\r\nFrom: a@b\r\nX: ä\r\n", true, false,
    nullptr },
  { "from_bare", "From: terri@proseware.com\r\n\r\n", false, false,
    "terri@proseware.com" },
  { "from_name", "From: Terri Chen <terri@proseware.com>\r\n\r\n", false, false,
    "terri@proseware.com" },
  { "from_quoted_name", "From: \"Chen, <Terri>\" <terri@proseware.com>\r\n\r\n", false,
    false, "terri@proseware.com" },
  { "from_comment", "From: terri@proseware.com (Chen (at home), T.)\r\n\r\n", false,
    false, "terri@proseware.com" },
  { "from_folded", "From: Terri Chen\r\n <terri@proseware.com>\r\n\r\n", false, false,
    "terri@proseware.com" },
  { "from_case", "FROM:<terri@proseware.com>\r\n\r\n", false, false,
    "terri@proseware.com" },
  { "from_two", "From: a@b.c, d@e.f\r\n\r\n", false, false, "a@b.c" },
  { "from_twice", "From: a@b.c\r\nFrom: d@e.f\r\n\r\n", false, false, "a@b.c" },
  { "from_no_line_end", "From: a@b.c", false, false, "a@b.c" },
  { "from_behind_others", "A: b\r\nFrom: a@b.c\r\nC: d\r\n\r\n", false, false,
    "a@b.c" },
  { "from_old_blank", "From : a@b.c\r\n\r\n", false, false, "a@b.c" },
  { "from_quoted_local", "From: \"a b\"@c.d\r\n\r\n", false, false, "\"a b\"@c.d" },
  { "from_utf8", "From: Jürgen <j@b.c>\r\n\r\n", true, true, "j@b.c" },
  { "from_broken", "From: nobody\r\n\r\n", false, false, nullptr },
  { "from_open_quote", "From: \"a\\\r\n\r\n", false, false, nullptr },
  { "from_open_comment", "From: (a\r\n\r\n", false, false, nullptr },
  { "from_empty", "From:\r\n\r\n", false, false, nullptr },
  { "from_endless", "From: " + std::string (9000, ' ') + "a@b.c\r\n\r\n", false, false,
    nullptr },
  { "reply_to_is_not_from", "Reply-To: a@b.c\r\nX-From: d@e.f\r\n\r\n", false, false,
    nullptr },
  { "mbox_line", "From terri Mon Jan  1 10:00:00 2026\r\nFrom: a@b.c\r\nX: ä\r\n", true,
    true, "a@b.c" },
};

class Scanner : public testing::TestWithParam<Row>
{
};

TEST_P (Scanner, facts_at_every_cut)
{
  const Row &row = GetParam ();
  auto octets = reinterpret_cast<const guint8 *> (row.content.data ());

  for (size_t cut = 0; cut <= std::min<size_t> (row.content.size (), 100); cut++)
    {
      g_autoptr (RpContentScanner) scanner = rp_content_scanner_new ();

      rp_content_scanner_feed (scanner, octets, cut);
      rp_content_scanner_feed (scanner, octets + cut, row.content.size () - cut);
      g_autoptr (RpContentFacts) facts = rp_content_scanner_dup_facts (scanner);
      ASSERT_EQ (facts->n_bytes, row.content.size ());
      ASSERT_EQ (bool (facts->is_8bit), row.is_8bit);
      ASSERT_EQ (bool (facts->has_utf8_header), row.has_utf8_header);
      ASSERT_STREQ (facts->header_from, row.header_from);
    }
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Scanner,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

struct SubjectRow
{
  const char *name;
  std::string content;
  const char *subject;
};

void
PrintTo (const SubjectRow &row, std::ostream *out)
{
  *out << row.name;
}

const SubjectRow subjects[] = {
  { "none", "From: a@b.c\r\n\r\nSubject: no\r\n", nullptr },
  { "plain", "Subject: How are you?\r\n\r\n", "How are you?" },
  { "any_case", "SUBJECT:hello\r\n\r\n", "hello" },
  { "folded", "Subject: How are\r\n you,\r\n\tTerri?\r\nTo: x\r\n\r\n",
    "How are you,\tTerri?" },
  { "first_counts", "Subject: a\r\nSubject: b\r\n\r\n", "a" },
  { "encoded_as_it_is", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n",
    "=?utf-8?q?Gr=C3=BC=C3=9Fe?=" },
  { "octets_as_they_are",
    "Subject: Gr\xfc\xdf"
    "e\r\n\r\n",
    "Gr\xfc\xdf"
    "e" },
  { "beside_from", "From: a@b.c\r\nSubject: s\r\n\r\n", "s" },
  { "empty", "Subject:\r\n\r\n", "" },
  { "other_field", "Subject-Line: x\r\nX-Subject: y\r\n\r\n", nullptr },
};

class ScannerSubject : public testing::TestWithParam<SubjectRow>
{
};

TEST_P (ScannerSubject, at_every_cut)
{
  const SubjectRow &row = GetParam ();
  auto octets = reinterpret_cast<const guint8 *> (row.content.data ());

  for (size_t cut = 0; cut <= row.content.size (); cut++)
    {
      g_autoptr (RpContentScanner) scanner = rp_content_scanner_new ();

      rp_content_scanner_feed (scanner, octets, cut);
      rp_content_scanner_feed (scanner, octets + cut, row.content.size () - cut);
      g_autoptr (RpContentFacts) facts = rp_content_scanner_dup_facts (scanner);
      ASSERT_STREQ (facts->subject, row.subject) << cut;
    }
}

TEST (ScannerSubjectLength, is_bounded)
{
  const std::string content = "Subject: " + std::string (5000, 'x') + "\r\n\r\n";
  g_autoptr (RpContentScanner) scanner = rp_content_scanner_new ();

  rp_content_scanner_feed (scanner, reinterpret_cast<const guint8 *> (content.data ()),
                           content.size ());
  g_autoptr (RpContentFacts) facts = rp_content_scanner_dup_facts (scanner);
  EXPECT_LE (strlen (facts->subject), 998u);
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          ScannerSubject,
                          testing::ValuesIn (subjects),
                          [] (const auto &row) { return row.param.name; });

}
