/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts up the notices that ought to be up, and takes down the others. Decides nothing:
 * which ones ought to be is rp-notice.h. */
#pragma once

#include <gio/gio.h>

#include "core/rp-notice.h"

G_BEGIN_DECLS

#define RP_TYPE_NOTIFIER (rp_notifier_get_type ())
G_DECLARE_FINAL_TYPE (RpNotifier, rp_notifier, RP, NOTIFIER, GObject)

/**
 * RpNotifier::action: key of the notice, #RpNoticeAction as uint, id of the message or
 *   %NULL: what its user chose
 */

/**
 * rp_notifier_new:
 * @is_sandboxed: the portal is asked first, else the desktop itself; where the first is
 *   not there, the other is
 *
 * Lives without a session bus and without a server of notices; what is wanted is put
 * up when they come, and again when they come back. What its user has put away, or
 * has let pass, stays away until there is news of it.
 */
RpNotifier *rp_notifier_new (gboolean is_sandboxed);

/**
 * rp_notifier_set:
 * @notices: (element-type RpNotice): that ought to be up from now on; copied
 *
 * Nothing happens for those that are up as they are. Texts are of the language that is
 * set when they are put up.
 */
void rp_notifier_set (RpNotifier *self, GPtrArray *notices);

G_END_DECLS
