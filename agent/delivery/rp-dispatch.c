/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-dispatch.h"

#include <string.h>

#include "core/rp-settlement.h"
#include "delivery/rp-carrier.h"
#include "delivery/rp-received.h"
#include "delivery/rp-recording.h"
#include "words/rp-words.h"

struct _RpDispatch
{
  GObject parent_instance;

  RpDispatchTools tools;
  RpMessage *message;
  RpConfig *config;
  const RpAccount *account;
  char *prefix; /* nullable: the trace field in front */
  RpContentFacts *facts;

  gint64 started_ms;
  RpSettlementOptions options;
  GArray *indices; /* nullable: places of the recipients in custody; the same if NULL */
  guint plan_serial; /* of the plan that is awaited; an older one is stale */
  gboolean is_left;
  gboolean is_stopped;
  gboolean is_abandoned;

  RpSettlement *settlement; /* NULL while the first plan is made */
  GPtrArray *actions;       /* RpAction: asked for, not carried out yet */
  gboolean is_acting;
  GHashTable *carriers; /* lane to RpCarrier */
  GSource *timer;
};

G_DEFINE_FINAL_TYPE (RpDispatch, rp_dispatch, G_TYPE_OBJECT)

enum
{
  SIGNAL_STEP,
  SIGNAL_LEARNED,
  SIGNAL_UNLEARNED,
  SIGNAL_ANSWERED,
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A plan in the making, and whether it is still wanted when it is there. */
typedef struct
{
  RpDispatch *dispatch;
  guint serial;
} Planning;

static gint64
get_now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
drop_timer (RpDispatch *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
rp_dispatch_dispose (GObject *object)
{
  RpDispatch *self = RP_DISPATCH (object);

  drop_timer (self);
  g_hash_table_remove_all (self->carriers);
  G_OBJECT_CLASS (rp_dispatch_parent_class)->dispose (object);
}

static void
rp_dispatch_finalize (GObject *object)
{
  RpDispatch *self = RP_DISPATCH (object);

  g_hash_table_unref (self->carriers);
  g_ptr_array_unref (self->actions);
  rp_settlement_free (self->settlement);
  rp_content_facts_free (self->facts);
  g_free (self->prefix);
  rp_message_unref (self->message);
  rp_config_unref (self->config);
  g_object_unref (self->tools.loop);
  g_object_unref (self->tools.secrets);
  g_object_unref (self->tools.planner);
  g_object_unref (self->tools.queue);
  g_object_unref (self->tools.pop_logins);
  g_clear_pointer (&self->indices, g_array_unref);
  G_OBJECT_CLASS (rp_dispatch_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, GType type)
{
  return g_signal_new (name, RP_TYPE_DISPATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, type);
}

static void
rp_dispatch_class_init (RpDispatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_dispatch_dispose;
  object_class->finalize = rp_dispatch_finalize;
  signals[SIGNAL_STEP] = add_signal ("step", G_TYPE_POINTER);
  signals[SIGNAL_LEARNED] = add_signal ("learned", G_TYPE_POINTER);
  signals[SIGNAL_UNLEARNED] = add_signal ("unlearned", G_TYPE_POINTER);
  signals[SIGNAL_ANSWERED] = add_signal ("answered", G_TYPE_POINTER);
  signals[SIGNAL_DONE] = add_signal ("done", G_TYPE_STRING);
}

static void
close_and_unref (gpointer data)
{
  rp_carrier_close (RP_CARRIER (data), FALSE);
  g_object_unref (data);
}

static void
rp_dispatch_init (RpDispatch *self)
{
  self->carriers =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, close_and_unref);
  self->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_action_free);
}

static RpDispatch *
dispatch_new (const RpDispatchTools *tools,
              RpMessage *message,
              RpConfig *config,
              const RpAccount *account)
{
  RpDispatch *self = g_object_new (RP_TYPE_DISPATCH, NULL);

  self->tools.loop = g_object_ref (tools->loop);
  self->tools.secrets = g_object_ref (tools->secrets);
  self->tools.planner = g_object_ref (tools->planner);
  self->tools.queue = g_object_ref (tools->queue);
  self->tools.pop_logins = g_object_ref (tools->pop_logins);
  self->message = rp_message_ref (message);
  self->config = rp_config_ref (config);
  self->account = account;
  self->options.sentence = rp_words_reason;
  self->started_ms = get_now_ms ();
  self->facts = rp_content_facts_copy (message->facts);
  if (config->adds_received)
    {
      self->prefix = rp_received_dup_field (message);
      self->facts->n_bytes += strlen (self->prefix);
    }
  return self;
}

RpDispatch *
rp_dispatch_new (const RpDispatchTools *tools,
                 RpMessage *message,
                 RpConfig *config,
                 const RpAccount *account,
                 guint patience_ms)
{
  RpDispatch *self = dispatch_new (tools, message, config, account);

  self->options.patience_ms = patience_ms;
  self->options.tells_deferred = config->when_deferred_tells;
  return self;
}

RpDispatch *
rp_dispatch_new_in_custody (const RpDispatchTools *tools,
                            RpMessage *message,
                            RpConfig *config,
                            const RpAccount *account,
                            GArray *indices)
{
  RpDispatch *self = dispatch_new (tools, message, config, account);

  self->options.is_in_custody = TRUE;
  self->indices = g_array_ref (indices);
  return self;
}

RpMessage *
rp_dispatch_get_message (RpDispatch *self)
{
  return self->message;
}

/* --- what the settlement is told --- */

static void act (RpDispatch *self);

static void
handle (RpDispatch *self, const RpEvent *event)
{
  if (self->is_abandoned)
    return;

  rp_settlement_handle (self->settlement, event, get_now_ms (), self->actions);
  act (self);
}

static void
on_carrier_event (RpCarrier *carrier, const RpEvent *event, gpointer user_data)
{
  RpDispatch *self = RP_DISPATCH (user_data);

  if (event->kind == RP_EVENT_PROGRESS)
    rp_queue_note_progress (self->tools.queue, self->message->id, event->n_bytes);
  if (event->kind == RP_EVENT_CONNECTED)
    rp_planner_note_capabilities (self->tools.planner,
                                  rp_carrier_get_route (carrier)->endpoint->url,
                                  event->capabilities);
  handle (self, event);
}

static gboolean
on_timer_due (gpointer user_data)
{
  RpDispatch *self = RP_DISPATCH (user_data);
  RpEvent event = { .kind = RP_EVENT_TICK };

  drop_timer (self);
  handle (self, &event);
  return G_SOURCE_REMOVE;
}

static void
set_timer (RpDispatch *self)
{
  gint64 deadline_ms = rp_settlement_get_deadline_ms (self->settlement);

  drop_timer (self);
  if (deadline_ms < 0)
    return;

  self->timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->timer, deadline_ms * 1000);
  g_source_set_callback (self->timer, on_timer_due, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* --- what the settlement asks for --- */

static RpCarrier *
get_carrier (RpDispatch *self, guint lane)
{
  return (RpCarrier *) g_hash_table_lookup (self->carriers, GUINT_TO_POINTER (lane));
}

static RpCarrier *
ensure_carrier (RpDispatch *self, const RpAction *action)
{
  RpCarrier *carrier = get_carrier (self, action->lane);

  if (carrier == NULL)
    {
      carrier =
          rp_carrier_new (self->tools.loop, self->tools.secrets, self->tools.pop_logins,
                          action->lane, action->route, on_carrier_event, self);
      g_hash_table_insert (self->carriers, GUINT_TO_POINTER (action->lane), carrier);
    }
  return carrier;
}

static void
close_carrier (RpDispatch *self, const RpAction *action)
{
  RpCarrier *carrier = get_carrier (self, action->lane);

  if (carrier == NULL)
    return;

  rp_carrier_close (carrier, action->is_polite);
  g_hash_table_remove (self->carriers, GUINT_TO_POINTER (action->lane));
}

static void
send_content (RpDispatch *self, guint lane)
{
  RpCarrier *carrier = get_carrier (self, lane);

  if (carrier != NULL)
    rp_carrier_send_content (
        carrier, rp_content_feed_new (self->message->content, self->prefix));
}

static void
forget_pop (RpDispatch *self, guint lane)
{
  RpCarrier *carrier = get_carrier (self, lane);

  if (carrier != NULL)
    rp_carrier_forget_pop (carrier);
}

static void
send_bytes (RpDispatch *self, const RpAction *action)
{
  RpCarrier *carrier = get_carrier (self, action->lane);

  if (carrier != NULL)
    rp_carrier_send (carrier, action->bytes);
}

/* --- custody --- */

static void
on_custody_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpDispatch) self = RP_DISPATCH (user_data);
  g_autoptr (GError) error = NULL;
  RpEvent event = { .kind = RP_EVENT_CUSTODY_TAKEN };

