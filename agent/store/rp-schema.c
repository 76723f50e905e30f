/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-schema.h"

#include "store/rp-query.h"

/* Row N leads from version N to N + 1. A row that was released is never changed. */
static const char *const migrations[] = {
  /* Steps and recipients are GVariant text: readable with the sqlite3 shell, and new
   * keys of a step need no new column. */
  "CREATE TABLE messages ("
  "  sequence INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  received_at INTEGER NOT NULL,"
  "  sender TEXT NOT NULL,"
  "  recipients TEXT NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  network TEXT,"
  "  program TEXT,"
  "  outcome TEXT NOT NULL DEFAULT 'open');"
  "CREATE INDEX messages_by_time ON messages (received_at);"
  "CREATE TABLE steps ("
  "  sequence INTEGER PRIMARY KEY,"
  "  message TEXT NOT NULL,"
  "  at INTEGER NOT NULL,"
  "  step TEXT NOT NULL);"
  "CREATE INDEX steps_by_message ON steps (message, sequence);"
  "CREATE TABLE lessons ("
  "  kind TEXT NOT NULL,"
  "  place TEXT NOT NULL,"
  "  subject TEXT NOT NULL,"
  "  learned_at INTEGER NOT NULL,"
  "  PRIMARY KEY (kind, place, subject)) WITHOUT ROWID;",

  /* The order of acceptance is `place`, then `sequence`. Replies and reasons are
   * GVariant text. A record that is done waits for its body to be deleted. */
  "CREATE TABLE custody ("
  "  sequence INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  place INTEGER NOT NULL,"
  "  received_at INTEGER NOT NULL,"
  "  sender TEXT NOT NULL,"
  "  ret TEXT,"
  "  envid TEXT,"
  "  declared_8bit INTEGER NOT NULL,"
  "  declared_utf8 INTEGER NOT NULL,"
  "  declared_bytes INTEGER NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  is_8bit INTEGER NOT NULL,"
  "  has_utf8_header INTEGER NOT NULL,"
  "  header_from TEXT,"
  "  hello TEXT,"
  "  is_esmtp INTEGER NOT NULL,"
  "  program TEXT,"
  "  digest TEXT,"
  "  is_answered INTEGER NOT NULL,"
  "  is_held INTEGER NOT NULL,"
  "  is_done INTEGER NOT NULL DEFAULT 0,"
  "  attempts INTEGER NOT NULL,"
  "  age INTEGER NOT NULL);"
  "CREATE TABLE custody_recipients ("
  "  message TEXT NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  address TEXT NOT NULL,"
  "  notify TEXT,"
  "  orcpt TEXT,"
  "  state TEXT NOT NULL,"
  "  server TEXT,"
  "  reply TEXT,"
  "  reason TEXT,"
  "  PRIMARY KEY (message, position)) WITHOUT ROWID;"
  "CREATE TABLE guard ("
  "  digest TEXT NOT NULL,"
  "  message TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  at INTEGER NOT NULL,"
  "  answer TEXT,"
  "  PRIMARY KEY (digest, message)) WITHOUT ROWID;",
  /* Only where its user wants it: journal-subject=. */
  "ALTER TABLE messages ADD COLUMN subject TEXT;",
};

int
rp_schema_get_version (void)
{
  return (int) G_N_ELEMENTS (migrations);
}

static gboolean
read_version (sqlite3 *database, int *version, GError **error)
{
  g_autoptr (RpQuery) query = rp_query_new (database, error, "PRAGMA user_version", "");

  if (query == NULL || !rp_query_next (query, error))
    return FALSE;

  *version = (int) rp_query_get_number (query, 0);
  return TRUE;
}

static gboolean
migrate_once (sqlite3 *database, int version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("BEGIN IMMEDIATE; %s"
                                          "PRAGMA user_version = %d; COMMIT;",
                                          migrations[version], version + 1);

  if (sqlite3_exec (database, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  rp_query_set_error (database, error);
  if (!sqlite3_get_autocommit (database))
    sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
rp_schema_migrate (sqlite3 *database, GError **error)
{
  int version = 0;

  if (!read_version (database, &version, error))
    return FALSE;
  if (version > rp_schema_get_version ())
    {
      g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_NEWER,
                   "%s was written by a newer roampost (version %d of its tables, "
                   "this one knows %d): run the newer roampost, or move the file away "
                   "to begin anew",
                   sqlite3_db_filename (database, NULL), version,
                   rp_schema_get_version ());
      return FALSE;
    }

  for (; version < rp_schema_get_version (); version++)
    if (!migrate_once (database, version, error))
      return FALSE;
  return TRUE;
}
