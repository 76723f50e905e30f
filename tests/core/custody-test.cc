/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-custody.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

/* A message to as many as there are letters: w waiting, d doubt, s sent, f failed. */
RpCustody *
make_custody (const std::string &states)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");
  RpContentFacts facts = { 4711, FALSE, FALSE, nullptr };

  for (size_t i = 0; i < states.size (); i++)
    rp_envelope_add_recipient (envelope, ("r" + std::to_string (i) + "@x").c_str ());

  RpCustody *custody = rp_custody_new ("4F1C0000", envelope, &facts);
  for (guint i = 0; i < states.size (); i++)
    {
      auto state = static_cast<RpCustodyState> (std::string ("wdsf").find (states[i]));
      g_autoptr (RpCustodyRecipient) recipient = rp_custody_recipient_new (state);

      rp_custody_set_recipient (custody, i, recipient);
    }
  return custody;
}

struct Case
{
  const char *name;
  const char *states;
  bool is_held;
  const char *damage;
  const char *state;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

class CustodyState : public testing::TestWithParam<Case>
{
};

TEST_P (CustodyState, OfTheWholeMessage)
{
  g_autoptr (RpCustody) custody = make_custody (GetParam ().states);

  custody->is_held = GetParam ().is_held;
  custody->damage = g_strdup (GetParam ().damage);
  EXPECT_STREQ (rp_custody_get_state (custody), GetParam ().state);
}

const Case kCases[] = {
  { "Waits", "w", false, nullptr, "waiting" },
  { "OneOfManyWaits", "sfw", false, nullptr, "waiting" },
  { "Doubt", "d", false, nullptr, "doubt" },
  { "DoubtBeforeWaiting", "wd", false, nullptr, "doubt" },
  { "DoubtBeforeFailed", "fd", false, nullptr, "doubt" },
  { "Failed", "f", false, nullptr, "failed" },
  { "FailedBeforeSent", "sf", false, nullptr, "failed" },
  { "Sent", "ss", false, nullptr, "sent" },
  { "Held", "w", true, nullptr, "held" },
  { "HeldBeforeDoubt", "dw", true, nullptr, "held" },
  { "HeldButNobodyWaits", "fs", true, nullptr, "failed" },
  { "HeldButOnlyDoubt", "ds", true, nullptr, "doubt" },
  { "Damaged", "w", false, "no-body", "damaged" },
  { "DamagedBeforeHeld", "wd", true, "torn", "damaged" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          CustodyState,
                          testing::ValuesIn (kCases),
                          [] (const auto &row) { return row.param.name; });

TEST (Custody, BeginsWithEverybodyWaiting)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("");
  RpContentFacts facts = { 1, FALSE, FALSE, nullptr };

  rp_envelope_add_recipient (envelope, "a@x");
  rp_envelope_add_recipient (envelope, "b@x");
  g_autoptr (RpCustody) custody = rp_custody_new ("A", envelope, &facts);
  EXPECT_EQ (rp_custody_get_n_recipients (custody), 2u);
  EXPECT_EQ (rp_custody_count (custody, RP_CUSTODY_WAITING), 2u);
}

TEST (Custody, CountsByState)
{
  g_autoptr (RpCustody) custody = make_custody ("wddsssffff");

  EXPECT_EQ (rp_custody_count (custody, RP_CUSTODY_WAITING), 1u);
  EXPECT_EQ (rp_custody_count (custody, RP_CUSTODY_DOUBT), 2u);
  EXPECT_EQ (rp_custody_count (custody, RP_CUSTODY_SENT), 3u);
  EXPECT_EQ (rp_custody_count (custody, RP_CUSTODY_FAILED), 4u);
}

TEST (Custody, NicksOfStatesAreTheirOwnAndComeBack)
{
  const char *const nicks[] = { "waiting", "doubt", "sent", "failed" };

  for (guint i = 0; i < RP_CUSTODY_N_STATES; i++)
    {
      RpCustodyState state = RP_CUSTODY_N_STATES;

      EXPECT_STREQ (rp_custody_state_to_nick (static_cast<RpCustodyState> (i)),
                    nicks[i]);
      EXPECT_TRUE (rp_custody_state_from_nick (nicks[i], &state));
      EXPECT_EQ (state, i);
    }

  RpCustodyState untouched = RP_CUSTODY_SENT;
  EXPECT_FALSE (rp_custody_state_from_nick ("", &untouched));
  EXPECT_EQ (untouched, RP_CUSTODY_SENT);
}

/* A message with everything set that can be. */
RpCustody *
make_full ()
{
  RpCustody *custody = make_custody ("wf");
  g_autoptr (RpCustodyRecipient) refused = rp_custody_recipient_new (RP_CUSTODY_FAILED);

  custody->hello = g_strdup ("[127.0.0.1]");
  custody->is_esmtp = TRUE;
  custody->program = g_strdup ("thunderbird");
  custody->received_at_s = 1795500000;
  custody->digest = g_strdup ("d1ge57");
  custody->is_answered = TRUE;
  custody->n_attempts = 3;
  custody->age_s = 1795500100;
  custody->facts->header_from = g_strdup ("terri@proseware.com");
  refused->server = g_strdup ("proseware");
  refused->reply = rp_reply_new (550, "5.1.1", "no such user");
  refused->reason =
      rp_reason_new (RP_REASON_RECIPIENT_REFUSED, "r1@x", "proseware", nullptr);
  rp_custody_set_recipient (custody, 1, refused);
  return custody;
}

TEST (Custody, IsTheSameOnTheBusOriginalAndCopy)
{
  g_autoptr (RpCustody) custody = make_full ();
  g_autoptr (RpCustody) copy = rp_custody_copy (custody);
  const char *const expected =
      "{'id': <'4F1C0000'>, 'received-at': <int64 1795500000>,"
      " 'sender': <'terri@proseware.com'>,"
      " 'recipients': <[{'address': <'r0@x'>, 'state': <'waiting'>},"
      "  {'address': <'r1@x'>, 'state': <'failed'>, 'server': <'proseware'>,"
      "   'reply': <'550 5.1.1 no such user'>,"
      "   'reason': <('recipient-refused', ['r1@x', 'proseware'])>}]>,"
      " 'bytes': <uint64 4711>, 'state': <'waiting'>, 'attempts': <uint32 3>,"
      " 'program': <'thunderbird'>}";

  for (const RpCustody *self : { custody, copy })
    {
      g_autoptr (GVariant) wanted =
          g_variant_ref_sink (g_variant_new_parsed (expected));
      g_autoptr (GVariant) seen = g_variant_ref_sink (rp_custody_to_variant (self));

      EXPECT_EQ (g_variant_n_children (seen), g_variant_n_children (wanted));
      for (gsize i = 0; i < g_variant_n_children (wanted); i++)
        {
          g_autoptr (GVariant) value = nullptr;
          const char *key;

          g_autoptr (GVariant) pair = g_variant_get_child_value (wanted, i);
          g_variant_get (pair, "{&sv}", &key, &value);
          g_autoptr (GVariant) other = g_variant_lookup_value (seen, key, nullptr);
          ASSERT_NE (other, nullptr) << key;
          if (g_str_equal (key, "recipients"))
            continue;
          EXPECT_TRUE (g_variant_equal (other, value)) << key;
        }

      g_autoptr (GVariant) people =
          g_variant_lookup_value (seen, "recipients", G_VARIANT_TYPE ("aa{sv}"));
      ASSERT_EQ (g_variant_n_children (people), 2u);
      g_autoptr (GVariant) first = g_variant_get_child_value (people, 0);
      g_autoptr (GVariant) second = g_variant_get_child_value (people, 1);
      const char *text = nullptr;
      g_autoptr (GVariant) reason = nullptr;

      EXPECT_EQ (g_variant_n_children (first), 2u);
      EXPECT_EQ (g_variant_n_children (second), 5u);
      EXPECT_TRUE (g_variant_lookup (first, "address", "&s", &text));
      EXPECT_STREQ (text, "r0@x");
      EXPECT_TRUE (g_variant_lookup (second, "state", "&s", &text));
      EXPECT_STREQ (text, "failed");
      EXPECT_TRUE (g_variant_lookup (second, "server", "&s", &text));
      EXPECT_STREQ (text, "proseware");
      EXPECT_TRUE (g_variant_lookup (second, "reply", "&s", &text));
      EXPECT_STREQ (text, "550 5.1.1 no such user");
      reason = g_variant_lookup_value (second, "reason", G_VARIANT_TYPE ("(sas)"));
      ASSERT_NE (reason, nullptr);
      g_autofree char *printed = g_variant_print (reason, FALSE);
      EXPECT_STREQ (printed, "('recipient-refused', ['r1@x', 'proseware'])");
    }
}

TEST (Custody, ACopyHasAllAndIsItsOwn)
{
  g_autoptr (RpCustody) custody = make_full ();

  custody->is_held = TRUE;
  custody->damage = g_strdup ("torn");
  g_autoptr (RpCustody) copy = rp_custody_copy (custody);
  g_autoptr (RpCustodyRecipient) sent = rp_custody_recipient_new (RP_CUSTODY_SENT);

  EXPECT_STREQ (copy->hello, "[127.0.0.1]");
  EXPECT_TRUE (copy->is_esmtp);
  EXPECT_STREQ (copy->digest, "d1ge57");
  EXPECT_TRUE (copy->is_answered);
  EXPECT_TRUE (copy->is_held);
  EXPECT_STREQ (copy->damage, "torn");
  EXPECT_EQ (copy->age_s, 1795500100);
  EXPECT_STREQ (copy->facts->header_from, "terri@proseware.com");
  EXPECT_STREQ (copy->envelope->sender, "terri@proseware.com");

  rp_custody_set_recipient (custody, 0, sent);
  EXPECT_EQ (rp_custody_get_recipient (copy, 0)->state, RP_CUSTODY_WAITING);
}

TEST (Custody, OctetsThatAreNoUtf8DoNoHarm)
{
  g_autoptr (RpCustody) custody = make_custody ("w");
  g_autoptr (RpCustodyRecipient) waits = rp_custody_recipient_new (RP_CUSTODY_WAITING);
  const char *sender = nullptr;

  g_free (custody->envelope->sender);
  custody->envelope->sender = g_strdup ("caf\xe9@x");
  waits->reason = rp_reason_new (RP_REASON_NO_ROUTE_HERE, "\xff@x", "home", nullptr);
  rp_custody_set_recipient (custody, 0, waits);
  g_autoptr (GVariant) seen = g_variant_ref_sink (rp_custody_to_variant (custody));
  EXPECT_TRUE (g_variant_lookup (seen, "sender", "&s", &sender));
  EXPECT_STREQ (sender, "caf\xef\xbf\xbd@x");
}

} /* namespace */
