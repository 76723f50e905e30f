// SPDX-License-Identifier: GPL-3.0-or-later
// Every notice as people read it, in English and in German.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "words/rp-words-notice.h"
#include "words/rp-words.h"

namespace
{

struct Row
{
  const char *name;
  RpNoticeKind kind;
  guint n_messages;
  std::vector<const char *> recipients;
  const char *reply;
  RpReasonCode reason;
  std::vector<const char *> args;
  const char *english;
  const char *german;
};

void
PrintTo (const Row &row, std::ostream *stream)
{
  *stream << row.name;
}

class NoticeWords : public testing::TestWithParam<Row>
{
protected:
  ~NoticeWords () override
  {
    rp_words_init (nullptr);
  }

  static std::string
  say (const char *language)
  {
    const Row &row = GetParam ();
    std::vector<const char *> recipients = row.recipients;
    std::vector<const char *> args = row.args;
    RpNotice notice = {};
    RpReason reason = { row.reason, nullptr };

    recipients.push_back (nullptr);
    args.push_back (nullptr);
    reason.args = const_cast<char **> (args.data ());
    notice.kind = row.kind;
    notice.n_messages = row.n_messages;
    notice.recipients = const_cast<char **> (recipients.data ());
    notice.reason = row.reason != RP_REASON_NONE ? &reason : nullptr;
    if (row.reply != nullptr)
      notice.reply = rp_reply_new (550, "5.1.1", row.reply);

    rp_words_init (language);
    g_autofree char *title = rp_words_notice_title (&notice);
    g_autofree char *text = rp_words_notice_text (&notice);

    g_clear_pointer (&notice.reply, rp_reply_free);
    return std::string (title) + "\n" + text;
  }
};

TEST_P (NoticeWords, InEnglish)
{
  EXPECT_EQ (say ("en"), GetParam ().english);
}

TEST_P (NoticeWords, InGerman)
{
  EXPECT_EQ (say ("de"), GetParam ().german);
}

const std::string long_reply (400, 'x');

const Row rows[] = {
  { "delayed",
    RP_NOTICE_DELAYED,
    1,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "Still waiting: mail to bob@adatum.com\n"
    "It is sent by itself as soon as that is possible.",
    "Wartet noch: Nachricht an bob@adatum.com\n"
    "Sie wird von selbst gesendet, sobald das möglich ist." },
  { "delayed_several",
    RP_NOTICE_DELAYED,
    3,
    { "bob@adatum.com", "amy@proseware.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "3 messages are still waiting\n"
    "They are sent by themselves as soon as that is possible.",
    "3 Nachrichten warten noch\n"
    "Sie werden von selbst gesendet, sobald das möglich ist." },
  { "delayed_with_server_and_reason",
    RP_NOTICE_DELAYED,
    1,
    { "bob@adatum.com" },
    "Greylisted",
    RP_REASON_ALSO_VIA,
    { "proseware" },
    "Still waiting: mail to bob@adatum.com\n"
    "550 5.1.1 Greylisted\n"
    "And proseware.\n"
    "It is sent by itself as soon as that is possible.",
    "Wartet noch: Nachricht an bob@adatum.com\n"
    "550 5.1.1 Greylisted\n"
    "Und proseware.\n"
    "Sie wird von selbst gesendet, sobald das möglich ist." },
  { "keyring",
    RP_NOTICE_KEYRING,
    1,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_KEYRING_LOCKED,
    { "proseware", "terri" },
    "Waits for your keyring: mail to bob@adatum.com\n"
    "It is sent by itself once the keyring is unlocked.",
    "Wartet auf Ihren Schlüsselbund: Nachricht an bob@adatum.com\n"
    "Sie wird von selbst gesendet, sobald der Schlüsselbund entsperrt ist." },
  { "keyring_several",
    RP_NOTICE_KEYRING,
    2,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "2 messages wait for your keyring\n"
    "They are sent by themselves once the keyring is unlocked.",
    "2 Nachrichten warten auf Ihren Schlüsselbund\n"
    "Sie werden von selbst gesendet, sobald der Schlüsselbund entsperrt ist." },
  { "sign_in",
    RP_NOTICE_SIGN_IN,
    1,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_SIGN_IN_REVOKED,
    { "proseware", "terri" },
    "Waits for you to sign in: mail to bob@adatum.com\n"
    "The sign-in of terri for proseware does not count any more; sign in again with "
    "\"roampost login\".\n"
    "It is sent by itself once you have signed in.",
    "Wartet auf Ihre Anmeldung: Nachricht an bob@adatum.com\n"
    "Die Anmeldung von terri für proseware gilt nicht mehr; melden Sie sich mit "
    "„roampost login“ neu an.\n"
    "Sie wird von selbst gesendet, sobald Sie sich angemeldet haben." },
  { "failed",
    RP_NOTICE_FAILED,
    1,
    { "bob@adatum.com" },
    "<bob@adatum.com>: No such user",
    RP_REASON_RECIPIENT_REFUSED,
    { "bob@adatum.com", "proseware" },
    "Not delivered: mail to bob@adatum.com\n"
    "550 5.1.1 <bob@adatum.com>: No such user\n"
    "proseware takes no mail for bob@adatum.com; check this address.\n"
    "It is kept until you send it again or drop it.",
    "Nicht zugestellt: Nachricht an bob@adatum.com\n"
    "550 5.1.1 <bob@adatum.com>: No such user\n"
    "proseware nimmt keine Post für bob@adatum.com an; prüfen Sie diese Adresse.\n"
    "Sie wird aufbewahrt, bis Sie sie noch einmal senden oder verwerfen." },
  { "failed_for_two",
    RP_NOTICE_FAILED,
    1,
    { "bob@adatum.com", "amy@proseware.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "Not delivered: mail to bob@adatum.com and 1 other\n"
    "It is kept until you send it again or drop it.",
    "Nicht zugestellt: Nachricht an bob@adatum.com und 1 weiteren Empfänger\n"
    "Sie wird aufbewahrt, bis Sie sie noch einmal senden oder verwerfen." },
  { "failed_for_three",
    RP_NOTICE_FAILED,
    1,
    { "bob@adatum.com", "amy@proseware.com", "c@c.example" },
    nullptr,
    RP_REASON_NONE,
    {},
    "Not delivered: mail to bob@adatum.com and 2 others\n"
    "It is kept until you send it again or drop it.",
    "Nicht zugestellt: Nachricht an bob@adatum.com und 2 weitere Empfänger\n"
    "Sie wird aufbewahrt, bis Sie sie noch einmal senden oder verwerfen." },
  { "failed_several",
    RP_NOTICE_FAILED,
    4,
    { "bob@adatum.com", "amy@proseware.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "4 messages were not delivered\n"
    "They are kept until you send them again or drop them.",
    "4 Nachrichten wurden nicht zugestellt\n"
    "Sie werden aufbewahrt, bis Sie sie noch einmal senden oder verwerfen." },
  { "doubt",
    RP_NOTICE_DOUBT,
    1,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_IN_DOUBT,
    { "proseware" },
    "Perhaps not delivered: mail to bob@adatum.com\n"
    "Its server did not confirm it. It is kept until you send it again, which may "
    "deliver it twice, or drop it.",
    "Vielleicht nicht zugestellt: Nachricht an bob@adatum.com\n"
    "Der Server hat sie nicht bestätigt. Sie wird aufbewahrt, bis Sie sie noch einmal "
    "senden, womit sie zweimal ankommen kann, oder verwerfen." },
  { "doubt_several",
    RP_NOTICE_DOUBT,
    5,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "5 messages were perhaps not delivered\n"
    "Their servers did not confirm them. They are kept until you send them again, "
    "which may deliver them twice, or drop them.",
    "5 Nachrichten wurden vielleicht nicht zugestellt\n"
    "Die Server haben sie nicht bestätigt. Sie werden aufbewahrt, bis Sie sie noch "
    "einmal senden, womit sie zweimal ankommen können, oder verwerfen." },
  { "damaged",
    RP_NOTICE_DAMAGED,
    1,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "Damaged: waiting mail to bob@adatum.com\n"
    "What is left of it on the disk is not whole, so it is not sent. \"roampost "
    "queue\" "
    "shows it.",
    "Beschädigt: wartende Nachricht an bob@adatum.com\n"
    "Was davon auf der Platte liegt, ist nicht vollständig, darum wird sie nicht "
    "gesendet. \"roampost queue\" zeigt sie." },
  { "damaged_several",
    RP_NOTICE_DAMAGED,
    2,
    { "bob@adatum.com" },
    nullptr,
    RP_REASON_NONE,
    {},
    "2 waiting messages are damaged\n"
    "What is left of them on the disk is not whole, so they are not sent. \"roampost "
    "queue\" shows them.",
    "2 wartende Nachrichten sind beschädigt\n"
    "Was davon auf der Platte liegt, ist nicht vollständig, darum werden sie nicht "
    "gesendet. \"roampost queue\" zeigt sie." },
  { "nobody_is_named",
    RP_NOTICE_DAMAGED,
    1,
    {},
    nullptr,
    RP_REASON_NONE,
    {},
    "Damaged: waiting mail to ?\n"
    "What is left of it on the disk is not whole, so it is not sent. \"roampost "
    "queue\" "
    "shows it.",
    "Beschädigt: wartende Nachricht an ?\n"
    "Was davon auf der Platte liegt, ist nicht vollständig, darum wird sie nicht "
    "gesendet. \"roampost queue\" zeigt sie." },
};

INSTANTIATE_TEST_SUITE_P (Rows, NoticeWords, testing::ValuesIn (rows), [] (auto &row) {
  return std::string (row.param.name);
});

TEST (NoticeWordsTest, ALongReplyIsCut)
{
  RpNotice notice = {};
  char *recipients[] = { const_cast<char *> ("b@b"), nullptr };

  rp_words_init ("en");
  notice.kind = RP_NOTICE_FAILED;
  notice.n_messages = 1;
  notice.recipients = recipients;
  notice.reply = rp_reply_new (550, "5.1.1", (long_reply + "ä").c_str ());
  g_autofree char *text = rp_words_notice_text (&notice);

  rp_reply_free (notice.reply);
  EXPECT_STREQ (text, ("550 5.1.1 " + std::string (290, 'x')
                       + "…\nIt is kept until you send it again or drop it.")
                          .c_str ());
}

TEST (NoticeWordsTest, ButtonsAreNamed)
{
  std::string english, german;

  for (guint i = 0; i < RP_NOTICE_N_ACTIONS; i++)
    {
      rp_words_init ("en");
      g_autofree char *in_english = rp_words_notice_action ((RpNoticeAction) i);
      rp_words_init ("de");
      g_autofree char *in_german = rp_words_notice_action ((RpNoticeAction) i);

      english += std::string (in_english) + "|";
      german += std::string (in_german) + "|";
    }
  rp_words_init (nullptr);
  EXPECT_EQ (english, "Show|Unlock|Send again|Drop|");
  EXPECT_EQ (german, "Anzeigen|Entsperren|Noch einmal senden|Verwerfen|");
}

} // namespace
