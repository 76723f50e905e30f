/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-recording.h"

#include "core/rp-action.h"
#include "store/rp-custody-store.h"

static RpCustodyState
get_state (RpFateKind kind)
{
  switch (kind)
    {
    case RP_FATE_SENT:
      return RP_CUSTODY_SENT;
    case RP_FATE_REFUSED:
      return RP_CUSTODY_FAILED;
    case RP_FATE_DOUBT:
      return RP_CUSTODY_DOUBT;
    case RP_FATE_OPEN:
    case RP_FATE_WAITING:
      return RP_CUSTODY_WAITING;
    }
  g_return_val_if_reached (RP_CUSTODY_WAITING);
}

static RpCustodyRecipient *
dup_recipient (const RpFate *fate)
{
  RpCustodyRecipient *recipient = rp_custody_recipient_new (get_state (fate->kind));

  recipient->server = g_strdup (fate->server);
  recipient->reply = fate->reply != NULL ? rp_reply_copy (fate->reply) : NULL;
  recipient->reason = rp_reason_copy (rp_fate_get_reason (fate));
  return recipient;
}

GPtrArray *
rp_recording_dup_changes (const GPtrArray *records, const GArray *indices)
{
  GPtrArray *changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);

  for (guint i = 0; i < records->len; i++)
    {
      const RpRecord *record = g_ptr_array_index (records, i);
      g_autoptr (RpCustodyRecipient) recipient = dup_recipient (record->fate);

      g_ptr_array_add (changes,
                       rp_custody_change_new (indices != NULL ? g_array_index (
                                                  indices, guint, record->recipient)
                                                              : record->recipient,
                                              recipient));
    }
  return changes;
}

RpCustody *
rp_recording_dup_custody (const RpMessage *message, const GPtrArray *records)
{
  RpCustody *custody = rp_custody_new (message->id, message->envelope, message->facts);

  custody->hello = g_strdup (message->hello);
  custody->is_esmtp = message->is_esmtp;
  custody->program = g_strdup (message->program);
  custody->received_at_s = message->received_at_s;
  custody->digest = rp_message_dup_digest (message);
  for (guint i = 0; i < records->len; i++)
    {
      const RpRecord *record = g_ptr_array_index (records, i);
      g_autoptr (RpCustodyRecipient) recipient = dup_recipient (record->fate);

      rp_custody_set_recipient (custody, record->recipient, recipient);
    }
  return custody;
}
