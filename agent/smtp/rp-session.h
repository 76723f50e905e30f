/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mail program's connection: octets to the dialogue and back, time-outs, and the
 * hand-over of whole messages. Decides nothing that the dialogue or the handler can. */
#pragma once

#include <gio/gio.h>

#include "core/rp-dialogue.h"
#include "smtp/rp-message-handler.h"

G_BEGIN_DECLS

/**
 * RpSessionSettings:
 * @dialogue: what is offered and how it is worded
 * @handler: (transfer none): where messages go
 * @content_folder: (nullable): for content too large for memory
 * @idle_timeout_ms: a program that says nothing for so long is told so and left
 */
typedef struct
{
  RpDialogueSettings dialogue;
  RpMessageHandler *handler;
  const char *content_folder;
  guint idle_timeout_ms;
} RpSessionSettings;

/** RP_SESSION_IDLE_TIMEOUT_MS: RFC 5321 section 4.5.3.2.7. */
#define RP_SESSION_IDLE_TIMEOUT_MS (5 * 60 * 1000)

#define RP_TYPE_SESSION (rp_session_get_type ())
G_DECLARE_FINAL_TYPE (RpSession, rp_session, RP, SESSION, GObject)

/**
 * RpSession::ended: the connection is closed. Comes once.
 */

/**
 * rp_session_new:
 * @stream: both directions of the connection
 * @peer_address: the peer's address as a literal
 * @program: (nullable): name of the peer's program
 * @settings: copied as far as needed
 */
RpSession *rp_session_new (GIOStream *stream,
                           const char *peer_address,
                           const char *program,
                           const RpSessionSettings *settings);

/** rp_session_start: greets and serves; the session keeps itself alive until it has
 * ended. A peer that talks before the greeting is no mail program and is refused. */
void rp_session_start (RpSession *self);

/** rp_session_refuse: says 421 with @reason in place of the greeting, and ends. */
void rp_session_refuse (RpSession *self, RpReasonCode reason);

/** rp_session_stop: the agent ends: says 421, after the answer that is waited for. */
void rp_session_stop (RpSession *self);

/** rp_session_abort: ends at once, whatever is under way. */
void rp_session_abort (RpSession *self);

G_END_DECLS
