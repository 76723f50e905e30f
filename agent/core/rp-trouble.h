/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which switch a refused login or sign-in is about, where the words of the refusal tell
 * more than that it was one. */
#pragma once

#include <glib.h>

#include "core/rp-reply.h"

G_BEGIN_DECLS

/**
 * RpTrouble:
 *
 * The words of rp-phrases.h lead to one of these; agent/words says what each means and
 * where the switch is.
 */
typedef enum
{
  RP_TROUBLE_NONE,
  RP_TROUBLE_WRONG_PASSWORD,
  RP_TROUBLE_APP_PASSWORD,      /* Google: only app passwords */
  RP_TROUBLE_WEB_LOGIN,         /* Google: log in with a browser first */
  RP_TROUBLE_SMTP_OFF_TENANT,   /* Microsoft: SMTP AUTH is off for all mailboxes */
  RP_TROUBLE_SMTP_OFF_MAILBOX,  /* Microsoft: SMTP AUTH is off for this mailbox */
  RP_TROUBLE_PASSWORDS_OFF,     /* Microsoft: no passwords any more, only OAuth */
  RP_TROUBLE_SECURITY_DEFAULTS, /* Microsoft: Security Defaults */
  RP_TROUBLE_ORGANISATION_RULE, /* Microsoft: one of several rules, it does not say */
  RP_TROUBLE_EXCHANGE_REFUSED,  /* Exchange: refused, without a word why */
  RP_TROUBLE_TOO_MANY_LOGINS,
  RP_TROUBLE_LOGIN_SERVICE_DOWN,
  RP_TROUBLE_LOGIN_MISSING,        /* Exchange: mail before a login */
  RP_TROUBLE_TOKEN_REFUSED,        /* a server refuses the token of a good sign-in */
  RP_TROUBLE_SIGN_IN_ENDED,        /* invalid_grant (RFC 6749 section 5.2) */
  RP_TROUBLE_GOOGLE_SIGN_IN_ENDED, /* the same where it may be the seven days */
  RP_TROUBLE_MORE_PROOF_WANTED,    /* Microsoft: second factor, device, place */
  RP_TROUBLE_CLIENT_UNKNOWN,
  RP_TROUBLE_CLIENT_SECRET,
  RP_TROUBLE_CLIENT_DISABLED,
  RP_TROUBLE_REDIRECT,
  RP_TROUBLE_SCOPE,
  RP_TROUBLE_WRONG_DIRECTORY, /* Microsoft: account and registration do not fit */
  RP_TROUBLE_ADMIN_CONSENT,   /* an administrator must approve the client */
  RP_TROUBLE_NOT_GRANTED,     /* access_denied (RFC 6749 section 4.1.2.1) */
  RP_TROUBLE_LAST             /* how many there are; no trouble */
} RpTrouble;

/** rp_trouble_to_nick: (transfer none): its name on the bus and in JSON; "" for none.
 */
const char *rp_trouble_to_nick (RpTrouble self);

/** rp_trouble_from_nick: %RP_TROUBLE_NONE for a name that is not known. */
RpTrouble rp_trouble_from_nick (const char *nick);

/**
 * rp_trouble_from_reply:
 * @reply: answered to a login
 * @by_token: the login was made with an access token: then no password was wrong
 *
 * Returns: what a refusal is about; %RP_TROUBLE_NONE for what is none or not known
 */
RpTrouble rp_trouble_from_reply (const RpReply *reply, gboolean by_token);

/**
 * rp_trouble_from_answer:
 * @answer: a refusal as records and reasons keep it, "535 5.7.8 words", or words alone
 * @by_token: as for rp_trouble_from_reply()
 *
 * Returns: what it is about; %RP_TROUBLE_NONE for what is no refusal or not known
 */
RpTrouble rp_trouble_from_answer (const char *answer, gboolean by_token);

/**
 * rp_trouble_from_text:
 * @text: an error of an authorization server, as "invalid_client: AADSTS700016: ..."
 *
 * Returns: what it is about; %RP_TROUBLE_NONE where no row knows it
 */
RpTrouble rp_trouble_from_text (const char *text);

G_END_DECLS
