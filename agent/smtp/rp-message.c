/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-message.h"

#include <string.h>

char *
rp_message_dup_new_id (void)
{
  static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's */
  guint64 bits = ((guint64) g_random_int () << 32) | g_random_int ();
  char *id = g_malloc (9);

  for (guint i = 0; i < 8; i++, bits >>= 5)
    id[i] = digits[bits & 31];
  id[8] = '\0';
  return id;
}

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

/* With its NUL, so that two strings never run into each other. */
static void
add_string (GChecksum *sum, const char *text)
{
  g_checksum_update (sum, (const guchar *) text, (gssize) strlen (text) + 1);
}

char *
rp_message_dup_digest (const RpMessage *self)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *content = rp_content_get_digest (self->content);

  if (content == NULL)
    return NULL;

  add_string (sum, self->envelope->sender);
  for (guint i = 0; i < rp_envelope_get_n_recipients (self->envelope); i++)
    add_string (sum, rp_envelope_get_recipient (self->envelope, i)->address);
  add_string (sum, "");
  g_checksum_update (sum, (const guchar *) content, (gssize) strlen (content));
  return g_strdup (g_checksum_get_string (sum));
}
