/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of one mail transaction (RFC 5321 section 3.3): which octets are
 * due, and which command a reply answers. Sends nothing and judges nothing. */
#pragma once

#include <glib.h>

#include "core/rp-capabilities.h"
#include "core/rp-envelope.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpCommandKind: what we can ask a server for. */
typedef enum
{
  RP_COMMAND_MAIL,
  RP_COMMAND_RCPT,
  RP_COMMAND_DATA,
  RP_COMMAND_CONTENT,  /* the content and its end of data */
  RP_COMMAND_LONE_DOT, /* an empty message: ends a 354 that nobody can use */
  RP_COMMAND_RSET
} RpCommandKind;

/**
 * RpCommand:
 * @recipient: its place in the envelope, for %RP_COMMAND_RCPT
 */
typedef struct
{
  RpCommandKind kind;
  guint recipient;
} RpCommand;

/** RpTransaction: what was sent, what is due and what is unanswered. */
typedef struct _RpTransaction RpTransaction;

/**
 * rp_transaction_new:
 * @envelope: (transfer none): outlives the transaction
 * @facts: (transfer none): outlives the transaction
 * @capabilities: (transfer none): what the server offered; outlives the transaction
 * @data_rides: DATA goes in the same flight as RCPT. Only for a message with one
 *   recipient in all: a second one's refusal would come too late
 *
 * MAIL is due at once.
 *
 * Returns: (transfer full)
 */
RpTransaction *rp_transaction_new (const RpEnvelope *envelope,
                                   const RpContentFacts *facts,
                                   const RpCapabilities *capabilities,
                                   gboolean data_rides);

/** rp_transaction_free: @self: (nullable). */
void rp_transaction_free (RpTransaction *self);

/**
 * rp_transaction_follow:
 * @earlier: (nullable) (transfer none): the one before it on the same connection
 *
 * Where the server still has @earlier open, since MAIL was accepted and no content
 * ended it, RSET goes first: a MAIL within a transaction is refused (RFC 5321 section
 * 4.1.4).
 */
void rp_transaction_follow (RpTransaction *self, const RpTransaction *earlier);

/** rp_transaction_add_recipient: makes RCPT for the envelope's @recipient due. */
void rp_transaction_add_recipient (RpTransaction *self, guint recipient);

/** rp_transaction_release: makes DATA due, unless it rode along already. */
void rp_transaction_release (RpTransaction *self);

/**
 * rp_transaction_reset:
 *
 * Makes RSET due (RFC 5321 section 4.1.1.5) and forgets what was not sent yet.
 *
 * Returns: %FALSE when DATA is under way or a command is unanswered: then only the
 *   end of the connection ends the transaction
 */
gboolean rp_transaction_reset (RpTransaction *self);

/**
 * rp_transaction_take_due:
 *
 * Everything that may be written now: all that is due where the server offered
 * PIPELINING (RFC 2920), one command at a time where it did not.
 *
 * Returns: (transfer full) (nullable): octets to send, %NULL when it is the server's
 *   turn
 */
GBytes *rp_transaction_take_due (RpTransaction *self);

/**
 * rp_transaction_take_reply:
 * @command: (out): what @reply answers
 *
 * Returns: %FALSE when nothing was asked, or when @reply can be no answer to that
 *   command: the two sides no longer mean the same, end the connection
 */
gboolean rp_transaction_take_reply (RpTransaction *self,
                                    const RpReply *reply,
                                    RpCommand *command);

/** rp_transaction_has_open: whether a reply is owed to us. */
gboolean rp_transaction_has_open (const RpTransaction *self);

/** rp_transaction_wants_content: DATA got its 354 and a recipient was accepted; the
 * content is the next thing to send. */
gboolean rp_transaction_wants_content (const RpTransaction *self);

/** rp_envelope_needs_utf8: whether an address or the header section asks for SMTPUTF8
 * (RFC 6531 section 3.1), whatever the program declared. */
gboolean rp_envelope_needs_utf8 (const RpEnvelope *envelope,
                                 const RpContentFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpTransaction, rp_transaction_free)

G_END_DECLS
