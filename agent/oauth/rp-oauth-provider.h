/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An authorization server as the one who set it up describes it: where to ask, what to
 * ask for, and as whom (RFC 6749). A value; it is read from files elsewhere. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpOAuthProvider:
 * @name: what oauth-provider= says
 * @title: (nullable): its name for people
 * @issuer: (nullable): its issuer identifier, an https URL (RFC 8414 section 2). Where
 *   an endpoint is missing, it is read from the issuer's metadata
 * @authorization_endpoint: (nullable): RFC 6749 section 3.1
 * @token_endpoint: (nullable): RFC 6749 section 3.2
 * @device_endpoint: (nullable): RFC 8628 section 3.1; %NULL where there is no signing
 * in with a code
 * @revocation_endpoint: (nullable): RFC 7009
 * @scope: (nullable): what is asked for, words with blanks between them
 * @client_id: (nullable): as which the user registered roampost; none is bundled
 * @needs_client_secret: the token endpoint wants a client secret as well, which is kept
 *   with the sign-in in the keyring, never in a file
 * @secret_in_header: client id and secret go in the header Authorization (RFC 6749
 * section 2.3.1), not in the body, where all known providers take them
 * @redirect_host: "127.0.0.1" or "localhost", as it was registered (RFC 8252 section
 *   7.3); never %NULL
 * @redirect_path: (nullable): "/callback" or the like, as it was registered
 * @authorization_parameters: (nullable) (array zero-terminated=1): more of the
 *   authorization request, "name=value" unescaped, as "access_type=offline"
 * @sends_issuer: it puts iss into each redirect (RFC 9207), so one without it is forged
 * @testing_days: how long a refresh token of a client lives that is still registered as
 *   being tested, 0 where that is not so: a sign-in that ends at that age gets its
 * advice
 * @ca_file: (nullable): trust anchors instead of the system's
 * @registration: (nullable): page where a client is registered
 * @advice: (nullable) (array zero-terminated=1): names of what the user should know of
 *   this provider, for whoever makes sentences
 *
 * PKCE with S256 (RFC 7636) is always used, there is no key for it.
 */
typedef struct
{
  char *name;
  char *title;
  char *issuer;
  char *authorization_endpoint;
  char *token_endpoint;
  char *device_endpoint;
  char *revocation_endpoint;
  char *scope;
  char *client_id;
  gboolean needs_client_secret;
  gboolean secret_in_header;
  char *redirect_host;
  char *redirect_path;
  GStrv authorization_parameters;
  gboolean sends_issuer;
  guint testing_days;
  char *ca_file;
  char *registration;
  GStrv advice;
} RpOAuthProvider;

/**
 * rp_oauth_provider_new:
 * @name: what oauth-provider= says
 *
 * Returns: (transfer full): one of which nothing is known, with redirect_host 127.0.0.1
 */
RpOAuthProvider *rp_oauth_provider_new (const char *name);

/** rp_oauth_provider_copy: (transfer full): all of @self. */
RpOAuthProvider *rp_oauth_provider_copy (const RpOAuthProvider *self);

/** rp_oauth_provider_free: @self: (nullable). */
void rp_oauth_provider_free (RpOAuthProvider *self);

/** rp_oauth_provider_get_title: the title, else the name. */
const char *rp_oauth_provider_get_title (const RpOAuthProvider *self);

/**
 * rp_oauth_provider_dup_host:
 *
 * The host that a sign-in is kept for: that of the token endpoint, or where only the
 * issuer is known, the issuer's.
 *
 * Returns: (transfer full) (nullable): a host in lower case; %NULL when neither is
 * known
 */
char *rp_oauth_provider_dup_host (const RpOAuthProvider *self);

/**
 * rp_oauth_provider_is_safe_address:
 * @address: (nullable): an endpoint, or a page that the user is to open
 *
 * A file, a script or another machine in clear must never be opened or asked because
 * some answer said so.
 *
 * Returns: whether it is a whole https URL, or an http one of this machine, without a
 *   user, a fragment, blanks or control characters
 */
gboolean rp_oauth_provider_is_safe_address (const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpOAuthProvider, rp_oauth_provider_free)

G_END_DECLS
