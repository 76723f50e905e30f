/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-quiet-timer.h"
#include "world.h"

namespace
{

struct Calls
{
  int n = 0;
  gint64 last_us = 0;

  static void
  on_quiet (gpointer data)
  {
    auto self = static_cast<Calls *> (data);

    self->n++;
    self->last_us = g_get_monotonic_time ();
  }
};

TEST (QuietTimer, many_signals_make_one_call_after_the_quiet_time)
{
  Calls calls;
  g_autoptr (RpQuietTimer) timer =
      rp_quiet_timer_new (60, 5000, Calls::on_quiet, &calls);

  for (int i = 0; i < 10; i++)
    {
      rp_quiet_timer_signal (timer);
      settle (10);
    }
  EXPECT_EQ (calls.n, 0);
  gint64 last_signal_us = g_get_monotonic_time () - 10000;
  ASSERT_TRUE (wait_until ([&] { return calls.n > 0; }));
  EXPECT_GE (calls.last_us - last_signal_us, 40 * 1000);
  settle (100);
  EXPECT_EQ (calls.n, 1);
}

TEST (QuietTimer, noise_delays_the_call_no_longer_than_the_limit)
{
  Calls calls;
  g_autoptr (RpQuietTimer) timer =
      rp_quiet_timer_new (5000, 100, Calls::on_quiet, &calls);
  gint64 start_us = g_get_monotonic_time ();

  ASSERT_TRUE (wait_until ([&] {
    if (calls.n == 0)
      rp_quiet_timer_signal (timer);
    return calls.n > 0;
  }));
  EXPECT_GE (calls.last_us - start_us, 90 * 1000);
  EXPECT_LT (calls.last_us - start_us, 2000 * 1000);
}

TEST (QuietTimer, works_again_after_a_call)
{
  Calls calls;
  g_autoptr (RpQuietTimer) timer = rp_quiet_timer_new (40, 50, Calls::on_quiet, &calls);

  for (int i = 1; i <= 3; i++)
    {
      gint64 start_us = g_get_monotonic_time ();

      rp_quiet_timer_signal (timer);
      ASSERT_TRUE (wait_until ([&] { return calls.n == i; }));
      EXPECT_GE (calls.last_us - start_us, 35 * 1000);
    }
}

TEST (QuietTimer, a_stopped_one_does_not_call)
{
  Calls calls;
  g_autoptr (RpQuietTimer) timer = rp_quiet_timer_new (5, 100, Calls::on_quiet, &calls);

  rp_quiet_timer_signal (timer);
  rp_quiet_timer_stop (timer);
  settle (50);
  EXPECT_EQ (calls.n, 0);
}

} /* namespace */
