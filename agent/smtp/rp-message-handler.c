/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-message-handler.h"

G_DEFINE_INTERFACE (RpMessageHandler, rp_message_handler, G_TYPE_OBJECT)

static void
rp_message_handler_default_init (RpMessageHandlerInterface *iface)
{
}
