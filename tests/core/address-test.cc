/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-address.h"

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

struct PathRow
{
  const char *name;
  std::string text;
  RpAddressFault fault;
  std::string address;
  std::string rest;
};

void
PrintTo (const PathRow &row, std::ostream *out)
{
  *out << row.name;
}

const std::string label60 (60, 'd');
const std::string long_domain = label60 + "." + label60 + "." + label60; /* 182 */

const PathRow path_rows[] = {
  { "plain", "<terri@proseware.com>", RP_ADDRESS_OK, "terri@proseware.com", "" },
  { "parameters_behind", "<a@b> SIZE=1", RP_ADDRESS_OK, "a@b", " SIZE=1" },
  { "null", "<>", RP_ADDRESS_OK, "", "" },
  { "atext", "<!#$%&'*+-/=?^_`{|}~@b>", RP_ADDRESS_OK, "!#$%&'*+-/=?^_`{|}~@b", "" },
  { "dots", "<a.b.c@d.e>", RP_ADDRESS_OK, "a.b.c@d.e", "" },
  { "case_kept", "<Terri@ProseWare.COM>", RP_ADDRESS_OK, "Terri@ProseWare.COM", "" },
  { "quoted", "<\"a b\"@c>", RP_ADDRESS_OK, "\"a b\"@c", "" },
  { "quoted_at", "<\"a@b\"@c>", RP_ADDRESS_OK, "\"a@b\"@c", "" },
  { "quoted_bracket", "<\"a>b\"@c>", RP_ADDRESS_OK, "\"a>b\"@c", "" },
  { "quoted_escape", "<\"a\\\"b\"@c>", RP_ADDRESS_OK, "\"a\\\"b\"@c", "" },
  { "quoted_empty", "<\"\"@c>", RP_ADDRESS_OK, "\"\"@c", "" },
  { "ipv4_literal", "<a@[192.0.2.1]>", RP_ADDRESS_OK, "a@[192.0.2.1]", "" },
  { "ipv6_literal", "<a@[IPv6:::1]>", RP_ADDRESS_OK, "a@[IPv6:::1]", "" },
  { "utf8", "<jürgen@bücher.example>", RP_ADDRESS_OK, "jürgen@bücher.example", "" },
  { "source_route", "<@a.b,@c:d@e>", RP_ADDRESS_OK, "d@e", "" },
  { "local_part_over_64", "<" + std::string (71, 'r') + "@b>", RP_ADDRESS_OK,
    std::string (71, 'r') + "@b", "" },
  { "longest", "<" + std::string (71, 'l') + "@" + long_domain + ">", RP_ADDRESS_OK,
    std::string (71, 'l') + "@" + long_domain, "" },
  { "too_long", "<" + std::string (72, 'l') + "@" + long_domain + ">",
    RP_ADDRESS_TOO_LONG, "", "" },
  { "no_brackets", "a@b", RP_ADDRESS_NO_BRACKETS, "", "" },
  { "empty", "", RP_ADDRESS_NO_BRACKETS, "", "" },
  { "not_closed", "<a@b", RP_ADDRESS_NOT_CLOSED, "", "" },
  { "closed_in_quotes", "<\"a@b>", RP_ADDRESS_NOT_CLOSED, "", "" },
  { "escape_at_end", "<\"a\\", RP_ADDRESS_NOT_CLOSED, "", "" },
  { "cr_lf", "<a@b\r\nRCPT TO:<c@d>", RP_ADDRESS_CONTROL, "", "" },
  { "cr", "<a\r@b>", RP_ADDRESS_CONTROL, "", "" },
  { "lf_in_quotes", "<\"a\nb\"@c>", RP_ADDRESS_CONTROL, "", "" },
  { "escaped_lf", "<\"a\\\nb\"@c>", RP_ADDRESS_CONTROL, "", "" },
  { "nul", octets ("<a\0@b>"), RP_ADDRESS_CONTROL, "", "" },
  { "escaped_nul", octets ("<\"a\\\0\"@b>"), RP_ADDRESS_CONTROL, "", "" },
  { "tab", "<\"a\tb\"@c>", RP_ADDRESS_CONTROL, "", "" },
  { "delete", "<a\x7f@b>", RP_ADDRESS_CONTROL, "", "" },
  { "c1_control", "<a\u0085@b>", RP_ADDRESS_CONTROL, "", "" },
  { "line_separator", "<a\u2028@b>", RP_ADDRESS_CONTROL, "", "" },
  { "latin1", "<j\xfcrgen@b>", RP_ADDRESS_NOT_UTF8, "", "" },
  { "no_domain", "<root>", RP_ADDRESS_NO_DOMAIN, "", "" },
  { "empty_domain", "<a@>", RP_ADDRESS_DOMAIN, "", "" },
  { "no_local_part", "<@b>", RP_ADDRESS_ROUTE, "", "" },
  { "space", "<a b@c>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "bracket", "<<a@b>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "two_dots", "<a..b@c>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "dot_at_end", "<a.@c>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "dot_in_front", "<.a@c>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "text_behind_quotes", "<\"a\"b@c>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "two_ats", "<a@b@c>", RP_ADDRESS_DOMAIN, "", "" },
  { "domain_hyphen", "<a@-b>", RP_ADDRESS_DOMAIN, "", "" },
  { "domain_space", "<a@b c>", RP_ADDRESS_DOMAIN, "", "" },
  { "literal_name", "<a@[b]>", RP_ADDRESS_LITERAL, "", "" },
  { "literal_open", "<a@[192.0.2.1>", RP_ADDRESS_LITERAL, "", "" },
  { "route_without_mailbox", "<@a:>", RP_ADDRESS_LOCAL_PART, "", "" },
  { "route_without_colon", "<@a,b@c>", RP_ADDRESS_ROUTE, "", "" },
  { "route_without_at", "<@a,b:c@d>", RP_ADDRESS_ROUTE, "", "" },
};

class Path : public testing::TestWithParam<PathRow>
{
};

TEST_P (Path, is_parsed_or_refused)
{
  const PathRow &row = GetParam ();
  g_autofree char *address = nullptr;
  gsize consumed = 0;
  RpAddressFault fault =
      rp_address_parse_path (row.text.data (), row.text.size (), &consumed, &address);

  EXPECT_EQ (fault, row.fault) << rp_address_fault_to_text (fault);
  if (row.fault != RP_ADDRESS_OK)
    {
      EXPECT_EQ (address, nullptr);
      return;
    }
  EXPECT_EQ (address, row.address);
  EXPECT_EQ (row.text.substr (consumed), row.rest);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Path,
                          testing::ValuesIn (path_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Address, check_takes_no_null_path)
{
  EXPECT_EQ (rp_address_check (""), RP_ADDRESS_LOCAL_PART);
  EXPECT_EQ (rp_address_check ("a@b"), RP_ADDRESS_OK);
  EXPECT_EQ (rp_address_check ("a@b>"), RP_ADDRESS_DOMAIN);
  EXPECT_EQ (rp_address_check ("a@b\n"), RP_ADDRESS_CONTROL);
}

TEST (Address, domain)
{
  struct
  {
    const char *address, *written, *normal;
  } rows[] = {
    { "terri@ProseWare.COM", "ProseWare.COM", "proseware.com" },
    { "\"a@b\"@c.d", "c.d", "c.d" },
    { "a@bücher.example", "bücher.example", "xn--bcher-kva.example" },
    { "a@[IPv6:::1]", "[IPv6:::1]", "[ipv6:::1]" },
    { "", "", "" },
  };

  for (auto &row : rows)
    {
      g_autofree char *normal = rp_address_dup_domain (row.address);

      EXPECT_STREQ (rp_address_get_domain (row.address), row.written);
      EXPECT_STREQ (normal, row.normal);
    }
}

struct MatchRow
{
  const char *name;
  const char *address;
  const char *pattern;
  bool is_pattern;
  bool matches;
};

void
PrintTo (const MatchRow &row, std::ostream *out)
{
  *out << row.name;
}

const MatchRow match_rows[] = {
  { "same", "terri@proseware.com", "terri@proseware.com", false, true },
  { "case", "Terri@ProseWare.com", "terri@proseware.COM", false, true },
  { "umlaut_case", "JÜRGEN@b.c", "jürgen@b.c", false, true },
  { "idn", "a@bücher.example", "a@xn--bcher-kva.example", false, true },
  { "needless_quotes", "\"terri\"@b.c", "terri@b.c", false, true },
  { "escape", "\"te\\rri\"@b.c", "terri@b.c", false, true },
  { "other_local", "terry@proseware.com", "terri@proseware.com", false, false },
  { "other_domain", "terri@adatum.com", "terri@proseware.com", false, false },
  { "null_sender", "", "terri@proseware.com", false, false },
  { "any_local", "x@proseware.com", "*@proseware.com", true, true },
  { "any_local_case", "x@ProseWare.Com", "*@proseware.com", true, true },
  { "any_local_not_sub", "x@a.proseware.com", "*@proseware.com", true, false },
  { "any_local_not_suffix", "x@eproseware.com", "*@proseware.com", true, false },
  { "tag", "terri+lists@b.c", "terri+*@b.c", true, true },
  { "tag_missing", "terri@b.c", "terri+*@b.c", true, false },
  { "star_in_the_middle", "aXbYb@b.c", "a*b@b.c", true, true },
  { "star_in_the_middle_cut", "aXbYc@b.c", "a*b@b.c", true, false },
  { "star_stands_for_nothing", "ab@b.c", "a*b@b.c", true, true },
  { "two_stars", "x-terri-y@b.c", "*terri*@b.c", true, true },
  { "two_stars_out_of_order", "b-a@b.c", "*a*b*@b.c", true, false },
  { "star_in_the_address", "a*x@b.c", "a*@b.c", true, true },
  { "question_mark_is_itself", "te?ri+x@b.c", "te?ri+*@b.c", true, true },
  { "question_mark_is_no_wildcard", "terri+x@b.c", "te?ri+*@b.c", true, false },
  { "subdomain", "x@a.terri.example", "*@*.terri.example", true, true },
  { "sub_subdomain", "x@b.a.terri.example", "*@*.terri.example", true, true },
  { "subdomain_not_itself", "x@terri.example", "*@*.terri.example", true, false },
  { "subdomain_not_suffix", "x@aterri.example", "*@*.terri.example", true, false },
  { "any", "x@y.z", "*@*", true, true },
  { "any_not_null_sender", "", "*@*", true, false },
  { "quoted_at_in_pattern", "x@evil.example", "\"*@proseware.com\"", false, false },
  { "address_with_quoted_at", "\"x@proseware.com\"@evil.example", "*@proseware.com",
    true, false },
  { "no_at", "x@y.z", "*", false, false },
  { "star_within_domain", "x@aby.z", "*@a*.z", false, false },
  { "star_at_domain_end", "x@y.z", "*@y.*", false, false },
};

class Match : public testing::TestWithParam<MatchRow>
{
};

TEST_P (Match, pattern)
{
  const MatchRow &row = GetParam ();

  EXPECT_EQ (bool (rp_address_is_pattern (row.pattern)), row.is_pattern);
  EXPECT_EQ (bool (rp_address_matches (row.address, row.pattern)), row.matches);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Match,
                          testing::ValuesIn (match_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Address, every_fault_has_its_own_words)
{
  for (int a = RP_ADDRESS_OK; a <= RP_ADDRESS_ROUTE; a++)
    for (int b = RP_ADDRESS_OK; b < a; b++)
      EXPECT_STRNE (rp_address_fault_to_text (RpAddressFault (a)),
                    rp_address_fault_to_text (RpAddressFault (b)));
}

}
