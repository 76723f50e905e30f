/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-goa-account.h"

#include <glib/gi18n.h>

#include "credentials/rp-secrets.h"

#define MAIL_INTERFACE "org.gnome.OnlineAccounts.Mail"

/* Fitness: what an account is good for, the best last. */
typedef enum
{
  FITNESS_NONE,       /* it is another user's */
  FITNESS_NO_TOKEN,   /* a password, a ticket, or Exchange's own protocol */
  FITNESS_NO_SMTP,    /* a token without the right to send by SMTP */
  FITNESS_NO_MAIL,    /* mail is switched off for it */
  FITNESS_ATTENTION,  /* the user has to sign in again */
  FITNESS_GIVES_TOKEN /* at last */
} Fitness;

/* Account: one object
 * @path: of the object
 * @interfaces: (element-type utf8 GVariant): a{sv} by name */
typedef struct
{
  const char *path;
  GVariant *interfaces;
} Account;

static char *
dup_text (const Account *account, const char *interface, const char *property)
{
  g_autoptr (GVariant) properties =
      g_variant_lookup_value (account->interfaces, interface, G_VARIANT_TYPE_VARDICT);
  char *text = NULL;

  if (properties != NULL)
    g_variant_lookup (properties, property, "s", &text);
  return text;
}

static gboolean
is_set (const Account *account, const char *interface, const char *property)
{
  g_autoptr (GVariant) properties =
      g_variant_lookup_value (account->interfaces, interface, G_VARIANT_TYPE_VARDICT);
  gboolean value = FALSE;

  return properties != NULL && g_variant_lookup (properties, property, "b", &value)
         && value;
}

static gboolean
has_interface (const Account *account, const char *interface)
{
  g_autoptr (GVariant) properties =
      g_variant_lookup_value (account->interfaces, interface, NULL);

  return properties != NULL;
}

static gboolean
says_user (const Account *account,
           const char *interface,
           const char *property,
           const char *user)
{
  g_autofree char *text = dup_text (account, interface, property);
  g_autofree char *said = text != NULL ? g_utf8_casefold (text, -1) : NULL;
  g_autofree char *wanted = g_utf8_casefold (user, -1);

  return g_strcmp0 (said, wanted) == 0;
}

static gboolean
belongs_to (const Account *account, const char *user)
{
  return says_user (account, RP_GOA_ACCOUNT_INTERFACE, "PresentationIdentity", user)
         || says_user (account, MAIL_INTERFACE, "EmailAddress", user)
         || says_user (account, MAIL_INTERFACE, "SmtpUserName", user);
}

/* The token of all of them is made for Microsoft Graph, or for nothing that mail is
 * sent by. */
static gboolean
is_microsoft (const Account *account)
{
  static const char *const types[] = { "ms_graph", "ms365", "windows_live", NULL };
  g_autofree char *type = dup_text (account, RP_GOA_ACCOUNT_INTERFACE, "ProviderType");

  return type != NULL && g_strv_contains (types, type);
}

static Fitness
judge (const Account *account, const char *user)
{
  if (!belongs_to (account, user))
    return FITNESS_NONE;
  if (is_microsoft (account))
    return FITNESS_NO_SMTP;
  if (!has_interface (account, RP_GOA_TOKEN_INTERFACE))
    return FITNESS_NO_TOKEN;
  if (!has_interface (account, MAIL_INTERFACE)
      || is_set (account, RP_GOA_ACCOUNT_INTERFACE, "MailDisabled"))
    return FITNESS_NO_MAIL;
  return is_set (account, RP_GOA_ACCOUNT_INTERFACE, "AttentionNeeded")
             ? FITNESS_ATTENTION
             : FITNESS_GIVES_TOKEN;
}

static void
set_error (Fitness fitness, const Account *account, const char *user, GError **error)
{
  g_autofree char *name =
      fitness != FITNESS_NONE
          ? dup_text (account, RP_GOA_ACCOUNT_INTERFACE, "ProviderName")
          : NULL;

  switch (fitness)
    {
    case FITNESS_NONE:
      g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                   _ ("GNOME Settings has no account %s; add it there under \"Online"
                      " Accounts\""),
                   user);
      break;
    case FITNESS_NO_TOKEN:
      g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                   _ ("the account %1$s of GNOME Settings (%2$s) gives out no token;"
                      " write access=password"),
                   user, name != NULL ? name : "");
      break;
    case FITNESS_NO_SMTP:
      g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                   _ ("the token that GNOME gets at Microsoft for %s may not send by"
                      " SMTP; write oauth-provider=microsoft, or microsoft-consumer for"
                      " outlook.com"),
                   user);
      break;
    case FITNESS_NO_MAIL:
      g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                   _ ("mail is switched off for the account %s in GNOME Settings;"
                      " switch it on there under \"Online Accounts\""),
                   user);
      break;
    case FITNESS_ATTENTION:
      g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_REVOKED,
                   _ ("the sign-in of the account %s has ended; sign in again in GNOME"
                      " Settings under \"Online Accounts\""),
                   user);
      break;
    case FITNESS_GIVES_TOKEN:
      g_assert_not_reached ();
    }
}

char *
rp_goa_account_find (GVariant *objects, const char *user, GError **error)
{
  Fitness best = FITNESS_NONE;
  Account chosen = { NULL, NULL };
  Account account;
  GVariantIter iter;

  g_variant_iter_init (&iter, objects);
  while (
      g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &account.path, &account.interfaces))
    {
      const Fitness fitness = judge (&account, user);

      if (fitness > best)
        {
          best = fitness;
          g_clear_pointer (&chosen.interfaces, g_variant_unref);
          chosen = account;
        }
      else
        g_variant_unref (account.interfaces);
    }

  if (best != FITNESS_GIVES_TOKEN)
    set_error (best, &chosen, user, error);
  g_clear_pointer (&chosen.interfaces, g_variant_unref);
  return best == FITNESS_GIVES_TOKEN ? g_strdup (chosen.path) : NULL;
}
