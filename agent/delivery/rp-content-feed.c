/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-content-feed.h"

#include <string.h>

#include "core/rp-dot-encoder.h"

#define BLOCK_BYTES (64 * 1024)

struct _RpContentFeed
{
  RpContent *content;
  char *prefix;
  guint64 offset;
  RpDotEncoder encoder;
};

RpContentFeed *
rp_content_feed_new (RpContent *content, const char *prefix)
{
  RpContentFeed *self = g_new0 (RpContentFeed, 1);

  self->content = g_object_ref (content);
  self->prefix = g_strdup (prefix);
  rp_dot_encoder_init (&self->encoder);
  return self;
}

void
rp_content_feed_free (RpContentFeed *self)
{
  if (self == NULL)
    return;

  g_object_unref (self->content);
  g_free (self->prefix);
  g_free (self);
}

GBytes *
rp_content_feed_take_block (RpContentFeed *self, gboolean *is_last, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BLOCK_BYTES);
  g_autoptr (GByteArray) block = g_byte_array_new ();
  /* A file that became longer under us must not become a longer message. */
  const guint64 n_left = rp_content_get_size (self->content) - self->offset;
  gssize n_bytes = rp_content_read (self->content, self->offset, buffer,
                                    (gsize) MIN (n_left, BLOCK_BYTES), error);

  if (n_bytes < 0)
    return NULL;

  if (self->prefix != NULL)
    rp_dot_encoder_feed (&self->encoder, (const guint8 *) self->prefix,
                         strlen (self->prefix), block);
  g_clear_pointer (&self->prefix, g_free);
  rp_dot_encoder_feed (&self->encoder, buffer, (gsize) n_bytes, block);
  self->offset += (guint64) n_bytes;
  *is_last = self->offset >= rp_content_get_size (self->content);
  /* Nor one that became shorter a shorter one. */
  if (!*is_last && n_bytes == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                   "the message's content ended early");
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&block));
}

GBytes *
rp_content_feed_take_end (RpContentFeed *self)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();

  rp_dot_encoder_finish (&self->encoder, end);
  return g_byte_array_free_to_bytes (g_steal_pointer (&end));
}

guint64
rp_content_feed_get_offset (const RpContentFeed *self)
{
  return self->offset;
}
