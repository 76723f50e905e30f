// SPDX-License-Identifier: GPL-3.0-or-later
// Out of a hotel that lets no mail by, through real proxies.
#include "custody.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char foreign[] = "bob@adatum.com";

class Proxy : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    world ({ "proxies" });
  }

  void
  SetUp () override
  {
    reset ();
    world ({ "set", "isp", "password" });
    world ({ "set", "hotel-server", "no" });
    for (const char *port : { "hotel-25", "hotel-587", "hotel-465" })
      world ({ "set", port, "dropped" });
    world ({ "at", "hotel" });
    mark = unique_mark ();
    message = fragile_message (sender, foreign, mark);
    log_start = server_log ("proseware").size ();
  }

  Configuration
  through (const std::string &proxy) const
  {
    Configuration configuration;
    configuration.has_hotel_server = false;
    configuration.login = "proxy=" + proxy + "\n";
    return configuration;
  }

  std::string mark;
  std::string message;
  std::size_t log_start = 0;
};

struct Way
{
  const char *name;
  const char *proxy;
  const char *dns; // as the laptop has it
};

void
PrintTo (const Way &row, std::ostream *out)
{
  *out << row.name;
}

class ProxyWay : public Proxy, public testing::WithParamInterface<Way>
{
};

TEST_P (ProxyWay, TakesTheMailOut)
{
  world ({ "set", "dns", GetParam ().dns });
  const Agent agent (through (GetParam ().proxy).text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_NE (reply.text.find ("(via proseware"), std::string::npos) << reply.text;
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  // The proxy's address, not the hotel's.
  const std::string said = server_log ("proseware").substr (log_start);
  EXPECT_NE (said.find ("[198.18.1.25], sasl_method=PLAIN"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P (
    Kind,
    ProxyWay,
    testing::Values (Way{ "Socks5h", "socks5h://198.18.1.25:1080", "silent" },
                     Way{ "Socks5", "socks5://198.18.1.25:1080", "open" },
                     Way{ "Http", "http://198.18.1.25:3128", "silent" }),
    [] (const auto &row) { return std::string (row.param.name); });

struct Refusal
{
  const char *name;
  const char *proxy;
  const char *says;
};

void
PrintTo (const Refusal &row, std::ostream *out)
{
  *out << row.name;
}

class ProxyRefusal : public Proxy, public testing::WithParamInterface<Refusal>
{
};

TEST_P (ProxyRefusal, IsToldAndTheMailWaits)
{
  const Agent agent (through (GetParam ().proxy).text (), "hotel");
  const Reply reply = agent.submit (sender, { foreign }, message);
  expect_kept (agent, reply);
  EXPECT_NE (reply.text.find ("cannot be reached"), std::string::npos) << reply.text;
  EXPECT_NE (reply.text.find (GetParam ().says), std::string::npos) << reply.text;
  EXPECT_EQ (server_log ("proseware").substr (log_start).find ("smtpd"),
             std::string::npos);
}

INSTANTIATE_TEST_SUITE_P (
    Kind,
    ProxyRefusal,
    testing::Values (
        Refusal{ "SocksWantsALogin", "socks5h://198.18.1.25:1081",
                 "No authentication method was acceptable" },
        Refusal{ "HttpWantsALogin", "http://198.18.1.25:3129", "407" },
        Refusal{ "HttpIsForTheWebAlone", "http://198.18.1.25:3130", "403" },
        Refusal{ "NobodyThere", "socks5h://198.18.1.25:1", "198.18.1.25 port 1 " }),
    [] (const auto &row) { return std::string (row.param.name); });

}
