/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One SQL statement with its arguments, so that no text is ever built from values. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "store/rp-store.h"

G_BEGIN_DECLS

typedef sqlite3_stmt RpQuery;

/**
 * rp_query_new:
 * @database: an open database
 * @error: return location
 * @sql: one statement with a `?` for each argument
 * @types: a letter for each argument: `s` a `const char *` (copied; %NULL becomes
 *   NULL), `x` a #gint64
 * @...: the arguments
 *
 * Returns: (transfer full) (nullable): the statement, or %NULL with
 *   %RP_STORE_ERROR_FAILED
 */
RpQuery *rp_query_new (
    sqlite3 *database, GError **error, const char *sql, const char *types, ...);

/**
 * rp_query_next:
 *
 * Returns: whether there is a (further) row; %FALSE at the end and, with @error set,
 *   on failure
 */
gboolean rp_query_next (RpQuery *self, GError **error);

/** rp_query_get_text: (transfer none) (nullable): column @column, until the next
 * rp_query_next(). */
const char *rp_query_get_text (RpQuery *self, int column);

/** rp_query_get_number: column @column. */
gint64 rp_query_get_number (RpQuery *self, int column);

/** rp_query_free: @self: (nullable) (transfer full). */
void rp_query_free (RpQuery *self);

/**
 * rp_query_run:
 *
 * Makes a statement as rp_query_new() does and runs it to its end; rows are ignored.
 *
 * Returns: whether it succeeded
 */
gboolean rp_query_run (
    sqlite3 *database, GError **error, const char *sql, const char *types, ...);

/** rp_query_set_error: @error from the last failure of @database, in its words. */
void rp_query_set_error (sqlite3 *database, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpQuery, rp_query_free)

G_END_DECLS
