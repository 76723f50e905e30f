/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-domain.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  std::string domain;
  const char *normal; /* null when it is no domain */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const std::string label63 (63, 'a');
const std::string three_labels = label63 + "." + label63 + "." + label63 + ".";
const std::string longest = three_labels + std::string (61, 'b');

const Row rows[] = {
  { "plain", "proseware.com", "proseware.com" },
  { "upper_case", "ProseWare.COM", "proseware.com" },
  { "one_label", "localhost", "localhost" },
  { "hyphen", "thephone-company.com", "thephone-company.com" },
  { "digits", "163.com", "163.com" },
  { "idn", "bücher.example", "xn--bcher-kva.example" },
  { "idn_upper_case", "BÜCHER.example", "xn--bcher-kva.example" },
  { "a_label", "xn--bcher-kva.example", "xn--bcher-kva.example" },
  { "longest_label", label63, label63.c_str () },
  { "label_too_long", label63 + "a", nullptr },
  { "longest", longest, longest.c_str () },
  { "too_long", longest + "b", nullptr },
  { "empty", "", nullptr },
  { "dot_at_end", "proseware.com.", nullptr },
  { "dot_in_front", ".proseware.com", nullptr },
  { "two_dots", "proseware..com", nullptr },
  { "hyphen_in_front", "-a.com", nullptr },
  { "hyphen_at_end", "a-.com", nullptr },
  { "underscore", "a_b.com", nullptr },
  { "space", "a b.com", nullptr },
  { "at", "a@b.com", nullptr },
  { "no_utf8",
    "b\xfc"
    "cher.example",
    nullptr },
  { "ipv4_literal", "[192.0.2.1]", "[192.0.2.1]" },
  { "ipv6_literal", "[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]" },
  { "general_literal", "[x400:c-us]", "[x400:c-us]" },
  { "ipv6_without_tag", "[2001:db8::1]", "[2001:db8::1]" },
  { "ipv4_out_of_range", "[256.0.2.1]", nullptr },
  { "ipv4_as_ipv6", "[IPv6:192.0.2.1]", nullptr },
  { "ipv6_broken", "[IPv6:2001:db8:::1]", nullptr },
  { "name_in_brackets", "[localhost]", nullptr },
  { "literal_not_closed", "[192.0.2.1", nullptr },
  { "literal_empty", "[]", nullptr },
  { "literal_nested", "[tag:a[b]", nullptr },
};

class Domain : public testing::TestWithParam<Row>
{
};

TEST_P (Domain, normal_form)
{
  g_autofree char *normal = rp_domain_normalize (GetParam ().domain.c_str ());

  EXPECT_STREQ (normal, GetParam ().normal);
}

INSTANTIATE_TEST_SUITE_P (rows, Domain, testing::ValuesIn (rows), [] (const auto &row) {
  return row.param.name;
});

}
