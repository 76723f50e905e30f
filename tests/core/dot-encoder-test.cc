/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dot-encoder.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  std::string content;
  std::string wire;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "line", "a\r\n", "a\r\n.\r\n" },
  { "nothing", "", ".\r\n" },
  { "dot", ".\r\n", "..\r\n.\r\n" },
  { "dots", "..\r\n.a\r\n", "...\r\n..a\r\n.\r\n" },
  { "dot_within", "a.b.\r\n", "a.b.\r\n.\r\n" },
  { "no_line_end", "a", "a\r\n.\r\n" },
  { "dot_without_line_end", ".", "..\r\n.\r\n" },
  { "bare_lf_is_stuffed_too", "a\n.\n", "a\n..\n\r\n.\r\n" },
  { "bare_cr_at_end", "a\r", "a\r\r\n.\r\n" },
  { "empty_lines", "\r\n\r\n", "\r\n\r\n.\r\n" },
};

class Encoder : public testing::TestWithParam<Row>
{
};

TEST_P (Encoder, wire_at_every_cut)
{
  const Row &row = GetParam ();
  auto octets = reinterpret_cast<const guint8 *> (row.content.data ());

  for (size_t cut = 0; cut <= row.content.size (); cut++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      RpDotEncoder encoder;

      rp_dot_encoder_init (&encoder);
      rp_dot_encoder_feed (&encoder, octets, cut, out);
      rp_dot_encoder_feed (&encoder, octets + cut, row.content.size () - cut, out);
      rp_dot_encoder_finish (&encoder, out);
      EXPECT_EQ (std::string (reinterpret_cast<char *> (out->data), out->len),
                 row.wire);
    }
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Encoder,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

}
