/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-reason.h"

#include <stdarg.h>

static const char *const nicks[RP_REASON_LAST] = {
  [RP_REASON_NONE] = "none",
  [RP_REASON_HOSTS_DOMAIN] = "hosts-domain",
  [RP_REASON_CREDENTIALS] = "credentials",
  [RP_REASON_SIGNED_IN] = "signed-in",
  [RP_REASON_OWN_CERTIFICATE] = "own-certificate",
  [RP_REASON_TICKET] = "ticket",
  [RP_REASON_POP_FIRST] = "pop-first",
  [RP_REASON_ON_NETWORK] = "on-network",
  [RP_REASON_ADDRESS_IN_RANGE] = "address-in-range",
  [RP_REASON_UNREACHABLE_BEFORE] = "unreachable-before",
  [RP_REASON_RELAY_DENIED_BEFORE] = "relay-denied-before",
  [RP_REASON_NOT_ON_NETWORK] = "not-on-network",
  [RP_REASON_ADDRESS_OUTSIDE] = "address-outside",
  [RP_REASON_NO_PASSWORD] = "no-password",
  [RP_REASON_NO_SIGN_IN] = "no-sign-in",
  [RP_REASON_SIGN_IN_REVOKED] = "sign-in-revoked",
  [RP_REASON_KEYRING_LOCKED] = "keyring-locked",
  [RP_REASON_KEYRING_UNAVAILABLE] = "keyring-unavailable",
  [RP_REASON_NO_RELAY_PERMISSION] = "no-relay-permission",
  [RP_REASON_SENDER_NOT_LISTED] = "sender-not-listed",
  [RP_REASON_DMARC_FOREIGN] = "dmarc-foreign",
  [RP_REASON_NO_LOCATION_SERVER] = "no-location-server",
  [RP_REASON_CLEAR_TEXT_CREDENTIALS] = "clear-text-credentials",
  [RP_REASON_CLEAR_TEXT_NOT_HERE] = "clear-text-not-here",
  [RP_REASON_CANNOT_8BIT] = "cannot-8bit",
  [RP_REASON_CANNOT_UTF8] = "cannot-utf8",
  [RP_REASON_TOO_LARGE_FOR] = "too-large-for",
  [RP_REASON_OFFLINE] = "offline",
  [RP_REASON_PORTAL] = "portal",
  [RP_REASON_NO_ROUTE_HERE] = "no-route-here",
  [RP_REASON_TEMPORARY] = "temporary",
  [RP_REASON_UNREACHABLE] = "unreachable",
  [RP_REASON_TIMED_OUT] = "timed-out",
  [RP_REASON_HOSTILE] = "hostile",
  [RP_REASON_LOGIN_REFUSED] = "login-refused",
  [RP_REASON_SIGN_IN_REFUSED] = "sign-in-refused",
  [RP_REASON_CERTIFICATE_REFUSED] = "certificate-refused",
  [RP_REASON_TICKET_REFUSED] = "ticket-refused",
  [RP_REASON_POP_REFUSED] = "pop-refused",
  [RP_REASON_POP_TEMPORARY] = "pop-temporary",
  [RP_REASON_LOGIN_NOT_OFFERED] = "login-not-offered",
  [RP_REASON_NO_TOKEN] = "no-token",
  [RP_REASON_NO_DESKTOP_TOKEN] = "no-desktop-token",
  [RP_REASON_NO_TICKET] = "no-ticket",
  [RP_REASON_NO_CERTIFICATE] = "no-certificate",
  [RP_REASON_LOGIN_NEEDED] = "login-needed",
  [RP_REASON_LOGIN_DISABLED] = "login-disabled",
  [RP_REASON_NETWORK_CHANGED] = "network-changed",
  [RP_REASON_STOPPING] = "stopping",
  [RP_REASON_IN_DOUBT] = "in-doubt",
  [RP_REASON_PARTLY_SENT] = "partly-sent",
  [RP_REASON_PARTLY_IN_DOUBT] = "partly-in-doubt",
  [RP_REASON_PROGRAM_GONE] = "program-gone",
  [RP_REASON_TOO_SLOW] = "too-slow",
  [RP_REASON_UNREADABLE] = "unreadable",
  [RP_REASON_RELAY_DENIED] = "relay-denied",
  [RP_REASON_RECIPIENT_REFUSED] = "recipient-refused",
  [RP_REASON_SENDER_REFUSED] = "sender-refused",
  [RP_REASON_POLICY_REFUSED] = "policy-refused",
  [RP_REASON_NETWORK_LISTED] = "network-listed",
  [RP_REASON_MESSAGE_REFUSED] = "message-refused",
  [RP_REASON_NO_ROUTE] = "no-route",
  [RP_REASON_UNKNOWN_SENDER] = "unknown-sender",
  [RP_REASON_NO_ACCOUNT] = "no-account",
  [RP_REASON_TOO_BIG] = "too-big",
  [RP_REASON_8BIT_NOWHERE] = "8bit-nowhere",
  [RP_REASON_UTF8_NOWHERE] = "utf8-nowhere",
  [RP_REASON_NOTHING_SENT] = "nothing-sent",
  [RP_REASON_GIVEN_UP] = "given-up",
  [RP_REASON_QUEUED] = "queued",
  [RP_REASON_KEPT_FAILED] = "kept-failed",
  [RP_REASON_NOT_KEPT] = "not-kept",
  [RP_REASON_SEND_AGAIN] = "send-again",
  [RP_REASON_ALREADY_SENT] = "already-sent",
  [RP_REASON_ALREADY_QUEUED] = "already-queued",
  [RP_REASON_SENT_BEFORE] = "sent-before",
  [RP_REASON_BARE_NEWLINE] = "bare-newline",
  [RP_REASON_NOT_SMTP] = "not-smtp",
  [RP_REASON_FOREIGN_USER] = "foreign-user",
  [RP_REASON_TOO_MANY_SESSIONS] = "too-many-sessions",
  [RP_REASON_TOO_MANY_ERRORS] = "too-many-errors",
  [RP_REASON_TOO_MANY_RECIPIENTS] = "too-many-recipients",
  [RP_REASON_IDLE] = "idle",
  [RP_REASON_NO_SPACE] = "no-space",
  [RP_REASON_ACCEPTED_VIA] = "accepted-via",
  [RP_REASON_ALSO_VIA] = "also-via",
  [RP_REASON_QUEUE_DOUBT] = "queue-doubt",
  [RP_REASON_QUEUE_FAILED] = "queue-failed",
  [RP_REASON_QUEUE_DAMAGED] = "queue-damaged",
  [RP_REASON_DATABASE_SET_ASIDE] = "database-set-aside",
  [RP_REASON_QUEUE_SET_ASIDE] = "queue-set-aside",
};

