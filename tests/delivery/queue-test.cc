/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue alone, over a real store whose disk fails when a test says so. */
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "../store/fault-shim.h"
#include "config-from-text.h"
#include "delivery/rp-queue.h"
#include "run-until.h"
#include "store/rp-custody-store.h"

namespace
{

using Strings = std::vector<std::string>;

const char letter[] = "Subject: hello\r\n\r\nbody\r\n";

class QueueTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    g_autofree char *path = g_dir_make_tmp ("roampost-queue-XXXXXX", nullptr);

    folder = path;
    config = config_from_text ("[agent]\n");
    Open ();
  }

  void
  TearDown () override
  {
    fault_shim_clear ();
    Close ();
    fault_shim_watch (nullptr);
    rp_config_unref (config);
    std::filesystem::remove_all (folder);
  }

  void
  Open ()
  {
    g_autoptr (GError) error = nullptr;

    store = rp_store_open (folder.c_str (), &error);
    ASSERT_NE (store, nullptr) << error->message;
    fault_shim_watch (folder.c_str ());
    self = rp_queue_new (store, nullptr, &error);
    ASSERT_NE (self, nullptr) << error->message;
    rp_queue_set_config (self, config);
    g_signal_connect (self, "due", G_CALLBACK (OnDue), this);
    g_signal_connect (self, "settled", G_CALLBACK (OnSettled), this);
    g_signal_connect (self, "step", G_CALLBACK (OnStep), this);
    g_signal_connect (self, "changed", G_CALLBACK (OnChanged), this);
  }

  void
  Close ()
  {
    g_signal_handlers_disconnect_by_data (self, this);
    g_clear_object (&self);
    rp_store_close (store);
    g_clear_object (&store);
  }

  void
  Restart ()
  {
    Close ();
    Open ();
  }

  static void
  OnDue (RpQueue *, const RpCustody *custody, QueueTest *test)
  {
    test->due.push_back (custody->id);
  }

  static void
  OnSettled (RpQueue *, const char *id, const char *outcome, QueueTest *test)
  {
    test->settled.push_back (std::string (id) + " " + outcome);
    if (test->on_settled)
      test->on_settled (id);
  }

  static void
  OnStep (RpQueue *, const RpStep *step, QueueTest *test)
  {
    test->steps.push_back (std::string (step->recipient) + " "
                           + rp_step_kind_to_nick (step->kind));
  }

  static void
  OnChanged (RpQueue *, QueueTest *test)
  {
    test->n_changed++;
  }

  /* One call whose end is waited for. */
  struct Call
  {
    bool has_ended = false;
    std::string error = {};
    int code = -1;
  };

  static void
  End (Call *call, const GError *error)
  {
    call->has_ended = true;
    if (error == nullptr)
      return;
    call->error = error->message;
    call->code = error->domain == RP_QUEUE_ERROR ? error->code : -1;
  }

  static void
  OnTaken (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    g_autoptr (GError) error = nullptr;

    rp_queue_take_finish (RP_QUEUE (source), result, &error);
    End (static_cast<Call *> (user_data), error);
  }

  static void
  OnRecorded (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    g_autoptr (GError) error = nullptr;

    rp_queue_record_finish (RP_QUEUE (source), result, &error);
    End (static_cast<Call *> (user_data), error);
  }

  static void
  OnDropped (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    g_autoptr (GError) error = nullptr;

    rp_queue_drop_finish (RP_QUEUE (source), result, &error);
    End (static_cast<Call *> (user_data), error);
  }

  static void
  WaitFor (const Call &call)
  {
    EXPECT_TRUE (run_until ([&] { return call.has_ended; }));
  }

  void
  StartTake (Call *call,
             const char *id,
             const std::string &octets = letter,
             gboolean is_under_way = FALSE,
             gint64 age_s = 0)
  {
    g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");
    RpContentFacts facts = { octets.size (), FALSE, FALSE, nullptr };
    g_autoptr (RpContent) content = rp_content_new (nullptr);

    for (const char *address : { "amy@adatum.com", "bob@adatum.com" })
      rp_envelope_add_recipient (envelope, address);
    rp_content_append (content, reinterpret_cast<const guint8 *> (octets.data ()),
                       octets.size (), nullptr);
    RpCustody *custody = rp_custody_new (id, envelope, &facts);
    custody->received_at_s = received_at_s;
    custody->age_s = age_s;
    rp_queue_take_async (self, custody, content, is_under_way, OnTaken, call);
  }

  std::string
  Take (const char *id, const std::string &octets = letter)
  {
    Call call;

    StartTake (&call, id, octets);
    WaitFor (call);
    return call.error;
  }

  /* Both recipients. */
  std::string
  Record (const char *id, RpCustodyState first, RpCustodyState second)
  {
    g_autoptr (GPtrArray) changes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
    g_autoptr (RpCustodyRecipient) amy = rp_custody_recipient_new (first);
    g_autoptr (RpCustodyRecipient) bob = rp_custody_recipient_new (second);
    Call call;

    g_ptr_array_add (changes, rp_custody_change_new (0, amy));
    g_ptr_array_add (changes, rp_custody_change_new (1, bob));
    rp_queue_record_async (self, id, changes, OnRecorded, &call);
    WaitFor (call);
    return call.error;
  }

  Call
  Drop (const char *id)
  {
    Call call;

    rp_queue_drop_async (self, id, OnDropped, &call);
    WaitFor (call);
    return call;
  }

  bool
  WaitForDues (size_t n)
  {
    return run_until ([&] { return due.size () >= n; });
  }

  /* All that is due by itself has had its turn. */
  static void
  Turn ()
  {
    for (guint i = 0; i < 100; i++)
      g_main_context_iteration (nullptr, FALSE);
  }

  std::string
  GetState (const char *id)
  {
    const RpCustody *custody = rp_queue_peek (self, id);

    return custody != nullptr ? rp_custody_get_state (custody) : "gone";
  }

  Strings
  GetIds ()
  {
    const GPtrArray *messages = rp_queue_get_messages (self);
    Strings ids;

    for (guint i = 0; i < messages->len; i++)
      ids.push_back (
          static_cast<const RpCustody *> (g_ptr_array_index (messages, i))->id);
    return ids;
  }

  std::string
  GetBody (const char *id)
  {
    return folder + "/queue/" + id + ".eml";
  }

  static std::string
  ReadFile (const std::string &path)
  {
    std::ostringstream text;

    text << std::ifstream (path, std::ios::binary).rdbuf ();
    return text.str ();
  }

  std::string folder;
  RpConfig *config = nullptr;
  RpStore *store = nullptr;
  gint64 received_at_s = g_get_real_time () / G_USEC_PER_SEC;
  RpQueue *self = nullptr;
  Strings due, settled, steps;
  guint n_changed = 0;
  std::function<void (const char *)> on_settled;
};

