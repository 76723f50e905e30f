/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message's content as it goes onto the wire behind DATA, block by block. */
#pragma once

#include <gio/gio.h>

#include "smtp/rp-content.h"

G_BEGIN_DECLS

typedef struct _RpContentFeed RpContentFeed;

/**
 * rp_content_feed_new:
 * @prefix: (nullable): octets that stand in front of the content, such as a trace field
 */
RpContentFeed *rp_content_feed_new (RpContent *content, const char *prefix);

/** rp_content_feed_free: @self: (nullable) (transfer full). */
void rp_content_feed_free (RpContentFeed *self);

/**
 * rp_content_feed_take_block:
 * @is_last: (out): only the end of data follows
 *
 * Returns: (transfer full) (nullable): the next octets, dots stuffed, none for an
 *   empty content; %NULL with a #GIOError when the content cannot be read
 */
GBytes *rp_content_feed_take_block (RpContentFeed *self,
                                    gboolean *is_last,
                                    GError **error);

/**
 * rp_content_feed_take_end:
 *
 * Returns: (transfer full): the end of data (RFC 5321 section 4.1.1.4), which makes a
 *   message of what was sent; after the last block
 */
GBytes *rp_content_feed_take_end (RpContentFeed *self);

/** rp_content_feed_get_offset: octets of the content taken so far, before
 * dot-stuffing and without the prefix. */
guint64 rp_content_feed_get_offset (const RpContentFeed *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpContentFeed, rp_content_feed_free)

G_END_DECLS
