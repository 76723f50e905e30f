/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has to be told of messages in custody without having asked: after its
 * 250 a mail program shows nothing more. Success is no notice. */
#pragma once

#include <glib.h>

#include "core/rp-custody.h"

G_BEGIN_DECLS

/** RP_NOTICE_DELAYED_MS: a message that is so long in custody is a notice. What leaves
 * before, as most mail does that was slow or greylisted, is none. */
#define RP_NOTICE_DELAYED_MS (2 * 60 * 1000)

/** RP_NOTICE_MAX_SINGLE: of more messages of the same kind there is one notice in
 * common. */
#define RP_NOTICE_MAX_SINGLE 3

typedef enum
{
  RP_NOTICE_DELAYED, /* wait for long; one notice for all */
  RP_NOTICE_KEYRING, /* wait for a keyring that is locked; one for all */
  RP_NOTICE_SIGN_IN, /* wait until their user signs in (again); one for all */
  RP_NOTICE_FAILED,  /* somebody will not get the message; one a message */
  RP_NOTICE_DOUBT,   /* somebody may have it; one a message */
  RP_NOTICE_DAMAGED, /* not whole any more; one for all */
  RP_NOTICE_N_KINDS
} RpNoticeKind;

/** RpNoticeAction: what can be done about it. */
typedef enum
{
  RP_NOTICE_SHOW,
  RP_NOTICE_UNLOCK, /* the keyring; also about several messages */
  RP_NOTICE_SEND_AGAIN,
  RP_NOTICE_DROP,
  RP_NOTICE_N_ACTIONS
} RpNoticeAction;

/**
 * RpNotice:
 * @key: tells it from others and stays the same as long as it is the same matter
 * @id: (nullable): of the message, where it is about a single one
 * @n_messages: that it is about
 * @recipients: (array zero-terminated=1): the addresses concerned, each once, in order
 * @reason: (nullable): why; %NULL where the messages have different ones
 * @reply: (nullable): the server's words, of a single message
 *
 * A value; never changed after it was made.
 */
typedef struct
{
  char *key;
  RpNoticeKind kind;
  char *id;
  guint n_messages;
  GStrv recipients;
  RpReason *reason;
  RpReply *reply;
} RpNotice;

/** rp_notice_copy: (transfer full). */
RpNotice *rp_notice_copy (const RpNotice *self);

/** rp_notice_free: @self: (nullable) (transfer full). */
void rp_notice_free (RpNotice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpNotice, rp_notice_free)

/**
 * RpNoticeMessage:
 * @custody: (transfer none): the message
 * @since_ms: since when this agent has it: when it was taken, or the agent's start for
 *   one that was there before, so that a computer that is switched on with mail in its
 *   queue does not complain before it had time to send it
 * @is_reply_awaited: its doubt is only the mark that an upload bears until its reply:
 *   no news as long as that can come
 */
typedef struct
{
  const RpCustody *custody;
  gint64 since_ms;
  gboolean is_reply_awaited;
} RpNoticeMessage;

/**
 * rp_notice_find_all:
 * @messages: (array length=n_messages): in the order of acceptance
 * @now_ms: on the clock of @messages
 * @next_ms: (out) (optional): when time alone makes a notice more; -1 for never
 *
 * What the user himself holds is never late. What waits for a keyring or for a sign-in
 * is told at once, if an attempt has ended since the message was last woken, and is not
 * told as late as well. A damaged message is told as damaged only.
 *
 * Returns: (transfer full) (element-type RpNotice): the notices that ought to be up
 */
GPtrArray *rp_notice_find_all (const RpNoticeMessage *messages,
                               guint n_messages,
                               gint64 now_ms,
                               gint64 *next_ms);

/** rp_notice_equal: whether both say the same. */
gboolean rp_notice_equal (const RpNotice *a, const RpNotice *b);

/** rp_notice_is_news: whether @self says something that @before, of the same key, did
 * not: more messages or more recipients. What its user has put away comes back only
 * for news. */
gboolean rp_notice_is_news (const RpNotice *self, const RpNotice *before);

/** rp_notice_offers: whether @action can be done about it. */
gboolean rp_notice_offers (const RpNotice *self, RpNoticeAction action);

/** rp_notice_action_to_nick: "show", "unlock", "send-again" or "drop". */
const char *rp_notice_action_to_nick (RpNoticeAction action);

/**
 * rp_notice_action_from_nick:
 * @action: (out): what @nick names; untouched when it names none
 *
 * Returns: whether @nick names an action
 */
gboolean rp_notice_action_from_nick (const char *nick, RpNoticeAction *action);

G_END_DECLS
