/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state-folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <vector>

#include "store/rp-query.h"
#include "store/rp-request.h"
#include "store/rp-schema.h"

namespace
{

struct Note
{
  gint64 number;
  std::string text;
};

/* Lessons serve as plain rows here: kind 'note', a number, a text. */
gboolean
write_note (sqlite3 *database, gconstpointer data, GVariant **, GError **error)
{
  auto note = static_cast<const Note *> (data);

  return rp_query_run (database, error, "INSERT INTO lessons VALUES ('note', ?, ?, ?)",
                       "ssx", std::to_string (note->number).c_str (),
                       note->text.c_str (), note->number);
}

/* Writes, and then fails: nothing of it may remain. */
gboolean
write_and_fail (sqlite3 *database, gconstpointer data, GVariant **, GError **error)
{
  return write_note (database, data, nullptr, error)
         && rp_query_run (database, error, "INSERT INTO nowhere VALUES (1)", "");
}

gboolean
read_notes (sqlite3 *database, gconstpointer, GVariant **result, GError **error)
{
  g_autoptr (RpQuery) query =
      rp_query_new (database, error,
                    "SELECT learned_at FROM lessons WHERE kind = 'note'"
                    " ORDER BY learned_at",
                    "");
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ax"));
  while (query != nullptr && rp_query_next (query, error))
    g_variant_builder_add (&builder, "x", rp_query_get_number (query, 0));
  *result = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

void
free_note (gpointer note)
{
  delete static_cast<Note *> (note);
}

void
push (RpStore *store, gint64 number, size_t n_bytes = 4, RpWork work = write_note)
{
  rp_store_push (store, work, new Note{ number, std::string (n_bytes, 'x') },
                 free_note);
}

std::vector<gint64>
notes_of (RpStore *store)
{
  g_autoptr (GVariant) result = nullptr;
  g_autoptr (GError) error = nullptr;
  std::vector<gint64> notes;

  EXPECT_TRUE (rp_store_run (store, read_notes, nullptr, nullptr, &result, &error));
  for (gsize i = 0; i < g_variant_n_children (result); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (result, i);

      notes.push_back (g_variant_get_int64 (child));
    }
  return notes;
}

mode_t
mode_of (const std::string &path)
{
  struct stat status = {};

  EXPECT_EQ (g_lstat (path.c_str (), &status), 0) << path;
  return status.st_mode & 0777;
}

struct Failures
{
  std::string message;
  guint n_requests = 0;

  static void
  on_failed (RpStore *, const char *message, guint n_requests, gpointer data)
  {
    auto self = static_cast<Failures *> (data);

    self->message = message;
    self->n_requests += n_requests;
  }
};

class Store : public StateFolder
{
protected:
  Failures failures;

  void
  open_watched ()
  {
    open ();
    g_signal_connect (store, "failed", G_CALLBACK (Failures::on_failed), &failures);
  }

  int
  code_of_open (std::string *message)
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (RpStore) second = rp_store_open (folder.c_str (), &error);

    EXPECT_EQ (second, nullptr);
    if (error == nullptr)
      return -1;
    EXPECT_EQ (error->domain, RP_STORE_ERROR);
    *message = error->message;
    return error->code;
  }
};

TEST_F (Store, folder_and_files_are_for_the_user_alone)
{
  g_chmod (folder.c_str (), 0755);
  open ();
  push (store, 1);
  notes_of (store);

  EXPECT_EQ (mode_of (folder), 0700u);
  EXPECT_EQ (mode_of (folder + "/queue"), 0700u);
  EXPECT_EQ (mode_of (database ()), 0600u);
  EXPECT_EQ (mode_of (database () + "-wal"), 0600u);
  EXPECT_EQ (mode_of (folder + "/lock"), 0600u);
  EXPECT_EQ (rp_store_get_queue_folder (store), folder + "/queue");
  EXPECT_FALSE (std::filesystem::exists (database () + "-shm"));
}

TEST_F (Store, makes_missing_parents)
{
  std::string parent = folder;

  folder += "/state/roampost";
  open ();
  EXPECT_EQ (mode_of (folder), 0700u);
  close ();
  folder = parent;
}

TEST_F (Store, a_link_in_place_of_the_database_is_refused)
{
  std::string message, victim = folder + "/victim";

  std::ofstream (victim) << "precious";
  ASSERT_EQ (symlink (victim.c_str (), database ().c_str ()), 0);
  EXPECT_EQ (code_of_open (&message), RP_STORE_ERROR_FAILED);
  EXPECT_NE (message.find (database ()), std::string::npos) << message;
  EXPECT_EQ (std::filesystem::file_size (victim), 8u);
}

TEST_F (Store, second_open_is_refused_naming_folder_and_process)
{
  std::string message;

  open ();
  EXPECT_EQ (code_of_open (&message), RP_STORE_ERROR_LOCKED);
  EXPECT_NE (message.find (folder), std::string::npos) << message;
  EXPECT_NE (message.find (std::to_string (getpid ())), std::string::npos) << message;
}

TEST_F (Store, the_lock_ends_with_close)
{
  open ();
  close ();
  open ();
}

TEST_F (Store, another_sqlite_cannot_write_while_the_store_is_open)
{
  sqlite3 *other = nullptr;

  open ();
  push (store, 1);
  notes_of (store);
  ASSERT_EQ (sqlite3_open (database ().c_str (), &other), SQLITE_OK);
  EXPECT_EQ (sqlite3_exec (other, "DELETE FROM lessons", nullptr, nullptr, nullptr),
             SQLITE_BUSY);
  sqlite3_close (other);
}

TEST_F (Store, a_newer_database_is_refused_and_untouched)
{
  std::string message;
  sqlite3 *newer = nullptr;

  ASSERT_EQ (sqlite3_open (database ().c_str (), &newer), SQLITE_OK);
  sqlite3_exec (newer,
                "CREATE TABLE future (x); INSERT INTO future VALUES (7);"
                "PRAGMA user_version = 99",
                nullptr, nullptr, nullptr);
  sqlite3_close (newer);

  EXPECT_EQ (code_of_open (&message), RP_STORE_ERROR_NEWER);
  EXPECT_NE (message.find (database ()), std::string::npos) << message;
  EXPECT_NE (message.find ("99"), std::string::npos) << message;

  ASSERT_EQ (sqlite3_open (database ().c_str (), &newer), SQLITE_OK);
  EXPECT_EQ (sqlite3_exec (newer, "DROP TABLE future", nullptr, nullptr, nullptr),
             SQLITE_OK);
  EXPECT_NE (sqlite3_exec (newer, "DROP TABLE messages", nullptr, nullptr, nullptr),
             SQLITE_OK);
  sqlite3_close (newer);
}

TEST_F (Store, an_empty_database_gets_todays_tables)
{
  open ();
  close ();

  sqlite3 *file = nullptr;
  ASSERT_EQ (sqlite3_open (database ().c_str (), &file), SQLITE_OK);
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (RpQuery) query = rp_query_new (file, &error, "PRAGMA user_version", "");

    ASSERT_TRUE (rp_query_next (query, &error));
    EXPECT_EQ (rp_query_get_number (query, 0), rp_schema_get_version ());
  }
  sqlite3_close (file);
}

