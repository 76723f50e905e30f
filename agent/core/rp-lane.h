/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One upstream connection of one message, and where it stands. */
#pragma once

#include <glib.h>

#include "core/rp-capabilities.h"
#include "core/rp-router.h"
#include "core/rp-transaction.h"

G_BEGIN_DECLS

typedef enum
{
  RP_LANE_NEW,        /* nothing asked of the driver yet */
  RP_LANE_POPPING,    /* logging in by POP */
  RP_LANE_PAUSING,    /* the POP server could not; it is asked once more */
  RP_LANE_CONNECTING, /* up to EHLO, and AUTH where the route logs in */
  RP_LANE_GATHERING,  /* in a transaction, no DATA answered yet */
  RP_LANE_COMMITTING, /* DATA is to be answered */
  RP_LANE_UPLOADING,  /* the content goes out */
  RP_LANE_MARKING,    /* all but the end of data is out; that waits for its record */
  RP_LANE_ENDING,     /* the end of data goes out */
  RP_LANE_UPLOADED,   /* the end of data is given away: the server may have it */
  RP_LANE_IDLE,       /* the last transaction is over */
  RP_LANE_RESETTING,  /* RSET or a lone dot is to be answered, then it closes */
  RP_LANE_CLOSED
} RpLaneState;

/**
 * RpLane:
 * @route: (transfer none): how to connect; of the recipient that came first
 * @uses_login: logs in with SMTP AUTH
 * @needs_pop: a recipient's permission hangs on a POP login
 * @has_fresh_secret: the token that it logs in with is not the one that was refused
 * @has_paused: the POP server was asked once more
 * @trusts_memory: an earlier POP login was taken to count still
 * @is_spent: takes no further recipient
 * @capabilities: (nullable): before the connection is made
 * @deadline_ms: when its silence has lasted too long; -1 for never
 *
 * All recipients that one server takes by the same endpoint and the same login share
 * one lane.
 */
typedef struct
{
  guint id;
  const RpRoute *route;
  gboolean uses_login;
  gboolean needs_pop;
  gboolean has_fresh_secret;
  gboolean has_paused;
  gboolean trusts_memory;
  gboolean is_spent;
  RpLaneState state;
  RpCapabilities *capabilities;
  RpTransaction *transaction;
  gint64 deadline_ms;
} RpLane;

/** rp_lane_new: (transfer full): nothing is asked of the driver yet; @route: (transfer
 * none): outlives the lane. */
RpLane *rp_lane_new (guint id, const RpRoute *route);

/** rp_lane_free: @self: (nullable) (transfer full). */
void rp_lane_free (RpLane *self);

/** rp_lane_can_carry: whether a recipient that goes by @route may join. */
gboolean rp_lane_can_carry (const RpLane *self, const RpRoute *route);

/** rp_lane_dup_misfit: (transfer full) (nullable): why the server cannot take this
 * content, going by what it offered in EHLO. */
RpReason *rp_lane_dup_misfit (const RpLane *self,
                              const RpEnvelope *envelope,
                              const RpContentFacts *facts);

/** rp_lane_is_submission: its port is one of RFC 6409 or RFC 8314. */
gboolean rp_lane_is_submission (const RpLane *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLane, rp_lane_free)

G_END_DECLS
