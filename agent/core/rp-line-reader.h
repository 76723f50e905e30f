/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of commands off the wire, bounded. Only CRLF ends one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpLineStatus:
 * @RP_LINE_MORE: no end yet
 * @RP_LINE_WHOLE: a line is there
 * @RP_LINE_TOO_LONG: a line came to its end that was over the limit
 * @RP_LINE_BARE_CR: a line came to its end that holds a bare CR
 * @RP_LINE_BARE_LF: a bare LF was read; told at once, since a program that ends its
 *   lines so would wait for ever. Do not feed again
 * @RP_LINE_ENDLESS: a mebibyte without an end. Do not feed again
 */
typedef enum
{
  RP_LINE_MORE,
  RP_LINE_WHOLE,
  RP_LINE_TOO_LONG,
  RP_LINE_BARE_CR,
  RP_LINE_BARE_LF,
  RP_LINE_ENDLESS
} RpLineStatus;

/** RpLineReader: for all lines of one connection. */
typedef struct _RpLineReader RpLineReader;

/** rp_line_reader_new: (transfer full) */
RpLineReader *rp_line_reader_new (void);

/** rp_line_reader_free: @self: (nullable). Wipes the line. */
void rp_line_reader_free (RpLineReader *self);

/**
 * rp_line_reader_feed:
 * @data: (array length=n_bytes): octets, cut anywhere
 * @max_bytes: the limit for this line, CRLF not counted
 * @consumed: (out): octets used, never past the line's end
 *
 * Reads on in the line that has begun, or begins one (RFC 5321 section 2.3.8).
 *
 * Returns: how far it came
 */
RpLineStatus rp_line_reader_feed (RpLineReader *self,
                                  const char *data,
                                  gsize n_bytes,
                                  gsize max_bytes,
                                  gsize *consumed);

/**
 * rp_line_reader_get_line:
 * @n_bytes: (out): its length; NUL may be among them
 *
 * Returns: (transfer none): the line without CRLF, or what there is of it; cut at the
 *   limit; valid until the next feed
 */
const char *rp_line_reader_get_line (RpLineReader *self, gsize *n_bytes);

/** rp_line_reader_wipe: overwrites the line that was read: it held a password. */
void rp_line_reader_wipe (RpLineReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLineReader, rp_line_reader_free)

G_END_DECLS
