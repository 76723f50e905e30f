/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long to wait before the next attempt, where nothing wakes the message before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RP_BACKOFF_FIRST_MS, RP_BACKOFF_LONGEST_MS: the wait after the first attempt, which
 * doubles with each one, and the longest. Shorter than RFC 5321 section 4.5.4.1 has it
 * for servers: this is one person's mail, and greylisting mostly lasts a minute. */
#define RP_BACKOFF_FIRST_MS (60 * 1000)
#define RP_BACKOFF_LONGEST_MS (60 * 60 * 1000)

/**
 * rp_backoff_get_delay_ms:
 * @n_attempts: attempts that ended without success; 0 gives 0
 * @random: any number, all being equally probable; moves the result by up to a fifth
 *   to either side, so that what failed together does not come back together
 *
 * Returns: milliseconds from the end of the last attempt to the next one
 */
gint64 rp_backoff_get_delay_ms (guint n_attempts, guint32 random);

G_END_DECLS
