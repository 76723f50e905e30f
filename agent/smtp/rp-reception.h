/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands between a session's dialogue and the handler: asks the handler what the
 * dialogue wants to know, keeps content as it comes, and hands whole messages over, one
 * at a time. Knows no socket. */
#pragma once

#include <gio/gio.h>

#include "core/rp-dialogue.h"
#include "smtp/rp-message-handler.h"

G_BEGIN_DECLS

typedef struct _RpReception RpReception;

/**
 * rp_reception_new:
 * @peer_address: the peer's address as a literal
 * @program: (nullable): name of the peer's program
 * @handler: (transfer none): where messages go
 * @content_folder: (nullable): for content too large for memory
 * @sentence: turns a reason into the words of a reply; gets @sentence_data
 *
 * Returns: (transfer full)
 */
RpReception *rp_reception_new (const char *peer_address,
                               const char *program,
                               RpMessageHandler *handler,
                               const char *content_folder,
                               RpSentenceFunc sentence,
                               gpointer sentence_data);

/** rp_reception_free: @self: (nullable): with no message at the handler. */
void rp_reception_free (RpReception *self);

/**
 * rp_reception_answer:
 * @question: login, sender, recipient or content of @dialogue; others are let pass
 *
 * Content that cannot be kept fails with 452 4.3.1 (RFC 5321, section 4.2.3).
 */
void rp_reception_answer (RpReception *self,
                          RpDialogue *dialogue,
                          RpDialogueEvent question);

/**
 * rp_reception_hand_over_async:
 * @dialogue: has just told %RP_DIALOGUE_MESSAGE
 *
 * @self must live until @callback.
 */
void rp_reception_hand_over_async (RpReception *self,
                                   RpDialogue *dialogue,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * rp_reception_hand_over_finish:
 * @message: (out) (transfer full): what was handed over, for rp_reception_report()
 * @is_gone: (out): rp_reception_leave() was called meanwhile: nobody hears the reply
 *
 * Returns: (transfer full): the reply to the end of data
 */
RpReply *rp_reception_hand_over_finish (RpReception *self,
                                        GAsyncResult *result,
                                        RpMessage **message,
                                        gboolean *is_gone);

/** rp_reception_is_waiting: whether the handler has a message. */
gboolean rp_reception_is_waiting (RpReception *self);

/** rp_reception_leave: the program is gone; tells the handler, if it has a message. */
void rp_reception_leave (RpReception *self);

/** rp_reception_report: tells the handler whether the reply to @message was written. */
void rp_reception_report (RpReception *self, RpMessage *message, gboolean is_written);

G_END_DECLS
