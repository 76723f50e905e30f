/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-dot-decoder.h"
#include "core/rp-dot-encoder.h"

typedef struct
{
  GByteArray *content;
  gsize n_used;
  gboolean has_end;
  RpContentFault fault;
} Decoded;

static Decoded
decode (const guint8 *data, gsize n_bytes, gsize step, RpBareNewline mode)
{
  g_autoptr (RpDotDecoder) decoder = rp_dot_decoder_new (mode);
  Decoded decoded = { g_byte_array_new (), 0, FALSE, RP_CONTENT_FAULT_NONE };

  while (decoded.n_used < n_bytes && !decoded.has_end)
    {
      gsize consumed = 0;

      decoded.has_end = rp_dot_decoder_feed (
          decoder, (const char *) data + decoded.n_used,
          MIN (step, n_bytes - decoded.n_used), &consumed, decoded.content);
      decoded.n_used += consumed;
    }
  decoded.fault = rp_dot_decoder_get_fault (decoder);
  return decoded;
}

static void
check_content (const GByteArray *content)
{
  for (guint i = 0; i < content->len; i++)
    {
      must (content->data[i] != '\0');
      must (content->data[i] != '\n' || (i > 0 && content->data[i - 1] == '\r'));
      must (content->data[i] != '\r'
            || (i + 1 < content->len && content->data[i + 1] == '\n'));
    }
}

/* What was accepted goes out, and comes in again the same. */
static void
check_round (const GByteArray *content)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  RpDotEncoder encoder;
  Decoded again;

  rp_dot_encoder_init (&encoder);
  rp_dot_encoder_feed (&encoder, content->data, content->len, wire);
  rp_dot_encoder_finish (&encoder, wire);
  again = decode (wire->data, wire->len, wire->len, RP_BARE_NEWLINE_REFUSE);
  must (again.has_end && again.n_used == wire->len);
  must (again.fault == RP_CONTENT_FAULT_NONE);
  must (again.content->len == content->len);
  must (content->len == 0
        || memcmp (again.content->data, content->data, content->len) == 0);
  g_byte_array_unref (again.content);
}

static void
check (const guint8 *data, gsize n_bytes, gsize step, RpBareNewline mode)
{
  Decoded whole = decode (data, n_bytes, n_bytes + 1, mode);
  Decoded pieces = decode (data, n_bytes, step, mode);

  must (whole.has_end == pieces.has_end && whole.n_used == pieces.n_used);
  must (whole.fault == pieces.fault);
  must (whole.content->len == pieces.content->len);
  /* Only CRLF.CRLF ends it. */
  if (whole.has_end)
    must (whole.n_used == 3 ? memcmp (data, ".\r\n", 3) == 0
                            : memcmp (data + whole.n_used - 5, "\r\n.\r\n", 5) == 0);
  if (whole.has_end && whole.fault == RP_CONTENT_FAULT_NONE)
    {
      check_content (whole.content);
      check_round (whole.content);
    }
  g_byte_array_unref (whole.content);
  g_byte_array_unref (pieces.content);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  if (n_bytes == 0)
    return 0;

  check (data + 1, n_bytes - 1, data[0] % 16 + 1, RP_BARE_NEWLINE_REFUSE);
  check (data + 1, n_bytes - 1, data[0] % 16 + 1, RP_BARE_NEWLINE_NORMALIZE);
  return 0;
}
