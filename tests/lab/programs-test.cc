// SPDX-License-Identifier: GPL-3.0-or-later
// Ten mail programs with the file that their user would have, each in a fresh home; and
// the same where the user left a password in it.
#include "agent.h"
#include "mail-programs.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

class Sending : public testing::TestWithParam<MailProgram>
{
protected:
  static void
  SetUpTestSuite ()
  {
    world ({ "at", "hotel" });
    agent = new Agent (Configuration{}.text (), "hotel");
  }

  static void
  TearDownTestSuite ()
  {
    delete agent;
    agent = nullptr;
  }

  static Agent *agent;
};

Agent *Sending::agent = nullptr;

TEST_P (Sending, GoesThroughTheAgent)
{
  const std::string mark = unique_mark ();
  const Outcome outcome = send_by (GetParam (), mark);
  EXPECT_EQ (outcome.status, 0) << outcome.output << agent->log ();
  EXPECT_NE (Mailbox ({ "adatum", "bob" }).wait_for (mark), "") << outcome.output;
}

INSTANTIATE_TEST_SUITE_P (Program,
                          Sending,
                          testing::ValuesIn (mail_programs ()),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

}
