/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-step.h"

static const char *const kind_nicks[] = {
  [RP_STEP_RECEIVED] = "received", [RP_STEP_PLANNED] = "planned",
  [RP_STEP_LEFT_OUT] = "left-out", [RP_STEP_CONNECTED] = "connected",
  [RP_STEP_FAILED] = "failed",     [RP_STEP_REPLY] = "reply",
  [RP_STEP_SENT] = "sent",         [RP_STEP_REFUSED] = "refused",
  [RP_STEP_WAITING] = "waiting",   [RP_STEP_DOUBT] = "doubt",
  [RP_STEP_QUEUED] = "queued",     [RP_STEP_ANSWERED] = "answered",
  [RP_STEP_UNHEARD] = "unheard",   [RP_STEP_POP_LOGIN] = "pop-login",
};

RpStep *
rp_step_new (RpStepKind kind, const char *message_id)
{
  RpStep *self = g_new0 (RpStep, 1);

  self->kind = kind;
  self->message_id = g_strdup (message_id);
  return self;
}

void
rp_step_free (RpStep *self)
{
  if (self == NULL)
    return;

  g_free (self->message_id);
  g_free (self->recipient);
  g_free (self->server);
  g_free (self->endpoint);
  rp_reply_free (self->reply);
  rp_reason_free (self->reason);
  g_free (self);
}

const char *
rp_step_kind_to_nick (RpStepKind kind)
{
  return kind_nicks[kind];
}

gboolean
rp_step_has_verdict (const RpStep *self)
{
  return self->reply != NULL && self->kind != RP_STEP_ANSWERED
         && self->kind != RP_STEP_UNHEARD;
}

static void
add_string (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

GVariant *
rp_step_to_variant (const RpStep *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  add_string (&dict, "kind", rp_step_kind_to_nick (self->kind));
  add_string (&dict, "id", self->message_id);
  g_variant_dict_insert (&dict, "at", "x", self->at_s);
  add_string (&dict, "recipient", self->recipient);
  add_string (&dict, "server", self->server);
  add_string (&dict, "endpoint", self->endpoint);
  if (self->reply != NULL)
    {
      g_autofree char *text = rp_reply_dup_text (self->reply);

      if (rp_step_has_verdict (self))
        add_string (&dict, "verdict", rp_verdict_to_nick (self->verdict));
      add_string (&dict, "reply", text);
    }
  if (self->reason != NULL)
    g_variant_dict_insert_value (&dict, "reason", rp_reason_to_variant (self->reason));

  return g_variant_dict_end (&dict);
}
