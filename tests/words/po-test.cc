// SPDX-License-Identifier: GPL-3.0-or-later
// The translations are whole: every text of the tree is found, translated, and keeps
// its placeholders.
#include <gtest/gtest.h>

#include <glib/gstdio.h>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

std::set<std::string>
get_potfiles ()
{
  std::istringstream lines (read_file (root () + "/po/POTFILES.in"));
  std::set<std::string> files;
  std::string line;

  while (std::getline (lines, line))
    if (!line.empty () && line[0] != '#')
      files.insert (line);
  return files;
}

void
find_sources (const std::string &folder,
              const char *pattern,
              std::set<std::string> &found)
{
  g_autoptr (GDir) dir = g_dir_open ((root () + "/" + folder).c_str (), 0, nullptr);

  ASSERT_NE (dir, nullptr) << folder;
  for (const char *name = g_dir_read_name (dir); name != nullptr;
       name = g_dir_read_name (dir))
    {
      std::string path = folder + "/" + name;

      if (g_file_test ((root () + "/" + path).c_str (), G_FILE_TEST_IS_DIR))
        find_sources (path, pattern, found);
      else if (g_str_has_suffix (name, ".c")
               && g_regex_match_simple (pattern,
                                        read_file (root () + "/" + path).c_str (),
                                        (GRegexCompileFlags) 0, (GRegexMatchFlags) 0))
        found.insert (path);
    }
}

TEST (PoTest, EveryFileWithTextIsListed)
{
  std::set<std::string> found;

  find_sources ("agent", "\\b(N_|_|C_|ngettext) \\(", found);
  find_sources ("client", "\\b(N_|_|C_|ngettext) \\(", found);
  EXPECT_EQ (get_potfiles (), found);
}

// What core and agent/config say goes through gettext elsewhere: nothing but the mark
// tells xgettext of it.
TEST (PoTest, EveryMistakeIsMarked)
{
  /* The call up to its first text; a key may stand before, GLib's own text behind. */
  g_autoptr (GRegex) regex = g_regex_new (
      "\\b(add_error|set_problem|add_repeated|rp_config_error_(add|new|add_detailed))"
      " \\([^;{\"]*(\"[a-z-]*\",[^;{\"]*)?\"(?!%1\\$s\",)",
      (GRegexCompileFlags) 0, (GRegexMatchFlags) 0, nullptr);
  std::set<std::string> files;
  guint n_found = 0;

  find_sources ("agent/core", "rp_config_error_(add|new)", files);
  find_sources ("agent/config", "rp_config_error_(add|new)", files);
  find_sources ("agent/oauth", "rp_config_error_(add|new)", files);
  for (const std::string &path : files)
    {
      std::string text = read_file (root () + "/" + path);
      g_autoptr (GMatchInfo) match = nullptr;

      g_regex_match (regex, text.c_str (), (GRegexMatchFlags) 0, &match);
      for (; g_match_info_matches (match); g_match_info_next (match, nullptr))
        {
          g_autofree char *call = g_match_info_fetch (match, 0);

          n_found++;
          EXPECT_NE (strstr (call, "N_ ("), nullptr) << path << ": " << call;
        }
    }
  EXPECT_GT (n_found, 60u);
}

// Runs a tool of gettext; returns what it complains about.
std::string
run (const std::vector<std::string> &words)
{
  std::vector<const char *> argv;
  g_autoptr (GError) error = nullptr;
  g_autofree char *errors = nullptr;
  int status = 0;

  for (const std::string &word : words)
    argv.push_back (word.c_str ());
  argv.push_back (nullptr);
  if (!g_spawn_sync (root ().c_str (), const_cast<char **> (argv.data ()), nullptr,
                     (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL),
                     nullptr, nullptr, nullptr, &errors, &status, &error))
    return error->message;
  return status == 0 ? "" : errors;
}

class LanguageTest : public testing::TestWithParam<const char *>
{
protected:
  static std::string
  po ()
  {
    return root () + "/po/" + GetParam () + ".po";
  }
};

TEST_P (LanguageTest, EveryTextIsTranslated)
{
  g_autofree char *folder = g_dir_make_tmp ("roampost-po-XXXXXX", nullptr);
  std::string pot = std::string (folder) + "/roampost.pot";
  std::vector<std::string> extract = {
    "xgettext",          "--from-code=UTF-8",      "--keyword=_", "--keyword=N_",
    "--keyword=C_:1c,2", "--keyword=ngettext:1,2", "-o",          pot
  };

  for (const std::string &file : get_potfiles ())
    extract.push_back (file);
  EXPECT_EQ (run (extract), "");
  EXPECT_EQ (run ({ "msgcmp", po (), pot }), "");
  g_remove (pot.c_str ());
  g_rmdir (folder);
}

TEST_P (LanguageTest, IsWellFormed)
{
  EXPECT_EQ (run ({ "msgfmt", "-c", "-o", "/dev/null", po () }), "");
}

std::multiset<std::string>
get_placeholders (const std::string &text)
{
  g_autoptr (GRegex) regex = g_regex_new (
      "%([0-9]\\$)?[a-zA-Z]|%%", (GRegexCompileFlags) 0, (GRegexMatchFlags) 0, nullptr);
  g_autoptr (GMatchInfo) match = nullptr;
  std::multiset<std::string> found;

  g_regex_match (regex, text.c_str (), (GRegexMatchFlags) 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, nullptr))
    {
      g_autofree char *one = g_match_info_fetch (match, 0);

      found.insert (one);
    }
  return found;
}

// msgfmt compares only what looks like printf to it, which gaps in the numbers do not.
TEST_P (LanguageTest, PlaceholdersAgree)
{
  std::istringstream lines (read_file (po ()));
  std::string line;
  std::string *into = nullptr;
  std::vector<std::pair<std::string, std::string>> pairs;

  while (std::getline (lines, line))
    {
      size_t quote = line.find ('"');

      if (line.rfind ("msgid ", 0) == 0)
        {
          pairs.emplace_back ();
          into = &pairs.back ().first;
        }
      else if (line.rfind ("msgstr", 0) == 0)
        into = &pairs.back ().second;
      if (into != nullptr && quote != std::string::npos && line[0] != '#')
        *into += line.substr (quote + 1, line.rfind ('"') - quote - 1);
    }
  ASSERT_GT (pairs.size (), 100u);
  for (const auto &[from, to] : pairs)
    {
      EXPECT_EQ (from.empty () ? get_placeholders (to) : get_placeholders (from),
                 get_placeholders (to))
          << from << "\n"
          << to;
    }
}

INSTANTIATE_TEST_SUITE_P (Languages,
                          LanguageTest,
                          testing::Values ("de"),
                          [] (auto &row) { return std::string (row.param); });

} // namespace
