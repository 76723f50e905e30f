/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The duplicate guard's rows: messages whose program never got their answer, or got
 * the 451 that says "it may have been delivered". An equal message that comes within a
 * day is the same one. */
#pragma once

#include "store/rp-store.h"

G_BEGIN_DECLS

/** RP_GUARD_KEPT_S: how long a row counts. */
#define RP_GUARD_KEPT_S (24 * 60 * 60)

typedef enum
{
  RP_GUARD_UNHEARD,  /* the answer could not be written to the program */
  RP_GUARD_AMBIGUOUS /* the answer was that the message may have been delivered */
} RpGuardKind;

/**
 * RpGuardRow:
 * @digest: of sender, recipients and octets, see rp_message_dup_digest()
 * @message_id: of the earlier message
 * @at_s: of its answer, seconds since the epoch
 * @text: (nullable): that answer
 */
typedef struct
{
  char *digest;
  char *message_id;
  RpGuardKind kind;
  gint64 at_s;
  char *text;
} RpGuardRow;

/** rp_guard_row_new: (transfer full): a row with copies of these; see #RpGuardRow. */
RpGuardRow *rp_guard_row_new (RpGuardKind kind,
                              const char *digest,
                              const char *message_id,
                              gint64 at_s,
                              const char *text);

/** rp_guard_row_free: @self: (nullable) (transfer full). */
void rp_guard_row_free (RpGuardRow *self);

/** rp_guard_kind_to_nick: "unheard" or "ambiguous". */
const char *rp_guard_kind_to_nick (RpGuardKind kind);

/** rp_guard_keep: in place of an earlier row of that digest and message; returns at
 * once. */
void rp_guard_keep (RpStore *store, const RpGuardRow *row);

/** rp_guard_drop: the rows of @digest have served; returns at once. */
void rp_guard_drop (RpStore *store, const char *digest);

/**
 * rp_guard_load:
 * @now_s: seconds since the epoch; rows that are older than %RP_GUARD_KEPT_S are
 *   dropped
 *
 * Blocks: for the start only.
 *
 * Returns: (transfer full) (element-type RpGuardRow) (nullable): the rows that count,
 *   oldest first, or %NULL with %RP_STORE_ERROR_FAILED
 */
GPtrArray *rp_guard_load (RpStore *store, gint64 now_s, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpGuardRow, rp_guard_row_free)

G_END_DECLS
