/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be known of a proxy before curl uses it: its name, which curl must not
 * resolve, and whether it resolves ours. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpProxy:
 * @host: (nullable): %NULL for no proxy
 * @resolves: the proxy is told the name of the server, not its address
 */
typedef struct
{
  char *host;
  guint16 port;
  gboolean resolves;
} RpProxy;

/**
 * rp_proxy_read:
 * @self: (out): zeroed
 * @url: (nullable): as in proxy= of a server; %NULL or "" for none
 *
 * The ports are curl's where @url has none: 443 for https://, else 1080.
 *
 * Returns: whether it is none, or the URL of one
 */
gboolean rp_proxy_read (RpProxy *self, const char *url);

/** rp_proxy_clear: frees what is in @self, not @self. */
void rp_proxy_clear (RpProxy *self);

G_END_DECLS
