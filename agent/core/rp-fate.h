/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of one recipient: the material of the answer. */
#pragma once

#include <glib.h>

#include "core/rp-reason.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

typedef enum
{
  RP_FATE_OPEN,    /* nothing yet, or dropped because of another recipient */
  RP_FATE_SENT,    /* a server has accepted the content */
  RP_FATE_REFUSED, /* for good */
  RP_FATE_WAITING, /* could go elsewhere or later */
  RP_FATE_DOUBT    /* the link was lost after the end of data, before the reply */
} RpFateKind;

/**
 * RpFate:
 * @server: (nullable): name of the server that spoke last
 * @code: what we answer when no server said anything
 * @enhanced: (nullable): likewise
 * @reply: (nullable): the server's own words
 * @reasons: (element-type RpReason): ours, in the order in which they are said
 */
typedef struct
{
  RpFateKind kind;
  char *address;
  char *server;
  guint code;
  char *enhanced;
  RpReply *reply;
  GPtrArray *reasons;
} RpFate;

/** rp_fate_new: @reply: (nullable): copied; @reason: (nullable) (transfer full). */
RpFate *rp_fate_new (RpFateKind kind,
                     const char *address,
                     const char *server,
                     const RpReply *reply,
                     RpReason *reason);

/** rp_fate_copy: (transfer full). */
RpFate *rp_fate_copy (const RpFate *self);

/** rp_fate_free: @self: (nullable) (transfer full). */
void rp_fate_free (RpFate *self);

/** rp_fate_add_reason: @reason: (transfer full). */
void rp_fate_add_reason (RpFate *self, RpReason *reason);

/** rp_fate_get_reason: (transfer none) (nullable): the first of our reasons. */
const RpReason *rp_fate_get_reason (const RpFate *self);

/** rp_fate_set_code: what to answer when no server spoke. */
void rp_fate_set_code (RpFate *self, guint code, const char *enhanced);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpFate, rp_fate_free)

G_END_DECLS
