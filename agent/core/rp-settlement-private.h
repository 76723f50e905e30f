/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the settlement, shared by its files: the message's decisions, what
 * interrupts it, its lanes, how they open, and their dialogue. */
#pragma once

#include "core/rp-closures.h"
#include "core/rp-itinerary.h"
#include "core/rp-lane.h"
#include "core/rp-settlement.h"

G_BEGIN_DECLS

typedef enum
{
  TRAVELLER_NEW,     /* needs a route */
  TRAVELLER_ASKED,   /* on a lane, its RCPT not answered yet */
  TRAVELLER_READY,   /* its RCPT was accepted */
  TRAVELLER_SPLIT,   /* on a lane, for its next transaction */
  TRAVELLER_SETTLED, /* it has a fate */
  TRAVELLER_PAUSED   /* the network changed; a new plan is awaited */
} TravellerState;

/* A recipient under way. */
typedef struct
{
  guint index;
  const char *address;
  TravellerState state;
  RpItinerary *itinerary;
  const RpRoute *route;
  RpLane *lane;
  RpFate *fate;
  RpFateKind recorded; /* what the disk says of it, once in custody */
} Traveller;

typedef enum
{
  CUSTODY_NONE,   /* the program waits for the fate of all */
  CUSTODY_TAKING, /* the disk is at it */
  CUSTODY_HELD,   /* the message is ours, each recipient for itself */
  CUSTODY_FAILED  /* the disk would not: the program keeps the message */
} Custody;

struct _RpSettlement
{
  char *message_id;
  GPtrArray *plans; /* RpPlan: lanes of an earlier one may still be open */
  RpPlan *plan;     /* the last of them */
  RpEnvelope *envelope;
  RpContentFacts *facts;
  RpSettlementOptions options;
  gint64 patience_ends_ms;
  Custody custody;
  char *custody_trouble; /* nullable: why it could not be taken */
  RpClosures *closures;
  GPtrArray *travellers; /* Traveller, in the envelope's order */
  GPtrArray *lanes;      /* RpLane */
  gboolean is_paused;
  gboolean is_stopped;       /* nothing more is begun: the agent is going */
  RpReasonCode interruption; /* why a program was not kept waiting to the end */
  gboolean is_answered;
  gboolean is_done;
  gint64 now_ms;      /* of the event in hand */
  GPtrArray *actions; /* of the event in hand */
};

#define CONNECT_MS (6 * 1000) /* while there is another way to try */
#define LAST_CONNECT_MS (60 * 1000)
#define POP_MS (8 * 1000)
#define POP_IN_CUSTODY_MS (60 * 1000)
#define POP_PAUSE_MS (3 * 1000) /* before the POP server is asked once more */
#define REPLY_MS (10 * 1000)
#define RESET_MS (5 * 1000)
/* Nobody waits for these: the times of RFC 5321 section 4.5.3.2. */
#define REPLY_IN_CUSTODY_MS (5 * 60 * 1000)
#define STALL_MS (3 * 60 * 1000)
#define FINAL_REPLY_MS (10 * 60 * 1000)
#define AFTER_CHANGE_MS (10 * 1000) /* for a reply to what is past its end of data */
#define LINGER_MS (60 * 1000)       /* the same, once the program has its answer */

static inline Traveller *
get_traveller (const RpSettlement *self, guint index)
{
  return (Traveller *) g_ptr_array_index (self->travellers, index);
}

static inline RpLane *
get_lane (const RpSettlement *self, guint index)
{
  return (RpLane *) g_ptr_array_index (self->lanes, index);
}

/* rp-settlement.c: the message */
void rp_settlement_begin (RpSettlement *self, gint64 now_ms, GPtrArray *actions);
void rp_settlement_advance (RpSettlement *self);
void rp_settlement_take_plan (RpSettlement *self, RpPlan *plan);
void rp_settlement_tell_left_out (RpSettlement *self, guint index);
void rp_settlement_settle (RpSettlement *self, Traveller *traveller, RpFate *fate);
RpAction *rp_settlement_act (RpSettlement *self, RpActionKind kind, const RpLane *lane);
RpStep *rp_settlement_step (RpSettlement *self, RpStepKind kind, const RpRoute *route);
void rp_settlement_learn (RpSettlement *self,
                          RpActionKind kind,
                          RpLessonKind lesson,
                          const char *subject);

