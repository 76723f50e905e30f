/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DMARC policy record (RFC 7489 section 6.3). */
#pragma once

#include <glib.h>

#include "core/rp-view.h"

G_BEGIN_DECLS

/**
 * rp_dmarc_record_parse:
 * @text: a TXT record of "_dmarc.DOMAIN"
 * @is_parent: it was found above the sender's domain, so that "sp=" counts before "p="
 * @policy: (out): what is asked of receivers; set on success
 *
 * Returns: %FALSE when @text is no DMARC record
 */
gboolean rp_dmarc_record_parse (const char *text,
                                gboolean is_parent,
                                RpDmarcPolicy *policy);

G_END_DECLS
