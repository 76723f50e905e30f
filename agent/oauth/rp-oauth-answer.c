/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-answer.h"

#include <string.h>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-json.h"

#define DAY_S (24 * 60 * 60)

/* Larger tokens would not fit into an AUTH command (RFC 4954 section 4: 12288 octets
 * of base64 a line). */
#define MAX_TOKEN_BYTES (9 * 1024)

#define MAX_USER_CODE_BYTES 64
#define DEFAULT_INTERVAL_S 5
#define MAX_INTERVAL_S 60

/* --- what went wrong --- */

static void
set_outage (guint status, const RpOAuthJson *json, GError **error)
{
  const char *name = json != NULL ? rp_oauth_json_get_text (json, "error") : NULL;
  const char *words =
      json != NULL ? rp_oauth_json_get_text (json, "error_description") : NULL;
  g_autofree char *text = g_strdup_printf ("HTTP status %u", status);
  g_autoptr (GError) told =
      rp_oauth_error_from_words (name != NULL ? name : text, words);

  g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_OUTAGE, told->message);
}

/* Returns: whether the answer is an error, which is then set */
static gboolean
take_error (guint status, const RpOAuthJson *json, GError **error)
{
  const char *name = json != NULL ? rp_oauth_json_get_text (json, "error") : NULL;

  /* A proxy or a server in trouble must not end a sign-in, whatever it says. */
  if (status >= 500 || status == 429 || status == 408)
    set_outage (status, json, error);
  else if (json == NULL)
    g_set_error (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                 "HTTP status %u, and no JSON", status);
  else if (name != NULL)
    g_propagate_error (error,
                       rp_oauth_error_from_words (
                           name, rp_oauth_json_get_text (json, "error_description")));
  else if (status < 200 || status > 299)
    g_set_error (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL, "HTTP status %u",
                 status);
  else
    return FALSE;
  return TRUE;
}

static gboolean
set_missing (const char *name, GError **error)
{
  g_set_error (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
               "the answer has no usable \"%s\"", name);
  return FALSE;
}

/* --- tokens --- */

/* RFC 6749 appendix A: characters that print; and no blank, so that nothing can be put
 * into the SASL exchange behind the token. */
static gboolean
is_token (const char *text)
{
  if (text == NULL || strlen (text) > MAX_TOKEN_BYTES)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

static RpOAuthGrant *
read_grant (const RpOAuthJson *json, GError **error)
{
  const char *access_token = rp_oauth_json_get_text (json, "access_token");
  const char *refresh_token = rp_oauth_json_get_text (json, "refresh_token");
  const char *type = rp_oauth_json_get_text (json, "token_type");
  RpOAuthGrant *grant;

  /* A token of another type would be used in another way (RFC 6749 section 7.1). */
  if (type == NULL || g_ascii_strcasecmp (type, "bearer") != 0)
    return set_missing ("token_type", error), NULL;
  if (!is_token (access_token))
    return set_missing ("access_token", error), NULL;
  if (refresh_token != NULL && !is_token (refresh_token))
    return set_missing ("refresh_token", error), NULL;

  grant = g_new0 (RpOAuthGrant, 1);
  grant->access_token = g_strdup (access_token);
  grant->refresh_token = g_strdup (refresh_token);
  grant->expires_in_s = (guint) rp_oauth_json_get_number (json, "expires_in", 0, DAY_S);
  grant->scope = g_strdup (rp_oauth_json_get_text (json, "scope"));
  return grant;
}

RpOAuthGrant *
rp_oauth_answer_read_tokens (guint status,
                             const char *body,
                             gsize n_bytes,
                             GError **error)
{
  g_autoptr (RpOAuthJson) json = rp_oauth_json_parse (body, n_bytes);

  return take_error (status, json, error) ? NULL : read_grant (json, error);
}

RpOAuthPoll
rp_oauth_answer_read_poll (
    guint status, const char *body, gsize n_bytes, RpOAuthGrant **grant, GError **error)
{
  g_autoptr (RpOAuthJson) json = rp_oauth_json_parse (body, n_bytes);
  const char *name = json != NULL ? rp_oauth_json_get_text (json, "error") : NULL;

  *grant = NULL;
  if (g_strcmp0 (name, "authorization_pending") == 0)
    return RP_OAUTH_POLL_PENDING;
  if (g_strcmp0 (name, "slow_down") == 0)
    return RP_OAUTH_POLL_SLOW_DOWN;

  if (!take_error (status, json, error))
    *grant = read_grant (json, error);
  return RP_OAUTH_POLL_ENDED;
}

/* --- codes of a device --- */

void
rp_oauth_device_code_free (RpOAuthDeviceCode *self)
{
  if (self == NULL)
    return;

  rp_secret_free (self->device_code);
  g_free (self->user_code);
  g_free (self->address);
  g_free (self->complete_address);
  g_free (self);
}

/* Shown to the user as it is. */
static gboolean
is_user_code (const char *text)
{
  if (text == NULL || strlen (text) > MAX_USER_CODE_BYTES)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;
  return TRUE;
}

static RpOAuthDeviceCode *
read_codes (const RpOAuthJson *json, GError **error)
{
  const char *device_code = rp_oauth_json_get_text (json, "device_code");
  const char *user_code = rp_oauth_json_get_text (json, "user_code");
  const char *address = rp_oauth_json_get_text (json, "verification_uri");
  const char *complete = rp_oauth_json_get_text (json, "verification_uri_complete");
  RpOAuthDeviceCode *codes;

  if (address == NULL) /* as Google called it before the RFC, and still does */
    address = rp_oauth_json_get_text (json, "verification_url");
  if (!is_token (device_code))
    return set_missing ("device_code", error), NULL;
  if (!is_user_code (user_code))
    return set_missing ("user_code", error), NULL;
  if (!rp_oauth_provider_is_safe_address (address))
    return set_missing ("verification_uri", error), NULL;

  codes = g_new0 (RpOAuthDeviceCode, 1);
  codes->device_code = g_strdup (device_code);
  codes->user_code = g_strdup (user_code);
  codes->address = g_strdup (address);
  if (rp_oauth_provider_is_safe_address (complete))
    codes->complete_address = g_strdup (complete);
  codes->expires_in_s =
      (guint) rp_oauth_json_get_number (json, "expires_in", 10 * 60, DAY_S);
  codes->interval_s =
      (guint) MAX (1, rp_oauth_json_get_number (json, "interval", DEFAULT_INTERVAL_S,
                                                MAX_INTERVAL_S));
  return codes;
}

RpOAuthDeviceCode *
rp_oauth_answer_read_device_code (guint status,
                                  const char *body,
                                  gsize n_bytes,
                                  GError **error)
{
  g_autoptr (RpOAuthJson) json = rp_oauth_json_parse (body, n_bytes);

  return take_error (status, json, error) ? NULL : read_codes (json, error);
}

/* --- metadata --- */

static gboolean
check_metadata (const RpOAuthJson *json,
                const RpOAuthProvider *provider,
                GError **error)
{
  const char *issuer = rp_oauth_json_get_text (json, "issuer");
  g_auto (GStrv) methods =
      rp_oauth_json_dup_texts (json, "code_challenge_methods_supported");

  /* Character for character; else one issuer could speak for another. */
  if (g_strcmp0 (issuer, provider->issuer) != 0)
    {
      g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_MISMATCH,
                           "the metadata are of another issuer");
      return FALSE;
    }
  if (methods != NULL && !g_strv_contains ((const char *const *) methods, "S256"))
    {
      g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                           "the server has no PKCE with S256");
      return FALSE;
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): what is configured, else what the metadata say
 */
