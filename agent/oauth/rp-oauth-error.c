/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-error.h"

#include <string.h>

#include "core/rp-printable.h"

#define MAX_MESSAGE_BYTES 400

G_DEFINE_QUARK (rp - oauth - error - quark, rp_oauth_error)

/* What is said in error_description, whatever the error is called. Microsoft's numbers
 * are from its page of AADSTS error codes. The first row that fits holds. */
static const struct
{
  const char *words;
  RpOAuthError error;
} by_description[] = {
  { "AADSTS65001", RP_OAUTH_ERROR_CONSENT },  /* nobody has consented */
  { "AADSTS65004", RP_OAUTH_ERROR_DENIED },   /* the user declined */
  { "AADSTS90008", RP_OAUTH_ERROR_CONSENT },  /* consent for the resource is missing */
  { "AADSTS90093", RP_OAUTH_ERROR_CONSENT },  /* more than a user may consent to */
  { "AADSTS90094", RP_OAUTH_ERROR_CONSENT },  /* an administrator has to */
  { "AADSTS90095", RP_OAUTH_ERROR_CONSENT },  /* and can be asked by a request */
  { "AADSTS50105", RP_OAUTH_ERROR_CONSENT },  /* the user is not assigned to it */
  { "AADSTS50011", RP_OAUTH_ERROR_CLIENT },   /* redirect address not registered */
  { "AADSTS700016", RP_OAUTH_ERROR_CLIENT },  /* no such client in the tenant */
  { "AADSTS7000112", RP_OAUTH_ERROR_CLIENT }, /* the client is disabled */
  { "AADSTS7000215", RP_OAUTH_ERROR_CLIENT }, /* wrong client secret */
  { "AADSTS7000218", RP_OAUTH_ERROR_CLIENT }, /* a secret is wanted: no public client */
  { "AADSTS7000222", RP_OAUTH_ERROR_CLIENT }, /* the client secret has expired */
};

static const struct
{
  const char *name;
  RpOAuthError error;
} by_name[] = {
  /* RFC 6749 sections 4.1.2.1 and 5.2 */
  { "access_denied", RP_OAUTH_ERROR_DENIED },
  { "invalid_grant", RP_OAUTH_ERROR_REVOKED },
  { "invalid_client", RP_OAUTH_ERROR_CLIENT },
  { "unauthorized_client", RP_OAUTH_ERROR_CLIENT },
  { "unsupported_grant_type", RP_OAUTH_ERROR_CLIENT },
  { "unsupported_response_type", RP_OAUTH_ERROR_CLIENT },
  { "invalid_scope", RP_OAUTH_ERROR_CLIENT },
  { "server_error", RP_OAUTH_ERROR_OUTAGE },
  { "temporarily_unavailable", RP_OAUTH_ERROR_OUTAGE },
  /* RFC 8628 section 3.5 */
  { "expired_token", RP_OAUTH_ERROR_EXPIRED },
  { "slow_down", RP_OAUTH_ERROR_OUTAGE },
  /* Microsoft's access_denied of a device code */
  { "authorization_declined", RP_OAUTH_ERROR_DENIED },
  /* OpenID Connect Core 3.1.2.6: nothing goes on without the user */
  { "interaction_required", RP_OAUTH_ERROR_REVOKED },
  { "login_required", RP_OAUTH_ERROR_REVOKED },
  { "account_selection_required", RP_OAUTH_ERROR_REVOKED },
  { "consent_required", RP_OAUTH_ERROR_CONSENT },
  /* Google's */
  { "admin_policy_enforced", RP_OAUTH_ERROR_CONSENT },
  { "access_not_configured", RP_OAUTH_ERROR_CONSENT },
  { "org_internal", RP_OAUTH_ERROR_CONSENT },
  { "deleted_client", RP_OAUTH_ERROR_CLIENT },
  { "disabled_client", RP_OAUTH_ERROR_CLIENT },
  { "redirect_uri_mismatch", RP_OAUTH_ERROR_CLIENT },
};

/* A number is not the beginning of a longer one. */
static gboolean
holds_word (const char *text, const char *word)
{
  const gsize n_bytes = strlen (word);

  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    if (!g_ascii_isalnum (p[n_bytes]))
      return TRUE;
  return FALSE;
}

static RpOAuthError
judge (const char *error, const char *description)
{
  for (guint i = 0; description != NULL && i < G_N_ELEMENTS (by_description); i++)
    if (holds_word (description, by_description[i].words))
      return by_description[i].error;

  for (guint i = 0; i < G_N_ELEMENTS (by_name); i++)
    if (g_strcmp0 (error, by_name[i].name) == 0)
      return by_name[i].error;

  return RP_OAUTH_ERROR_PROTOCOL;
}

GError *
rp_oauth_error_from_words (const char *error, const char *description)
{
  const gboolean has_both =
      error != NULL && description != NULL && description[0] != '\0';
  g_autofree char *text = g_strconcat (error != NULL ? error : "", has_both ? ": " : "",
                                       description != NULL ? description : "", NULL);
  g_autofree char *line = rp_printable_dup (text, -1);

  rp_printable_cut (line, MAX_MESSAGE_BYTES);
  return g_error_new_literal (RP_OAUTH_ERROR, (int) judge (error, description), line);
}
