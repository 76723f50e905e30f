/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-pop-windows.h"

#include <gtest/gtest.h>

#include <functional>

namespace
{

constexpr gint64 kNow = 1764000000;
constexpr guint kWindow = 600;

/* A server that needs nothing but what a login is known by. */
struct Isp
{
  RpPopEndpoint pop = {};
  RpServer server = {};
  std::string url, user, proxy;

  explicit Isp (const char *pop_url = "pop3s://pop.proseware.com",
                const char *name = "terri",
                const char *through = "")
      : url (pop_url), user (name), proxy (through)
  {
    pop.url = url.data ();
    server.pop = &pop;
    server.user = user.data ();
    server.proxy = proxy.empty () ? nullptr : proxy.data ();
    server.pop_window_s = kWindow;
  }
};

RpSurroundings *
make_place (const char *address)
{
  RpSurroundings *here = rp_surroundings_new ();

  here->connectivity = RP_CONNECTIVITY_FULL;
  here->gateway = g_strdup ("192.168.1.1");
  here->gateway_mac = g_strdup ("52:54:00:00:00:01");
  here->addresses = g_strsplit (address, ",", -1);
  return here;
}

const char home[] = "192.168.1.5,2001:db8::5";

/* After a login at home: what changes, and whether it counts then. */
struct Row
{
  const char *name;
  std::function<void (RpSurroundings *)> change;
  gint64 age_s;
  bool counts;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class PopWindow : public testing::TestWithParam<Row>
{
};

TEST_P (PopWindow, Counts)
{
  const Row &row = GetParam ();
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) here = make_place (home);

  EXPECT_TRUE (rp_pop_windows_move (windows, here));
  const guint64 login = rp_pop_windows_open (windows, &isp.server, kNow);
  EXPECT_GT (login, 0u);
  if (row.change)
    {
      row.change (here);
      rp_pop_windows_move (windows, here);
    }
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow + row.age_s),
             row.counts ? login : 0);
}

void
set (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

void
set_addresses (RpSurroundings *here, const char *addresses)
{
  g_strfreev (here->addresses);
  here->addresses = g_strsplit (addresses, ",", -1);
}

const Row rows[] = {
  { "AtOnce", nullptr, 0, true },
  { "LastSecond", nullptr, kWindow - 1, true },
  { "TimeIsOver", nullptr, kWindow, false },
  { "ClockSetBack", nullptr, -1, false },
  { "NothingChanged", [] (RpSurroundings *) {}, 1, true },
  { "AddressesInAnotherOrder",
    [] (RpSurroundings *here) { set_addresses (here, "2001:db8::5,192.168.1.5"); }, 1,
    true },
  { "OtherAddress", [] (RpSurroundings *here) { set_addresses (here, "192.168.1.6"); },
    1, false },
  { "OneAddressLess",
    [] (RpSurroundings *here) { set_addresses (here, "192.168.1.5"); }, 1, false },
  { "OneAddressMore",
    [] (RpSurroundings *here) {
      set_addresses (here, "192.168.1.5,2001:db8::5,2001:db8::6");
    },
    1, false },
  /* Many places have the same private addresses. */
  { "OtherGateway",
    [] (RpSurroundings *here) { set (&here->gateway_mac, "52:54:00:00:00:02"); }, 1,
    false },
  { "GatewayNotSeenForAWhile",
    [] (RpSurroundings *here) { set (&here->gateway_mac, nullptr); }, 1, true },
  { "OtherConnection",
    [] (RpSurroundings *here) { set (&here->connection_uuid, "of-a-cable"); }, 1,
    false },
  { "VpnUp", [] (RpSurroundings *here) { here->vpns = g_strsplit ("office", ",", -1); },
    1, false },
  { "Offline", [] (RpSurroundings *here) { here->connectivity = RP_CONNECTIVITY_NONE; },
    1, false },
  { "OnlyBetterKnown", [] (RpSurroundings *here) { here->metered = RP_METERED_YES; }, 1,
    true },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          PopWindow,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (PopWindows, ComingBackOpensNothing)
{
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) at_home = make_place (home);
  g_autoptr (RpSurroundings) hotel = make_place ("198.18.7.42");

  rp_pop_windows_move (windows, at_home);
  rp_pop_windows_open (windows, &isp.server, kNow);
  EXPECT_TRUE (rp_pop_windows_move (windows, hotel));
  EXPECT_TRUE (rp_pop_windows_move (windows, at_home));
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow), 0u);
}

/* The gateway is another one, though its hardware address was unknown in between. */
TEST (PopWindows, AnUnknownGatewayHidesNoOtherOne)
{
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) here = make_place (home);

  rp_pop_windows_move (windows, here);
  rp_pop_windows_open (windows, &isp.server, kNow);
  set (&here->gateway_mac, nullptr);
  rp_pop_windows_move (windows, here);
  set (&here->gateway_mac, "52:54:00:00:00:02");
  EXPECT_TRUE (rp_pop_windows_move (windows, here));
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow), 0u);
}

TEST (PopWindows, WithoutAnAddressNothingIsRemembered)
{
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();

  EXPECT_GT (rp_pop_windows_open (windows, &isp.server, kNow), 0u);
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow), 0u);
}

TEST (PopWindows, EachLoginIsForItsOwn)
{
  const Isp isp;
  const Isp others[] = {
    Isp ("pop3s://pop.adatum.com"), Isp ("pop3s://pop.proseware.com", "rose"),
    Isp ("pop3s://pop.proseware.com", "terri", "socks5h://127.0.0.1:9050")
  };
  const Isp same;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) here = make_place (home);

  rp_pop_windows_move (windows, here);
  const guint64 login = rp_pop_windows_open (windows, &isp.server, kNow);
  EXPECT_EQ (rp_pop_windows_find (windows, &same.server, kNow), login);
  EXPECT_TRUE (rp_pop_windows_is_same_login (&isp.server, &same.server));
  for (const Isp &other : others)
    {
      EXPECT_EQ (rp_pop_windows_find (windows, &other.server, kNow), 0u) << other.url;
      EXPECT_FALSE (rp_pop_windows_is_same_login (&isp.server, &other.server));
    }
}

TEST (PopWindows, RefusalClosesWhatItReliedOnAndNothingLater)
{
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) here = make_place (home);

  rp_pop_windows_move (windows, here);
  const guint64 first = rp_pop_windows_open (windows, &isp.server, kNow);
  rp_pop_windows_close (windows, &isp.server, 0);
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow), first);
  rp_pop_windows_close (windows, &isp.server, first);
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow), 0u);
  const guint64 second = rp_pop_windows_open (windows, &isp.server, kNow + 1);
  EXPECT_GT (second, first);
  rp_pop_windows_close (windows, &isp.server, first);
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow + 1), second);
}

/* A new login counts from its own time. */
TEST (PopWindows, LoginRenews)
{
  const Isp isp;
  g_autoptr (RpPopWindows) windows = rp_pop_windows_new ();
  g_autoptr (RpSurroundings) here = make_place (home);

  rp_pop_windows_move (windows, here);
  rp_pop_windows_open (windows, &isp.server, kNow);
  const guint64 second = rp_pop_windows_open (windows, &isp.server, kNow + kWindow - 1);
  EXPECT_EQ (rp_pop_windows_find (windows, &isp.server, kNow + kWindow), second);
}

}
