/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server side of SMTP as a machine without sockets, clocks or files (RFC 5321,
 * RFC 6409): octets of a mail program go in, replies to write and questions come out.
 *
 * |[<!-- language="C" -->
 * rp_dialogue_greet (dialogue);
 * // for every read:
 * do
 *   {
 *     event = rp_dialogue_feed (dialogue, data, n_bytes, &consumed);
 *     data += consumed, n_bytes -= consumed;
 *     // act on the event
 *   }
 * while (event != RP_DIALOGUE_MORE && event != RP_DIALOGUE_CLOSE);
 * // write what rp_dialogue_take_output() gives
 * ]| */
#pragma once

#include <glib.h>

#include "core/rp-config.h"
#include "core/rp-envelope.h"
#include "core/rp-parameter.h"
#include "core/rp-reason.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/**
 * RpDialogueSettings:
 * @host_name: said in the greeting and in answer to HELO and EHLO
 * @features: #RpFeatures on offer
 * @requires_login: MAIL is refused with 530 before AUTH
 * @max_message_bytes: limit told by SIZE and kept, 0 for none
 * @max_recipients: limit told by LIMITS and kept
 * @max_errors: protocol errors after which a session ends
 * @bare_newline: what a bare CR or LF in content is
 * @sentence: turns a reason into the words of a reply
 * @sentence_data: handed to @sentence
 */
typedef struct
{
  const char *host_name;
  guint features;
  gboolean requires_login;
  guint64 max_message_bytes;
  guint max_recipients;
  guint max_errors;
  RpBareNewline bare_newline;
  RpSentenceFunc sentence;
  gpointer sentence_data;
} RpDialogueSettings;

/** RP_DIALOGUE_SETTINGS_INIT: everything on offer, the usual limits; @sentence is
 * still to be set. */
#define RP_DIALOGUE_SETTINGS_INIT                                                      \
  {                                                                                    \
    "localhost", RP_FEATURE_ALL, FALSE, 0, 1000, 20, RP_BARE_NEWLINE_REFUSE, NULL,     \
        NULL                                                                           \
  }

/**
 * RpDialogueEvent:
 * @RP_DIALOGUE_MORE: all was used; write the output and read on
 * @RP_DIALOGUE_CHECK_LOGIN: rp_dialogue_get_login(), then rp_dialogue_answer_login()
 * @RP_DIALOGUE_CHECK_SENDER: rp_dialogue_get_envelope(), then rp_dialogue_answer()
 * @RP_DIALOGUE_CHECK_RECIPIENT: its last recipient, then rp_dialogue_answer()
 * @RP_DIALOGUE_CONTENT_BEGINS: make room for content, then rp_dialogue_answer()
 * @RP_DIALOGUE_CONTENT: rp_dialogue_get_content() is the next piece of it;
 *   rp_dialogue_fail_content() when it cannot be kept
 * @RP_DIALOGUE_CONTENT_DROPPED: what was kept of it is not wanted any more
 * @RP_DIALOGUE_MESSAGE: a message is whole: take envelope and facts, then answer with
 *   rp_dialogue_answer(), now or later. Until then feeding uses nothing
 * @RP_DIALOGUE_CLOSE: write the output and close; nothing more is used
 */
typedef enum
{
  RP_DIALOGUE_MORE,
  RP_DIALOGUE_CHECK_LOGIN,
  RP_DIALOGUE_CHECK_SENDER,
  RP_DIALOGUE_CHECK_RECIPIENT,
  RP_DIALOGUE_CONTENT_BEGINS,
  RP_DIALOGUE_CONTENT,
  RP_DIALOGUE_CONTENT_DROPPED,
  RP_DIALOGUE_MESSAGE,
  RP_DIALOGUE_CLOSE
} RpDialogueEvent;

/** RpDialogue: one session. */
typedef struct _RpDialogue RpDialogue;

/**
 * rp_dialogue_new:
 * @settings: copied; its host name too. What @sentence_data points to must live as long
 *   as the dialogue
 *
 * Returns: (transfer full): a session that has said nothing yet
 */
RpDialogue *rp_dialogue_new (const RpDialogueSettings *settings);

