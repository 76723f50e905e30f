/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <functional>

/* Turns the default main loop until the condition holds; false when it did not hold
 * in time. Looks again every few milliseconds, for conditions of other threads. */
inline bool
run_until (const std::function<bool ()> &condition, guint deadline_ms = 10000)
{
  const gint64 end_us = g_get_monotonic_time () + (gint64) deadline_ms * 1000;
  const guint tick = g_timeout_add (
      5, [] (gpointer) -> gboolean { return TRUE; }, nullptr);
  bool holds;

  while (!(holds = condition ()) && g_get_monotonic_time () < end_us)
    g_main_context_iteration (nullptr, TRUE);
  g_source_remove (tick);
  return holds;
}

/* The same; gives the longest time that the main loop did not turn meanwhile, or the
 * whole deadline when the condition did not hold in time. */
inline gint64
measure_longest_pause_us (const std::function<bool ()> &condition,
                          guint deadline_ms = 10000)
{
  gint64 last_us = g_get_monotonic_time ();
  gint64 longest_us = 0;
  const bool holds = run_until (
      [&] {
        const gint64 now_us = g_get_monotonic_time ();

        longest_us = MAX (longest_us, now_us - last_us);
        last_us = now_us;
        return condition ();
      },
      deadline_ms);

  return holds ? longest_us : (gint64) deadline_ms * 1000;
}
