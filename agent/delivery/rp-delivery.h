/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes messages from sessions and sees each to its answer. */
#pragma once

#include <gio/gio.h>

#include "core/rp-memory.h"
#include "core/rp-router.h"
#include "core/rp-step.h"
#include "credentials/rp-secrets.h"
#include "delivery/rp-duplicates.h"
#include "delivery/rp-queue.h"
#include "smtp/rp-message-handler.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

typedef enum
{
  RP_DELIVERY_ERROR_UNKNOWN_SENDER, /* no account sends as that address */
  RP_DELIVERY_ERROR_UNKNOWN_NETWORK /* no network has that name */
} RpDeliveryError;

#define RP_DELIVERY_ERROR (rp_delivery_error_quark ())

/** rp_delivery_error_quark: the domain of #RpDeliveryError. */
GQuark rp_delivery_error_quark (void);

#define RP_TYPE_DELIVERY (rp_delivery_get_type ())
G_DECLARE_FINAL_TYPE (RpDelivery, rp_delivery, RP, DELIVERY, GObject)

/**
 * RpDelivery::begun: RpMessage: a message was taken
 * RpDelivery::step: RpStep: something happened to one; its time is filled in
 * RpDelivery::learned: RpLesson: this place taught us something
 * RpDelivery::unlearned: RpLesson: the opposite of a lesson was seen; there need not
 *   have been one
 * RpDelivery::ended: message id, outcome: how it stands when nothing is under way for
 *   it: "sent", "refused" and "waiting" (the program keeps it), "doubt" (it may have
 *   been delivered), "queued", "failed", "damaged", "dropped" (in custody), "repeated"
 *   (it was the same as an earlier one). Of a message in custody it may come again
 *
 * Pointers are lent for the time of the call.
 */

/**
 * rp_delivery_new:
 * @memory: (transfer none): read, never changed; outlives the delivery
 * @queue: (transfer none): not started yet; what is taken into custody goes there
 * @duplicates: (transfer full)
 * @here: (transfer none): where we are; copied
 */
RpDelivery *rp_delivery_new (RpCurlLoop *loop,
                             RpSecrets *secrets,
                             const RpMemory *memory,
                             RpQueue *queue,
                             RpDuplicates *duplicates,
                             RpConfig *config,
                             const RpSurroundings *here);

/** rp_delivery_set_config: for messages from now on. */
void rp_delivery_set_config (RpDelivery *self, RpConfig *config);

/** rp_delivery_set_surroundings: where we are now. Where that is another place, what
 * is under way is planned anew. */
void rp_delivery_set_surroundings (RpDelivery *self, const RpSurroundings *here);

/**
 * rp_delivery_stop:
 *
 * The agent ends: no new message is taken, what programs wait for goes into custody, no
 * attempt begins, what is past its end of data has 10 seconds. Done when
 * rp_delivery_get_n_open() is 0; each ::ended tells.
 */
void rp_delivery_stop (RpDelivery *self);

/** rp_delivery_get_n_open: messages that have not ended. */
guint rp_delivery_get_n_open (RpDelivery *self);

/**
 * rp_delivery_plan_async:
 * @recipients: (array zero-terminated=1): at least one
 * @network: (nullable): plan as if we were there; %NULL for here
 */
void rp_delivery_plan_async (RpDelivery *self,
                             const char *sender,
                             const char *const *recipients,
                             const char *network,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/** rp_delivery_plan_finish: (transfer full): error domain #RP_DELIVERY_ERROR. */
RpPlan *rp_delivery_plan_finish (RpDelivery *self,
                                 GAsyncResult *result,
                                 GError **error);

G_END_DECLS
