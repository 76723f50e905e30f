/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace field that received=yes puts in front (RFC 5321 section 4.4): the only
 * octets that roampost ever adds to a message. */
#pragma once

#include "smtp/rp-message.h"

G_BEGIN_DECLS

/** rp_received_dup_field: (transfer full): with its CRLF. */
char *rp_received_dup_field (const RpMessage *message);

G_END_DECLS
