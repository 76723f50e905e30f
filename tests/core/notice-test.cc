/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-notice.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace
{

/* Messages, a line each: its name, since when it is there in seconds, and any of
 *   held, damaged, tried (an attempt has ended), awaited (its reply may still come)
 *   STATE:ADDRESS (one that begins "silent-" has NOTIFY=NEVER), STATE:ADDRESS:REASON,
 * where the REASON "said" is a server's refusal, and "said-else" one in other words */
class Queue
{
public:
  explicit Queue (const char *text)
  {
    std::istringstream lines (text);
    std::string line;

    while (std::getline (lines, line))
      add (line);
  }

  ~Queue ()
  {
    for (const RpNoticeMessage &message : messages)
      rp_custody_free (const_cast<RpCustody *> (message.custody));
  }

  Queue (const Queue &) = delete;
  Queue &operator= (const Queue &) = delete;

  std::vector<RpNoticeMessage> messages;

private:
  void
  add (const std::string &line)
  {
    std::istringstream words (line);
    std::string id, word;
    gint64 since_s;
    std::vector<std::string> flags;
    std::vector<RpCustodyRecipient *> recipients;
    g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");
    RpContentFacts facts = {};

    words >> id >> since_s;
    while (words >> word)
      if (word.find (':') == std::string::npos)
        flags.push_back (word);
      else
        recipients.push_back (read_recipient (word, envelope));

    RpCustody *custody = rp_custody_new (id.c_str (), envelope, &facts);

    for (guint i = 0; i < recipients.size (); i++)
      {
        rp_custody_set_recipient (custody, i, recipients[i]);
        rp_custody_recipient_free (recipients[i]);
      }
    messages.push_back ({ custody, since_s * 1000, FALSE });
    for (const std::string &flag : flags)
      if (flag == "awaited")
        messages.back ().is_reply_awaited = TRUE;
      else
        set (custody, flag);
  }

  static void
  set (RpCustody *custody, const std::string &flag)
  {
    if (flag == "held")
      custody->is_held = TRUE;
    else if (flag == "damaged")
      custody->damage = g_strdup (RP_CUSTODY_TORN);
    else if (flag == "tried")
      custody->n_attempts = 1;
    else
      ADD_FAILURE () << flag;
  }

  static RpCustodyRecipient *
  read_recipient (const std::string &word, RpEnvelope *envelope)
  {
    g_auto (GStrv) parts = g_strsplit (word.c_str (), ":", 3);
    RpCustodyState state = RP_CUSTODY_N_STATES;

    EXPECT_TRUE (rp_custody_state_from_nick (parts[0], &state)) << parts[0];
    RpCustodyRecipient *recipient = rp_custody_recipient_new (state);

    const bool is_silent = g_str_has_prefix (parts[1], "silent-");
    RpRecipient *added = rp_envelope_add_recipient (envelope, parts[1]);

    added->notify = g_strdup (is_silent ? "never" : nullptr);
    if (parts[2] == nullptr)
      return recipient;
    if (g_str_has_prefix (parts[2], "said"))
      {
        recipient->reply = rp_reply_new (
            550, "5.1.1", g_str_equal (parts[2], "said") ? "No such user" : "Unknown");
        recipient->reason =
            rp_reason_new (RP_REASON_RECIPIENT_REFUSED, parts[1], "proseware", nullptr);
      }
    else
      recipient->reason =
          rp_reason_new (rp_reason_code_from_nick (parts[2]), "proseware", nullptr);
    return recipient;
  }
};

/* A notice on a line, the next time behind them. */
std::string
describe (const Queue &queue, gint64 now_s)
{
  gint64 next_ms = 0;
  g_autoptr (GPtrArray) notices = rp_notice_find_all (
      queue.messages.data (), (guint) queue.messages.size (), now_s * 1000, &next_ms);
  std::string text;

  for (guint i = 0; i < notices->len; i++)
    {
      auto notice = static_cast<RpNotice *> (g_ptr_array_index (notices, i));
      g_autofree char *recipients = g_strjoinv (" ", notice->recipients);
      g_autofree char *reply =
          notice->reply != nullptr ? rp_reply_dup_text (notice->reply) : nullptr;

      text += std::string (notice->key) + " " + std::to_string (notice->n_messages)
              + " " + (notice->id != nullptr ? notice->id : "-") + " to " + recipients;
      if (notice->reason != nullptr)
        text += std::string (" ") + rp_reason_code_to_nick (notice->reason->code);
      if (reply != nullptr)
        text += std::string (" \"") + reply + "\"";
      text += "\n";
    }
  return text + "next " + (next_ms < 0 ? "never" : std::to_string (next_ms / 1000));
}

struct Row
{
  const char *name;
  gint64 now_s;
  const char *messages;
  const char *notices;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class Notices : public testing::TestWithParam<Row>
{
};

TEST_P (Notices, AreFound)
{
  const Queue queue (GetParam ().messages);

  EXPECT_EQ (describe (queue, GetParam ().now_s), GetParam ().notices);
}

const Row kRows[] = {
  { "EmptyQueue", 0, "", "next never" },
  { "Sent", 9000, "m 0 tried sent:b@b", "next never" },
  { "JustTaken", 60, "m 0 tried waiting:b@b:temporary", "next 120" },
  { "LastMoment", 119, "m 0 waiting:b@b", "next 120" },
  { "Delayed", 120, "m 0 tried waiting:b@b:temporary",
    "delayed 1 m to b@b temporary\nnext never" },
  { "DelayedByWhoWaits", 120, "m 0 sent:a@a waiting:b@b failed:c@c waiting:d@d",
    "delayed 1 m to b@b d@d\nfailed:m 1 m to c@c\nnext never" },
  { "DelayedAreOne", 200, "m 0 waiting:b@b:offline\nn 10 waiting:c@c:offline",
    "delayed 2 - to b@b c@c offline\nnext never" },
  { "DelayedOneRecipientOnce", 200, "m 0 waiting:b@b\nn 10 waiting:b@b",
    "delayed 2 - to b@b\nnext never" },
  { "DelayedForSeveralReasons", 200, "m 0 waiting:b@b:offline\nn 10 waiting:c@c:portal",
    "delayed 2 - to b@b c@c\nnext never" },
  { "DelayedForAReasonAndNone", 200, "m 0 waiting:b@b:offline\nn 10 waiting:c@c",
    "delayed 2 - to b@b c@c\nnext never" },
  { "DelayedAndTheNextOnes", 200,
    "m 0 waiting:b@b\nn 100 waiting:c@c\no 150 waiting:d@d\np 90 waiting:e@e",
    "delayed 1 m to b@b\nnext 210" },
  { "HeldIsNotLate", 9000, "m 0 held waiting:b@b", "next never" },
  { "HeldFailedYet", 9000, "m 0 held waiting:b@b failed:c@c",
    "failed:m 1 m to c@c\nnext never" },

  { "Keyring", 1, "m 0 tried waiting:b@b:keyring-locked",
    "keyring 1 m to b@b keyring-locked\nnext never" },
  { "KeyringNotTriedSinceItWoke", 1, "m 0 waiting:b@b:keyring-locked", "next 120" },
  { "KeyringIsNotLateAsWell", 9000,
    "m 0 tried waiting:b@b:keyring-locked\nn 0 tried waiting:c@c:offline",
    "delayed 1 n to c@c offline\nkeyring 1 m to b@b keyring-locked\nnext never" },
  { "KeyringsAreOne", 1,
    "m 0 tried waiting:b@b:keyring-locked\nn 0 tried waiting:c@c:keyring-locked",
    "keyring 2 - to b@b c@c keyring-locked\nnext never" },
  { "KeyringUnavailableIsNoLock", 1, "m 0 tried waiting:b@b:keyring-unavailable",
    "next 120" },
  { "KeyringHeld", 1, "m 0 held tried waiting:b@b:keyring-locked", "next never" },

  { "SignIn", 1, "m 0 tried waiting:b@b:sign-in-revoked",
    "sign-in 1 m to b@b sign-in-revoked\nnext never" },
  { "SignInOfTheDesktop", 1, "m 0 tried waiting:b@b:no-desktop-token",
    "sign-in 1 m to b@b no-desktop-token\nnext never" },
  { "SignInsAreOne", 1,
    "m 0 tried waiting:b@b:sign-in-revoked\nn 0 tried waiting:c@c:login-refused",
    "sign-in 2 - to b@b c@c\nnext never" },
  { "SignInNotTriedSinceItWoke", 1, "m 0 waiting:b@b:no-sign-in", "next 120" },
  { "SignInIsNotLateAsWell", 9000, "m 0 tried waiting:b@b:no-password",
    "sign-in 1 m to b@b no-password\nnext never" },
  { "TicketIsASignIn", 1, "m 0 tried waiting:b@b:no-ticket",
    "sign-in 1 m to b@b no-ticket\nnext never" },
  { "CertificateIsASignIn", 1, "m 0 tried waiting:b@b:no-certificate",
    "sign-in 1 m to b@b no-certificate\nnext never" },
  { "ProviderDownPassesByItself", 1, "m 0 tried waiting:b@b:no-token", "next 120" },
  { "KeyringFirstThenSignIn", 1,
    "m 0 tried waiting:b@b:keyring-locked\nn 0 tried waiting:c@c:no-sign-in",
    "keyring 1 m to b@b keyring-locked\nsign-in 1 n to c@c no-sign-in\nnext never" },

  { "Failed", 1, "m 0 sent:a@a failed:b@b:said",
    "failed:m 1 m to b@b recipient-refused \"550 5.1.1 No such user\"\nnext never" },
  { "FailedAndNoReportIsWanted", 1, "m 0 failed:silent-b@b:said", "next never" },
  { "DoubtIsAskedAboutAllTheSame", 1, "m 0 doubt:silent-b@b",
    "doubt:m 1 m to silent-b@b\nnext never" },
  { "FailedOneEach", 1, "m 0 failed:b@b\nn 0 failed:c@c\no 0 failed:d@d",
    "failed:m 1 m to b@b\nfailed:n 1 n to c@c\nfailed:o 1 o to d@d\nnext never" },
  { "FailedTooMany", 1,
    "m 0 failed:b@b:said\nn 0 failed:c@c\no 0 failed:d@d\np 0 failed:e@e",
    "failed 4 - to b@b c@c d@d e@e\nnext never" },
  { "FailedWhileOthersWait", 1, "m 0 waiting:a@a failed:b@b",
    "failed:m 1 m to b@b\nnext 120" },

  { "Doubt", 1, "m 0 doubt:b@b:in-doubt", "doubt:m 1 m to b@b in-doubt\nnext never" },
  { "DoubtWhileTheReplyMayCome", 9000, "m 0 awaited doubt:b@b", "next never" },
  { "FailedWhileTheReplyMayCome", 1, "m 0 awaited failed:c@c doubt:b@b",
    "failed:m 1 m to c@c\nnext never" },
  { "DoubtIsNotLate", 9000, "m 0 doubt:b@b", "doubt:m 1 m to b@b\nnext never" },
  { "DoubtAndFailed", 1, "m 0 doubt:b@b failed:c@c",
    "failed:m 1 m to c@c\ndoubt:m 1 m to b@b\nnext never" },
  { "DoubtTooMany", 1, "m 0 doubt:b@b\nn 0 doubt:c@c\no 0 doubt:d@d\np 0 doubt:e@e",
    "doubt 4 - to b@b c@c d@d e@e\nnext never" },

  { "Damaged", 9000, "m 0 damaged sent:a@a waiting:b@b",
    "damaged 1 m to b@b\nnext never" },
  { "DamagedOnly", 9000,
    "m 0 damaged tried waiting:b@b:keyring-locked failed:c@c doubt:d@d",
    "damaged 1 m to b@b c@c d@d\nnext never" },
  { "DamagedAreOne", 9000, "m 0 damaged waiting:b@b\nn 0 damaged waiting:c@c",
    "damaged 2 - to b@b c@c\nnext never" },
};

INSTANTIATE_TEST_SUITE_P (Rows, Notices, testing::ValuesIn (kRows), [] (auto &row) {
  return std::string (row.param.name);
});

/* --- one against the other --- */

struct Pair
{
  const char *name;
  const char *before;
  const char *now;
  bool is_equal;
  bool is_news;
};

void
PrintTo (const Pair &row, std::ostream *out)
{
  *out << row.name;
}

class Compared : public testing::TestWithParam<Pair>
{
};

TEST_P (Compared, SaysTheSameOrMore)
{
  const Queue before (GetParam ().before);
  const Queue now (GetParam ().now);
  g_autoptr (GPtrArray) a = rp_notice_find_all (
      before.messages.data (), (guint) before.messages.size (), 9000000, nullptr);
  g_autoptr (GPtrArray) b = rp_notice_find_all (
      now.messages.data (), (guint) now.messages.size (), 9000000, nullptr);

  ASSERT_EQ (a->len, 1u);
  ASSERT_EQ (b->len, 1u);
  g_autoptr (RpNotice) older =
      rp_notice_copy (static_cast<RpNotice *> (g_ptr_array_index (a, 0)));
  auto newer = static_cast<RpNotice *> (g_ptr_array_index (b, 0));

  EXPECT_EQ (rp_notice_equal (older, newer), GetParam ().is_equal);
  EXPECT_EQ (rp_notice_equal (newer, older), GetParam ().is_equal);
  EXPECT_EQ (rp_notice_is_news (newer, older), GetParam ().is_news);
}

const Pair kPairs[] = {
  { "Same", "m 0 failed:b@b:said", "m 0 failed:b@b:said", true, false },
  { "OtherReason", "m 0 waiting:b@b:offline", "m 0 waiting:b@b:portal", false, false },
  { "NoReasonAnyMore", "m 0 waiting:b@b:offline", "m 0 waiting:b@b", false, false },
  { "OtherArguments", "m 0 failed:b@b:said failed:c@c:said",
    "m 0 failed:c@c:said failed:b@b:said", false, false },
  { "OtherWords", "m 0 failed:b@b:said", "m 0 failed:b@b:said-else", false, false },
  { "OneMore", "m 0 waiting:b@b", "m 0 waiting:b@b\nn 0 waiting:c@c", false, true },
  { "OneMoreToTheSame", "m 0 waiting:b@b\nn 0 waiting:b@b",
    "m 0 waiting:b@b\nn 0 waiting:b@b\no 0 waiting:b@b", false, true },
  { "OneLess", "m 0 waiting:b@b\nn 0 waiting:c@c", "n 0 waiting:c@c", false, false },
  { "Another", "m 0 waiting:b@b", "n 0 waiting:b@b", false, false },
  { "OneMoreRecipient", "m 0 sent:b@b failed:c@c", "m 0 failed:b@b failed:c@c", false,
    true },
  { "OneLessRecipient", "m 0 failed:b@b failed:c@c", "m 0 sent:b@b failed:c@c", false,
    false },
  { "FewerMessagesMoreRecipients", "m 0 waiting:b@b\nn 0 waiting:b@b",
    "o 0 waiting:c@c waiting:d@d", false, false },
};

INSTANTIATE_TEST_SUITE_P (Pairs, Compared, testing::ValuesIn (kPairs), [] (auto &row) {
  return std::string (row.param.name);
});

/* --- what can be done --- */

struct Offer
{
  const char *name;
  const char *messages;
  const char *actions;
};

void
PrintTo (const Offer &row, std::ostream *out)
{
  *out << row.name;
}

class Offered : public testing::TestWithParam<Offer>
{
};

TEST_P (Offered, CanBeDone)
{
  const Queue queue (GetParam ().messages);
  g_autoptr (GPtrArray) notices = rp_notice_find_all (
      queue.messages.data (), (guint) queue.messages.size (), 9000000, nullptr);
  std::string actions;

  ASSERT_EQ (notices->len, 1u);
  for (guint i = 0; i < RP_NOTICE_N_ACTIONS; i++)
    if (rp_notice_offers (static_cast<RpNotice *> (g_ptr_array_index (notices, 0)),
                          (RpNoticeAction) i))
      actions += std::string (" ") + rp_notice_action_to_nick ((RpNoticeAction) i);
  EXPECT_EQ (actions, GetParam ().actions);
}

const Offer kOffers[] = {
  { "Delayed", "m 0 waiting:b@b", " show" },
  { "Keyring", "m 0 tried waiting:b@b:keyring-locked", " show unlock" },
  { "KeyringOfMany",
    "m 0 tried waiting:b@b:keyring-locked\nn 0 tried waiting:b@b:keyring-locked",
    " unlock" },
  { "SignIn", "m 0 tried waiting:b@b:no-sign-in", " show" },
  { "Failed", "m 0 failed:b@b", " show send-again drop" },
  { "Doubt", "m 0 doubt:b@b", " show send-again drop" },
  { "Damaged", "m 0 damaged waiting:b@b", " show" },
  { "TooManyForOne", "m 0 failed:b@b\nn 0 failed:b@b\no 0 failed:b@b\np 0 failed:b@b",
    "" },
};

INSTANTIATE_TEST_SUITE_P (Kinds, Offered, testing::ValuesIn (kOffers), [] (auto &row) {
  return std::string (row.param.name);
});

TEST (NoticeAction, NamesAreReadBack)
{
  RpNoticeAction action = RP_NOTICE_N_ACTIONS;

  for (guint i = 0; i < RP_NOTICE_N_ACTIONS; i++)
    {
      ASSERT_TRUE (rp_notice_action_from_nick (
          rp_notice_action_to_nick ((RpNoticeAction) i), &action));
      EXPECT_EQ (action, (RpNoticeAction) i);
    }
  EXPECT_FALSE (rp_notice_action_from_nick ("default", &action));
}

}