TEST_F (Store, requests_are_done_in_order_and_kept)
{
  std::vector<gint64> expected;

  open ();
  for (gint64 i = 0; i < 500; i++)
    {
      push (store, i);
      expected.push_back (i);
    }
  close ();

  open ();
  EXPECT_EQ (notes_of (store), expected);
}

TEST_F (Store, a_failed_request_leaves_its_neighbours_alone)
{
  open_watched ();
  push (store, 1);
  push (store, 2, 4, write_and_fail);
  push (store, 3);

  ASSERT_TRUE (wait_until ([&] { return failures.n_requests > 0; }));
  EXPECT_EQ (failures.n_requests, 1u);
  EXPECT_NE (failures.message.find ("nowhere"), std::string::npos) << failures.message;
  EXPECT_EQ (notes_of (store), (std::vector<gint64>{ 1, 3 }));
}

struct Gate
{
  std::promise<void> entered, opened;
};

/* Holds the thread: what is pushed until the gate opens is one batch. */
gboolean
hold (sqlite3 *, gconstpointer data, GVariant **, GError **)
{
  auto gate = const_cast<Gate *> (static_cast<const Gate *> (data));

  gate->entered.set_value ();
  gate->opened.get_future ().wait ();
  return TRUE;
}

/* As SQLite itself does with some errors in the middle of a transaction. */
gboolean
give_transaction_up (sqlite3 *database, gconstpointer, GVariant **, GError **error)
{
  sqlite3_exec (database, "ROLLBACK", nullptr, nullptr, nullptr);
  g_set_error_literal (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED, "given up");
  return FALSE;
}

