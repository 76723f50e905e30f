/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/rp-dialogue-private.h"

/* 512 must work (RFC 5321 section 4.5.3.1.4), AUTH needs more (RFC 4954 section 4). */
#define MAX_COMMAND_BYTES 4096
#define MAX_LOGIN_BYTES 12288

RpDialogue *
rp_dialogue_new (const RpDialogueSettings *settings)
{
  RpDialogue *self = g_new0 (RpDialogue, 1);

  self->settings = *settings;
  self->host_name = g_strdup (settings->host_name);
  self->settings.host_name = self->host_name;
  self->lines = rp_line_reader_new ();
  self->output = g_string_new (NULL);
  self->hello = g_strdup ("");
  return self;
}

void
rp_dialogue_free (RpDialogue *self)
{
  if (self == NULL)
    return;

  g_free (self->host_name);
  rp_line_reader_free (self->lines);
  g_string_free (self->output, TRUE);
  g_free (self->hello);
  rp_login_exchange_free (self->login);
  g_free (self->user);
  rp_envelope_free (self->envelope);
  rp_intake_free (self->intake);
  g_free (self);
}

void
rp_dialogue_greet (RpDialogue *self)
{
  g_autofree char *text = g_strdup_printf ("%s ESMTP roampost", self->host_name);

  rp_dialogue_say (self, 220, NULL, text);
}

static void
on_command_line (RpDialogue *self, const char *line, gsize n_bytes)
{
  g_autoptr (RpSmtpCommand) command = NULL;

  if (rp_smtp_command_is_foreign (line, n_bytes)
      || (n_bytes == 0 && self->hello[0] == '\0'))
    {
      rp_dialogue_refuse_for (self, "4.7.0", RP_REASON_NOT_SMTP);
      return;
    }

  command = rp_smtp_command_parse (line, n_bytes);
  if (command->verb == RP_VERB_BDAT
      && (command->refusal != NULL
          || (self->settings.features & RP_FEATURE_CHUNKING) == 0))
    {
      /* Its octets follow, and nobody knows how many. */
      rp_dialogue_say (self, 501, "5.5.4", "This BDAT cannot be followed; closing");
      self->state = RP_DIALOGUE_STATE_CLOSED;
    }
  else if (command->refusal != NULL)
    rp_dialogue_take_error (self, g_steal_pointer (&command->refusal));
  else
    rp_dialogue_run_command (self, command);
  if (command->verb == RP_VERB_AUTH)
    rp_line_reader_wipe (self->lines);
}

static void
on_login_line (RpDialogue *self, const char *line, gsize n_bytes)
{
  if (memchr (line, '\0', n_bytes) != NULL)
    rp_dialogue_follow_login (self, RP_LOGIN_MALFORMED);
  else
    rp_dialogue_follow_login (self, rp_login_exchange_answer (self->login, line));
  rp_line_reader_wipe (self->lines);
}

static void
on_bad_line (RpDialogue *self, guint code, const char *enhanced, const char *text)
{
  if (self->state == RP_DIALOGUE_STATE_LOGIN)
    {
      g_clear_pointer (&self->login, rp_login_exchange_free);
      self->state = RP_DIALOGUE_STATE_COMMAND;
    }
  rp_dialogue_say_error (self, code, enhanced, text);
}

/* Another protocol shows by its first octet: a TLS hello has no line end to wait for.
 * Looked at before all else, so that it counts no less when the rest came with it. */
static gboolean
has_foreign_start (RpDialogue *self)
{
  gsize n_bytes;
  const char *line = rp_line_reader_get_line (self->lines, &n_bytes);

  return self->state == RP_DIALOGUE_STATE_COMMAND && n_bytes > 0
         && !g_ascii_isalpha (line[0]);
}

static void
on_line (RpDialogue *self)
{
  gsize n_bytes;
  const char *line = rp_line_reader_get_line (self->lines, &n_bytes);

  if (self->state == RP_DIALOGUE_STATE_LOGIN)
    on_login_line (self, line, n_bytes);
  else
    on_command_line (self, line, n_bytes);
}

static void
on_long_line (RpDialogue *self)
{
  gsize n_bytes;
  const char *line = rp_line_reader_get_line (self->lines, &n_bytes);

  if (self->state == RP_DIALOGUE_STATE_COMMAND
      && rp_smtp_command_is_foreign (line, n_bytes))
    rp_dialogue_refuse_for (self, "4.7.0", RP_REASON_NOT_SMTP);
  else
    on_bad_line (self, 500, "5.5.2", "This line is too long");
}