/** rp_dialogue_free: @self: (nullable). */
void rp_dialogue_free (RpDialogue *self);

/** rp_dialogue_greet: begins with the 220 (RFC 5321 section 3.1). */
void rp_dialogue_greet (RpDialogue *self);

/**
 * rp_dialogue_refuse:
 * @code: such as 421
 * @enhanced: (nullable): such as "4.3.2" (RFC 3463)
 * @reason: (transfer none): why, for a person
 *
 * Says so and ends the session: the next event is %RP_DIALOGUE_CLOSE. In place of the
 * greeting, or later for a stop, an idle program, an input that came too early. Does
 * nothing once the session has ended.
 */
void rp_dialogue_refuse (RpDialogue *self,
                         guint code,
                         const char *enhanced,
                         const RpReason *reason);

/**
 * rp_dialogue_feed:
 * @data: (array length=n_bytes): octets off the wire, cut anywhere; may be none, to
 *   ask for what is left to do
 * @consumed: (out): octets used; feed the rest again
 *
 * Returns: what is to be done now
 */
RpDialogueEvent rp_dialogue_feed (RpDialogue *self,
                                  const char *data,
                                  gsize n_bytes,
                                  gsize *consumed);

/**
 * rp_dialogue_answer:
 * @reply: (nullable) (transfer full): the refusal, or %NULL for yes; for
 *   %RP_DIALOGUE_MESSAGE the reply to the end of data, never %NULL
 *
 * Answers the last question; does nothing once the session has ended.
 */
void rp_dialogue_answer (RpDialogue *self, RpReply *reply);

/** rp_dialogue_answer_login: says 235 or 535 and wipes the password (RFC 4954 section
 * 6). Where a login is required, nobody is let in to act for somebody else. */
void rp_dialogue_answer_login (RpDialogue *self, gboolean is_right);

/**
 * rp_dialogue_fail_content:
 * @reply: (transfer full): what the program is told at the end of its content; the
 *   rest of it is read and thrown away
 */
void rp_dialogue_fail_content (RpDialogue *self, RpReply *reply);

/** rp_dialogue_take_output: (transfer full) (nullable): octets to write, %NULL when
 * there are none. */
GBytes *rp_dialogue_take_output (RpDialogue *self);

/**
 * rp_dialogue_get_login:
 * @user: (out) (transfer none): the name
 * @password: (out) (transfer none): the password
 *
 * Both are lent until the answer.
 */
void rp_dialogue_get_login (RpDialogue *self, const char **user, const char **password);

/** rp_dialogue_get_user: (transfer none) (nullable): name that the program logged in
 * with. */
const char *rp_dialogue_get_user (RpDialogue *self);

/** rp_dialogue_get_envelope: (transfer none) (nullable): the envelope so far, until the
 * answer; %NULL while no transaction is open. */
const RpEnvelope *rp_dialogue_get_envelope (RpDialogue *self);

/** rp_dialogue_take_envelope: (transfer full): the envelope of a whole message. */
RpEnvelope *rp_dialogue_take_envelope (RpDialogue *self);

/** rp_dialogue_dup_facts: (transfer full): what the content of a whole message is. */
RpContentFacts *rp_dialogue_dup_facts (RpDialogue *self);

/**
 * rp_dialogue_get_content:
 * @n_bytes: (out): its length in octets
 *
 * Returns: (transfer none) (array length=n_bytes): the piece, until the next feed
 */
const guint8 *rp_dialogue_get_content (RpDialogue *self, gsize *n_bytes);

/** rp_dialogue_get_hello: (transfer none): what the program said in HELO or EHLO; ""
 * before. */
const char *rp_dialogue_get_hello (RpDialogue *self);

/** rp_dialogue_is_esmtp: whether the program said EHLO. */
gboolean rp_dialogue_is_esmtp (RpDialogue *self);

/** rp_dialogue_is_idle: whether no transaction is open: a stop cuts nothing off. */
gboolean rp_dialogue_is_idle (RpDialogue *self);

/** rp_dialogue_is_waiting: whether a message waits for its answer. */
gboolean rp_dialogue_is_waiting (RpDialogue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpDialogue, rp_dialogue_free)

G_END_DECLS
