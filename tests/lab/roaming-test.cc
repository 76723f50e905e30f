// SPDX-License-Identifier: GPL-3.0-or-later
// The laptop under the real NetworkManager: what changes when it is carried.
#include "lab.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

TEST (World, NetworkManagerCarriesTheLaptop)
{
  world ({ "at", "home" });
  world ({ "networkmanager" });
  for (const char *place : { "office", "hotel", "home" })
    {
      world ({ "at", place });
      const Outcome active = run_on_laptop (
          { "nmcli", "-t", "-f", "NAME,STATE", "connection", "show", "--active" });
      EXPECT_NE (active.output.find (std::string (place) + ":activated"),
                 std::string::npos)
          << active.output;
    }
}

}
