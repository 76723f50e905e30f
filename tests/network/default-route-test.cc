/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-default-route.h"

#include <net/if.h>

#include "world.h"

namespace
{

class DefaultRoute : public World
{
protected:
  /* "GATEWAY dev INTERFACE", "none", or what went wrong. */
  static std::string
  read ()
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (RpDefaultRoute) route = rp_default_route_read (&error);
    char name[IF_NAMESIZE] = "?";

    if (error != nullptr)
      return error->message;
    if (route == nullptr)
      return "none";
    if_indextoname (route->interface_index, name);
    return std::string (route->gateway ? route->gateway : "direct") + " dev " + name;
  }
};

struct Row
{
  const char *name;
  const char *commands; /* with both cables in and both addresses taken */
  const char *route;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "none", "true", "none" },
  { "one", "ip route add default via 192.168.7.1", "192.168.7.1 dev wan0" },
  { "lowest_metric",
    "ip route add default via 192.168.7.1 metric 600;"
    "ip route add default via 203.0.113.1 metric 100",
    "203.0.113.1 dev wan1" },
  { "lowest_metric_first",
    "ip route add default via 192.168.7.1 metric 100;"
    "ip route add default via 203.0.113.1 metric 600",
    "192.168.7.1 dev wan0" },
  { "no_metric_is_lowest",
    "ip route add default via 192.168.7.1 metric 1;"
    "ip route add default via 203.0.113.1",
    "203.0.113.1 dev wan1" },
  { "without_gateway", "ip route add default dev wan0", "direct dev wan0" },
  { "other_table_does_not_count", "ip route add default via 203.0.113.1 table 51820",
    "none" },
  { "halves_of_a_vpn_do_not_count",
    "ip route add default via 192.168.7.1;"
    "ip route add 0.0.0.0/1 via 203.0.113.1; ip route add 128.0.0.0/1 via 203.0.113.1",
    "192.168.7.1 dev wan0" },
  { "unreachable_does_not_count", "ip route add unreachable default", "none" },
  { "unreachable_ipv6_does_not_count", "ip -6 route add unreachable default", "none" },
  { "several_hops",
    "ip route add default nexthop via 192.168.7.1 nexthop via 203.0.113.1",
    "192.168.7.1 dev wan0" },
  { "several_hops_first_dead",
    "ip route add default nexthop via 192.168.7.1 nexthop via 203.0.113.1;"
    "ip -n home link set lan0 down",
    "203.0.113.1 dev wan1" },
  { "cable_out", "ip route add default via 192.168.7.1; ip -n home link set lan0 down",
    "none" },
  { "ipv6_alone", "ip -6 route add default via fe80::1 dev wan0", "fe80::1 dev wan0" },
  { "ipv4_before_ipv6",
    "ip -6 route add default via fe80::1 dev wan0;"
    "ip route add default via 203.0.113.1",
    "203.0.113.1 dev wan1" },
  { "ipv4_by_way_of_ipv6", "ip -4 route add default via inet6 fe80::1 dev wan0",
    "fe80::1 dev wan0" },
  { "nexthop_object",
    "ip nexthop add id 7 via 192.168.7.1 dev wan0; ip route add default nhid 7",
    "192.168.7.1 dev wan0" },
};

class DefaultRouteRows : public DefaultRoute, public testing::WithParamInterface<Row>
{
};

TEST_P (DefaultRouteRows, is_found)
{
  for (const Place *place : { &home, &office })
    {
      build (*place);
      shell (std::string ("ip addr add ") + place->laptop + "/24 dev "
             + place->interface);
    }
  shell (GetParam ().commands);

  EXPECT_TRUE (wait_until ([] { return read () == GetParam ().route; }, 2000))
      << read ();
}

INSTANTIATE_TEST_SUITE_P (Tables,
                          DefaultRouteRows,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

} /* namespace */
