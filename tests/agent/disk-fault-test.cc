/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent itself, offline, on a disk that refuses one call: the program hears a 4xx,
 * comes again and is served, and in the end everything has been delivered once. */
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include "../bench/counting-sink.h"
#include "../bench/letter.h"
#include "../bench/mortal-agent.h"
#include "../store/fault-shim.h"

namespace
{

class DiskFaults : public testing::Test
{
protected:
  void
  SetUp () override
  {
    const std::string control = agent.folder () + "/control";

    fault_shim_lead (control.c_str ());
    agent.set_environment ("FAULT_SHIM_FOLDER", agent.state_folder ());
    agent.set_environment ("FAULT_SHIM_CONTROL", control);
    agent.set_environment ("LD_PRELOAD", std::string (g_getenv ("RP_TEST_BUILD_DIR"))
                                             + "/tests/store/libfault-shim.so");
    agent.start ();
    ASSERT_TRUE (agent.wait_until_it_answers ()) << agent.log ();
  }

  Letter
  NewLetter (bool is_large)
  {
    Letter letter = write_letter (std::to_string (letters.size ()), random);

    while (letter.content.size () < (is_large ? 300 * 1000 : 0))
      letter.content += letter.content;
    if (!is_large)
      letter.content.resize (letter.content.rfind ("\r\n", 300) + 2);
    letter.digest = digest_of (letter.content);
    return letter;
  }

  /* The answer to the letter's first try. */
  std::string
  SendWithFault (Letter &letter, const char *kind, guint nth, int number)
  {
    fault_shim_fail (kind, nth, 1, number);
    program.send_once (letter);
    n_failed = fault_shim_get_n_failed ();
    fault_shim_clear ();
    return letter.answer;
  }

  /* As a mail program that heard something else than a yes. */
  void
  SendAgain (Letter &letter)
  {
    ASSERT_TRUE (program.insist (letter)) << letter.answer << agent.log ();
    letters.push_back (letter);
  }

  void
  ExpectAllOnceAfterRestart ()
  {
    std::set<std::string> known;

    program.hang_up ();
    EXPECT_TRUE (agent.stop ()) << agent.log ();
    agent.set_environment ("LD_PRELOAD", "");
    agent.start ();
    ASSERT_TRUE (agent.wait_until_it_answers ()) << agent.log ();
    EXPECT_EQ (agent.list_queue ().size (), letters.size ());
    agent.go_online ();
    EXPECT_TRUE (agent.wait_until_bodies (0)) << agent.log ();
    EXPECT_TRUE (agent.stop ()) << agent.log ();
    for (const Letter &letter : letters)
      {
        known.insert (letter.digest);
        for (const std::string &recipient : letter.recipients)
          EXPECT_EQ (sink.copies (letter.digest, recipient).size (), 1u) << letter.id;
      }
    EXPECT_EQ (sink.digests (), known);
  }

  CountingSink sink;
  MortalAgent agent{ sink.port (), "" };
  MailProgram program{ agent.port () };
  std::mt19937 random{ 1 };
  std::vector<Letter> letters;
  guint n_failed = 0;
};

struct Row
{
  const char *kind;
  bool is_of_body; /* else of the database: the journal makes such calls as well */
};

const Row rows[] = {
  { "open", true },   { "write", true },   { "fchmod", true },     { "fsync", true },
  { "linkat", true }, { "pwrite", false }, { "fdatasync", false },
};

class EveryCallOfTheAgent : public DiskFaults, public testing::WithParamInterface<int>
{
protected:
  /* Whether the letter was refused. */
  void
  FailCall (const Row &row, guint nth, bool is_large, bool *is_refused)
  {
    Letter letter = NewLetter (is_large);
    const std::string answer = SendWithFault (letter, row.kind, nth, GetParam ());

    *is_refused = answer.compare (0, 3, "452") == 0;
    ASSERT_TRUE (agent.is_alive ()) << agent.log ();
    if (row.is_of_body)
      ASSERT_EQ (*is_refused, n_failed > 0) << answer;
    else
      ASSERT_TRUE (*is_refused || answer.compare (0, 3, "250") == 0) << answer;
    if (*is_refused)
      ASSERT_NO_FATAL_FAILURE (SendAgain (letter));
    else
      letters.push_back (letter);
    ASSERT_EQ (agent.count_bodies (), letters.size ());
  }