  if (!rp_queue_take_finish (RP_QUEUE (source), result, &error))
    {
      event.kind = RP_EVENT_CUSTODY_FAILED;
      event.text = error->message;
    }
  handle (self, &event);
}

static void
take_custody (RpDispatch *self, const RpAction *action)
{
  rp_queue_take_async (
      self->tools.queue, rp_recording_dup_custody (self->message, action->records),
      self->message->content, TRUE, on_custody_taken, g_object_ref (self));
}

/* What waits for its record before its end of data may leave. */
typedef struct
{
  RpDispatch *dispatch;
  guint lane;
} Recording;

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Recording *recording = user_data;
  g_autoptr (RpDispatch) self = recording->dispatch;
  g_autoptr (GError) error = NULL;
  RpEvent event = { .kind = RP_EVENT_RECORDED, .lane = recording->lane };

  if (!rp_queue_record_finish (RP_QUEUE (source), result, &error))
    {
      event.kind = RP_EVENT_RECORD_FAILED;
      event.text = error->message;
    }
  handle (self, &event);
}

static void
record (RpDispatch *self, const RpAction *action)
{
  g_autoptr (GPtrArray) changes =
      rp_recording_dup_changes (action->records, self->indices);
  Recording *recording;

  if (action->lane == 0)
    {
      rp_queue_record_async (self->tools.queue, self->message->id, changes, NULL, NULL);
      return;
    }

