/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every system call of the path into custody fails once, with every error that a disk
 * gives: the take says so, nothing torn stays, the next one works. */
#include <sys/wait.h>

#include <algorithm>

#include "custody-folder.h"
#include "fault-shim.h"

namespace
{

const std::string content =
    "Subject: x\r\n\r\n" + std::string (200 * 1000, 'x') + "\r\n";

enum Way
{
  BYTES,     /* from memory, by an unnamed file */
  FILE_,     /* the intake's own unnamed file */
  TEMPORARY, /* from memory, where there are no unnamed files */
};

class CustodyFaults : public CustodyFolder
{
protected:
  guint n_ids = 0;
  Strings taken;

  void
  SetUp () override
  {
    CustodyFolder::SetUp ();
    move_to_memory ();
    open ();
    load ();
    fault_shim_watch (folder.c_str ());
  }

  void
  TearDown () override
  {
    fault_shim_clear ();
    fault_shim_set_unnamed (TRUE);
    fault_shim_watch (nullptr);
    CustodyFolder::TearDown ();
  }

  std::string
  next_id ()
  {
    return "ID" + std::to_string (++n_ids);
  }

  std::string
  take_by (Way way, const std::string &id)
  {
    g_autoptr (RpCustody) custody = make_custody (id, content);
    int fd = way == FILE_ ? make_unnamed_file (content) : -1;
    Awaited awaited;

    start_take (custody, content, &awaited, fd);
    std::string failure = finish_take (&awaited);
    if (fd >= 0)
      ::close (fd);
    if (failure.empty ())
      taken.push_back (id);
    return failure;
  }

  /* The file is written before the fault is armed: its intake is not meant here. */
  std::string
  take_with_fault (
      Way way, const std::string &id, const char *kind, guint nth, guint n, int number)
  {
    g_autoptr (RpCustody) custody = make_custody (id, content);
    int fd = way == FILE_ ? make_unnamed_file (content) : -1;
    Awaited awaited;

    fault_shim_fail (kind, nth, n, number);
    start_take (custody, content, &awaited, fd);
    std::string failure = finish_take (&awaited);
    if (fd >= 0)
      ::close (fd);
    if (failure.empty ())
      taken.push_back (id);
    return failure;
  }

  void
  expect_only_what_was_taken ()
  {
    std::set<std::string> expected;

    for (const std::string &id : taken)
      expected.insert (id + ".eml");
    ASSERT_EQ (names (), expected);
  }

