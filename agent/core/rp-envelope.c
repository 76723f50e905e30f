/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-envelope.h"

static void
recipient_free (RpRecipient *self)
{
  g_free (self->address);
  g_free (self->notify);
  g_free (self->orcpt);
  g_free (self);
}

RpEnvelope *
rp_envelope_new (const char *sender)
{
  RpEnvelope *self = g_new0 (RpEnvelope, 1);

  self->sender = g_strdup (sender);
  self->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) recipient_free);
  return self;
}

RpEnvelope *
rp_envelope_copy (const RpEnvelope *self)
{
  RpEnvelope *copy = rp_envelope_new (self->sender);

  copy->ret = g_strdup (self->ret);
  copy->envid = g_strdup (self->envid);
  copy->declared_8bit = self->declared_8bit;
  copy->declared_utf8 = self->declared_utf8;
  copy->declared_bytes = self->declared_bytes;
  for (guint i = 0; i < rp_envelope_get_n_recipients (self); i++)
    {
      const RpRecipient *from = rp_envelope_get_recipient (self, i);
      RpRecipient *to = rp_envelope_add_recipient (copy, from->address);

      to->notify = g_strdup (from->notify);
      to->orcpt = g_strdup (from->orcpt);
    }

  return copy;
}

void
rp_envelope_free (RpEnvelope *self)
{
  if (self == NULL)
    return;

  g_free (self->sender);
  g_free (self->ret);
  g_free (self->envid);
  g_ptr_array_unref (self->recipients);
  g_free (self);
}

RpRecipient *
rp_envelope_add_recipient (RpEnvelope *self, const char *address)
{
  RpRecipient *recipient = g_new0 (RpRecipient, 1);

  recipient->address = g_strdup (address);
  g_ptr_array_add (self->recipients, recipient);
  return recipient;
}

gboolean
rp_envelope_is_ascii (const RpEnvelope *self)
{
  if (!g_str_is_ascii (self->sender))
    return FALSE;

  for (guint i = 0; i < rp_envelope_get_n_recipients (self); i++)
    if (!g_str_is_ascii (rp_envelope_get_recipient (self, i)->address))
      return FALSE;

  return TRUE;
}

RpContentFacts *
rp_content_facts_copy (const RpContentFacts *self)
{
  RpContentFacts *copy = g_new0 (RpContentFacts, 1);

  *copy = *self;
  copy->header_from = g_strdup (self->header_from);
  copy->subject = g_strdup (self->subject);
  return copy;
}

void
rp_content_facts_free (RpContentFacts *self)
{
  if (self == NULL)
    return;

  g_free (self->header_from);
  g_free (self->subject);
  g_free (self);
}
