/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "core/rp-action.h"
#include "delivery/rp-recording.h"
#include "store/rp-custody-store.h"

namespace
{

RpFate *
make_fate (RpFateKind kind)
{
  g_autoptr (RpReply) reply = rp_reply_new (450, "4.7.1", "Greylisted");

  return rp_fate_new (kind, "bob@adatum.com", "proseware", reply,
                      rp_reason_new (RP_REASON_TEMPORARY, "proseware", nullptr));
}

const RpCustodyChange *
get_change (const GPtrArray *changes, guint index)
{
  return static_cast<const RpCustodyChange *> (g_ptr_array_index (changes, index));
}

struct State
{
  const char *name;
  RpFateKind fate;
  RpCustodyState state;
};

void
PrintTo (const State &row, std::ostream *out)
{
  *out << row.name;
}

class RecordingStateTest : public testing::TestWithParam<State>
{
};

TEST_P (RecordingStateTest, FateBecomesState)
{
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_RECORD, 1);

  rp_action_add_record (action, 0, make_fate (GetParam ().fate));
  g_autoptr (GPtrArray) changes = rp_recording_dup_changes (action->records, nullptr);

  ASSERT_EQ (changes->len, 1u);
  EXPECT_EQ (get_change (changes, 0)->recipient->state, GetParam ().state);
}

const State states[] = {
  { "sent", RP_FATE_SENT, RP_CUSTODY_SENT },
  { "refused", RP_FATE_REFUSED, RP_CUSTODY_FAILED },
  { "doubt", RP_FATE_DOUBT, RP_CUSTODY_DOUBT },
  { "waiting", RP_FATE_WAITING, RP_CUSTODY_WAITING },
  { "open", RP_FATE_OPEN, RP_CUSTODY_WAITING },
};

INSTANTIATE_TEST_SUITE_P (Fates,
                          RecordingStateTest,
                          testing::ValuesIn (states),
                          [] (const auto &row) { return row.param.name; });

TEST (RecordingTest, ServersWordsAndOursAreKept)
{
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_RECORD, 1);

  rp_action_add_record (action, 0, make_fate (RP_FATE_WAITING));
  g_autoptr (GPtrArray) changes = rp_recording_dup_changes (action->records, nullptr);
  const RpCustodyRecipient *recipient = get_change (changes, 0)->recipient;
  g_autofree char *reply = rp_reply_dup_text (recipient->reply);

  EXPECT_STREQ (recipient->server, "proseware");
  EXPECT_STREQ (reply, "450 4.7.1 Greylisted");
  EXPECT_EQ (recipient->reason->code, RP_REASON_TEMPORARY);
}

TEST (RecordingTest, SilenceIsKeptAsSilence)
{
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_RECORD, 1);

  rp_action_add_record (
      action, 0,
      rp_fate_new (RP_FATE_WAITING, "bob@adatum.com", nullptr, nullptr, nullptr));
  g_autoptr (GPtrArray) changes = rp_recording_dup_changes (action->records, nullptr);
  const RpCustodyRecipient *recipient = get_change (changes, 0)->recipient;

  EXPECT_EQ (recipient->server, nullptr);
  EXPECT_EQ (recipient->reply, nullptr);
  EXPECT_EQ (recipient->reason, nullptr);
}

/* An attempt carries those who wait: its first may be the third in custody. */
TEST (RecordingTest, PlacesAreThoseInCustody)
{
  const guint third = 2, fifth = 4;
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_RECORD, 1);

  g_array_append_val (indices, third);
  g_array_append_val (indices, fifth);
  rp_action_add_record (action, 1, make_fate (RP_FATE_SENT));
  rp_action_add_record (action, 0, make_fate (RP_FATE_WAITING));
  g_autoptr (GPtrArray) changes = rp_recording_dup_changes (action->records, indices);

  ASSERT_EQ (changes->len, 2u);
  EXPECT_EQ (get_change (changes, 0)->index, 4u);
  EXPECT_EQ (get_change (changes, 0)->recipient->state, RP_CUSTODY_SENT);
  EXPECT_EQ (get_change (changes, 1)->index, 2u);
}

TEST (RecordingTest, PlacesAreTheSameWithoutAList)
{
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_RECORD, 1);

  rp_action_add_record (action, 3, make_fate (RP_FATE_SENT));
  g_autoptr (GPtrArray) changes = rp_recording_dup_changes (action->records, nullptr);

  EXPECT_EQ (get_change (changes, 0)->index, 3u);
}

TEST (RecordingTest, MessageGoesIntoCustodyWhole)
{
  g_autoptr (RpMessage) message = rp_message_new ("0123ABCD");
  g_autoptr (RpAction) action = rp_action_new (RP_ACTION_TAKE_CUSTODY, 0);

  message->envelope = rp_envelope_new ("terri@proseware.com");
  rp_envelope_add_recipient (message->envelope, "amy@adatum.com");
  rp_envelope_add_recipient (message->envelope, "bob@adatum.com")->notify =
      g_strdup ("NEVER");
  message->facts = g_new0 (RpContentFacts, 1);
  message->facts->n_bytes = 2;
  message->content = rp_content_new (nullptr);
  rp_content_append (message->content, reinterpret_cast<const guint8 *> ("\r\n"), 2,
                     nullptr);
  message->hello = g_strdup ("laptop");
  message->is_esmtp = TRUE;
  message->program = g_strdup ("mutt");
  message->received_at_s = 1795493105;
  rp_action_add_record (action, 0, make_fate (RP_FATE_DOUBT));
  rp_action_add_record (action, 1, make_fate (RP_FATE_WAITING));
  g_autoptr (RpCustody) custody = rp_recording_dup_custody (message, action->records);
  g_autofree char *digest = rp_message_dup_digest (message);

  EXPECT_STREQ (custody->id, "0123ABCD");
  EXPECT_STREQ (custody->digest, digest);
  EXPECT_STREQ (custody->hello, "laptop");
  EXPECT_TRUE (custody->is_esmtp);
  EXPECT_STREQ (custody->program, "mutt");
  EXPECT_EQ (custody->received_at_s, 1795493105);
  EXPECT_EQ (custody->facts->n_bytes, 2u);
  EXPECT_FALSE (custody->is_answered);
  EXPECT_STREQ (rp_envelope_get_recipient (custody->envelope, 1)->notify, "NEVER");
  EXPECT_EQ (rp_custody_get_recipient (custody, 0)->state, RP_CUSTODY_DOUBT);
  EXPECT_EQ (rp_custody_get_recipient (custody, 1)->state, RP_CUSTODY_WAITING);
}

} // namespace
