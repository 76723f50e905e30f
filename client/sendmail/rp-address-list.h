/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address lists of header fields and of sendmail's arguments (RFC 5322 section 3.4). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_address_list_parse:
 * @text: such as "Bob <bob@example.org>, \"A, B\" <ab@example.org> (work), team:c@d;"
 * @addresses: (element-type utf8): the addresses are appended, without brackets, names,
 *   comments and groups
 *
 * Takes what it finds: whether each is a mail address is for rp_address_check() to say.
 */
void rp_address_list_parse (const char *text, GPtrArray *addresses);

G_END_DECLS
