/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the dialogue share: its state, and the one place where each change
 * of it is made. For nobody else. */
#pragma once

#include "core/rp-smtp-command.h"
#include "core/rp-dialogue.h"
#include "core/rp-intake.h"
#include "core/rp-line-reader.h"
#include "core/rp-login-exchange.h"

G_BEGIN_DECLS

/** RpDialogueState: what the next octets, or the next answer, are for. */
typedef enum
{
  RP_DIALOGUE_STATE_COMMAND,
  RP_DIALOGUE_STATE_LOGIN,      /* a line answers an AUTH prompt */
  RP_DIALOGUE_STATE_ASK_LOGIN,  /* waiting for rp_dialogue_answer_login() */
  RP_DIALOGUE_STATE_ASK_SENDER, /* waiting for rp_dialogue_answer(), and so on */
  RP_DIALOGUE_STATE_ASK_RECIPIENT,
  RP_DIALOGUE_STATE_ASK_CONTENT,
  RP_DIALOGUE_STATE_DATA,
  RP_DIALOGUE_STATE_CHUNK,
  RP_DIALOGUE_STATE_ASK_MESSAGE,
  RP_DIALOGUE_STATE_CLOSED
} RpDialogueState;

struct _RpDialogue
{
  RpDialogueSettings settings;
  char *host_name;
  RpDialogueState state;
  RpLineReader *lines;
  GString *output;
  guint n_errors;

  char *hello;
  gboolean is_esmtp;
  RpLoginExchange *login;
  char *user;

  RpEnvelope *envelope; /* a transaction is open */
  RpIntake *intake;     /* content has begun */
  gboolean is_dropped;  /* the driver is still to be told that content is not wanted */
  gboolean chunks_failed;
};

/* Writing, in rp-dialogue-reply.c. */

/** rp_dialogue_write_reply: appends @reply to the output. */
void rp_dialogue_write_reply (RpDialogue *self, const RpReply *reply);

/** rp_dialogue_take_reply: @reply: (transfer full): is written. */
void rp_dialogue_take_reply (RpDialogue *self, RpReply *reply);

/** rp_dialogue_say: writes a reply that is made here. @enhanced: (nullable). */
void rp_dialogue_say (RpDialogue *self,
                      guint code,
                      const char *enhanced,
                      const char *text);

/** rp_dialogue_take_error: the same for a protocol error of the program; with too many
 * of them it is no mail program, and the session ends. */
void rp_dialogue_take_error (RpDialogue *self, RpReply *reply);

/** rp_dialogue_say_error: rp_dialogue_say() for a protocol error of the program. */
void rp_dialogue_say_error (RpDialogue *self,
                            guint code,
                            const char *enhanced,
                            const char *text);

/**
 * rp_dialogue_reason_to_reply:
 * @enhanced: (nullable): enhanced code (RFC 3463)
 * @reason: (transfer none): said by the settings' sentence
 *
 * Returns: (transfer full)
 */
RpReply *rp_dialogue_reason_to_reply (RpDialogue *self,
                                      guint code,
                                      const char *enhanced,
                                      const RpReason *reason);

/** rp_dialogue_refuse_for: 421 with a reason that has no arguments, and the end. */
void rp_dialogue_refuse_for (RpDialogue *self, const char *enhanced, RpReasonCode code);

/* The transaction, in rp-dialogue-reply.c. */

/** rp_dialogue_has_recipients: whether the envelope has a recipient. */
gboolean rp_dialogue_has_recipients (RpDialogue *self);

/** rp_dialogue_drop_last_recipient: there must be one; it was refused. */
void rp_dialogue_drop_last_recipient (RpDialogue *self);

/** rp_dialogue_drop_content: ends the content that has begun, if any; the driver is
 * told. */
void rp_dialogue_drop_content (RpDialogue *self);

/** rp_dialogue_end_transaction: drops envelope and content (RFC 5321 section 4.1.1.5).
 */
void rp_dialogue_end_transaction (RpDialogue *self);

/* Commands, in rp-dialogue-command.c. */

/** rp_dialogue_run_command: @command: (transfer none): without a refusal. */
void rp_dialogue_run_command (RpDialogue *self, const RpSmtpCommand *command);

/** rp_dialogue_follow_login: what the next step of AUTH is. */
void rp_dialogue_follow_login (RpDialogue *self, RpLoginStatus status);

G_END_DECLS
