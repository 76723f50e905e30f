// SPDX-License-Identifier: GPL-3.0-or-later
// The built program as a person types it, without an agent.
#include <gtest/gtest.h>
#include <sysexits.h>

#include "client-run.h"

namespace
{

struct Case
{
  const char *name;
  std::vector<std::string> words;
  int exit_code;
  const char *in_output; // must be in standard output, "" for none at all
  const char *in_errors; // must be in standard error, "" for none at all
};

void
PrintTo (const Case &row, std::ostream *stream)
{
  *stream << row.name;
}

class CommandTest : public testing::TestWithParam<Case>
{
};

TEST_P (CommandTest, TellsAndExits)
{
  ClientRun run;
  ClientResult result = run.go (GetParam ().words);

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  expect_in (GetParam ().in_output, result.output);
  expect_in (GetParam ().in_errors, result.errors);
}

const Case cases[] = {
  { "nothing", {}, EX_USAGE, "Usage: roampost", "" },
  { "help", { "--help" }, EX_OK, "status", "" },
  { "version", { "--version" }, EX_OK, "roampost 0.1.0\n", "" },
  { "unknown", { "frobnicate" }, EX_USAGE, "", "no command “frobnicate”" },
  { "typo", { "stauts" }, EX_USAGE, "", "did you mean “status”?" },
  { "beginning", { "stat" }, EX_USAGE, "", "did you mean “status”?" },
  { "unknown_option", { "--frob" }, EX_USAGE, "", "no option “--frob”" },
  { "folder_missing", { "--runtime-dir" }, EX_USAGE, "", "wants a folder" },
  { "status_help", { "status", "--help" }, EX_OK, "--watch", "" },
  { "status_wrong_option",
    { "status", "--frob" },
    EX_USAGE,
    "",
    "roampost status --help" },
  { "status_too_much", { "status", "here" }, EX_USAGE, "", "“here” is too much" },
  { "status_no_agent",
    { "status" },
    EX_UNAVAILABLE,
    "",
    "systemctl --user start roampost-agent" },
};

INSTANTIATE_TEST_SUITE_P (Rows, CommandTest, testing::ValuesIn (cases), name_of<Case>);

} // namespace
