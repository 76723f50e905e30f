/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content as it comes off the wire, checked and unstuffed (RFC 5321 sections 4.1.1.4
 * and 4.5.2). Only CRLF.CRLF ends it. What a more lenient server might take for an
 * end, a bare LF or CR around a dot, ends nothing here: a message within the message
 * would be smuggled past us (CVE-2023-51764 and its like). */
#pragma once

#include <glib.h>

#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * RpContentFault:
 *
 * The first octet that makes content no mail.
 */
typedef enum
{
  RP_CONTENT_FAULT_NONE,
  RP_CONTENT_FAULT_CR,
  RP_CONTENT_FAULT_LF,
  RP_CONTENT_FAULT_NUL
} RpContentFault;

/** RpDotDecoder: for the content of one message. */
typedef struct _RpDotDecoder RpDotDecoder;

/**
 * rp_dot_decoder_new:
 * @bare_newline: whether a bare CR or LF is a fault or becomes CRLF; NUL always is one
 *
 * Returns: (transfer full): a decoder for what follows DATA
 */
RpDotDecoder *rp_dot_decoder_new (RpBareNewline bare_newline);

/** rp_dot_decoder_new_chunked: (transfer full): the same checks for BDAT, which knows
 * no dots and whose end is told from outside (RFC 3030 section 2). */
RpDotDecoder *rp_dot_decoder_new_chunked (RpBareNewline bare_newline);

/** rp_dot_decoder_free: @self: (nullable). */
void rp_dot_decoder_free (RpDotDecoder *self);

/**
 * rp_dot_decoder_feed:
 * @data: (array length=n_bytes): octets off the wire, cut anywhere
 * @consumed: (out): octets used; less than @n_bytes only behind the end
 * @out: the content is appended here; nothing more after a fault
 *
 * Goes on to the true end after a fault, so that the tail of a refused message is
 * never read as commands.
 *
 * Returns: %TRUE once CRLF.CRLF was read
 */
gboolean rp_dot_decoder_feed (RpDotDecoder *self,
                              const char *data,
                              gsize n_bytes,
                              gsize *consumed,
                              GByteArray *out);

/** rp_dot_decoder_finish: the last chunk of BDAT is over; a CR left alone is bare. */
void rp_dot_decoder_finish (RpDotDecoder *self, GByteArray *out);

/** rp_dot_decoder_get_fault: the first fault so far. */
RpContentFault rp_dot_decoder_get_fault (const RpDotDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpDotDecoder, rp_dot_decoder_free)

G_END_DECLS
