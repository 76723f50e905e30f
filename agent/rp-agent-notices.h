/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins the queue to the desktop's notices: what the user has to be told goes up, what
 * he chooses is done. */
#pragma once

#include <gio/gio.h>

#include "credentials/rp-secrets.h"
#include "delivery/rp-queue.h"

G_BEGIN_DECLS

#define RP_TYPE_AGENT_NOTICES (rp_agent_notices_get_type ())
G_DECLARE_FINAL_TYPE (RpAgentNotices, rp_agent_notices, RP, AGENT_NOTICES, GObject)

/**
 * rp_agent_notices_new:
 * @queue: (transfer none): a reference is kept
 * @secrets: (transfer none): a reference is kept; what "Unlock" unlocks
 * @folder: (transfer none): private folder for the copy of a message that is shown
 *
 * Returns: (transfer full): works until it is freed
 */
RpAgentNotices *rp_agent_notices_new (RpQueue *queue,
                                      RpSecrets *secrets,
                                      const char *folder);

G_END_DECLS
