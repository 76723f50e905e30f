/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of delivery, shared by its files: messages whose program waits
 * (rp-delivery.c), messages that come again (rp-delivery-again.c), attempts at messages
 * in custody (rp-delivery-attempts.c) and explanations (rp-delivery-explain.c). */
#pragma once

#include "delivery/rp-delivery.h"
#include "delivery/rp-dispatch.h"
#include "delivery/rp-duplicates.h"

G_BEGIN_DECLS

struct _RpDelivery
{
  GObject parent_instance;

  RpDispatchTools tools;
  RpDuplicates *duplicates;
  RpConfig *config;
  RpSurroundings *here;
  char *gateway_mac;  /* nullable: the last one known of where we are */
  GPtrArray *open;    /* RpDispatch */
  GHashTable *spoken; /* id to Spoken: answered, and not yet heard */
  gboolean is_stopping;
};

/* rp-delivery.c */
const RpAccount *rp_delivery_find_account (RpDelivery *self, const RpMessage *message);
RpDispatch *rp_delivery_find_dispatch (RpDelivery *self, const char *id);
void rp_delivery_open_dispatch (RpDelivery *self, RpDispatch *dispatch);
void rp_delivery_emit_step (RpDelivery *self,
                            RpStepKind kind,
                            const char *id,
                            const RpReply *reply);
void rp_delivery_emit_ended (RpDelivery *self, const char *id, const char *outcome);
void rp_delivery_answer_with (RpDelivery *self,
                              RpDispatch *dispatch,
                              RpMessage *message,
                              GTask *task);

/* Takes @reply; the program's @task has its answer then. */
void rp_delivery_answer_at_once (RpDelivery *self,
                                 RpMessage *message,
                                 GTask *task,
                                 RpReply *reply,
                                 const char *outcome);

/* @reason: (transfer full). */
RpReply *rp_delivery_dup_reply (guint code, const char *enhanced, RpReason *reason);

/* rp-delivery-again.c */
gboolean rp_delivery_join_earlier (RpDelivery *self, RpMessage *message, GTask *task);

/* @reply, which is about the message @subject_id, is on its way to @message's program.
 */
void rp_delivery_note_spoken (RpDelivery *self,
                              const RpMessage *message,
                              const char *subject_id,
                              const RpReply *reply,
                              gboolean is_in_doubt);
void rp_delivery_note_heard (RpDelivery *self,
                             const RpMessage *message,
                             gboolean is_heard);
void rp_delivery_note_gone (RpDelivery *self, const RpMessage *message);
void rp_delivery_forget (RpDelivery *self, const RpCustody *custody);
void rp_delivery_recall_unheard (RpDelivery *self);
void rp_delivery_free_spoken (gpointer spoken);

/* rp-delivery-attempts.c */
void rp_delivery_connect_queue (RpDelivery *self);

G_END_DECLS
