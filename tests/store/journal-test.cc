/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-journal.h"

#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "state-folder.h"

namespace
{

const gint64 now_s = 1795500000;

class Journal : public StateFolder
{
protected:
  void
  SetUp () override
  {
    StateFolder::SetUp ();
    open ();
  }

  void
  begin (const char *id, gint64 received_at_s = now_s)
  {
    RpJournalEntry *entry = g_new0 (RpJournalEntry, 1);

    entry->message_id = g_strdup (id);
    entry->received_at_s = received_at_s;
    entry->sender = g_strdup ("terri@proseware.com");
    entry->recipients = g_strsplit ("joe@proseware.com bob@adatum.com", " ", -1);
    entry->n_bytes = 4711;
    entry->network = g_strdup ("hotel");
    entry->program = g_strdup ("Thunderbird");
    rp_journal_begin (store, entry);
  }

  void
  add (const char *id,
       RpStepKind kind,
       const char *recipient = nullptr,
       gint64 at_s = now_s)
  {
    g_autoptr (RpStep) step = rp_step_new (kind, id);

    step->at_s = at_s;
    step->recipient = g_strdup (recipient);
    rp_journal_add (store, step);
  }

  GVariant *
  list (guint limit)
  {
    g_autoptr (GError) error = nullptr;
    Awaited awaited;

    rp_journal_list_async (store, limit, nullptr, Awaited::on_ready, &awaited);
    EXPECT_TRUE (wait_until ([&] { return awaited.result != nullptr; }));
    GVariant *messages = rp_journal_list_finish (store, awaited.result, &error);
    EXPECT_NE (messages, nullptr) << error->message;
    return messages;
  }

  GVariant *
  story (const char *id, GError **error = nullptr)
  {
    Awaited awaited;

    rp_journal_story_async (store, id, nullptr, Awaited::on_ready, &awaited);
    EXPECT_TRUE (wait_until ([&] { return awaited.result != nullptr; }));
    return rp_journal_story_finish (store, awaited.result, error);
  }

  /* The names of the listed messages, or of the story's steps' recipients. */
  static std::vector<std::string>
  column (GVariant *rows, const char *key)
  {
    std::vector<std::string> values;

    for (gsize i = 0; i < g_variant_n_children (rows); i++)
      {
        g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
        const char *value = "";

        g_variant_lookup (row, key, "&s", &value);
        values.push_back (value);
      }
    return values;
  }

  std::vector<std::string>
  listed (guint limit)
  {
    g_autoptr (GVariant) messages = list (limit);

    return column (messages, "id");
  }

  std::vector<std::string>
  steps_of (const char *id, const char *key)
  {
    g_autoptr (GVariant) message = story (id);
    g_autoptr (GVariant) steps =
        g_variant_lookup_value (message, "steps", G_VARIANT_TYPE ("aa{sv}"));

    return column (steps, key);
  }

  int
  code_of_story (const char *id, std::string *message)
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (GVariant) found = story (id, &error);

    EXPECT_EQ (found, nullptr);
    if (error == nullptr)
      return -1;
    EXPECT_EQ (error->domain, G_IO_ERROR);
    *message = error->message;
    return error->code;
  }
};

using Strings = std::vector<std::string>;