/* --- taking --- */

TEST_F (QueueTest, TakenIsOnDiskWhenThatIsTold)
{
  EXPECT_EQ (Take ("AAAA"), "");
  EXPECT_EQ (ReadFile (GetBody ("AAAA")), letter);
  EXPECT_EQ (settled, Strings{ "AAAA queued" });
  Restart ();
  EXPECT_EQ (GetIds (), Strings{ "AAAA" });
}

TEST_F (QueueTest, RefusedByTheDiskNothingIsKeptAndTheNextIsTaken)
{
  for (const char *kind : { "write", "fsync", "linkat" })
    {
      fault_shim_fail (kind, 1, 1, ENOSPC);
      EXPECT_NE (Take ("AAAA"), "") << kind;
      EXPECT_EQ (GetIds (), Strings{}) << kind;
      EXPECT_FALSE (std::filesystem::exists (GetBody ("AAAA"))) << kind;
    }
  EXPECT_EQ (settled, Strings{});
  EXPECT_EQ (Take ("AAAA"), "");
}

TEST_F (QueueTest, TakenUnderANameThatIsThereTheFirstOneStays)
{
  Take ("AAAA");
  EXPECT_NE (Take ("AAAA", "Subject: another\r\n\r\n"), "");
  EXPECT_EQ (ReadFile (GetBody ("AAAA")), letter);
  EXPECT_EQ (GetIds (), Strings{ "AAAA" });
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

TEST_F (QueueTest, QueueMayGoWhileTheDiskIsAtIt)
{
  Call call;

  StartTake (&call, "AAAA");
  g_signal_handlers_disconnect_by_data (self, this);
  g_clear_object (&self);
  WaitFor (call);
  EXPECT_EQ (call.error, "");
  rp_store_close (store);
  g_clear_object (&store);
  Open ();
  EXPECT_EQ (GetIds (), Strings{ "AAAA" });
}

/* --- attempts --- */

TEST_F (QueueTest, DueInTheOrderOfAcceptance)
{
  for (const char *id : { "ZZZZ", "AAAA", "MMMM" })
    Take (id);
  Restart ();
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (3));
  EXPECT_EQ (due, (Strings{ "ZZZZ", "AAAA", "MMMM" }));
}