static void
feed_line (RpDialogue *self, const char *data, gsize n_bytes, gsize *consumed)
{
  gsize max_bytes =
      self->state == RP_DIALOGUE_STATE_LOGIN ? MAX_LOGIN_BYTES : MAX_COMMAND_BYTES;

  RpLineStatus status =
      rp_line_reader_feed (self->lines, data, n_bytes, max_bytes, consumed);

  if (has_foreign_start (self))
    {
      rp_dialogue_refuse_for (self, "4.7.0", RP_REASON_NOT_SMTP);
      return;
    }

  switch (status)
    {
    case RP_LINE_MORE:
      break;
    case RP_LINE_WHOLE:
      on_line (self);
      break;
    case RP_LINE_TOO_LONG:
      on_long_line (self);
      break;
    case RP_LINE_BARE_CR:
      on_bad_line (self, 500, "5.5.2", "A command may not hold a bare CR");
      break;
    case RP_LINE_BARE_LF:
      /* Whatever stands behind it was perhaps smuggled through somebody's address
       * field: none of it is read. */
      rp_dialogue_say (self, 500, "5.5.2",
                       "Commands must end with CR LF, not LF alone; closing");
      self->state = RP_DIALOGUE_STATE_CLOSED;
      break;
    case RP_LINE_ENDLESS:
      rp_dialogue_refuse_for (self, "4.7.0", RP_REASON_NOT_SMTP);
      break;
    }
}

/* The program has sent its last octet of content. */
static RpDialogueEvent
finish_content (RpDialogue *self)
{
  RpReply *refusal = rp_intake_dup_refusal (self->intake);

  if (refusal == NULL)
    {
      self->state = RP_DIALOGUE_STATE_ASK_MESSAGE;
      return RP_DIALOGUE_MESSAGE;
    }

  rp_dialogue_take_reply (self, refusal);
  rp_dialogue_end_transaction (self);
  self->state = RP_DIALOGUE_STATE_COMMAND;
  return RP_DIALOGUE_MORE;
}

static RpDialogueEvent
finish_chunk (RpDialogue *self)
{
  RpReply *refusal;

  if (rp_intake_is_last_chunk (self->intake))
    return finish_content (self);

  self->state = RP_DIALOGUE_STATE_COMMAND;
  refusal = rp_intake_dup_refusal (self->intake);
  self->chunks_failed = refusal != NULL;
  if (refusal != NULL)
    rp_dialogue_take_reply (self, refusal);
  else
    rp_dialogue_say (self, 250, "2.0.0", "Chunk received");
  if (!rp_dialogue_has_recipients (self))
    rp_dialogue_drop_content (self);
  return RP_DIALOGUE_MORE;
}

static RpDialogueEvent
feed_content (RpDialogue *self, const char *data, gsize n_bytes, gsize *consumed)
{
  gsize n_content;

  *consumed = rp_intake_feed (self->intake, data, n_bytes);
  rp_intake_get_content (self->intake, &n_content);
  if (n_content > 0)
    return RP_DIALOGUE_CONTENT;
  if (!rp_intake_is_at_end (self->intake))
    return RP_DIALOGUE_MORE;
  return self->state == RP_DIALOGUE_STATE_DATA ? finish_content (self)
                                               : finish_chunk (self);
}

static RpDialogueEvent
step (RpDialogue *self, const char *data, gsize n_bytes, gsize *consumed)
{
  switch (self->state)
    {
    case RP_DIALOGUE_STATE_COMMAND:
    case RP_DIALOGUE_STATE_LOGIN:
      feed_line (self, data, n_bytes, consumed);
      return RP_DIALOGUE_MORE;
    case RP_DIALOGUE_STATE_DATA:
    case RP_DIALOGUE_STATE_CHUNK:
      return feed_content (self, data, n_bytes, consumed);
    case RP_DIALOGUE_STATE_ASK_LOGIN:
      return RP_DIALOGUE_CHECK_LOGIN;
    case RP_DIALOGUE_STATE_ASK_SENDER:
      return RP_DIALOGUE_CHECK_SENDER;
    case RP_DIALOGUE_STATE_ASK_RECIPIENT:
      return RP_DIALOGUE_CHECK_RECIPIENT;
    case RP_DIALOGUE_STATE_ASK_CONTENT:
      return RP_DIALOGUE_CONTENT_BEGINS;
    case RP_DIALOGUE_STATE_ASK_MESSAGE:
    case RP_DIALOGUE_STATE_CLOSED:
      return RP_DIALOGUE_CLOSE;
    }

  return RP_DIALOGUE_CLOSE;
}

RpDialogueEvent
rp_dialogue_feed (RpDialogue *self, const char *data, gsize n_bytes, gsize *consumed)
{
  RpDialogueEvent event;

  *consumed = 0;
  /* Told once; what is pipelined behind the message waits for its answer. */
  if (self->state == RP_DIALOGUE_STATE_ASK_MESSAGE)
    return RP_DIALOGUE_MORE;

  do
    {
      RpDialogueState before = self->state;
      gsize n_used = 0;

      if (self->is_dropped)
        {
          self->is_dropped = FALSE;
          return RP_DIALOGUE_CONTENT_DROPPED;
        }
      event = step (self, data + *consumed, n_bytes - *consumed, &n_used);
      *consumed += n_used;
      /* A new state may have something to say without a further octet. */
      if (event == RP_DIALOGUE_MORE && self->state == before && *consumed == n_bytes
          && !self->is_dropped)
        return RP_DIALOGUE_MORE;
    }
  while (event == RP_DIALOGUE_MORE);

  return event;
}

