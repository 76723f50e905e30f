// SPDX-License-Identifier: GPL-3.0-or-later
// One rule for where the socket is, the same for agent and command line.
#include <gtest/gtest.h>

#include <glib/gstdio.h>
#include <string>
#include <unistd.h>

#include "bus/rp-bus-path.h"

namespace
{

class BusPathTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-path-XXXXXX", nullptr);

    folder_ = folder;
    g_unsetenv ("ROAMPOST_RUNTIME_DIR");
    g_unsetenv ("ROAMPOST_STATE_DIR");
    g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  }

  void
  TearDown () override
  {
    g_rmdir (folder_.c_str ());
  }

  static std::string
  folder_for (const char *chosen)
  {
    g_autofree char *path = rp_bus_path_dup_runtime_folder (chosen);

    return path;
  }

  // Where it is when the environment names no folder of ours.
  static std::string
  fallback ()
  {
    std::string own = "/run/user/" + std::to_string (geteuid ());
    GStatBuf status;
    g_autofree char *state = rp_bus_path_dup_state_folder ();

    if (g_stat (own.c_str (), &status) == 0 && status.st_uid == geteuid ())
      return own + "/roampost";
    return state;
  }

  std::string folder_;
};

TEST_F (BusPathTest, RuntimeFolderOfTheSession)
{
  EXPECT_EQ (folder_for (nullptr), folder_ + "/roampost");
}

TEST_F (BusPathTest, OptionBeforeEnvironment)
{
  g_setenv ("ROAMPOST_RUNTIME_DIR", "/tmp/environment", TRUE);
  EXPECT_EQ (folder_for ("/tmp/option"), "/tmp/option");
  EXPECT_EQ (folder_for (""), "/tmp/environment");
  EXPECT_EQ (folder_for (nullptr), "/tmp/environment");
}

TEST_F (BusPathTest, FolderOfSomebodyElseIsPassedOver)
{
  // as su and sudo leave it: for root it is nobody's, for others root's
  if (geteuid () == 0)
    ASSERT_EQ (chown (folder_.c_str (), 65534, -1), 0);
  else
    g_setenv ("XDG_RUNTIME_DIR", "/", TRUE);
  EXPECT_EQ (folder_for (nullptr), fallback ());
}

TEST_F (BusPathTest, FolderThatIsMissingOrRelativeIsPassedOver)
{
  g_setenv ("XDG_RUNTIME_DIR", "/does/not/exist", TRUE);
  EXPECT_EQ (folder_for (nullptr), fallback ());
  g_setenv ("XDG_RUNTIME_DIR", ".", TRUE);
  EXPECT_EQ (folder_for (nullptr), fallback ());
  g_unsetenv ("XDG_RUNTIME_DIR");
  EXPECT_EQ (folder_for (nullptr), fallback ());
}

TEST_F (BusPathTest, StateFolderCanBeChosen)
{
  g_autofree char *plain = rp_bus_path_dup_state_folder ();
  g_autofree char *chosen = nullptr;

  EXPECT_TRUE (g_str_has_suffix (plain, "/roampost")) << plain;
  g_setenv ("ROAMPOST_STATE_DIR", "/tmp/state", TRUE);
  chosen = rp_bus_path_dup_state_folder ();
  EXPECT_STREQ (chosen, "/tmp/state");
}

TEST_F (BusPathTest, AddressIsEscaped)
{
  g_autofree char *socket = rp_bus_path_dup_socket ("/tmp/a b,c");
  g_autofree char *address = rp_bus_path_dup_address (socket);

  EXPECT_STREQ (address, "unix:path=/tmp/a%20b%2Cc/bus");
}

} // namespace
