/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content as it goes onto the wire behind DATA: dots stuffed, the end added
 * (RFC 5321 section 4.5.2). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpDotEncoder:
 *
 * A plain value that may lie anywhere; begin with rp_dot_encoder_init().
 */
typedef struct
{
  gboolean is_line_start;
  gboolean ends_with_crlf;
  gboolean ends_with_cr;
} RpDotEncoder;

/** rp_dot_encoder_init: begins the content of one message. */
void rp_dot_encoder_init (RpDotEncoder *self);

/**
 * rp_dot_encoder_feed:
 * @data: (array length=n_bytes): content with CRLF line ends, cut anywhere
 * @out: the octets for the wire are appended here; at most twice @n_bytes
 */
void rp_dot_encoder_feed (RpDotEncoder *self,
                          const guint8 *data,
                          gsize n_bytes,
                          GByteArray *out);

/** rp_dot_encoder_finish: appends the final dot, behind a CRLF of its own when the
 * content did not end with one (BDAT allows that, DATA does not). */
void rp_dot_encoder_finish (RpDotEncoder *self, GByteArray *out);

G_END_DECLS
