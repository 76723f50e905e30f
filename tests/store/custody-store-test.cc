/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include <algorithm>
#include <future>

#include "custody-folder.h"
#include "store/rp-query.h"
#include "store/rp-request.h"
#include "store/rp-schema.h"

namespace
{

const std::string content = "Subject: x\r\n\r\nhello\r\n";

class CustodyStore : public CustodyFolder
{
protected:
  void
  SetUp () override
  {
    CustodyFolder::SetUp ();
    open ();
  }

  static mode_t
  mode_of (const std::string &path)
  {
    struct stat status = {};

    EXPECT_EQ (g_lstat (path.c_str (), &status), 0) << path;
    return status.st_mode & 0777;
  }
};

/* ---- what comes back ---- */

RpCustody *
make_full (const char *id)
{
  RpCustody *custody = make_custody (id, content, { "joe@x", "bob@y" });
  g_autoptr (RpCustodyRecipient) waits = rp_custody_recipient_new (RP_CUSTODY_WAITING);
  auto recipients = custody->envelope->recipients;
  auto joe = static_cast<RpRecipient *> (g_ptr_array_index (recipients, 0));

  g_free (custody->envelope->sender);
  custody->envelope->sender = g_strdup ("t\xc3\xa9rri@\xff"); /* octets, no UTF-8 */
  custody->envelope->ret = g_strdup ("HDRS");
  custody->envelope->envid = g_strdup ("QQ+2B314159");
  custody->envelope->declared_8bit = TRUE;
  custody->envelope->declared_utf8 = TRUE;
  custody->envelope->declared_bytes = 99;
  joe->notify = g_strdup ("SUCCESS,DELAY");
  joe->orcpt = g_strdup ("rfc822;joe+40x");
  custody->facts->is_8bit = TRUE;
  custody->facts->has_utf8_header = TRUE;
  custody->facts->header_from = g_strdup ("terri@x");
  custody->hello = g_strdup ("[127.0.0.1]");
  custody->is_esmtp = TRUE;
  custody->program = g_strdup ("thunderbird");
  custody->digest = g_strdup ("abc123");
  custody->n_attempts = 1;
  custody->age_s = 1795500001;
  waits->server = g_strdup ("proseware");
  waits->reply = rp_reply_new (450, "4.2.0", "greylisted, \"come\"\nagain '{[<");
  waits->reason = rp_reason_new (RP_REASON_TEMPORARY, "pro'sew\"are", nullptr);
  rp_custody_set_recipient (custody, 1, waits);
  return custody;
}

TEST_F (CustodyStore, a_message_comes_back_as_it_was)
{
  g_autoptr (RpCustody) full = make_full ("4F1C0000");
  Awaited awaited;

  start_take (full, content, &awaited);
  ASSERT_EQ (finish_take (&awaited), "");
  Messages messages = restart ();
  ASSERT_EQ (messages.all->len, 1u);
  const RpCustody *seen = messages[0];
  const RpRecipient *joe = rp_envelope_get_recipient (seen->envelope, 0);
  const RpRecipient *bob = rp_envelope_get_recipient (seen->envelope, 1);

  EXPECT_STREQ (seen->id, "4F1C0000");
  EXPECT_STREQ (seen->envelope->sender, full->envelope->sender);
  EXPECT_STREQ (seen->envelope->ret, "HDRS");
  EXPECT_STREQ (seen->envelope->envid, "QQ+2B314159");
  EXPECT_TRUE (seen->envelope->declared_8bit);
  EXPECT_TRUE (seen->envelope->declared_utf8);
  EXPECT_EQ (seen->envelope->declared_bytes, 99u);
  EXPECT_STREQ (joe->address, "joe@x");
  EXPECT_STREQ (joe->notify, "SUCCESS,DELAY");
  EXPECT_STREQ (joe->orcpt, "rfc822;joe+40x");
  EXPECT_STREQ (bob->address, "bob@y");
  EXPECT_EQ (bob->notify, nullptr);
  EXPECT_EQ (seen->facts->n_bytes, content.size ());
  EXPECT_TRUE (seen->facts->is_8bit);
  EXPECT_TRUE (seen->facts->has_utf8_header);
  EXPECT_STREQ (seen->facts->header_from, "terri@x");
  EXPECT_STREQ (seen->hello, "[127.0.0.1]");
  EXPECT_TRUE (seen->is_esmtp);
  EXPECT_STREQ (seen->program, "thunderbird");
  EXPECT_EQ (seen->received_at_s, 1795500000);
  EXPECT_STREQ (seen->digest, "abc123");
  EXPECT_FALSE (seen->is_answered);
  EXPECT_FALSE (seen->is_held);
  EXPECT_EQ (seen->damage, nullptr);
  EXPECT_EQ (seen->n_attempts, 1u);
  EXPECT_EQ (seen->age_s, 1795500001);

  g_autoptr (GVariant) was = g_variant_ref_sink (rp_custody_to_variant (full));
  g_autoptr (GVariant) is = g_variant_ref_sink (rp_custody_to_variant (seen));
  g_autoptr (GVariant) were = g_variant_lookup_value (was, "recipients", nullptr);
  g_autoptr (GVariant) are = g_variant_lookup_value (is, "recipients", nullptr);
  g_autofree char *were_text = g_variant_print (were, FALSE);
  g_autofree char *are_text = g_variant_print (are, FALSE);
  EXPECT_STREQ (are_text, were_text);
  EXPECT_STREQ (rp_custody_get_recipient (seen, 1)->reply->lines[1], "again '{[<");
}

TEST_F (CustodyStore, the_body_is_the_octets_from_memory_and_from_a_file)
{
  std::string octets = ".\r\n..dots\r\n" + std::string (1, '\0') + "\xff\r\n";

  octets += std::string (300 * 1000, 'y');
  ASSERT_EQ (take ("A", octets), "");
  ASSERT_EQ (take_file ("B", octets), "");
  EXPECT_EQ (read_file (body ("A")), octets);
  EXPECT_EQ (read_file (body ("B")), octets);
  EXPECT_EQ (names (), (std::set<std::string>{ "A.eml", "B.eml" }));

  for (const char *id : { "A", "B" })
    {
      g_autoptr (GError) error = nullptr;
      int fd = rp_custody_store_open_body (store, id, &error);
      std::string seen (octets.size () + 1, '\0');

      ASSERT_GE (fd, 0) << error->message;
      EXPECT_EQ (read (fd, seen.data (), seen.size ()), (ssize_t) octets.size ());
      EXPECT_EQ (write (fd, "x", 1), -1);
      EXPECT_NE (fcntl (fd, F_GETFD) & FD_CLOEXEC, 0);
      ::close (fd);
    }
}

TEST_F (CustodyStore, an_empty_body_is_one_too)
{
  ASSERT_EQ (take ("A", ""), "");
  Messages messages = restart ();
  ASSERT_EQ (messages.all->len, 1u);
  EXPECT_EQ (messages[0]->damage, nullptr);
}

/* ---- changes ---- */

TEST_F (CustodyStore, each_recipient_is_recorded_for_itself_and_the_last_word_holds)
{
  g_autoptr (RpCustody) custody = make_custody ("A", content, { "a@x", "b@x", "c@x" });
  g_autoptr (RpCustodyRecipient) failed = rp_custody_recipient_new (RP_CUSTODY_FAILED);
  Awaited awaited;

  start_take (custody, content, &awaited);
  ASSERT_EQ (finish_take (&awaited), "");
  ASSERT_EQ (take ("B"), "");
  failed->server = g_strdup ("proseware");
  failed->reply = rp_reply_new (550, "5.1.1", "no such user");
  EXPECT_EQ (record ("A", 0, RP_CUSTODY_DOUBT), "");
  EXPECT_EQ (record ("A", 0, RP_CUSTODY_SENT), "");
  EXPECT_EQ (record ("A", 2, failed), "");

  Messages messages = restart ();
  EXPECT_EQ (rp_custody_get_recipient (messages[0], 0)->state, RP_CUSTODY_SENT);
  EXPECT_EQ (rp_custody_get_recipient (messages[0], 1)->state, RP_CUSTODY_WAITING);
  EXPECT_EQ (rp_custody_get_recipient (messages[0], 2)->state, RP_CUSTODY_FAILED);
  EXPECT_STREQ (rp_custody_get_recipient (messages[0], 2)->reply->lines[0],
                "no such user");
  EXPECT_EQ (rp_custody_get_recipient (messages[1], 0)->state, RP_CUSTODY_WAITING);
  EXPECT_EQ (record ("A", 2, RP_CUSTODY_WAITING), "");

  Messages again = restart ();
  EXPECT_EQ (rp_custody_get_recipient (again[0], 2)->reply, nullptr);
  EXPECT_EQ (rp_custody_get_recipient (again[0], 2)->server, nullptr);
}

TEST_F (CustodyStore, changes_come_all_or_none)
{
  g_autoptr (RpCustodyRecipient) sent = rp_custody_recipient_new (RP_CUSTODY_SENT);
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
  g_autoptr (GError) error = nullptr;
  Awaited awaited;

  ASSERT_EQ (take ("A"), "");
  g_ptr_array_add (changes, rp_custody_change_new (0, sent));
  g_ptr_array_add (changes, rp_custody_change_new (7, sent));
  rp_custody_store_record_async (store, "A", changes, Awaited::on_ready, &awaited);
  ASSERT_TRUE (wait_until ([&] { return awaited.result != nullptr; }));
  EXPECT_FALSE (rp_custody_store_record_finish (store, awaited.result, &error));
  EXPECT_NE (error, nullptr);
  Messages messages = restart ();
  EXPECT_EQ (rp_custody_get_recipient (messages[0], 0)->state, RP_CUSTODY_WAITING);
}

TEST_F (CustodyStore, what_is_not_in_custody_cannot_be_changed_or_removed)
{
  EXPECT_NE (record ("A", 0, RP_CUSTODY_SENT).find ("A"), std::string::npos);
  EXPECT_NE (remove ("A").find ("A"), std::string::npos);
}

TEST_F (CustodyStore, what_nobody_waits_for_is_told_by_the_signal)
{
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
  g_autoptr (RpCustodyRecipient) sent = rp_custody_recipient_new (RP_CUSTODY_SENT);
  guint n_failed = 0;

  g_signal_connect (store, "failed",
                    G_CALLBACK (+[] (RpStore *, const char *, guint n, gpointer data) {
                      *static_cast<guint *> (data) += n;
                    }),
                    &n_failed);
  g_ptr_array_add (changes, rp_custody_change_new (0, sent));
  rp_custody_store_record_async (store, "A", changes, nullptr, nullptr);
  rp_custody_store_remove_async (store, "A", nullptr, nullptr);
  EXPECT_TRUE (wait_until ([&] { return n_failed == 2; }));
}

TEST_F (CustodyStore, answered_held_and_attempts_belong_to_one_message)
{
  ASSERT_EQ (take ("A"), "");
  ASSERT_EQ (take ("B"), "");
  rp_custody_store_set_answered (store, "A");
  rp_custody_store_set_held (store, "A", TRUE, nullptr, nullptr);
  rp_custody_store_note_attempt (store, "A", 5, 1795509999);
  {
    Messages messages = restart ();

    EXPECT_TRUE (messages[0]->is_answered);
    EXPECT_TRUE (messages[0]->is_held);
    EXPECT_EQ (messages[0]->n_attempts, 5u);
    EXPECT_EQ (messages[0]->age_s, 1795509999);
    EXPECT_FALSE (messages[1]->is_answered);
    EXPECT_FALSE (messages[1]->is_held);
    EXPECT_EQ (messages[1]->n_attempts, 0u);
  }
  rp_custody_store_set_held (store, "A", FALSE, nullptr, nullptr);
  EXPECT_FALSE (restart ()[0]->is_held);
}

TEST_F (CustodyStore, what_is_removed_leaves_nothing)
{
  ASSERT_EQ (take ("A"), "");
  ASSERT_EQ (take ("B"), "");
  EXPECT_EQ (remove ("A"), "");
  EXPECT_EQ (names (), std::set<std::string>{ "B.eml" });
  EXPECT_EQ (restart ().ids (), Strings{ "B" });
  close ();
  EXPECT_EQ (count_rows ("custody"), 1);
  EXPECT_EQ (count_rows ("custody_recipients"), 1);
  open ();
}

/* ---- order, refusals, permissions ---- */

TEST_F (CustodyStore, the_order_of_acceptance_is_that_of_asking)
{
  /* The first is large, so that the others are on disk before it. */
  const std::string large (40 * 1000 * 1000, 'x');
  g_autoptr (RpCustody) first = make_custody ("L", large);
  Awaited awaited;

  start_take (first, large, &awaited);
  for (const char *id : { "C", "A", "B" })
    ASSERT_EQ (take (id), "");
  ASSERT_EQ (finish_take (&awaited), "");
  EXPECT_EQ (restart ().ids (), (Strings{ "L", "C", "A", "B" }));
  /* And over a restart. */
  ASSERT_EQ (take ("0"), "");
  EXPECT_EQ (restart ().ids (), (Strings{ "L", "C", "A", "B", "0" }));
}

TEST_F (CustodyStore, a_second_message_of_the_same_name_is_refused)
{
  ASSERT_EQ (take ("A", "one"), "");
  EXPECT_NE (take ("A", "two"), "");
  EXPECT_EQ (read_file (body ("A")), "one");
  EXPECT_EQ (restart ().ids (), Strings{ "A" });
}

TEST_F (CustodyStore, a_body_of_another_length_than_told_is_refused)
{
  g_autoptr (RpCustody) custody = make_custody ("A", content);
  Awaited from_memory, from_file;
  int fd = make_unnamed_file (content + "more");

  start_take (custody, content + "more", &from_memory);
  EXPECT_NE (finish_take (&from_memory), "");
  start_take (custody, "", &from_file, fd);
  EXPECT_NE (finish_take (&from_file), "");
  ::close (fd);
  EXPECT_EQ (names (), std::set<std::string>{});
}

TEST_F (CustodyStore, a_name_that_leads_elsewhere_is_refused)
{
  for (const char *id : { "", "../A", "A/B", ".", "A.B" })
    {
      EXPECT_NE (take (id), "") << id;
      EXPECT_EQ (rp_custody_store_open_body (store, id, nullptr), -1) << id;
    }
}

TEST_F (CustodyStore, a_link_in_place_of_a_body_is_neither_written_nor_read)
{
  write_file (folder + "/precious", "precious");
  ASSERT_EQ (symlink ((folder + "/precious").c_str (), body ("A").c_str ()), 0);
  EXPECT_NE (take ("A"), "");
  EXPECT_EQ (read_file (folder + "/precious"), "precious");

  g_autoptr (GError) error = nullptr;
  EXPECT_EQ (rp_custody_store_open_body (store, "A", &error), -1);
  ASSERT_NE (error, nullptr);
  EXPECT_NE (std::string (error->message).find ("no plain file"), std::string::npos);
}

TEST_F (CustodyStore, files_are_for_the_user_alone)
{
  mode_t before = umask (0);

  EXPECT_EQ (take ("A"), "");
  int fd = make_unnamed_file (content);
  fchmod (fd, 0644);
  g_autoptr (RpCustody) custody = make_custody ("B", content);
  Awaited awaited;
  start_take (custody, content, &awaited, fd);
  EXPECT_EQ (finish_take (&awaited), "");
  ::close (fd);
  write_file (queue ("X.eml"), "stranger");
  restart ();
  umask (before);
  EXPECT_EQ (mode_of (body ("A")), 0600u);
  EXPECT_EQ (mode_of (body ("B")), 0600u);
  EXPECT_EQ (mode_of (queue ("set-aside")), 0700u);
}

/* ---- the table of crash states in rp-custody-store.h ---- */

struct State
{
  const char *name;
  /* Makes the state of message A, which was taken, while the store is closed. */
  void (*make) (const CustodyFolder &, const std::string &queue);
  const char *sql; /* the same in the database, or nullptr */
  const char *is;  /* of A: "gone", or its state */
  const char *damage;
  Strings set_aside;
  Strings left; /* in queue/, of A */
};

void
PrintTo (const State &state, std::ostream *out)
{
  *out << state.name;
}

void
nothing (const CustodyFolder &, const std::string &)
{
}

void
unlink_body (const CustodyFolder &, const std::string &queue)
{
  std::filesystem::remove (queue + "/A.eml");
}

template <int n_bytes>
void
resize_body (const CustodyFolder &, const std::string &queue)
{
  std::filesystem::resize_file (queue + "/A.eml", n_bytes);
}

const char no_record[] = "DELETE FROM custody_recipients WHERE message = 'A';"
                         "DELETE FROM custody WHERE id = 'A'";

const State states[] = {
  { "unnamed_body",
    [] (const CustodyFolder &, const std::string &queue) {
      std::filesystem::remove (queue + "/A.eml");
      ::close (::open (queue.c_str (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    },
    no_record,
    "gone",
    nullptr,
    {},
    {} },
  { "temporary_name",
    [] (const CustodyFolder &, const std::string &queue) {
      std::filesystem::rename (queue + "/A.eml", queue + "/.A.tmp");
    },
    no_record,
    "gone",
    nullptr,
    { ".A.tmp" },
    {} },
  { "temporary_name_of_the_intake",
    [] (const CustodyFolder &, const std::string &queue) {
      std::filesystem::rename (queue + "/A.eml", queue + "/content-a1b2c3.tmp");
    },
    no_record,
    "gone",
    nullptr,
    { "content-a1b2c3.tmp" },
    {} },
  { "body_without_record", nothing, no_record, "gone", nullptr, { "A.eml" }, {} },
  { "taken", nothing, nullptr, "waiting", nullptr, {}, { "A.eml" } },
  { "in_doubt",
    nothing,
    "UPDATE custody_recipients SET state = 'doubt' WHERE message = 'A'",
    "doubt",
    nullptr,
    {},
    { "A.eml" } },
  { "record_without_body", unlink_body, nullptr, "damaged", "no-body", {}, {} },
  { "record_in_doubt_without_body",
    unlink_body,
    "UPDATE custody_recipients SET state = 'doubt' WHERE message = 'A'",
    "damaged",
    "no-body",
    {},
    {} },
  { "link_for_body",
    [] (const CustodyFolder &, const std::string &queue) {
      std::filesystem::rename (queue + "/A.eml", queue + "/notes.txt");
      std::filesystem::create_symlink (queue + "/notes.txt", queue + "/A.eml");
    },
    nullptr,
    "damaged",
    "no-body",
    { "A.eml" },
    { "notes.txt" } },
  { "folder_for_body",
    [] (const CustodyFolder &, const std::string &queue) {
      std::filesystem::remove (queue + "/A.eml");
      std::filesystem::create_directory (queue + "/A.eml");
    },
    nullptr,
    "damaged",
    "no-body",
    { "A.eml" },
    {} },
  { "body_too_short", resize_body<5>, nullptr, "damaged", "torn", {}, { "A.eml" } },
  { "body_empty", resize_body<0>, nullptr, "damaged", "torn", {}, { "A.eml" } },
  { "body_too_long", resize_body<5000>, nullptr, "damaged", "torn", {}, { "A.eml" } },
  { "done_with_body",
    nothing,
    "UPDATE custody SET is_done = 1 WHERE id = 'A'",
    "gone",
    nullptr,
    {},
    {} },
  { "done_without_body",
    unlink_body,
    "UPDATE custody SET is_done = 1 WHERE id = 'A'",
    "gone",
    nullptr,
    {},
    {} },
  { "record_without_recipients",
    nothing,
    "DELETE FROM custody_recipients WHERE message = 'A'",
    "damaged",
    "torn",
    {},
    { "A.eml" } },
  { "record_with_a_gap",
    nothing,
    "UPDATE custody_recipients SET position = 1 WHERE message = 'A'",
    "damaged",
    "torn",
    {},
    { "A.eml" } },
  { "record_of_an_unknown_state",
    nothing,
    "UPDATE custody_recipients SET state = 'dreaming' WHERE message = 'A'",
    "damaged",
    "torn",
    {},
    { "A.eml" } },
};

class CrashState : public CustodyStore, public testing::WithParamInterface<State>
{
protected:
  void
  expect_state (const Messages &messages)
  {
    const State &row = GetParam ();
    const bool is_gone = g_str_equal (row.is, "gone");
    std::set<std::string> left (row.left.begin (), row.left.end ());

    EXPECT_EQ (messages.ids (),
               is_gone ? (Strings{ "0", "B" }) : (Strings{ "0", "A", "B" }));
    if (!is_gone && messages.all->len == 3)
      {
        EXPECT_STREQ (rp_custody_get_state (messages[1]), row.is);
        EXPECT_STREQ (messages[1]->damage, row.damage);
      }
    for (guint i = 0; i < messages.all->len; i++)
      EXPECT_TRUE (g_str_equal (messages[i]->id, "A")
                   || messages[i]->damage == nullptr);
    left.insert ({ "0.eml", "B.eml" });
    EXPECT_EQ (names (), left);
  }
};

TEST_P (CrashState, is_put_in_order)
{
  const State &row = GetParam ();

  for (const char *id : { "0", "A", "B" })
    ASSERT_EQ (take (id, content), "");
  close ();
  row.make (*this, queue ());
  if (row.sql != nullptr)
    run_sql (row.sql);

  {
    Messages messages = restart ();

    expect_state (messages);
    EXPECT_EQ (messages.set_aside, row.set_aside);
  }
  for (const std::string &name : row.set_aside)
    EXPECT_TRUE (std::filesystem::exists (
        std::filesystem::symlink_status (queue ("set-aside/" + name))));

  /* The second start finds nothing more to do. */
  Messages messages = restart ();
  expect_state (messages);
  EXPECT_EQ (messages.set_aside, Strings{});
  close ();
  EXPECT_EQ (count_rows ("custody"), g_str_equal (row.is, "gone") ? 2 : 3);
  open ();
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          CrashState,
                          testing::ValuesIn (states),
                          [] (const auto &row) { return row.param.name; });

TEST_F (CustodyStore, two_strangers_of_one_name_are_both_kept)
{
  write_file (queue ("A.eml"), "one");
  EXPECT_EQ (restart ().set_aside, Strings{ "A.eml" });
  write_file (queue ("A.eml"), "two");
  EXPECT_EQ (restart ().set_aside, Strings{ "A.eml.1" });
  EXPECT_EQ (read_file (queue ("set-aside/A.eml")), "one");
  EXPECT_EQ (read_file (queue ("set-aside/A.eml.1")), "two");
}

TEST_F (CustodyStore, what_is_set_aside_is_kept_for_a_month_from_then_on)
{
  const gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  const gint64 kept_s = 30 * 24 * 60 * 60;
  auto age = [&] (const std::string &name, gint64 age_s) {
    struct timespec times[2] = { { now_s - age_s, 0 }, { now_s - age_s, 0 } };

    EXPECT_EQ (utimensat (AT_FDCWD, queue (name).c_str (), times, 0), 0);
  };

  /* Written long ago, set aside now. */
  for (const char *name : { "A.eml", "B.eml" })
    {
      write_file (queue (name), name);
      age (name, 10 * kept_s);
    }
  restart ();
  EXPECT_TRUE (std::filesystem::exists (queue ("set-aside/A.eml")));
  age ("set-aside/A.eml", kept_s + 100);
  age ("set-aside/B.eml", kept_s - 100);
  restart ();
  EXPECT_FALSE (std::filesystem::exists (queue ("set-aside/A.eml")));
  EXPECT_TRUE (std::filesystem::exists (queue ("set-aside/B.eml")));
}

TEST_F (CustodyStore, what_cannot_be_set_aside_does_not_stop_the_start)
{
  ASSERT_EQ (take ("A"), "");
  write_file (queue ("X.eml"), "stranger");
  write_file (queue ("set-aside"), "no folder");
  Messages messages = restart ();
  EXPECT_EQ (messages.ids (), Strings{ "A" });
  EXPECT_EQ (messages.set_aside, Strings{});
  std::filesystem::remove (queue ("set-aside"));
}

/* ---- migration ---- */

/* As version 1 made them: never to be changed here either. */
const char version_1[] =
    "CREATE TABLE messages ("
    "  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    "  received_at INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,"
    "  bytes INTEGER NOT NULL, network TEXT, program TEXT,"
    "  outcome TEXT NOT NULL DEFAULT 'open');"
    "CREATE INDEX messages_by_time ON messages (received_at);"
    "CREATE TABLE steps (sequence INTEGER PRIMARY KEY, message TEXT NOT NULL,"
    "  at INTEGER NOT NULL, step TEXT NOT NULL);"
    "CREATE INDEX steps_by_message ON steps (message, sequence);"
    "CREATE TABLE lessons (kind TEXT NOT NULL, place TEXT NOT NULL,"
    "  subject TEXT NOT NULL, learned_at INTEGER NOT NULL,"
    "  PRIMARY KEY (kind, place, subject)) WITHOUT ROWID;"
    "INSERT INTO messages (id, received_at, sender, recipients, bytes)"
    "  VALUES ('OLD', 1, 't@x', '[]', 1);"
    "INSERT INTO lessons VALUES ('unreachable', 'hotel', 'x', 1);"
    "PRAGMA user_version = 1;";

TEST_F (CustodyStore, a_database_of_version_1_gets_custody_and_keeps_what_it_has)
{
  close ();
  std::filesystem::remove (database ());
  run_sql (version_1);
  open ();
  EXPECT_EQ (take ("A"), "");
  EXPECT_EQ (restart ().ids (), Strings{ "A" });
  close ();
  EXPECT_EQ (count_rows ("messages WHERE id = 'OLD'"), 1);
  EXPECT_EQ (count_rows ("lessons"), 1);
  EXPECT_EQ (count_rows ("guard"), 0);
  EXPECT_EQ (count_rows ("pragma_user_version WHERE user_version = "
                         + std::to_string (rp_schema_get_version ())),
             1);
  open ();
}

/* ---- speed ---- */

struct Gate
{
  std::promise<void> entered, opened;
  int n_commits = 0;
};

int
on_commit (void *data)
{
  static_cast<Gate *> (data)->n_commits++;
  return 0;
}

/* Holds the thread, and counts commits from then on. */
gboolean
hold (sqlite3 *file, gconstpointer data, GVariant **, GError **)
{
  auto gate = const_cast<Gate *> (static_cast<const Gate *> (data));

  sqlite3_commit_hook (file, on_commit, gate);
  gate->entered.set_value ();
  gate->opened.get_future ().wait ();
  return TRUE;
}

TEST_F (CustodyStore, many_takes_at_once_share_few_commits)
{
  const guint n = 100;
  std::vector<Awaited> awaited (n);
  Gate gate;

  rp_store_push (store, hold, &gate, nullptr);
  gate.entered.get_future ().wait ();
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RpCustody) custody = make_custody ("A" + std::to_string (i), content);

      start_take (custody, content, &awaited[i]);
    }
  ASSERT_TRUE (wait_until ([&] { return names ().size () == n; }));
  gate.opened.set_value ();
  for (Awaited &one : awaited)
    ASSERT_EQ (finish_take (&one), "");
  /* The gate's own, and those of who were still in the pool when it opened. */
  EXPECT_LE (gate.n_commits, 20);
  EXPECT_EQ (restart ().all->len, n);
}

class Loaded : public CustodyStore
{
protected:
  void
  SetUp () override
  {
    CustodyStore::SetUp ();
    close ();
    move_to_memory ();
    open ();
  }

  static constexpr int n_messages = 5000;

  void
  fill ()
  {
    close ();
    run_sql ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
             "  WHERE i < "
             + std::to_string (n_messages)
             + ")"
               "INSERT INTO custody (id, place, received_at, sender, declared_8bit,"
               "  declared_utf8, declared_bytes, bytes, is_8bit, has_utf8_header,"
               "  is_esmtp, is_answered, is_held, attempts, age)"
               " SELECT 'M' || i, i, 1795500000, 'terri@proseware.com', 0, 0, 0, 5, 0,"
               "  0, 1, 1, 0, 3, 1795500000 FROM n;"
               "INSERT INTO custody_recipients"
               " SELECT id, 0, 'joe@proseware.com', NULL, NULL, 'waiting', 'proseware',"
               "  '(450, ''4.2.0'', [''greylisted, come again''])',"
               "  '(''temporary'', [''proseware''])' FROM custody"
               " WHERE id LIKE 'M%'");
    for (int i = 1; i <= n_messages; i++)
      write_file (body ("M" + std::to_string (i)), "12345");
    open ();
  }

  double
  get_fastest_take_ms (const char *prefix)
  {
    double fastest_ms = 1e9;

    for (int i = 0; i < 30; i++)
      {
        gint64 start_us = g_get_monotonic_time ();

        EXPECT_EQ (take (prefix + std::to_string (i)), "");
        double ms = static_cast<double> (g_get_monotonic_time () - start_us) / 1000;
        fastest_ms = std::min (fastest_ms, ms);
      }
    return fastest_ms;
  }
};

TEST_F (Loaded, five_thousand_messages_load_in_well_under_a_second)
{
  fill ();
  close ();
  gint64 start_us = g_get_monotonic_time ();
  open ();
  Messages messages = load ();
  gint64 ms = (g_get_monotonic_time () - start_us) / 1000;

  ASSERT_EQ (messages.all->len, static_cast<guint> (n_messages));
  EXPECT_STREQ (messages[n_messages - 1]->id, "M5000");
  EXPECT_EQ (messages[0]->damage, nullptr);
  EXPECT_STREQ (rp_custody_get_recipient (messages[0], 0)->reply->lines[0],
                "greylisted, come again");
  RecordProperty ("load_ms", static_cast<int> (ms));
  EXPECT_LT (ms, 1000);
}

TEST_F (Loaded, a_take_is_not_slower_with_five_thousand_than_with_none)
{
  double empty_ms = get_fastest_take_ms ("E");

  fill ();
  load ();
  double full_ms = get_fastest_take_ms ("F");

  RecordProperty ("ratio_percent", static_cast<int> (100 * full_ms / empty_ms));
  EXPECT_LT (full_ms, 2 * empty_ms) << empty_ms << " ms with none";
}

} /* namespace */
