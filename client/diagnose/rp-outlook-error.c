/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/rp-outlook-error.h"

#include <glib/gi18n.h>

static const RpOutlookError errors[] = {
  { 0x800ccc01, "INVALID_CERT_CN", RP_VERDICT_HOSTILE,
    N_ ("the server's certificate is made out to another name") },
  { 0x800ccc02, "INVALID_CERT_DATE", RP_VERDICT_HOSTILE,
    N_ ("the server's certificate has expired or is not valid yet") },
  { 0x800ccc05, "NOT_CONNECTED", RP_VERDICT_UNREACHABLE,
    N_ ("there is no connection to the server") },
  { 0x800ccc0b, "BUSY", RP_VERDICT_TEMPORARY, N_ ("the server is busy") },
  { 0x800ccc0d, "CANT_FIND_HOST", RP_VERDICT_UNREACHABLE,
    N_ ("no server of that name was found") },
  { 0x800ccc0e, "FAILED_TO_CONNECT", RP_VERDICT_UNREACHABLE,
    N_ ("the server cannot be reached: the network blocks its port, or it is down") },
  { 0x800ccc0f, "CONNECTION_DROPPED", RP_VERDICT_UNREACHABLE,
    N_ ("the connection to the server was closed in the middle of the conversation") },
  { 0x800ccc10, "INVALID_ADDRESS", RP_VERDICT_RECIPIENT_REFUSED,
    N_ ("the server does not know the address") },
  { 0x800ccc15, "SOCKET_CONNECT_ERROR", RP_VERDICT_UNREACHABLE,
    N_ ("no connection to the server could be opened") },
  { 0x800ccc16, "INVALID_ACCOUNT", RP_VERDICT_CREDENTIALS,
    N_ ("the server does not know the user name") },
  { 0x800ccc18, "SICILY_LOGON_FAILED", RP_VERDICT_CREDENTIALS,
    N_ ("the login with secure password authentication failed") },
  { 0x800ccc19, "TIMEOUT", RP_VERDICT_UNREACHABLE,
    N_ ("the server did not answer in time") },
  { 0x800ccc1a, "SECURE_CONNECT_FAILED", RP_VERDICT_UNREACHABLE,
    N_ ("no encrypted connection could be opened: often the wrong port or kind of "
        "encryption") },
  { 0x800ccc60, "SMTP_RESPONSE_ERROR", RP_VERDICT_HOSTILE,
    N_ ("what answered does not speak as a mail server does") },
  { 0x800ccc61, "SMTP_UNKNOWN_RESPONSE_CODE", RP_VERDICT_REFUSED,
    N_ ("the server refused with a code that the program does not know") },
  { 0x800ccc62, "SMTP_500_SYNTAX_ERROR", RP_VERDICT_REFUSED,
    N_ ("the server did not understand a command (500)") },
  { 0x800ccc63, "SMTP_501_PARAM_SYNTAX", RP_VERDICT_REFUSED,
    N_ ("the server did not understand a part of a command, often the address (501)") },
  { 0x800ccc64, "SMTP_502_COMMAND_NOTIMPL", RP_VERDICT_AUTH_DISABLED,
    N_ ("the server does not know a command (502), often since it offers no login") },
  { 0x800ccc65, "SMTP_503_COMMAND_SEQ", RP_VERDICT_AUTH_NEEDED,
    N_ ("the server wanted another command first (503), often the login") },
  { 0x800ccc66, "MTP_504_COMMAND_PARAM_NOTIMPL", RP_VERDICT_AUTH_DISABLED,
    N_ ("the server does not know a way of login or a parameter (504)") },
  { 0x800ccc67, "SMTP_421_NOT_AVAILABLE", RP_VERDICT_TEMPORARY,
    N_ ("the server takes nothing just now (421)") },
  { 0x800ccc68, "SMTP_450_MAILBOX_BUSY", RP_VERDICT_TEMPORARY,
    N_ ("the recipient's mailbox cannot be reached just now (450)") },
  { 0x800ccc69, "SMTP_550_MAILBOX_NOT_FOUND", RP_VERDICT_RECIPIENT_REFUSED,
    N_ ("the server does not know the mailbox, or does not let us send there (550)") },
  { 0x800ccc6a, "SMTP_451_ERROR_PROCESSING", RP_VERDICT_TEMPORARY,
    N_ ("the server has trouble of its own (451)") },
  { 0x800ccc6b, "SMTP_551_USER_NOT_LOCAL", RP_VERDICT_RELAY_DENIED,
    N_ ("the address is none of the server's own, and it does not pass it on (551)") },
  { 0x800ccc6c, "SMTP_452_NO_SYSTEM_STORAGE", RP_VERDICT_TEMPORARY,
    N_ ("the server's disk is full, or the message has too many recipients (452)") },
  { 0x800ccc6d, "SMTP_552_STORAGE_OVERFLOW", RP_VERDICT_TOO_BIG,
    N_ ("the message is too large, or the mailbox is full (552)") },
  { 0x800ccc6e, "SMTP_553_MAILBOX_NAME_SYNTAX", RP_VERDICT_RELAY_DENIED,
    N_ ("the server does not allow the address (553), often since it does not pass "
        "mail on from here") },
  { 0x800ccc6f, "SMTP_554_TRANSACT_FAILED", RP_VERDICT_POLICY,
    N_ ("the server refused the message (554), often as spam or since it does not "
        "trust where it comes from") },
  { 0x800ccc78, "SMTP_REJECTED_SENDER", RP_VERDICT_SENDER_REFUSED,
    N_ ("the server refused the sender's address, often since there was no login") },
  { 0x800ccc79, "SMTP_REJECTED_RECIPIENTS", RP_VERDICT_RELAY_DENIED,
    N_ ("the server refused a recipient, mostly since it does not pass mail on from "
        "where you are") },
  { 0x800ccc7a, "SMTP_NO_SENDER", RP_VERDICT_REFUSED,
    N_ ("the message has no sender") },
  { 0x800ccc7b, "SMTP_NO_RECIPIENTS", RP_VERDICT_REFUSED,
    N_ ("the message has no recipient") },
  { 0x800ccc7d, "SMTP_NO_STARTTLS", RP_VERDICT_HOSTILE,
    N_ ("the server offers no encryption, although the account asks for it") },
  { 0x800ccc80, "SMTP_AUTH_NOT_SUPPORTED", RP_VERDICT_AUTH_DISABLED,
    N_ ("the server offers none of the ways of login that the program knows") },
  { 0x800ccc90, "POP3_RESPONSE_ERROR", RP_VERDICT_CREDENTIALS,
    N_ ("the server of incoming mail refused a command, often the login") },
  { 0x800ccc91, "POP3_INVALID_USER_NAME", RP_VERDICT_CREDENTIALS,
    N_ ("the server of incoming mail does not know the user name") },
  { 0x800ccc92, "POP3_INVALID_PASSWORD", RP_VERDICT_CREDENTIALS,
    N_ ("the server refused user name or password") },
  { 0x80042108, "CANNOT_CONNECT_INCOMING", RP_VERDICT_UNREACHABLE,
    N_ ("Outlook cannot reach the server of incoming mail") },
  { 0x80042109, "CANNOT_CONNECT_OUTGOING", RP_VERDICT_UNREACHABLE,
    N_ ("Outlook cannot reach the outgoing server: the network blocks its port, or it "
        "is down") },
  { 0x8004210a, "TIMEOUT_INCOMING", RP_VERDICT_UNREACHABLE,
    N_ ("the server did not answer in time") },
  { 0x8004210b, "TIMEOUT_OUTGOING", RP_VERDICT_UNREACHABLE,
    N_ ("the outgoing server did not answer in time") },
};

const RpOutlookError *
rp_outlook_error_get_all (guint *n_errors)
{
  *n_errors = G_N_ELEMENTS (errors);
  return errors;
}

static const RpOutlookError *
find_number (guint32 number)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].number == number)
      return &errors[i];

  return NULL;
}

/* Eight hexadecimal digits that begin with an 8 and stand alone. */
static gboolean
read_number (const char *text, guint32 *number)
{
  guint64 value = 0;
  guint n_digits = 0;

  for (; g_ascii_isxdigit (text[n_digits]) && n_digits < 8; n_digits++)
    value = value * 16 + (guint64) g_ascii_xdigit_value (text[n_digits]);
  *number = (guint32) value;
  return n_digits == 8 && text[0] == '8' && !g_ascii_isalnum (text[8]);
}

const RpOutlookError *
rp_outlook_error_find (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      gboolean is_at_start =
          p == text || !g_ascii_isalnum (p[-1]) || p[-1] == 'x' || p[-1] == 'X';
      const RpOutlookError *found;
      guint32 number;

      if (!is_at_start || !read_number (p, &number))
        continue;
      found = find_number (number);
      if (found != NULL)
        return found;
    }

  return NULL;
}
