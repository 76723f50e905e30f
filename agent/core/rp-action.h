/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a settlement asks its driver to do. */
#pragma once

#include <glib.h>

#include "core/rp-memory.h"
#include "core/rp-reply.h"
#include "core/rp-router.h"
#include "core/rp-step.h"

G_BEGIN_DECLS

typedef enum
{
  RP_ACTION_CONNECT,      /* open @lane by @route, logging in where it says so */
  RP_ACTION_POP,          /* log in at @route's POP server for @lane */
  RP_ACTION_SEND,         /* write @bytes on @lane */
  RP_ACTION_SEND_CONTENT, /* write the content, dot-stuffed, and the end of data */
  RP_ACTION_CLOSE,   /* @lane is over, whatever is under way; QUIT where @is_polite */
  RP_ACTION_ANSWER,  /* tell the program @reply; comes exactly once */
  RP_ACTION_STEP,    /* @step happened */
  RP_ACTION_LEARN,   /* @lesson was learned here; its time is not filled in */
  RP_ACTION_UNLEARN, /* the opposite of @lesson was seen here */
  RP_ACTION_DONE     /* nothing more will come; comes exactly once, last */
} RpActionKind;

/**
 * RpAction:
 * @route: (transfer none): lives as long as the settlement
 */
typedef struct
{
  RpActionKind kind;
  guint lane;
  const RpRoute *route;
  GBytes *bytes;
  gboolean is_polite;
  RpReply *reply;
  RpStep *step;
  RpLesson *lesson;
} RpAction;

RpAction *rp_action_new (RpActionKind kind, guint lane);
void rp_action_free (RpAction *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpAction, rp_action_free)

G_END_DECLS
