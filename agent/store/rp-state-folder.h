/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state folder: its permissions, its lock, and what is moved aside in it. */
#pragma once

#include "store/rp-store.h"

G_BEGIN_DECLS

/**
 * rp_state_folder_prepare:
 * @folder: made with its parents if missing, mode 0700, with queue/ in it
 *
 * Takes access by others away from a folder that exists.
 *
 * Returns: %FALSE with %RP_STORE_ERROR_FAILED when it is no folder, belongs to another
 *   user or cannot be made
 */
gboolean rp_state_folder_prepare (const char *folder, GError **error);

/**
 * rp_state_folder_sync_fd:
 * @fd: an open folder
 *
 * Syncs the names in it. Some file systems cannot (EINVAL): they write names in order,
 * or nothing can be done about it.
 *
 * Returns: %FALSE with errno set
 */
gboolean rp_state_folder_sync_fd (int fd);

/**
 * rp_state_folder_lock:
 *
 * One agent for one folder. The kernel gives the lock back when the holder dies.
 *
 * Returns: a file descriptor that holds the lock until it is closed, or -1 with
 *   %RP_STORE_ERROR_LOCKED or %RP_STORE_ERROR_FAILED
 */
int rp_state_folder_lock (const char *folder, GError **error);

/**
 * rp_state_folder_set_aside:
 * @name: of a database file in @folder
 *
 * Moves the file, with its write-ahead log, to a new folder within @folder. Nothing is
 * ever deleted.
 *
 * Returns: (transfer full): path of the new folder, or %NULL with
 *   %RP_STORE_ERROR_FAILED
 */
char *rp_state_folder_set_aside (const char *folder, const char *name, GError **error);

G_END_DECLS
