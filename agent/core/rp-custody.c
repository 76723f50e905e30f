/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-custody.h"

static const char *const state_nicks[RP_CUSTODY_N_STATES] = {
  [RP_CUSTODY_WAITING] = "waiting",
  [RP_CUSTODY_DOUBT] = "doubt",
  [RP_CUSTODY_SENT] = "sent",
  [RP_CUSTODY_FAILED] = "failed",
};

static const char *const summary_nicks[] = {
  [RP_CUSTODY_SUMMARY_DAMAGED] = "damaged", [RP_CUSTODY_SUMMARY_HELD] = "held",
  [RP_CUSTODY_SUMMARY_DOUBT] = "doubt",     [RP_CUSTODY_SUMMARY_WAITING] = "waiting",
  [RP_CUSTODY_SUMMARY_FAILED] = "failed",   [RP_CUSTODY_SUMMARY_SENT] = "sent",
};

RpCustodyRecipient *
rp_custody_recipient_new (RpCustodyState state)
{
  RpCustodyRecipient *self = g_new0 (RpCustodyRecipient, 1);

  self->state = state;
  return self;
}

RpCustodyRecipient *
rp_custody_recipient_copy (const RpCustodyRecipient *self)
{
  RpCustodyRecipient *copy = rp_custody_recipient_new (self->state);

  copy->server = g_strdup (self->server);
  if (self->reply != NULL)
    copy->reply = rp_reply_copy (self->reply);
  copy->reason = rp_reason_copy (self->reason);
  return copy;
}

void
rp_custody_recipient_free (RpCustodyRecipient *self)
{
  if (self == NULL)
    return;

  g_free (self->server);
  rp_reply_free (self->reply);
  rp_reason_free (self->reason);
  g_free (self);
}

const char *
rp_custody_state_to_nick (RpCustodyState state)
{
  g_return_val_if_fail (state < RP_CUSTODY_N_STATES, "doubt");

  return state_nicks[state];
}

gboolean
rp_custody_state_from_nick (const char *nick, RpCustodyState *state)
{
  for (guint i = 0; i < RP_CUSTODY_N_STATES; i++)
    if (g_str_equal (state_nicks[i], nick))
      {
        *state = (RpCustodyState) i;
        return TRUE;
      }

  return FALSE;
}

const char *
rp_custody_summary_to_nick (RpCustodySummary summary)
{
  return summary_nicks[summary];
}

static RpCustody *
custody_new (const char *id, const RpEnvelope *envelope, const RpContentFacts *facts)
{
  RpCustody *self = g_new0 (RpCustody, 1);

  self->id = g_strdup (id);
  self->envelope = rp_envelope_copy (envelope);
  self->facts = rp_content_facts_copy (facts);
  self->recipients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_recipient_free);
  return self;
}

RpCustody *
rp_custody_new (const char *id, const RpEnvelope *envelope, const RpContentFacts *facts)
{
  RpCustody *self = custody_new (id, envelope, facts);

  for (guint i = 0; i < rp_envelope_get_n_recipients (envelope); i++)
    g_ptr_array_add (self->recipients, rp_custody_recipient_new (RP_CUSTODY_WAITING));
  return self;
}

RpCustody *
rp_custody_copy (const RpCustody *self)
{
  RpCustody *copy = custody_new (self->id, self->envelope, self->facts);

  copy->hello = g_strdup (self->hello);
  copy->is_esmtp = self->is_esmtp;
  copy->program = g_strdup (self->program);
  copy->received_at_s = self->received_at_s;
  copy->digest = g_strdup (self->digest);
  copy->is_answered = self->is_answered;
  copy->is_held = self->is_held;
  copy->damage = g_strdup (self->damage);
  copy->n_attempts = self->n_attempts;
  copy->age_s = self->age_s;
  for (guint i = 0; i < rp_custody_get_n_recipients (self); i++)
    g_ptr_array_add (copy->recipients,
                     rp_custody_recipient_copy (rp_custody_get_recipient (self, i)));
  return copy;
}

void
rp_custody_free (RpCustody *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  rp_envelope_free (self->envelope);
  rp_content_facts_free (self->facts);
  g_free (self->hello);
  g_free (self->program);
  g_free (self->digest);
  g_ptr_array_unref (self->recipients);
  g_free (self->damage);
  g_free (self);
}

