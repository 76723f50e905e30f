/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A laptop and the places that it can be at. The test's own network namespace is the
 * laptop; each place is a namespace behind a veth pair, with a gateway. */
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

inline void
shell (const std::string &command)
{
  ASSERT_EQ (std::system (("set -e; " + command).c_str ()), 0) << command;
}

inline bool
wait_until (const std::function<bool ()> &is_reached, int timeout_ms = 10000)
{
  gint64 deadline_us = g_get_monotonic_time () + timeout_ms * 1000;
  guint ticker = g_timeout_add (
      5, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);

  while (!is_reached () && g_get_monotonic_time () < deadline_us)
    g_main_context_iteration (nullptr, TRUE);
  g_source_remove (ticker);
  return is_reached ();
}

/* Lets everything happen that happens within so long. */
inline void
settle (int for_ms)
{
  wait_until ([] { return false; }, for_ms);
}

struct Place
{
  const char *name;
  const char *interface; /* the laptop's */
  const char *gateway;
  const char *laptop;
  const char *mac; /* of the gateway */
};

const Place home = { "home", "wan0", "192.168.7.1", "192.168.7.5",
                     "52:54:00:12:34:56" };
const Place office = { "office", "wan1", "203.0.113.1", "203.0.113.77",
                       "52:54:00:aa:bb:cc" };

class World : public testing::Test
{
protected:
  void
  TearDown () override
  {
    for (const Place *place : { &home, &office })
      if (g_file_test ((std::string ("/run/netns/") + place->name).c_str (),
                       G_FILE_TEST_EXISTS))
        leave (*place);
    /* What hangs on no link. */
    shell ("ip route flush table main; ip -6 route flush table main");
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  /* The place exists; the laptop's cable is in, without an address. */
  static void
  build (const Place &place)
  {
    std::string name = place.name, interface = place.interface;

    shell ("ip netns add " + name + "; ip link add "
           + interface + " type veth peer name lan0 netns " + name + "; ip -n " + name
           + " link set lan0 address " + place.mac + " up; ip -n " + name + " addr add "
           + place.gateway + "/24 dev lan0; ip link set " + interface + " up");
  }

  static void
  take_address (const Place &place)
  {
    std::string interface = place.interface;

    shell ("ip addr add " + std::string (place.laptop) + "/24 dev "
           + interface + "; ip route add default via " + place.gateway + " dev "
           + interface);
  }

  static void
  arrive (const Place &place)
  {
    build (place);
    take_address (place);
  }

  static void
  leave (const Place &place)
  {
    shell ("ip link del " + std::string (place.interface) + "; ip netns del "
           + place.name);
  }

  /* Whether users may send echo requests. */
  static void
  allow_echo (bool is_allowed)
  {
    std::ofstream ("/proc/sys/net/ipv4/ping_group_range")
        << (is_allowed ? "0 2147483647" : "1 0");
  }
};
