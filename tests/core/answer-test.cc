/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The join of fates into one reply. A fate is written "KIND ADDRESS SERVER REPLY", the
 * answer as on the wire. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/rp-answer.h"

namespace
{

struct Fate
{
  RpFateKind kind;
  const char *address;
  const char *server;
  guint code;
  const char *enhanced;
  const char *text; /* NULL: no server spoke, code and enhanced are ours */
  RpReasonCode reason;
};

struct Case
{
  const char *name;
  std::vector<Fate> fates;
  const char *network;
  const char *answer; /* LF instead of CRLF */
  RpKeeping keeping = RP_KEEPING_PROGRAM;
  const char *trouble = NULL;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

char *
say (const RpReason *reason, gpointer user_data)
{
  g_autofree char *args = g_strjoinv (",", reason->args);

  return g_strdup_printf ("%s:%s", rp_reason_code_to_nick (reason->code), args);
}

RpFate *
make (const Fate &row)
{
  g_autoptr (RpReply) reply =
      row.text != NULL ? rp_reply_new (row.code, row.enhanced, row.text) : NULL;
  RpReason *reason = row.reason != RP_REASON_NONE
                         ? rp_reason_new (row.reason, row.address, NULL)
                         : NULL;
  RpFate *fate = rp_fate_new (row.kind, row.address, row.server, reply, reason);

  if (row.text == NULL)
    rp_fate_set_code (fate, row.code, row.enhanced);
  return fate;
}

class AnswerTest : public testing::TestWithParam<Case>
{
};

TEST_P (AnswerTest, IsAsWritten)
{
  g_autoptr (GPtrArray) fates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_fate_free);
  std::string wire;

  for (const Fate &row : GetParam ().fates)
    g_ptr_array_add (fates, make (row));

  RpAnswerMaterial material = {};
  material.fates = fates;
  material.network = GetParam ().network;
  material.message_id = "0123ABCD";
  material.keeping = GetParam ().keeping;
  material.trouble = GetParam ().trouble;
  material.sentence = say;
  g_autoptr (RpReply) reply = rp_answer_new (&material);
  g_autofree char *octets = rp_reply_to_wire (reply);

