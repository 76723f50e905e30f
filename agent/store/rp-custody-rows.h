/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of messages in custody. All but the types run in the store's thread. For
 * modules of this folder only. */
#pragma once

#include "core/rp-custody.h"
#include "store/rp-request.h"

G_BEGIN_DECLS

/**
 * RpCustodyInsertion:
 * @place: in the order of acceptance
 */
typedef struct
{
  const RpCustody *custody;
  gint64 place;
} RpCustodyInsertion;

/**
 * RpCustodyUpdate:
 * @changes: (element-type RpCustodyChange)
 */
typedef struct
{
  char *id;
  GPtrArray *changes;
} RpCustodyUpdate;

/** RpCustodySetting: one column of one record. */
typedef struct
{
  char *id;
  gint64 number;
  gint64 at_s;
} RpCustodySetting;

/**
 * RpCustodyLoad:
 * @messages: (element-type RpCustody): filled in the order of acceptance
 * @done: (element-type utf8): filled with the ids of which removal was begun
 * @last_place: set to the last place taken
 */
typedef struct
{
  GPtrArray *messages;
  GPtrArray *done;
  gint64 *last_place;
} RpCustodyLoad;

/* RpWork, with what it expects as data: */

/** rp_custody_rows_insert: #RpCustodyInsertion. */
gboolean rp_custody_rows_insert (sqlite3 *database,
                                 gconstpointer data,
                                 GVariant **result,
                                 GError **error);

/** rp_custody_rows_update: #RpCustodyUpdate. */
gboolean rp_custody_rows_update (sqlite3 *database,
                                 gconstpointer data,
                                 GVariant **result,
                                 GError **error);

/** rp_custody_rows_set_answered: #RpCustodySetting; @number is not used. */
gboolean rp_custody_rows_set_answered (sqlite3 *database,
                                       gconstpointer data,
                                       GVariant **result,
                                       GError **error);

/** rp_custody_rows_set_held: #RpCustodySetting; @number is the boolean. */
gboolean rp_custody_rows_set_held (sqlite3 *database,
                                   gconstpointer data,
                                   GVariant **result,
                                   GError **error);

/** rp_custody_rows_note_attempt: #RpCustodySetting; @number of attempts, @at_s is the
 * age. */
gboolean rp_custody_rows_note_attempt (sqlite3 *database,
                                       gconstpointer data,
                                       GVariant **result,
                                       GError **error);

/** rp_custody_rows_mark_done: an id; fails when there is no such record. */
gboolean rp_custody_rows_mark_done (sqlite3 *database,
                                    gconstpointer data,
                                    GVariant **result,
                                    GError **error);

/** rp_custody_rows_delete: an id. */
gboolean rp_custody_rows_delete (sqlite3 *database,
                                 gconstpointer data,
                                 GVariant **result,
                                 GError **error);

/** rp_custody_rows_load: #RpCustodyLoad. */
gboolean rp_custody_rows_load (sqlite3 *database,
                               gconstpointer data,
                               GVariant **result,
                               GError **error);

G_END_DECLS
