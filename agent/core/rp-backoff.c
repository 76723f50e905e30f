/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-backoff.h"

/* The jitter: from so much less to so much more, in parts of the delay. */
#define JITTER_DIVISOR 5

gint64
rp_backoff_get_delay_ms (guint n_attempts, guint32 random)
{
  gint64 delay_ms = RP_BACKOFF_FIRST_MS;
  gint64 jitter_ms;

  if (n_attempts == 0)
    return 0;

  for (guint i = 1; i < n_attempts && delay_ms < RP_BACKOFF_LONGEST_MS; i++)
    delay_ms *= 2;
  delay_ms = MIN (delay_ms, RP_BACKOFF_LONGEST_MS);

  jitter_ms = delay_ms / JITTER_DIVISOR;
  return delay_ms - jitter_ms + 2 * jitter_ms * random / G_MAXUINT32;
}