  for (const char *p = octets; *p != '\0'; p++)
    if (*p != '\r')
      wire += *p;
  EXPECT_EQ (wire, GetParam ().answer);
}

const Fate sent_a = { RP_FATE_SENT,         "a@x",         "proseware", 250, "2.0.0",
                      "Ok: queued as 4F1C", RP_REASON_NONE };
const Fate sent_b = { RP_FATE_SENT,  "b@y",   "thephone",
                      250,           "2.6.0", "Queued mail for delivery",
                      RP_REASON_NONE };
const Fate refused_a = { RP_FATE_REFUSED,
                         "a@x",
                         "proseware",
                         550,
                         "5.1.1",
                         "<a@x>: User unknown",
                         RP_REASON_RECIPIENT_REFUSED };
const Fate refused_b = {
  RP_FATE_REFUSED,       "b@y", "thephone", 554, "5.7.1", "<b@y>: Relay access denied",
  RP_REASON_RELAY_DENIED
};
const Fate waiting_a = { RP_FATE_WAITING, "a@x",        "proseware",        450,
                         "4.2.0",         "Greylisted", RP_REASON_TEMPORARY };
const Fate doubt_a = { RP_FATE_DOUBT, "a@x", "proseware",       0,
                       NULL,          NULL,  RP_REASON_IN_DOUBT };
const Fate open_c = { RP_FATE_OPEN, "c@z", NULL, 0, NULL, NULL, RP_REASON_NONE };
const Fate open_b = { RP_FATE_OPEN, "b@y", NULL, 0, NULL, NULL, RP_REASON_NONE };

Fate
waiting (guint code, const char *enhanced, const char *text)
{
  return { RP_FATE_WAITING, "a@x", "proseware",        code,
           enhanced,        text,  RP_REASON_TEMPORARY };
}

Fate
ours (RpReasonCode reason)
{
  return { RP_FATE_WAITING, "a@x", NULL, 0, NULL, NULL, reason };
}

const Case cases[] = {
  { "accepted_by_one",
    { sent_a },
    "hotel",
    "250 2.0.0 Ok: queued as 4F1C (accepted-via:proseware,hotel)\n" },
  { "accepted_in_an_unnamed_network",
    { sent_a },
    NULL,
    "250 2.0.0 Ok: queued as 4F1C (accepted-via:proseware,)\n" },
  { "accepted_by_two",
    { sent_a, sent_b },
    "work",
    "250 2.0.0 Ok: queued as 4F1C (accepted-via:proseware,work also-via:thephone)\n" },
  { "two_recipients_of_one_server_name_it_once",
    { sent_a, sent_a, sent_b },
    "work",
    "250 2.0.0 Ok: queued as 4F1C (accepted-via:proseware,work also-via:thephone)\n" },
  { "own_enhanced_code_of_the_server",
    { sent_b },
    "work",
    "250 2.6.0 Queued mail for delivery (accepted-via:thephone,work)\n" },
  { "several_lines_of_the_server_stay",
    { { RP_FATE_SENT, "a@x", "proseware", 250, NULL, "first\nsecond",
        RP_REASON_NONE } },
    "home",
    "250-2.0.0 first\n250 2.0.0 second (accepted-via:proseware,home)\n" },
  { "empty_text_of_the_server",
    { { RP_FATE_SENT, "a@x", "proseware", 250, NULL, "", RP_REASON_NONE } },
    "home",
    "250 2.0.0 (accepted-via:proseware,home)\n" },
  { "refused_word_for_word",
    { refused_a },
    "home",
    "550-5.1.1 <a@x>: User unknown\n550 5.1.1 recipient-refused:a@x\n" },
  { "refused_and_nobody_got_it",
    { refused_a, open_b },
    "home",
    "550-5.1.1 <a@x>: User unknown\n550-5.1.1 recipient-refused:a@x\n"
    "550 5.1.1 nothing-sent:\n" },
  { "every_refused_one_is_named",
    { refused_a, refused_b },
    "home",
    "550-5.1.1 <a@x>: User unknown\n550-5.1.1 recipient-refused:a@x\n"
    "550-5.1.1 554 5.7.1 <b@y>: Relay access denied\n550 5.1.1 relay-denied:b@y\n" },
  { "code_of_the_first_in_order",
    { refused_b, refused_a },
    "home",
    "554-5.7.1 <b@y>: Relay access denied\n554-5.7.1 relay-denied:b@y\n"
    "554-5.7.1 550 5.1.1 <a@x>: User unknown\n554 5.7.1 recipient-refused:a@x\n" },
  { "refused_beside_waiting",
    { waiting_a, refused_b },
    "home",
    "554-5.7.1 <b@y>: Relay access denied\n554-5.7.1 relay-denied:b@y\n"
    "554 5.7.1 nothing-sent:\n" },
  { "refused_without_enhanced_code",
    { { RP_FATE_REFUSED, "a@x", "qmail", 553, NULL,
        "not in my list of allowed rcpthosts", RP_REASON_RELAY_DENIED } },
    "hotel",
    "553-not in my list of allowed rcpthosts\n553 relay-denied:a@x\n" },
  { "503_becomes_451",
    { { RP_FATE_REFUSED, "a@x", "proseware", 503, "5.5.1", "bad sequence",
        RP_REASON_MESSAGE_REFUSED } },
    "home",
    "451-4.5.1 503 5.5.1 bad sequence\n451 4.5.1 message-refused:a@x\n" },
  { "535_becomes_451_even_for_good",
    { { RP_FATE_REFUSED, "a@x", "proseware", 535, "5.7.8", "no", RP_REASON_NONE } },
    "home",
    "451 4.7.8 535 5.7.8 no\n" },
  { "second_5xx_leads_when_the_first_may_not",
    { { RP_FATE_REFUSED, "a@x", "proseware", 501, "5.5.4", "bad", RP_REASON_NONE },
      refused_b },
    "home",
    "554-5.7.1 501 5.5.4 bad\n554-5.7.1 <b@y>: Relay access denied\n"
    "554 5.7.1 relay-denied:b@y\n" },
  { "refused_by_us",
    { { RP_FATE_REFUSED, "a@x", NULL, 554, "5.7.1", NULL, RP_REASON_NO_ROUTE } },
    "home",
    "554 5.7.1 no-route:a@x\n" },
  { "temporary_as_it_is",
    { waiting_a },
    "home",
    "450-4.2.0 Greylisted\n450-4.2.0 temporary:a@x\n"
    "450 4.2.0 send-again:\n" },
  { "421_becomes_451",
    { waiting (421, "4.7.0", "Try again later") },
    "home",
    "451-4.7.0 421 4.7.0 Try again later\n451-4.7.0 temporary:a@x\n"
    "451 4.7.0 send-again:\n" },
  { "530_becomes_451",
    { waiting (530, "5.7.0", "Must authenticate") },
    "home",
    "451-4.7.0 530 5.7.0 Must authenticate\n451-4.7.0 temporary:a@x\n"
    "451 4.7.0 send-again:\n" },
  { "535_becomes_451",
    { waiting (535, "5.7.8", "Bad credentials") },
    "home",
    "451-4.7.8 535 5.7.8 Bad credentials\n451-4.7.8 temporary:a@x\n"
    "451 4.7.8 send-again:\n" },
  { "454_of_authentication_becomes_451",
    { waiting (454, "4.7.0", "Later") },
    "home",
    "451-4.7.0 454 4.7.0 Later\n451-4.7.0 temporary:a@x\n"
    "451 4.7.0 send-again:\n" },
  { "454_of_relaying_stays",
    { waiting (454, "4.1.0", "Relay denied") },
    "home",
    "454-4.1.0 Relay denied\n454-4.1.0 temporary:a@x\n"
    "454 4.1.0 send-again:\n" },
  { "5xx_that_waits_becomes_451",
    { waiting (554, "5.7.1", "Blocked by PBL") },
    "home",
    "451-4.7.1 554 5.7.1 Blocked by PBL\n451-4.7.1 temporary:a@x\n"
    "451 4.7.1 send-again:\n" },
  { "5xx_without_enhanced_code_that_waits",
    { waiting (554, NULL, "Blocked") },
    "home",
    "451-4.7.0 554 Blocked\n451-4.7.0 temporary:a@x\n"
    "451 4.7.0 send-again:\n" },
  { "offline",
    { ours (RP_REASON_OFFLINE) },
    NULL,
    "451-4.4.1 offline:a@x\n"
    "451 4.4.1 send-again:\n" },
  { "portal",
    { ours (RP_REASON_PORTAL) },
    NULL,
    "451-4.4.1 portal:a@x\n"
    "451 4.4.1 send-again:\n" },
  { "too_slow",
    { ours (RP_REASON_TOO_SLOW) },
    NULL,
    "451-4.4.2 too-slow:a@x\n"
    "451 4.4.2 send-again:\n" },
  { "stopping",
    { ours (RP_REASON_STOPPING) },
    NULL,
    "451-4.3.2 stopping:a@x\n"
    "451 4.3.2 send-again:\n" },
  { "keyring",
    { ours (RP_REASON_KEYRING_LOCKED) },
    NULL,
    "451-4.7.0 keyring-locked:a@x\n"
    "451 4.7.0 send-again:\n" },
  { "same_words_are_said_once",
    { ours (RP_REASON_OFFLINE), ours (RP_REASON_OFFLINE) },
    NULL,
    "451-4.4.1 offline:a@x\n"
    "451 4.4.1 send-again:\n" },
  { "in_doubt", { doubt_a }, "home", "451 4.4.2 in-doubt:a@x\n" },
  { "in_doubt_before_all_else",
    { refused_b, doubt_a },
    "home",
    "451 4.4.2 in-doubt:a@x\n" },
  { "partly_sent_is_never_4xx",
    { waiting_a, sent_b },
    "home",
    "554-5.0.0 450 4.2.0 Greylisted\n554-5.0.0 temporary:a@x\n"
    "554 5.0.0 partly-sent:b@y,a@x\n" },
  { "partly_sent_partly_refused",
    { refused_a, sent_b },
    "home",
    "554-5.0.0 550 5.1.1 <a@x>: User unknown\n554-5.0.0 recipient-refused:a@x\n"
    "554 5.0.0 partly-sent:b@y,a@x\n" },
  { "partly_sent_partly_in_doubt",
    { doubt_a, sent_b },
    "home",
    "554-5.0.0 in-doubt:a@x\n554 5.0.0 partly-in-doubt:b@y,a@x\n" },
  { "partly_sent_partly_in_doubt_partly_without",
    { doubt_a, sent_b, open_c },
    "home",
    "554-5.0.0 in-doubt:a@x\n554-5.0.0 partly-in-doubt:b@y,a@x\n"
    "554 5.0.0 partly-sent:b@y,c@z\n" },
  { "in_custody",
    { waiting_a },
    "home",
    "250 2.0.0 queued:0123ABCD: temporary:a@x\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_all_the_same_sent",
    { sent_a },
    "hotel",
    "250 2.0.0 Ok: queued as 4F1C (accepted-via:proseware,hotel)\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_the_first_reason_is_said",
    { open_b, ours (RP_REASON_OFFLINE), waiting_a },
    NULL,
    "250 2.0.0 queued:0123ABCD: offline:a@x\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_without_a_reason",
    { open_b },
    NULL,
    "250 2.0.0 queued:0123ABCD\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_a_535_leaves_no_trace",
    { waiting (535, "5.7.8", "Bad credentials") },
    "home",
    "250 2.0.0 queued:0123ABCD: temporary:a@x\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_who_was_refused_is_named",
    { refused_a, sent_b },
    "home",
    "250-2.0.0 550 5.1.1 <a@x>: User unknown\n250-2.0.0 recipient-refused:a@x\n"
    "250 2.0.0 kept-failed:0123ABCD,a@x\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_refused_and_waiting",
    { refused_b, waiting_a, sent_a },
    "home",
    "250-2.0.0 queued:0123ABCD: temporary:a@x\n"
    "250-2.0.0 554 5.7.1 <b@y>: Relay access denied\n250-2.0.0 relay-denied:b@y\n"
    "250 2.0.0 kept-failed:0123ABCD,b@y\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_one_has_it_one_may_have_it",
    { doubt_a, sent_b },
    "home",
    "250-2.0.0 queued:0123ABCD\n250 2.0.0 partly-in-doubt:b@y,a@x\n",
    RP_KEEPING_CUSTODY },
  { "in_custody_and_in_doubt",
    { doubt_a },
    "home",
    "250-2.0.0 queued:0123ABCD\n250 2.0.0 in-doubt:a@x\n",
    RP_KEEPING_CUSTODY },
  { "not_kept",
    { waiting_a },
    "home",
    "452-4.3.1 450 4.2.0 Greylisted\n452-4.3.1 temporary:a@x\n"
    "452 4.3.1 not-kept:No space left on device\n",
    RP_KEEPING_FAILED,
    "No space left on device" },
  { "not_kept_and_in_doubt",
    { doubt_a },
    "home",
    "451-4.4.2 in-doubt:a@x\n451 4.4.2 not-kept:disk\n",
    RP_KEEPING_FAILED,
    "disk" },
  { "not_kept_and_partly_sent",
    { waiting_a, sent_b },
    "home",
    "554-5.0.0 450 4.2.0 Greylisted\n554-5.0.0 temporary:a@x\n"
    "554-5.0.0 partly-sent:b@y,a@x\n554 5.0.0 not-kept:disk\n",
    RP_KEEPING_FAILED,
    "disk" },
};

INSTANTIATE_TEST_SUITE_P (Answers,
                          AnswerTest,
                          testing::ValuesIn (cases),
                          [] (const auto &row) { return row.param.name; });

/* As long as the longest translation of a sentence about who has the message. */
char *
say_at_length (const RpReason *reason, gpointer user_data)
{
  g_autofree char *args = g_strjoinv (" but not ", reason->args);

  return g_strdup_printf ("%s: %s%s", rp_reason_code_to_nick (reason->code), args,
                          std::string (110, 'w').c_str ());
}

/* A line is cut at 512 octets: of a long list nobody may be lost by that. */
TEST (AnswerPartlySent, NamesEverybodyOfALongList)
{
  g_autoptr (GPtrArray) fates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_fate_free);
  std::vector<std::string> addresses;

