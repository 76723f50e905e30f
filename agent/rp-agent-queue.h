/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue on the bus: its methods carried out, its state told. */
#pragma once

#include "bus/rp-bus-server.h"
#include "delivery/rp-queue.h"

G_BEGIN_DECLS

/**
 * rp_agent_queue_connect:
 * @queue: (transfer none): outlives @interface
 *
 * Carries out ListQueue to FlushQueue. Who joins the agent's parts emits Changed when
 * the queue says that it changed.
 */
void rp_agent_queue_connect (RpQueue *queue, RpAgent1 *interface);

/** rp_agent_queue_build_status: (transfer floating): "a{sv}", "queue" of GetStatus. */
GVariant *rp_agent_queue_build_status (RpQueue *queue);

/**
 * rp_agent_queue_add_attention:
 * @set_aside: (nullable) (array zero-terminated=1): files that start-up found without
 *   a message
 * @attention: of type "a(sas)"
 *
 * Adds what of the queue needs the user: each kind of trouble once, with its number. A
 * message that waits for one recipient and failed for another is among the failed ones.
 */
void rp_agent_queue_add_attention (RpQueue *queue,
                                   const char *const *set_aside,
                                   GVariantBuilder *attention);

G_END_DECLS