/* rp-settlement-conclusion.c: what it comes to */
void rp_settlement_answer (RpSettlement *self);
void rp_settlement_conclude (RpSettlement *self);
gboolean rp_settlement_is_served (const RpSettlement *self);
guint rp_settlement_count_fates (const RpSettlement *self, RpFateKind kind);

/* rp-settlement-interruptions.c: patience, the program, the network, the agent */
void rp_settlement_on_stopping (RpSettlement *self);
void rp_settlement_on_network_changed (RpSettlement *self);
void rp_settlement_on_client_gone (RpSettlement *self);
void rp_settlement_on_tick (RpSettlement *self);
RpReason *rp_settlement_dup_delay (const RpSettlement *self,
                                   const Traveller *traveller);
gboolean rp_settlement_is_past_end_of_data (const Traveller *traveller);

/* rp-settlement-custody.c: what is on disk, and when */
void rp_settlement_take_custody (RpSettlement *self);
void rp_settlement_on_custody_taken (RpSettlement *self);
void rp_settlement_on_custody_failed (RpSettlement *self, const char *text);
gboolean rp_settlement_may_have_arrived (const Traveller *traveller);
void rp_settlement_record (RpSettlement *self, Traveller *traveller);
void rp_settlement_mark_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_on_recorded (RpSettlement *self, RpLane *lane);
void rp_settlement_on_record_failed (RpSettlement *self,
                                     RpLane *lane,
                                     const char *text);

/* rp-settlement-lanes.c: who is on which lane, and its beginning and end */
void rp_settlement_start_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_connect_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_pop_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_join_lane (RpSettlement *self, RpLane *lane, Traveller *traveller);
void rp_settlement_begin_transaction (RpSettlement *self, RpLane *lane);
void rp_settlement_release_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_flush_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_close_lane (RpSettlement *self, RpLane *lane, gboolean is_polite);
void rp_settlement_retire_lane (RpSettlement *self, RpLane *lane);
void rp_settlement_doubt_lane (RpSettlement *self, RpLane *lane);
gboolean rp_settlement_is_on (const Traveller *traveller, const RpLane *lane);
guint rp_settlement_count_on (const RpSettlement *self,
                              const RpLane *lane,
                              TravellerState state);
void rp_settlement_end_route (RpSettlement *self,
                              Traveller *traveller,
                              RpVerdict verdict,
                              RpVerdictStage stage,
                              const RpReply *reply,
                              const RpReason *reason);
void rp_settlement_end_routes (RpSettlement *self,
                               RpLane *lane,
                               RpVerdict verdict,
                               RpVerdictStage stage,
                               const RpReply *reply,
                               const RpReason *reason);
void rp_settlement_hold_all (RpSettlement *self,
                             RpLane *lane,
                             const RpReply *reply,
                             const RpReason *reason);

/* rp-settlement-opening.c: up to the end of EHLO and AUTH */
RpVerdict rp_settlement_judge (const RpLane *lane,
                               const RpReply *reply,
                               RpVerdictStage stage);
RpStep *rp_settlement_step_failed (RpSettlement *self,
                                   RpLane *lane,
                                   RpVerdict verdict,
                                   const RpReply *reply,
                                   const RpReason *reason);
void rp_settlement_on_connected (RpSettlement *self,
                                 RpLane *lane,
                                 const RpCapabilities *capabilities);
void rp_settlement_on_connect_failed (RpSettlement *self,
                                      RpLane *lane,
                                      const RpEvent *event);
void rp_settlement_on_pop_done (RpSettlement *self, RpLane *lane, const RpEvent *event);
void rp_settlement_on_pop_failed (RpSettlement *self,
                                  RpLane *lane,
                                  const RpEvent *event);

/* rp-settlement-dialogue.c: in its transactions */
void rp_settlement_send_content (RpSettlement *self, RpLane *lane);
void rp_settlement_on_lane_event (RpSettlement *self,
                                  RpLane *lane,
                                  const RpEvent *event);
void rp_settlement_on_lane_silent (RpSettlement *self, RpLane *lane);

G_END_DECLS
