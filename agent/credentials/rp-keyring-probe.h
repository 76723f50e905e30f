/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out whether entries of a keyring can be read, without a window coming up. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * RpKeyringFinding:
 * @RP_KEYRING_NOTHING: no entry has the attributes
 * @RP_KEYRING_LOCKED: there is one, or may be one, that cannot be read
 * @RP_KEYRING_READABLE: there is one that can
 */
typedef enum
{
  RP_KEYRING_NOTHING,
  RP_KEYRING_LOCKED,
  RP_KEYRING_READABLE
} RpKeyringFinding;

/** RpKeyringProbe: asks one question at a time. */
#define RP_TYPE_KEYRING_PROBE (rp_keyring_probe_get_type ())
G_DECLARE_FINAL_TYPE (RpKeyringProbe, rp_keyring_probe, RP, KEYRING_PROBE, GObject)

/**
 * RpKeyringProbe::answered: a keyring has answered that its asker had given up, so
 * that its user may have unlocked it
 */

/** rp_keyring_probe_new: (transfer full). */
RpKeyringProbe *rp_keyring_probe_new (void);

/**
 * rp_keyring_probe_look_async:
 * @service: (transfer none): the keyring
 * @attributes: (transfer none) (element-type utf8 utf8): of the entry
 * @cancellable: to give up with: some keyrings answer only when their user has
 *   unlocked them
 *
 * A keyring all of whose collections are locked is not searched: KeePassXC would show
 * a window. Where one is silent all the same, it waits for its user, and every further
 * look finds it locked until it has answered: there is never a second window.
 */
void rp_keyring_probe_look_async (RpKeyringProbe *self,
                                  SecretService *service,
                                  GHashTable *attributes,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * rp_keyring_probe_look_finish:
 * @finding: (out): untouched with an error
 * @error: %G_IO_ERROR_CANCELLED, or what D-Bus said
 *
 * Returns: whether there is a finding
 */
gboolean rp_keyring_probe_look_finish (RpKeyringProbe *self,
                                       GAsyncResult *result,
                                       RpKeyringFinding *finding,
                                       GError **error);

G_END_DECLS
