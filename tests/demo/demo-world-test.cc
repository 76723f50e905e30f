// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "demo/rp-demo-world.h"

namespace
{

struct Row
{
  const char *name;
  int host;
  RpDemoPlace place;
  RpAccessKind isp;
  const char *user;
  int pop_place;
  const char *recipient;
  const char *answer; // nullptr: taken
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

constexpr int kProseware = 0, kThephone = 1, kHotel = 2, kAdatum = 3;
constexpr const char *kDenied = "550 5.7.1 <bob@adatum.com>... Relaying denied";

const Row rows[] = {
  { "OwnDomainFromHotel", kProseware, RP_DEMO_HOTEL, RP_ACCESS_NETWORK, nullptr, -1,
    "joe@proseware.com", nullptr },
  { "OwnDomainInCapitals", kProseware, RP_DEMO_HOTEL, RP_ACCESS_NETWORK, nullptr, -1,
    "joe@PROSEWARE.com", nullptr },
  { "ForeignAtHome", kProseware, RP_DEMO_HOME, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com", nullptr },
  { "ForeignAtWork", kProseware, RP_DEMO_WORK, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com", kDenied },
  { "ForeignInHotel", kProseware, RP_DEMO_HOTEL, RP_ACCESS_PASSWORD, nullptr, -1,
    "bob@adatum.com", kDenied },
  { "ForeignInHotelLoggedIn", kProseware, RP_DEMO_HOTEL, RP_ACCESS_PASSWORD, "terri",
    -1, "bob@adatum.com", nullptr },
  { "PasswordDoesNotHelpWhereOnlyTheNetworkCounts", kProseware, RP_DEMO_HOTEL,
    RP_ACCESS_NETWORK, "terri", -1, "bob@adatum.com", kDenied },
  { "PopFromHere", kProseware, RP_DEMO_HOTEL, RP_ACCESS_POP, nullptr, RP_DEMO_HOTEL,
    "bob@adatum.com", nullptr },
  { "PopFromElsewhere", kProseware, RP_DEMO_HOTEL, RP_ACCESS_POP, nullptr, RP_DEMO_WORK,
    "bob@adatum.com", kDenied },
  { "OfficeRelaysInside", kThephone, RP_DEMO_WORK, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com", nullptr },
  { "OfficeFromOutside", kThephone, RP_DEMO_HOTEL, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
  { "HotelRelaysForGuests", kHotel, RP_DEMO_HOTEL, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com", nullptr },
  { "AdatumTakesItsOwn", kAdatum, RP_DEMO_HOME, RP_ACCESS_NETWORK, nullptr, -1,
    "bob@adatum.com", nullptr },
  { "AdatumRelaysForNobody", kAdatum, RP_DEMO_HOME, RP_ACCESS_NETWORK, nullptr, -1,
    "joe@proseware.com", "554 5.7.1 <joe@proseware.com>: Relay access denied" },
};

class DemoWorld : public testing::TestWithParam<Row>
{
};

TEST_P (DemoWorld, AnswersTheRecipient)
{
  const Row &row = GetParam ();
  const RpDemoWorld world = { row.place, row.isp, TRUE, row.pop_place };
  g_autoptr (RpReply) reply = rp_demo_world_check_recipient (
      &world, &rp_demo_world_get_hosts ()[row.host], row.user, row.recipient);
  g_autofree char *text = reply == nullptr ? nullptr : rp_reply_dup_text (reply);

  EXPECT_STREQ (text, row.answer);
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          DemoWorld,
                          testing::ValuesIn (rows),
                          [] (const auto &tested) { return tested.param.name; });

TEST (DemoWorldHosts, TheHotelMayHaveNone)
{
  const RpDemoHost *hotel = &rp_demo_world_get_hosts ()[kHotel];
  RpDemoWorld world = { RP_DEMO_HOTEL, RP_ACCESS_NETWORK, FALSE, -1 };

  EXPECT_FALSE (rp_demo_world_is_up (&world, hotel));
  world.hotel_has_server = TRUE;
  EXPECT_TRUE (rp_demo_world_is_up (&world, hotel));
}

class DemoConfig : public testing::TestWithParam<RpAccessKind>
{
};

TEST_P (DemoConfig, LoadsWithoutAMistake)
{
  const RpDemoWorld world = { RP_DEMO_HOME, GetParam (), TRUE, -1 };
  const guint16 ports[RP_DEMO_N_HOSTS] = { 1025, 1026, 1027, 1028 };
  g_autofree char *text =
      rp_demo_world_dup_config (&world, "127.0.0.1:2525", ports, 1110);
  g_autoptr (GPtrArray) parsed =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  g_autoptr (RpConfig) config = nullptr;

  rp_keyfile_parse ("demo.conf", text, strlen (text), parsed, errors);
  config = rp_config_new (parsed, errors);
  for (guint i = 0; i < errors->len; i++)
    {
      g_autofree char *error =
          rp_config_error_dup_text ((RpConfigError *) errors->pdata[i], nullptr);
      ADD_FAILURE () << error;
    }
  EXPECT_NE (config, nullptr);
}

INSTANTIATE_TEST_SUITE_P (Kinds,
                          DemoConfig,
                          testing::Values (RP_ACCESS_PASSWORD,
                                           RP_ACCESS_POP,
                                           RP_ACCESS_NETWORK,
                                           RP_ACCESS_ADDRESS));

} // namespace
