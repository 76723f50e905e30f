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
