/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every file of tests/config/broken gives exactly the messages of the file .expected
 * beside it. */
#include <algorithm>
#include <vector>

#include "folder.h"

namespace
{

std::string
get_folder ()
{
  return std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/config/broken";
}

std::vector<std::string>
list_names ()
{
  std::vector<std::string> names;

  for (auto &entry : std::filesystem::directory_iterator (get_folder ()))
    if (entry.path ().extension () == ".conf")
      names.push_back (entry.path ().stem ());
  std::sort (names.begin (), names.end ());
  return names;
}

class Broken : public testing::TestWithParam<std::string>
{
};

TEST_P (Broken, is_told)
{
  std::string stem = get_folder () + "/" + GetParam ();
  g_autoptr (RpConfigLoader) loader = rp_config_loader_new ((stem + ".conf").c_str ());
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);
  g_autofree char *expected = nullptr;

  g_file_get_contents ((stem + ".expected").c_str (), &expected, nullptr, nullptr);
  EXPECT_EQ (load->config, nullptr);
  EXPECT_EQ (join_errors (load, get_folder ()), expected != nullptr ? expected : "");
}

std::string
name_case (const testing::TestParamInfo<std::string> &row)
{
  std::string name = row.param;

  std::replace (name.begin (), name.end (), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P (files, Broken, testing::ValuesIn (list_names ()), name_case);

TEST (BrokenFiles, are_there)
{
  EXPECT_GE (list_names ().size (), 99U);
}

}
