/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that come again, because their program never heard our answer, or heard that
 * the message may have been delivered. */
#include "delivery/rp-delivery-private.h"
#include "words/rp-words.h"

/* An answer that was given to the session and is not yet known to be heard. */
typedef struct
{
  char *digest;
  char *subject_id; /* of the message that it is about: the earlier one's, to a later */
  gboolean is_yes;
} Spoken;

void
rp_delivery_free_spoken (gpointer data)
{
  Spoken *spoken = data;

  g_free (spoken->digest);
  g_free (spoken->subject_id);
  g_free (spoken);
}

static gint64
get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* "It may have been delivered" holds whether it is heard or not. A "no" leaves nothing
 * behind: the message is a new one when it comes again. */
void
rp_delivery_note_spoken (RpDelivery *self,
                         const RpMessage *message,
                         const char *subject_id,
                         const RpReply *reply,
                         gboolean is_in_doubt)
{
  Spoken *spoken = g_new0 (Spoken, 1);

  spoken->digest = rp_message_dup_digest (message);
  spoken->subject_id = g_strdup (subject_id);
  spoken->is_yes = rp_reply_is_positive (reply);
  if (is_in_doubt)
    rp_duplicates_note (self->duplicates, RP_GUARD_AMBIGUOUS, spoken->digest,
                        subject_id, get_now_s ());
  else if (!spoken->is_yes)
    rp_duplicates_forget (self->duplicates, spoken->digest, subject_id);
  g_hash_table_replace (self->spoken, g_strdup (message->id), spoken);
}

/* Whoever comes again before the answer is there, comes again. */
void
rp_delivery_note_gone (RpDelivery *self, const RpMessage *message)
{
  g_autofree char *digest = rp_message_dup_digest (message);

  rp_duplicates_recall (self->duplicates, RP_GUARD_UNHEARD, digest, message->id,
                        get_now_s ());
}

void
rp_delivery_note_heard (RpDelivery *self, const RpMessage *message, gboolean is_heard)
{
  const Spoken *spoken = g_hash_table_lookup (self->spoken, message->id);

  if (spoken == NULL)
    return;

  if (spoken->is_yes && is_heard)
    rp_duplicates_forget (self->duplicates, spoken->digest, spoken->subject_id);
  else if (spoken->is_yes)
    rp_duplicates_note (self->duplicates, RP_GUARD_UNHEARD, spoken->digest,
                        spoken->subject_id, get_now_s ());
  if (is_heard)
    rp_queue_set_answered (self->tools.queue, spoken->subject_id);
  g_hash_table_remove (self->spoken, message->id);
}

static gboolean
is_about (gpointer key, gpointer value, gpointer id)
{
  const Spoken *spoken = value;

  return g_str_equal (spoken->subject_id, id);
}

/* Dropped: what comes again is a new message, and a yes that is still on its way and
 * heard by nobody must not make a repetition of it. */
void
rp_delivery_forget (RpDelivery *self, const RpCustody *custody)
{
  if (custody->digest != NULL)
    rp_duplicates_forget (self->duplicates, custody->digest, custody->id);
  g_hash_table_foreach_remove (self->spoken, is_about, custody->id);
}

/* What was taken before a crash and not answered before it. */
void
rp_delivery_recall_unheard (RpDelivery *self)
{
  const GPtrArray *messages = rp_queue_get_messages (self->tools.queue);

  for (guint i = 0; i < messages->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (messages, i);

      if (!custody->is_answered && custody->digest != NULL)
        rp_duplicates_note (self->duplicates, RP_GUARD_UNHEARD, custody->digest,
                            custody->id, custody->received_at_s);
    }
}

/* --- the answer to the second one --- */

static RpReply *
dup_queued_reply (const char *id, RpReason *reason)
{
  g_autoptr (RpReason) why = reason;
  g_autoptr (RpReason) queued = rp_reason_new (RP_REASON_QUEUED, id, NULL);
  g_autofree char *name = rp_words_reason (queued, NULL);
  g_autofree char *sentence = rp_words_reason (why, NULL);
  g_autofree char *line = g_strdup_printf ("%s: %s", name, sentence);

  return rp_reply_new (250, "2.0.0", line);
}

static void
answer_repeated (RpDelivery *self,
                 RpMessage *message,
                 const char *earlier_id,
                 GTask *task,
                 RpReply *reply)
{
  rp_delivery_note_spoken (self, message, earlier_id, reply, FALSE);
  rp_delivery_answer_at_once (self, message, task, reply, "repeated");
}

/* Whether the earlier one can still reach, or has reached, somebody. */
static gboolean
is_alive (const RpCustody *earlier)
{
  return earlier->damage == NULL
         && rp_custody_count (earlier, RP_CUSTODY_FAILED)
                < rp_custody_get_n_recipients (earlier);
}

