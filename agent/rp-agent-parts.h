/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's parts, for the files that make up the agent and for nobody else. */
#pragma once

#include "bus/rp-bus-server.h"
#include "config/rp-config-watch.h"
#include "core/rp-memory.h"
#include "credentials/rp-secrets.h"
#include "delivery/rp-delivery.h"
#include "delivery/rp-queue.h"
#include "network/rp-detector.h"
#include "rp-agent-listening.h"
#include "store/rp-store.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpAgentParts:
 * @set_aside: (array zero-terminated=1): files that a crash left in the queue's folder
 * @config: the configuration in force; another one after each reload
 *
 * All are owned by the agent and, after rp_agent_start(), there until its end.
 */
typedef struct
{
  RpCurlLoop *curl_loop;
  RpSecrets *secrets;
  RpStore *store;
  RpMemory *memory;
  RpDetector *detector;
  GStrv set_aside;
  RpQueue *queue;
  RpDelivery *delivery;
  RpAgentListening *listening;
  RpConfigWatch *config_watch;
  RpBusServer *bus;
  RpConfig *config;
} RpAgentParts;

/**
 * rp_agent_parts_dup_place:
 *
 * Returns: (transfer full): where we are, for the memory, as
 * rp_surroundings_dup_place() tells it; "" when nothing identifies the place
 */
char *rp_agent_parts_dup_place (const RpAgentParts *self);

G_END_DECLS
