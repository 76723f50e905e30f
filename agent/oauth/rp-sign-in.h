/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sign-in of a user at a provider, from the address that is opened in a browser to
 * the tokens. Opens no browser and keeps nothing itself. */
#pragma once

#include <gio/gio.h>

#include "oauth/rp-oauth-error.h"
#include "oauth/rp-oauth-grant.h"
#include "oauth/rp-oauth-provider.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpSignInWay:
 * @RP_SIGN_IN_BROWSER: authorization code (RFC 6749 section 4.1) with PKCE, in a
 * browser of this machine, which comes back to a port of ours on loopback (RFC 8252
 * section 7.3)
 * @RP_SIGN_IN_DEVICE: the user types a code on another device (RFC 8628)
 * @RP_SIGN_IN_PASTE: as in the browser, but that may run elsewhere: the address of the
 *   last page, which cannot load there, is given to rp_sign_in_paste()
 */
typedef enum
{
  RP_SIGN_IN_BROWSER,
  RP_SIGN_IN_DEVICE,
  RP_SIGN_IN_PASTE
} RpSignInWay;

/** RpSignIn: lives for one sign-in. Before somebody awaits it, it ends when it is
 * freed; then when it is cancelled. */
#define RP_TYPE_SIGN_IN (rp_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (RpSignIn, rp_sign_in, RP, SIGN_IN, GObject)

/**
 * rp_sign_in_new:
 * @provider: (transfer none): is copied
 * @user: (nullable): the address to sign in as, for the provider's page
 * @client_secret: (nullable): where the provider needs one; is copied, and wiped
 *
 * Returns: (transfer full): one that was not begun
 */
RpSignIn *rp_sign_in_new (RpCurlLoop *loop,
                          const RpOAuthProvider *provider,
                          const char *user,
                          RpSignInWay way,
                          const char *client_secret);

/**
 * rp_sign_in_set_proxy:
 * @proxy: (nullable): URL of the proxy that the provider's endpoints are asked through,
 *   as proxy= of a server has it; without one they are asked directly
 */
void rp_sign_in_set_proxy (RpSignIn *self, const char *proxy);

/**
 * rp_sign_in_set_second_ms:
 * @second_ms: how long a second takes, in milliseconds: 1000, unless a test is in a
 * hurry
 *
 * Holds for the time that the user has and for the pause between two questions.
 */
void rp_sign_in_set_second_ms (RpSignIn *self, guint second_ms);

/**
 * rp_sign_in_begin_async:
 * @cancellable: (nullable): ends it with %G_IO_ERROR_CANCELLED
 *
 * Reads the issuer's metadata (RFC 8414) where an endpoint is missing, then listens on
 * loopback or asks for the codes of a device. To be called once.
 */
void rp_sign_in_begin_async (RpSignIn *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_sign_in_begin_finish:
 * @error: of the domain #RP_OAUTH_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the user can sign in now
 */
gboolean rp_sign_in_begin_finish (RpSignIn *self, GAsyncResult *result, GError **error);

/** rp_sign_in_get_address: (transfer none): to be opened in a browser; %NULL before it
 * began. */
const char *rp_sign_in_get_address (RpSignIn *self);

/** rp_sign_in_get_complete_address: (transfer none) (nullable): the same with the code
 * of a device in it, for a link or a picture, where the provider has one. */
const char *rp_sign_in_get_complete_address (RpSignIn *self);

/** rp_sign_in_get_user_code: (transfer none) (nullable): to be typed at the address,
 * for %RP_SIGN_IN_DEVICE. */
const char *rp_sign_in_get_user_code (RpSignIn *self);

/** rp_sign_in_get_expires_in_s: the seconds that the user has from the begin on. */
guint rp_sign_in_get_expires_in_s (RpSignIn *self);

/**
 * rp_sign_in_await_async:
 * @cancellable: (nullable): ends it with %G_IO_ERROR_CANCELLED, and the sign-in with it
 *
 * Waits for the user, then fetches the tokens. What happened before is not lost. To be
 * called once, after it began.
 */
void rp_sign_in_await_async (RpSignIn *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_sign_in_await_finish:
 * @error: of the domain #RP_OAUTH_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): with a refresh token, always, and with all that
 *   was asked for; %NULL with @error set
 */
RpOAuthGrant *rp_sign_in_await_finish (RpSignIn *self,
                                       GAsyncResult *result,
                                       GError **error);

/**
 * rp_sign_in_paste:
 * @address: the address of the page that the provider led the browser to
 * @error: %RP_OAUTH_ERROR_MISMATCH: that is another address, and the sign-in goes on
 *   waiting
 *
 * The code is as secret as a password until it is used: @address does not come back in
 * @error.
 *
 * Returns: whether it was the answer to this sign-in, be it a yes or a no; what comes
 * of it is the result of rp_sign_in_await_finish()
 */
gboolean rp_sign_in_paste (RpSignIn *self, const char *address, GError **error);

G_END_DECLS