static void
answer_sender (RpDialogue *self, RpReply *refusal)
{
  if (refusal != NULL)
    rp_dialogue_end_transaction (self);
  rp_dialogue_take_reply (self, refusal != NULL ? refusal
                                                : rp_reply_new (250, "2.1.0", "Ok"));
}

static void
answer_recipient (RpDialogue *self, RpReply *refusal)
{
  if (refusal != NULL)
    rp_dialogue_drop_last_recipient (self);
  rp_dialogue_take_reply (self, refusal != NULL ? refusal
                                                : rp_reply_new (250, "2.1.5", "Ok"));
}

static void
answer_content (RpDialogue *self, RpReply *refusal)
{
  if (rp_intake_is_chunked (self->intake))
    {
      self->state = RP_DIALOGUE_STATE_CHUNK;
      if (refusal != NULL)
        rp_intake_fail (self->intake, refusal);
    }
  else if (refusal == NULL)
    {
      self->state = RP_DIALOGUE_STATE_DATA;
      rp_dialogue_say (self, 354, NULL,
                       "Go on, end with a line that holds a dot alone");
    }
  else
    {
      rp_dialogue_take_reply (self, refusal);
      rp_dialogue_end_transaction (self);
    }
}

static void
answer_message (RpDialogue *self, RpReply *reply)
{
  rp_dialogue_take_reply (self, reply);
  /* The driver gave the content away: there is none to drop. */
  g_clear_pointer (&self->intake, rp_intake_free);
  rp_dialogue_end_transaction (self);
  self->n_errors = 0;
}

void
rp_dialogue_answer (RpDialogue *self, RpReply *reply)
{
  RpDialogueState asked = self->state;

  if (asked == RP_DIALOGUE_STATE_CLOSED)
    {
      rp_reply_free (reply);
      return;
    }

  self->state = RP_DIALOGUE_STATE_COMMAND;
  if (asked == RP_DIALOGUE_STATE_ASK_SENDER)
    answer_sender (self, reply);
  else if (asked == RP_DIALOGUE_STATE_ASK_RECIPIENT)
    answer_recipient (self, reply);
  else if (asked == RP_DIALOGUE_STATE_ASK_CONTENT)
    answer_content (self, reply);
  else if (asked == RP_DIALOGUE_STATE_ASK_MESSAGE)
    answer_message (self, reply);
  else
    g_return_if_reached ();
}

void
rp_dialogue_answer_login (RpDialogue *self, gboolean is_right)
{
  g_return_if_fail (self->state == RP_DIALOGUE_STATE_ASK_LOGIN);

  self->state = RP_DIALOGUE_STATE_COMMAND;
  /* Nobody but the user themself can be acted for; where no password is asked for,
   * a second name says nothing. */
  if (self->settings.requires_login && rp_login_exchange_is_for_other (self->login))
    is_right = FALSE;
  if (is_right)
    {
      self->user = g_strdup (rp_login_exchange_get_user (self->login));
      rp_dialogue_say (self, 235, "2.7.0", "Authentication succeeded");
    }
  else
    rp_dialogue_say_error (self, 535, "5.7.8", "Name or password is wrong");
  g_clear_pointer (&self->login, rp_login_exchange_free);
}

void
rp_dialogue_fail_content (RpDialogue *self, RpReply *reply)
{
  rp_intake_fail (self->intake, reply);
}

GBytes *
rp_dialogue_take_output (RpDialogue *self)
{
  GString *output = self->output;

  if (output->len == 0)
    return NULL;

  self->output = g_string_new (NULL);
  return g_string_free_to_bytes (output);
}

void
rp_dialogue_get_login (RpDialogue *self, const char **user, const char **password)
{
  *user = rp_login_exchange_get_user (self->login);
  *password = rp_login_exchange_get_password (self->login);
}

const char *
rp_dialogue_get_user (RpDialogue *self)
{
  return self->user;
}

const RpEnvelope *
rp_dialogue_get_envelope (RpDialogue *self)
{
  return self->envelope;
}

RpEnvelope *
rp_dialogue_take_envelope (RpDialogue *self)
{
  g_return_val_if_fail (self->state == RP_DIALOGUE_STATE_ASK_MESSAGE, NULL);

  return g_steal_pointer (&self->envelope);
}

RpContentFacts *
rp_dialogue_dup_facts (RpDialogue *self)
{
  return rp_intake_dup_facts (self->intake);
}

const guint8 *
rp_dialogue_get_content (RpDialogue *self, gsize *n_bytes)
{
  return rp_intake_get_content (self->intake, n_bytes);
}

const char *
rp_dialogue_get_hello (RpDialogue *self)
{
  return self->hello;
}

gboolean
rp_dialogue_is_esmtp (RpDialogue *self)
{
  return self->is_esmtp;
}

gboolean
rp_dialogue_is_idle (RpDialogue *self)
{
  return self->state == RP_DIALOGUE_STATE_CLOSED
         || (self->state == RP_DIALOGUE_STATE_COMMAND && self->envelope == NULL);
}

gboolean
rp_dialogue_is_waiting (RpDialogue *self)
{
  return self->state == RP_DIALOGUE_STATE_ASK_MESSAGE;
}
