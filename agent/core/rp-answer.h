/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the fates of all recipients become one reply to the end of data. */
#pragma once

#include "core/rp-fate.h"
#include "core/rp-reason.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/**
 * rp_answer_join:
 * @fates: (element-type RpFate): in the order of the envelope, at least one
 * @network: (nullable): name of the network that we are on
 * @sentence: turns reasons into words
 *
 * All sent: 250 with the first server's own text. None sent and somebody refused: that
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
RpReply *rp_answer_join (const GPtrArray *fates,
                         const char *network,
                         RpSentenceFunc sentence,
                         gpointer sentence_data);

G_END_DECLS
