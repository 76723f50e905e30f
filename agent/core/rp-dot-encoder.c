/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dot-encoder.h"

#include <string.h>

void
rp_dot_encoder_init (RpDotEncoder *self)
{
  self->is_line_start = TRUE;
  self->ends_with_crlf = TRUE;
  self->ends_with_cr = FALSE;
}

/* Behind any LF, not only behind CRLF: no bare LF comes this far, and should one ever,
 * a dot behind it must not end the message on a lenient server. */
void
rp_dot_encoder_feed (RpDotEncoder *self,
                     const guint8 *data,
                     gsize n_bytes,
                     GByteArray *out)
{
  gsize at = 0;

  while (at < n_bytes)
    {
      const guint8 *lf = memchr (data + at, '\n', n_bytes - at);
      gsize n_run = lf != NULL ? (gsize) (lf - data) + 1 - at : n_bytes - at;

      if (self->is_line_start && data[at] == '.')
        g_byte_array_append (out, (const guint8 *) ".", 1);
      g_byte_array_append (out, data + at, (guint) n_run);

      self->is_line_start = lf != NULL;
      if (lf != NULL)
        self->ends_with_crlf = n_run > 1 ? lf[-1] == '\r' : self->ends_with_cr;
      else
        self->ends_with_crlf = FALSE;
      at += n_run;
      self->ends_with_cr = data[at - 1] == '\r';
    }
}

void
rp_dot_encoder_finish (RpDotEncoder *self, GByteArray *out)
{
  if (!self->ends_with_crlf)
    g_byte_array_append (out, (const guint8 *) "\r\n", 2);
  g_byte_array_append (out, (const guint8 *) ".\r\n", 3);
}
