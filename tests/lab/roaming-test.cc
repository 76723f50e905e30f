// SPDX-License-Identifier: GPL-3.0-or-later
// The laptop under the real NetworkManager: what changes when it is carried.
#include "custody.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char foreign[] = "bob@adatum.com";

class Roaming : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    static bool is_running = false;
    if (is_running)
      return;
    is_running = true;
    world ({ "set", "isp", "network" });
    world ({ "networkmanager" });
  }

  void
  SetUp () override
  {
    world ({ "at", "home" });
  }
};

TEST_F (Roaming, NetworkManagerCarriesTheLaptop)
{
  for (const char *place : { "office", "hotel", "home" })
    {
      world ({ "at", place });
      const Outcome active = run_on_laptop (
          { "nmcli", "-t", "-f", "NAME,STATE", "connection", "show", "--active" });
      EXPECT_NE (active.output.find (std::string (place) + ":activated"),
                 std::string::npos)
          << active.output;
    }
}

struct Recognition
{
  const char *name;
  const char *home;
  const char *office;
  const char *hotel;
};

void
PrintTo (const Recognition &row, std::ostream *out)
{
  *out << row.name;
}

class RoamingBy : public Roaming, public testing::WithParamInterface<Recognition>
{
};

// One agent, never restarted: "world at" comes back when NetworkManager has said that
// the connection is up, and from then on there is one second.
TEST_P (RoamingBy, TheNextMessageGoesByTheServerOfThePlace)
{
  Configuration configuration;
  configuration.endpoints = "smtp://mail.proseware.com:25";
  configuration.access = "network:home";
  configuration.home = GetParam ().home;
  configuration.office = GetParam ().office;
  configuration.hotel = GetParam ().hotel;
  const Agent agent (configuration.text (), "home");

  const std::pair<const char *, const char *> journey[] = {
    { "home", "proseware" },  { "office", "thephone" }, { "hotel", "relay" },
    { "office", "thephone" }, { "home", "proseware" },
  };
  for (const auto &[place, server] : journey)
    {
      world ({ "at", place });
      EXPECT_TRUE (
          comes_true ([&, here = place] { return agent.network () == here; }, 1))
          << "still " << agent.network () << ", not " << place;
      const std::string mark = unique_mark ();
      const std::string message = fragile_message (sender, foreign, mark);
      const Reply reply = agent.submit (sender, { foreign }, message);
      EXPECT_EQ (reply.code, 250) << place << ": " << reply.text << agent.log ();
      EXPECT_NE (reply.text.find (std::string ("via ") + server), std::string::npos)
          << reply.text;
      EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
      EXPECT_NE (server_log (server).find (mark), std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Fact,
    RoamingBy,
    testing::Values (Recognition{ "DomainOfTheNetwork", "dns-domain=home.proseware.com",
                                  "dns-domain=corp.thephone-company.com",
                                  "dns-domain=guest.hotel.example" },
                     Recognition{ "HardwareAddressOfTheGateway",
                                  "gateway-mac=52:54:00:00:00:01",
                                  "gateway-mac=52:54:00:00:00:02",
                                  "gateway-mac=52:54:00:00:00:03" },
                     Recognition{ "OwnAddress", "address=198.51.100.0/24",
                                  "address=203.0.113.0/24", "address=198.18.7.0/24" }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST_F (Roaming, APulledCableIsTruth)
{
  Configuration configuration;
  configuration.endpoints = "smtp://mail.proseware.com:25";
  configuration.access = "network:home";
  configuration.home = "dns-domain=home.proseware.com";
  const Agent agent (configuration.text (), "home");
  world ({ "nowhere" });
  const std::string mark = unique_mark ();
  const std::string message = fragile_message (sender, foreign, mark);
  expect_kept (agent, agent.submit (sender, { foreign }, message));
  // NetworkManager waits some seconds before it believes that a cable is gone.
  EXPECT_TRUE (comes_true ([&] { return agent.connectivity () == "none"; }, 20));
  world ({ "at", "home" });
  EXPECT_TRUE (agent.is_flushed (5)) << agent.log ();
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
}

}
