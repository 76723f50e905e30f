/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the Secret Service over the session bus, that survives the end of both. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

#define RP_TYPE_KEYRING_BUS (rp_keyring_bus_get_type ())
G_DECLARE_FINAL_TYPE (RpKeyringBus, rp_keyring_bus, RP, KEYRING_BUS, GObject)

RpKeyringBus *rp_keyring_bus_new (void);

/**
 * rp_keyring_bus_get_async:
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
 * @error: domain RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the service, with an open session
 */
SecretService *rp_keyring_bus_get_finish (RpKeyringBus *self,
                                          GAsyncResult *result,
                                          GError **error);

G_END_DECLS
