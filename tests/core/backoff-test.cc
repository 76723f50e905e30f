/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-backoff.h"

#include <gtest/gtest.h>

namespace
{

constexpr guint32 kLeast = 0;
constexpr guint32 kMiddle = G_MAXUINT32 / 2;
constexpr guint32 kMost = G_MAXUINT32;
constexpr gint64 kSecond = 1000;
constexpr gint64 kMinute = 60 * kSecond;

struct Row
{
  const char *name;
  guint n_attempts;
  guint32 random;
  gint64 delay_ms;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class Backoff : public testing::TestWithParam<Row>
{
};

TEST_P (Backoff, Waits)
{
  /* the middle of 2^32 numbers lies between two of them */
  EXPECT_NEAR (
      (double) rp_backoff_get_delay_ms (GetParam ().n_attempts, GetParam ().random),
      (double) GetParam ().delay_ms, 1.0);
}

const Row kRows[] = {
  { "BeforeTheFirst", 0, kMost, 0 },
  { "First", 1, kMiddle, kMinute },
  { "FirstEarly", 1, kLeast, 48 * kSecond },
  { "FirstLate", 1, kMost, 72 * kSecond },
  { "Second", 2, kMiddle, 2 * kMinute },
  { "Third", 3, kMiddle, 4 * kMinute },
  { "Sixth", 6, kMiddle, 32 * kMinute },
  { "SeventhIsTheLongest", 7, kMiddle, 60 * kMinute },
  { "Eighth", 8, kMiddle, 60 * kMinute },
  { "LongestEarly", 8, kLeast, 48 * kMinute },
  { "LongestLate", 8, kMost, 72 * kMinute },
  { "NeverOverflows", G_MAXUINT, kMost, 72 * kMinute },
};

INSTANTIATE_TEST_SUITE_P (Rows, Backoff, testing::ValuesIn (kRows), [] (auto &row) {
  return std::string (row.param.name);
});

}
