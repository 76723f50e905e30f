/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-intake.h"

#include "core/rp-content-scanner.h"
#include "core/rp-dot-decoder.h"

struct _RpIntake
{
  const RpDialogueSettings *settings;
  RpDotDecoder *decoder;
  RpContentScanner *scanner;
  GByteArray *content;
  guint64 n_bytes;
  gboolean is_at_end;
  gboolean is_too_big;
  gboolean is_chunked;
  guint64 chunk_left;
  gboolean is_last_chunk;
  RpReply *failure;
};

static RpIntake *
intake_new (const RpDialogueSettings *settings, RpDotDecoder *decoder)
{
  RpIntake *self = g_new0 (RpIntake, 1);

  self->settings = settings;
  self->decoder = decoder;
  self->scanner = rp_content_scanner_new ();
  self->content = g_byte_array_new ();
  return self;
}

RpIntake *
rp_intake_new (const RpDialogueSettings *settings)
{
  return intake_new (settings, rp_dot_decoder_new (settings->bare_newline));
}

RpIntake *
rp_intake_new_chunked (const RpDialogueSettings *settings)
{
  RpIntake *self =
      intake_new (settings, rp_dot_decoder_new_chunked (settings->bare_newline));

  self->is_chunked = TRUE;
  return self;
}

void
rp_intake_free (RpIntake *self)
{
  if (self == NULL)
    return;

  rp_dot_decoder_free (self->decoder);
  rp_content_scanner_free (self->scanner);
  g_byte_array_unref (self->content);
  rp_reply_free (self->failure);
  g_free (self);
}

void
rp_intake_begin_chunk (RpIntake *self, guint64 n_bytes, gboolean is_last)
{
  self->chunk_left = n_bytes;
  self->is_last_chunk = is_last;
  self->is_at_end = FALSE;
}

static void
take_content (RpIntake *self)
{
  guint64 limit = self->settings->max_message_bytes;

  self->n_bytes += self->content->len;
  if (limit != 0 && self->n_bytes > limit)
    self->is_too_big = TRUE;

  if (self->failure != NULL || self->is_too_big
      || rp_dot_decoder_get_fault (self->decoder) != RP_CONTENT_FAULT_NONE)
    g_byte_array_set_size (self->content, 0);
  else
    rp_content_scanner_feed (self->scanner, self->content->data, self->content->len);
}

static gsize
feed_chunk (RpIntake *self, const char *data, gsize n_bytes)
{
  gsize n_chunk = (gsize) MIN ((guint64) n_bytes, self->chunk_left);
  gsize consumed = 0;

  rp_dot_decoder_feed (self->decoder, data, n_chunk, &consumed, self->content);
  self->chunk_left -= n_chunk;
  self->is_at_end = self->chunk_left == 0;
  if (self->is_at_end && self->is_last_chunk)
    rp_dot_decoder_finish (self->decoder, self->content);
  return n_chunk;
}

gsize
rp_intake_feed (RpIntake *self, const char *data, gsize n_bytes)
{
  gsize consumed = 0;

  g_byte_array_set_size (self->content, 0);
  if (self->is_at_end)
    return 0;

  if (self->is_chunked)
    consumed = feed_chunk (self, data, n_bytes);
  else
    self->is_at_end =
        rp_dot_decoder_feed (self->decoder, data, n_bytes, &consumed, self->content);
  take_content (self);
  return consumed;
}

const guint8 *
rp_intake_get_content (RpIntake *self, gsize *n_bytes)
{
  *n_bytes = self->content->len;
  return self->content->data;
}

gboolean
rp_intake_is_at_end (const RpIntake *self)
{
  return self->is_at_end;
}

gboolean
rp_intake_is_chunked (const RpIntake *self)
{
  return self->is_chunked;
}

gboolean
rp_intake_is_last_chunk (const RpIntake *self)
{
  return self->is_last_chunk;
}

void
rp_intake_fail (RpIntake *self, RpReply *reply)
{
  rp_reply_free (self->failure);
  self->failure = reply;
}

static RpReply *
reason_to_reply (const RpDialogueSettings *settings,
                 guint code,
                 const char *enhanced,
                 const RpReason *reason)
{
  g_autofree char *text = settings->sentence (reason, settings->sentence_data);

  return rp_reply_new (code, enhanced, text);
}

RpReply *
rp_intake_new_too_big_reply (const RpDialogueSettings *settings)
{
  g_autofree char *limit =
      g_strdup_printf ("%" G_GUINT64_FORMAT, settings->max_message_bytes);
  g_autoptr (RpReason) reason = rp_reason_new (RP_REASON_TOO_BIG, limit, NULL);

  return reason_to_reply (settings, 552, "5.3.4", reason);
}

static const char *
fault_to_name (RpContentFault fault)
{
  switch (fault)
    {
    case RP_CONTENT_FAULT_NONE:
      return "";
    case RP_CONTENT_FAULT_CR:
      return "CR";
    case RP_CONTENT_FAULT_LF:
      return "LF";
    case RP_CONTENT_FAULT_NUL:
      return "NUL";
    }

  return "";
}

RpReply *
rp_intake_dup_refusal (RpIntake *self)
{
  RpContentFault fault = rp_dot_decoder_get_fault (self->decoder);
  g_autoptr (RpReason) reason = NULL;

  if (self->failure != NULL)
    return rp_reply_copy (self->failure);
  if (self->is_too_big)
    return rp_intake_new_too_big_reply (self->settings);
  if (fault == RP_CONTENT_FAULT_NONE)
    return NULL;

  reason = rp_reason_new (RP_REASON_BARE_NEWLINE, fault_to_name (fault), NULL);
  return reason_to_reply (self->settings, 550, "5.6.11", reason);
}

RpContentFacts *
rp_intake_dup_facts (RpIntake *self)
{
  return rp_content_scanner_dup_facts (self->scanner);
}
