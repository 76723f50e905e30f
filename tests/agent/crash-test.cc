/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent is killed at random moments, or loses its power: what it said yes to is
 * delivered, whole and once. tests/bench does the same a thousand times. */
#include <gtest/gtest.h>

#include "../bench/crash-round.h"

namespace
{

class CrashTest : public testing::Test
{
protected:
  const guint32 seed = std::random_device () ();

  void
  Judge (const Toll &toll, guint n_kills)
  {
    SCOPED_TRACE (testing::Message () << "seed " << seed << ": " << toll);
    EXPECT_EQ (toll.trouble, "");
    EXPECT_EQ (toll.n_kills, n_kills);
    EXPECT_GT (toll.n_letters, n_kills) << "hardly anything was taken";
    EXPECT_EQ (toll.n_lost, 0u);
    EXPECT_EQ (toll.n_torn, 0u);
    EXPECT_EQ (toll.n_refused, 0u);
    EXPECT_EQ (toll.n_damaged, 0u);
    EXPECT_EQ (toll.n_extra_outside, 0u);
    RecordProperty ("messages", (int) toll.n_letters);
  }
};

TEST_F (CrashTest, WhileFourProgramsSubmit)
{
  const Toll toll = CrashRound (seed).kill_while_taking (50);

  Judge (toll, 50);
  EXPECT_EQ (toll.n_extra, 0u);
  EXPECT_GT (toll.n_tries, toll.n_letters) << "no kill cut a submission off";
}

/* What may have been delivered waits for the user's word, and goes then. */
TEST_F (CrashTest, WhileTheQueueIsSent)
{
  const Toll toll = CrashRound (seed).kill_while_sending (20, true);

  Judge (toll, 20);
  EXPECT_EQ (toll.n_extra, 0u);
  EXPECT_EQ (toll.n_sent_again, 0u);
  EXPECT_GT (toll.n_kills_in_window, 0u);
  EXPECT_GT (toll.n_doubts, 0u);
}

TEST_F (CrashTest, WhileTheQueueIsSentAndDoubtIsRetried)
{
  const Toll toll =
      CrashRound (seed, "in-doubt=retry\n").kill_while_sending (20, false);

  Judge (toll, 20);
  EXPECT_GT (toll.n_kills_in_window, 0u);
  EXPECT_GT (toll.n_extra, 0u) << "no kill fell between a message and its yes";
}

TEST_F (CrashTest, WithThePowerWhateverWasNotSyncedGoes)
{
  const Toll toll = CrashRound (seed).kill_while_taking (15, true);

  Judge (toll, 15);
  EXPECT_EQ (toll.n_extra, 0u);
}

/* The same without any sync, as under eatmydata: else it would prove nothing. */
TEST_F (CrashTest, WithoutSyncsThePowerTakesWhatWasAnswered)
{
  const Toll toll = CrashRound (seed).kill_while_taking (5, true, false);

  EXPECT_GT (toll.n_lost, 0u) << "seed " << seed << ": " << toll;
}

} // namespace
