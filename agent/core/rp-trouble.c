/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-trouble.h"

#include "core/rp-phrases.h"
#include "core/rp-printable.h"

static const char *const nicks[] = {
  [RP_TROUBLE_NONE] = "",
  [RP_TROUBLE_WRONG_PASSWORD] = "wrong-password",
  [RP_TROUBLE_APP_PASSWORD] = "app-password",
  [RP_TROUBLE_WEB_LOGIN] = "web-login",
  [RP_TROUBLE_SMTP_OFF_TENANT] = "smtp-off-tenant",
  [RP_TROUBLE_SMTP_OFF_MAILBOX] = "smtp-off-mailbox",
  [RP_TROUBLE_PASSWORDS_OFF] = "passwords-off",
  [RP_TROUBLE_SECURITY_DEFAULTS] = "security-defaults",
  [RP_TROUBLE_ORGANISATION_RULE] = "organisation-rule",
  [RP_TROUBLE_EXCHANGE_REFUSED] = "exchange-refused",
  [RP_TROUBLE_TOO_MANY_LOGINS] = "too-many-logins",
  [RP_TROUBLE_LOGIN_SERVICE_DOWN] = "login-service-down",
  [RP_TROUBLE_LOGIN_MISSING] = "login-missing",
  [RP_TROUBLE_TOKEN_REFUSED] = "token-refused",
  [RP_TROUBLE_SIGN_IN_ENDED] = "sign-in-ended",
  [RP_TROUBLE_GOOGLE_SIGN_IN_ENDED] = "google-sign-in-ended",
  [RP_TROUBLE_MORE_PROOF_WANTED] = "more-proof-wanted",
  [RP_TROUBLE_CLIENT_UNKNOWN] = "client-unknown",
  [RP_TROUBLE_CLIENT_SECRET] = "client-secret",
  [RP_TROUBLE_CLIENT_DISABLED] = "client-disabled",
  [RP_TROUBLE_REDIRECT] = "redirect",
  [RP_TROUBLE_SCOPE] = "scope",
  [RP_TROUBLE_WRONG_DIRECTORY] = "wrong-directory",
  [RP_TROUBLE_ADMIN_CONSENT] = "admin-consent",
  [RP_TROUBLE_NOT_GRANTED] = "not-granted",
};

G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == RP_TROUBLE_LAST);

const char *
rp_trouble_to_nick (RpTrouble self)
{
  g_return_val_if_fail (self < RP_TROUBLE_LAST, "");

  return nicks[self];
}

RpTrouble
rp_trouble_from_nick (const char *nick)
{
  for (int i = RP_TROUBLE_NONE + 1; i < RP_TROUBLE_LAST; i++)
    if (g_str_equal (nicks[i], nick))
      return (RpTrouble) i;

  return RP_TROUBLE_NONE;
}

/* A server that was given a token answers with the words that it has for passwords. */
static gboolean
is_about_password (RpTrouble trouble)
{
  return trouble == RP_TROUBLE_WRONG_PASSWORD || trouble == RP_TROUBLE_APP_PASSWORD
         || trouble == RP_TROUBLE_EXCHANGE_REFUSED;
}

RpTrouble
rp_trouble_from_reply (const RpReply *reply, gboolean by_token)
{
  const RpVerdictContext context = { .stage = RP_STAGE_AUTH };
  const RpPhrase *phrase = rp_phrases_find (reply, RP_STAGE_AUTH);
  RpTrouble trouble = phrase == NULL ? RP_TROUBLE_NONE : phrase->trouble;

  if (reply->code < 400)
    return RP_TROUBLE_NONE;
  if (trouble == RP_TROUBLE_NONE && reply->code / 100 == 5
      && rp_verdict_from_reply (reply, &context) == RP_VERDICT_CREDENTIALS)
    trouble = RP_TROUBLE_WRONG_PASSWORD;
  return by_token && is_about_password (trouble) ? RP_TROUBLE_TOKEN_REFUSED : trouble;
}

/* 0 where none stands at the beginning */
static guint
read_code (const char *text)
{
  for (guint i = 0; i < 3; i++)
    if (!g_ascii_isdigit (text[i]))
      return 0;
  if (text[3] != ' ' && text[3] != '-')
    return 0;
  return (guint) ((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
}

RpTrouble
rp_trouble_from_answer (const char *answer, gboolean by_token)
{
  const guint code = read_code (answer);
  g_autofree char *clean = NULL;
  g_autoptr (RpReply) reply = NULL;

  if (code < 200 || code > 599)
    return rp_trouble_from_text (answer);
  clean = rp_printable_dup (answer + 4, -1);
  reply = rp_reply_new (code, NULL, clean);
  return rp_trouble_from_reply (reply, by_token);
}

RpTrouble
rp_trouble_from_text (const char *text)
{
  g_autofree char *clean = rp_printable_dup (text, -1);
  g_autoptr (RpReply) reply = rp_reply_new (535, NULL, clean);
  const RpPhrase *phrase = rp_phrases_find (reply, RP_STAGE_AUTH);

  return phrase == NULL ? RP_TROUBLE_NONE : phrase->trouble;
}
