/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-request.h"

#include <string.h>

#include "credentials/rp-secrets.h"

/* A parameter; one without a value is left out. */
typedef struct
{
  const char *name;
  const char *value;
} Field;

/* --- forms --- */

static char *
append_escaped (char *out, const char *text)
{
  static const char digits[] = "0123456789ABCDEF";

  for (const char *p = text; *p != '\0'; p++)
    {
      const guint8 octet = (guint8) *p;

      if (g_ascii_isalnum (*p) || strchr ("-._~", *p) != NULL)
        {
          *out++ = *p;
          continue;
        }
      *out++ = '%';
      *out++ = digits[octet >> 4];
      *out++ = digits[octet & 15];
    }
  return out;
}

/* In one piece of memory: what grows leaves copies behind that nobody wipes. */
static char *
join_fields (const Field *fields, gsize n_fields)
{
  gsize n_bytes = 1;
  char *form, *out;

  for (gsize i = 0; i < n_fields; i++)
    if (fields[i].value != NULL)
      n_bytes += 2 + 3 * (strlen (fields[i].name) + strlen (fields[i].value));
  form = out = g_malloc0 (n_bytes);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (fields[i].value == NULL || fields[i].value[0] == '\0')
        continue;

      if (out != form)
        *out++ = '&';
      out = append_escaped (out, fields[i].name);
      *out++ = '=';
      out = append_escaped (out, fields[i].value);
    }
  return form;
}

/* Who asks: one way only (RFC 6749 section 2.3). */
static const char *
get_client_id (const RpOAuthProvider *provider, const char *client_secret)
{
  return provider->secret_in_header && client_secret != NULL ? NULL
                                                             : provider->client_id;
}

static const char *
get_body_secret (const RpOAuthProvider *provider, const char *client_secret)
{
  return provider->secret_in_header ? NULL : client_secret;
}

char *
rp_oauth_request_dup_code_body (const RpOAuthProvider *provider,
                                const char *client_secret,
                                const char *code,
                                const char *redirect_uri,
                                const char *verifier)
{
  const Field fields[] = {
    { "grant_type", "authorization_code" },
    { "code", code },
    { "redirect_uri", redirect_uri },
    { "code_verifier", verifier },
    { "client_id", get_client_id (provider, client_secret) },
    { "client_secret", get_body_secret (provider, client_secret) },
  };

  return join_fields (fields, G_N_ELEMENTS (fields));
}

char *
rp_oauth_request_dup_refresh_body (const RpOAuthProvider *provider,
                                   const char *client_secret,
                                   const char *refresh_token)
{
  const Field fields[] = {
    { "grant_type", "refresh_token" },
    { "refresh_token", refresh_token },
    { "client_id", get_client_id (provider, client_secret) },
    { "client_secret", get_body_secret (provider, client_secret) },
  };

  return join_fields (fields, G_N_ELEMENTS (fields));
}

char *
rp_oauth_request_dup_device_body (const RpOAuthProvider *provider,
                                  const char *client_secret)
{
  const Field fields[] = {
    { "scope", provider->scope },
    { "client_id", get_client_id (provider, client_secret) },
    { "client_secret", get_body_secret (provider, client_secret) },
  };

  return join_fields (fields, G_N_ELEMENTS (fields));
}

char *
rp_oauth_request_dup_poll_body (const RpOAuthProvider *provider,
                                const char *client_secret,
                                const char *device_code)
{
  const Field fields[] = {
    { "grant_type", "urn:ietf:params:oauth:grant-type:device_code" },
    { "device_code", device_code },
    { "client_id", get_client_id (provider, client_secret) },
    { "client_secret", get_body_secret (provider, client_secret) },
  };

  return join_fields (fields, G_N_ELEMENTS (fields));
}

char *
rp_oauth_request_dup_revocation_body (const RpOAuthProvider *provider,
                                      const char *client_secret,
                                      const char *refresh_token)
{
  const Field fields[] = {
    { "token", refresh_token },
    { "token_type_hint", "refresh_token" },
    { "client_id", get_client_id (provider, client_secret) },
    { "client_secret", get_body_secret (provider, client_secret) },
  };

  return join_fields (fields, G_N_ELEMENTS (fields));
}

/* --- the header --- */

char *
rp_oauth_request_dup_authorization (const RpOAuthProvider *provider,
                                    const char *client_secret)
{
  const gsize n_id =
      3 * strlen (provider->client_id != NULL ? provider->client_id : "");
  char *pair, *out, *encoded, *header;

  if (!provider->secret_in_header || client_secret == NULL
      || provider->client_id == NULL)
    return NULL;

  pair = g_malloc0 (n_id + 3 * strlen (client_secret) + 2);
  out = append_escaped (pair, provider->client_id);
  *out++ = ':';
  out = append_escaped (out, client_secret);
  encoded = g_base64_encode ((const guint8 *) pair, (gsize) (out - pair));
  header = g_strconcat ("Basic ", encoded, NULL);
  rp_secret_free (encoded);
  rp_secret_free (pair);
  return header;
}

