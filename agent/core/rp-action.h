/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a settlement asks its driver to do. */
#pragma once

#include <glib.h>

#include "core/rp-fate.h"
#include "core/rp-memory.h"
#include "core/rp-reply.h"
#include "core/rp-router.h"
#include "core/rp-step.h"

G_BEGIN_DECLS

typedef enum
{
  RP_ACTION_CONNECT,      /* open @lane by @route, logging in where it says so */
  RP_ACTION_POP,          /* have @route's POP server let us in, for @lane */
  RP_ACTION_FORGET_POP,   /* what let @lane in counts no more at @route's server */
  RP_ACTION_SEND,         /* write @bytes on @lane */
  RP_ACTION_SEND_CONTENT, /* write the content, dot-stuffed, without the end of data */
  RP_ACTION_SEND_END,     /* write the end of data behind it */
  RP_ACTION_CLOSE,  /* @lane is over, whatever is under way; QUIT where @is_polite */
  RP_ACTION_ANSWER, /* tell the program @reply; comes at most once */
  RP_ACTION_TAKE_CUSTODY, /* keep the message, with a record of everybody */
  RP_ACTION_RECORD,  /* write @records down; %RP_EVENT_RECORDED is awaited on @lane */
  RP_ACTION_STEP,    /* @step happened */
  RP_ACTION_LEARN,   /* @lesson was learned here; its time is not filled in */
  RP_ACTION_UNLEARN, /* the opposite of @lesson was seen here */
  RP_ACTION_DONE     /* nothing more will come; comes exactly once, last */
} RpActionKind;

/**
 * RpRecord:
 * @recipient: its place in the envelope
 * @fate: what is known of it. %RP_FATE_DOUBT before its end of data is sent: should
 *   nothing be recorded after it, the server may have the message
 *
 * What is written down about one recipient of a message in custody.
 */
typedef struct
{
  guint recipient;
  RpFate *fate;
} RpRecord;

/**
 * RpAction:
 * @lane: 0 where no lane is meant
 * @route: (transfer none): lives as long as the settlement
 * @wants_fresh_secret: for CONNECT: the token that was used last was refused
 * @records: (nullable) (element-type RpRecord): for TAKE_CUSTODY and RECORD
 */
typedef struct
{
  RpActionKind kind;
  guint lane;
  const RpRoute *route;
  GBytes *bytes;
  gboolean is_polite;
  gboolean wants_fresh_secret;
  RpReply *reply;
  RpStep *step;
  RpLesson *lesson;
  GPtrArray *records;
} RpAction;

/** rp_action_new: (transfer full): with nothing but its @kind and its @lane. */
RpAction *rp_action_new (RpActionKind kind, guint lane);

/** rp_action_free: @self: (nullable) (transfer full). */
void rp_action_free (RpAction *self);

/** rp_action_add_record: @fate: (transfer full): of the envelope's @recipient. */
void rp_action_add_record (RpAction *self, guint recipient, RpFate *fate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpAction, rp_action_free)

G_END_DECLS
