/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-sign-in-record.h"

#include <string.h>

#include "credentials/rp-secrets.h"

/* The first line; another form gets another number. */
#define HEADING "roampost sign-in 1\n"

/* --- hosts --- */

/* Those that a token could be told: endpoints in clear get none but on loopback. */
static GStrv
dup_hosts (const RpServer *server)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();

  for (guint i = 0; server->endpoints != NULL && i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, i);
      g_autofree char *host = g_ascii_strdown (endpoint->host, -1);

      if (endpoint->tls != RP_TLS_NONE || endpoint->is_loopback)
        g_strv_builder_add (hosts, host);
    }
  return g_strv_builder_end (hosts);
}

gboolean
rp_sign_in_record_has_host (const RpSignInRecord *self, const char *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_strv_contains ((const char *const *) self->hosts, lower);
}

void
rp_sign_in_record_add_hosts (RpSignInRecord *self, const RpSignInRecord *other)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();

  g_strv_builder_addv (hosts, (const char **) self->hosts);
  for (guint i = 0; other->hosts[i] != NULL; i++)
    if (!rp_sign_in_record_has_host (self, other->hosts[i]))
      g_strv_builder_add (hosts, other->hosts[i]);
  g_strfreev (self->hosts);
  self->hosts = g_strv_builder_end (hosts);
}

/* --- the value --- */

RpSignInRecord *
rp_sign_in_record_new (const RpOAuthGrant *grant,
                       const RpServer *server,
                       gint64 issued_s)
{
  RpSignInRecord *self = g_new0 (RpSignInRecord, 1);

  self->refresh_token = g_strdup (grant->refresh_token);
  self->client_id = g_strdup (grant->provider->client_id);
  self->client_secret = g_strdup (grant->client_secret);
  self->secret_in_header = grant->provider->secret_in_header;
  self->token_endpoint = g_strdup (grant->provider->token_endpoint);
  self->revocation_endpoint = g_strdup (grant->provider->revocation_endpoint);
  self->issued_s = issued_s;
  self->hosts = dup_hosts (server);
  return self;
}

void
rp_sign_in_record_free (RpSignInRecord *self)
{
  if (self == NULL)
    return;

  rp_secret_free (self->refresh_token);
  rp_secret_free (self->client_secret);
  g_free (self->client_id);
  g_free (self->token_endpoint);
  g_free (self->revocation_endpoint);
  g_strfreev (self->hosts);
  g_free (self);
}

/* --- as text --- */

/* A line for each, "name=value". */
static void
append (GString *text, const char *name, const char *value)
{
  if (value == NULL)
    return;

  g_string_append (text, name);
  g_string_append_c (text, '=');
  g_string_append (text, value);
  g_string_append_c (text, '\n');
}

static gsize
count_bytes (const char *value)
{
  return value != NULL ? strlen (value) + 32 : 0;
}

/* In one piece of memory: what grows leaves copies behind that nobody wipes. */
char *
rp_sign_in_record_dup_text (const RpSignInRecord *self)
{
  g_autofree char *hosts = g_strjoinv (" ", self->hosts);
  g_autofree char *issued = g_strdup_printf ("%" G_GINT64_FORMAT, self->issued_s);
  GString *text = g_string_sized_new (
      sizeof HEADING + count_bytes (self->refresh_token) + count_bytes (self->client_id)
      + count_bytes (self->client_secret) + count_bytes (self->token_endpoint)
      + count_bytes (self->revocation_endpoint) + count_bytes (hosts)
      + count_bytes (issued) + 64);

  g_string_append (text, HEADING);
  append (text, "refresh-token", self->refresh_token);
  append (text, "client-id", self->client_id);
  append (text, "client-secret", self->client_secret);
  append (text, "secret-in-header", self->secret_in_header ? "yes" : NULL);
  append (text, "token-endpoint", self->token_endpoint);
  append (text, "revocation-endpoint", self->revocation_endpoint);
  append (text, "issued", issued);
  append (text, "hosts", hosts);
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full) (nullable): the value of the line @name */
static char *
dup_value (const char *text, const char *name)
{
  const gsize n_name = strlen (name);

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *end = strchrnul (line, '\n');

      if (strncmp (line, name, n_name) == 0 && line[n_name] == '=')
        return g_strndup (line + n_name + 1, (gsize) (end - line) - n_name - 1);
      line = *end == '\n' ? end + 1 : end;
    }
  return NULL;
}

RpSignInRecord *
rp_sign_in_record_parse (const char *text)
{
  g_autoptr (RpSignInRecord) self = NULL;
  g_autofree char *issued = NULL;
  g_autofree char *hosts = NULL;
  g_autofree char *in_header = NULL;

  if (!g_str_has_prefix (text, HEADING))
    return NULL;

  self = g_new0 (RpSignInRecord, 1);
  self->refresh_token = dup_value (text, "refresh-token");
  self->client_id = dup_value (text, "client-id");
  self->client_secret = dup_value (text, "client-secret");
  self->token_endpoint = dup_value (text, "token-endpoint");
  self->revocation_endpoint = dup_value (text, "revocation-endpoint");
  in_header = dup_value (text, "secret-in-header");
  self->secret_in_header = in_header != NULL;
  issued = dup_value (text, "issued");
  self->issued_s = issued != NULL ? g_ascii_strtoll (issued, NULL, 10) : 0;
  hosts = dup_value (text, "hosts");
  self->hosts = g_strsplit (hosts != NULL ? hosts : "", " ", -1);
  return self->refresh_token != NULL && self->client_id != NULL
             ? g_steal_pointer (&self)
             : NULL;
}
