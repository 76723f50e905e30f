/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP before SMTP: a login at the POP server opens the SMTP server for the address that
 * it came from, and for a while. Which logins still count for us here and now. In
 * memory only, and never believed on the word of the clock alone: whoever moves, or is
 * refused all the same, logs in anew. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"
#include "core/rp-surroundings.h"

G_BEGIN_DECLS

typedef struct _RpPopWindows RpPopWindows;

/** rp_pop_windows_new: (transfer full): no login counts, and we are nowhere. */
RpPopWindows *rp_pop_windows_new (void);

/** rp_pop_windows_free: @self: (nullable). */
void rp_pop_windows_free (RpPopWindows *self);

/**
 * rp_pop_windows_move:
 * @here: (transfer none): where we are now; copied
 *
 * Forgets every login if that is elsewhere: servers know us by an address that we have
 * no more, or that another network translates into another one. Coming back opens
 * nothing again.
 *
 * Returns: whether we are elsewhere
 */
gboolean rp_pop_windows_move (RpPopWindows *self, const RpSurroundings *here);

/**
 * rp_pop_windows_open:
 * @server: has a POP server and a user
 * @now_s: seconds since the epoch
 *
 * We have just logged in there. Nothing is remembered while we do not know our own
 * address.
 *
 * Returns: the login's number, greater than those before
 */
guint64 rp_pop_windows_open (RpPopWindows *self, const RpServer *server, gint64 now_s);

/**
 * rp_pop_windows_find:
 * @now_s: seconds since the epoch
 *
 * Returns: the number of the login that opens @server for us, 0 when none does
 */
guint64 rp_pop_windows_find (const RpPopWindows *self,
                             const RpServer *server,
                             gint64 now_s);

/**
 * rp_pop_windows_close:
 * @login: the login that was relied on, 0 for none
 *
 * The server refused to relay all the same: that login and those before it count no
 * more. A later one does, which the refused connection knew nothing of.
 */
void rp_pop_windows_close (RpPopWindows *self, const RpServer *server, guint64 login);

/** rp_pop_windows_is_same_login: whether a login for @a is one for @b: to one POP
 * server, as one user, from one address. Both have a POP server and a user. */
gboolean rp_pop_windows_is_same_login (const RpServer *a, const RpServer *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpPopWindows, rp_pop_windows_free)

G_END_DECLS
