/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which account of GNOME Online Accounts a user name means, and whether it can give a
 * token for SMTP. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RP_GOA_ACCOUNT_INTERFACE: every account has it. */
#define RP_GOA_ACCOUNT_INTERFACE "org.gnome.OnlineAccounts.Account"

/** RP_GOA_TOKEN_INTERFACE: accounts that give out tokens have it. */
#define RP_GOA_TOKEN_INTERFACE "org.gnome.OnlineAccounts.OAuth2Based"

/**
 * rp_goa_account_find:
 * @objects: of type a{oa{sa{sv}}}, as GetManagedObjects of
 *   org.freedesktop.DBus.ObjectManager gives it
 * @user: an address or a user name, in any case of letters
 * @error: of the domain #RP_SECRETS_ERROR, in words of the user's language that say
 *   what to do: %RP_SECRETS_ERROR_REVOKED where the user has to sign in again,
 *   %RP_SECRETS_ERROR_MISSING where there is no account that can send by SMTP
 *
 * Of several accounts for one user the one counts that can give a token.
 *
 * Returns: (transfer full) (nullable): the object's path; %NULL with @error set
 */
char *rp_goa_account_find (GVariant *objects, const char *user, GError **error);

G_END_DECLS
