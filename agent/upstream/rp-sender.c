/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sender.h"

#include <string.h>

/* One TLS record. */
#define BLOCK_BYTES (16 * 1024)

struct _RpSender
{
  GQueue queue;   /* GBytes */
  gsize n_taken;  /* octets of the queue's first that are in the block */
  gsize n_queued; /* octets in the queue, without those */
  gsize start;    /* the unsent part of the block */
  gsize end;
  char block[BLOCK_BYTES];
};

RpSender *
rp_sender_new (void)
{
  RpSender *self = g_new0 (RpSender, 1);

  g_queue_init (&self->queue);
  return self;
}

void
rp_sender_free (RpSender *self)
{
  if (self == NULL)
    return;

  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  explicit_bzero (self->block, sizeof self->block); /* a login may have gone through */
  g_free (self);
}

void
rp_sender_add (RpSender *self, GBytes *bytes)
{
  if (g_bytes_get_size (bytes) == 0)
    return;

  g_queue_push_tail (&self->queue, g_bytes_ref (bytes));
  self->n_queued += g_bytes_get_size (bytes);
}

gsize
rp_sender_get_n_unsent (const RpSender *self)
{
  return self->n_queued + (self->end - self->start);
}

/* Only an empty block is filled: one that is under way must stay as it is. */
static void
fill_block (RpSender *self)
{
  self->start = 0;
  self->end = 0;
  while (self->end < BLOCK_BYTES && !g_queue_is_empty (&self->queue))
    {
      GBytes *first = g_queue_peek_head (&self->queue);
      gsize n_bytes = 0;
      const char *bytes = g_bytes_get_data (first, &n_bytes);
      gsize n_copied = MIN (n_bytes - self->n_taken, BLOCK_BYTES - self->end);

      memcpy (self->block + self->end, bytes + self->n_taken, n_copied);
      self->end += n_copied;
      self->n_taken += n_copied;
      self->n_queued -= n_copied;
      if (self->n_taken < n_bytes)
        continue;

      g_bytes_unref (g_queue_pop_head (&self->queue));
      self->n_taken = 0;
    }
}

CURLcode
rp_sender_pump (RpSender *self, CURL *easy)
{
  while (rp_sender_get_n_unsent (self) > 0)
    {
      gsize n_sent = 0;
      CURLcode result;

      if (self->start == self->end)
        fill_block (self);
      result = curl_easy_send (easy, self->block + self->start, self->end - self->start,
                               &n_sent);
      if (result != CURLE_OK)
        return result;
      if (n_sent == 0)
        return CURLE_AGAIN;
      self->start += n_sent;
    }
  return CURLE_OK;
}