TEST_F (Journal, an_entry_as_the_bus_tells_it)
{
  begin ("4F1C00");
  g_autoptr (GVariant) messages = list (10);
  ASSERT_EQ (g_variant_n_children (messages), 1u);
  g_autoptr (GVariant) entry = g_variant_get_child_value (messages, 0);
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (
      "{'id': <'4F1C00'>, 'received-at': <int64 1795500000>,"
      " 'sender': <'terri@proseware.com'>,"
      " 'recipients': <['joe@proseware.com', 'bob@adatum.com']>,"
      " 'bytes': <uint64 4711>, 'network': <'hotel'>, 'program': <'Thunderbird'>,"
      " 'outcome': <'open'>}"));

  EXPECT_EQ (g_variant_n_children (entry), g_variant_n_children (expected));
  for (gsize i = 0; i < g_variant_n_children (expected); i++)
    {
      g_autoptr (GVariant) pair = g_variant_get_child_value (expected, i);
      g_autoptr (GVariant) value = nullptr;
      const char *key;

      g_variant_get (pair, "{&sv}", &key, &value);
      g_autoptr (GVariant) seen = g_variant_lookup_value (entry, key, nullptr);
      ASSERT_NE (seen, nullptr) << key;
      EXPECT_TRUE (g_variant_equal (seen, value)) << key;
    }
}

TEST_F (Journal, what_is_not_known_is_left_out)
{
  RpJournalEntry *entry = g_new0 (RpJournalEntry, 1);

  entry->message_id = g_strdup ("4F1C00");
  entry->sender = g_strdup ("");
  rp_journal_begin (store, entry);
  g_autoptr (GVariant) found = story ("4F1C00");
  ASSERT_NE (found, nullptr);
  g_autoptr (GVariant) network = g_variant_lookup_value (found, "network", nullptr);
  g_autoptr (GVariant) program = g_variant_lookup_value (found, "program", nullptr);
  g_autoptr (GVariant) recipients =
      g_variant_lookup_value (found, "recipients", G_VARIANT_TYPE_STRING_ARRAY);

  EXPECT_EQ (network, nullptr);
  EXPECT_EQ (program, nullptr);
  EXPECT_FALSE (g_variant_lookup (found, "subject", "&s", nullptr));
  ASSERT_NE (recipients, nullptr);
  EXPECT_EQ (g_variant_n_children (recipients), 0u);
}

TEST_F (Journal, octets_that_are_no_utf8_do_no_harm)
{
  RpJournalEntry *entry = g_new0 (RpJournalEntry, 1);

  entry->message_id = g_strdup ("4F1C00");
  entry->sender = g_strdup ("caf\xe9@proseware.com");
  entry->recipients = g_strsplit ("\xff@adatum.com", " ", -1);
  entry->program = g_strdup ("\xfe");
  entry->subject = g_strdup ("Gr\xfc\xdf"
                             "e");
  rp_journal_begin (store, entry);
  EXPECT_EQ (listed (1), Strings{ "4F1C00" });
}

TEST_F (Journal, the_newest_come_first_and_no_more_than_asked)
{
  for (const char *id : { "A1", "B2", "C3", "D4" })
    begin (id);
  EXPECT_EQ (listed (100), (Strings{ "D4", "C3", "B2", "A1" }));
  EXPECT_EQ (listed (2), (Strings{ "D4", "C3" }));
  EXPECT_EQ (listed (0), Strings{});
}

TEST_F (Journal, a_story_is_complete_and_in_order)
{
  begin ("A1");
  begin ("B2");
  add ("A1", RP_STEP_RECEIVED);
  add ("B2", RP_STEP_RECEIVED);
  add ("A1", RP_STEP_PLANNED, "joe@proseware.com");
  add ("A1", RP_STEP_PLANNED, "bob@adatum.com");
  add ("B2", RP_STEP_WAITING, "x@adatum.com");
  add ("A1", RP_STEP_SENT, "joe@proseware.com", now_s - 100);
  rp_journal_end (store, "A1", "sent");
  close ();
  open ();

  EXPECT_EQ (steps_of ("A1", "kind"),
             (Strings{ "received", "planned", "planned", "sent" }));
  EXPECT_EQ (
      steps_of ("A1", "recipient"),
      (Strings{ "", "joe@proseware.com", "bob@adatum.com", "joe@proseware.com" }));
  EXPECT_EQ (steps_of ("B2", "kind"), (Strings{ "received", "waiting" }));
}

