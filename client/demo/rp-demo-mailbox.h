/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one server of the demo world does with a message: asks the world's rules, and
 * keeps accepted mail as files. */
#pragma once

#include <gio/gio.h>

#include "demo/rp-demo-world.h"
#include "smtp/rp-message-handler.h"

G_BEGIN_DECLS

/** RpDemoMailbox: #RpMessageHandler of one server. */
#define RP_TYPE_DEMO_MAILBOX (rp_demo_mailbox_get_type ())
G_DECLARE_FINAL_TYPE (RpDemoMailbox, rp_demo_mailbox, RP, DEMO_MAILBOX, GObject)

/**
 * rp_demo_mailbox_new:
 * @world: (transfer none): outlives the mailbox
 * @host: (transfer none): one of rp_demo_world_get_hosts()
 * @folder: mail for joe@example.org becomes FOLDER/example.org/joe/ID.eml
 *
 * Returns: (transfer full)
 */
RpDemoMailbox *rp_demo_mailbox_new (const RpDemoWorld *world,
                                    const RpDemoHost *host,
                                    const char *folder);

G_END_DECLS
