/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-proxy.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  const char *url;
  bool is_read;
  const char *host; /* null: no proxy */
  guint16 port;
  bool resolves;
};

const Row rows[] = {
  { "None", nullptr, true, nullptr, 0, false },
  { "Empty", "", true, nullptr, 0, false },
  { "Socks5h", "socks5h://127.0.0.1:9050", true, "127.0.0.1", 9050, true },
  { "Socks5", "socks5://proxy.example:1081", true, "proxy.example", 1081, false },
  { "Socks4", "socks4://proxy.example:1081", true, "proxy.example", 1081, false },
  { "Socks4a", "socks4a://proxy.example", true, "proxy.example", 1080, true },
  { "HttpWithoutPort", "http://proxy.example", true, "proxy.example", 1080, true },
  { "HttpsWithoutPort", "https://proxy.example", true, "proxy.example", 443, true },
  { "Ipv6", "socks5h://[::1]:9050", true, "::1", 9050, true },
  { "NoUrl", "proxy.example:3128", false, nullptr, 0, false },
  { "NoHost", "http:", false, nullptr, 0, false },
};

class Proxy : public testing::TestWithParam<Row>
{
};

TEST_P (Proxy, IsRead)
{
  RpProxy proxy = {};

  EXPECT_EQ (rp_proxy_read (&proxy, GetParam ().url), GetParam ().is_read);
  EXPECT_STREQ (proxy.host, GetParam ().host);
  EXPECT_EQ (proxy.port, GetParam ().port);
  EXPECT_EQ (proxy.resolves, GetParam ().resolves);
  rp_proxy_clear (&proxy);
  EXPECT_EQ (proxy.host, nullptr);
}

INSTANTIATE_TEST_SUITE_P (Rows, Proxy, testing::ValuesIn (rows), [] (const auto &row) {
  return std::string (row.param.name);
});

} // namespace