TEST_F (Journal, a_step_comes_back_as_it_was)
{
  g_autoptr (RpStep) step = rp_step_new (RP_STEP_REPLY, "A1");

  step->at_s = now_s;
  step->recipient = g_strdup ("bob@adatum.com");
  step->server = g_strdup ("proseware");
  step->endpoint = g_strdup ("smtp://smtp.proseware.com:587");
  step->verdict = RP_VERDICT_RELAY_DENIED;
  step->reply = rp_reply_new (554, "5.7.1", "Relay \"access\" denied\n<'@[]{}>");
  step->reason =
      rp_reason_new (RP_REASON_RELAY_DENIED, "bob@adatum.com", "proseware", nullptr);
  begin ("A1");
  rp_journal_add (store, step);

  g_autoptr (GVariant) expected = g_variant_ref_sink (rp_step_to_variant (step));
  g_autoptr (GVariant) found = story ("A1");
  g_autoptr (GVariant) steps =
      g_variant_lookup_value (found, "steps", G_VARIANT_TYPE ("aa{sv}"));
  ASSERT_EQ (g_variant_n_children (steps), 1u);
  g_autoptr (GVariant) seen = g_variant_get_child_value (steps, 0);
  EXPECT_TRUE (g_variant_equal (seen, expected));
}

TEST_F (Journal, an_outcome_belongs_to_one_message)
{
  begin ("A1");
  begin ("B2");
  begin ("C3");
  rp_journal_end (store, "A1", "sent");
  rp_journal_end (store, "B2", "refused");
  g_autoptr (GVariant) messages = list (10);
  EXPECT_EQ (column (messages, "outcome"), (Strings{ "open", "refused", "sent" }));
}

struct Name
{
  const char *name;
  const char *given;
  const char *found; /* nullptr: nothing */
  int code;
};

void
PrintTo (const Name &name, std::ostream *out)
{
  *out << name.name;
}

const Name names[] = {
  { "whole", "4F1C00", "4F1C00", 0 },
  { "beginning", "4F1C", "4F1C00", 0 },
  { "lower_case", "4f1c", "4F1C00", 0 },
  { "beginning_of_two", "4F", nullptr, G_IO_ERROR_INVALID_ARGUMENT },
  { "whole_and_beginning_of_another", "77", "77", 0 },
  { "unknown", "4F1D", nullptr, G_IO_ERROR_NOT_FOUND },
  { "longer_than_any", "4F1C000", nullptr, G_IO_ERROR_NOT_FOUND },
  { "end_of_one", "1C00", nullptr, G_IO_ERROR_NOT_FOUND },
  { "empty", "", nullptr, G_IO_ERROR_NOT_FOUND },
  { "pattern", "%", nullptr, G_IO_ERROR_NOT_FOUND },
  { "any_letter", "4F1_", nullptr, G_IO_ERROR_NOT_FOUND },
  { "quotes", "4F1C' OR '1'='1", nullptr, G_IO_ERROR_NOT_FOUND },
};

class JournalNames : public Journal, public testing::WithParamInterface<Name>
{
};

TEST_P (JournalNames, find_their_message)
{
  for (const char *id : { "4F1C00", "4FAA11", "7700", "77" })
    begin (id);

  if (GetParam ().found != nullptr)
    {
      g_autoptr (GError) error = nullptr;
      g_autoptr (GVariant) found = story (GetParam ().given, &error);
      const char *id = nullptr;

      ASSERT_NE (found, nullptr) << error->message;
      g_variant_lookup (found, "id", "&s", &id);
      EXPECT_STREQ (id, GetParam ().found);
    }
  else
    {
      std::string message;

      EXPECT_EQ (code_of_story (GetParam ().given, &message), GetParam ().code);
      EXPECT_NE (message.find (GetParam ().given), std::string::npos) << message;
    }
}

INSTANTIATE_TEST_SUITE_P (Names,
                          JournalNames,
                          testing::ValuesIn (names),
                          [] (const auto &row) { return row.param.name; });