/* --- PKCE and the address for the browser --- */

/* base64url without padding, RFC 4648 section 5 and RFC 7636 appendix A */
static char *
dup_base64url (const guint8 *bytes, gsize n_bytes)
{
  char *text = g_base64_encode (bytes, n_bytes);

  for (char *p = text; *p != '\0'; p++)
    switch (*p)
      {
      case '+':
        *p = '-';
        break;
      case '/':
        *p = '_';
        break;
      case '=':
        *p = '\0';
        return text;
      default: /* the alphabet that both have */
        break;
      }
  return text;
}

char *
rp_oauth_request_dup_random_text (const guint8 bytes[RP_OAUTH_RANDOM_BYTES])
{
  return dup_base64url (bytes, RP_OAUTH_RANDOM_BYTES);
}

char *
rp_oauth_request_dup_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n_bytes = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, (gssize) strlen (verifier));
  g_checksum_get_digest (checksum, digest, &n_bytes);
  return dup_base64url (digest, n_bytes);
}

static gboolean
is_own_name (const char *name, const Field *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (name, fields[i].name))
      return TRUE;
  return FALSE;
}

/* A parameter may not be there twice (RFC 6749 section 3.1). */
static void
append_own_parameters (GString *address,
                       const RpOAuthProvider *provider,
                       const Field *fields,
                       gsize n_fields)
{
  for (guint i = 0; provider->authorization_parameters != NULL
                    && provider->authorization_parameters[i] != NULL;
       i++)
    {
      g_auto (GStrv) pair = g_strsplit (provider->authorization_parameters[i], "=", 2);
      const Field own = { pair[0], pair[0] != NULL ? pair[1] : NULL };
      g_autofree char *text = NULL;

      if (own.value == NULL || is_own_name (own.name, fields, n_fields))
        continue;

      text = join_fields (&own, 1);
      g_string_append_printf (address, "&%s", text);
    }
}

char *
rp_oauth_request_dup_address (const RpOAuthProvider *provider,
                              const char *user,
                              const char *redirect_uri,
                              const char *state,
                              const char *challenge)
{
  const Field fields[] = {
    { "response_type", "code" },
    { "client_id", provider->client_id },
    { "redirect_uri", redirect_uri },
    { "scope", provider->scope },
    { "state", state },
    { "code_challenge", challenge },
    { "code_challenge_method", "S256" },
    { "login_hint", user },
  };
  g_autofree char *form = join_fields (fields, G_N_ELEMENTS (fields));
  GString *address = g_string_new (provider->authorization_endpoint);

  /* A query of the endpoint's own stays: RFC 6749 section 3.1. */
  g_string_append_c (address, strchr (address->str, '?') != NULL ? '&' : '?');
  g_string_append (address, form);
  append_own_parameters (address, provider, fields, G_N_ELEMENTS (fields));
  return g_string_free (address, FALSE);
}

/* --- where metadata are --- */

static GUri *
parse_issuer (const char *issuer)
{
  if (!rp_oauth_provider_is_safe_address (issuer) || strchr (issuer, '?') != NULL)
    return NULL;

  return g_uri_parse (issuer, G_URI_FLAGS_ENCODED, NULL);
}

/* An issuer's final slash is left out before something is put behind or before it. */
static char *
dup_path (GUri *uri)
{
  char *path = g_strdup (g_uri_get_path (uri));

  if (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  return path;
}

static char *
dup_with_path (GUri *uri, const char *path)
{
  return g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL,
                     g_uri_get_host (uri), g_uri_get_port (uri), path, NULL, NULL);
}

char *
rp_oauth_request_dup_metadata_address (const char *issuer)
{
  g_autoptr (GUri) uri = parse_issuer (issuer);
  g_autofree char *own_path = uri != NULL ? dup_path (uri) : NULL;
  g_autofree char *path =
      g_strconcat ("/.well-known/oauth-authorization-server", own_path, NULL);

  return uri != NULL ? dup_with_path (uri, path) : NULL;
}

char *
rp_oauth_request_dup_openid_address (const char *issuer)
{
  g_autoptr (GUri) uri = parse_issuer (issuer);
  g_autofree char *own_path = uri != NULL ? dup_path (uri) : NULL;
  g_autofree char *path =
      own_path != NULL
          ? g_strconcat (own_path, "/.well-known/openid-configuration", NULL)
          : NULL;

  return uri != NULL ? dup_with_path (uri, path) : NULL;
}
