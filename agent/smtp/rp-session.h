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
 *
 * Returns: (transfer full): says nothing before rp_session_start() or
 *   rp_session_refuse()
 */
RpSession *rp_session_new (GIOStream *stream,
                           const char *peer_address,
                           const char *program,
                           const RpSessionSettings *settings);

/**
 * rp_session_start:
 *
 * Greets and serves; the session keeps itself alive until it has ended. A peer that
 * talks before the greeting is no mail program and is refused (RFC 5321,
 * section 4.3.1).
 */
void rp_session_start (RpSession *self);

/**
 * rp_session_refuse:
 * @reason: why, one that has no arguments
 *
 * Says 421 4.7.0 in place of the greeting (RFC 5321, section 3.8), and ends; the
 * session keeps itself alive until then.
 */
void rp_session_refuse (RpSession *self, RpReasonCode reason);

/**
 * rp_session_stop:
 *
 * The agent ends: says 421 4.3.2 (RFC 5321, section 3.8) at once, or after the answer
 * that is waited for.
 */
void rp_session_stop (RpSession *self);

/**
 * rp_session_abort:
 *
 * Closes the connection at once and says nothing. A message that the handler has is
 * told to be without its program; its answer then counts as not written.
 */
void rp_session_abort (RpSession *self);

G_END_DECLS
