/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watched.h"

namespace
{

/* What every detector shares; the fake one without a file adds nothing of its own. */
class Detector : public testing::Test
{
protected:
  Watched seen{ rp_detector_new_fake ("/nonexistent/surroundings") };

  static RpSurroundings *
  place (const char *gateway, const char *mac)
  {
    RpSurroundings *surroundings = rp_surroundings_new ();

    surroundings->gateway = g_strdup (gateway);
    surroundings->gateway_mac = g_strdup (mac);
    return surroundings;
  }
};

TEST_F (Detector, knows_nothing_before_it_was_told)
{
  EXPECT_EQ (seen->connectivity, RP_CONNECTIVITY_UNKNOWN);
  EXPECT_EQ (seen.gateway (), "");
  EXPECT_EQ (seen.n_changes, 0);
}

TEST_F (Detector, only_a_difference_is_a_change)
{
  rp_detector_publish (seen.detector, place ("192.168.7.1", nullptr));
  EXPECT_EQ (seen.n_changes, 1);
  rp_detector_publish (seen.detector, place ("192.168.7.1", nullptr));
  EXPECT_EQ (seen.n_changes, 1);
  rp_detector_publish (seen.detector, place ("192.168.7.1", "52:54:00:12:34:56"));
  EXPECT_EQ (seen.n_changes, 2);
}

TEST_F (Detector, what_is_held_back_comes_in_the_end)
{
  gint64 start_us = g_get_monotonic_time ();

  rp_detector_publish_within (seen.detector, place ("192.168.7.1", nullptr), 50);
  EXPECT_EQ (seen.gateway (), "");
  ASSERT_TRUE (wait_until ([&] { return seen.n_changes == 1; }));
  EXPECT_GE (seen.changed_us - start_us, 45 * 1000);
  EXPECT_EQ (seen.gateway (), "192.168.7.1");
}

TEST_F (Detector, what_is_held_back_gives_way_to_what_is_known)
{
  rp_detector_publish_within (seen.detector, place ("192.168.7.1", nullptr), 50);
  rp_detector_publish (seen.detector, place ("192.168.7.1", "52:54:00:12:34:56"));
  settle (120);
  EXPECT_EQ (seen.n_changes, 1);
  EXPECT_EQ (seen.mac (), "52:54:00:12:34:56");
}

TEST_F (Detector, holding_again_does_not_begin_the_wait_anew)
{
  gint64 start_us = g_get_monotonic_time ();

  ASSERT_TRUE (wait_until ([&] {
    if (seen.n_changes == 0)
      rp_detector_publish_within (seen.detector, place ("203.0.113.1", nullptr), 100);
    return seen.n_changes == 1;
  }));
  EXPECT_LT (seen.changed_us - start_us, 2 * G_USEC_PER_SEC);
  EXPECT_EQ (seen.gateway (), "203.0.113.1");
}

} /* namespace */
