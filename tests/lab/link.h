// SPDX-License-Identifier: GPL-3.0-or-later
// A link to a real server that can be slow and can break at the worst moment. It is a
// port on the laptop's loopback, for no traffic shaping is to be had in namespaces.
#pragma once

#include "service.h"

namespace lab
{

class Link
{
public:
  // To a server's address and port, from the laptop.
  Link (const std::string &address, int port);

  // What goes through to the server in a second; 0 for as much as there is.
  std::atomic<long> bytes_per_s{ 0 };

  // Breaks when the server has all of a message and has said yes to it, before that yes
  // has come through.
  std::atomic<bool> breaks_before_reply{ false };

  // How often that happened.
  std::atomic<int> breaks{ 0 };

  // As it is written in a configuration.
  std::string endpoint () const;

  int
  count_sessions () const
  {
    return service.count_sessions ();
  }

private:
  void carry (int client);
  bool carry_there (int client, int server, std::string &tail);
  bool carry_back (int client, int server) const;

  std::string address;
  int server_port;
  Service service; // last: its threads use all that is above
};

}