TEST_F (QueueTest, NothingIsDueBeforeTheStartNorAfterTheStop)
{
  Take ("AAAA");
  rp_queue_flush (self);
  Turn ();
  EXPECT_EQ (due, Strings{});
  rp_queue_start (self);
  rp_queue_stop (self);
  rp_queue_flush (self);
  Turn ();
  EXPECT_EQ (due, Strings{});
}

TEST_F (QueueTest, WhatIsUnderWayWhenTakenIsNotDue)
{
  Call call;

  rp_queue_start (self);
  StartTake (&call, "AAAA", letter, TRUE);
  WaitFor (call);
  rp_queue_flush (self);
  Turn ();
  EXPECT_TRUE (rp_queue_is_under_way (self, "AAAA"));
  EXPECT_EQ (due, Strings{});
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_TRUE (WaitForDues (1)) << "it was flushed meanwhile";
}

TEST_F (QueueTest, EndedWithoutSuccessItIsDueLater)
{
  Take ("AAAA");
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  Turn ();
  EXPECT_EQ (due.size (), 1u);
  EXPECT_EQ (rp_queue_peek (self, "AAAA")->n_attempts, 1u);
  EXPECT_GT (rp_queue_get_next_attempt_s (self, "AAAA"),
             g_get_real_time () / G_USEC_PER_SEC);
}

TEST_F (QueueTest, WhatEverybodyHasIsGone)
{
  Take ("AAAA");
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  EXPECT_EQ (Record ("AAAA", RP_CUSTODY_SENT, RP_CUSTODY_SENT), "");
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (settled.back (), "AAAA sent");
  EXPECT_EQ (GetIds (), Strings{});
  Restart ();
  EXPECT_EQ (GetIds (), Strings{});
  EXPECT_FALSE (std::filesystem::exists (GetBody ("AAAA")));
}

TEST_F (QueueTest, WhatEverybodyHadBeforeACrashIsNotAttempted)
{
  Take ("AAAA");
  Record ("AAAA", RP_CUSTODY_SENT, RP_CUSTODY_SENT);
  Restart ();
  EXPECT_EQ (GetIds (), Strings{});
  rp_queue_start (self);
  Turn ();
  EXPECT_EQ (due, Strings{});
}

TEST_F (QueueTest, RecordedIsKnownAfterACrash)
{
  Take ("AAAA");
  Record ("AAAA", RP_CUSTODY_SENT, RP_CUSTODY_DOUBT);
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "doubt");
  EXPECT_EQ (rp_custody_get_recipient (rp_queue_peek (self, "AAAA"), 0)->state,
             RP_CUSTODY_SENT);
}

