/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-printable.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

/* A literal with NUL within. */
template <size_t n_bytes>
std::string
octets (const char (&text)[n_bytes])
{
  return std::string (text, n_bytes - 1);
}

struct Row
{
  const char *name;
  std::string octets;
  std::string printed;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "plain", "Relay denied", "Relay denied" },
  { "umlauts", "Weiterleitung für „alle“", "Weiterleitung für „alle“" },
  { "line_ends", "a\r\n250 ok", "a  250 ok" },
  { "tab", "a\tb", "a b" },
  { "nul", octets ("a\0b"), "a\uFFFDb" },
  { "escape", "\x1b[31mred", " [31mred" },
  { "delete", "a\x7f", "a " },
  { "c1_control", "a\u0085b", "a b" },
  { "line_separator", "a\u2028b", "a b" },
  { "latin1", "f\xfcr", "f\uFFFDr" },
  { "cut_character", "a\xe2\x82", "a\uFFFD\uFFFD" },
};

class Printable : public testing::TestWithParam<Row>
{
};

TEST_P (Printable, is_one_line_of_text)
{
  g_autofree char *printed = rp_printable_dup (
      GetParam ().octets.data (), static_cast<gssize> (GetParam ().octets.size ()));

  EXPECT_EQ (printed, GetParam ().printed);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Printable,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (PrintableCut, never_cuts_a_character)
{
  const std::string text = "aü€𝄞";

  for (gsize max_bytes = 0; max_bytes <= text.size () + 1; max_bytes++)
    {
      std::string cut = text;

      rp_printable_cut (cut.data (), max_bytes);
      cut = cut.c_str ();
      EXPECT_LE (cut.size (), max_bytes);
      EXPECT_TRUE (g_utf8_validate (cut.c_str (), -1, nullptr)) << max_bytes;
      EXPECT_EQ (text.compare (0, cut.size (), cut), 0);
    }
}

TEST (PrintableCut, keeps_what_fits)
{
  char text[] = "aü";

  rp_printable_cut (text, 3);
  EXPECT_STREQ (text, "aü");
  rp_printable_cut (text, 2);
  EXPECT_STREQ (text, "a");
}

}
