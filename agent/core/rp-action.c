/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-action.h"

RpAction *
rp_action_new (RpActionKind kind, guint lane)
{
  RpAction *self = g_new0 (RpAction, 1);

  self->kind = kind;
  self->lane = lane;
  return self;
}

static void
record_free (RpRecord *record)
{
  rp_fate_free (record->fate);
  g_free (record);
}

void
rp_action_add_record (RpAction *self, guint recipient, RpFate *fate)
{
  RpRecord *record = g_new0 (RpRecord, 1);

  if (self->records == NULL)
    self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) record_free);
  record->recipient = recipient;
  record->fate = fate;
  g_ptr_array_add (self->records, record);
}

void
rp_action_free (RpAction *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  rp_reply_free (self->reply);
  rp_step_free (self->step);
  rp_lesson_free (self->lesson);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self);
}
