// SPDX-License-Identifier: GPL-3.0-or-later
// Every laboratory program starts twice: first outside, where it unpacks the servers
// and becomes root in namespaces of its own, then in there, where it boots the world.
#include "lab.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

namespace
{

class World : public testing::Environment
{
public:
  void
  SetUp () override
  {
    lab::world ({ "up" });
  }
};

std::string
from_environment (const char *name)
{
  const char *value = std::getenv (name);
  if (value != nullptr)
    return value;
  std::fprintf (stderr, "%s is not set: run this by 'meson test --suite lab'\n", name);
  std::exit (1);
}

[[noreturn]] void
become (const lab::Arguments &arguments)
{
  std::vector<char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back (const_cast<char *> (argument.c_str ()));
  argv.push_back (nullptr);
  execvp (argv[0], argv.data ());
  std::perror (argv[0]);
  std::fputs ("The laboratory needs root, itself or through sudo without a password; "
              "'meson setup -Dlab=false' leaves it out\n",
              stderr);
  std::exit (1);
}

// The program's path where the build folder is seen in there.
std::string
path_inside (const char *program, const std::string &build)
{
  namespace fs = std::filesystem;
  return lab::folder + "/build/"
         + fs::relative (fs::canonical (program), fs::canonical (build)).string ();
}

[[noreturn]] void
enter (int argc, char **argv)
{
  const std::string tests = from_environment ("RP_TEST_SOURCE_DIR");
  const std::string build = from_environment ("RP_TEST_BUILD_DIR");
  const lab::Outcome unpacked = lab::run ({ tests + "/lab/unpack", build + "/lab" });
  std::fputs (unpacked.output.c_str (), stdout);
  if (unpacked.status != 0)
    std::exit (1);

  lab::Arguments arguments;
  if (geteuid () != 0)
    arguments = { "sudo", "-n" };
  arguments.insert (arguments.end (),
                    { tests + "/lab/world", "enter", build, "env", "RP_LAB=inside" });
  // sudo would lose it.
  if (std::getenv ("RP_LAB_LONG") != nullptr)
    arguments.push_back ("RP_LAB_LONG=1");
  arguments.push_back (path_inside ("/proc/self/exe", build));
  arguments.insert (arguments.end (), argv + 1, argv + argc);
  std::fflush (stdout);
  become (arguments);
}

}

int
main (int argc, char **argv)
{
  if (std::getenv ("RP_LAB") == nullptr)
    enter (argc, argv);
  testing::InitGoogleTest (&argc, argv);
  testing::AddGlobalTestEnvironment (new World);
  return RUN_ALL_TESTS ();
}