  recording = g_new0 (Recording, 1);
  recording->dispatch = g_object_ref (self);
  recording->lane = action->lane;
  rp_queue_record_async (self->tools.queue, self->message->id, changes, on_recorded,
                         recording);
}

static void
send_end (RpDispatch *self, guint lane)
{
  RpCarrier *carrier = get_carrier (self, lane);

  if (carrier != NULL)
    rp_carrier_send_end (carrier);
}

static void
emit_lesson (RpDispatch *self, guint signal, RpLesson *lesson)
{
  lesson->learned_at_s = g_get_real_time () / G_USEC_PER_SEC;
  g_signal_emit (self, signals[signal], 0, lesson);
}

static void
carry_out (RpDispatch *self, const RpAction *action)
{
  switch (action->kind)
    {
    case RP_ACTION_CONNECT:
      rp_carrier_connect (ensure_carrier (self, action), action->wants_fresh_secret);
      break;
    case RP_ACTION_POP:
      rp_carrier_pop (ensure_carrier (self, action));
      break;
    case RP_ACTION_FORGET_POP:
      forget_pop (self, action->lane);
      break;
    case RP_ACTION_SEND:
      send_bytes (self, action);
      break;
    case RP_ACTION_SEND_CONTENT:
      send_content (self, action->lane);
      break;
    case RP_ACTION_SEND_END:
      send_end (self, action->lane);
      break;
    case RP_ACTION_TAKE_CUSTODY:
      take_custody (self, action);
      break;
    case RP_ACTION_RECORD:
      record (self, action);
      break;
    case RP_ACTION_CLOSE:
      close_carrier (self, action);
      break;
    case RP_ACTION_ANSWER:
      g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, action->reply);
      break;
    case RP_ACTION_STEP:
      action->step->at_s = g_get_real_time () / G_USEC_PER_SEC;
      g_signal_emit (self, signals[SIGNAL_STEP], 0, action->step);
      break;
    case RP_ACTION_LEARN:
      emit_lesson (self, SIGNAL_LEARNED, action->lesson);
      break;
    case RP_ACTION_UNLEARN:
      emit_lesson (self, SIGNAL_UNLEARNED, action->lesson);
      break;
    case RP_ACTION_DONE:
      g_signal_emit (self, signals[SIGNAL_DONE], 0,
                     rp_settlement_get_outcome (self->settlement));
      break;
    }
}

