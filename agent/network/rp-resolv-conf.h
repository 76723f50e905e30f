/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domains that a place gave us, from resolv.conf(5). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * rp_resolv_conf_parse:
 * @text: of the file
 *
 * Returns: (transfer full): what `domain` and `search` name, see
 * rp_domains_normalise(); never %NULL
 */
GStrv rp_resolv_conf_parse (const char *text);

/**
 * rp_domains_normalise:
 * @domains: (transfer full): as some file or service gave them
 *
 * Returns: (transfer full): in lower case, without dots at the ends and the `~` that
 *   marks routing domains, each once, sorted, so that equal places compare equal
 */
GStrv rp_domains_normalise (GStrv domains);

G_END_DECLS
