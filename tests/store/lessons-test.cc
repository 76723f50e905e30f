/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-lessons.h"

#include "state-folder.h"

namespace
{

const char submission[] = "smtp://smtp.proseware.com:587";
const gint64 now_s = 1795500000;

class Lessons : public StateFolder
{
protected:
  void
  SetUp () override
  {
    StateFolder::SetUp ();
    open ();
  }

  void
  keep (RpLessonKind kind, const char *place, const char *subject, gint64 at_s = now_s)
  {
    g_autoptr (RpLesson) lesson = rp_lesson_new (kind, place, subject, at_s);

    rp_lessons_keep (store, lesson);
  }

  void
  drop (RpLessonKind kind, const char *place, const char *subject)
  {
    g_autoptr (RpLesson) lesson = rp_lesson_new (kind, place, subject, 0);

    rp_lessons_drop (store, lesson);
  }

  bool
  knows (RpLessonKind kind, const char *place, const char *subject, gint64 at_s = now_s)
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (RpMemory) memory = rp_lessons_load (store, &error);

    EXPECT_NE (memory, nullptr);
    return memory != nullptr && rp_memory_knows (memory, kind, place, subject, at_s);
  }

  void
  restart ()
  {
    close ();
    open ();
  }
};

TEST_F (Lessons, are_kept_over_a_restart)
{
  keep (RP_LESSON_UNREACHABLE, "hotel", submission);
  restart ();
  EXPECT_TRUE (knows (RP_LESSON_UNREACHABLE, "hotel", submission));
  EXPECT_FALSE (knows (RP_LESSON_RELAY_DENIED, "hotel", submission));
  EXPECT_FALSE (knows (RP_LESSON_UNREACHABLE, "home", submission));
  EXPECT_FALSE (knows (RP_LESSON_UNREACHABLE, "hotel", "smtp://other.example:587"));
}

TEST_F (Lessons, learned_again_count_from_then)
{
  keep (RP_LESSON_UNREACHABLE, "hotel", submission, now_s - RP_MEMORY_KEPT_S + 10);
  keep (RP_LESSON_UNREACHABLE, "hotel", submission, now_s);
  EXPECT_TRUE (knows (RP_LESSON_UNREACHABLE, "hotel", submission,
                      now_s + RP_MEMORY_KEPT_S - 10));
}

TEST_F (Lessons, one_is_dropped_alone)
{
  keep (RP_LESSON_UNREACHABLE, "hotel", submission);
  keep (RP_LESSON_RELAY_DENIED, "hotel", submission);
  drop (RP_LESSON_UNREACHABLE, "hotel", submission);
  restart ();
  EXPECT_FALSE (knows (RP_LESSON_UNREACHABLE, "hotel", submission));
  EXPECT_TRUE (knows (RP_LESSON_RELAY_DENIED, "hotel", submission));
}

TEST_F (Lessons, a_place_is_dropped_whole)
{
  keep (RP_LESSON_UNREACHABLE, "hotel", submission);
  keep (RP_LESSON_RELAY_DENIED, "hotel", "proseware");
  keep (RP_LESSON_RELAY_DENIED, "work", "proseware");
  rp_lessons_drop_place (store, "hotel");
  restart ();
  EXPECT_FALSE (knows (RP_LESSON_UNREACHABLE, "hotel", submission));
  EXPECT_FALSE (knows (RP_LESSON_RELAY_DENIED, "hotel", "proseware"));
  EXPECT_TRUE (knows (RP_LESSON_RELAY_DENIED, "work", "proseware"));
}

TEST_F (Lessons, what_no_longer_counts_leaves_the_disk)
{
  gint64 long_ago_s = now_s - RP_MEMORY_KEPT_S - 1;

  keep (RP_LESSON_UNREACHABLE, "hotel", submission, long_ago_s);
  EXPECT_TRUE (knows (RP_LESSON_UNREACHABLE, "hotel", submission, long_ago_s));
  keep (RP_LESSON_RELAY_DENIED, "work", "proseware", now_s);
  EXPECT_FALSE (knows (RP_LESSON_UNREACHABLE, "hotel", submission, long_ago_s));
  EXPECT_TRUE (knows (RP_LESSON_RELAY_DENIED, "work", "proseware"));
}

TEST_F (Lessons, cannot_be_loaded_from_a_closed_store)
{
  g_autoptr (GError) error = nullptr;

  rp_store_close (store);
  EXPECT_EQ (rp_lessons_load (store, &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED));
}

} /* namespace */
