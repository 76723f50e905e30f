/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words/rp-words-provider.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;
  const char *sentence;
} Advice;

/* In quotes stands what the provider's own pages say, which are in English for who
 * registers a program. */
static const Advice ADVICE[] = {
  { "google-project",
    N_ ("make a project of your own in the Google Cloud console, and in its “Google "
        "Auth"
        " Platform” an app for the audience “External” (or “Internal” in a Workspace of"
        " yours)") },
  { "google-production",
    N_ ("press “Publish app” under “Audience”: as long as the app is “Testing”, every"
        " sign-in ends after seven days") },
  { "google-client",
    N_ ("make a client of the type “Desktop app” under “Clients”: its ID goes into"
        " client-id=, and roampost login asks for its secret") },
  { "google-unverified",
    N_ ("when you sign in, Google warns of an app that it has not verified; it is your"
        " own: “Advanced” leads on") },
  { "google-device",
    N_ ("signing in with a code is not possible: Google does not give it the right to"
        " send mail") },
  { "microsoft-app",
    N_ ("make an app under “App registrations”, “New registration”, for the kind of"
        " accounts that you have: its “Application (client) ID” goes into client-id=; "
        "it"
        " needs no secret") },
  { "microsoft-redirect",
    N_ ("under “Authentication” add the platform “Mobile and desktop applications” with"
        " the redirect URI http://localhost, and set “Allow public client flows” to"
        " “Yes”") },
  { "microsoft-scope",
    N_ ("under “API permissions” add the delegated permissions SMTP.Send and"
        " offline_access of “Microsoft Graph”") },
  { "microsoft-tenant",
    N_ ("an app for the accounts of one organization alone needs tenant= with the"
        " organization's domain or ID") },
  { "microsoft-consent",
    N_ ("where the sign-in ends at “Need admin approval”, an administrator of the"
        " organization has to agree to the app first") },
  { "microsoft-smtp",
    N_ ("the mailbox needs the switch “Authenticated SMTP”, which the organization's"
        " administrator sets (“Mail” settings of the user)") },
  { "yahoo-closed",
    N_ ("Yahoo lets no program of yours sign in for mail: it gives clients to companies"
        " alone") },
  { "fastmail-client",
    N_ ("have a client registered by the request that roampost-providers(5) shows: its"
        " ID goes into client-id=; it needs no secret") },
  { "app-password",
    N_ ("make an app password in the account's security settings and write"
        " access=password: that is the shorter way") },
};

const char *
rp_words_provider_advice (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ADVICE); i++)
    if (g_str_equal (ADVICE[i].name, name))
      return _ (ADVICE[i].sentence);

  return NULL;
}
