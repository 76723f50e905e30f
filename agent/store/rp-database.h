/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database file: opened, checked and brought to today's tables. */
#pragma once

#include <sqlite3.h>

#include "store/rp-store.h"

G_BEGIN_DECLS

/**
 * rp_database_open:
 * @folder: state folder, locked by the caller
 * @set_aside: (out) (transfer full) (nullable): where a damaged one was moved to
 *
 * WAL, synchronous=FULL, locking_mode=EXCLUSIVE, files of mode 0600. A database that
 * fails its check is moved aside whole and a new one begun.
 *
 * Returns: (transfer full): the database, or %NULL with an #RpStoreError
 */
sqlite3 *rp_database_open (const char *folder, char **set_aside, GError **error);

G_END_DECLS
