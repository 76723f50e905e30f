/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message in custody, as a value: the agent has it on disk and answers for it. A
 * message in custody has no atomicity: each recipient for itself. */
#pragma once

#include <glib.h>

#include "core/rp-envelope.h"
#include "core/rp-reason.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpCustodyState: where one recipient stands. */
typedef enum
{
  RP_CUSTODY_WAITING, /* to be tried */
  RP_CUSTODY_DOUBT,   /* the end of data was given away and no reply was read: the
                         server may have the message */
  RP_CUSTODY_SENT,
  RP_CUSTODY_FAILED, /* refused for good, or given up after the time that is set */
  RP_CUSTODY_N_STATES
} RpCustodyState;

/** RpCustodySummary: where the message stands; of what holds, the first. */
typedef enum
{
  RP_CUSTODY_SUMMARY_DAMAGED, /* its body or its record is not whole */
  RP_CUSTODY_SUMMARY_HELD,    /* by the user, and somebody waits */
  RP_CUSTODY_SUMMARY_DOUBT,   /* somebody may have it */
  RP_CUSTODY_SUMMARY_WAITING, /* somebody waits */
  RP_CUSTODY_SUMMARY_FAILED,  /* nobody waits, somebody will not get it */
  RP_CUSTODY_SUMMARY_SENT     /* everybody has it */
} RpCustodySummary;

/**
 * RpCustodyRecipient:
 * @state: where it stands
 * @server: (nullable): name of the server that spoke last
 * @reply: (nullable): that server's words
 * @reason: (nullable): ours
 */
typedef struct
{
  RpCustodyState state;
  char *server;
  RpReply *reply;
  RpReason *reason;
} RpCustodyRecipient;

/** RP_CUSTODY_NO_BODY: @damage of a record whose body is missing or no plain file. */
#define RP_CUSTODY_NO_BODY "no-body"
/** RP_CUSTODY_TORN: @damage of a message whose body has another size than it had, or
 * whose record is not whole. */
#define RP_CUSTODY_TORN "torn"

/**
 * RpCustody:
 * @id: of the message, see #RpMessage
 * @envelope: all recipients, with their DSN parameters
 * @facts: what its content is made of
 * @hello: (nullable): what the program said in HELO or EHLO
 * @is_esmtp: it said EHLO
 * @program: (nullable): name of the program
 * @received_at_s: its end of data, seconds since the epoch
 * @digest: (nullable): of sender, recipients and octets, see rp_message_dup_digest()
 * @recipients: (element-type RpCustodyRecipient): parallel to @envelope's
 * @is_answered: the program has heard its 250
 * @is_held: by the user
 * @damage: (nullable): %RP_CUSTODY_NO_BODY or %RP_CUSTODY_TORN, found at start
 * @n_attempts: that ended, since it was taken or since the last wake
 * @age_s: how long running agents have had it, awake or asleep, when the last one
 * ended: no clock that was set wrong makes it older
 */
typedef struct
{
  char *id;
  RpEnvelope *envelope;
  RpContentFacts *facts;
  char *hello;
  gboolean is_esmtp;
  char *program;
  gint64 received_at_s;
  char *digest;
  GPtrArray *recipients;
  gboolean is_answered;
  gboolean is_held;
  char *damage;
  guint n_attempts;
  gint64 age_s;
} RpCustody;

/**
 * rp_custody_recipient_new:
 *
 * Returns: (transfer full): a recipient without server, reply and reason
 */
RpCustodyRecipient *rp_custody_recipient_new (RpCustodyState state);

/** rp_custody_recipient_copy: (transfer full). */
RpCustodyRecipient *rp_custody_recipient_copy (const RpCustodyRecipient *self);

/** rp_custody_recipient_free: @self: (nullable) (transfer full). */
void rp_custody_recipient_free (RpCustodyRecipient *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpCustodyRecipient, rp_custody_recipient_free)

/** rp_custody_state_to_nick: "waiting", "doubt", "sent" or "failed". */
const char *rp_custody_state_to_nick (RpCustodyState state);

/**
 * rp_custody_state_from_nick:
 * @state: (out): what @nick names; untouched when it names none
 *
 * Returns: whether @nick names a state
 */
gboolean rp_custody_state_from_nick (const char *nick, RpCustodyState *state);

/** rp_custody_summary_to_nick: "damaged", "held", "doubt", "waiting", "failed" or
 * "sent". */
const char *rp_custody_summary_to_nick (RpCustodySummary summary);

/**
 * rp_custody_new:
 * @id: of the message
 * @envelope: copied
 * @facts: copied
 *
 * Returns: (transfer full): a message of which every recipient waits
 */
RpCustody *rp_custody_new (const char *id,
                           const RpEnvelope *envelope,
                           const RpContentFacts *facts);

/** rp_custody_copy: (transfer full). */
RpCustody *rp_custody_copy (const RpCustody *self);

/** rp_custody_free: @self: (nullable) (transfer full). */
void rp_custody_free (RpCustody *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpCustody, rp_custody_free)

/** rp_custody_get_n_recipients: as many as the envelope has. */
static inline guint
rp_custody_get_n_recipients (const RpCustody *self)
{
  return self->recipients->len;
}

/** rp_custody_get_recipient: (transfer none): the one at @index of the envelope. */
static inline const RpCustodyRecipient *
rp_custody_get_recipient (const RpCustody *self, guint index)
{
  return (const RpCustodyRecipient *) g_ptr_array_index (self->recipients, index);
}

/** rp_custody_set_recipient: puts a copy of @recipient at @index of the envelope. */
void rp_custody_set_recipient (RpCustody *self,
                               guint index,
                               const RpCustodyRecipient *recipient);

/** rp_custody_count: how many recipients are in @state. */
guint rp_custody_count (const RpCustody *self, RpCustodyState state);

/** rp_custody_get_summary: where the message stands as a whole. */
RpCustodySummary rp_custody_get_summary (const RpCustody *self);

/** rp_custody_get_state: (transfer none): the same as a nick, for journal and bus. */
const char *rp_custody_get_state (const RpCustody *self);

/**
 * rp_custody_to_variant:
 *
 * What the value itself knows of a queued message on the bus: "id", "received-at",
 * "sender", "recipients" (each "address", "state", "server", "reply", "reason"),
 * "bytes", "state", "damage", "attempts", "program". What is not known is left out;
 * octets that are no UTF-8 are replaced.
 *
 * Returns: (transfer floating): "a{sv}"
 */
GVariant *rp_custody_to_variant (const RpCustody *self);

G_END_DECLS
