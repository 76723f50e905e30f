/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A password while it is needed: in memory of its own that is neither swapped nor
 * dumped, wiped when freed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_password_copy:
 *
 * Where the limit on locked memory is used up the copy is still left out of core
 * dumps and wiped.
 *
 * Returns: (transfer full): free with rp_password_free()
 */
char *rp_password_copy (const char *password);

/** rp_password_free: wipes and frees; %NULL is fine. */
void rp_password_free (char *password);

/**
 * rp_password_new_bytes:
 * @data: (transfer full) (array length=n_bytes): from g_malloc(); has a secret in it
 *
 * Returns: (transfer full): the octets, wiped before they are freed
 */
GBytes *rp_password_new_bytes (char *data, gsize n_bytes);

G_END_DECLS
