/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector-netlink.h"

#include <filesystem>
#include <memory>

#include "watched.h"

namespace
{

class Netlink : public World
{
protected:
  std::string folder;
  std::unique_ptr<Watched> seen;

  void
  SetUp () override
  {
    g_autofree char *path = g_dir_make_tmp ("roampost-netlink-XXXXXX", nullptr);

    folder = path;
    allow_echo (true);
  }

  void
  TearDown () override
  {
    seen.reset ();
    World::TearDown ();
    std::filesystem::remove_all (folder);
  }

  std::string
  resolv_conf () const
  {
    return folder + "/resolv.conf";
  }

  void
  write (const std::string &path, const std::string &text)
  {
    std::ofstream (path) << text;
  }

  void
  start ()
  {
    seen =
        std::make_unique<Watched> (rp_detector_netlink_new (resolv_conf ().c_str ()));
  }

  bool
  sees_domain (const char *domain)
  {
    return wait_until ([&] { return seen->domains () == domain; }, 2000);
  }

  /* And nothing else is about to happen. */
  void
  start_at_home ()
  {
    build (home);
    shell ("echo 1 >/proc/sys/net/ipv6/conf/wan0/disable_ipv6");
    take_address (home);
    start ();
    ASSERT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();
    settle (700);
  }
};

TEST_F (Netlink, without_a_way_out)
{
  start ();
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_NONE);
  EXPECT_EQ (seen->gateway (), "");
}

TEST_F (Netlink, at_home_from_the_start)
{
  write (resolv_conf (), "search lan.example\n");
  arrive (home);
  start ();
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_UNKNOWN);
  EXPECT_EQ (seen->gateway (), home.gateway);
  EXPECT_EQ (seen->addresses (), home.laptop);
  EXPECT_EQ (seen->domains (), "lan.example");
  EXPECT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();
}

TEST_F (Netlink, roams_within_a_second)
{
  arrive (home);
  start ();
  ASSERT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();

  leave (home);
  arrive (office);
  gint64 moved_us = g_get_monotonic_time ();
  ASSERT_TRUE (wait_until ([&] { return seen->mac () == office.mac; })) << seen->all ();
  EXPECT_LT (seen->changed_us - moved_us, G_USEC_PER_SEC);
  EXPECT_EQ (seen->gateway (), office.gateway);
  EXPECT_EQ (seen->addresses (), office.laptop);
}

TEST_F (Netlink, cable_out_and_in_again)
{
  arrive (home);
  start ();
  ASSERT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();
  shell ("ip -n home link set lan0 down");
  ASSERT_TRUE (wait_until ([&] {
    return (*seen)->connectivity == RP_CONNECTIVITY_NONE && seen->gateway ().empty ();
  })) << seen->all ();
  shell ("ip -n home link set lan0 up");
  EXPECT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();
}

TEST_F (Netlink, a_burst_is_one_change)
{
  start ();
  int n_before = seen->n_changes;
  build (home);
  settle (20);
  take_address (home);
  shell ("ip neigh replace 192.168.7.1 lladdr 52:54:00:12:34:56 dev wan0");
  for (int i = 11; i < 15; i++)
    {
      settle (20);
      shell ("ip addr add 192.168.7." + std::to_string (i) + "/24 dev wan0");
    }
  ASSERT_TRUE (wait_until ([&] { return seen->mac () == home.mac; })) << seen->all ();
  settle (400);
  EXPECT_EQ (seen->n_changes, n_before + 1);
}

TEST_F (Netlink, link_local_addresses_tell_no_place)
{
  arrive (home);
  shell ("ip addr add 2001:db8:7::5/64 dev wan0 nodad;"
         "ip addr add fe80::5/64 dev wan0 nodad");
  start ();
  EXPECT_EQ (seen->addresses (), "192.168.7.5 2001:db8:7::5");
}

TEST_F (Netlink, resolv_conf_that_changes)
{
  write (resolv_conf (), "search lan.example\n");
  start_at_home ();
  write (resolv_conf (), "search corp.example\n");
  EXPECT_TRUE (sees_domain ("corp.example"));
}

TEST_F (Netlink, resolv_conf_that_is_replaced)
{
  write (resolv_conf (), "search lan.example\n");
  start_at_home ();
  write (folder + "/new", "search corp.example\n");
  std::filesystem::rename (folder + "/new", resolv_conf ());
  EXPECT_TRUE (sees_domain ("corp.example"));
}

TEST_F (Netlink, resolv_conf_that_is_a_link)
{
  std::filesystem::create_directory (folder + "/run");
  write (folder + "/run/stub", "search lan.example\n");
  std::filesystem::create_symlink (folder + "/run/stub", resolv_conf ());
  start_at_home ();
  EXPECT_EQ (seen->domains (), "lan.example");
  write (folder + "/run/stub", "search corp.example\n");
  EXPECT_TRUE (sees_domain ("corp.example"));
}

TEST_F (Netlink, resolv_conf_that_is_missing)
{
  start_at_home ();
  EXPECT_EQ (seen->domains (), "");
  write (resolv_conf (), "search corp.example\n");
  EXPECT_TRUE (sees_domain ("corp.example"));
}

} /* namespace */