TEST_F (QueueTest, WhatTheDiskDidNotRecordIsTold)
{
  Take ("AAAA");
  fault_shim_fail ("any", 1, 1000, EIO);
  EXPECT_NE (Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_DOUBT), "");
  fault_shim_clear ();
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

TEST_F (QueueTest, DamagedIsNeverDueAndCanBeDropped)
{
  g_autoptr (GError) error = nullptr;

  Take ("AAAA");
  std::filesystem::resize_file (GetBody ("AAAA"), 3);
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "damaged");
  rp_queue_start (self);
  rp_queue_flush (self);
  EXPECT_FALSE (rp_queue_retry (self, "AAAA", &error));
  EXPECT_TRUE (g_error_matches (error, RP_QUEUE_ERROR, RP_QUEUE_ERROR_DAMAGED));
  Turn ();
  EXPECT_EQ (due, Strings{});
  EXPECT_EQ (Drop ("AAAA").error, "");
  EXPECT_EQ (GetIds (), Strings{});
}

/* --- its time is over --- */

TEST_F (QueueTest, GivenUpAfterAnAttemptNotBefore)
{
  Call call;

  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  EXPECT_EQ (GetState ("AAAA"), "waiting");
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "failed");
  EXPECT_EQ (steps, (Strings{ "amy@adatum.com refused", "bob@adatum.com refused" }));
  EXPECT_EQ (settled.back (), "AAAA failed");
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "failed");
}

TEST_F (QueueTest, OnlyWhoWaitsIsGivenUp)
{
  Call call;

  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_WAITING);
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (steps, Strings{ "bob@adatum.com refused" });
  EXPECT_EQ (GetState ("AAAA"), "doubt");
}

/* Else it would be sent once an hour for ever. */
TEST_F (QueueTest, DoubtThatIsTriedIsGivenUpToo)
{
  Call call;

  config->retries_doubt = TRUE;
  rp_queue_set_config (self, config);
  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_WAITING);
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "failed");
  EXPECT_EQ (rp_queue_get_next_attempt_s (self, "AAAA"), 0);
}

TEST_F (QueueTest, SentAgainByTheUserItHasItsWholeTime)
{
  Call call;

  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "failed");
  EXPECT_TRUE (rp_queue_retry (self, "AAAA", nullptr));
  EXPECT_TRUE (WaitForDues (2));
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

TEST_F (QueueTest, ItsWholeTimeIsItsOwnOverARestart)
{
  Call call;

  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  EXPECT_TRUE (rp_queue_retry (self, "AAAA", nullptr));
  Restart ();
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

/* The clock stood in 1970 when it came, or is wrong now: only what agents have lived
 * through counts. */
TEST_F (QueueTest, AWrongClockMakesNothingOld)
{
  received_at_s = 100;
  Take ("AAAA");
  Restart ();
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

TEST_F (QueueTest, ItsAgeGoesOnAfterARestart)
{
  Call call;

  StartTake (&call, "AAAA", letter, FALSE, 6 * 24 * 60 * 60);
  WaitFor (call);
  Restart ();
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetState ("AAAA"), "failed");
}

/* --- what people ask --- */

TEST_F (QueueTest, HeldIsNotDueUntilReleased)
{
  Take ("AAAA");
  rp_queue_hold_async (self, "AAAA", nullptr, nullptr);
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "held");
  rp_queue_start (self);
  rp_queue_flush (self);
  Turn ();
  EXPECT_EQ (due, Strings{});
  EXPECT_TRUE (rp_queue_release (self, "AAAA", nullptr));
  EXPECT_TRUE (WaitForDues (1));
}