  void
  expect_all_after_restart ()
  {
    fault_shim_clear ();
    Messages messages = restart ();

    EXPECT_EQ (messages.ids (), taken);
    EXPECT_EQ (messages.set_aside, Strings{});
    for (guint i = 0; i < messages.all->len; i++)
      {
        EXPECT_EQ (messages[i]->damage, nullptr) << messages[i]->id;
        EXPECT_EQ (read_file (body (messages[i]->id)), content) << messages[i]->id;
      }
  }
};

struct Fault
{
  const char *kind;
  int number;
  Way way;
  guint n_calls;     /* at least so many of the kind are made */
  std::string words; /* of each failure; SQLite has its own */
};

std::string
name_of (const Fault &fault)
{
  const char *way = fault.way == BYTES   ? "bytes"
                    : fault.way == FILE_ ? "file"
                                         : "temporary";

  return std::string (fault.kind) + "_" + strerrorname_np (fault.number) + "_" + way;
}

void
PrintTo (const Fault &fault, std::ostream *out)
{
  *out << name_of (fault);
}

std::vector<Fault>
all_faults ()
{
  /* Folder and file; the octets; three syncs; the name; SQLite's log. */
  const struct
  {
    const char *kind;
    guint n_calls[3];
    bool is_ours;
  } kinds[] = {
    { "open", { 2, 1, 2 }, true },    { "write", { 1, 0, 1 }, true },
    { "fchmod", { 1, 1, 1 }, true },  { "fsync", { 2, 2, 2 }, true },
    { "linkat", { 1, 1, 0 }, true },  { "rename", { 0, 0, 1 }, true },
    { "pwrite", { 2, 2, 2 }, false }, { "fdatasync", { 1, 1, 1 }, false },
    { "any", { 10, 8, 10 }, false },
  };
  std::vector<Fault> faults;

  for (const auto &row : kinds)
    for (int number : { ENOSPC, EIO, EMFILE, EDQUOT })
      for (Way way : { BYTES, FILE_, TEMPORARY })
        if (row.n_calls[way] > 0)
          faults.push_back ({ row.kind, number, way, row.n_calls[way],
                              row.is_ours ? strerror (number) : "" });
  return faults;
}

class EveryCall : public CustodyFaults, public testing::WithParamInterface<Fault>
{
};

TEST_P (EveryCall, FailsOnce)
{
  const Fault &fault = GetParam ();
  guint nth = 0;

  if (fault.way == TEMPORARY)
    fault_shim_set_unnamed (FALSE);
  while (true)
    {
      const std::string id = next_id ();
      std::string failure =
          take_with_fault (fault.way, id, fault.kind, ++nth, 1, fault.number);
      guint n_failed = fault_shim_get_n_failed ();

      fault_shim_clear ();
      ASSERT_EQ (failure.empty (), n_failed == 0) << nth << ": " << failure;
      ASSERT_NO_FATAL_FAILURE (expect_only_what_was_taken ()) << nth;
      if (n_failed == 0)
        break;
      EXPECT_NE (failure.find (folder), std::string::npos) << failure;
      EXPECT_NE (failure.find (fault.words), std::string::npos) << failure;
      ASSERT_EQ (take_by (fault.way, next_id ()), "") << "after call " << nth;
    }
  EXPECT_GT (nth, fault.n_calls) << "not that many calls were made";
  expect_all_after_restart ();
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          EveryCall,
                          testing::ValuesIn (all_faults ()),
                          [] (const auto &row) { return name_of (row.param); });

/* The commit fails, and then what should take its place in the log does, for a while:
 * nothing is taken before a commit succeeds, and the lost ones never come back. */
TEST_F (CustodyFaults, ACommitThatCannotBeBuried)
{
  for (guint n_times = 1; n_times <= 5; n_times++)
    {
      guint n_refused = 0;

      ASSERT_EQ (take_by (BYTES, next_id ()), "");
      fault_shim_fail ("fdatasync", 1, n_times, EIO);
      while (take_by (BYTES, next_id ()) != "" && n_refused < 10)
        n_refused++;
      EXPECT_EQ (fault_shim_get_n_failed (), n_times);
      EXPECT_EQ (n_refused, n_times == 1 ? 1 : n_times - 1) << n_times;
      ASSERT_NO_FATAL_FAILURE (expect_only_what_was_taken ());
    }
  expect_all_after_restart ();
}

/* Crashed before a commit succeeds, the lost record may come back out of the log. Its
 * program heard a 4xx and comes again: it must not be sent from here. */
TEST_F (CustodyFaults, ALostCommitThatComesBackIsNeverSent)
{
  std::string crashed = folder + "-crashed";

  ASSERT_EQ (take_by (BYTES, next_id ()), "");
  fault_shim_fail ("fdatasync", 1, 1000, EIO);
  ASSERT_NE (take_by (BYTES, next_id ()), "");
  std::filesystem::copy (folder, crashed, std::filesystem::copy_options::recursive);
  fault_shim_clear ();

  close ();
  std::swap (folder, crashed);
  open ();
  {
    Messages messages = load ();

    ASSERT_GE (messages.all->len, 1u);
    EXPECT_EQ (messages[0]->damage, nullptr);
    for (guint i = 1; i < messages.all->len; i++)
      EXPECT_STREQ (messages[i]->damage, RP_CUSTODY_NO_BODY);
  }
  close ();
  std::filesystem::remove_all (folder);
  folder = crashed;
  open ();
}

/* As some network file systems: neither names for unnamed files, nor links at all. */
TEST_F (CustodyFaults, WhereNothingCanBeLinkedACopyIsRenamed)
{
  for (int number : { ENOENT, EXDEV, EOPNOTSUPP, EPERM, ENOSYS })
    for (Way way : { BYTES, FILE_ })
      EXPECT_EQ (take_with_fault (way, next_id (), "linkat", 1, 1, number), "")
          << strerror (number);
  expect_only_what_was_taken ();
  expect_all_after_restart ();
}

TEST_F (CustodyFaults, AFolderThatCannotBeSyncedAtAllIsNoFailure)
{
  EXPECT_EQ (take_with_fault (BYTES, next_id (), "fsync", 2, 1, EINVAL), "");
  EXPECT_NE (take_with_fault (BYTES, next_id (), "fsync", 1, 1, EINVAL), "");
  expect_all_after_restart ();
}

TEST_F (CustodyFaults, AFileWithoutUnnamedOnesIsCopied)
{
  g_autofree char *name = g_build_filename (queue ().c_str (), "x-XXXXXX", nullptr);
  int fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  g_autoptr (RpCustody) custody = make_custody ("ID1", content);
  Awaited awaited;

  ASSERT_EQ (unlink (name), 0);
  ASSERT_EQ (write (fd, content.data (), content.size ()), (ssize_t) content.size ());
  start_take (custody, content, &awaited, fd);
  EXPECT_EQ (finish_take (&awaited), "");
  ::close (fd);
  taken.push_back ("ID1");
  expect_all_after_restart ();
}

TEST_F (CustodyFaults, ALinkInPlaceOfTheTemporaryFileIsNotFollowed)
{
  write_file (folder + "/precious", "precious");
  ASSERT_EQ (symlink ((folder + "/precious").c_str (), queue (".ID1.tmp").c_str ()), 0);
  fault_shim_set_unnamed (FALSE);
  EXPECT_NE (take ("ID1"), "");
  EXPECT_EQ (read_file (folder + "/precious"), "precious");
}

/* ---- order ---- */

struct Order
{
  const char *name;
  Way way;
  Strings steps;
};

void
PrintTo (const Order &order, std::ostream *out)
{
  *out << order.name;
}

class OrderOfSteps : public CustodyFaults, public testing::WithParamInterface<Order>
{
protected:
  /* Calls that write or sync or name, each run of equal ones once. */
  static Strings
  read_trace ()
  {
    std::istringstream lines (fault_shim_stop_trace ());
    Strings steps;
    std::string line;

    while (std::getline (lines, line))
      if (line.find ("open") != 0 && line.find ("fchmod") != 0
          && (steps.empty () || steps.back () != line))
        steps.push_back (line);
    return steps;
  }

