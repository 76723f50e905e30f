/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-transaction.h"

struct _RpTransaction
{
  const RpEnvelope *envelope;
  const RpContentFacts *facts;
  const RpCapabilities *capabilities;
  gboolean data_rides;
  GArray *due;  /* RpCommand: not sent yet */
  GArray *open; /* RpCommand: sent and not answered, the oldest first */
  guint n_accepted;
  gboolean is_mail_refused;
  gboolean is_begun; /* MAIL was accepted, and nothing has ended it yet */
  gboolean is_data_asked;
  gboolean wants_content;
};

gboolean
rp_envelope_needs_utf8 (const RpEnvelope *envelope, const RpContentFacts *facts)
{
  return !rp_envelope_is_ascii (envelope) || facts->has_utf8_header;
}

static void
add_due (RpTransaction *self, RpCommandKind kind, guint recipient)
{
  RpCommand command = { .kind = kind, .recipient = recipient };

  g_array_append_val (self->due, command);
}

RpTransaction *
rp_transaction_new (const RpEnvelope *envelope,
                    const RpContentFacts *facts,
                    const RpCapabilities *capabilities,
                    gboolean data_rides)
{
  RpTransaction *self = g_new0 (RpTransaction, 1);

  self->envelope = envelope;
  self->facts = facts;
  self->capabilities = capabilities;
  self->data_rides = data_rides;
  self->due = g_array_new (FALSE, FALSE, sizeof (RpCommand));
  self->open = g_array_new (FALSE, FALSE, sizeof (RpCommand));
  add_due (self, RP_COMMAND_MAIL, 0);
  return self;
}

void
rp_transaction_free (RpTransaction *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->due);
  g_array_unref (self->open);
  g_free (self);
}

void
rp_transaction_follow (RpTransaction *self, const RpTransaction *earlier)
{
  const RpCommand reset = { .kind = RP_COMMAND_RSET };

  if (earlier != NULL && earlier->is_begun)
    g_array_prepend_val (self->due, reset);
}

void
rp_transaction_add_recipient (RpTransaction *self, guint recipient)
{
  g_return_if_fail (!self->is_data_asked);

  if (self->is_mail_refused)
    return;

  add_due (self, RP_COMMAND_RCPT, recipient);
  /* Riding pays only where RCPT and DATA share a flight. */
  if (self->data_rides && self->capabilities->has_pipelining)
    rp_transaction_release (self);
}

void
rp_transaction_release (RpTransaction *self)
{
  if (self->is_data_asked)
    return;

  self->is_data_asked = TRUE;
  add_due (self, RP_COMMAND_DATA, 0);
}

gboolean
rp_transaction_reset (RpTransaction *self)
{
  if (self->open->len > 0 || self->wants_content)
    return FALSE;

  g_array_set_size (self->due, 0);
  add_due (self, RP_COMMAND_RSET, 0);
  return TRUE;
}

gboolean
rp_transaction_has_open (const RpTransaction *self)
{
  return self->open->len > 0;
}

gboolean
rp_transaction_wants_content (const RpTransaction *self)
{
  return self->wants_content;
}

static void
add_parameter (GString *line, const char *keyword, const char *value)
{
  if (value != NULL)
    g_string_append_printf (line, " %s=%s", keyword, value);
}

/* AUTH= (RFC 4954 section 5) never goes along: we vouch for nobody. */
static void
append_mail (const RpTransaction *self, GString *line)
{
  const RpCapabilities *offered = self->capabilities;

  g_string_append_printf (line, "MAIL FROM:<%s>", self->envelope->sender);
  if (offered->has_size)
    g_string_append_printf (line, " SIZE=%" G_GUINT64_FORMAT, self->facts->n_bytes);
  if (offered->has_8bitmime && self->facts->is_8bit)
    g_string_append (line, " BODY=8BITMIME");
  if (offered->has_smtputf8 && rp_envelope_needs_utf8 (self->envelope, self->facts))
    g_string_append (line, " SMTPUTF8");
  if (offered->has_dsn)
    {
      add_parameter (line, "RET", self->envelope->ret);
      add_parameter (line, "ENVID", self->envelope->envid);
    }
}

