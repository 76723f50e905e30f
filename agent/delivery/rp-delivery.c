/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-delivery.h"

#include "delivery/rp-delivery-private.h"
#include "words/rp-words.h"

G_DEFINE_QUARK (rp - delivery - error - quark, rp_delivery_error)

/* What it takes from the decision to the answer's last octet at the program: it is to
 * be there when patience ends. */
#define ANSWER_MS 500

static void message_handler_init (RpMessageHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpDelivery,
                               rp_delivery,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_MESSAGE_HANDLER,
                                                      message_handler_init))

enum
{
  SIGNAL_BEGUN,
  SIGNAL_STEP,
  SIGNAL_LEARNED,
  SIGNAL_UNLEARNED,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A program that waits for its answer. */
typedef struct
{
  RpDispatch *dispatch;
  RpMessage *message;    /* its own; another one's dispatch may answer for it */
  GCancellable *program; /* nullable: cancelled when it is gone */
  gulong program_id;
} Waiting;

/* A plan or a record that is still in the making keeps its dispatch; nothing of it may
 * reach us any more. */
static void
abandon_open (RpDelivery *self)
{
  for (guint i = 0; i < self->open->len; i++)
    {
      RpDispatch *dispatch = g_ptr_array_index (self->open, i);

      g_signal_handlers_disconnect_by_data (dispatch, self);
      rp_dispatch_abandon (dispatch);
    }
}

static void
rp_delivery_finalize (GObject *object)
{
  RpDelivery *self = RP_DELIVERY (object);

  abandon_open (self);
  g_ptr_array_unref (self->open);
  g_object_unref (self->tools.loop);
  g_object_unref (self->tools.secrets);
  g_object_unref (self->tools.planner);
  g_signal_handlers_disconnect_by_data (self->tools.queue, self);
  g_object_unref (self->tools.queue);
  g_object_unref (self->tools.pop_logins);
  rp_duplicates_free (self->duplicates);
  g_hash_table_unref (self->spoken);
  rp_config_unref (self->config);
  rp_surroundings_free (self->here);
  g_free (self->gateway_mac);
  G_OBJECT_CLASS (rp_delivery_parent_class)->finalize (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name, RP_TYPE_DELIVERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
rp_delivery_class_init (RpDeliveryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_delivery_finalize;
  signals[SIGNAL_BEGUN] = add_signal ("begun");
  signals[SIGNAL_STEP] = add_signal ("step");
  signals[SIGNAL_LEARNED] = add_signal ("learned");
  signals[SIGNAL_UNLEARNED] = add_signal ("unlearned");
  signals[SIGNAL_ENDED] =
      g_signal_new ("ended", RP_TYPE_DELIVERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
rp_delivery_init (RpDelivery *self)
{
  self->open = g_ptr_array_new_with_free_func (g_object_unref);
  self->spoken =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, rp_delivery_free_spoken);
}

RpDelivery *
rp_delivery_new (RpCurlLoop *loop,
                 RpSecrets *secrets,
                 const RpMemory *memory,
                 RpQueue *queue,
                 RpDuplicates *duplicates,
                 RpConfig *config,
                 const RpSurroundings *here)
{
  RpDelivery *self = g_object_new (RP_TYPE_DELIVERY, NULL);

  self->tools.loop = g_object_ref (loop);
  self->tools.secrets = g_object_ref (secrets);
  self->tools.planner = rp_planner_new (secrets, memory);
  self->tools.queue = g_object_ref (queue);
  self->tools.pop_logins = rp_pop_logins_new (loop, secrets);
  rp_pop_logins_set_surroundings (self->tools.pop_logins, here);
  self->duplicates = duplicates;
  self->config = rp_config_ref (config);
  self->here = rp_surroundings_copy (here);
  self->gateway_mac = g_strdup (here->gateway_mac);
  rp_delivery_recall_unheard (self);
  rp_delivery_connect_queue (self);
  rp_queue_set_config (queue, config);
  rp_queue_set_connectivity (queue, here->connectivity);
  return self;
}

void
rp_delivery_set_config (RpDelivery *self, RpConfig *config)
{
  rp_config_ref (config);
  rp_config_unref (self->config);
  self->config = config;
  rp_queue_set_config (self->tools.queue, config);
  rp_queue_wake (self->tools.queue);
}

static GPtrArray *
dup_open (RpDelivery *self)
{
  return g_ptr_array_copy (self->open, (GCopyFunc) (void (*) (void)) g_object_ref,
                           NULL);
}

void
rp_delivery_set_surroundings (RpDelivery *self, const RpSurroundings *here)
{
  g_autoptr (RpSurroundings) before = self->here;
  g_autoptr (GPtrArray) open = dup_open (self);
  const gboolean has_moved =
      rp_surroundings_is_elsewhere (before, self->gateway_mac, here);

  self->here = rp_surroundings_copy (here);
  if (has_moved || here->gateway_mac != NULL)
    {
      g_free (self->gateway_mac);
      self->gateway_mac = g_strdup (here->gateway_mac);
    }
  rp_pop_logins_set_surroundings (self->tools.pop_logins, here);
  if (has_moved)
    for (guint i = 0; i < open->len; i++)
      rp_dispatch_move ((RpDispatch *) g_ptr_array_index (open, i), here);
  rp_queue_set_connectivity (self->tools.queue, here->connectivity);
}

void
rp_delivery_stop (RpDelivery *self)
{
  g_autoptr (GPtrArray) open = dup_open (self);

  self->is_stopping = TRUE;
  rp_queue_stop (self->tools.queue);
  for (guint i = 0; i < open->len; i++)
    rp_dispatch_stop ((RpDispatch *) g_ptr_array_index (open, i));
}

guint
rp_delivery_get_n_open (RpDelivery *self)
{
  return self->open->len;
}

/* --- what is answered at once --- */

RpReply *
rp_delivery_dup_reply (guint code, const char *enhanced, RpReason *reason)
{
  g_autofree char *sentence = rp_words_reason (reason, NULL);

  rp_reason_free (reason);
  return rp_reply_new (code, enhanced, sentence);
}

static RpReply *
refuse_sender (RpDelivery *self, const char *sender)
{
  g_autofree char *addresses = rp_config_dup_addresses (self->config);

  if (self->config->accounts->len == 0)
    return rp_delivery_dup_reply (550, "5.7.1",
                                  rp_reason_new (RP_REASON_NO_ACCOUNT, NULL));
  return rp_delivery_dup_reply (
      550, "5.7.1", rp_reason_new (RP_REASON_UNKNOWN_SENDER, sender, addresses, NULL));
}

static RpReply *
check_sender (RpMessageHandler *handler,
              const RpClient *client,
              const RpEnvelope *envelope)
{
  RpDelivery *self = RP_DELIVERY (handler);

  /* A null sender's account is known only from its header. */
  if (*envelope->sender == '\0' && self->config->accounts->len > 0)
    return NULL;
  if (*envelope->sender != '\0'
      && rp_config_find_account (self->config, envelope->sender) != NULL)
    return NULL;
  return refuse_sender (self, envelope->sender);
}

static RpReply *
check_recipient (RpMessageHandler *handler,
                 const RpClient *client,
                 const RpEnvelope *envelope,
                 const RpRecipient *recipient)
{
  return NULL;
}

const RpAccount *
rp_delivery_find_account (RpDelivery *self, const RpMessage *message)
{
  const char *sender = *message->envelope->sender != '\0' ? message->envelope->sender
                                                          : message->facts->header_from;
  const RpAccount *account = sender != NULL && *sender != '\0'
                                 ? rp_config_find_account (self->config, sender)
                                 : NULL;

  if (account == NULL && *message->envelope->sender == '\0')
    account = rp_config_get_default_account (self->config);
  return account;
}

/* --- a message's way --- */

void
rp_delivery_emit_step (RpDelivery *self,
                       RpStepKind kind,
                       const char *id,
                       const RpReply *reply)
{
  g_autoptr (RpStep) step = rp_step_new (kind, id);

  step->at_s = g_get_real_time () / G_USEC_PER_SEC;
  step->reply = reply != NULL ? rp_reply_copy (reply) : NULL;
  g_signal_emit (self, signals[SIGNAL_STEP], 0, step);
}

void
rp_delivery_emit_ended (RpDelivery *self, const char *id, const char *outcome)
{
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, id, outcome);
}

static void
on_dispatch_step (RpDispatch *dispatch, const RpStep *step, RpDelivery *self)
{
  g_signal_emit (self, signals[SIGNAL_STEP], 0, step);
}

static void
on_dispatch_learned (RpDispatch *dispatch, const RpLesson *lesson, RpDelivery *self)
{
  g_signal_emit (self, signals[SIGNAL_LEARNED], 0, lesson);
}

static void
on_dispatch_unlearned (RpDispatch *dispatch, const RpLesson *lesson, RpDelivery *self)
{
  g_signal_emit (self, signals[SIGNAL_UNLEARNED], 0, lesson);
}

/* What is in custody has its word from the queue. */
static void
on_dispatch_done (RpDispatch *dispatch, const char *outcome, RpDelivery *self)
{
  g_autoptr (RpDispatch) ended = g_object_ref (dispatch);
  const char *id = rp_dispatch_get_message (ended)->id;

  g_signal_handlers_disconnect_by_data (dispatch, self);
  g_ptr_array_remove (self->open, dispatch);
  if (rp_queue_peek (self->tools.queue, id) != NULL)
    rp_queue_end_attempt (self->tools.queue, id);
  else
    rp_delivery_emit_ended (self, id, outcome);
}

static void
waiting_free (Waiting *waiting)
{
  g_clear_object (&waiting->program);
  rp_message_unref (waiting->message);
  g_object_unref (waiting->dispatch);
  g_free (waiting);
}

/* Takes the reference of the task: the program is answered exactly once. */
static void
on_dispatch_answered (RpDispatch *dispatch, const RpReply *reply, GTask *task)
{
  Waiting *waiting = g_task_get_task_data (task);
  RpDelivery *self = g_task_get_source_object (task);

  g_signal_handlers_disconnect_by_func (dispatch, on_dispatch_answered, task);
  g_cancellable_disconnect (waiting->program, waiting->program_id);
  rp_delivery_note_spoken (
      self, waiting->message, rp_dispatch_get_message (dispatch)->id, reply,
      !rp_reply_is_positive (reply)
          && g_str_equal (rp_dispatch_get_outcome (dispatch), "doubt"));
  if (waiting->message != rp_dispatch_get_message (dispatch))
    {
      rp_delivery_emit_step (self, RP_STEP_ANSWERED, waiting->message->id, reply);
      rp_delivery_emit_ended (self, waiting->message->id, "repeated");
    }
  g_task_return_pointer (task, rp_reply_copy (reply), (GDestroyNotify) rp_reply_free);
  g_object_unref (task);
}

/* Not from within the cancellable's own handler: disconnecting there would wait for
 * itself for ever. */
static gboolean
leave_soon (gpointer user_data)
{
  GTask *task = user_data;
  Waiting *waiting = g_task_get_task_data (task);

  if (g_task_get_completed (task))
    return G_SOURCE_REMOVE;

  rp_delivery_note_gone (g_task_get_source_object (task), waiting->message);
  rp_dispatch_leave (waiting->dispatch);
  return G_SOURCE_REMOVE;
}

static void
on_program_gone (GCancellable *program, gpointer user_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, leave_soon, g_object_ref (user_data), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

void
rp_delivery_answer_at_once (RpDelivery *self,
                            RpMessage *message,
                            GTask *task,
                            RpReply *reply,
                            const char *outcome)
{
  rp_delivery_emit_step (self, RP_STEP_ANSWERED, message->id, reply);
  rp_delivery_emit_ended (self, message->id, outcome);
  g_task_return_pointer (task, reply, (GDestroyNotify) rp_reply_free);
}

/* @task, which is @message's, is answered with what @dispatch comes to. */
void
rp_delivery_answer_with (RpDelivery *self,
                         RpDispatch *dispatch,
                         RpMessage *message,
                         GTask *task)
{
  GCancellable *program = g_task_get_cancellable (task);
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->dispatch = g_object_ref (dispatch);
  waiting->message = rp_message_ref (message);
  waiting->program = program != NULL ? g_object_ref (program) : NULL;
  g_task_set_task_data (task, waiting, (GDestroyNotify) waiting_free);
  g_signal_connect (dispatch, "answered", G_CALLBACK (on_dispatch_answered),
                    g_object_ref (task));
}

RpDispatch *
rp_delivery_find_dispatch (RpDelivery *self, const char *id)
{
  for (guint i = 0; i < self->open->len; i++)
    {
      RpDispatch *dispatch = g_ptr_array_index (self->open, i);

      if (g_str_equal (rp_dispatch_get_message (dispatch)->id, id))
        return dispatch;
    }

  return NULL;
}

/* Takes @dispatch. */
void
rp_delivery_open_dispatch (RpDelivery *self, RpDispatch *dispatch)
{
  g_signal_connect (dispatch, "step", G_CALLBACK (on_dispatch_step), self);
  g_signal_connect (dispatch, "learned", G_CALLBACK (on_dispatch_learned), self);
  g_signal_connect (dispatch, "unlearned", G_CALLBACK (on_dispatch_unlearned), self);
  g_signal_connect (dispatch, "done", G_CALLBACK (on_dispatch_done), self);
  g_ptr_array_add (self->open, dispatch);
}

static void
dispatch_message (RpDelivery *self,
                  RpMessage *message,
                  const RpAccount *account,
                  GTask *task)
{
  GCancellable *program = g_task_get_cancellable (task);
  RpDispatch *dispatch = rp_dispatch_new (&self->tools, message, self->config, account,
                                          self->config->patience_s * 1000 - ANSWER_MS);
  Waiting *waiting;

  rp_delivery_open_dispatch (self, dispatch);
  rp_delivery_answer_with (self, dispatch, message, task);
  waiting = g_task_get_task_data (task);
  rp_dispatch_start (dispatch, self->here);
  if (program != NULL)
    waiting->program_id = g_cancellable_connect (program, G_CALLBACK (on_program_gone),
                                                 g_object_ref (task), g_object_unref);
}

/* Of two with one name, the end of one attempt would be taken for the other's. */
static void
make_id_unique (RpDelivery *self, RpMessage *message)
{
  while (rp_queue_peek (self->tools.queue, message->id) != NULL
         || rp_delivery_find_dispatch (self, message->id) != NULL)
    {
      g_free (message->id);
      message->id = rp_message_dup_new_id ();
    }
}

static void
take_message_async (RpMessageHandler *handler,
                    RpMessage *message,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  RpDelivery *self = RP_DELIVERY (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const RpAccount *account = rp_delivery_find_account (self, message);

  /* The program's going must not replace the answer, nor bring a second one. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, take_message_async);
  make_id_unique (self, message);
  g_signal_emit (self, signals[SIGNAL_BEGUN], 0, message);
  rp_delivery_emit_step (self, RP_STEP_RECEIVED, message->id, NULL);
  if (self->is_stopping)
    rp_delivery_answer_at_once (
        self, message, task,
        rp_delivery_dup_reply (451, "4.3.2", rp_reason_new (RP_REASON_STOPPING, NULL)),
        "waiting");
  else if (account == NULL)
    rp_delivery_answer_at_once (self, message, task,
                                refuse_sender (self, message->envelope->sender),
                                "refused");
  else if (!rp_delivery_join_earlier (self, message, task))
    dispatch_message (self, message, account, task);
}

static RpReply *
take_message_finish (RpMessageHandler *handler, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
message_answered (RpMessageHandler *handler, RpMessage *message, gboolean is_written)
{
  RpDelivery *self = RP_DELIVERY (handler);

  if (!is_written)
    rp_delivery_emit_step (self, RP_STEP_UNHEARD, message->id, NULL);
  rp_delivery_note_heard (self, message, is_written);
}

static void
message_handler_init (RpMessageHandlerInterface *iface)
{
  iface->check_sender = check_sender;
  iface->check_recipient = check_recipient;
  iface->take_message_async = take_message_async;
  iface->take_message_finish = take_message_finish;
  iface->message_answered = message_answered;
}
