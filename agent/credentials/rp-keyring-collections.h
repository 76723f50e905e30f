/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the collections of a keyring say of themselves. Asks its user nothing. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * RpKeyringCollections:
 * @locked: (element-type utf8): paths of those that are locked
 * @has_unlocked: one is open
 * @has_hidden: one is locked and does not show what is in it, as KeePassXC's
 */
typedef struct
{
  GPtrArray *locked;
  gboolean has_unlocked;
  gboolean has_hidden;
} RpKeyringCollections;

/** rp_keyring_collections_free: @self: (nullable) (transfer full). */
void rp_keyring_collections_free (RpKeyringCollections *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpKeyringCollections, rp_keyring_collections_free)

/**
 * rp_keyring_collections_read_async:
 * @service: (transfer none): the keyring
 * @cancellable: (nullable)
 *
 * Reads them anew: KeePassXC tells nobody that one was locked.
 */
void rp_keyring_collections_read_async (SecretService *service,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * rp_keyring_collections_read_finish:
 * @error: %G_IO_ERROR_CANCELLED, or what D-Bus said
 *
 * Returns: (transfer full) (nullable): %NULL with @error set
 */
RpKeyringCollections *rp_keyring_collections_read_finish (GAsyncResult *result,
                                                          GError **error);

G_END_DECLS
