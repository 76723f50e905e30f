/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened, as a value: one step of a message's story. Delivery emits steps; they
 * become log lines, journal rows and signals on the bus. */
#pragma once

#include <glib.h>

#include "core/rp-reason.h"
#include "core/rp-reply.h"
#include "core/rp-verdict.h"

G_BEGIN_DECLS

typedef enum
{
  RP_STEP_RECEIVED,  /* the whole message is here */
  RP_STEP_PLANNED,   /* a route was chosen for @recipient */
  RP_STEP_LEFT_OUT,  /* a route was left out for @recipient, with its reason */
  RP_STEP_POP_LOGIN, /* @server's POP server, @endpoint, let us in */
  RP_STEP_CONNECTED, /* to @endpoint */
  RP_STEP_FAILED,    /* @endpoint could not be used */
  RP_STEP_REPLY,     /* a server's word on @recipient, or on all when %NULL */
  RP_STEP_SENT,      /* @server took the content for @recipient */
  RP_STEP_REFUSED,   /* @recipient is refused for good */
  RP_STEP_WAITING,   /* @recipient could not be settled now */
  RP_STEP_DOUBT,     /* @server may have the content for @recipient, or not */
  RP_STEP_QUEUED,    /* the message is in custody: safely on this machine's disk */
  RP_STEP_ANSWERED,  /* what the program was told */
  RP_STEP_UNHEARD    /* the answer could not be written to the program */
} RpStepKind;

/**
 * RpStep:
 * @at_s: seconds since the epoch; set by who joins steps to the journal
 * @verdict: meaning of @reply, where there is one
 */
typedef struct
{
  RpStepKind kind;
  char *message_id;
  gint64 at_s;
  char *recipient; /* nullable, as all below */
  char *server;
  char *endpoint;
  RpVerdict verdict;
  RpReply *reply;
  RpReason *reason;
} RpStep;

/** rp_step_new: (transfer full): its time and all else are not filled in. */
RpStep *rp_step_new (RpStepKind kind, const char *message_id);

/** rp_step_free: @self: (nullable) (transfer full). */
void rp_step_free (RpStep *self);

/** rp_step_kind_to_nick: (transfer none): its name in log, journal and JSON, such as
 * "left-out". */
const char *rp_step_kind_to_nick (RpStepKind kind);

/** rp_step_has_verdict: whether @reply is a server's, which means something, and not
 * our own answer to the program. */
gboolean rp_step_has_verdict (const RpStep *self);

/** rp_step_to_variant: (transfer floating): "a{sv}" as in the bus interface. */
GVariant *rp_step_to_variant (const RpStep *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpStep, rp_step_free)

G_END_DECLS
