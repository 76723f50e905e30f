/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope of one message (RFC 5321 section 3.3, RFC 3461), and what its content
 * is made of. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpRecipient:
 * @address: the octets between the angle brackets, as parsed
 * @notify: (nullable): value of NOTIFY= as given (RFC 3461 section 4.1)
 * @orcpt: (nullable): value of ORCPT= as given, still coded (section 4.2)
 */
typedef struct
{
  char *address;
  char *notify;
  char *orcpt;
} RpRecipient;

/**
 * RpEnvelope:
 * @sender: the octets between the angle brackets; "" for the null sender
 * @ret: (nullable): value of RET= as given
 * @envid: (nullable): value of ENVID= as given, still coded
 * @declared_8bit: BODY=8BITMIME was given
 * @declared_utf8: SMTPUTF8 was given (RFC 6531)
 * @declared_bytes: value of SIZE=, or 0
 * @recipients: (element-type RpRecipient): in the order of their RCPT commands
 */
typedef struct
{
  char *sender;
  char *ret;
  char *envid;
  gboolean declared_8bit;
  gboolean declared_utf8;
  guint64 declared_bytes;
  GPtrArray *recipients;
} RpEnvelope;

/**
 * rp_envelope_new:
 * @sender: the octets between the angle brackets; "" for the null sender
 *
 * Returns: (transfer full): an envelope without recipients and parameters
 */
RpEnvelope *rp_envelope_new (const char *sender);

/** rp_envelope_copy: (transfer full): a deep copy. */
RpEnvelope *rp_envelope_copy (const RpEnvelope *self);

/** rp_envelope_free: @self: (nullable). */
void rp_envelope_free (RpEnvelope *self);

/** rp_envelope_add_recipient: (transfer none): adds a recipient and lends it, to set
 * parameters. */
RpRecipient *rp_envelope_add_recipient (RpEnvelope *self, const char *address);

/** rp_envelope_get_n_recipients: how many there are. */
static inline guint
rp_envelope_get_n_recipients (const RpEnvelope *self)
{
  return self->recipients->len;
}

/** rp_envelope_get_recipient: (transfer none): the recipient at @index, from 0. */
static inline const RpRecipient *
rp_envelope_get_recipient (const RpEnvelope *self, guint index)
{
  return (const RpRecipient *) g_ptr_array_index (self->recipients, index);
}

/** rp_envelope_is_ascii: whether every address is ASCII, so needs no SMTPUTF8. */
gboolean rp_envelope_is_ascii (const RpEnvelope *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpEnvelope, rp_envelope_free)

/**
 * RpContentFacts:
 * @n_bytes: octets of the content with CRLF line ends, before dot-stuffing
 * @is_8bit: an octet above 127 is in it
 * @has_utf8_header: an octet above 127 is in the header section
 * @header_from: (nullable): the address in the header From, for null senders
 * @subject: (nullable): the header Subject on one line, its octets as they came; cut
 *   after 998 octets (RFC 5322 section 2.1.1). For the journal, and only where its user
 *   wants it there
 *
 * What is truly in the content; routing goes by this, never by what the program
 * declared.
 */
typedef struct
{
  guint64 n_bytes;
  gboolean is_8bit;
  gboolean has_utf8_header;
  char *header_from;
  char *subject;
} RpContentFacts;

/** rp_content_facts_copy: (transfer full): a deep copy. */
RpContentFacts *rp_content_facts_copy (const RpContentFacts *self);

/** rp_content_facts_free: @self: (nullable). */
void rp_content_facts_free (RpContentFacts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpContentFacts, rp_content_facts_free)

G_END_DECLS
