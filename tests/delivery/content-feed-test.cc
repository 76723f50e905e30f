/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes onto the wire, undone again, is the content octet for octet. */
#include <gtest/gtest.h>

#include <string>

#include "delivery/rp-content-feed.h"

namespace
{

struct Case
{
  const char *name;
  std::string content;
  const char *prefix;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

std::string
Repeat (const std::string &text, guint n_times)
{
  std::string all;

  for (guint i = 0; i < n_times; i++)
    all += text;
  return all;
}

/* RFC 5321 section 4.5.2, from the receiver's side. */
std::string
Unstuff (const std::string &wire)
{
  std::string content;
  bool is_line_start = true;

  for (size_t i = 0; i < wire.size (); i++)
    {
      if (is_line_start && wire[i] == '.')
        {
          is_line_start = false;
          continue;
        }
      content += wire[i];
      is_line_start =
          content.size () >= 2 && content.compare (content.size () - 2, 2, "\r\n") == 0;
    }
  return content;
}

class ContentFeedTest : public testing::TestWithParam<Case>
{
};

TEST_P (ContentFeedTest, CarriesEveryOctet)
{
  const Case &row = GetParam ();
  g_autoptr (RpContent) content = rp_content_new (g_get_tmp_dir ());
  std::string wire;
  gboolean is_last = FALSE;

  ASSERT_TRUE (rp_content_append (
      content, reinterpret_cast<const guint8 *> (row.content.data ()),
      row.content.size (), nullptr));
  g_autoptr (RpContentFeed) feed = rp_content_feed_new (content, row.prefix);
  while (!is_last)
    {
      g_autoptr (GError) error = nullptr;
      g_autoptr (GBytes) block = rp_content_feed_take_block (feed, &is_last, &error);

      ASSERT_NE (block, nullptr) << error->message;
      wire.append (static_cast<const char *> (g_bytes_get_data (block, nullptr)),
                   g_bytes_get_size (block));
    }
  g_autoptr (GBytes) end = rp_content_feed_take_end (feed);
  wire.append (static_cast<const char *> (g_bytes_get_data (end, nullptr)),
               g_bytes_get_size (end));
  EXPECT_EQ (rp_content_feed_get_offset (feed), row.content.size ());
  ASSERT_GE (wire.size (), 3u);
  EXPECT_EQ (wire.substr (wire.size () - 3), ".\r\n");
  EXPECT_EQ (wire.find ("\r\n.\r\n"),
             wire.size () == 3 ? std::string::npos : wire.size () - 5);
  EXPECT_EQ (Unstuff (wire.substr (0, wire.size () - 3)),
             (row.prefix != nullptr ? row.prefix : "") + row.content);
}

const Case cases[] = {
  { "empty", "", nullptr },
  { "one_line", "hello\r\n", nullptr },
  { "only_a_dot", ".\r\n", nullptr },
  { "dots_at_line_starts", ".\r\n..\r\n.hidden\r\na.b\r\n", nullptr },
  { "eight_bits", "\xc3\xa4\xff\x80\r\n", nullptr },
  { "a_line_longer_than_a_block", std::string (200000, 'x') + "\r\n.\r\n", nullptr },
  { "more_than_memory", Repeat (".line of a large message\r\n", 40000), nullptr },
  { "a_prefix_in_front", ".body\r\n", "Received: from x\r\n\tby y\r\n" },
  { "a_prefix_of_an_empty_message", "", "Received: from x\r\n" },
  { "block_ends_within_a_line_end", std::string (65535, 'x') + "\r\n.dot\r\n",
    nullptr },
  { "block_ends_before_a_dot", std::string (65534, 'x') + "\r\n.dot\r\n", nullptr },
};

INSTANTIATE_TEST_SUITE_P (Contents,
                          ContentFeedTest,
                          testing::ValuesIn (cases),
                          [] (const auto &row) { return row.param.name; });

} // namespace
