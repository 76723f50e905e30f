/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The examples that people copy are true. */
#include <fstream>
#include <sstream>
#include <vector>

#include "core/rp-config-group.h"
#include "folder.h"
#include "oauth/rp-oauth-provider-keys.h"

namespace
{

std::string
read_data (const std::string &name)
{
  std::ifstream file (std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/../data/"
                      + name);
  std::stringstream text;

  text << file.rdbuf ();
  return text.str ();
}

RpConfigLoad *
load (const std::string &text)
{
  Folder folder;
  g_autoptr (RpConfigLoader) loader =
      rp_config_loader_new (folder.write ("f", text).c_str ());

  return rp_config_loader_load (loader);
}

void
replace_all (std::string &text, const std::string &from, const std::string &to)
{
  for (size_t at = 0; (at = text.find (from, at)) != std::string::npos;
       at += to.size ())
    text.replace (at, from.size (), to);
}

/* What stands between .EX and .EE of the manual, as a reader sees it. */
std::vector<std::string>
list_manual_examples (const char *page = "roampost.conf.5")
{
  std::istringstream manual (read_data (std::string ("man/") + page));
  std::vector<std::string> examples;
  std::string line;
  bool is_inside = false;

  while (std::getline (manual, line))
    if (line == ".EX")
      {
        examples.emplace_back ();
        is_inside = true;
      }
    else if (line == ".EE")
      is_inside = false;
    else if (is_inside)
      {
        replace_all (line, "\\-", "-");
        replace_all (line, "\\(aq", "'");
        replace_all (line, "\\e", "\\");
        examples.back () += line + "\n";
      }
  return examples;
}

TEST (Examples, shipped_file_is_the_one_of_the_design)
{
  g_autoptr (RpConfigLoad) loaded = load (read_data ("roampost.conf.example"));

  ASSERT_EQ (join_errors (loaded, ""), "");
  ASSERT_EQ (loaded->config->accounts->len, 1U);
  ASSERT_EQ (loaded->config->servers->len, 2U);
  ASSERT_EQ (loaded->config->networks->len, 2U);
  auto server = rp_config_get_server (loaded->config, "proseware");
  EXPECT_EQ (server->endpoints->len, 3U);
  EXPECT_EQ (server->accesses->len, 3U);
  EXPECT_STREQ (server->user, "terri@proseware.com");
  EXPECT_STREQ (rp_config_find_account (loaded->config, "any@terri.example")->name,
                "terri");
}

TEST (Examples, manual_loads)
{
  std::vector<std::string> examples = list_manual_examples ();

  ASSERT_GE (examples.size (), 4U);
  for (const std::string &example : examples)
    {
      g_autoptr (RpConfigLoad) loaded = load (example);

      EXPECT_NE (loaded->config, nullptr) << example << join_errors (loaded, "");
    }
}

/* Each one says in its first line which file it is. They stand together, as the reader
 * would have them. */
TEST (Examples, manual_of_providers_loads)
{
  const std::string home = "# ~/.config/roampost/";
  const std::vector<std::string> examples =
      list_manual_examples ("roampost-providers.5");
  Folder folder;
  const char *folders[] = { folder.path.c_str (), nullptr };
  g_autoptr (RpConfigLoader) loader = rp_config_loader_new_for_folders (folders);

  ASSERT_EQ (examples.size (), 4U);
  for (const std::string &example : examples)
    {
      ASSERT_EQ (example.compare (0, home.size (), home), 0) << example;
      const std::string name =
          example.substr (home.size (), example.find ('\n') - home.size ());

      folder.write (name, example);
      g_autoptr (RpConfigLoad) loaded = rp_config_loader_load (loader);

      EXPECT_EQ (join_errors (loaded, folder.path), "") << example;
      EXPECT_NE (loaded->config, nullptr) << example;
    }
}

TEST (Examples, manual_escapes_what_it_says)
{
  g_autoptr (RpConfigLoad) loaded = load (list_manual_examples ().back ());

  ASSERT_NE (loaded->config, nullptr);
  EXPECT_STREQ (rp_config_get_server (loaded->config, "proseware")->secret_command,
                "pass show mail/proseware | sed 's/ #.*//'");
}

TEST (Examples, manual_knows_every_key)
{
  std::string manual = read_data ("man/roampost.conf.5");

  replace_all (manual, "\\-", "-");
  for (RpGroupKind kind :
       { RP_GROUP_AGENT, RP_GROUP_ACCOUNT, RP_GROUP_SERVER, RP_GROUP_NETWORK })
    for (auto key = rp_group_kind_get_keys (kind); *key != nullptr; key++)
      EXPECT_TRUE (
          manual.find (std::string ("\n.BI ") + *key + "=") != std::string::npos
          || manual.find (std::string ("\n.BR ") + *key + "=") != std::string::npos)
          << *key;
}

TEST (Examples, manual_of_providers_knows_every_key)
{
  std::string manual = read_data ("man/roampost-providers.5");

  replace_all (manual, "\\-", "-");
  for (auto key = rp_oauth_provider_keys_get_names (); *key != nullptr; key++)
    EXPECT_TRUE (manual.find (std::string ("\n.BI ") + *key + "=") != std::string::npos
                 || manual.find (std::string ("\n.BR ") + *key + "=")
                        != std::string::npos)
        << *key;
}

}
