/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands a secret to the agent: through a pipe, never in a message of the bus. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/**
 * rp_secret_fd_list_new:
 * @secret: at most 4096 octets, as rp_secret_prompt_read() gives it
 * @error: of the domain %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): a list of one descriptor, a pipe that holds
 *   @secret and ends; its handle is 0
 */
GUnixFDList *rp_secret_fd_list_new (const char *secret, GError **error);

G_END_DECLS