/* The earlier one failed since, or our copy of it is damaged: this one is a new
 * message, so that its program hears the truth about it. */
static gboolean
join_queued (RpDelivery *self,
             RpMessage *message,
             const RpCustody *earlier,
             GTask *task)
{
  if (!is_alive (earlier))
    {
      rp_delivery_forget (self, earlier);
      return FALSE;
    }

  answer_repeated (
      self, message, earlier->id, task,
      dup_queued_reply (earlier->id, rp_reason_new (RP_REASON_ALREADY_QUEUED, NULL)));
  return TRUE;
}

static gboolean
join_unheard (RpDelivery *self, RpMessage *message, const char *id, GTask *task)
{
  const RpCustody *earlier = rp_queue_peek (self->tools.queue, id);
  RpDispatch *dispatch = rp_delivery_find_dispatch (self, id);

  if (earlier != NULL)
    return join_queued (self, message, earlier, task);

  if (dispatch != NULL && g_str_equal (rp_dispatch_get_outcome (dispatch), "open"))
    rp_delivery_answer_with (self, dispatch, message, task);
  else
    answer_repeated (
        self, message, id, task,
        rp_delivery_dup_reply (250, "2.0.0",
                               rp_reason_new (RP_REASON_ALREADY_SENT, id, NULL)));
  return TRUE;
}

/* The program and its task, until the message is in custody. */
typedef struct
{
  RpMessage *message;
  GTask *task;
  char *earlier_id;
} Doubtful;

static void
doubtful_free (Doubtful *doubtful)
{
  rp_message_unref (doubtful->message);
  g_object_unref (doubtful->task);
  g_free (doubtful->earlier_id);
  g_free (doubtful);
}

static void
on_doubtful_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Doubtful *doubtful = user_data;
  RpDelivery *self = g_task_get_source_object (doubtful->task);
  g_autoptr (GError) error = NULL;
  RpMessage *message = doubtful->message;
  RpReply *reply;

  if (rp_queue_take_finish (RP_QUEUE (source), result, &error))
    {
      reply =
          dup_queued_reply (message->id, rp_reason_new (RP_REASON_SENT_BEFORE,
                                                        doubtful->earlier_id, NULL));
      rp_delivery_note_gone (self, message); /* until it is known to be heard */
      rp_delivery_note_spoken (self, message, message->id, reply, FALSE);
      rp_delivery_emit_step (self, RP_STEP_QUEUED, message->id, NULL);
      rp_delivery_answer_at_once (self, message, doubtful->task, reply, "doubt");
    }
  else
    rp_delivery_answer_at_once (
        self, message, doubtful->task,
        rp_delivery_dup_reply (
            452, "4.3.1", rp_reason_new (RP_REASON_NOT_KEPT, error->message, NULL)),
        "waiting");
  doubtful_free (doubtful);
}

/* It may have been delivered: kept, and sent when the user says so. */
static void
take_in_doubt (RpDelivery *self, RpMessage *message, const char *id, GTask *task)
{
  Doubtful *doubtful = g_new0 (Doubtful, 1);
  RpCustody *custody = rp_custody_new (message->id, message->envelope, message->facts);
  g_autoptr (RpCustodyRecipient) recipient =
      rp_custody_recipient_new (RP_CUSTODY_DOUBT);

  recipient->reason = rp_reason_new (RP_REASON_SENT_BEFORE, id, NULL);
  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    rp_custody_set_recipient (custody, i, recipient);
  custody->hello = g_strdup (message->hello);
  custody->is_esmtp = message->is_esmtp;
  custody->program = g_strdup (message->program);
  custody->received_at_s = message->received_at_s;
  custody->digest = rp_message_dup_digest (message);
  doubtful->message = rp_message_ref (message);
  doubtful->task = g_object_ref (task);
  doubtful->earlier_id = g_strdup (id);
  rp_queue_take_async (self->tools.queue, custody, message->content, FALSE,
                       on_doubtful_taken, doubtful);
}

gboolean
rp_delivery_join_earlier (RpDelivery *self, RpMessage *message, GTask *task)
{
  g_autofree char *digest = rp_message_dup_digest (message);
  const RpGuardRow *row = rp_duplicates_find (self->duplicates, digest, get_now_s ());
  g_autofree char *id = NULL;

  if (row == NULL)
    return FALSE;

  id = g_strdup (row->message_id);
  switch (row->kind)
    {
    case RP_GUARD_UNHEARD:
      return join_unheard (self, message, id, task);
    case RP_GUARD_AMBIGUOUS:
      take_in_doubt (self, message, id, task);
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}
