/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where sessions hand over: implemented by delivery, and by the demo world's servers.
 * smtp knows nobody else. */
#pragma once

#include <gio/gio.h>

#include "core/rp-envelope.h"
#include "core/rp-reply.h"
#include "smtp/rp-message.h"

G_BEGIN_DECLS

/**
 * RpClient:
 * @address: the peer's address as a literal
 * @user: (nullable): name that it logged in with; %NULL before AUTH
 *
 * Who is speaking, for a handler that cares.
 */
typedef struct
{
  const char *address;
  const char *user;
} RpClient;

/** RpMessageHandler: answers for messages. */
#define RP_TYPE_MESSAGE_HANDLER (rp_message_handler_get_type ())
G_DECLARE_INTERFACE (RpMessageHandler, rp_message_handler, RP, MESSAGE_HANDLER, GObject)

/**
 * RpMessageHandlerInterface:
 * @check_login: (nullable): whether these credentials get a 235; %NULL says yes to
 *   all and keeps none of them
 * @check_sender: answers MAIL at once, from what is known locally: %NULL to accept,
 *   else the refusing reply (transfer full)
 * @check_recipient: the same for RCPT
 * @take_message_async: takes a whole message. The cancellable is cancelled when the
 *   program is gone; the callback comes exactly once all the same
 * @take_message_finish: the reply to the end of data (transfer full), never %NULL
 * @message_answered: (nullable): that reply was written, or could not be
 */
struct _RpMessageHandlerInterface
{
  GTypeInterface parent_iface;

  gboolean (*check_login) (RpMessageHandler *self,
                           const char *user,
                           const char *password);
  RpReply *(*check_sender) (RpMessageHandler *self,
                            const RpClient *client,
                            const RpEnvelope *envelope);
  RpReply *(*check_recipient) (RpMessageHandler *self,
                               const RpClient *client,
                               const RpEnvelope *envelope,
                               const RpRecipient *recipient);
  void (*take_message_async) (RpMessageHandler *self,
                              RpMessage *message,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  RpReply *(*take_message_finish) (RpMessageHandler *self, GAsyncResult *result);
  void (*message_answered) (RpMessageHandler *self,
                            RpMessage *message,
                            gboolean is_written);
};

G_END_DECLS
