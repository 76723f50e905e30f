/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domain names and address literals as mail addresses hold them (RFC 5321 section
 * 4.1.2 and 4.1.3, RFC 6531, RFC 5890). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_domain_is_valid:
 * @domain: letters, digits, hyphens and dots, or U-labels in UTF-8; no dot at the end
 *
 * Returns: whether it is a domain (RFC 5321 section 4.1.2, RFC 5890)
 */
gboolean rp_domain_is_valid (const char *domain);

/** rp_domain_is_literal: whether @text is an address literal with its brackets (RFC
 * 5321 section 4.1.3). */
gboolean rp_domain_is_literal (const char *text);

/**
 * rp_domain_normalize:
 *
 * Returns: (transfer full) (nullable): lower case, IDN as A-labels, literals in lower
 *   case; %NULL when @domain is neither domain nor literal
 */
char *rp_domain_normalize (const char *domain);

G_END_DECLS
