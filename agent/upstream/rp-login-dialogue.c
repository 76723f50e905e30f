/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-login-dialogue.h"

RpLoginDialogue *
rp_login_dialogue_new (RpTlsMode tls)
{
  RpLoginDialogue *self = g_new0 (RpLoginDialogue, 1);

  self->tls = tls;
  self->has_tls = tls == RP_TLS_IMPLICIT;
  self->stage = RP_LOGIN_STAGE_GREETING;
  self->parser = rp_reply_parser_new ();
  return self;
}

void
rp_login_dialogue_free (RpLoginDialogue *self)
{
  if (self == NULL)
    return;

  rp_reply_free (self->reply);
  rp_capabilities_free (self->capabilities);
  rp_reply_parser_free (self->parser);
  g_free (self);
}

/* The first line of an EHLO reply is the server's name. An enhanced code, which no
 * EHLO reply should have, was cut off by the parser. */
static void
read_capabilities (RpLoginDialogue *self)
{
  g_clear_pointer (&self->capabilities, rp_capabilities_free);
  self->capabilities = rp_capabilities_new ();
  for (guint i = 1; self->reply->lines[0] != NULL && self->reply->lines[i] != NULL; i++)
    rp_capabilities_add_line (self->capabilities, self->reply->lines[i]);
}

/* Where EHLO is refused curl says HELO, whose reply comes at the same stage. */
static RpLoginStage
get_stage_after_ehlo (const RpLoginDialogue *self)
{
  if (self->reply->code / 100 != 2)
    return RP_LOGIN_STAGE_EHLO;

  return self->tls == RP_TLS_STARTTLS && !self->has_tls ? RP_LOGIN_STAGE_STARTTLS
                                                        : RP_LOGIN_STAGE_AUTH;
}

static void
advance (RpLoginDialogue *self)
{
  const gboolean is_positive = self->reply->code / 100 == 2;

  self->reply_stage = self->stage;
  switch (self->stage)
    {
    case RP_LOGIN_STAGE_GREETING:
      if (is_positive)
        self->stage = RP_LOGIN_STAGE_EHLO;
      return;
    case RP_LOGIN_STAGE_EHLO:
      if (is_positive)
        read_capabilities (self);
      self->stage = get_stage_after_ehlo (self);
      return;
    case RP_LOGIN_STAGE_STARTTLS:
      if (!is_positive)
        return;
      /* What was offered in clear may have been written by anybody. */
      g_clear_pointer (&self->capabilities, rp_capabilities_free);
      self->has_tls = TRUE;
      self->stage = RP_LOGIN_STAGE_EHLO;
      return;
    case RP_LOGIN_STAGE_AUTH:
      self->is_authenticated = self->reply->code == 235;
      return;
    }
}

void
rp_login_dialogue_take_reply (RpLoginDialogue *self, RpReply *reply)
{
  rp_reply_free (self->reply);
  self->reply = reply;
  advance (self);
}

gboolean
rp_login_dialogue_read_line (RpLoginDialogue *self, const char *line, gsize n_bytes)
{
  gboolean is_whole = FALSE;

  while (n_bytes > 0 && !self->is_broken)
    {
      g_autoptr (RpReply) reply = NULL;
      gsize n_consumed = 0;

      switch (rp_reply_parser_feed (self->parser, line, n_bytes, &n_consumed, &reply))
        {
        case RP_REPLY_PARSER_MORE:
          return is_whole;
        case RP_REPLY_PARSER_REPLY:
          rp_login_dialogue_take_reply (self, g_steal_pointer (&reply));
          is_whole = TRUE;
          break;
        case RP_REPLY_PARSER_BROKEN:
          self->is_broken = TRUE;
          break;
        }
      line += n_consumed;
      n_bytes -= n_consumed;
    }
  return is_whole;
}
