/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-gateway.h"

#include <net/if.h>

#include "world.h"

namespace
{

class Gateway : public World
{
protected:
  RpGateway *gateway = nullptr;
  int n_changes = 0;

  void
  SetUp () override
  {
    gateway = rp_gateway_new (
        [] (gpointer data) { static_cast<Gateway *> (data)->n_changes++; }, this);
  }

  void
  TearDown () override
  {
    rp_gateway_free (gateway);
    World::TearDown ();
  }

  std::string
  mac_of (const char *address, const char *interface = "wan0")
  {
    g_autofree char *mac =
        rp_gateway_dup_mac (gateway, address, if_nametoindex (interface));

    return mac != nullptr ? mac : "unknown";
  }
};

TEST_F (Gateway, is_asked_where_users_may_ask)
{
  allow_echo (true);
  arrive (home);
  EXPECT_EQ (mac_of (home.gateway), "unknown");
  ASSERT_TRUE (wait_until ([&] { return n_changes > 0; }));
  EXPECT_EQ (mac_of (home.gateway), home.mac);
}

/* So it is on Debian 12. */
TEST_F (Gateway, is_found_where_users_may_not_send_echo_requests)
{
  allow_echo (false);
  arrive (home);
  EXPECT_EQ (mac_of (home.gateway), "unknown");
  ASSERT_TRUE (wait_until ([&] { return n_changes > 0; }));
  EXPECT_EQ (mac_of (home.gateway), home.mac);
}

TEST_F (Gateway, over_ipv6)
{
  allow_echo (true);
  build (home);
  shell ("ip -n home addr add fe80::7/64 dev lan0 nodad");
  /* Our own link-local address has to pass its check first. */
  ASSERT_TRUE (wait_until ([] {
    return std::system ("ip -6 addr show dev wan0 scope link -tentative"
                        " | grep -q inet6")
           == 0;
  }));
  mac_of ("fe80::7");
  ASSERT_TRUE (wait_until ([&] { return n_changes > 0; }));
  EXPECT_EQ (mac_of ("fe80::7"), home.mac);
}

TEST_F (Gateway, over_ipv6_where_users_may_not_send_echo_requests)
{
  allow_echo (false);
  build (home);
  shell ("ip -n home addr add fe80::7/64 dev lan0 nodad");
  /* Our own link-local address has to pass its check first. */
  ASSERT_TRUE (wait_until ([] {
    return std::system ("ip -6 addr show dev wan0 scope link -tentative"
                        " | grep -q inet6")
           == 0;
  }));
  mac_of ("fe80::7");
  ASSERT_TRUE (wait_until ([&] { return n_changes > 0; }));
  EXPECT_EQ (mac_of ("fe80::7"), home.mac);
}

TEST_F (Gateway, another_mac_behind_the_same_address_is_a_change)
{
  arrive (home);
  shell ("ip neigh replace 192.168.7.1 lladdr 52:54:00:00:00:01 dev wan0");
  EXPECT_EQ (mac_of (home.gateway), "52:54:00:00:00:01");
  settle (50);
  n_changes = 0;
  shell ("ip neigh replace 192.168.7.1 lladdr 52:54:00:00:00:02 dev wan0");
  ASSERT_TRUE (wait_until ([&] { return n_changes > 0; }));
  EXPECT_EQ (mac_of (home.gateway), "52:54:00:00:00:02");
}

TEST_F (Gateway, ageing_and_other_neighbours_are_no_change)
{
  arrive (home);
  shell (
      "ip neigh replace 192.168.7.1 lladdr 52:54:00:00:00:01 dev wan0 nud reachable");
  EXPECT_EQ (mac_of (home.gateway), "52:54:00:00:00:01");
  settle (50);
  n_changes = 0;
  shell ("ip neigh replace 192.168.7.1 lladdr 52:54:00:00:00:01 dev wan0 nud stale;"
         "ip neigh replace 192.168.7.9 lladdr 52:54:00:00:00:09 dev wan0");
  settle (100);
  EXPECT_EQ (n_changes, 0);
}

TEST_F (Gateway, same_address_on_another_link_is_another_gateway)
{
  arrive (home);
  build (office);
  shell ("ip neigh replace 192.168.7.1 lladdr 52:54:00:00:00:01 dev wan1");
  EXPECT_EQ (mac_of (home.gateway, "wan1"), "52:54:00:00:00:01");
  EXPECT_NE (mac_of (home.gateway, "wan0"), "52:54:00:00:00:01");
}

TEST_F (Gateway, none_has_no_mac)
{
  EXPECT_EQ (rp_gateway_dup_mac (gateway, nullptr, 1), nullptr);
  EXPECT_EQ (rp_gateway_dup_mac (gateway, "no address", 1), nullptr);
}

} /* namespace */