  for (int i = 0; i < 100; i++)
    {
      const bool has_it = i % 3 != 0;
      const std::string address =
          "somebody.with.a.name." + std::to_string (1000 + i) + "@example.org";

      addresses.push_back (address);
      g_ptr_array_add (
          fates, make ({ has_it ? RP_FATE_SENT : RP_FATE_WAITING, address.c_str (),
                         "proseware", 450, "4.2.0", "Later", RP_REASON_NONE }));
    }

  RpAnswerMaterial material = {};
  material.fates = fates;
  material.network = "home";
  material.message_id = "0123ABCD";
  material.sentence = say_at_length;
  g_autoptr (RpReply) reply = rp_answer_new (&material);
  g_autofree char *wire = rp_reply_to_wire (reply);
  const std::string text = wire;

  EXPECT_EQ (reply->code, 554u);
  for (size_t i = 0; i < addresses.size (); i++)
    {
      const size_t side = text.find ("partly-sent: ");
      size_t at = text.find (addresses[i], side);
      const size_t line = text.rfind ('\n', at);
      const size_t but_not = text.find (" but not ", line);

      ASSERT_NE (at, std::string::npos) << addresses[i];
      EXPECT_EQ (at < but_not, i % 3 != 0) << addresses[i];
    }
}

} // namespace
