/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMTP replies: building ours, reading theirs (RFC 5321 section 4.2, RFC 2034,
 * RFC 3463). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpReply:
 * @code: 200 to 599
 * @enhanced: (nullable): the enhanced status code ("5.7.1"), without it in @lines
 * @lines: (array zero-terminated=1): the text of each line, without code and
 *   enhanced code; at least one line, which may be empty
 */
typedef struct
{
  guint code;
  char *enhanced;
  GStrv lines;
} RpReply;

/**
 * rp_reply_new:
 * @code: 200 to 599
 * @enhanced: (nullable): such as "2.0.0"
 * @text: text of the reply, its lines separated by LF
 *
 * Returns: (transfer full): a new reply
 */
RpReply *rp_reply_new (guint code, const char *enhanced, const char *text);

/**
 * rp_reply_new_printf:
 * @code: 200 to 599
 * @enhanced: (nullable): such as "2.0.0"
 * @format: as for printf(); text of the reply, its lines separated by LF
 *
 * Returns: (transfer full): a new reply
 */
RpReply *rp_reply_new_printf (guint code, const char *enhanced, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/** rp_reply_copy: (transfer full): a deep copy. */
RpReply *rp_reply_copy (const RpReply *self);

/** rp_reply_free: @self: (nullable). */
void rp_reply_free (RpReply *self);

/** rp_reply_add_line: appends one line of text. */
void rp_reply_add_line (RpReply *self, const char *text);

/**
 * rp_reply_dup_text:
 *
 * Returns: (transfer full): all lines with code and enhanced code, as the server
 *   said them, joined by a single space, controls removed: for people and records
 */
char *rp_reply_dup_text (const RpReply *self);

/**
 * rp_reply_to_wire:
 *
 * Every line carries code and enhanced code, has controls removed and is cut at a
 * character's border so that it has at most 512 octets with its CRLF (RFC 5321
 * section 4.5.3.1.5).
 *
 * Returns: (transfer full): the octets to send
 */
char *rp_reply_to_wire (const RpReply *self);

/** rp_reply_is_positive: whether it is a 2yz (RFC 5321 section 4.2.1). */
static inline gboolean
rp_reply_is_positive (const RpReply *self)
{
  return self->code / 100 == 2;
}

/** rp_reply_is_transient: whether it is a 4yz (RFC 5321 section 4.2.1). */
static inline gboolean
rp_reply_is_transient (const RpReply *self)
{
  return self->code / 100 == 4;
}

/** rp_reply_is_permanent: whether it is a 5yz (RFC 5321 section 4.2.1). */
static inline gboolean
rp_reply_is_permanent (const RpReply *self)
{
  return self->code / 100 == 5;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpReply, rp_reply_free)

/**
 * RpReplyParser:
 *
 * Reads replies off the wire. Strict: three digits 2 to 5, the same code on every
 * line, at most 100 lines, 64 KiB in all, a line of at most 4096 octets. What is not
 * printable UTF-8 is replaced.
 */
typedef struct _RpReplyParser RpReplyParser;

/** RpReplyParserStatus: what feeding a parser came to. */
typedef enum
{
  RP_REPLY_PARSER_MORE,  /* no whole reply yet */
  RP_REPLY_PARSER_REPLY, /* one reply is in @reply; feed the rest again */
  RP_REPLY_PARSER_BROKEN /* this is not SMTP; do not feed again */
} RpReplyParserStatus;

/** rp_reply_parser_new: (transfer full): one for all replies of a connection. */
RpReplyParser *rp_reply_parser_new (void);

/** rp_reply_parser_free: @self: (nullable). */
void rp_reply_parser_free (RpReplyParser *self);

/**
 * rp_reply_parser_feed:
 * @data: (array length=n_bytes): octets off the wire, cut anywhere
 * @consumed: (out): how many octets of @data were used
 * @reply: (out) (transfer full) (nullable): the reply, when the status says so
 *
 * Returns: whether a reply is whole (RFC 5321 section 4.2.1)
 */
RpReplyParserStatus rp_reply_parser_feed (RpReplyParser *self,
                                          const char *data,
                                          gsize n_bytes,
                                          gsize *consumed,
                                          RpReply **reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpReplyParser, rp_reply_parser_free)

G_END_DECLS