static void
append_rcpt (const RpTransaction *self, guint index, GString *line)
{
  const RpRecipient *recipient = rp_envelope_get_recipient (self->envelope, index);

  g_string_append_printf (line, "RCPT TO:<%s>", recipient->address);
  if (self->capabilities->has_dsn)
    {
      add_parameter (line, "NOTIFY", recipient->notify);
      add_parameter (line, "ORCPT", recipient->orcpt);
    }
}

static void
append_command (const RpTransaction *self, const RpCommand *command, GString *line)
{
  switch (command->kind)
    {
    case RP_COMMAND_MAIL:
      append_mail (self, line);
      break;
    case RP_COMMAND_RCPT:
      append_rcpt (self, command->recipient, line);
      break;
    case RP_COMMAND_DATA:
      g_string_append (line, "DATA");
      break;
    case RP_COMMAND_LONE_DOT:
      g_string_append_c (line, '.');
      break;
    case RP_COMMAND_RSET:
      g_string_append (line, "RSET");
      break;
    case RP_COMMAND_CONTENT:
      g_return_if_reached ();
    }
  g_string_append (line, "\r\n");
}

/* DATA ends a flight (RFC 2920 section 3.1): nothing follows before its reply. */
static gboolean
is_flight_over (const RpTransaction *self)
{
  if (self->due->len == 0 || self->wants_content)
    return TRUE;
  if (self->open->len == 0)
    return FALSE;
  return !self->capabilities->has_pipelining
         || g_array_index (self->open, RpCommand, self->open->len - 1).kind
                == RP_COMMAND_DATA;
}

GBytes *
rp_transaction_take_due (RpTransaction *self)
{
  g_autoptr (GString) flight = g_string_new (NULL);

  while (!is_flight_over (self))
    {
      RpCommand command = g_array_index (self->due, RpCommand, 0);

      append_command (self, &command, flight);
      g_array_append_val (self->open, command);
      g_array_remove_index (self->due, 0);
    }
  if (flight->len == 0)
    return NULL;

  return g_string_free_to_bytes (g_steal_pointer (&flight));
}

static void
on_mail_answered (RpTransaction *self, const RpReply *reply)
{
  self->is_begun = rp_reply_is_positive (reply);
  if (self->is_begun)
    return;

  self->is_mail_refused = TRUE;
  g_array_set_size (self->due, 0);
}

static void
on_data_answered (RpTransaction *self, const RpReply *reply)
{
  if (reply->code != 354)
    return;

  /* Nobody was accepted and the server wants content all the same: it gets an empty
   * message for nobody, which ends the transaction without ending the connection
   * (RFC 2920 section 3.1). */
  if (self->n_accepted == 0)
    {
      add_due (self, RP_COMMAND_LONE_DOT, 0);
    }
  else
    {
      RpCommand content = { .kind = RP_COMMAND_CONTENT };

      g_array_append_val (self->open, content);
      self->wants_content = TRUE;
    }
}

/* A 2xx to DATA would read as "accepted" before there was a message, and a 3xx to
 * anything else would make commands part of a message. */
static gboolean
can_answer (const RpCommand *command, const RpReply *reply)
{
  if (command->kind == RP_COMMAND_DATA)
    return reply->code == 354 || reply->code >= 400;
  return reply->code / 100 != 3;
}

gboolean
rp_transaction_take_reply (RpTransaction *self,
                           const RpReply *reply,
                           RpCommand *command)
{
  if (self->open->len == 0)
    return FALSE;

  *command = g_array_index (self->open, RpCommand, 0);
  if (!can_answer (command, reply))
    return FALSE;

  g_array_remove_index (self->open, 0);
  if (command->kind == RP_COMMAND_MAIL)
    on_mail_answered (self, reply);
  else if (command->kind == RP_COMMAND_RCPT && rp_reply_is_positive (reply))
    self->n_accepted++;
  else if (command->kind == RP_COMMAND_DATA)
    on_data_answered (self, reply);
  else if (command->kind == RP_COMMAND_CONTENT)
    self->wants_content = self->is_begun = FALSE;

  return TRUE;
}
