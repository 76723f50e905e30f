// SPDX-License-Identifier: GPL-3.0-or-later
// The manual pages name what there is: commands, reasons, variables, exit codes.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "client-run.h"
#include "core/rp-reason.h"
#include "core/rp-trouble.h"

namespace
{

std::string
root ()
{
  return std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/..";
}

std::string
read_file (const std::string &path)
{
  std::ifstream file (path);
  std::stringstream text;

  EXPECT_TRUE (file.good ()) << path;
  text << file.rdbuf ();
  return text.str ();
}

// A page's text with the escapes that its source needs taken away.
std::string
read_page (const std::string &name)
{
  std::string source = read_file (root () + "/data/man/" + name);
  std::string text;

  for (size_t i = 0; i < source.size (); i++)
    if (source[i] != '\\')
      text += source[i];
    else if (source[i + 1] == 'f')
      i += 2;
    else if (source[i + 1] == '-')
      text += source[++i];
  return text;
}

TEST (ManualTest, NamesEveryReason)
{
  std::string page = read_page ("roampost.1");

  for (int code = RP_REASON_NONE + 1; code < RP_REASON_LAST; code++)
    {
      std::string nick = rp_reason_code_to_nick ((RpReasonCode) code);

      EXPECT_NE (page.find (".TP\n.B " + nick + "\n"), std::string::npos) << nick;
    }
}

TEST (ManualTest, NamesEveryTrouble)
{
  std::string page = read_page ("roampost.1");

  for (int trouble = RP_TROUBLE_NONE + 1; trouble < RP_TROUBLE_LAST; trouble++)
    {
      std::string nick = rp_trouble_to_nick ((RpTrouble) trouble);

      EXPECT_NE (page.find (".TP\n.B " + nick + "\n"), std::string::npos) << nick;
    }
}

TEST (ManualTest, NamesEveryCommand)
{
  std::string page = read_page ("roampost.1");
  ClientRun run;
  std::istringstream help (run.go ({ "--help" }).output);
  std::string line;
  int n_commands = 0;

  while (std::getline (help, line) && line.rfind ("Options:", 0) != 0)
    if (line.rfind ("  ", 0) == 0)
      {
        std::string command = line.substr (2, line.find (' ', 2) - 2);
        bool is_named = page.find ("\n" + command + " ") != std::string::npos
                        || page.find (".B " + command + "\n") != std::string::npos;

        EXPECT_TRUE (is_named) << command;
        n_commands++;
      }
  EXPECT_GE (n_commands, 5);
}

void
find_variables (const std::string &folder, std::set<std::string> &found)
{
  g_autoptr (GDir) dir = g_dir_open (folder.c_str (), 0, nullptr);

  for (const char *name = g_dir_read_name (dir); name != nullptr;
       name = g_dir_read_name (dir))
    {
      std::string path = folder + "/" + name;
      g_autoptr (GRegex) regex =
          g_regex_new ("getenv \\(\"((?:ROAMPOST_|EMAIL|NO_COLOR)[A-Z_]*)\"",
                       (GRegexCompileFlags) 0, (GRegexMatchFlags) 0, nullptr);
      g_autoptr (GMatchInfo) match = nullptr;
      std::string text;

      if (g_file_test (path.c_str (), G_FILE_TEST_IS_DIR))
        {
          find_variables (path, found);
          continue;
        }
      text = read_file (path);
      g_regex_match (regex, text.c_str (), (GRegexMatchFlags) 0, &match);
      for (; g_match_info_matches (match); g_match_info_next (match, nullptr))
        {
          g_autofree char *variable = g_match_info_fetch (match, 1);

          found.insert (variable);
        }
    }
}

TEST (ManualTest, NamesEveryCommandOfTheQueue)
{
  std::string page = read_page ("roampost.1");
  ClientRun run;
  std::istringstream help (run.go ({ "queue", "--help" }).output);
  std::string line;
  int n_commands = 0;

  while (std::getline (help, line))
    if (line.rfind ("  queue ", 0) == 0)
      {
        std::string command = line.substr (8, line.find (' ', 8) - 8);

        EXPECT_TRUE (page.find ("\nqueue " + command + " ") != std::string::npos
                     || page.find ("\nqueue [" + command + "]") != std::string::npos)
            << command;
        n_commands++;
      }
  EXPECT_EQ (n_commands, 8);
}

using Words = std::vector<std::string>;

Words
split (const std::string &line)
{
  std::istringstream stream (line);

  return { std::istream_iterator<std::string> (stream), {} };
}

// The commands that the help of COMMAND lists as its members, each with its help.
void
visit (const Words &command, std::map<std::string, std::string> &helps)
{
  Words arguments = command;
  std::string line;
  bool is_list = false;

  arguments.push_back ("--help");
  ClientRun run;
  const ClientResult result = run.go (arguments);
  std::istringstream help (result.output);

  EXPECT_EQ (result.exit_code, 0) << result.errors;
  EXPECT_EQ (result.errors, "");
  helps[command.empty () ? "" : command.back ()] += result.output;
  while (std::getline (help, line))
    if (line == "Commands:")
      is_list = true;
    else if (!is_list || line.rfind ("  ", 0) != 0)
      is_list = false;
    else if (command.empty ())
      visit ({ split (line)[0] }, helps);
    else
      visit ({ split (line)[0], split (line)[1] }, helps);
}

// What a command says of itself and what the manual says of it are one.
TEST (ManualTest, NamesEveryOptionOfEveryCommand)
{
  const std::string page = read_page ("roampost.1");
  const std::regex option ("--[a-z][a-z-]*");
  std::map<std::string, std::string> helps;

  visit ({}, helps);
  EXPECT_GE (helps.size (), 25u);
  for (const auto &[name, help] : helps)
    {
      EXPECT_NE (help.find ("Usage:"), std::string::npos) << name;
      for (std::sregex_iterator found (help.begin (), help.end (), option), end;
           found != end; ++found)
        EXPECT_TRUE (found->str () == "--help"
                     || page.find (found->str ()) != std::string::npos)
            << name << ": " << found->str ();
    }
}

TEST (ManualTest, NamesEveryVariable)
{
  std::string page = read_page ("roampost.1");
  std::set<std::string> found;

  find_variables (root () + "/agent", found);
  find_variables (root () + "/client", found);
  EXPECT_GE (found.size (), 4u);
  for (const std::string &variable : found)
    EXPECT_NE (page.find (variable), std::string::npos) << variable;
}

TEST (ManualTest, NamesEveryExitCode)
{
  std::string page = read_page ("roampost.1");

  for (const char *name :
       { "EX_USAGE", "EX_DATAERR", "EX_NOINPUT", "EX_NOUSER", "EX_NOHOST",
         "EX_UNAVAILABLE", "EX_SOFTWARE", "EX_CANTCREAT", "EX_IOERR", "EX_TEMPFAIL",
         "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG" })
    EXPECT_NE (page.find (name), std::string::npos) << name;
}

} // namespace
