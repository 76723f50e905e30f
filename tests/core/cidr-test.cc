/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config.h"

#include <gtest/gtest.h>

namespace
{

struct Row
{
  const char *name;
  const char *range;
  const char *address;
  bool contains;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "first", "192.168.7.0/24", "192.168.7.0", true },
  { "last", "192.168.7.0/24", "192.168.7.255", true },
  { "below", "192.168.7.0/24", "192.168.6.255", false },
  { "above", "192.168.7.0/24", "192.168.8.0", false },
  { "odd_prefix_in", "10.0.0.128/25", "10.0.0.128", true },
  { "odd_prefix_far_in", "10.0.0.128/25", "10.0.0.255", true },
  { "odd_prefix_out", "10.0.0.128/25", "10.0.0.127", false },
  { "everything", "0.0.0.0/0", "203.0.113.9", true },
  { "alone_in", "203.0.113.9", "203.0.113.9", true },
  { "alone_out", "203.0.113.9", "203.0.113.8", false },
  { "v6_in", "2001:db8::/32", "2001:db8:ffff::1", true },
  { "v6_out", "2001:db8::/32", "2001:db9::1", false },
  { "v6_zone", "fe80::/10", "fe80::1%wlan0", true },
  { "v4_in_v6", "::/0", "192.0.2.1", false },
  { "v6_in_v4", "0.0.0.0/0", "::1", false },
  { "no_address", "0.0.0.0/0", "here", false },
};

class CidrContains : public testing::TestWithParam<Row>
{
};

TEST_P (CidrContains, decides)
{
  RpCidr range;

  ASSERT_TRUE (rp_cidr_parse (GetParam ().range, &range));
  EXPECT_EQ (rp_cidr_contains (&range, GetParam ().address), GetParam ().contains);
  rp_cidr_clear (&range);
}

INSTANTIATE_TEST_SUITE_P (rows, CidrContains, testing::ValuesIn (rows), [] (auto &row) {
  return row.param.name;
});

TEST (Cidr, refuses_what_is_none)
{
  for (const char *text :
       { "", "/", "/8", "192.168.7/24", "192.168.7.0/", "1.2.3.4/33", "::/129",
         "1.2.3.4/-1", "1.2.3.4/8 ", "1.2.3.4/24/8", "192.168.7.256/24", "host/8" })
    {
      RpCidr range;

      EXPECT_FALSE (rp_cidr_parse (text, &range)) << text;
    }
}

struct CanonicalRow
{
  const char *name;
  const char *range;
  const char *canonical; /* nullptr: it is that already */
};

void
PrintTo (const CanonicalRow &row, std::ostream *out)
{
  *out << row.name;
}

const CanonicalRow canonical_rows[] = {
  { "v4", "192.168.7.0/24", nullptr },
  { "v4_host_bits", "192.168.7.5/24", "192.168.7.0/24" },
  { "v4_odd", "10.1.2.3/13", "10.0.0.0/13" },
  { "v6", "2001:db8::/32", nullptr },
  { "v6_host_bits", "2001:db8::1/64", "2001:db8::/64" },
  { "alone", "192.0.2.7", nullptr },
};

class CidrCanonical : public testing::TestWithParam<CanonicalRow>
{
};

TEST_P (CidrCanonical, finds_host_bits)
{
  RpCidr range;

  ASSERT_TRUE (rp_cidr_parse (GetParam ().range, &range));
  EXPECT_EQ (rp_cidr_has_host_bits (&range), GetParam ().canonical != nullptr);
  if (GetParam ().canonical != nullptr)
    {
      g_autofree char *canonical = rp_cidr_dup_canonical (&range);

      EXPECT_STREQ (canonical, GetParam ().canonical);
    }
  rp_cidr_clear (&range);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          CidrCanonical,
                          testing::ValuesIn (canonical_rows),
                          [] (auto &row) { return row.param.name; });

}
