/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-fate.h"

RpFate *
rp_fate_new (RpFateKind kind,
             const char *address,
             const char *server,
             const RpReply *reply,
             RpReason *reason)
{
  RpFate *self = g_new0 (RpFate, 1);

  self->kind = kind;
  self->address = g_strdup (address);
  self->server = g_strdup (server);
  self->reply = reply != NULL ? rp_reply_copy (reply) : NULL;
  self->reasons = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_reason_free);
  rp_fate_add_reason (self, reason);
  return self;
}

RpFate *
rp_fate_copy (const RpFate *self)
{
  RpFate *copy =
      rp_fate_new (self->kind, self->address, self->server, self->reply, NULL);

  rp_fate_set_code (copy, self->code, self->enhanced);
  for (guint i = 0; i < self->reasons->len; i++)
    rp_fate_add_reason (copy, rp_reason_copy (g_ptr_array_index (self->reasons, i)));
  return copy;
}

void
rp_fate_free (RpFate *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_free (self->server);
  g_free (self->enhanced);
  rp_reply_free (self->reply);
  g_ptr_array_unref (self->reasons);
  g_free (self);
}

void
rp_fate_add_reason (RpFate *self, RpReason *reason)
{
  if (reason != NULL)
    g_ptr_array_add (self->reasons, reason);
}

const RpReason *
rp_fate_get_reason (const RpFate *self)
{
  return self->reasons->len > 0 ? g_ptr_array_index (self->reasons, 0) : NULL;
}

void
rp_fate_set_code (RpFate *self, guint code, const char *enhanced)
{
  self->code = code;
  g_free (self->enhanced);
  self->enhanced = g_strdup (enhanced);
}
