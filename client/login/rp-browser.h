/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser of this computer, where there is one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rp_browser_is_likely: whether a window could come up: there is a display, or the
 * environment's BROWSER names a program. */
gboolean rp_browser_is_likely (void);

/**
 * rp_browser_open:
 * @address: shown to the user anyway
 *
 * By $BROWSER (its programs in turn, "%s" stands for the address), else by xdg-open,
 * else by gio. What the browser says is not shown. Opens nothing but https, and http of
 * this machine.
 *
 * Returns: whether a program was started
 */
gboolean rp_browser_open (const char *address);

G_END_DECLS
