/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Learns from passing content what routing must know of it: how large it is, whether
 * it is truly 8-bit, whether its header needs SMTPUTF8, whom it says it is from; and
 * its subject. */
#pragma once

#include <glib.h>

#include "core/rp-envelope.h"

G_BEGIN_DECLS

/** RpContentScanner: for one message. */
typedef struct _RpContentScanner RpContentScanner;

/** rp_content_scanner_new: (transfer full): one that has seen nothing. */
RpContentScanner *rp_content_scanner_new (void);

/** rp_content_scanner_free: @self: (nullable). */
void rp_content_scanner_free (RpContentScanner *self);

/**
 * rp_content_scanner_feed:
 * @data: (array length=n_bytes): content with CRLF line ends, unstuffed, cut anywhere
 *
 * Keeps at most 8 KiB of the header section's From, and 1 KiB of its Subject.
 */
void rp_content_scanner_feed (RpContentScanner *self,
                              const guint8 *data,
                              gsize n_bytes);

/**
 * rp_content_scanner_dup_facts:
 *
 * Returns: (transfer full): what was learned. The header section ends at the first
 *   empty line, or at a line that is no header field. Of several mailboxes in From
 *   (RFC 5322 section 3.6.2) the first one counts; what is no valid address counts
 *   as none
 */
RpContentFacts *rp_content_scanner_dup_facts (RpContentScanner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpContentScanner, rp_content_scanner_free)

G_END_DECLS