  static void
  on_taken (GObject *source, GAsyncResult *result, gpointer data)
  {
    fault_shim_note ("answer");
    Awaited::on_ready (source, result, data);
  }
};

TEST_P (OrderOfSteps, IsKept)
{
  const Way way = GetParam ().way;
  g_autoptr (RpCustody) custody = make_custody ("ID1", content);
  g_autoptr (GBytes) bytes = g_bytes_new (content.data (), content.size ());
  int fd = way == FILE_ ? make_unnamed_file (content) : -1;
  Awaited awaited;

  fault_shim_set_unnamed (way != TEMPORARY);
  fault_shim_start_trace ();
  rp_custody_store_take_async (store, custody, fd < 0 ? bytes : nullptr, fd, on_taken,
                               &awaited);
  EXPECT_EQ (finish_take (&awaited), "");
  EXPECT_EQ (read_trace (), GetParam ().steps);
  if (fd >= 0)
    ::close (fd);
}

const Order orders[] = {
  { "bytes",
    BYTES,
    { "write (unnamed)", "fsync (unnamed)", "linkat ID1.eml", "fsync queue",
      "pwrite roampost.db-wal", "fdatasync roampost.db-wal", "answer" } },
  { "file",
    FILE_,
    { "fsync (unnamed)", "linkat ID1.eml", "fsync queue", "pwrite roampost.db-wal",
      "fdatasync roampost.db-wal", "answer" } },
  { "temporary",
    TEMPORARY,
    { "write .ID1.tmp", "fsync .ID1.tmp", "rename ID1.eml", "fsync queue",
      "pwrite roampost.db-wal", "fdatasync roampost.db-wal", "answer" } },
};

INSTANTIATE_TEST_SUITE_P (Ways,
                          OrderOfSteps,
                          testing::ValuesIn (orders),
                          [] (const auto &row) { return row.param.name; });

TEST_F (OrderOfSteps, OfRemovingIsRecordBodyRecord)
{
  ASSERT_EQ (take ("ID1"), "");
  fault_shim_start_trace ();
  EXPECT_EQ (remove ("ID1"), "");
  EXPECT_EQ (read_trace (),
             (Strings{ "pwrite roampost.db-wal", "fdatasync roampost.db-wal",
                       "unlink ID1.eml", "fsync queue", "pwrite roampost.db-wal",
                       "fdatasync roampost.db-wal" }));
}

/* A queue whose own name is lost with the power would be lost with all in it. */
TEST_F (OrderOfSteps, NewFoldersAreSyncedByTheirParents)
{
  const std::string parent = folder;

  close ();
  folder += "/state/roampost";
  fault_shim_start_trace ();
  open ();
  const std::string trace = fault_shim_stop_trace ();
  close ();
  const auto last = trace.find ("fsync roampost in the main thread\n");
  for (const std::string &name :
       { std::filesystem::path (parent).filename ().string (), std::string ("state") })
    EXPECT_LT (trace.find ("fsync " + name + " in the main thread\n"), last) << trace;
  EXPECT_NE (last, std::string::npos) << trace;
  folder = parent;
  open ();
}

/* ---- removing with faults ---- */

TEST_F (CustodyFaults, RemovingFailsAtEveryCallAndIsFinishedLater)
{
  bool is_untouched = false;

  for (guint nth = 1; !is_untouched; nth++)
    {
      const std::string id = next_id ();

      ASSERT_EQ (take (id), "");
      fault_shim_fail ("any", nth, 1, EIO);
      std::string failure = remove (id);
      is_untouched = fault_shim_get_n_failed () == 0;
      fault_shim_clear ();

      /* Either it is still in custody, whole, or it is gone for good. */
      Messages messages = restart ();
      EXPECT_EQ (messages.set_aside, Strings{}) << nth;
      if (failure.empty ())
        {
          EXPECT_EQ (messages.ids (), Strings{}) << nth;
          EXPECT_EQ (names (), std::set<std::string>{}) << nth;
        }
      else
        {
          EXPECT_EQ (messages.ids (), Strings{ id }) << nth << failure;
          EXPECT_EQ (messages[0]->damage, nullptr) << nth;
          EXPECT_EQ (remove (id), "") << nth;
        }
      ASSERT_LT (nth, 100u);
    }
}

/* ---- kill at every call ---- */

class Kill : public CustodyFaults
{
protected:
  /* What the victim told before it died; *is_killed: it did. */
  Strings
  run_victim (const char *work, guint nth, bool *is_killed)
  {
    const std::string number = std::to_string (nth);
    const char *const arguments[] = { RP_CUSTODY_VICTIM, work, folder.c_str (),
                                      number.c_str (), nullptr };
    g_autoptr (GError) error = nullptr;
    g_autofree char *told = nullptr;
    int status = 0;
    Strings lines;
    std::string line;

    EXPECT_TRUE (g_spawn_sync (nullptr, (char **) arguments, nullptr, G_SPAWN_DEFAULT,
                               nullptr, nullptr, &told, nullptr, &status, &error))
        << error->message;
    *is_killed = WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
    EXPECT_TRUE (*is_killed || (WIFEXITED (status) && WEXITSTATUS (status) == 0))
        << status;
    std::istringstream text (told != nullptr ? told : "");
    while (std::getline (text, line))
      lines.push_back (line);
    return lines;
  }
};

TEST_F (Kill, WhileTaking)
{
  bool is_killed = true;

  close ();
  for (guint nth = 1; is_killed; nth++)
    {
      Strings told = run_victim ("take", nth, &is_killed);
      Messages messages = restart ();
      Strings ids = messages.ids ();

      for (const std::string &id : told)
        EXPECT_EQ (std::count (ids.begin (), ids.end (), id), 1) << nth << ": " << id;
      EXPECT_LE (ids.size (), told.size () + 1) << nth;
      EXPECT_LE (messages.set_aside.size (), 1u) << nth;
      for (guint i = 0; i < messages.all->len; i++)
        EXPECT_EQ (messages[i]->damage, nullptr) << nth << ": " << ids[i];
      for (const std::string &id : ids)
        EXPECT_EQ (remove (id), "");
      EXPECT_EQ (names (), std::set<std::string>{}) << nth;
      close ();
      ASSERT_LT (nth, 200u);
      EXPECT_TRUE (is_killed || nth > 20) << "three messages are more calls than that";
    }
  open ();
}

TEST_F (Kill, WhileRemoving)
{
  bool is_killed = true;

  close ();
  for (guint nth = 1; is_killed; nth++)
    {
      Strings told = run_victim ("remove", nth, &is_killed);
      Messages messages = restart ();

      EXPECT_LE (messages.all->len + told.size (), 3u) << nth;
      EXPECT_GE (messages.all->len + told.size (), 2u) << nth;
      EXPECT_EQ (messages.set_aside, Strings{}) << nth;
      for (guint i = 0; i < messages.all->len; i++)
        {
          EXPECT_EQ (messages[i]->damage, nullptr) << nth;
          EXPECT_EQ (std::count (told.begin (), told.end (), messages[i]->id), 0)
              << nth << ": removed, and there again";
          EXPECT_EQ (remove (messages[i]->id), "");
        }
      EXPECT_EQ (names (), std::set<std::string>{}) << nth;
      close ();
      ASSERT_LT (nth, 200u);
    }
  open ();
}

} /* namespace */
