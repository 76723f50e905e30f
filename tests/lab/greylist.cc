// SPDX-License-Identifier: GPL-3.0-or-later
#include "greylist.h"
#include "laptop-socket.h"

#include <sys/socket.h>

namespace lab
{

namespace
{

constexpr int policy_port = 10023; // as in parts/postfix.bash

}

Greylist::Greylist (const std::string &address, double seconds)
    : recipient (address), wait (seconds),
      service (machine_socket ("proseware"), "127.0.0.1", policy_port, [this] (int c) {
        talk (c);
      })
{
}

// Postfix's policy protocol: lines NAME=VALUE up to an empty one, and an action back.
void
Greylist::talk (int client)
{
  std::string buffer;
  char octets[4096];
  for (ssize_t n = 0; (n = recv (client, octets, sizeof octets, 0)) > 0;)
    {
      buffer.append (octets, static_cast<std::size_t> (n));
      for (std::size_t end = 0; (end = buffer.find ("\n\n")) != std::string::npos;)
        {
          send_all (client, "action=" + decide (buffer.substr (0, end + 1)) + "\n\n");
          buffer.erase (0, end + 2);
        }
    }
}

std::string
Greylist::decide (const std::string &request)
{
  using clock = std::chrono::steady_clock;
  if (request.find ("\nrecipient=" + recipient + "\n") == std::string::npos)
    return "dunno";
  const std::lock_guard<std::mutex> guard (lock);
  if (first == clock::time_point{})
    first = clock::now ();
  if (clock::now () - first >= wait)
    return "dunno";
  refusals++;
  return "450 4.2.0 Greylisted, please try again later";
}

}
