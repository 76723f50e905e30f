/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows the dialogue that curl leads until it is connected: which reply answered
 * what, the capabilities of the last EHLO, and whether we are logged in. */
#pragma once

#include "core/rp-capabilities.h"
#include "core/rp-config.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpLoginStage: what a reply answers until we are logged in. */
typedef enum
{
  RP_LOGIN_STAGE_GREETING,
  RP_LOGIN_STAGE_EHLO,
  RP_LOGIN_STAGE_STARTTLS,
  RP_LOGIN_STAGE_AUTH
} RpLoginStage;

/**
 * RpLoginDialogue:
 * @stage: what the next reply will answer
 * @reply_stage: what @reply answered
 * @reply: (nullable): the last whole reply
 * @capabilities: (nullable): of the last EHLO reply; none before TLS once TLS began
 * @is_authenticated: 235 was seen
 * @is_broken: what came was no SMTP
 */
typedef struct
{
  RpTlsMode tls;
  gboolean has_tls;
  RpLoginStage stage;
  RpLoginStage reply_stage;
  RpReply *reply;
  RpCapabilities *capabilities;
  gboolean is_authenticated;
  gboolean is_broken;
  RpReplyParser *parser;
} RpLoginDialogue;

/** rp_login_dialogue_new: (transfer full): one that waits for the greeting. @tls: the
 * endpoint's. */
RpLoginDialogue *rp_login_dialogue_new (RpTlsMode tls);

/** rp_login_dialogue_free: @self: (nullable). */
void rp_login_dialogue_free (RpLoginDialogue *self);

/**
 * rp_login_dialogue_read_line:
 * @line: (array length=n_bytes): with its line end
 *
 * Returns: whether a reply is whole now
 */
gboolean rp_login_dialogue_read_line (RpLoginDialogue *self,
                                      const char *line,
                                      gsize n_bytes);

/** rp_login_dialogue_take_reply: @reply: (transfer full): the next one, where others
 * have read it. */
void rp_login_dialogue_take_reply (RpLoginDialogue *self, RpReply *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLoginDialogue, rp_login_dialogue_free)

G_END_DECLS