static char *
dup_endpoint (const char *configured, const RpOAuthJson *json, const char *name)
{
  const char *address = rp_oauth_json_get_text (json, name);

  if (configured != NULL)
    return g_strdup (configured);
  return rp_oauth_provider_is_safe_address (address) ? g_strdup (address) : NULL;
}

static void
take_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

static void
take_client_authentication (const RpOAuthJson *json, RpOAuthProvider *provider)
{
  g_auto (GStrv) ways =
      rp_oauth_json_dup_texts (json, "token_endpoint_auth_methods_supported");

  if (ways != NULL
      && !g_strv_contains ((const char *const *) ways, "client_secret_post")
      && g_strv_contains ((const char *const *) ways, "client_secret_basic"))
    provider->secret_in_header = TRUE;
}

gboolean
rp_oauth_answer_read_metadata (guint status,
                               const char *body,
                               gsize n_bytes,
                               RpOAuthProvider *provider,
                               GError **error)
{
  g_autoptr (RpOAuthJson) json = rp_oauth_json_parse (body, n_bytes);
  char *token_endpoint;

  if (take_error (status, json, error) || !check_metadata (json, provider, error))
    return FALSE;

  token_endpoint = dup_endpoint (provider->token_endpoint, json, "token_endpoint");
  if (token_endpoint == NULL)
    return set_missing ("token_endpoint", error);

  take_text (&provider->token_endpoint, token_endpoint);
  take_text (
      &provider->authorization_endpoint,
      dup_endpoint (provider->authorization_endpoint, json, "authorization_endpoint"));
  take_text (
      &provider->device_endpoint,
      dup_endpoint (provider->device_endpoint, json, "device_authorization_endpoint"));
  take_text (&provider->revocation_endpoint,
             dup_endpoint (provider->revocation_endpoint, json, "revocation_endpoint"));
  /* RFC 9207 section 3 */
  if (rp_oauth_json_get_truth (json, "authorization_response_iss_parameter_supported"))
    provider->sends_issuer = TRUE;
  take_client_authentication (json, provider);
  return TRUE;
}

/* --- the rest --- */

gboolean
rp_oauth_answer_check (guint status, const char *body, gsize n_bytes, GError **error)
{
  g_autoptr (RpOAuthJson) json = rp_oauth_json_parse (body, n_bytes);

  if (status >= 200 && status <= 299)
    return TRUE;

  take_error (status, json, error);
  return FALSE;
}

static gboolean
holds_scope (char **scopes, const char *wanted)
{
  for (guint i = 0; scopes[i] != NULL; i++)
    if (g_ascii_strcasecmp (scopes[i], wanted) == 0)
      return TRUE;
  return FALSE;
}

gboolean
rp_oauth_answer_grants (const char *asked, const char *granted)
{
  static const char *const never_repeated[] = { "offline_access", "openid", "email",
                                                "profile", NULL };
  g_auto (GStrv) wanted = g_strsplit (asked != NULL ? asked : "", " ", -1);
  g_auto (GStrv) given = g_strsplit (granted != NULL ? granted : "", " ", -1);

  if (granted == NULL)
    return TRUE;

  for (guint i = 0; wanted[i] != NULL; i++)
    if (wanted[i][0] != '\0' && !g_strv_contains (never_repeated, wanted[i])
        && !holds_scope (given, wanted[i]))
      return FALSE;
  return TRUE;
}