void
rp_custody_set_recipient (RpCustody *self,
                          guint index,
                          const RpCustodyRecipient *recipient)
{
  RpCustodyRecipient *old;

  g_return_if_fail (index < self->recipients->len);

  old = g_ptr_array_index (self->recipients, index);
  g_ptr_array_index (self->recipients, index) = rp_custody_recipient_copy (recipient);
  rp_custody_recipient_free (old);
}

guint
rp_custody_count (const RpCustody *self, RpCustodyState state)
{
  guint n_recipients = 0;

  for (guint i = 0; i < rp_custody_get_n_recipients (self); i++)
    if (rp_custody_get_recipient (self, i)->state == state)
      n_recipients++;
  return n_recipients;
}

RpCustodySummary
rp_custody_get_summary (const RpCustody *self)
{
  const gboolean somebody_waits = rp_custody_count (self, RP_CUSTODY_WAITING) > 0;

  if (self->damage != NULL)
    return RP_CUSTODY_SUMMARY_DAMAGED;
  if (self->is_held && somebody_waits)
    return RP_CUSTODY_SUMMARY_HELD;
  if (rp_custody_count (self, RP_CUSTODY_DOUBT) > 0)
    return RP_CUSTODY_SUMMARY_DOUBT;
  if (somebody_waits)
    return RP_CUSTODY_SUMMARY_WAITING;
  if (rp_custody_count (self, RP_CUSTODY_FAILED) > 0)
    return RP_CUSTODY_SUMMARY_FAILED;
  return RP_CUSTODY_SUMMARY_SENT;
}

const char *
rp_custody_get_state (const RpCustody *self)
{
  return rp_custody_summary_to_nick (rp_custody_get_summary (self));
}

/* ---- as on the bus ---- */

/* An address may hold any octets; a variant holds UTF-8 only. */
static void
add_string (GVariantDict *dict, const char *key, const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;
  valid = g_utf8_make_valid (value, -1);
  g_variant_dict_insert (dict, key, "s", valid);
}

static void
add_reason (GVariantDict *dict, const RpReason *reason)
{
  g_autoptr (RpReason) valid = NULL;

  if (reason == NULL)
    return;
  valid = rp_reason_copy (reason);
  for (guint i = 0; valid->args[i] != NULL; i++)
    {
      char *arg = valid->args[i];

      valid->args[i] = g_utf8_make_valid (arg, -1);
      g_free (arg);
    }
  g_variant_dict_insert_value (dict, "reason", rp_reason_to_variant (valid));
}

static GVariant *
recipient_to_variant (const RpCustodyRecipient *self, const char *address)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *reply = self->reply != NULL ? rp_reply_dup_text (self->reply) : NULL;

  add_string (&dict, "address", address);
  add_string (&dict, "state", rp_custody_state_to_nick (self->state));
  add_string (&dict, "server", self->server);
  add_string (&dict, "reply", reply);
  add_reason (&dict, self->reason);
  return g_variant_dict_end (&dict);
}

static GVariant *
recipients_to_variant (const RpCustody *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rp_custody_get_n_recipients (self); i++)
    g_variant_builder_add_value (
        &builder,
        recipient_to_variant (rp_custody_get_recipient (self, i),
                              rp_envelope_get_recipient (self->envelope, i)->address));
  return g_variant_builder_end (&builder);
}

GVariant *
rp_custody_to_variant (const RpCustody *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  add_string (&dict, "id", self->id);
  g_variant_dict_insert (&dict, "received-at", "x", self->received_at_s);
  add_string (&dict, "sender", self->envelope->sender);
  g_variant_dict_insert_value (&dict, "recipients", recipients_to_variant (self));
  g_variant_dict_insert (&dict, "bytes", "t", self->facts->n_bytes);
  add_string (&dict, "state", rp_custody_get_state (self));
  add_string (&dict, "damage", self->damage);
  g_variant_dict_insert (&dict, "attempts", "u", self->n_attempts);
  add_string (&dict, "program", self->program);
  return g_variant_dict_end (&dict);
}
