/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it comes to: the fates of all joined into an answer, or custody, and the word
 * that the journal keeps. */
#include "core/rp-answer.h"
#include "core/rp-settlement-private.h"

guint
rp_settlement_count_fates (const RpSettlement *self, RpFateKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->travellers->len; i++)
    if (get_traveller (self, i)->fate != NULL
        && get_traveller (self, i)->fate->kind == kind)
      n++;

  return n;
}

gboolean
rp_settlement_is_served (const RpSettlement *self)
{
  return rp_settlement_count_fates (self, RP_FATE_SENT) > 0;
}

/* Everybody who is still under way is dropped from it: nothing will be committed. */
static void
drop_open_travellers (RpSettlement *self)
{
  for (guint i = 0; i < self->travellers->len; i++)
    {
      Traveller *traveller = get_traveller (self, i);

      if (traveller->state == TRAVELLER_SETTLED)
        continue;

      traveller->state = TRAVELLER_SETTLED;
      traveller->fate =
          rp_fate_new (RP_FATE_OPEN, traveller->address, NULL, NULL, NULL);
    }
}

static RpKeeping
get_keeping (const RpSettlement *self)
{
  switch (self->custody)
    {
    case CUSTODY_NONE:
    case CUSTODY_TAKING:
      return RP_KEEPING_PROGRAM;
    case CUSTODY_HELD:
      return RP_KEEPING_CUSTODY;
    case CUSTODY_FAILED:
      return RP_KEEPING_FAILED;
    }
  g_return_val_if_reached (RP_KEEPING_PROGRAM);
}

/* Whoever is still under way in custody waits, for the reason that keeps it there. */
static GPtrArray *
dup_fates (const RpSettlement *self)
{
  GPtrArray *fates = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_fate_free);

  for (guint i = 0; i < self->travellers->len; i++)
    {
      const Traveller *traveller = get_traveller (self, i);

      g_ptr_array_add (
          fates, traveller->fate != NULL
                     ? rp_fate_copy (traveller->fate)
                     : rp_fate_new (RP_FATE_WAITING, traveller->address, NULL, NULL,
                                    rp_settlement_dup_delay (self, traveller)));
    }
  return fates;
}

void
rp_settlement_answer (RpSettlement *self)
{
  g_autoptr (GPtrArray) fates = NULL;
  RpStep *step = rp_step_new (RP_STEP_ANSWERED, self->message_id);
  RpAnswerMaterial material = { .network = self->plan->network,
                                .message_id = self->message_id,
                                .keeping = get_keeping (self),
                                .trouble = self->custody_trouble,
                                .sentence = self->options.sentence,
                                .sentence_data = self->options.sentence_data };
  RpReply *reply;

  if (self->custody != CUSTODY_HELD)
    drop_open_travellers (self);
  material.fates = fates = dup_fates (self);
  reply = rp_answer_new (&material);
  self->is_answered = TRUE;
  step->reply = rp_reply_copy (reply);
  rp_settlement_act (self, RP_ACTION_STEP, NULL)->step = step;
  rp_settlement_act (self, RP_ACTION_ANSWER, NULL)->reply = reply;
}

static gboolean
is_told (const RpSettlement *self)
{
  if (!self->options.tells_deferred)
    return FALSE;

  for (guint i = 0; i < self->travellers->len; i++)
    {
      const RpFate *fate = get_traveller (self, i)->fate;

      if (fate != NULL && fate->kind == RP_FATE_WAITING && fate->reply != NULL
          && fate->reply->code / 100 == 4)
        return TRUE;
    }

  return FALSE;
}

/* Nothing more can be done for the program that waits: a yes, a no, or "I have it". A
 * no, and "it may have arrived", stand only as long as nobody has the message. */
void
rp_settlement_conclude (RpSettlement *self)
{
  const gboolean is_served = rp_settlement_is_served (self);

  if (rp_settlement_count_fates (self, RP_FATE_SENT) == self->travellers->len)
    rp_settlement_answer (self);
  else if (!is_served && rp_settlement_count_fates (self, RP_FATE_DOUBT) > 0)
    rp_settlement_answer (self);
  else if (!is_served && rp_settlement_count_fates (self, RP_FATE_REFUSED) > 0)
    rp_settlement_answer (self);
  else if (!is_served && is_told (self))
    rp_settlement_answer (self);
  else
    rp_settlement_take_custody (self);
}

static const char *
get_custody_outcome (const RpSettlement *self)
{
  const guint n_sent = rp_settlement_count_fates (self, RP_FATE_SENT);
  const guint n_refused = rp_settlement_count_fates (self, RP_FATE_REFUSED);
  const guint n_doubt = rp_settlement_count_fates (self, RP_FATE_DOUBT);

  if (n_doubt > 0)
    return "doubt";
  return n_sent + n_refused == self->travellers->len ? "failed" : "queued";
}

const char *
rp_settlement_get_outcome (const RpSettlement *self)
{
  if (!self->is_answered)
    return "open";
  if (rp_settlement_count_fates (self, RP_FATE_SENT) == self->travellers->len)
    return "sent";
  if (self->custody == CUSTODY_HELD)
    return get_custody_outcome (self);
  if (rp_settlement_count_fates (self, RP_FATE_DOUBT) > 0)
    return "doubt";
  if (rp_settlement_count_fates (self, RP_FATE_REFUSED) > 0
      || rp_settlement_is_served (self))
    return "refused";
  return "waiting";
}
