/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection must know of a server for as long as it lives, which may be longer
 * than the configuration that the server is from. */
#pragma once

#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * rp_server_copy_new:
 *
 * Returns: (transfer full): its name, user, ca_file, pins, client_certificate,
 * client_key, proxy, ehlo and timeout_s; nothing else is set
 */
RpServer *rp_server_copy_new (const RpServer *server);

/** rp_server_copy_free: @self: (nullable): from rp_server_copy_new(). */
void rp_server_copy_free (RpServer *self);

G_END_DECLS
