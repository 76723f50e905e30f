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

void
rp_action_free (RpAction *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  rp_reply_free (self->reply);
  rp_step_free (self->step);
  rp_lesson_free (self->lesson);
  g_free (self);
}