TEST_F (Store, a_transaction_that_was_given_up_is_told_to_all_of_it)
{
  Gate gate;

  open_watched ();
  rp_store_push (store, hold, &gate, nullptr);
  gate.entered.get_future ().wait ();
  push (store, 1);
  rp_store_push (store, give_transaction_up, nullptr, nullptr);
  push (store, 2);
  gate.opened.set_value ();

  ASSERT_TRUE (wait_until ([&] { return failures.n_requests > 0; }));
  push (store, 3);
  auto notes = notes_of (store);
  EXPECT_EQ (notes, std::vector<gint64>{ 3 });
  EXPECT_EQ (failures.n_requests, 3u);
  EXPECT_EQ (failures.message, "given up");
}

TEST_F (Store, a_failed_request_is_told_to_who_waits)
{
  g_autoptr (GError) error = nullptr;

  open_watched ();
  EXPECT_FALSE (rp_store_run (store, write_and_fail, new Note{ 1, "x" }, free_note,
                              nullptr, &error));
  ASSERT_NE (error, nullptr);
  EXPECT_NE (strstr (error->message, "nowhere"), nullptr) << error->message;
  EXPECT_EQ (failures.n_requests, 0u);
}

TEST_F (Store, after_close_everybody_gets_an_answer)
{
  g_autoptr (GError) error = nullptr;
  Awaited awaited;

  open ();
  rp_store_close (store);
  push (store, 1);
  EXPECT_FALSE (rp_store_run (store, read_notes, nullptr, nullptr, nullptr, nullptr));
  rp_store_run_async (store, read_notes, nullptr, nullptr, nullptr, Awaited::on_ready,
                      &awaited);
  ASSERT_TRUE (wait_until ([&] { return awaited.result != nullptr; }));
  EXPECT_EQ (rp_store_run_finish (store, awaited.result, &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED));
}

/* ---- damage ---- */

struct Damage
{
  const char *name;
  void (*inflict) (const std::string &path);
};

void
PrintTo (const Damage &damage, std::ostream *out)
{
  *out << damage.name;
}

void
overwrite (const std::string &path, std::streamoff offset, size_t n_bytes)
{
  std::fstream file (path, std::ios::in | std::ios::out | std::ios::binary);
  std::string garbage (n_bytes, '\x5a');

  file.seekp (offset);
  file.write (garbage.data (), static_cast<std::streamsize> (n_bytes));
}

class DamagedStore : public Store, public testing::WithParamInterface<Damage>
{
};

TEST_P (DamagedStore, is_set_aside_whole)
{
  open ();
  EXPECT_EQ (rp_store_get_set_aside (store), nullptr);
  for (gint64 i = 0; i < 200; i++)
    push (store, i, 500);
  close ();
  GetParam ().inflict (database ());
  std::ofstream (database () + "-wal") << "a log that belongs to it";
  auto n_bytes = std::filesystem::file_size (database ());

  open ();
  ASSERT_NE (rp_store_get_set_aside (store), nullptr);
  std::string aside = rp_store_get_set_aside (store);
  EXPECT_EQ (aside.find (folder + "/set-aside-"), 0u) << aside;
  EXPECT_EQ (std::filesystem::file_size (aside + "/roampost.db"), n_bytes);
  EXPECT_TRUE (std::filesystem::exists (aside + "/roampost.db-wal"));
  EXPECT_EQ (mode_of (aside), 0700u);
  EXPECT_EQ (notes_of (store), std::vector<gint64>{});
  push (store, 7);
  close ();

  open ();
  EXPECT_EQ (rp_store_get_set_aside (store), nullptr);
  EXPECT_EQ (notes_of (store), std::vector<gint64>{ 7 });
}

const Damage damages[] = {
  { "no_database_at_all", [] (const std::string &path) { overwrite (path, 0, 100); } },
  { "first_page_broken", [] (const std::string &path) { overwrite (path, 100, 500); } },
  { "inner_pages_broken",
    [] (const std::string &path) { overwrite (path, 4096, 4096 * 8); } },
  { "cut_short",
    [] (const std::string &path) { std::filesystem::resize_file (path, 4096 * 3); } },
};

INSTANTIATE_TEST_SUITE_P (Kinds,
                          DamagedStore,
                          testing::ValuesIn (damages),
                          [] (const auto &row) { return row.param.name; });

/* ---- crash and full disk ---- */

