/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known in memory of one sign-in. */
#pragma once

#include "credentials/rp-secrets.h"
#include "oauth/rp-oauth-provider.h"
#include "oauth/rp-sign-in-record.h"
#include "oauth/rp-tokens.h"

G_BEGIN_DECLS

/**
 * RpTokenSession:
 * @server: (owned): a copy of what is needed of the server that asked last
 * @provider: (owned): as it was when a refresh began
 * @host: for which the sign-in is kept
 * @access_token: (nullable): not swapped, wiped
 * @hosts: (nullable): who may see it
 * @renew_s: on the boot's clock, when a new one is asked for
 * @end_s: when this one does not count any more
 * @last_success_s: on the wall's clock, 0 when not since the start
 * @not_before_s: on the boot's clock: the provider wants to be left alone until then
 * @failure: (nullable): of the domain #RP_SECRETS_ERROR: what is answered until then
 * @unstored: (nullable): has a new refresh token that is not in the keyring yet
 * @waiting: (element-type GTask): who waits for the refresh that goes on
 * @is_busy: one goes on
 * @is_dropped: signed out, or in anew: what a refresh brings is not kept
 */
typedef struct
{
  RpServer *server;
  RpOAuthProvider *provider;
  char *host;
  char *access_token;
  GStrv hosts;
  gint64 renew_s;
  gint64 end_s;
  gint64 last_success_s;
  gint64 not_before_s;
  GError *failure;
  RpSignInRecord *unstored;
  RpTokensAdvice advice;
  GPtrArray *waiting;
  gboolean is_busy;
  gboolean is_dropped;
} RpTokenSession;

/**
 * rp_token_session_new:
 * @host: for which the sign-in is kept
 *
 * Returns: (transfer full): one without a token
 */
RpTokenSession *rp_token_session_new (const RpServer *server, const char *host);

/** rp_token_session_set_server: @server: (transfer none): as the configuration has it
 * now, such as its proxy; not while a refresh goes on. */
void rp_token_session_set_server (RpTokenSession *self, const RpServer *server);

/** rp_token_session_ref: (transfer full): @self. */
RpTokenSession *rp_token_session_ref (RpTokenSession *self);

/** rp_token_session_unref: the last one wipes and frees it. */
void rp_token_session_unref (RpTokenSession *self);

/**
 * rp_token_session_take_token:
 * @hosts: (array zero-terminated=1): who may see it
 * @expires_in_s: 0 when the provider did not say
 * @now_s: on the boot's clock
 *
 * Renewed two minutes before its end, or a tenth of its life where that is shorter.
 */
void rp_token_session_take_token (RpTokenSession *self,
                                  const char *access_token,
                                  const char *const *hosts,
                                  guint expires_in_s,
                                  gint64 now_s);

/** rp_token_session_drop_token: wipes it. */
void rp_token_session_drop_token (RpTokenSession *self);

/** rp_token_session_may_tell: whether there is a token that @host may see. */
gboolean rp_token_session_may_tell (const RpTokenSession *self, const char *host);

/**
 * rp_token_session_take_failure:
 * @failure: (transfer full): of the domain #RP_SECRETS_ERROR
 * @until_s: on the boot's clock; until then nobody is asked again
 */
void rp_token_session_take_failure (RpTokenSession *self,
                                    GError *failure,
                                    gint64 until_s);

/** rp_token_session_get_failure: (transfer none) (nullable): what is still answered at
 * @now_s. */
const GError *rp_token_session_get_failure (const RpTokenSession *self, gint64 now_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpTokenSession, rp_token_session_unref)

G_END_DECLS
