/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dialogue-private.h"

void
rp_dialogue_write_reply (RpDialogue *self, const RpReply *reply)
{
  g_autofree char *wire = rp_reply_to_wire (reply);

  g_string_append (self->output, wire);
}

void
rp_dialogue_take_reply (RpDialogue *self, RpReply *reply)
{
  rp_dialogue_write_reply (self, reply);
  rp_reply_free (reply);
}

void
rp_dialogue_say (RpDialogue *self, guint code, const char *enhanced, const char *text)
{
  rp_dialogue_take_reply (self, rp_reply_new (code, enhanced, text));
}

RpReply *
rp_dialogue_reason_to_reply (RpDialogue *self,
                             guint code,
                             const char *enhanced,
                             const RpReason *reason)
{
  g_autofree char *text =
      self->settings.sentence (reason, self->settings.sentence_data);

  return rp_reply_new (code, enhanced, text);
}

void
rp_dialogue_refuse (RpDialogue *self,
                    guint code,
                    const char *enhanced,
                    const RpReason *reason)
{
  if (self->state == RP_DIALOGUE_STATE_CLOSED)
    return;

  rp_dialogue_take_reply (self,
                          rp_dialogue_reason_to_reply (self, code, enhanced, reason));
  self->state = RP_DIALOGUE_STATE_CLOSED;
}

void
rp_dialogue_refuse_for (RpDialogue *self, const char *enhanced, RpReasonCode code)
{
  g_autoptr (RpReason) reason = rp_reason_new (code, NULL);

  rp_dialogue_refuse (self, 421, enhanced, reason);
}

void
rp_dialogue_take_error (RpDialogue *self, RpReply *reply)
{
  rp_dialogue_take_reply (self, reply);
  if (++self->n_errors >= self->settings.max_errors)
    rp_dialogue_refuse_for (self, "4.7.0", RP_REASON_TOO_MANY_ERRORS);
}

void
rp_dialogue_say_error (RpDialogue *self,
                       guint code,
                       const char *enhanced,
                       const char *text)
{
  rp_dialogue_take_error (self, rp_reply_new (code, enhanced, text));
}

gboolean
rp_dialogue_has_recipients (RpDialogue *self)
{
  return self->envelope != NULL && self->envelope->recipients->len > 0;
}

void
rp_dialogue_drop_content (RpDialogue *self)
{
  if (self->intake != NULL)
    self->is_dropped = TRUE;
  g_clear_pointer (&self->intake, rp_intake_free);
  self->chunks_failed = FALSE;
}

void
rp_dialogue_end_transaction (RpDialogue *self)
{
  rp_dialogue_drop_content (self);
  g_clear_pointer (&self->envelope, rp_envelope_free);
}

void
rp_dialogue_drop_last_recipient (RpDialogue *self)
{
  g_ptr_array_remove_index (self->envelope->recipients,
                            self->envelope->recipients->len - 1);
}
