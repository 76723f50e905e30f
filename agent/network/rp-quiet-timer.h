/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many signals, one call: when it has been quiet for a while, or when it was noisy for
 * too long. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RpQuietTimer: waits from the first signal until it has called. */
typedef struct _RpQuietTimer RpQuietTimer;

/** RpQuietFunc: it is quiet now, or was noisy for too long. */
typedef void (*RpQuietFunc) (gpointer user_data);

/**
 * rp_quiet_timer_new:
 * @quiet_ms: so long nothing may have happened, in milliseconds
 * @longest_ms: the call comes at the latest so long after the first signal, in
 *   milliseconds
 * @on_quiet: called in the thread-default main context of this call
 *
 * Returns: (transfer full)
 */
RpQuietTimer *rp_quiet_timer_new (guint quiet_ms,
                                  guint longest_ms,
                                  RpQuietFunc on_quiet,
                                  gpointer user_data);

/** rp_quiet_timer_free: @self: (nullable). Nothing is called any more. */
void rp_quiet_timer_free (RpQuietTimer *self);

/** rp_quiet_timer_signal: something happened. */
void rp_quiet_timer_signal (RpQuietTimer *self);

/** rp_quiet_timer_stop: what was signalled is forgotten. */
void rp_quiet_timer_stop (RpQuietTimer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpQuietTimer, rp_quiet_timer_free)

G_END_DECLS