/* Its user would find it sent after the next start, having been told "held back". */
TEST_F (QueueTest, WhatTheDiskDoesNotHoldIsToldAndCanBeAskedAgain)
{
  GQuark domain = 0;
  bool is_over = false;
  auto hold = [&] {
    struct Told
    {
      GQuark *domain;
      bool *is_over;
    } told = { &domain, &is_over };

    domain = 0;
    is_over = false;
    rp_queue_hold_async (
        self, "AAAA",
        [] (GObject *source, GAsyncResult *result, gpointer data) {
          const Told *of = static_cast<Told *> (data);
          g_autoptr (GError) error = nullptr;

          if (!rp_queue_hold_finish (RP_QUEUE (source), result, &error))
            *of->domain = error->domain;
          *of->is_over = true;
        },
        &told);
    EXPECT_TRUE (run_until ([&] { return is_over; }));
  };

  Take ("AAAA");
  fault_shim_fail ("any", 1, 1000, EIO);
  hold ();
  fault_shim_clear ();
  EXPECT_EQ (domain, RP_QUEUE_ERROR);
  EXPECT_EQ (GetState ("AAAA"), "held");
  hold ();
  EXPECT_EQ (domain, 0u);
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "held");
}

TEST_F (QueueTest, ReleaseTouchesNeitherDoubtNorFailed)
{
  Take ("AAAA");
  Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_FAILED);
  rp_queue_hold_async (self, "AAAA", nullptr, nullptr);
  rp_queue_start (self);
  rp_queue_release (self, "AAAA", nullptr);
  Turn ();
  EXPECT_EQ (due, Strings{});
  EXPECT_EQ (GetState ("AAAA"), "doubt");
}

TEST_F (QueueTest, SendAgainIsForDoubtFailedAndHeld)
{
  Take ("AAAA");
  Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_FAILED);
  rp_queue_hold_async (self, "AAAA", nullptr, nullptr);
  rp_queue_start (self);
  EXPECT_TRUE (rp_queue_retry (self, "AAAA", nullptr));
  EXPECT_TRUE (WaitForDues (1));
  EXPECT_EQ (rp_custody_count (rp_queue_peek (self, "AAAA"), RP_CUSTODY_WAITING), 2u);
  rp_queue_end_attempt (self, "AAAA");
  Restart ();
  EXPECT_EQ (GetState ("AAAA"), "waiting");
}

TEST_F (QueueTest, FlushCountsWhatIsDueNow)
{
  for (const char *id : { "WAITS", "PARTLY", "DOUBT", "FAILED", "HELD" })
    Take (id);
  Record ("PARTLY", RP_CUSTODY_DOUBT, RP_CUSTODY_WAITING);
  Record ("DOUBT", RP_CUSTODY_DOUBT, RP_CUSTODY_SENT);
  Record ("FAILED", RP_CUSTODY_FAILED, RP_CUSTODY_FAILED);
  rp_queue_hold_async (self, "HELD", nullptr, nullptr);
  EXPECT_EQ (rp_queue_flush (self), 2u);
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (2));
  Turn ();
  EXPECT_EQ (due, (Strings{ "WAITS", "PARTLY" }));
}

TEST_F (QueueTest, FoundByAnUnambiguousBeginning)
{
  const struct
  {
    const char *id;
    const char *found; /* null: error */
    RpQueueError error;
  } rows[] = { { "ABCD1234", "ABCD1234", RP_QUEUE_ERROR_NOT_FOUND },
               { "abcd1", "ABCD1234", RP_QUEUE_ERROR_NOT_FOUND },
               { "ABCE", "ABCE5678", RP_QUEUE_ERROR_NOT_FOUND },
               { "ABC", nullptr, RP_QUEUE_ERROR_AMBIGUOUS },
               { "", nullptr, RP_QUEUE_ERROR_NOT_FOUND },
               { "X", nullptr, RP_QUEUE_ERROR_NOT_FOUND },
               { "ABCD12345", nullptr, RP_QUEUE_ERROR_NOT_FOUND } };

  Take ("ABCD1234");
  Take ("ABCE5678");
  for (const auto &row : rows)
    {
      g_autoptr (GError) error = nullptr;
      const RpCustody *found = rp_queue_find (self, row.id, &error);

      if (row.found != nullptr)
        EXPECT_STREQ (found != nullptr ? found->id : "none", row.found) << row.id;
      else
        EXPECT_TRUE (g_error_matches (error, RP_QUEUE_ERROR, row.error)) << row.id;
    }
}

