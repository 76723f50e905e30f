/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <filesystem>
#include <memory>

#include "watched.h"

namespace
{

const char at_home[] = "{'connectivity': <'full'>, 'gateway': <'192.168.7.1'>}";
const char at_work[] = "{'connectivity': <'portal'>, 'gateway': <'203.0.113.1'>}";

class Fake : public testing::Test
{
protected:
  std::string folder, path;
  std::unique_ptr<Watched> seen;

  void
  SetUp () override
  {
    g_autofree char *made = g_dir_make_tmp ("roampost-fake-XXXXXX", nullptr);

    folder = made;
    path = folder + "/surroundings";
  }

  void
  TearDown () override
  {
    seen.reset ();
    std::filesystem::remove_all (folder);
  }

  void
  write (const std::string &file, const std::string &text)
  {
    std::ofstream (file) << text;
  }

  void
  start ()
  {
    seen = std::make_unique<Watched> (rp_detector_new_fake (path.c_str ()));
  }

  bool
  sees (const char *gateway)
  {
    return wait_until ([&] { return seen->gateway () == gateway; }, 2000);
  }
};

TEST_F (Fake, reads_at_the_start)
{
  write (path, at_home);
  start ();
  EXPECT_EQ (seen->gateway (), "192.168.7.1");
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_FULL);
  EXPECT_EQ (seen->n_changes, 1);
}

TEST_F (Fake, reads_again_when_written)
{
  write (path, at_home);
  start ();
  write (path, at_work);
  EXPECT_TRUE (sees ("203.0.113.1")) << seen->all ();
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_PORTAL);
  EXPECT_EQ (seen->n_changes, 2);
}

TEST_F (Fake, reads_again_when_replaced)
{
  write (path, at_home);
  start ();
  for (const char *text : { at_work, at_home, at_work })
    {
      write (folder + "/new", text);
      std::filesystem::rename (folder + "/new", path);
      EXPECT_TRUE (sees (text == at_work ? "203.0.113.1" : "192.168.7.1"));
    }
}

TEST_F (Fake, a_file_that_comes_later)
{
  start ();
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_UNKNOWN);
  write (path, at_home);
  EXPECT_TRUE (sees ("192.168.7.1"));
}

TEST_F (Fake, what_cannot_be_read_changes_nothing)
{
  write (path, at_home);
  start ();
  write (path, "{'connectivity': <'fu");
  settle (200);
  EXPECT_EQ (seen->gateway (), "192.168.7.1");
  EXPECT_EQ (seen->n_changes, 1);
  std::filesystem::remove (path);
  settle (200);
  EXPECT_EQ (seen->gateway (), "192.168.7.1");
}

TEST_F (Fake, the_same_again_is_no_change)
{
  write (path, at_home);
  start ();
  write (path, at_home);
  settle (200);
  EXPECT_EQ (seen->n_changes, 1);
}

} /* namespace */
