/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-proxy.h"

static guint16
get_default_port (const char *scheme)
{
  return g_str_equal (scheme, "https") ? 443 : 1080;
}

/* With socks4 and socks5 it is curl that resolves our host. */
gboolean
rp_proxy_read (RpProxy *self, const char *url)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (url == NULL || *url == '\0')
    return TRUE;

  uri = g_uri_parse (url, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return FALSE;

  scheme = g_uri_get_scheme (uri);
  self->host = g_strdup (g_uri_get_host (uri));
  self->port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri)
                                        : get_default_port (scheme);
  self->resolves = !g_str_equal (scheme, "socks5") && !g_str_equal (scheme, "socks4");
  return TRUE;
}

void
rp_proxy_clear (RpProxy *self)
{
  g_clear_pointer (&self->host, g_free);
}
