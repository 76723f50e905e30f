/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each row is a script. Its clock stands until "@" sets it; chance is in the middle, so
 * that the back-off is a minute, two, four.
 *
 *   @MS               it is then
 *   add ID [TAKEN]    the message was taken (now)
 *   many N            as many messages, m1 to mN
 *   go ID...          exactly these are begun, in this order
 *   go-count N        so many are begun
 *   begin ID, end ID [expired], remove ID, wake [ID], lifetime MS
 *   hold ID, release ID, nobody ID, somebody ID
 *   place NICK        the connectivity
 *   next MS           the schedule wants to be asked then; "next never"
 *   due ID MS, attempts ID N, flies ID, rests ID
 */
#include "core/rp-schedule.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <sstream>
#include <string>

namespace
{

struct Row
{
  const char *name;
  const char *script;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class Player
{
public:
  void
  play (const std::string &script)
  {
    std::istringstream lines (script);
    std::string line;

    while (std::getline (lines, line))
      {
        SCOPED_TRACE (line);
        std::istringstream words (line);
        std::string verb;

        if (words >> verb && !tell (verb, words) && !ask (verb, words))
          ADD_FAILURE () << "no such verb";
      }
  }

  ~Player ()
  {
    rp_schedule_free (schedule_);
  }

private:
  bool
  tell (const std::string &verb, std::istringstream &words)
  {
    std::string id;

    if (verb[0] == '@')
      now_ms_ = std::stoll (verb.substr (1));
    else if (verb == "many")
      add_many (words);
    else if (verb == "lifetime")
      rp_schedule_set_lifetime_ms (schedule_, read (words));
    else if (verb == "wake" && !(words >> id))
      rp_schedule_wake_all (schedule_, now_ms_);
    else if (verb == "place")
      rp_schedule_set_connectivity (schedule_,
                                    rp_connectivity_from_nick (word (words).c_str ()));
    else if (verb == "wake")
      rp_schedule_wake (schedule_, id.c_str (), now_ms_);
    else
      return tell_of_one (verb, words);
    return true;
  }

  bool
  tell_of_one (const std::string &verb, std::istringstream &words)
  {
    const std::istringstream::pos_type start = words.tellg ();
    const std::string id = word (words);

    if (verb == "add")
      rp_schedule_add (schedule_, id.c_str (), read (words, now_ms_));
    else if (verb == "begin")
      rp_schedule_begin (schedule_, id.c_str (), now_ms_);
    else if (verb == "remove")
      rp_schedule_remove (schedule_, id.c_str ());
    else if (verb == "hold" || verb == "release")
      rp_schedule_set_held (schedule_, id.c_str (), verb == "hold");
    else if (verb == "nobody" || verb == "somebody")
      rp_schedule_set_waiting (schedule_, id.c_str (), verb == "somebody");
    else
      {
        words.clear ();
        words.seekg (start);
        return false;
      }
    return true;
  }

  bool
  ask (const std::string &verb, std::istringstream &words)
  {
    if (verb == "go")
      EXPECT_EQ (begin_all (), rest (words));
    else if (verb == "go-count")
      {
        const std::string begun = begin_all ();

        EXPECT_EQ (std::count (begun.begin (), begun.end (), ' '), read (words));
      }
    else if (verb == "next")
      EXPECT_EQ (rp_schedule_get_next_ms (schedule_, now_ms_), read (words));
    else
      return ask_of_one (verb, words);
    return true;
  }

  bool
  ask_of_one (const std::string &verb, std::istringstream &words)
  {
    const std::string id = word (words);

    if (verb == "end")
      EXPECT_EQ (rp_schedule_end (schedule_, id.c_str (), now_ms_, G_MAXUINT32 / 2),
                 word (words) == "expired");
    else if (verb == "due")
      EXPECT_EQ (rp_schedule_get_due_ms (schedule_, id.c_str ()), read (words));
    else if (verb == "attempts")
      EXPECT_EQ (rp_schedule_get_n_attempts (schedule_, id.c_str ()), read (words));
    else if (verb == "flies" || verb == "rests")
      EXPECT_EQ (rp_schedule_is_in_flight (schedule_, id.c_str ()), verb == "flies");
    else
      return false;
    return true;
  }

  std::string
  begin_all ()
  {
    std::string begun;

    for (const char *id = rp_schedule_begin_next (schedule_, now_ms_); id != nullptr;
         id = rp_schedule_begin_next (schedule_, now_ms_))
      begun += std::string (" ") + id;
    return begun;
  }

  void
  add_many (std::istringstream &words)
  {
    const gint64 n = read (words);

    for (gint64 i = 1; i <= n; i++)
      rp_schedule_add (schedule_, ("m" + std::to_string (i)).c_str (), now_ms_);
  }

  static std::string
  word (std::istringstream &words)
  {
    std::string text;

    words >> text;
    return text;
  }

  static gint64
  read (std::istringstream &words, gint64 otherwise = -2)
  {
    const std::string text = word (words);

    return text == "never" ? -1 : text.empty () ? otherwise : std::stoll (text);
  }

  static std::string
  rest (std::istringstream &words)
  {
    std::string all, text;

    while (words >> text)
      all += " " + text;
    return all;
  }

  RpSchedule *schedule_ = rp_schedule_new ();
  gint64 now_ms_ = 0;
};

class Schedule : public testing::TestWithParam<Row>
{
};

TEST_P (Schedule, Plays)
{
  Player ().play (GetParam ().script);
}

const Row kRows[] = {
  { "Empty", "go\n next never" },
  { "DueAtOnce", "@1000\n add a\n next 1000\n go a\n flies a\n next never" },
  { "InOrderOfAcceptance", "add c\n add a\n add b\n go c a b" },
  { "InOrderOfAcceptanceAmongTheDue", "add a\n add b\n go a b\n"
                                      "@10\n end b\n @20\n end a\n next 60009\n"
                                      "@60100\n go a b" },
  { "BacksOff",
    "add a\n go a\n @1000\n end a\n attempts a 1\n rests a\n go\n next 60999\n"
    "@60998\n go\n @61000\n go a\n @62000\n end a\n attempts a 2\n next 181999\n"
    "due a 181999" },
  { "OneThatRunsAlready",
    "add a\n begin a\n go\n next never\n flies a\n @100\n end a\n next 60099" },
  { "Removed", "add a\n add b\n remove a\n remove a\n go b\n remove b\n next never" },
  { "RemovedAndTakenAnew", "add a\n add b\n remove a\n add a\n go b a" },
  { "NextIsTheEarliest",
    "add a\n add b\n add c\n go a b c\n @20\n end a\n @10\n end b\n @30\n end c\n"
    "next 60009" },
  { "RemovedInFlight",
    "many 9\n go m1 m2 m3 m4 m5 m6 m7 m8\n remove m3\n go m9\n rests m3" },

  /* holding, and nobody left */
  { "Held", "add a\n hold a\n go\n next never\n due a -1\n release a\n go a" },
  { "HeldOthersGo", "add a\n add b\n hold a\n go b" },
  { "HeldInFlight",
    "add a\n go a\n hold a\n @10\n end a\n @99999999\n go\n release a\n go a" },
  { "HeldIsNotWokenByAll", "add a\n hold a\n wake\n go\n next never" },
  { "HeldKeepsItsTime", "add a\n go a\n end a\n hold a\n release a\n go\n next 59999" },
  { "NobodyLeft",
    "add a\n nobody a\n go\n next never\n wake\n go\n somebody a\n go a" },
  { "NobodyLeftIsNoFailure", "lifetime 10\n add a\n go a\n nobody a\n @50\n end a" },

  /* waking */
  { "WakeAll",
    "add a\n add b\n go a b\n end a\n end b\n @5\n go\n wake\n attempts a 0\n next 5\n"
    "go a b" },
  { "WakeBeginsTheBackOffAnew",
    "add a\n go a\n end a\n @70000\n go a\n end a\n @80000\n wake\n go a\n end a\n"
    "next 139999" },
  { "WokenInFlight", "add a\n go a\n @10\n wake\n go\n @20\n end a\n next 20\n go a" },
  { "WokenInFlightOnce",
    "add a\n go a\n wake\n end a\n go a\n @10\n end a\n go\n next 60009" },
  { "WokenBeforeFlightIsNotWokenInIt",
    "add a\n wake\n go a\n @10\n end a\n next 60009" },
  { "WakeOne", "add a\n add b\n go a b\n end a\n end b\n @5\n wake b\n go b" },

  /* no network, login page */
  { "NoNetwork", "add a\n place none\n go\n next never\n place full\n next 0\n go a" },
  { "Portal", "add a\n place portal\n wake\n go\n next never\n place full\n go a" },
  { "Limited", "place limited\n add a\n go a" },
  { "Unknown", "place unknown\n add a\n go a" },
  { "DueInTheDark",
    "add a\n go a\n @10\n end a\n place none\n @70000\n go\n place full\n go a" },

  /* how many at a time */
  { "EightAtATime",
    "many 10\n go m1 m2 m3 m4 m5 m6 m7 m8\n next 5000\n @10\n end m5\n go m9\n"
    "next 5000" },
  { "OldOnesDoNotCount",
    "many 20\n go m1 m2 m3 m4 m5 m6 m7 m8\n @4999\n go\n next 5000\n"
    "@5000\n go m9 m10 m11 m12 m13 m14 m15 m16\n @10000\n go m17 m18 m19 m20" },
  { "OldestOfTheYoungTells",
    "add x\n begin x\n @1000\n many 8\n go m1 m2 m3 m4 m5 m6 m7\n next 5000\n"
    "@5000\n go m8" },
  { "SlowOnesStopAtTheEnd",
    "many 300\n go-count 8\n @5000\n go-count 8\n"
    "@10000\n go-count 8\n @15000\n go-count 8\n @20000\n go-count 8\n"
    "@25000\n go-count 8\n @30000\n go-count 8\n @35000\n go-count 8\n"
    "@40000\n go-count 8\n @45000\n go-count 8\n @50000\n go-count 8\n"
    "@55000\n go-count 8\n @60000\n go-count 8\n @65000\n go-count 8\n"
    "@70000\n go-count 8\n @75000\n go-count 8\n @80000\n go-count 8\n"
    "@85000\n go-count 8\n @90000\n go-count 8\n @95000\n go-count 8\n"
    "@100000\n go-count 8\n @105000\n go-count 8\n @110000\n go-count 8\n"
    "@115000\n go-count 8\n @120000\n go-count 8\n @125000\n go-count 8\n"
    "@130000\n go-count 8\n @135000\n go-count 8\n @140000\n go-count 8\n"
    "@145000\n go-count 8\n @150000\n go-count 8\n @155000\n go-count 8\n"
    "@160000\n go-count 0\n next never\n end m1\n go m257" },
  { "NotYetDueIsLaterThanTheYoung",
    "many 9\n go m1 m2 m3 m4 m5 m6 m7 m8\n end m1\n go m9\n next 59999" },

  /* giving up */
  { "Expired", "lifetime 1000\n add a\n go a\n @1000\n end a expired" },
  { "NotYetExpired", "lifetime 1000\n add a\n go a\n @999\n end a" },
  { "NeverWithoutLifetime", "add a -9000000000000\n go a\n end a" },
  { "TakenBeforeTheClockBegan",
    "lifetime 1000\n add a -990\n go a\n @10\n end a expired" },
  { "TriedOnceMoreAfterLongAbsence",
    "lifetime 1000\n add a\n place none\n @5000\n go\n place full\n wake\n go a\n"
    "@5100\n end a expired" },
  { "NotGivenUpInTheDark",
    "lifetime 1000\n add a\n go a\n @2000\n place none\n end a\n place full\n wake\n"
    "go a\n end a expired" },
  { "NotGivenUpWhenWokenMeanwhile",
    "lifetime 1000\n add a\n go a\n @2000\n wake\n end a\n go a\n end a expired" },
  { "LifetimeChangedLater",
    "lifetime 1000\n add a\n go a\n @2000\n lifetime 5000\n end a" },
  { "AskedForHasItsTimeAgain",
    "lifetime 1000\n add a\n go a\n @2000\n end a expired\n nobody a\n @3000\n"
    "somebody a\n wake a\n go a\n @3999\n end a\n @64000\n go a\n end a expired" },
  { "WokenByTheNetworkHasNot",
    "lifetime 1000\n add a\n @2000\n wake\n go a\n end a expired" },
};

INSTANTIATE_TEST_SUITE_P (Rows, Schedule, testing::ValuesIn (kRows), [] (auto &row) {
  return std::string (row.param.name);
});

/* A full queue that comes online: nobody may notice the thinking. */
TEST (FullSchedule, IsQuick)
{
  g_autoptr (RpSchedule) schedule = rp_schedule_new ();
  const gint64 begun_us = g_get_monotonic_time ();
  guint n_done = 0;

  for (int i = 0; i < 5000; i++)
    rp_schedule_add (schedule, std::to_string (i).c_str (), 0);
  rp_schedule_wake_all (schedule, 1);
  for (const char *id; (id = rp_schedule_begin_next (schedule, 1)) != nullptr;
       n_done++, rp_schedule_remove (schedule, id))
    rp_schedule_get_next_ms (schedule, 1);
  EXPECT_EQ (n_done, 5000u);
  EXPECT_LT (g_get_monotonic_time () - begun_us, 3 * G_USEC_PER_SEC);
}

}
