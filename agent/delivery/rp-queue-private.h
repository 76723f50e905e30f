/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the queue, shared by when what is attempted (rp-queue.c), what is
 * written down (rp-queue-records.c) and what people ask of it (rp-queue-verbs.c). */
#pragma once

#include "core/rp-schedule.h"
#include "delivery/rp-queue.h"

G_BEGIN_DECLS

/* One message in custody. */
typedef struct
{
  RpCustody *custody;
  gint64 since_ms; /* that this agent has it */
  gint64 born_ms;  /* from when its age counts, over all agents that had it */
  guint64 n_sent;  /* octets that the running upload has given away */
  guint n_doubt;   /* recipients in doubt since before the running attempt */
} RpQueueEntry;

struct _RpQueue
{
  GObject parent_instance;

  RpStore *store;
  GPtrArray *messages; /* RpCustody, owned by the entries */
  GHashTable *entries; /* id to RpQueueEntry */
  RpSchedule *schedule;
  guint queue_days;
  gboolean retries_doubt;
  gboolean is_started;
  gboolean is_cut_off; /* no link, or only as far as a login page */
  GSource *timer;
  gint64 told_ms; /* of the last change told because of progress */
};

RpQueueEntry *rp_queue_get_entry (RpQueue *self, const char *id);

/* Takes @custody, which is on disk. */
RpQueueEntry *rp_queue_add_entry (RpQueue *self, RpCustody *custody);

/* Takes @entry out of the queue, not off the disk; frees it and gives what it had. */
RpCustody *rp_queue_steal_entry (RpQueue *self, RpQueueEntry *entry);

/* Whether anybody is to be attempted, see rp_queue_is_pending(). */
gboolean rp_queue_has_pending (RpQueue *self, const RpCustody *custody);

/* The schedule is to know whether anybody is. */
void rp_queue_tell_schedule (RpQueue *self, const RpCustody *custody);

/* Puts recipients of @entry that are in @from into @to. */
void rp_queue_move_recipients (RpQueue *self,
                               RpQueueEntry *entry,
                               RpCustodyState from,
                               RpCustodyState to,
                               const RpReason *reason);

/* Writes down how many attempts there were and how old it is. */
void rp_queue_note_attempt (RpQueue *self, RpQueueEntry *entry);

/* Looks for what is due as soon as the main loop is free. */
void rp_queue_kick (RpQueue *self);

/* What is listed is different now. */
void rp_queue_tell (RpQueue *self, const RpCustody *custody);

G_END_DECLS
