/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-memory.h"

#include <gtest/gtest.h>

namespace
{

constexpr gint64 kNow = 1764000000;

struct Case
{
  const char *name;
  gint64 learned_at_s;
  RpLessonKind kind;
  const char *place;
  const char *subject;
  bool is_known;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

class Memory : public testing::TestWithParam<Case>
{
};

/* Learned: hotel, endpoint unreachable, at the row's time. Asked: the row's question.
 */
TEST_P (Memory, Knows)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();
  const Case &row = GetParam ();

  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_UNREACHABLE, "network=hotel",
                                          "smtps://a.example:465", row.learned_at_s));
  EXPECT_EQ (rp_memory_knows (memory, row.kind, row.place, row.subject, kNow),
             row.is_known);

  g_autoptr (GPtrArray) list = rp_memory_list_place (memory, row.place, kNow);
  bool is_of_this_place = g_str_equal (row.place, "network=hotel");
  bool is_fresh = kNow - row.learned_at_s < RP_MEMORY_KEPT_S
                  && row.learned_at_s - kNow < RP_MEMORY_KEPT_S;
  EXPECT_EQ (list->len, is_of_this_place && is_fresh ? 1u : 0u);
}

const Case kCases[] = {
  { "JustLearned", kNow, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtps://a.example:465", true },
  { "LastSecond", kNow - RP_MEMORY_KEPT_S + 1, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtps://a.example:465", true },
  { "Forgotten", kNow - RP_MEMORY_KEPT_S, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtps://a.example:465", false },
  { "ClockSetBackALittle", kNow + 60, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtps://a.example:465", true },
  { "ClockSetBackFar", kNow + RP_MEMORY_KEPT_S, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtps://a.example:465", false },
  { "OtherKind", kNow, RP_LESSON_RELAY_DENIED, "network=hotel", "smtps://a.example:465",
    false },
  { "OtherPlace", kNow, RP_LESSON_UNREACHABLE, "network=home", "smtps://a.example:465",
    false },
  { "OtherSubject", kNow, RP_LESSON_UNREACHABLE, "network=hotel",
    "smtp://a.example:587", false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Memory,
                          testing::ValuesIn (kCases),
                          [] (const auto &row) { return row.param.name; });

TEST (MemoryChange, LearningAgainRenews)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();

  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "s",
                                          kNow - RP_MEMORY_KEPT_S));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  EXPECT_TRUE (rp_memory_knows (memory, RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  g_autoptr (GPtrArray) list = rp_memory_list_place (memory, "p", kNow);
  EXPECT_EQ (list->len, 1u);
}

TEST (MemoryChange, UnlearnsOneLessonOnce)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();

  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "t", kNow));
  EXPECT_TRUE (rp_memory_unlearn (memory, RP_LESSON_RELAY_DENIED, "p", "s"));
  EXPECT_FALSE (rp_memory_unlearn (memory, RP_LESSON_RELAY_DENIED, "p", "s"));
  EXPECT_FALSE (rp_memory_knows (memory, RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  EXPECT_TRUE (rp_memory_knows (memory, RP_LESSON_RELAY_DENIED, "p", "t", kNow));
}

TEST (MemoryChange, ForgetsOnePlaceWhole)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();

  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_UNREACHABLE, "p", "s", kNow));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_UNREACHABLE, "q", "s", kNow));
  rp_memory_forget_place (memory, "p");
  EXPECT_FALSE (rp_memory_knows (memory, RP_LESSON_RELAY_DENIED, "p", "s", kNow));
  EXPECT_FALSE (rp_memory_knows (memory, RP_LESSON_UNREACHABLE, "p", "s", kNow));
  EXPECT_TRUE (rp_memory_knows (memory, RP_LESSON_UNREACHABLE, "q", "s", kNow));
}

/* An SSID is anybody's text: a place and a subject must not run into each other. */
TEST (MemoryChange, KeepsPlaceAndSubjectApart)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();

  rp_memory_learn (memory,
                   rp_lesson_new (RP_LESSON_UNREACHABLE, "ssid=a b", "c", kNow));
  EXPECT_FALSE (rp_memory_knows (memory, RP_LESSON_UNREACHABLE, "ssid=a", "b c", kNow));
}

TEST (MemoryChange, ListsSorted)
{
  g_autoptr (RpMemory) memory = rp_memory_new ();
  std::string text;

  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_RELAY_DENIED, "p", "a", kNow));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_UNREACHABLE, "p", "z", kNow));
  rp_memory_learn (memory, rp_lesson_new (RP_LESSON_UNREACHABLE, "p", "b", kNow));
  g_autoptr (GPtrArray) list = rp_memory_list_place (memory, "p", kNow);
  for (guint i = 0; i < list->len; i++)
    {
      auto lesson = static_cast<RpLesson *> (g_ptr_array_index (list, i));
      text += std::string (rp_lesson_kind_to_nick (lesson->kind)) + " "
              + lesson->subject + "\n";
    }
  EXPECT_EQ (text, "unreachable b\nunreachable z\nrelay-denied a\n");
}

TEST (LessonNick, ReadsBackEachKind)
{
  for (RpLessonKind kind : { RP_LESSON_UNREACHABLE, RP_LESSON_RELAY_DENIED })
    {
      RpLessonKind read;

      ASSERT_TRUE (rp_lesson_kind_from_nick (rp_lesson_kind_to_nick (kind), &read));
      EXPECT_EQ (read, kind);
    }

  RpLessonKind untouched = RP_LESSON_RELAY_DENIED;
  EXPECT_FALSE (rp_lesson_kind_from_nick ("nonsense", &untouched));
  EXPECT_EQ (untouched, RP_LESSON_RELAY_DENIED);
}

} // namespace