TEST_F (Journal, forgets_what_is_old_with_its_steps)
{
  std::string message;

  begin ("A1", now_s - 101);
  add ("A1", RP_STEP_RECEIVED, nullptr, now_s - 101);
  begin ("B2", now_s - 100);
  add ("B2", RP_STEP_RECEIVED, nullptr, now_s - 100);
  add ("B2", RP_STEP_SENT, nullptr, now_s);
  rp_journal_expire (store, now_s, 100);

  EXPECT_EQ (listed (10), Strings{ "B2" });
  EXPECT_EQ (code_of_story ("A1", &message), G_IO_ERROR_NOT_FOUND);
  EXPECT_EQ (steps_of ("B2", "kind"), (Strings{ "received", "sent" }));
  /* The same name may come again, and has no past then. */
  begin ("A1", now_s);
  EXPECT_EQ (steps_of ("A1", "kind"), Strings{});
}

TEST_F (Journal, keeps_the_steps_of_a_message_that_stays)
{
  begin ("A1", now_s);
  add ("A1", RP_STEP_RECEIVED, nullptr, now_s - 1000);
  rp_journal_expire (store, now_s, 100);
  EXPECT_EQ (steps_of ("A1", "kind"), Strings{ "received" });
}

TEST_F (Journal, nothing_forgotten_stays_in_the_file)
{
  begin ("A1", now_s - 1000);
  for (int i = 0; i < 50; i++)
    add ("A1", RP_STEP_SENT, "very.secret.friend@adatum.com", now_s - 1000);
  close ();
  open ();
  rp_journal_expire (store, now_s, 100);
  close ();

  g_autofree char *content = nullptr;
  gsize n_bytes = 0;
  ASSERT_TRUE (g_file_get_contents (database ().c_str (), &content, &n_bytes, nullptr));
  EXPECT_EQ (std::string (content, n_bytes).find ("secret.friend"), std::string::npos);
  open ();
}

TEST_F (Journal, ten_thousand_steps_do_not_hold_up_the_main_loop)
{
  gint64 longest_us = 0;

  begin ("A1");
  for (int round = 0; round < 100; round++)
    {
      gint64 start_us = g_get_monotonic_time ();

      for (int i = 0; i < 100; i++)
        add ("A1", RP_STEP_SENT, "joe@proseware.com");
      g_main_context_iteration (nullptr, FALSE);
      longest_us = MAX (longest_us, g_get_monotonic_time () - start_us);
    }
  EXPECT_LT (longest_us, 100 * 1000);
  EXPECT_EQ (steps_of ("A1", "kind").size (), 10000u);
}

TEST_F (Journal, survives_kill_in_mid_write)
{
  int told[2];
  char octet;

  close ();
  ASSERT_EQ (pipe (told), 0);
  pid_t child = fork ();
  if (child == 0)
    {
      open ();
      begin ("A1");
      for (int i = 0;; i++)
        {
          add ("A1", RP_STEP_SENT, std::to_string (i).c_str ());
          if (i == 50)
            listed (1); /* so much is on disk, however slow that is */
          if (i % 50 == 0 && ::write (told[1], "x", 1) != 1)
            _exit (1);
        }
    }
  ::close (told[1]);
  for (int i = 0; i < 100; i++)
    ASSERT_EQ (read (told[0], &octet, 1), 1);
  kill (child, SIGKILL);
  waitpid (child, nullptr, 0);
  ::close (told[0]);

  open ();
  EXPECT_EQ (rp_store_get_set_aside (store), nullptr);
  EXPECT_EQ (listed (10), Strings{ "A1" });
  auto recipients = steps_of ("A1", "recipient");
  ASSERT_FALSE (recipients.empty ());
  for (size_t i = 0; i < recipients.size (); i++)
    ASSERT_EQ (recipients[i], std::to_string (i));
}

} /* namespace */
