/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-server-copy.h"

RpServer *
rp_server_copy_new (const RpServer *server)
{
  RpServer *self = g_new0 (RpServer, 1);

  self->name = g_strdup (server->name);
  self->user = g_strdup (server->user);
  self->ca_file = g_strdup (server->ca_file);
  self->pins = g_strdup (server->pins);
  self->client_certificate = g_strdup (server->client_certificate);
  self->client_key = g_strdup (server->client_key);
  self->proxy = g_strdup (server->proxy);
  self->ehlo = g_strdup (server->ehlo);
  self->timeout_s = server->timeout_s;
  return self;
}

void
rp_server_copy_free (RpServer *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->user);
  g_free (self->ca_file);
  g_free (self->pins);
  g_free (self->client_certificate);
  g_free (self->client_key);
  g_free (self->proxy);
  g_free (self->ehlo);
  g_free (self);
}
