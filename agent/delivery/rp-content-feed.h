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
void rp_content_feed_free (RpContentFeed *self);

/**
 * rp_content_feed_take_block:
 * @is_last: (out): the end of data is in this block, nothing follows
 *
 * Returns: (transfer full) (nullable): the next octets, dots stuffed; %NULL with @error
 *   when the content cannot be read
 */
GBytes *rp_content_feed_take_block (RpContentFeed *self,
                                    gboolean *is_last,
                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpContentFeed, rp_content_feed_free)

G_END_DECLS
