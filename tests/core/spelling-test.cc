/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-spelling.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  std::string word;
  const char *nearest;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const char *const known[] = {
  "endpoints", "domains", "access", "user", "pop", nullptr
};

const Row rows[] = {
  { "same", "access", "access" },
  { "missing_letter", "acess", "access" },
  { "letter_too_many", "endpointss", "endpoints" },
  { "other_letter", "domeins", "domains" },
  { "swapped", "uesr", "user" },
  { "singular", "endpoint", "endpoints" },
  { "swapped_twice", "ednpoitns", "endpoints" },
  { "short_and_far", "xyz", nullptr },
  { "far", "colour", nullptr },
  { "one_letter", "x", nullptr },
  { "empty", "", nullptr },
  { "longer_than_the_table", std::string (100, 'a'), nullptr },
};

class Spelling : public testing::TestWithParam<Row>
{
};

TEST_P (Spelling, finds)
{
  EXPECT_STREQ (rp_spelling_find_nearest (GetParam ().word.c_str (), known),
                GetParam ().nearest);
}

INSTANTIATE_TEST_SUITE_P (rows, Spelling, testing::ValuesIn (rows), [] (auto &row) {
  return row.param.name;
});

}
