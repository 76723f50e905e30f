/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of messages in custody: files in queue/. These functions block and know no
 * database; rp-custody-store joins both. For modules of this folder only. */
#pragma once

#include "store/rp-store.h"

G_BEGIN_DECLS

/** RP_BODY_SET_ASIDE_KEPT_S: how long what is set aside is kept. */
#define RP_BODY_SET_ASIDE_KEPT_S (30 * 24 * 60 * 60)

/**
 * rp_body_keep:
 * @folder: queue/
 * @id: of the message: letters and digits only
 * @bytes: (nullable): the content
 * @fd: a file without a name that holds it; -1 with @bytes
 * @n_bytes: how long it is to be
 *
 * Writes the content to an unnamed file unless @fd is one, syncs it, gives it the name
 * ID.eml and syncs the folder. Where the file system knows no unnamed files, or @fd
 * cannot be given a name, a file .ID.tmp is written, synced and renamed. An existing
 * ID.eml is never replaced.
 *
 * Returns: whether the body is safe on disk; else nothing of it is left, and
 *   %RP_STORE_ERROR_FAILED says what failed and where
 */
gboolean rp_body_keep (const char *folder,
                       const char *id,
                       GBytes *bytes,
                       int fd,
                       guint64 n_bytes,
                       GError **error);

/**
 * rp_body_delete:
 *
 * Unlinks ID.eml, if it is there, and syncs the folder.
 */
gboolean rp_body_delete (const char *folder, const char *id, GError **error);

/** rp_body_open: read-only; -1 with @error set when it is missing or no plain file. */
int rp_body_open (const char *folder, const char *id, GError **error);

/** rp_body_get_size: its octets, or -1 when it is missing or no plain file. */
gint64 rp_body_get_size (const char *folder, const char *id);

/**
 * rp_body_set_strangers_aside:
 * @folder: queue/
 * @ids: (element-type utf8 utf8): a set of the ids that may have a body here
 * @now_s: seconds since the epoch
 *
 * Moves bodies that no record knows, bodies that are no plain file, and temporary
 * files to set-aside/ within @folder, and deletes there what has been lying for longer
 * than %RP_BODY_SET_ASIDE_KEPT_S. Anything else in @folder is left alone.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): names of what was moved, or
 *   %NULL with %RP_STORE_ERROR_FAILED
 */
GPtrArray *rp_body_set_strangers_aside (const char *folder,
                                        GHashTable *ids,
                                        gint64 now_s,
                                        GError **error);

G_END_DECLS
