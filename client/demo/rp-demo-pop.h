/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The home ISP's POP3 server (RFC 1939), as far as POP before SMTP needs one: a login
 * and an empty mailbox. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpDemoPopFunc: somebody logged in with the right name and password. */
typedef void (*RpDemoPopFunc) (gpointer user_data);

/**
 * rp_demo_pop_new:
 * @address: loopback address to listen on; any free port is taken
 * @port: (out): the port
 * @logged_in: called in the main context for each login
 * @error: of the domain %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the running server; unref ends it
 */
GSocketService *rp_demo_pop_new (const char *address,
                                 guint16 *port,
                                 RpDemoPopFunc logged_in,
                                 gpointer user_data,
                                 GError **error);

G_END_DECLS
