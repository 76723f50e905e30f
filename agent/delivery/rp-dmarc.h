/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up what a sender's domain asks of receivers (DMARC, RFC 7489), so that no
 * foreign server is used where that would get the message rejected. */
#pragma once

#include <gio/gio.h>

#include "core/rp-view.h"

G_BEGIN_DECLS

#define RP_TYPE_DMARC (rp_dmarc_get_type ())
G_DECLARE_FINAL_TYPE (RpDmarc, rp_dmarc, RP, DMARC, GObject)

/** rp_dmarc_new: @timeout_ms: for all questions about one domain. */
RpDmarc *rp_dmarc_new (guint timeout_ms);

/**
 * rp_dmarc_lookup_async:
 * @domain: of the sender, in A-label form
 *
 * Asks for the domain's record, then for those of the domains above it, up to the one
 * below the top. What was answered is kept for an hour, silence for a minute.
 */
void rp_dmarc_lookup_async (RpDmarc *self,
                            const char *domain,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/** rp_dmarc_lookup_finish: never fails: what is not known counts as no policy. */
RpDmarcPolicy rp_dmarc_lookup_finish (RpDmarc *self, GAsyncResult *result);

G_END_DECLS