RpReason *
rp_reason_new (RpReasonCode code, ...)
{
  RpReason *self = g_new0 (RpReason, 1);
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();
  va_list list;

  va_start (list, code);
  for (const char *arg = va_arg (list, const char *); arg != NULL;
       arg = va_arg (list, const char *))
    g_strv_builder_add (args, arg);
  va_end (list);

  self->code = code;
  self->args = g_strv_builder_end (args);
  return self;
}

RpReason *
rp_reason_copy (const RpReason *self)
{
  RpReason *copy;

  if (self == NULL)
    return NULL;

  copy = g_new0 (RpReason, 1);
  copy->code = self->code;
  copy->args = g_strdupv (self->args);
  return copy;
}

gboolean
rp_reason_equal (const RpReason *a, const RpReason *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->code == b->code
         && g_strv_equal ((const char *const *) a->args, (const char *const *) b->args);
}

void
rp_reason_free (RpReason *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->args);
  g_free (self);
}

const char *
rp_reason_code_to_nick (RpReasonCode code)
{
  g_return_val_if_fail (code < RP_REASON_LAST, "none");

  return nicks[code];
}

RpReasonCode
rp_reason_code_from_nick (const char *nick)
{
  for (guint code = 0; code < RP_REASON_LAST; code++)
    if (g_str_equal (nicks[code], nick))
      return (RpReasonCode) code;

  return RP_REASON_LAST;
}

GVariant *
rp_reason_to_variant (const RpReason *self)
{
  return g_variant_new ("(s^as)", rp_reason_code_to_nick (self->code), self->args);
}

RpReason *
rp_reason_from_variant (GVariant *variant)
{
  RpReason *self;
  const char *nick;
  g_auto (GStrv) args = NULL;
  RpReasonCode code;

  g_variant_get (variant, "(&s^as)", &nick, &args);
  code = rp_reason_code_from_nick (nick);
  if (code == RP_REASON_LAST)
    return NULL;

  self = g_new0 (RpReason, 1);
  self->code = code;
  self->args = g_steal_pointer (&args);
  return self;
}
