/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-resolv-conf.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  const char *text;
  const char *domains; /* joined with spaces */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "empty", "", "" },
  { "no_domains", "nameserver 192.168.7.1\noptions edns0\n", "" },
  { "search", "search lan.example corp.example\n", "corp.example lan.example" },
  { "domain", "domain lan.example\n", "lan.example" },
  { "last_line_counts", "search a.example b.example\ndomain c.example\n", "c.example" },
  { "last_search_counts", "domain c.example\nsearch a.example\n", "a.example" },
  { "lower_case", "search LAN.Example\n", "lan.example" },
  { "final_dot", "search lan.example.\n", "lan.example" },
  { "root_alone", "search .\n", "" },
  { "tabs_and_spaces", " search\tlan.example \t b.example  \n",
    "b.example lan.example" },
  { "each_once", "search a.example A.example a.example.\n", "a.example" },
  { "no_final_newline", "search a.example", "a.example" },
  { "carriage_return", "search a.example\r\n", "a.example" },
  { "comment", "# search a.example\n; search b.example\n", "" },
  { "longer_keyword", "searches a.example\ndomainname b.example\n", "" },
  { "keyword_alone", "search\n", "" },
  { "systemd_resolved",
    "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch fritz.box\n", "fritz.box" },
  { "routing_domain", "search ~corp.example\n", "corp.example" },
  { "not_utf8", "search caf\xe9.example good.example\n", "good.example" },
};

class ResolvConf : public testing::TestWithParam<Row>
{
};

TEST_P (ResolvConf, names_its_domains)
{
  g_auto (GStrv) domains = rp_resolv_conf_parse (GetParam ().text);
  g_autofree char *joined = g_strjoinv (" ", domains);

  EXPECT_STREQ (joined, GetParam ().domains);
}

INSTANTIATE_TEST_SUITE_P (Files,
                          ResolvConf,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

} /* namespace */
