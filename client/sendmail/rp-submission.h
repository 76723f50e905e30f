/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands one message to the agent's port, over libcurl, and keeps the words of the
 * answer. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpSubmissionError: why there was no answer. */
typedef enum
{
  RP_SUBMISSION_ERROR_NOBODY,  /* nothing listens there */
  RP_SUBMISSION_ERROR_FOREIGN, /* another user listens there */
  RP_SUBMISSION_ERROR_BROKEN   /* it broke before there was an answer */
} RpSubmissionError;

/** RP_SUBMISSION_ERROR: its texts are translated. */
#define RP_SUBMISSION_ERROR (rp_submission_error_quark ())

/** rp_submission_error_quark: the domain #RP_SUBMISSION_ERROR. */
GQuark rp_submission_error_quark (void);

/**
 * RpSubmissionAnswer:
 * @code: of the reply that decided, 250 when the message was taken
 * @text: its lines as they came, joined by LF, controls removed
 */
typedef struct
{
  guint code;
  char *text;
} RpSubmissionAnswer;

/** rp_submission_answer_free: @self: (nullable). */
void rp_submission_answer_free (RpSubmissionAnswer *self);

/**
 * rp_submission_send:
 * @address: where the agent listens, such as "127.0.0.1:2525"
 * @sender: envelope sender; "" for the null sender
 * @recipients: (element-type utf8): valid addresses, at least one
 * @message: (transfer none): lines ended by CRLF
 * @error: of the domain #RP_SUBMISSION_ERROR, in the user's language
 *
 * Another user of this computer who holds the port gets nothing. Blocks until there is
 * an answer.
 *
 * Returns: (transfer full) (nullable): the answer, a refusal too
 */
RpSubmissionAnswer *rp_submission_send (const char *address,
                                        const char *sender,
                                        GPtrArray *recipients,
                                        GString *message,
                                        GError **error);

/** rp_submission_answer_get_exit_code: one of sysexits.h for the answer. */
int rp_submission_answer_get_exit_code (const RpSubmissionAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSubmissionAnswer, rp_submission_answer_free)

G_END_DECLS
