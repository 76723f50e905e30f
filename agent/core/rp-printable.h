/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, made fit for a line that people or other programs read. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_printable_dup:
 * @text: (array length=n_bytes): octets of any kind
 * @n_bytes: their number, or -1 when @text ends with NUL
 *
 * Every control character and line separator becomes a space, what is no UTF-8 or
 * not printable becomes U+FFFD. The result is one line: nothing that a peer says can
 * forge a second line in a reply or in a log.
 *
 * Returns: (transfer full): valid UTF-8 on one line
 */
char *rp_printable_dup (const char *text, gssize n_bytes);

/**
 * rp_printable_cut:
 * @text: (inout): valid UTF-8, shortened in place
 * @max_bytes: octets that may stay
 *
 * Cuts at the border of a character, never within one.
 */
void rp_printable_cut (char *text, gsize max_bytes);

G_END_DECLS
