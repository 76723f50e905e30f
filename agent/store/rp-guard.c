/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-guard.h"

#include "store/rp-query.h"
#include "store/rp-request.h"

static const char *const kind_nicks[] = {
  [RP_GUARD_UNHEARD] = "unheard",
  [RP_GUARD_AMBIGUOUS] = "ambiguous",
};

/* What the thread reads for who waits. */
typedef struct
{
  gint64 oldest_s;
  GPtrArray *rows;
} Load;

RpGuardRow *
rp_guard_row_new (RpGuardKind kind,
                  const char *digest,
                  const char *message_id,
                  gint64 at_s,
                  const char *text)
{
  RpGuardRow *self = g_new0 (RpGuardRow, 1);

  self->kind = kind;
  self->digest = g_strdup (digest);
  self->message_id = g_strdup (message_id);
  self->at_s = at_s;
  self->text = g_strdup (text);
  return self;
}

void
rp_guard_row_free (RpGuardRow *self)
{
  if (self == NULL)
    return;

  g_free (self->digest);
  g_free (self->message_id);
  g_free (self->text);
  g_free (self);
}

const char *
rp_guard_kind_to_nick (RpGuardKind kind)
{
  return kind_nicks[kind];
}

/* These run in the store's thread. */

static gboolean
keep (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const RpGuardRow *row = data;

  return rp_query_run (database, error,
                       "INSERT OR REPLACE INTO guard"
                       " (digest, message, kind, at, answer) VALUES (?, ?, ?, ?, ?)",
                       "sssxs", row->digest, row->message_id,
                       rp_guard_kind_to_nick (row->kind), row->at_s, row->text);
}

static gboolean
drop (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  return rp_query_run (database, error, "DELETE FROM guard WHERE digest = ?", "s",
                       (const char *) data);
}

static RpGuardRow *
read_row (RpQuery *query)
{
  /* Of a kind that is not known, the careful one. */
  const gboolean is_unheard =
      g_strcmp0 (rp_query_get_text (query, 2), rp_guard_kind_to_nick (RP_GUARD_UNHEARD))
      == 0;

  return rp_guard_row_new (is_unheard ? RP_GUARD_UNHEARD : RP_GUARD_AMBIGUOUS,
                           rp_query_get_text (query, 0), rp_query_get_text (query, 1),
                           rp_query_get_number (query, 3),
                           rp_query_get_text (query, 4));
}

static gboolean
load (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const Load *self = data;
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query = NULL;

  if (!rp_query_run (database, error, "DELETE FROM guard WHERE at < ?", "x",
                     self->oldest_s))
    return FALSE;
  query = rp_query_new (database, error,
                        "SELECT digest, message, kind, at, answer FROM guard"
                        " ORDER BY at, message",
                        "");
  if (query == NULL)
    return FALSE;

  while (rp_query_next (query, &failure))
    g_ptr_array_add (self->rows, read_row (query));
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* And these in the main context. */

void
rp_guard_keep (RpStore *store, const RpGuardRow *row)
{
  RpGuardRow *copy =
      rp_guard_row_new (row->kind, row->digest, row->message_id, row->at_s, row->text);

  rp_store_push (store, keep, copy, (GDestroyNotify) rp_guard_row_free);
}

void
rp_guard_drop (RpStore *store, const char *digest)
{
  rp_store_push (store, drop, g_strdup (digest), g_free);
}

GPtrArray *
rp_guard_load (RpStore *store, gint64 now_s, GError **error)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_guard_row_free);
  Load self = { now_s - RP_GUARD_KEPT_S, rows };

  if (!rp_store_run (store, load, &self, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&rows);
}
