/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header section of a message (RFC 5322 section 2.2) for a terminal: encoded words
 * decoded (RFC 2047), nothing left that a terminal would obey. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_header_text_get_length:
 * @octets: (array length=n_bytes): a message, or the beginning of one
 *
 * Returns: how many octets of it are the header section: up to the first empty line,
 *   which does not count; @n_bytes where there is none
 */
gsize rp_header_text_get_length (const char *octets, gsize n_bytes);

/**
 * rp_header_text_dup_fields:
 * @section: (array length=n_bytes): octets of any kind
 *
 * One string for each field, in their order and none left out. A field that is folded
 * has a line feed at each fold; every other control character is a space, what is no
 * UTF-8 or not printable is U+FFFD. An encoded word that cannot be decoded stays as it
 * stands.
 *
 * Returns: (transfer full): valid UTF-8 each
 */
GStrv rp_header_text_dup_fields (const char *section, gsize n_bytes);

G_END_DECLS