  /* Which of the database's calls are the message's depends on what is committed
   * together: until one was. */
  void
  FailEveryCall (const Row &row, bool is_large)
  {
    guint n_refusals = 0;

    for (guint round = 0; round < 50 && n_refusals == 0; round++)
      {
        n_failed = 1;
        for (guint nth = 1; n_failed > 0; nth++)
          {
            bool is_refused = false;

            ASSERT_NO_FATAL_FAILURE (FailCall (row, nth, is_large, &is_refused)) << nth;
            n_refusals += is_refused;
          }
      }
    EXPECT_GT (n_refusals, 0u);
  }
};

TEST_P (EveryCallOfTheAgent, FailsOnce)
{
  for (const Row &row : rows)
    for (bool is_large : { false, true })
      {
        SCOPED_TRACE (std::string (row.kind) + (is_large ? ", large" : ""));
        ASSERT_NO_FATAL_FAILURE (FailEveryCall (row, is_large));
      }
  ExpectAllOnceAfterRestart ();
}

INSTANTIATE_TEST_SUITE_P (Errors,
                          EveryCallOfTheAgent,
                          testing::Values (ENOSPC, EIO, EMFILE, EDQUOT),
                          [] (const auto &row) { return strerrorname_np (row.param); });

/* Killed in the place of each call, of each reply too: of the last one as well, when
 * the message is safe and its program does not know. */
TEST_F (DiskFaults, KilledAtEveryCall)
{
  for (bool is_large : { false, true })
    {
      guint nth = 0;

      for (bool is_killed = true; is_killed;)
        {
          Letter letter = NewLetter (is_large);

          SendWithFault (letter, "any-or-send", ++nth, FAULT_SHIM_KILL);
          is_killed = letter.answer.empty () || !agent.is_alive ();
          agent.kill_now ();
          agent.start ();
          if (letter.answer.empty ())
            ASSERT_NO_FATAL_FAILURE (SendAgain (letter));
          else
            letters.push_back (letter);
          ASSERT_TRUE (agent.wait_until_it_answers ()) << agent.log ();
        }
      EXPECT_GT (nth, 12u) << "that is fewer calls than there are";
    }
  ExpectAllOnceAfterRestart ();
}

/* Its last reply is the yes to a message that is safe by then: the program does not
 * know and comes again. */
TEST_F (DiskFaults, KilledAtEveryReply)
{
  guint n_joined = 0;

  for (guint nth = 1; n_joined == 0; nth++)
    {
      Letter letter = NewLetter (false);

      ASSERT_LT (nth, 10u);
      SendWithFault (letter, "send", nth, FAULT_SHIM_KILL);
      ASSERT_EQ (letter.answer, "");
      agent.kill_now ();
      agent.start ();
      ASSERT_NO_FATAL_FAILURE (SendAgain (letter));
      n_joined += letter.answer.find ("already") != std::string::npos;
      program.hang_up ();
    }
  ExpectAllOnceAfterRestart ();
}

/* Once its program knows, an equal message is another one: scripts send such, and mean
 * it. */
TEST_F (DiskFaults, WhoCameAgainAndHeardAYesIsNotTakenForItself)
{
  Letter letter = NewLetter (false);

  letter.recipients.resize (1);
  /* Greeting, EHLO, MAIL, RCPT, DATA, and the yes. */
  SendWithFault (letter, "send", 6, FAULT_SHIM_KILL);
  ASSERT_EQ (letter.answer, "");
  agent.kill_now ();
  agent.start ();
  SendAgain (letter);
  ASSERT_NE (letter.answer.find ("already"), std::string::npos) << letter.answer;
  EXPECT_EQ (agent.count_bodies (), 1u);

  ASSERT_TRUE (agent.stop ());
  agent.start ();
  program.hang_up ();
  SendAgain (letter);
  EXPECT_EQ (letter.answer.find ("already"), std::string::npos) << letter.answer;
  EXPECT_EQ (agent.count_bodies (), 2u);
}

TEST_F (DiskFaults, TheYesComesAfterEverySync)
{
  for (bool is_large : { false, true })
    {
      Letter letter = NewLetter (is_large);
      std::string line;
      size_t n_found = 0;

      fault_shim_start_trace ();
      SendAgain (letter);
      const std::string trace = fault_shim_stop_trace ();
      const std::vector<std::string> steps = { "send 354",
                                               "write (unnamed)",
                                               "fsync (unnamed)",
                                               "linkat " + letter.id + ".eml",
                                               "fsync queue",
                                               "pwrite roampost.db-wal",
                                               "fdatasync roampost.db-wal",
                                               "send 250" };
      std::istringstream lines (trace);
      /* From the record on the first one counts: the journal's are before and after. */
      while (std::getline (lines, line))
        {
          EXPECT_EQ (line.find ("in the main thread") != std::string::npos
                         && line.find ("sync") != std::string::npos,
                     false)
              << line;
          if (n_found < steps.size () && line.find (steps[n_found]) == 0)
            n_found++;
          else if (n_found > 0 && line == steps.back ())
            break;
        }
      EXPECT_EQ (n_found, steps.size ()) << trace;
    }
}

} // namespace
