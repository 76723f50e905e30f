/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access tokens of the accounts that the user has added in GNOME Settings (GNOME Online
 * Accounts), over the session bus. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpGoa: connects when it is needed, lives without a session bus, and outlives one. */
#define RP_TYPE_GOA (rp_goa_get_type ())
G_DECLARE_FINAL_TYPE (RpGoa, rp_goa, RP, GOA, GObject)

/**
 * RpGoa::unlocked: an account was added, or changed: one that had ended may give out
 * tokens again. Only after the first question for a token, as long as the session bus
 * of that time lives.
 */

/** rp_goa_new: (transfer full): one that is not connected yet. */
RpGoa *rp_goa_new (void);

/**
 * rp_goa_get_token_async:
 * @user: whose address or user name the account has
 * @cancellable: (nullable)
 *
 * Has the account's sign-in checked, and refreshed where that is due, then asks for its
 * access token. Starts the service where the session bus knows how to.
 */
void rp_goa_get_token_async (RpGoa *self,
                             const char *user,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_goa_get_token_finish:
 * @error: of the domain #RP_SECRETS_ERROR, in words of the user's language:
 *   %RP_SECRETS_ERROR_REVOKED where the user has to sign in again,
 *   %RP_SECRETS_ERROR_MISSING where there is no account that can send by SMTP,
 *   %RP_SECRETS_ERROR_UNAVAILABLE where there is no service or an outage; or
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the token, for rp_secret_free(); %NULL with
 *   @error set
 */
char *rp_goa_get_token_finish (RpGoa *self, GAsyncResult *result, GError **error);

G_END_DECLS