TEST_F (QueueTest, DroppedIsGoneFromTheDisk)
{
  Take ("AAAA");
  EXPECT_EQ (Drop ("AAAA").error, "");
  EXPECT_EQ (settled.back (), "AAAA dropped");
  EXPECT_EQ (GetIds (), Strings{});
  Restart ();
  EXPECT_EQ (GetIds (), Strings{});
  EXPECT_EQ (Drop ("AAAA").code, RP_QUEUE_ERROR_NOT_FOUND);
}

/* Its user does not want it sent: it must not leave by itself later. */
TEST_F (QueueTest, WhatTheDiskDoesNotDropIsHeld)
{
  Take ("AAAA");
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  rp_queue_end_attempt (self, "AAAA");
  fault_shim_fail ("any", 1, 1000, EIO);
  EXPECT_EQ (Drop ("AAAA").code, RP_QUEUE_ERROR_FAILED);
  fault_shim_clear ();
  EXPECT_EQ (GetState ("AAAA"), "held");
  EXPECT_EQ (settled.back (), "AAAA queued");
  EXPECT_EQ (Drop ("AAAA").error, "") << "asked again";
}

TEST_F (QueueTest, PastItsEndOfDataItIsNotDropped)
{
  Take ("AAAA");
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  Record ("AAAA", RP_CUSTODY_DOUBT, RP_CUSTODY_SENT);
  EXPECT_EQ (Drop ("AAAA").code, RP_QUEUE_ERROR_UNDER_WAY);
  EXPECT_EQ (GetIds (), Strings{ "AAAA" });
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (Drop ("AAAA").error, "");
}

/* Who is told of an attempt's end may ask for anything at once. */
TEST_F (QueueTest, DroppedWhileItsEndIsTold)
{
  Take ("AAAA");
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  on_settled = [&] (const char *id) {
    on_settled = nullptr;
    rp_queue_drop_async (self, id, nullptr, nullptr);
  };
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_EQ (GetIds (), Strings{});
  EXPECT_TRUE (run_until ([&] { return settled.back () == "AAAA dropped"; }));
}

TEST_F (QueueTest, ProgressIsThatOfTheRunningUpload)
{
  guint64 n_sent = 0, n_bytes = 0;

  Take ("AAAA");
  EXPECT_FALSE (rp_queue_get_progress (self, "AAAA", &n_sent, &n_bytes));
  rp_queue_start (self);
  EXPECT_TRUE (WaitForDues (1));
  n_changed = 0;
  for (guint i = 1; i <= 20; i++)
    rp_queue_note_progress (self, "AAAA", i);
  EXPECT_TRUE (rp_queue_get_progress (self, "AAAA", &n_sent, &n_bytes));
  EXPECT_EQ (n_sent, 20u);
  EXPECT_EQ (n_bytes, strlen (letter));
  EXPECT_LE (n_changed, 2u) << "once a second";
  rp_queue_note_progress (self, "BBBB", 1); /* not ours: no trouble */
  rp_queue_end_attempt (self, "AAAA");
  EXPECT_FALSE (rp_queue_get_progress (self, "AAAA", &n_sent, &n_bytes));
}

TEST_F (QueueTest, WithoutALinkNoNextAttemptIsPromised)
{
  Take ("AAAA");
  rp_queue_start (self);
  rp_queue_set_connectivity (self, RP_CONNECTIVITY_PORTAL);
  Turn ();
  EXPECT_EQ (due, Strings{});
  EXPECT_EQ (rp_queue_get_next_attempt_s (self, "AAAA"), 0);
  rp_queue_set_connectivity (self, RP_CONNECTIVITY_FULL);
  EXPECT_TRUE (WaitForDues (1));
}

} // namespace
