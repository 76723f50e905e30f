/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the fates of all recipients become one reply to the end of data. */
#pragma once

#include "core/rp-fate.h"
#include "core/rp-reason.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/**
 * RpKeeping:
 *
 * Who keeps what no server has accepted yet.
 */
typedef enum
{
  RP_KEEPING_PROGRAM, /* the mail program: the answer must not sound like a yes */
  RP_KEEPING_CUSTODY, /* we do: the message is on disk, synced and recorded */
  RP_KEEPING_FAILED   /* the program, since we could not */
} RpKeeping;

/**
 * RpAnswerMaterial:
 * @fates: (element-type RpFate): in the order of the envelope, at least one
 * @network: (nullable): name of the network that we are on
 * @message_id: what we call the message
 * @trouble: (nullable): why we could not keep it, with %RP_KEEPING_FAILED
 * @sentence: turns reasons into words
 */
typedef struct
{
  const GPtrArray *fates;
  const char *network;
  const char *message_id;
  RpKeeping keeping;
  const char *trouble;
  RpSentenceFunc sentence;
  gpointer sentence_data;
} RpAnswerMaterial;

/**
 * rp_answer_new:
 *
 * All sent: 250 with the first server's own text. In custody: 250 with our name for the
 * message and the reason why it is not sent; whoever was refused all the same is named.
 *
 * Otherwise the program keeps the message. None sent and somebody refused: that
 * server's 5xx, word for word, every refused recipient named. None sent and somebody
 * waiting: 4xx. Some sent and some not: 554 that names who has the message and who has
 * not, for a 4xx would make the program send it to all of them again.
 *
 * The server's words come first, ours last. 421, 50x, 530 to 538 and 454 4.7.x keep
 * their words and lose their codes: a 535 would make the program ask for the password
 * of localhost, a 421 would say that we close.
 *
 * Returns: (transfer full): the reply for the program
 */
RpReply *rp_answer_new (const RpAnswerMaterial *material);

G_END_DECLS
