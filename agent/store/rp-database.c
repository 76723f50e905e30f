/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-database.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/rp-query.h"
#include "store/rp-schema.h"
#include "store/rp-state-folder.h"

#define DATABASE_FILE "roampost.db"

/* locking_mode comes before the first access: so the write-ahead log's index lies in
 * our own memory, not in a shared file. secure_delete: what the journal forgets does
 * not stay in free pages. */
static const char *const settings = "PRAGMA locking_mode = EXCLUSIVE;"
                                    "PRAGMA journal_mode = WAL;"
                                    "PRAGMA synchronous = FULL;"
                                    "PRAGMA secure_delete = ON;"
                                    "PRAGMA trusted_schema = OFF;";

/* SQLite would make the file readable for others; its log inherits our mode. */
static gboolean
make_private_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean is_private = fd >= 0 && fchmod (fd, 0600) == 0;

  if (!is_private)
    {
      const char *cause = g_strerror (errno);

      g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "%s: %s", path, cause);
    }
  if (fd >= 0)
    close (fd);
  return is_private;
}

static void
close_untouched (sqlite3 *database)
{
  /* Closing would fold the log into the file: a damaged one is kept as it was. */
  sqlite3_db_config (database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close (database);
}

/* Whether the file is sound; *is_damaged tells a broken one from, say, a full disk. */
static gboolean
check (sqlite3 *database, gboolean *is_damaged, GError **error)
{
  g_autoptr (RpQuery) query = NULL;
  int status = sqlite3_exec (database, settings, NULL, NULL, NULL);

  if (status == SQLITE_OK)
    {
      query = rp_query_new (database, error, "PRAGMA quick_check(1)", "");
      if (query != NULL && rp_query_next (query, error))
        {
          const char *finding = rp_query_get_text (query, 0);

          if (g_strcmp0 (finding, "ok") == 0)
            return TRUE;
          *is_damaged = TRUE;
          g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "damaged: %s",
                       finding);
          return FALSE;
        }
      status = sqlite3_errcode (database);
    }
  else
    rp_query_set_error (database, error);

  *is_damaged = status == SQLITE_CORRUPT || status == SQLITE_NOTADB;
  return FALSE;
}

static sqlite3 *
open_file (const char *path, gboolean *is_damaged, GError **error)
{
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  sqlite3 *database = NULL;

  *is_damaged = FALSE;
  if (!make_private_file (path, error))
    return NULL;
  if (sqlite3_open_v2 (path, &database, flags, NULL) != SQLITE_OK)
    rp_query_set_error (database, error);
  else if (check (database, is_damaged, error))
    return database;

  close_untouched (database);
  return NULL;
}

sqlite3 *
rp_database_open (const char *folder, char **set_aside, GError **error)
{
  g_autofree char *path = g_build_filename (folder, DATABASE_FILE, NULL);
  g_autoptr (GError) failure = NULL;
  gboolean is_damaged = FALSE;
  sqlite3 *database = open_file (path, &is_damaged, &failure);

  if (is_damaged)
    {
      g_clear_error (&failure);
      *set_aside = rp_state_folder_set_aside (folder, DATABASE_FILE, error);
      if (*set_aside == NULL)
        return NULL;
      database = open_file (path, &is_damaged, &failure);
    }
  if (database == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (rp_schema_migrate (database, error))
    return database;

  close_untouched (database);
  return NULL;
}
