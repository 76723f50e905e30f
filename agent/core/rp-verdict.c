/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-verdict.h"

#include "core/rp-phrases.h"

static const char *const nicks[] = {
  [RP_VERDICT_ACCEPTED] = "accepted",
  [RP_VERDICT_RELAY_DENIED] = "relay-denied",
  [RP_VERDICT_RECIPIENT_REFUSED] = "recipient-refused",
  [RP_VERDICT_SENDER_REFUSED] = "sender-refused",
  [RP_VERDICT_AUTH_NEEDED] = "auth-needed",
  [RP_VERDICT_CREDENTIALS] = "credentials",
  [RP_VERDICT_AUTH_DISABLED] = "auth-disabled",
  [RP_VERDICT_POLICY] = "policy",
  [RP_VERDICT_NETWORK_LISTED] = "network-listed",
  [RP_VERDICT_TEMPORARY] = "temporary",
  [RP_VERDICT_SPLIT] = "split",
  [RP_VERDICT_TOO_BIG] = "too-big",
  [RP_VERDICT_UNREACHABLE] = "unreachable",
  [RP_VERDICT_HOSTILE] = "hostile",
  [RP_VERDICT_AMBIGUOUS] = "ambiguous",
  [RP_VERDICT_REFUSED] = "refused",
};

/* The code that lets the dialogue go on (RFC 5321 section 4.3.2, RFC 4954 section 4).
 * A 250 to DATA or to AUTH is no consent: taken for one it would send content that
 * nobody reads, or a message without the login. */
static gboolean
is_wanted (guint code, RpVerdictStage stage)
{
  switch (stage)
    {
    case RP_STAGE_AUTH:
      return code == 235;
    case RP_STAGE_DATA:
      return code == 354;
    case RP_STAGE_CONNECT:
    case RP_STAGE_MAIL:
    case RP_STAGE_RCPT:
    case RP_STAGE_CONTENT:
      return code / 100 == 2;
    }

  g_return_val_if_reached (FALSE);
}

static RpVerdict
verdict_from_positive (guint code, RpVerdictStage stage)
{
  if (is_wanted (code, stage))
    return RP_VERDICT_ACCEPTED;
  return stage == RP_STAGE_AUTH ? RP_VERDICT_AUTH_DISABLED : RP_VERDICT_HOSTILE;
}

static RpVerdict
verdict_of_login (guint code)
{
  if (code == 454)
    return RP_VERDICT_CREDENTIALS;
  if (code / 100 == 4)
    return RP_VERDICT_TEMPORARY;
  /* The command or the mechanism is not there: the password was not even looked at. */
  if (code >= 500 && code <= 504)
    return RP_VERDICT_AUTH_DISABLED;
  return RP_VERDICT_CREDENTIALS;
}

/* A server that refuses before it heard of any message refuses where we come from;
 * 521 is a host that takes no mail at all (RFC 7504). */
static RpVerdict
verdict_of_connection (guint code)
{
  if (code / 100 == 4)
    return RP_VERDICT_TEMPORARY;
  return code == 521 || code == 556 ? RP_VERDICT_UNREACHABLE
                                    : RP_VERDICT_NETWORK_LISTED;
}

/* What the code alone says (RFC 5321 section 4.2.3); read with the stage, since 552
 * is a full mailbox at RCPT and a large message everywhere else. */
static RpVerdict
verdict_of_command (guint code, RpVerdictStage stage)
{
  if (code / 100 == 4)
    return RP_VERDICT_TEMPORARY;
  if (code == 552)
    return stage == RP_STAGE_RCPT ? RP_VERDICT_RECIPIENT_REFUSED : RP_VERDICT_TOO_BIG;
  if (code == 550 || code == 551 || code == 553)
    {
      if (stage == RP_STAGE_RCPT)
        return RP_VERDICT_RECIPIENT_REFUSED;
      if (stage == RP_STAGE_MAIL && code == 553)
        return RP_VERDICT_SENDER_REFUSED;
    }
  return RP_VERDICT_REFUSED;
}

static RpVerdict
verdict_of_code (guint code, RpVerdictStage stage)
{
  switch (stage)
    {
    case RP_STAGE_CONNECT:
      return verdict_of_connection (code);
    case RP_STAGE_AUTH:
      return verdict_of_login (code);
    case RP_STAGE_MAIL:
    case RP_STAGE_RCPT:
    case RP_STAGE_DATA:
    case RP_STAGE_CONTENT:
      return verdict_of_command (code, stage);
    }

  g_return_val_if_reached (RP_VERDICT_REFUSED);
}

/* On a submission port a refusal of someone who did not log in means just that, in
 * whatever words: real Postfix says "Recipient address rejected: Access denied". Only
 * what was said of the recipient, the size or the number is believed. */
static gboolean
means_login (RpVerdict verdict, gboolean is_known)
{
  switch (verdict)
    {
    case RP_VERDICT_RECIPIENT_REFUSED:
      return !is_known;
    case RP_VERDICT_RELAY_DENIED:
    case RP_VERDICT_SENDER_REFUSED:
    case RP_VERDICT_AUTH_NEEDED:
    case RP_VERDICT_CREDENTIALS:
    case RP_VERDICT_AUTH_DISABLED:
    case RP_VERDICT_POLICY:
    case RP_VERDICT_NETWORK_LISTED:
    case RP_VERDICT_REFUSED:
      return TRUE;
    case RP_VERDICT_ACCEPTED:
    case RP_VERDICT_TEMPORARY:
    case RP_VERDICT_SPLIT:
    case RP_VERDICT_TOO_BIG:
    case RP_VERDICT_UNREACHABLE:
    case RP_VERDICT_HOSTILE:
    case RP_VERDICT_AMBIGUOUS:
      return FALSE;
    }

  g_return_val_if_reached (FALSE);
}

static gboolean
is_command (RpVerdictStage stage)
{
  return stage != RP_STAGE_CONNECT && stage != RP_STAGE_AUTH;
}

/* To ask who is logged in for a login leads in a circle: a 530 then means that the
 * login was not taken, other words are the last ones. */
static RpVerdict
after_login (RpVerdict verdict, guint code)
{
  if (verdict != RP_VERDICT_AUTH_NEEDED)
    return verdict;
  return code == 530 ? RP_VERDICT_CREDENTIALS : RP_VERDICT_REFUSED;
}

RpVerdict
rp_verdict_from_reply (const RpReply *reply, const RpVerdictContext *context)
{
  const RpPhrase *phrase;
  RpVerdict verdict;

  if (reply->code < 400)
    return verdict_from_positive (reply->code, context->stage);

  phrase = rp_phrases_find (reply, context->stage);
  verdict =
      phrase != NULL ? phrase->verdict : verdict_of_code (reply->code, context->stage);

  if (!is_command (context->stage))
    return verdict;
  if (context->is_authenticated)
    return after_login (verdict, reply->code);
  if (context->is_submission && rp_reply_is_permanent (reply)
      && means_login (verdict, phrase != NULL))
    return RP_VERDICT_AUTH_NEEDED;
  return verdict;
}

const char *
rp_verdict_to_nick (RpVerdict self)
{
  g_return_val_if_fail ((guint) self < G_N_ELEMENTS (nicks), "refused");

  return nicks[self];
}
