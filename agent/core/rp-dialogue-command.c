/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dialogue-private.h"

static gboolean
offers (RpDialogue *self, RpFeatures feature)
{
  return (self->settings.features & feature) != 0;
}

static void
add_extensions (RpDialogue *self, RpReply *reply)
{
  static const struct
  {
    RpFeatures feature;
    const char *line;
  } plain[] = {
    { RP_FEATURE_PIPELINING, "PIPELINING" }, { RP_FEATURE_8BITMIME, "8BITMIME" },
    { RP_FEATURE_SMTPUTF8, "SMTPUTF8" },     { RP_FEATURE_DSN, "DSN" },
    { RP_FEATURE_CHUNKING, "CHUNKING" },     { RP_FEATURE_AUTH, "AUTH PLAIN LOGIN" },
  };
  g_autofree char *size =
      g_strdup_printf ("SIZE %" G_GUINT64_FORMAT, self->settings.max_message_bytes);
  g_autofree char *limits =
      g_strdup_printf ("LIMITS RCPTMAX=%u", self->settings.max_recipients);

  if (offers (self, RP_FEATURE_SIZE))
    rp_reply_add_line (reply, size);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (offers (self, plain[i].feature))
      rp_reply_add_line (reply, plain[i].line);
  if (offers (self, RP_FEATURE_LIMITS))
    rp_reply_add_line (reply, limits);
  rp_reply_add_line (reply, "ENHANCEDSTATUSCODES");
  rp_reply_add_line (reply, "HELP");
}

/* HELO and EHLO; a second one resets (RFC 5321 section 4.1.4). */
static void
on_hello (RpDialogue *self, const RpSmtpCommand *command)
{
  g_autoptr (RpReply) reply = rp_reply_new (250, NULL, self->host_name);

  rp_dialogue_end_transaction (self);
  g_free (self->hello);
  self->hello = g_strdup (command->argument);
  self->is_esmtp = command->verb == RP_VERB_EHLO;
  if (self->is_esmtp)
    add_extensions (self, reply);
  rp_dialogue_write_reply (self, reply);
}

static void
on_mail (RpDialogue *self, const RpSmtpCommand *command)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new (command->address);
  guint64 limit = self->settings.max_message_bytes;
  RpReply *refusal;

  if (self->hello[0] == '\0')
    rp_dialogue_say_error (self, 503, "5.5.1", "Say EHLO or HELO first");
  else if (self->envelope != NULL)
    rp_dialogue_say_error (self, 503, "5.5.1",
                           "A sender was given already; RSET begins anew");
  else if (self->settings.requires_login && self->user == NULL)
    rp_dialogue_say_error (self, 530, "5.7.0", "Authentication required");
  else if ((refusal = rp_parameters_apply_to_sender (command->parameters,
                                                     self->settings.features, envelope))
           != NULL)
    rp_dialogue_take_error (self, refusal);
  else if (limit != 0 && envelope->declared_bytes > limit)
    rp_dialogue_take_reply (self, rp_intake_new_too_big_reply (&self->settings));
  else
    {
      self->envelope = g_steal_pointer (&envelope);
      self->state = RP_DIALOGUE_STATE_ASK_SENDER;
    }
}

static void
refuse_recipient_past_limit (RpDialogue *self)
{
  g_autofree char *limit = g_strdup_printf ("%u", self->settings.max_recipients);
  g_autoptr (RpReason) reason =
      rp_reason_new (RP_REASON_TOO_MANY_RECIPIENTS, limit, NULL);

  rp_dialogue_take_reply (self,
                          rp_dialogue_reason_to_reply (self, 452, "4.5.3", reason));
}

static void
on_rcpt (RpDialogue *self, const RpSmtpCommand *command)
{
  RpRecipient *recipient;
  RpReply *refusal;

  if (self->envelope == NULL)
    rp_dialogue_say_error (self, 503, "5.5.1", "Give a sender with MAIL first");
  else if (self->intake != NULL)
    rp_dialogue_say_error (self, 503, "5.5.1", "Content has begun; RSET begins anew");
  else if (self->envelope->recipients->len >= self->settings.max_recipients)
    refuse_recipient_past_limit (self);
  else
    {
      recipient = rp_envelope_add_recipient (self->envelope, command->address);
      refusal = rp_parameters_apply_to_recipient (command->parameters,
                                                  self->settings.features, recipient);
      if (refusal == NULL)
        {
          self->state = RP_DIALOGUE_STATE_ASK_RECIPIENT;
          return;
        }
      rp_dialogue_drop_last_recipient (self);
      rp_dialogue_take_error (self, refusal);
    }
}

static void
on_data (RpDialogue *self)
{
  if (self->envelope == NULL)
    rp_dialogue_say_error (self, 503, "5.5.1", "Give a sender with MAIL first");
  else if (self->intake != NULL)
    rp_dialogue_say_error (self, 503, "5.5.1",
                           "DATA cannot follow BDAT; RSET begins anew");
  else if (!rp_dialogue_has_recipients (self))
    rp_dialogue_say_error (self, 554, "5.5.1",
                           "There is no recipient that was accepted");
  else
    {
      self->intake = rp_intake_new (&self->settings);
      self->state = RP_DIALOGUE_STATE_ASK_CONTENT;
    }
}

