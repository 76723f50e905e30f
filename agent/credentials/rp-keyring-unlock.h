/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has the keyring ask its user to unlock what our entries are in. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * rp_keyring_unlock_async:
 * @service: (transfer none): the keyring
 * @schema: of the entries that are wanted
 * @cancellable: (nullable)
 *
 * The keyring shows its window, with no time-out: only ever on its user's own wish.
 * Where no collection is open, or where one hides what is in it and nothing is found
 * elsewhere, the collections are unlocked; then the entries that are locked still,
 * which is how KeePassXC asks whether a program may read them, for as long as the
 * connection of @service lives.
 */
void rp_keyring_unlock_async (SecretService *service,
                              const SecretSchema *schema,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * rp_keyring_unlock_finish:
 * @error: %RP_SECRETS_ERROR_LOCKED where its user said no, or could not be asked; else
 *   what D-Bus said
 *
 * Returns: whether nothing of it is locked any more
 */
gboolean rp_keyring_unlock_finish (GAsyncResult *result, GError **error);

G_END_DECLS
