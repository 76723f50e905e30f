/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words/rp-words-trouble.h"

#include <glib/gi18n.h>

/* Names of switches stand as the English pages of the providers have them: who looks
 * for one in another language finds it by its place. */
static const struct
{
  const char *meaning;
  const char *advice;
} sentences[] = {
  [RP_TROUBLE_NONE] = { NULL, NULL },
  [RP_TROUBLE_WRONG_PASSWORD] = { N_ ("The server refused user name or password"),
                                  N_ ("Store the right password with “roampost login”; "
                                      "some providers want a "
                                      "password made for one program (app password)") },
  [RP_TROUBLE_APP_PASSWORD] = { N_ ("Google refused user name or password; from mail "
                                    "programs it takes only app "
                                    "passwords, never the account's own"),
                                N_ ("Make an app password at "
                                    "https://myaccount.google.com/apppasswords (2-Step "
                                    "Verification must be on) and store it with "
                                    "“roampost login”, or sign in with "
                                    "access=oauth2") },
  [RP_TROUBLE_WEB_LOGIN] = { N_ ("Google found this login unusual and wants to see you "
                                 "in a web browser first"),
                             N_ ("Log in at https://accounts.google.com with a browser "
                                 "on this network, confirm "
                                 "that it was you, and try again; with access=oauth2 "
                                 "it does not come again") },
  [RP_TROUBLE_SMTP_OFF_TENANT] = { N_ ("An administrator switched sending by mail "
                                       "programs (SMTP AUTH) off for your "
                                       "whole organisation"),
                                   N_ ("Ask the administrator: Exchange admin center, "
                                       "Settings, Mail flow, “Turn off "
                                       "SMTP AUTH protocol for your organization”; or "
                                       "for your mailbox alone: "
                                       "Set-CASMailbox "
                                       "-SmtpClientAuthenticationDisabled $false") },
  [RP_TROUBLE_SMTP_OFF_MAILBOX] = { N_ ("An administrator switched sending by mail "
                                        "programs (SMTP AUTH) off for your "
                                        "mailbox"),
                                    N_ ("Ask the administrator: Microsoft 365 admin "
                                        "center, Active users, your name, "
                                        "Mail, Manage email apps, “Authenticated "
                                        "SMTP”; or Set-CASMailbox "
                                        "-SmtpClientAuthenticationDisabled $false") },
  [RP_TROUBLE_PASSWORDS_OFF] = { N_ ("Microsoft takes no passwords from mail programs "
                                     "for this account any more"),
                                 N_ ("Give the server access=oauth2 in roampost.conf "
                                     "and sign in with “roampost "
                                     "login”") },
  [RP_TROUBLE_SECURITY_DEFAULTS] = { N_ ("Your organisation's Security Defaults let no "
                                         "login by a password alone in"),
                                     N_ ("Sign in with access=oauth2, or ask the "
                                         "administrator: Microsoft Entra admin "
                                         "center, Identity, Overview, Properties, "
                                         "“Manage security defaults”") },
  [RP_TROUBLE_ORGANISATION_RULE] = { N_ ("A rule of your organisation does not let "
                                         "this login in; Microsoft does not "
                                         "say which"),
                                     N_ ("Ask the administrator which it is: Security "
                                         "Defaults, a Conditional Access "
                                         "policy against legacy authentication, or "
                                         "Set-CASMailbox "
                                         "-SmtpClientAuthenticationDisabled; the first "
                                         "two mostly let access=oauth2 "
                                         "in") },
  [RP_TROUBLE_EXCHANGE_REFUSED] = { N_ ("The server refused the login and does not say "
                                        "why: a wrong password, or login "
                                        "by mail programs is off for the mailbox"),
                                    N_ ("Store the right password with “roampost "
                                        "login”; if it is right, ask the "
                                        "administrator whether “Authenticated SMTP” is "
                                        "on for your mailbox and "
                                        "Security Defaults are off, or sign in with "
                                        "access=oauth2") },
  [RP_TROUBLE_TOO_MANY_LOGINS] = { N_ ("The server has seen too many logins and takes "
                                       "none for a while"),
                                   N_ ("Wait an hour, and look for a program that "
                                       "tries an old password again and "
                                       "again") },
  [RP_TROUBLE_LOGIN_SERVICE_DOWN] = { N_ ("The server cannot check logins just now; "
                                          "yours may be right"),
                                      N_ ("Change nothing, and try again in some "
                                          "minutes") },
  [RP_TROUBLE_LOGIN_MISSING] = { N_ ("Microsoft's server wants a login before it takes "
                                     "mail"),
                                 N_ ("Give the server user= and access=password or "
                                     "access=oauth2 in roampost.conf, "
                                     "then “roampost login”; if there is a login, ask "
                                     "the administrator whether "
                                     "“Authenticated SMTP” is on for your mailbox") },
  [RP_TROUBLE_TOKEN_REFUSED] = { N_ ("The sign-in is good, but the server refuses its "
                                     "token"),
                                 N_ ("user= must be the address that signed in, and "
                                     "the scope of the provider must "
                                     "be the one for SMTP; at Microsoft, "
                                     "“Authenticated SMTP” must be on for the "
                                     "mailbox") },
  [RP_TROUBLE_SIGN_IN_ENDED] = { N_ ("The sign-in does not count any more: it expired, "
                                     "was revoked, or the password "
                                     "was changed"),
                                 N_ ("Sign in again with “roampost login”") },
  [RP_TROUBLE_GOOGLE_SIGN_IN_ENDED] = { N_ ("The sign-in at Google ended: it was "
                                            "revoked, the password was changed, it was "
                                            "not used for half a year, or the client "
                                            "is registered as being tested, then "
                                            "it lasts seven days"),
                                        N_ ("Sign in again with “roampost login”; if "
                                            "it ends every seven days, open the "
                                            "Google Cloud console, Google Auth "
                                            "Platform, Audience, “Publish app”") },
  [RP_TROUBLE_MORE_PROOF_WANTED] = { N_ ("A rule of your organisation wants more than "
                                         "the stored sign-in: a second "
                                         "factor, a managed device, or another place"),
                                     N_ ("Sign in again with “roampost login”; if that "
                                         "does not help, ask the "
                                         "administrator about Conditional Access") },
  [RP_TROUBLE_CLIENT_UNKNOWN] = { N_ ("The provider does not know the client ID, or "
                                      "does not let it sign in this "
                                      "way"),
                                  N_ ("Compare client-id= in the provider's file with "
                                      "the registration; at Microsoft "
                                      "see “Supported account types” and “Allow public "
                                      "client flows” as well") },
  [RP_TROUBLE_CLIENT_SECRET] = { N_ ("The provider wants a client secret, or another "
                                     "one"),
                                 N_ ("Set needs-client-secret=yes in the provider's "
                                     "file and sign in again with the "
                                     "secret of the registration; at Microsoft switch "
                                     "“Allow public client flows” "
                                     "on instead") },
  [RP_TROUBLE_CLIENT_DISABLED] = { N_ ("An administrator disabled the client in your "
                                       "organisation"),
                                   N_ ("Ask the administrator: Microsoft Entra admin "
                                       "center, Enterprise applications, "
                                       "the client, Properties, “Enabled for users to "
                                       "sign-in”") },
  [RP_TROUBLE_REDIRECT] = { N_ ("The address to which the browser is sent back is not "
                                "registered for the "
                                "client"),
                            N_ ("At Microsoft add http://localhost under "
                                "Authentication, “Mobile and desktop "
                                "applications”; at Google the client must be of the "
                                "type “Desktop app”") },
  [RP_TROUBLE_SCOPE] = { N_ ("The provider does not know what was asked for, or does "
                             "not let this client ask "
                             "for it"),
                         N_ ("Compare scope= in the provider's file with the "
                             "registration") },
  [RP_TROUBLE_WRONG_DIRECTORY] = { N_ ("The client is not registered for accounts of "
                                       "this kind or organisation"),
                                   N_ ("Change “Supported account types” of the "
                                       "registration, or the tenant in the "
                                       "addresses of the provider's file (common, "
                                       "organizations, consumers, or the "
                                       "organisation's own)") },
  [RP_TROUBLE_ADMIN_CONSENT] = { N_ ("Your organisation lets no program at its "
                                     "mailboxes before an administrator "
                                     "has approved it"),
                                 N_ ("Ask the administrator to approve the client: "
                                     "Microsoft Entra admin center, "
                                     "Enterprise applications, Consent and "
                                     "permissions; at Google: Admin console, "
                                     "Security, API controls") },
  [RP_TROUBLE_NOT_GRANTED] = { N_ ("The sign-in was declined, by you in the browser or "
                                   "by the provider"),
                               N_ ("Sign in again and allow it; at Google, while the "
                                   "client is registered as being "
                                   "tested, your address must be among its test "
                                   "users") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (sentences) == RP_TROUBLE_LAST);

const char *
rp_words_trouble_get_meaning (RpTrouble trouble)
{
  g_return_val_if_fail (trouble < RP_TROUBLE_LAST, "");

  return trouble == RP_TROUBLE_NONE ? "" : _ (sentences[trouble].meaning);
}

const char *
rp_words_trouble_get_advice (RpTrouble trouble)
{
  g_return_val_if_fail (trouble < RP_TROUBLE_LAST, "");

  return trouble == RP_TROUBLE_NONE ? "" : _ (sentences[trouble].advice);
}
