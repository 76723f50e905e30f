/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attempts at messages in custody: each is planned anew, for whoever still waits. */
#include <unistd.h>

#include "delivery/rp-delivery-private.h"
#include "store/rp-custody-store.h"

static GArray *
dup_pending (RpDelivery *self, const RpCustody *custody)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    if (rp_queue_is_pending (self->tools.queue, custody, i))
      g_array_append_val (indices, i);
  return indices;
}

static RpEnvelope *
dup_envelope (const RpCustody *custody, const GArray *indices)
{
  RpEnvelope *envelope = rp_envelope_copy (custody->envelope);

  g_ptr_array_set_size (envelope->recipients, 0);
  for (guint i = 0; i < indices->len; i++)
    {
      const RpRecipient *from = rp_envelope_get_recipient (
          custody->envelope, g_array_index (indices, guint, i));
      RpRecipient *to = rp_envelope_add_recipient (envelope, from->address);

      to->notify = g_strdup (from->notify);
      to->orcpt = g_strdup (from->orcpt);
    }
  return envelope;
}

static RpMessage *
dup_message (const RpCustody *custody, const GArray *indices, int fd)
{
  RpMessage *message = rp_message_new (custody->id);

  message->envelope = dup_envelope (custody, indices);
  message->facts = rp_content_facts_copy (custody->facts);
  message->content = rp_content_new_from_fd (fd, custody->facts->n_bytes);
  message->hello = g_strdup (custody->hello);
  message->is_esmtp = custody->is_esmtp;
  message->program = g_strdup (custody->program);
  message->received_at_s = custody->received_at_s;
  return message;
}

static void
tell_waiting (RpDelivery *self,
              const RpCustody *custody,
              guint index,
              const RpReason *reason)
{
  g_autoptr (RpStep) step = rp_step_new (RP_STEP_WAITING, custody->id);

  step->at_s = g_get_real_time () / G_USEC_PER_SEC;
  step->recipient =
      g_strdup (rp_envelope_get_recipient (custody->envelope, index)->address);
  step->reason = rp_reason_copy (reason);
  g_signal_emit_by_name (self, "step", step);
}

/* Nothing can be attempted: everybody goes on waiting, and why is recorded and told. */
static void
end_at_once (RpDelivery *self,
             const RpCustody *custody,
             const GArray *indices,
             const RpReason *reason)
{
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
  g_autoptr (RpCustodyRecipient) recipient =
      rp_custody_recipient_new (RP_CUSTODY_WAITING);

  recipient->reason = rp_reason_copy (reason);
  for (guint i = 0; i < indices->len; i++)
    {
      const guint index = g_array_index (indices, guint, i);

      g_ptr_array_add (changes, rp_custody_change_new (index, recipient));
      tell_waiting (self, custody, index, reason);
    }
  rp_queue_record_async (self->tools.queue, custody->id, changes, NULL, NULL);
  rp_queue_end_attempt (self->tools.queue, custody->id);
}

static void
attempt (RpDelivery *self, const RpCustody *custody, GArray *indices, int fd)
{
  g_autoptr (RpMessage) message = dup_message (custody, indices, fd);
  const RpAccount *account = rp_delivery_find_account (self, message);
  g_autoptr (RpReason) reason = NULL;
  RpDispatch *dispatch;

  if (account == NULL)
    {
      g_autofree char *addresses = rp_config_dup_addresses (self->config);

      reason = rp_reason_new (RP_REASON_UNKNOWN_SENDER, message->envelope->sender,
                              addresses, NULL);
      end_at_once (self, custody, indices, reason);
      return;
    }

  dispatch = rp_dispatch_new_in_custody (&self->tools, message, self->config, account,
                                         indices);
  rp_delivery_open_dispatch (self, dispatch);
  rp_dispatch_start (dispatch, self->here);
}

static void
on_queue_due (RpQueue *queue, const RpCustody *custody, RpDelivery *self)
{
  g_autoptr (GArray) indices = dup_pending (self, custody);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpReason) reason = NULL;
  const int fd = rp_queue_open_body (queue, custody->id, &error);

  if (fd >= 0)
    {
      attempt (self, custody, indices, fd);
      return;
    }

  reason = rp_reason_new (RP_REASON_UNREADABLE, error->message, NULL);
  end_at_once (self, custody, indices, reason);
}

/* Sent again after it was dropped, the message is a new one. */
static void
on_queue_dropped (RpQueue *queue, const RpCustody *custody, RpDelivery *self)
{
  RpDispatch *dispatch = rp_delivery_find_dispatch (self, custody->id);

  rp_delivery_forget (self, custody);
  if (dispatch == NULL)
    return;

  g_signal_handlers_disconnect_by_data (dispatch, self);
  rp_dispatch_abandon (dispatch);
  g_ptr_array_remove (self->open, dispatch);
}

static void
on_queue_step (RpQueue *queue, RpStep *step, RpDelivery *self)
{
  step->at_s = g_get_real_time () / G_USEC_PER_SEC;
  g_signal_emit_by_name (self, "step", step);
}

static void
on_queue_settled (RpQueue *queue, const char *id, const char *outcome, RpDelivery *self)
{
  rp_delivery_emit_ended (self, id, outcome);
}

void
rp_delivery_connect_queue (RpDelivery *self)
{
  RpQueue *queue = self->tools.queue;

  g_signal_connect (queue, "due", G_CALLBACK (on_queue_due), self);
  g_signal_connect (queue, "dropped", G_CALLBACK (on_queue_dropped), self);
  g_signal_connect (queue, "step", G_CALLBACK (on_queue_step), self);
  g_signal_connect (queue, "settled", G_CALLBACK (on_queue_settled), self);
}
