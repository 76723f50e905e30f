/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place that was made up for a network is recognised as that network. */
#include <gtest/gtest.h>

#include "config-from-text.h"
#include "delivery/rp-imagined-place.h"

namespace
{

const char configuration[] = "[account terri]\n"
                             "address=terri@proseware.com\n"
                             "servers=proseware\n"
                             "[server proseware]\n"
                             "endpoints=smtps://smtp.proseware.com:465\n"
                             "access=password\n"
                             "user=terri\n"
                             "[network mac]\n"
                             "gateway-mac=52:54:00:12:34:56\n"
                             "[network range]\n"
                             "address=192.168.7.0/24\n"
                             "[network range6]\n"
                             "address=2001:db8:7::/48\n"
                             "[network wifi]\n"
                             "ssid=Cafe\n"
                             "[network uuid]\n"
                             "nm-uuid=1b671a64-40d5-491e-99b0-da01ff1f3341\n"
                             "[network office]\n"
                             "dns-domain=corp.example\n"
                             "address=10.0.0.0/8\n"
                             "[network tunnel]\n"
                             "vpn=work\n";

class ImaginedPlaceTest : public testing::TestWithParam<const char *>
{
};

TEST_P (ImaginedPlaceTest, IsRecognised)
{
  g_autoptr (RpConfig) config = config_from_text (configuration);
  g_autoptr (RpSurroundings) place = rp_imagined_place_new (config, GetParam ());

  ASSERT_NE (place, nullptr);
  const RpNetworkRule *rule = rp_surroundings_find_network (place, config);

  ASSERT_NE (rule, nullptr);
  EXPECT_STREQ (rule->name, GetParam ());
  EXPECT_EQ (place->connectivity, RP_CONNECTIVITY_FULL);
}

INSTANTIATE_TEST_SUITE_P (
    Networks,
    ImaginedPlaceTest,
    testing::Values ("mac", "range", "range6", "wifi", "uuid", "office", "tunnel"),
    [] (const auto &row) { return std::string (row.param); });

TEST (ImaginedPlace, OfNoNetworkThereIsNone)
{
  g_autoptr (RpConfig) config = config_from_text (configuration);

  EXPECT_EQ (rp_imagined_place_new (config, "nowhere"), nullptr);
}

} // namespace
