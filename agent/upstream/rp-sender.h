/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to go out on one curl handle, in blocks that neither move nor change
 * until they were taken: over TLS an interrupted write must be given again with the
 * same address and length, else the connection is dead. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

/** RpSender: for the life of one handle. */
typedef struct _RpSender RpSender;

/** rp_sender_new: (transfer full): with nothing to send. */
RpSender *rp_sender_new (void);

/** rp_sender_free: @self: (nullable). What was not sent is dropped. */
void rp_sender_free (RpSender *self);

/** rp_sender_add: @bytes: (transfer none): are queued; small ones leave together, in
 * one flight. */
void rp_sender_add (RpSender *self, GBytes *bytes);

/** rp_sender_get_n_unsent: octets queued and not yet given away. */
gsize rp_sender_get_n_unsent (const RpSender *self);

/**
 * rp_sender_pump:
 *
 * Gives curl all that it takes.
 *
 * Returns: %CURLE_OK when nothing is left, %CURLE_AGAIN when the socket is full, else
 *   what broke
 */
CURLcode rp_sender_pump (RpSender *self, CURL *easy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSender, rp_sender_free)

G_END_DECLS
