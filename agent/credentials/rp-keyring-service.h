/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsecret's service on a connection that is given, instead of GLib's shared one. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/** RpKeyringService: made with g_async_initable_new_async() and the property
 * "g-connection". */
#define RP_TYPE_KEYRING_SERVICE (rp_keyring_service_get_type ())
G_DECLARE_FINAL_TYPE (
    RpKeyringService, rp_keyring_service, RP, KEYRING_SERVICE, SecretService)

G_END_DECLS
