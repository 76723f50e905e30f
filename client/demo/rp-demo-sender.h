/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail program as simple as they come: one message to one recipient, no password. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * rp_demo_sender_send_async:
 * @host: address literal of the server
 * @sender: envelope sender and From
 * @recipient: envelope recipient and To
 * @subject: ASCII
 *
 * Sends in a thread of its own (RFC 5321 section 3.3).
 */
void rp_demo_sender_send_async (const char *host,
                                guint16 port,
                                const char *sender,
                                const char *recipient,
                                const char *subject,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * rp_demo_sender_send_finish:
 * @error: of the domain %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the server's last word on the message, whole,
 *   its lines separated by LF; or %NULL with @error set when there was none
 */
char *rp_demo_sender_send_finish (GAsyncResult *result, GError **error);

G_END_DECLS
