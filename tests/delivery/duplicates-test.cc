/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "delivery/rp-duplicates.h"

namespace
{

const char digest[] = "0123456789abcdef";

class DuplicatesTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    g_autofree char *path = g_dir_make_tmp ("roampost-duplicates-XXXXXX", nullptr);

    folder = path;
    now_s = g_get_real_time () / G_USEC_PER_SEC;
    Open ();
  }

  void
  TearDown () override
  {
    Close ();
    std::filesystem::remove_all (folder);
  }

  void
  Open ()
  {
    g_autoptr (GError) error = nullptr;

    store = rp_store_open (folder.c_str (), &error);
    ASSERT_NE (store, nullptr) << error->message;
    self = rp_duplicates_new (store, &error);
    ASSERT_NE (self, nullptr) << error->message;
  }

  void
  Close ()
  {
    g_clear_pointer (&self, rp_duplicates_free);
    rp_store_close (store);
    g_clear_object (&store);
  }

  void
  Restart ()
  {
    Close ();
    Open ();
  }

  /* "unheard FIRST", or empty. */
  std::string
  Find (gint64 at_s)
  {
    const RpGuardRow *row = rp_duplicates_find (self, digest, at_s);

    if (row == nullptr)
      return "";
    return std::string (rp_guard_kind_to_nick (row->kind)) + " " + row->message_id;
  }

  std::string
  Find ()
  {
    return Find (now_s);
  }

  std::string folder;
  gint64 now_s = 0;
  RpStore *store = nullptr;
  RpDuplicates *self = nullptr;
};

TEST_F (DuplicatesTest, NothingIsFoundThatWasNotNoted)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, "another", "FIRST", now_s);
  EXPECT_EQ (Find (), "");
}

TEST_F (DuplicatesTest, NotedIsFoundOverRestarts)
{
  for (RpGuardKind kind : { RP_GUARD_UNHEARD, RP_GUARD_AMBIGUOUS })
    {
      const std::string expected =
          std::string (rp_guard_kind_to_nick (kind)) + " FIRST";

      rp_duplicates_note (self, kind, digest, "FIRST", now_s);
      EXPECT_EQ (Find (), expected);
      Restart ();
      EXPECT_EQ (Find (), expected);
    }
}

TEST_F (DuplicatesTest, RecalledIsFoundUntilTheEndOfTheProcess)
{
  rp_duplicates_recall (self, RP_GUARD_UNHEARD, digest, "FIRST", now_s);
  EXPECT_EQ (Find (), "unheard FIRST");
  Restart ();
  EXPECT_EQ (Find (), "");
}

TEST_F (DuplicatesTest, ForgottenIsGoneFromTheDiskToo)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST", now_s);
  rp_duplicates_forget (self, digest, "FIRST");
  EXPECT_EQ (Find (), "");
  Restart ();
  EXPECT_EQ (Find (), "");
}

TEST_F (DuplicatesTest, AnotherMessageOfThatDigestIsNotForgotten)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST", now_s);
  rp_duplicates_forget (self, digest, "SECOND");
  EXPECT_EQ (Find (), "unheard FIRST");
}

TEST_F (DuplicatesTest, NothingToForgetIsNoTrouble)
{
  rp_duplicates_forget (self, digest, "FIRST");
  EXPECT_EQ (Find (), "");
}

/* Both within one second, and the names in the wrong order. */
TEST_F (DuplicatesTest, LastNotedCountsOverRestarts)
{
  rp_duplicates_note (self, RP_GUARD_AMBIGUOUS, digest, "ZZZZ", now_s);
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "AAAA", now_s);
  EXPECT_EQ (Find (), "unheard AAAA");
  Restart ();
  EXPECT_EQ (Find (), "unheard AAAA");
}

TEST_F (DuplicatesTest, CountsForADayAndNoLonger)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST", now_s);
  EXPECT_EQ (Find (now_s + RP_GUARD_KEPT_S), "unheard FIRST");
  EXPECT_EQ (Find (now_s + RP_GUARD_KEPT_S + 1), "");
  EXPECT_EQ (Find (now_s), "") << "looked at too late, it is gone for good";
}

TEST_F (DuplicatesTest, OlderThanADayIsNotLoaded)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST",
                      now_s - RP_GUARD_KEPT_S - 60);
  Restart ();
  EXPECT_EQ (Find (now_s - RP_GUARD_KEPT_S - 60), "");
}

/* The clock was put back: what was noted lies ahead of now. */
TEST_F (DuplicatesTest, ClockPutBackForgetsNothing)
{
  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST", now_s);
  EXPECT_EQ (Find (now_s - 3600), "unheard FIRST");
}

TEST (DuplicatesWithoutStoreTest, RememberUntilTheEnd)
{
  g_autoptr (RpDuplicates) self = rp_duplicates_new (nullptr, nullptr);

  rp_duplicates_note (self, RP_GUARD_UNHEARD, digest, "FIRST", 1000);
  EXPECT_NE (rp_duplicates_find (self, digest, 1000), nullptr);
  rp_duplicates_forget (self, digest, "FIRST");
  EXPECT_EQ (rp_duplicates_find (self, digest, 1000), nullptr);
}

} // namespace
