/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one module that touches the disk. One SQLite database in the state folder (WAL,
 * synchronous=FULL, locking_mode=EXCLUSIVE: a second agent fails at open), used from
 * one own thread that commits all waiting requests together, a SAVEPOINT each. Calls
 * nobody. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  RP_STORE_ERROR_LOCKED, /* another agent uses this folder */
  RP_STORE_ERROR_NEWER,  /* written by a newer roampost */
  RP_STORE_ERROR_FAILED  /* everything else, in words */
} RpStoreError;

#define RP_STORE_ERROR (rp_store_error_quark ())

/** rp_store_error_quark: the domain of #RpStoreError. */
GQuark rp_store_error_quark (void);

#define RP_TYPE_STORE (rp_store_get_type ())
G_DECLARE_FINAL_TYPE (RpStore, rp_store, RP, STORE, GObject)

/**
 * RpStore::failed:
 * @store: the store
 * @message: why, naming the file
 * @n_requests: how many writes that nobody waits for are lost
 *
 * Journal rows or lessons could not be written, for example on a full disk. The store
 * goes on; every later write is tried anew. Emitted in the main context in which
 * the store was opened.
 */

/**
 * rp_store_open:
 * @folder: state folder; made with mode 0700, with queue/ in it
 *
 * Blocks: called once at start. A database that fails its check is set aside whole and
 * a new one begun, see rp_store_get_set_aside().
 *
 * Returns: (transfer full) (nullable): the store, or %NULL with an #RpStoreError
 */
RpStore *rp_store_open (const char *folder, GError **error);

/** rp_store_get_set_aside: (nullable): folder that a damaged database was moved to. */
const char *rp_store_get_set_aside (RpStore *self);

/** rp_store_get_queue_folder: (transfer none): for unnamed content files. */
const char *rp_store_get_queue_folder (RpStore *self);

/** rp_store_close: commits what waits and ends the thread; blocks. */
void rp_store_close (RpStore *self);

G_END_DECLS
