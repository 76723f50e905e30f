/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-provider.h"

#include <gio/gio.h>

RpOAuthProvider *
rp_oauth_provider_new (const char *name)
{
  RpOAuthProvider *self = g_new0 (RpOAuthProvider, 1);

  self->name = g_strdup (name);
  self->redirect_host = g_strdup ("127.0.0.1");
  return self;
}

RpOAuthProvider *
rp_oauth_provider_copy (const RpOAuthProvider *self)
{
  RpOAuthProvider *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->title = g_strdup (self->title);
  copy->issuer = g_strdup (self->issuer);
  copy->authorization_endpoint = g_strdup (self->authorization_endpoint);
  copy->token_endpoint = g_strdup (self->token_endpoint);
  copy->device_endpoint = g_strdup (self->device_endpoint);
  copy->revocation_endpoint = g_strdup (self->revocation_endpoint);
  copy->scope = g_strdup (self->scope);
  copy->client_id = g_strdup (self->client_id);
  copy->redirect_host = g_strdup (self->redirect_host);
  copy->redirect_path = g_strdup (self->redirect_path);
  copy->authorization_parameters = g_strdupv (self->authorization_parameters);
  copy->ca_file = g_strdup (self->ca_file);
  copy->registration = g_strdup (self->registration);
  copy->advice = g_strdupv (self->advice);
  return copy;
}

void
rp_oauth_provider_free (RpOAuthProvider *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->title);
  g_free (self->issuer);
  g_free (self->authorization_endpoint);
  g_free (self->token_endpoint);
  g_free (self->device_endpoint);
  g_free (self->revocation_endpoint);
  g_free (self->scope);
  g_free (self->client_id);
  g_free (self->redirect_host);
  g_free (self->redirect_path);
  g_strfreev (self->authorization_parameters);
  g_free (self->ca_file);
  g_free (self->registration);
  g_strfreev (self->advice);
  g_free (self);
}

const char *
rp_oauth_provider_get_title (const RpOAuthProvider *self)
{
  return self->title != NULL ? self->title : self->name;
}

char *
rp_oauth_provider_dup_host (const RpOAuthProvider *self)
{
  const char *address =
      self->token_endpoint != NULL ? self->token_endpoint : self->issuer;
  g_autoptr (GUri) uri =
      address != NULL ? g_uri_parse (address, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && g_uri_get_host (uri) != NULL
             ? g_ascii_strdown (g_uri_get_host (uri), -1)
             : NULL;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
is_plain_text (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

gboolean
rp_oauth_provider_is_safe_address (const char *address)
{
  g_autoptr (GUri) uri = address != NULL && is_plain_text (address)
                             ? g_uri_parse (address, G_URI_FLAGS_ENCODED, NULL)
                             : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || host[0] == '\0' || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_fragment (uri) != NULL)
    return FALSE;

  return g_str_equal (g_uri_get_scheme (uri), "https")
         || (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (host));
}
