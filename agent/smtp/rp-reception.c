/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-reception.h"

struct _RpReception
{
  char *peer_address;
  char *program;
  RpMessageHandler *handler;
  char *content_folder;
  RpSentenceFunc sentence;
  gpointer sentence_data;

  RpContent *content;
  RpMessage *message;        /* with the handler */
  GCancellable *client_gone; /* for the handler, while it has a message */
};

RpReception *
rp_reception_new (const char *peer_address,
                  const char *program,
                  RpMessageHandler *handler,
                  const char *content_folder,
                  RpSentenceFunc sentence,
                  gpointer sentence_data)
{
  RpReception *self = g_new0 (RpReception, 1);

  self->peer_address = g_strdup (peer_address);
  self->program = g_strdup (program);
  self->handler = g_object_ref (handler);
  self->content_folder = g_strdup (content_folder);
  self->sentence = sentence;
  self->sentence_data = sentence_data;
  return self;
}

void
rp_reception_free (RpReception *self)
{
  if (self == NULL)
    return;

  g_free (self->peer_address);
  g_free (self->program);
  g_clear_object (&self->handler);
  g_free (self->content_folder);
  g_clear_object (&self->content);
  rp_message_unref (self->message);
  g_clear_object (&self->client_gone);
  g_free (self);
}

/* ---- the dialogue's questions ---- */

static RpClient
get_client (RpReception *self, RpDialogue *dialogue)
{
  return (RpClient){ self->peer_address, rp_dialogue_get_user (dialogue) };
}

static void
check_login (RpReception *self, RpDialogue *dialogue)
{
  RpMessageHandlerInterface *iface = RP_MESSAGE_HANDLER_GET_IFACE (self->handler);
  const char *user, *password;

  rp_dialogue_get_login (dialogue, &user, &password);
  rp_dialogue_answer_login (dialogue,
                            iface->check_login == NULL
                                || iface->check_login (self->handler, user, password));
}

static void
check_sender (RpReception *self, RpDialogue *dialogue)
{
  RpMessageHandlerInterface *iface = RP_MESSAGE_HANDLER_GET_IFACE (self->handler);
  const RpClient client = get_client (self, dialogue);

  rp_dialogue_answer (dialogue,
                      iface->check_sender == NULL
                          ? NULL
                          : iface->check_sender (self->handler, &client,
                                                 rp_dialogue_get_envelope (dialogue)));
}

static void
check_recipient (RpReception *self, RpDialogue *dialogue)
{
  RpMessageHandlerInterface *iface = RP_MESSAGE_HANDLER_GET_IFACE (self->handler);
  const RpClient client = get_client (self, dialogue);
  const RpEnvelope *envelope = rp_dialogue_get_envelope (dialogue);
  const guint last = rp_envelope_get_n_recipients (envelope) - 1;

  rp_dialogue_answer (dialogue, iface->check_recipient == NULL
                                    ? NULL
                                    : iface->check_recipient (
                                        self->handler, &client, envelope,
                                        rp_envelope_get_recipient (envelope, last)));
}

static void
keep_content (RpReception *self, RpDialogue *dialogue)
{
  g_autoptr (RpReason) reason = NULL;
  g_autofree char *sentence = NULL;
  gsize n_bytes;
  const guint8 *bytes = rp_dialogue_get_content (dialogue, &n_bytes);

  if (self->content == NULL || rp_content_append (self->content, bytes, n_bytes, NULL))
    return;

  reason = rp_reason_new (RP_REASON_NO_SPACE, NULL);
  sentence = self->sentence (reason, self->sentence_data);
  g_clear_object (&self->content);
  rp_dialogue_fail_content (dialogue, rp_reply_new (452, "4.3.1", sentence));
}

void
rp_reception_answer (RpReception *self, RpDialogue *dialogue, RpDialogueEvent question)
{
  switch (question)
    {
    case RP_DIALOGUE_CHECK_LOGIN:
      check_login (self, dialogue);
      break;
    case RP_DIALOGUE_CHECK_SENDER:
      check_sender (self, dialogue);
      break;
    case RP_DIALOGUE_CHECK_RECIPIENT:
      check_recipient (self, dialogue);
      break;
    case RP_DIALOGUE_CONTENT_BEGINS:
      g_clear_object (&self->content);
      self->content = rp_content_new (self->content_folder);
      rp_dialogue_answer (dialogue, NULL);
      break;
    case RP_DIALOGUE_CONTENT:
      keep_content (self, dialogue);
      break;
    case RP_DIALOGUE_CONTENT_DROPPED:
      g_clear_object (&self->content);
      break;
    case RP_DIALOGUE_MORE:
    case RP_DIALOGUE_MESSAGE:
    case RP_DIALOGUE_CLOSE:
      break;
    }
}

/* ---- handing over ---- */

void
rp_reception_hand_over_async (RpReception *self,
                              RpDialogue *dialogue,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autofree char *id = rp_message_dup_new_id ();
  RpMessage *message = rp_message_new (id);

  message->envelope = rp_dialogue_take_envelope (dialogue);
  message->facts = rp_dialogue_dup_facts (dialogue);
  message->content = g_steal_pointer (&self->content);
  message->hello = g_strdup (rp_dialogue_get_hello (dialogue));
  message->is_esmtp = rp_dialogue_is_esmtp (dialogue);
  message->program = g_strdup (self->program);
  message->received_at_s = g_get_real_time () / G_USEC_PER_SEC;

  self->message = message;
  self->client_gone = g_cancellable_new ();
  RP_MESSAGE_HANDLER_GET_IFACE (self->handler)
      ->take_message_async (self->handler, message, self->client_gone, callback,
                            user_data);
}

RpReply *
rp_reception_hand_over_finish (RpReception *self,
                               GAsyncResult *result,
                               RpMessage **message,
                               gboolean *is_gone)
{
  *is_gone = g_cancellable_is_cancelled (self->client_gone);
  *message = g_steal_pointer (&self->message);
  g_clear_object (&self->client_gone);
  return RP_MESSAGE_HANDLER_GET_IFACE (self->handler)
      ->take_message_finish (self->handler, result);
}

gboolean
rp_reception_is_waiting (RpReception *self)
{
  return self->message != NULL;
}

void
rp_reception_leave (RpReception *self)
{
  if (self->client_gone != NULL)
    g_cancellable_cancel (self->client_gone);
}

void
rp_reception_report (RpReception *self, RpMessage *message, gboolean is_written)
{
  RpMessageHandlerInterface *iface = RP_MESSAGE_HANDLER_GET_IFACE (self->handler);

  if (iface->message_answered != NULL)
    iface->message_answered (self->handler, message, is_written);
}
