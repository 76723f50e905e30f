/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sees that a keyring can be read that could not be read before. Only listens: it never
 * starts a keyring, and makes none ask its user anything. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RP_TYPE_KEYRING_WATCH (rp_keyring_watch_get_type ())
G_DECLARE_FINAL_TYPE (RpKeyringWatch, rp_keyring_watch, RP, KEYRING_WATCH, GObject)

/**
 * RpKeyringWatch::unlocked: a collection was unlocked or made, or the Secret Service
 * has a new owner on the session bus, one that was there before the agent included.
 * May come more often than that.
 */

/** rp_keyring_watch_new: lives without a session bus, and waits for one. */
RpKeyringWatch *rp_keyring_watch_new (void);

G_END_DECLS
