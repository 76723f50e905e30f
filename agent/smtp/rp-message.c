/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-message.h"

RpMessage *
rp_message_new (const char *id)
{
  RpMessage *self = g_new0 (RpMessage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_strdup (id);
  return self;
}

RpMessage *
rp_message_ref (RpMessage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
rp_message_unref (RpMessage *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  rp_envelope_free (self->envelope);
  rp_content_facts_free (self->facts);
  g_clear_object (&self->content);
  g_free (self->hello);
  g_free (self->program);
  g_free (self);
}