/* Writes numbers for ever and tells each that is committed. */
[[noreturn]] void
write_until_killed (const std::string &folder, int told_fd)
{
  RpStore *store = rp_store_open (folder.c_str (), nullptr);

  for (gint64 i = 0;; i++)
    {
      push (store, 1000000 + i, 2000);
      rp_store_run (store, write_note, new Note{ i, "x" }, free_note, nullptr, nullptr);
      if (write (told_fd, &i, sizeof i) != sizeof i)
        _exit (1);
    }
}

TEST_F (Store, what_was_answered_survives_kill)
{
  for (int round = 0; round < 5; round++)
    {
      int told[2];
      gint64 last = -1, number;

      ASSERT_EQ (pipe (told), 0);
      pid_t child = fork ();
      if (child == 0)
        write_until_killed (folder, told[1]);
      ::close (told[1]);
      while (read (told[0], &number, sizeof number) == sizeof number)
        {
          last = number;
          if (last == 40 + round * 7)
            ::kill (child, SIGKILL);
        }
      ::close (told[0]);
      waitpid (child, nullptr, 0);
      ASSERT_GE (last, 40);

      open ();
      ASSERT_EQ (rp_store_get_set_aside (store), nullptr);
      auto notes = notes_of (store);
      ASSERT_GT (notes.size (), static_cast<size_t> (last));
      for (gint64 i = 0; i <= last; i++)
        ASSERT_EQ (notes[static_cast<size_t> (i)], i);
      g_autoptr (GError) error = nullptr;
      ASSERT_TRUE (rp_store_run (
          store,
          [] (sqlite3 *database, gconstpointer, GVariant **, GError **failure) {
            return rp_query_run (database, failure, "DELETE FROM lessons", "");
          },
          nullptr, nullptr, nullptr, &error))
          << error->message;
      close ();
    }
}

/* As root a small file system that is really full, else a limit on the file's size,
 * at which the write fails in the same place. */
class FullDisk : public Store
{
protected:
  bool is_mounted = false;

  void
  SetUp () override
  {
    Store::SetUp ();
    is_mounted = mount ("none", folder.c_str (), "tmpfs", 0, "size=512k") == 0;
    open_watched ();
    if (!is_mounted)
      limit (300 * 1024);
  }

  void
  TearDown () override
  {
    limit (RLIM_INFINITY);
    close ();
    if (is_mounted)
      umount (folder.c_str ());
    Store::TearDown ();
  }

  static void
  limit (rlim_t n_bytes)
  {
    struct rlimit size = { n_bytes, RLIM_INFINITY };

    signal (SIGXFSZ, SIG_IGN);
    setrlimit (RLIMIT_FSIZE, &size);
  }

  void
  fill ()
  {
    g_autofree char *path = g_build_filename (folder.c_str (), "ballast", nullptr);
    std::string block (4096, 'b');
    int fd = ::open (path, O_WRONLY | O_CREAT, 0600);

    while (is_mounted && write (fd, block.data (), block.size ()) > 0)
      ;
    ::close (fd);
  }

  void
  make_room ()
  {
    limit (RLIM_INFINITY);
    std::filesystem::remove (folder + "/ballast");
  }
};

TEST_F (FullDisk, is_reported_and_overcome)
{
  g_autoptr (GError) error = nullptr;

  push (store, 1);
  ASSERT_EQ (notes_of (store), std::vector<gint64>{ 1 });
  fill ();
  for (gint64 i = 2; i < 12; i++)
    push (store, i, 64 * 1024);
  ASSERT_TRUE (wait_until ([&] { return failures.n_requests > 0; }));
  EXPECT_NE (failures.message.find (database ()), std::string::npos);
  EXPECT_FALSE (rp_store_run (store, write_note,
                              new Note{ 50, std::string (600 * 1024, 'x') }, free_note,
                              nullptr, &error));
  ASSERT_NE (error, nullptr);

  make_room ();
  push (store, 99);
  auto notes = notes_of (store);
  ASSERT_FALSE (notes.empty ());
  EXPECT_EQ (notes.front (), 1);
  EXPECT_EQ (notes.back (), 99);
  /* What was reported as lost is not there, and nothing else is missing. */
  EXPECT_TRUE (
      wait_until ([&] { return notes.size () + failures.n_requests == 12u; }, 5))
      << notes.size () << " kept, " << failures.n_requests << " reported";
  close ();
  open ();
  EXPECT_EQ (notes_of (store), notes);
}

} /* namespace */
