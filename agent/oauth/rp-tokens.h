/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access tokens as secrets like any other: made of the sign-in in the keyring when they
 * are asked for, kept in memory alone. */
#pragma once

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-grant.h"
#include "oauth/rp-oauth-providers.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpTokens: #RpSecrets in front of another.
 *
 * A lookup for %RP_SECRET_TOKEN gives an access token for a host of the server that the
 * sign-in was made for, fetching a new one (RFC 6749 section 6) when the one in memory
 * is gone or near its end. However many ask, each sign-in is refreshed once at a time.
 * A new refresh token is in the keyring before the access token that came with it is
 * given out. Errors:
 * - %RP_SECRETS_ERROR_MISSING: nobody signed in, or not for this host: sign in (again)
 * - %RP_SECRETS_ERROR_LOCKED: the keyring's
 * - %RP_SECRETS_ERROR_UNAVAILABLE: no answer, an outage, or any other error of the
 *   provider's: the sign-in stays as it is
 * - %RP_SECRETS_ERROR_REVOKED: the provider said that it does not count any more. The
 *   sign-in stays in the keyring, and is tried again after some time: a provider that
 *   dislikes this network may like the next
 *
 * A lookup for %RP_SECRET_SIGN_IN says without network whether there is a sign-in: its
 * secret is a word without meaning, its host does not count.
 *
 * A refresh that has begun is never broken off, whoever is cancelled: its answer may
 * hold the only refresh token that still counts.
 *
 * A server with secret-command= or secret-credential= has its access token there.
 * All else is what the other #RpSecrets does.
 */
#define RP_TYPE_TOKENS (rp_tokens_get_type ())
G_DECLARE_FINAL_TYPE (RpTokens, rp_tokens, RP, TOKENS, GObject)

/**
 * rp_tokens_new:
 * @inner: (transfer none): where sign-ins are kept
 * @providers: (transfer none): those that servers name
 *
 * Returns: (transfer full): #RpTokens as #RpSecrets
 */
RpSecrets *rp_tokens_new (RpSecrets *inner,
                          RpCurlLoop *loop,
                          RpOAuthProviders *providers);

/** rp_tokens_set_providers: @providers: (transfer none): what the files say now. */
void rp_tokens_set_providers (RpTokens *self, RpOAuthProviders *providers);

/**
 * RpTokensBrokerAsync: as rp_goa_get_token_async()
 * @user: whose access token is wanted
 */
typedef void (*RpTokensBrokerAsync) (gpointer broker,
                                     const char *user,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * RpTokensBrokerFinish: as rp_goa_get_token_finish()
 *
 * Returns: (transfer full) (nullable): the access token, for rp_secret_free(); the
 * errors are of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 */
typedef char *(*RpTokensBrokerFinish) (gpointer broker,
                                       GAsyncResult *result,
                                       GError **error);

/**
 * rp_tokens_set_broker:
 * @broker: (transfer none): a #GObject, asked for the tokens of servers with
 *   oauth-provider=%RP_OAUTH_BROKER
 *
 * It is asked for a token each time, and keeps its own; a lookup for %RP_SECRET_SIGN_IN
 * of such a server succeeds without asking.
 */
void rp_tokens_set_broker (RpTokens *self,
                           GObject *broker,
                           RpTokensBrokerAsync get_async,
                           RpTokensBrokerFinish get_finish);

/**
 * RpTokensClock:
 * @get_boot_s: seconds that go on while the machine sleeps and never jump
 *   (CLOCK_BOOTTIME)
 * @get_wall_s: seconds since 1970
 */
typedef struct
{
  gint64 (*get_boot_s) (void);
  gint64 (*get_wall_s) (void);
} RpTokensClock;

/** rp_tokens_set_clock: another clock than the system's, for tests. */
void rp_tokens_set_clock (RpTokens *self, const RpTokensClock *clock);

/**
 * rp_tokens_keep_async:
 * @server: (transfer none): which was signed in for; the sign-in counts for the hosts
 * of its endpoints alone
 * @grant: (transfer none): of rp_sign_in_await_finish()
 * @cancellable: (nullable)
 *
 * Keeps a sign-in in the keyring, in place of an earlier one of the user at the
 * provider; hosts that this one counted for stay if the client is the same.
 * RpSecrets::unlocked tells that mail can go again.
 */
void rp_tokens_keep_async (RpTokens *self,
                           const RpServer *server,
                           const RpOAuthGrant *grant,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * rp_tokens_keep_finish:
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is kept
 */
gboolean rp_tokens_keep_finish (RpTokens *self, GAsyncResult *result, GError **error);

/**
 * rp_tokens_forget_async:
 * @server: (transfer none): whose sign-in is to be forgotten
 * @cancellable: (nullable)
 *
 * Revokes the refresh token where the provider can (RFC 7009), and removes the sign-in
 * from the keyring in any case: nobody who wants to be signed out is told that it
 * cannot be because the network is down.
 */
void rp_tokens_forget_async (RpTokens *self,
                             const RpServer *server,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_tokens_forget_finish:
 * @was_revoked: (out) (optional): whether the provider confirmed that it forgot it, too
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether nothing of it is left in the keyring
 */
gboolean rp_tokens_forget_finish (RpTokens *self,
                                  GAsyncResult *result,
                                  gboolean *was_revoked,
                                  GError **error);

/**
 * RpTokensAdvice:
 * @RP_TOKENS_ADVICE_NONE: nothing more than the error's own words
 * @RP_TOKENS_ADVICE_TESTING: the sign-in ended at the age at which the provider ends
 *   those of a client that is registered as being tested: Google's seven days
 * @RP_TOKENS_ADVICE_CONSENT: an administrator must approve roampost
 * @RP_TOKENS_ADVICE_CLIENT: the registration is not right: client id, secret
 */
typedef enum
{
  RP_TOKENS_ADVICE_NONE,
  RP_TOKENS_ADVICE_TESTING,
  RP_TOKENS_ADVICE_CONSENT,
  RP_TOKENS_ADVICE_CLIENT
} RpTokensAdvice;

/** rp_tokens_get_advice: what the last refresh of @server's sign-in told. */
RpTokensAdvice rp_tokens_get_advice (RpTokens *self, const RpServer *server);

G_END_DECLS