/* An action can bring about an event at once, and that event more actions: they queue
 * up behind, so that each is carried out once and in order. */
static void
act (RpDispatch *self)
{
  if (self->is_acting)
    return;

  /* The last action can be the end of whoever held us. */
  g_object_ref (self);
  self->is_acting = TRUE;
  while (self->actions->len > 0 && !self->is_abandoned)
    {
      g_autoptr (RpAction) action =
          (RpAction *) g_ptr_array_steal_index (self->actions, 0);

      carry_out (self, action);
    }
  self->is_acting = FALSE;
  if (!self->is_abandoned)
    set_timer (self);
  g_object_unref (self);
}

/* --- plans --- */

static void
interrupt (RpDispatch *self, RpEventKind kind)
{
  RpEvent event = { .kind = kind };

  if (self->settlement != NULL)
    handle (self, &event);
}

static void
begin (RpDispatch *self, RpPlan *plan)
{
  self->settlement =
      rp_settlement_new (self->message->id, plan, self->message->envelope, self->facts,
                         &self->options, self->started_ms);
  if (self->is_left)
    interrupt (self, RP_EVENT_CLIENT_GONE);
  if (self->is_stopped)
    interrupt (self, RP_EVENT_STOPPING);
  else
    {
      rp_settlement_start (self->settlement, get_now_ms (), self->actions);
      act (self);
    }
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Planning *planning = user_data;
  g_autoptr (RpDispatch) self = planning->dispatch;
  RpPlan *plan = rp_planner_plan_finish (RP_PLANNER (source), result);

  if (planning->serial != self->plan_serial || self->is_abandoned)
    rp_plan_free (plan);
  else if (self->settlement == NULL)
    begin (self, plan);
  else
    {
      rp_settlement_replan (self->settlement, plan, get_now_ms (), self->actions);
      act (self);
    }
}

void
rp_dispatch_start (RpDispatch *self, const RpSurroundings *here)
{
  Planning *planning = g_new0 (Planning, 1);

  planning->dispatch = g_object_ref (self);
  planning->serial = ++self->plan_serial;
  rp_planner_plan_async (self->tools.planner, self->config, here, self->account,
                         self->message->envelope, self->facts, on_planned, planning);
}

void
rp_dispatch_move (RpDispatch *self, const RpSurroundings *here)
{
  interrupt (self, RP_EVENT_NETWORK_CHANGED);
  rp_dispatch_start (self, here);
}

void
rp_dispatch_leave (RpDispatch *self)
{
  self->is_left = TRUE;
  interrupt (self, RP_EVENT_CLIENT_GONE);
}

void
rp_dispatch_stop (RpDispatch *self)
{
  self->is_stopped = TRUE;
  interrupt (self, RP_EVENT_STOPPING);
}

void
rp_dispatch_abandon (RpDispatch *self)
{
  self->is_abandoned = TRUE;
  drop_timer (self);
  g_ptr_array_set_size (self->actions, 0);
  g_hash_table_remove_all (self->carriers);
}

const char *
rp_dispatch_get_outcome (RpDispatch *self)
{
  return self->settlement != NULL ? rp_settlement_get_outcome (self->settlement)
                                  : "open";
}
