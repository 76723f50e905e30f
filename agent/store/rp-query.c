/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-query.h"

#include <stdarg.h>

void
rp_query_set_error (sqlite3 *database, GError **error)
{
  const char *file = sqlite3_db_filename (database, NULL);

  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "%s: %s",
               file != NULL ? file : "database", sqlite3_errmsg (database));
}

static void
bind_arguments (RpQuery *self, const char *types, va_list arguments)
{
  for (int i = 0; types[i] != '\0'; i++)
    {
      if (types[i] == 's')
        {
          const char *text = va_arg (arguments, const char *);

          sqlite3_bind_text (self, i + 1, text, -1, SQLITE_TRANSIENT);
        }
      else
        sqlite3_bind_int64 (self, i + 1, va_arg (arguments, gint64));
    }
}

static RpQuery *
query_new_valist (sqlite3 *database,
                  GError **error,
                  const char *sql,
                  const char *types,
                  va_list arguments)
{
  RpQuery *self = NULL;

  if (sqlite3_prepare_v2 (database, sql, -1, &self, NULL) != SQLITE_OK)
    {
      rp_query_set_error (database, error);
      return NULL;
    }
  bind_arguments (self, types, arguments);
  return self;
}

RpQuery *
rp_query_new (
    sqlite3 *database, GError **error, const char *sql, const char *types, ...)
{
  va_list arguments;
  RpQuery *self;

  va_start (arguments, types);
  self = query_new_valist (database, error, sql, types, arguments);
  va_end (arguments);
  return self;
}

gboolean
rp_query_next (RpQuery *self, GError **error)
{
  int status = sqlite3_step (self);

  if (status == SQLITE_ROW)
    return TRUE;
  if (status != SQLITE_DONE)
    rp_query_set_error (sqlite3_db_handle (self), error);
  return FALSE;
}

const char *
rp_query_get_text (RpQuery *self, int column)
{
  return (const char *) sqlite3_column_text (self, column);
}

gint64
rp_query_get_number (RpQuery *self, int column)
{
  return sqlite3_column_int64 (self, column);
}

void
rp_query_free (RpQuery *self)
{
  sqlite3_finalize (self);
}

gboolean
rp_query_run (
    sqlite3 *database, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (RpQuery) query = NULL;
  g_autoptr (GError) failure = NULL;
  va_list arguments;

  va_start (arguments, types);
  query = query_new_valist (database, &failure, sql, types, arguments);
  va_end (arguments);

  while (query != NULL && rp_query_next (query, &failure))
    continue;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
