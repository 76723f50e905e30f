/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the Secret Service over the session bus, that survives the end of both. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/** RpKeyringBus: a connection of its own to the session bus, made when it is needed. */
#define RP_TYPE_KEYRING_BUS (rp_keyring_bus_get_type ())
G_DECLARE_FINAL_TYPE (RpKeyringBus, rp_keyring_bus, RP, KEYRING_BUS, GObject)

/** rp_keyring_bus_new: (transfer full): one that is not connected yet. */
RpKeyringBus *rp_keyring_bus_new (void);

/**
 * rp_keyring_bus_get_async:
 * @cancellable: (nullable)
 *
 * Connects to the session bus and to the service on it, unless that was done before
 * and both still live. Never starts a bus; starts the service where it can be.
 */
void rp_keyring_bus_get_async (RpKeyringBus *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * rp_keyring_bus_get_finish:
 * @error: %RP_SECRETS_ERROR_UNAVAILABLE or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the service, with an open session; %NULL with
 *   @error set
 */
SecretService *rp_keyring_bus_get_finish (RpKeyringBus *self,
                                          GAsyncResult *result,
                                          GError **error);

G_END_DECLS
