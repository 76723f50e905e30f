/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that an authorization server or a stranger on loopback can say. */
#include "fuzz.h"

#include <string.h>

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-answer.h"
#include "oauth/rp-oauth-response.h"

static gboolean
is_graphic (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return text[0] != '\0';
}

static void
check_error (const GError *error)
{
  must (error != NULL && error->domain == RP_OAUTH_ERROR);
  must (strlen (error->message) < 1000 && g_utf8_validate (error->message, -1, NULL));
  must (strpbrk (error->message, "\r\n\033") == NULL);
}

/* What goes into a SASL exchange can neither end it nor go on. */
static void
check_grant (const RpOAuthGrant *grant)
{
  must (is_graphic (grant->access_token));
  must (grant->refresh_token == NULL || is_graphic (grant->refresh_token));
  must (grant->expires_in_s <= 24 * 60 * 60);
}

static void
read_tokens (guint status, const char *body, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpOAuthGrant) grant =
      rp_oauth_answer_read_tokens (status, body, n_bytes, &error);

  must ((grant == NULL) == (error != NULL));
  must (grant == NULL || status == 200);
  must (status < 500 || g_error_matches (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_OUTAGE));
  if (grant != NULL)
    check_grant (grant);
  else
    check_error (error);
}

static void
read_poll (const char *body, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;
  RpOAuthGrant *grant;
  const RpOAuthPoll poll =
      rp_oauth_answer_read_poll (400, body, n_bytes, &grant, &error);

  must (grant == NULL);
  must ((poll == RP_OAUTH_POLL_ENDED) == (error != NULL));
}

static void
read_codes (const char *body, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpOAuthDeviceCode) codes =
      rp_oauth_answer_read_device_code (200, body, n_bytes, &error);

  must ((codes == NULL) == (error != NULL));
  if (codes == NULL)
    return;

  must (is_graphic (codes->device_code) && codes->interval_s >= 1);
  must (rp_oauth_provider_is_safe_address (codes->address));
}

static void
read_metadata (const char *body, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new ("p");

  provider->issuer = g_strdup ("https://a.example");
  if (!rp_oauth_answer_read_metadata (200, body, n_bytes, provider, &error))
    {
      check_error (error);
      must (provider->token_endpoint == NULL);
      return;
    }

  must (rp_oauth_provider_is_safe_address (provider->token_endpoint));
  must (provider->authorization_endpoint == NULL
        || rp_oauth_provider_is_safe_address (provider->authorization_endpoint));
}

static void
read_query (const char *query)
{
  g_autoptr (GError) error = NULL;
  char *code;
  const RpOAuthResponse response = rp_oauth_response_read (
      query, "st-ate", "https://a.example", TRUE, &code, &error);

  must ((response == RP_OAUTH_RESPONSE_CODE) == (code != NULL));
  must ((response == RP_OAUTH_RESPONSE_ERROR) == (error != NULL));
  if (response != RP_OAUTH_RESPONSE_NOT_OURS)
    must (strstr (query, "state=") != NULL);
  if (error != NULL)
    check_error (error);
  rp_secret_free (code);
}

static void
read_texts (const char *octets, gsize n_bytes)
{
  g_autofree char *text = g_strndup (octets, n_bytes);
  char *pasted = rp_oauth_response_dup_pasted_query (text, "http://127.0.0.1:1/a");
  char *requested = rp_oauth_response_dup_requested_query (octets, n_bytes, "/a");

  read_query (text);
  if (pasted != NULL)
    read_query (pasted);
  if (requested != NULL)
    {
      must (strpbrk (requested, " \r\n") == NULL);
      read_query (requested);
    }
  rp_secret_free (pasted);
  rp_secret_free (requested);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  const char *octets = n_bytes > 0 ? (const char *) data : "";

  read_tokens (200, octets, n_bytes);
  read_tokens (400, octets, n_bytes);
  read_tokens (503, octets, n_bytes);
  read_poll (octets, n_bytes);
  read_codes (octets, n_bytes);
  read_metadata (octets, n_bytes);
  read_texts (octets, n_bytes);
  return 0;
}
