/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-line-reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

struct Row
{
  const char *name;
  std::string octets;
  std::vector<std::pair<RpLineStatus, std::string>> lines; /* at most 8 octets each */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const std::string zero (1, '\0');

const Row rows[] = {
  { "one", "NOOP\r\n", { { RP_LINE_WHOLE, "NOOP" } } },
  { "two", "A\r\nB\r\n", { { RP_LINE_WHOLE, "A" }, { RP_LINE_WHOLE, "B" } } },
  { "empty", "\r\n", { { RP_LINE_WHOLE, "" } } },
  { "half", "NOOP\r", {} },
  { "limit", "12345678\r\n", { { RP_LINE_WHOLE, "12345678" } } },
  { "over_limit",
    "123456789\r\nA\r\n",
    { { RP_LINE_TOO_LONG, "12345678" }, { RP_LINE_WHOLE, "A" } } },
  { "bare_cr", "A\rB\r\nC\r\n", { { RP_LINE_BARE_CR, "AB" }, { RP_LINE_WHOLE, "C" } } },
  { "cr_crlf", "A\r\r\n", { { RP_LINE_BARE_CR, "A" } } },
  { "bare_lf", "A\nB\r\n", { { RP_LINE_BARE_LF, "A" } } },
  { "nul", "A" + zero + "B\r\n", { { RP_LINE_WHOLE, "A" + zero + "B" } } },
  { "endless",
    std::string (1024 * 1024 + 1, 'a'),
    { { RP_LINE_ENDLESS, "aaaaaaaa" } } },
  { "almost_endless", std::string (1024 * 1024, 'a'), {} },
};

class Lines : public testing::TestWithParam<std::tuple<Row, size_t>>
{
};

TEST_P (Lines, are_read)
{
  const Row &row = std::get<0> (GetParam ());
  size_t step = std::get<1> (GetParam ());
  g_autoptr (RpLineReader) reader = rp_line_reader_new ();
  std::vector<std::pair<RpLineStatus, std::string>> seen;

  for (size_t at = 0; at < row.octets.size ();)
    {
      gsize consumed = 0, n_bytes = 0;
      RpLineStatus status =
          rp_line_reader_feed (reader, row.octets.data () + at,
                               std::min (step, row.octets.size () - at), 8, &consumed);

      at += consumed;
      if (status == RP_LINE_MORE)
        continue;
      const char *line = rp_line_reader_get_line (reader, &n_bytes);
      seen.emplace_back (status, std::string (line, n_bytes));
      if (status == RP_LINE_BARE_LF || status == RP_LINE_ENDLESS)
        break;
    }
  EXPECT_EQ (seen, row.lines);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Lines,
                          testing::Combine (testing::ValuesIn (rows),
                                            testing::Values (1, 2, 1 << 20)),
                          [] (const auto &row) {
                            return std::string (std::get<0> (row.param).name) + "_by_"
                                   + std::to_string (std::get<1> (row.param));
                          });

TEST (LineReader, wiped_line_is_gone)
{
  g_autoptr (RpLineReader) reader = rp_line_reader_new ();
  gsize consumed, n_bytes;

  rp_line_reader_feed (reader, "secret\r\n", 8, 100, &consumed);
  const char *line = rp_line_reader_get_line (reader, &n_bytes);
  rp_line_reader_wipe (reader);
  EXPECT_EQ (std::string (line, 6), std::string (6, '\0'));
}

}