static const char *
find_chunk_fault (RpDialogue *self)
{
  if (!rp_dialogue_has_recipients (self))
    return "Give sender and recipients first";
  return self->chunks_failed ? "An earlier chunk was refused; RSET begins anew" : NULL;
}

/* A chunk's octets follow at once, so they are read even when the chunk is refused:
 * else they would be taken for commands. */
static void
on_bdat (RpDialogue *self, const RpSmtpCommand *command)
{
  const char *fault = find_chunk_fault (self);

  self->state = RP_DIALOGUE_STATE_CHUNK;
  if (self->intake == NULL)
    {
      self->intake = rp_intake_new_chunked (&self->settings);
      if (fault == NULL)
        self->state = RP_DIALOGUE_STATE_ASK_CONTENT;
    }
  if (fault != NULL)
    rp_intake_fail (self->intake, rp_reply_new (503, "5.5.1", fault));
  rp_intake_begin_chunk (self->intake, command->chunk_bytes, command->is_last);
}

void
rp_dialogue_follow_login (RpDialogue *self, RpLoginStatus status)
{
  self->state = RP_DIALOGUE_STATE_COMMAND;
  switch (status)
    {
    case RP_LOGIN_PROMPT:
      rp_dialogue_say (self, 334, NULL, rp_login_exchange_get_prompt (self->login));
      self->state = RP_DIALOGUE_STATE_LOGIN;
      return;
    case RP_LOGIN_COMPLETE:
      self->state = RP_DIALOGUE_STATE_ASK_LOGIN;
      return;
    case RP_LOGIN_CANCELLED:
      rp_dialogue_say_error (self, 501, "5.7.0", "Authentication was cancelled");
      break;
    case RP_LOGIN_MALFORMED:
      rp_dialogue_say_error (self, 501, "5.5.2",
                             "The authentication data are malformed");
      break;
    case RP_LOGIN_UNKNOWN:
      rp_dialogue_say_error (self, 504, "5.5.4",
                             "This mechanism is not known; PLAIN and LOGIN are");
      break;
    }
  g_clear_pointer (&self->login, rp_login_exchange_free);
}

static void
on_auth (RpDialogue *self, const RpSmtpCommand *command)
{
  if (!offers (self, RP_FEATURE_AUTH))
    rp_dialogue_say_error (self, 503, "5.5.1", "Authentication is not offered");
  else if (self->hello[0] == '\0')
    rp_dialogue_say_error (self, 503, "5.5.1", "Say EHLO first");
  else if (self->user != NULL)
    rp_dialogue_say_error (self, 503, "5.5.1", "You are authenticated already");
  else if (self->envelope != NULL)
    rp_dialogue_say_error (self, 503, "5.5.1",
                           "Not within a transaction; RSET ends it");
  else
    {
      g_clear_pointer (&self->login, rp_login_exchange_free);
      self->login = rp_login_exchange_new ();
      rp_dialogue_follow_login (self,
                                rp_login_exchange_start (self->login, command->argument,
                                                         command->initial_response));
    }
}

static void
on_rset (RpDialogue *self)
{
  rp_dialogue_end_transaction (self);
  rp_dialogue_say (self, 250, "2.0.0", "Ok");
}

void
rp_dialogue_run_command (RpDialogue *self, const RpSmtpCommand *command)
{
  switch (command->verb)
    {
    case RP_VERB_HELO:
    case RP_VERB_EHLO:
      on_hello (self, command);
      break;
    case RP_VERB_MAIL:
      on_mail (self, command);
      break;
    case RP_VERB_RCPT:
      on_rcpt (self, command);
      break;
    case RP_VERB_DATA:
      on_data (self);
      break;
    case RP_VERB_BDAT:
      on_bdat (self, command);
      break;
    case RP_VERB_RSET:
      on_rset (self);
      break;
    case RP_VERB_NOOP:
      rp_dialogue_say (self, 250, "2.0.0", "Ok");
      break;
    case RP_VERB_QUIT:
      rp_dialogue_say (self, 221, "2.0.0", "Bye");
      self->state = RP_DIALOGUE_STATE_CLOSED;
      break;
    case RP_VERB_VRFY:
      rp_dialogue_say (self, 252, "2.0.0", "Send it some mail and see");
      break;
    case RP_VERB_EXPN:
      rp_dialogue_say_error (self, 502, "5.5.1", "There are no lists here");
      break;
    case RP_VERB_HELP:
      rp_dialogue_say (self, 214, "2.0.0",
                       "roampost hands your mail to the right server\n"
                       "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY AUTH HELP");
      break;
    case RP_VERB_AUTH:
      on_auth (self, command);
      break;
    case RP_VERB_STARTTLS:
      rp_dialogue_say_error (self, 502, "5.5.1",
                             "TLS is not offered here, and not needed");
      break;
    case RP_VERB_UNKNOWN:
      break;
    }
}
