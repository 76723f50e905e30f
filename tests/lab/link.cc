// SPDX-License-Identifier: GPL-3.0-or-later
#include "link.h"
#include "laptop-socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lab
{

namespace
{

constexpr int parts_per_s = 50;
const std::string end_of_data = "\r\n.\r\n";

int
connect_from_laptop (const std::string &address, int port)
{
  const int made = laptop_socket ();
  struct sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons (static_cast<uint16_t> (port));
  inet_pton (AF_INET, address.c_str (), &to.sin_addr);
  connect (made, reinterpret_cast<struct sockaddr *> (&to), sizeof to);
  return made;
}

std::string
take (int socket, std::size_t limit)
{
  std::string octets (limit, '\0');
  const ssize_t n = recv (socket, octets.data (), limit, 0);
  octets.resize (n > 0 ? static_cast<std::size_t> (n) : 0);
  return octets;
}

}

Link::Link (const std::string &server, int port)
    : address (server), server_port (port),
      service (
          laptop_socket (), "127.0.0.1", 0, [this] (int client) { carry (client); })
{
}

std::string
Link::endpoint () const
{
  return "smtp+insecure://127.0.0.1:" + std::to_string (service.get_port ());
}

void
Link::carry (int client)
{
  const int server = connect_from_laptop (address, server_port);
  std::string tail;
  struct pollfd ends[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
  bool goes_on = true;
  while (goes_on && poll (ends, 2, -1) > 0)
    {
      if (ends[1].revents != 0)
        goes_on = carry_back (client, server);
      if (goes_on && ends[0].revents != 0)
        goes_on = carry_there (client, server, tail);
    }
  close (server);
}

bool
Link::carry_back (int client, int server) const
{
  const std::string octets = take (server, 65536);
  return !octets.empty () && send_all (client, octets);
}

bool
Link::carry_there (int client, int server, std::string &tail)
{
  const long rate = bytes_per_s;
  const std::size_t limit =
      rate == 0 ? 65536 : static_cast<std::size_t> (std::max (1L, rate / parts_per_s));
  const std::string octets = take (client, limit);
  if (octets.empty () || !send_all (server, octets))
    return false;
  tail += octets;
  const bool is_end = tail.size () >= end_of_data.size ()
                      && tail.compare (tail.size () - end_of_data.size (),
                                       end_of_data.size (), end_of_data)
                             == 0;
  tail.erase (0, tail.size () - std::min (tail.size (), end_of_data.size ()));
  if (is_end && breaks_before_reply && take (server, 4096).rfind ("250", 0) == 0)
    {
      breaks++;
      return false;
    }
  if (rate != 0)
    std::this_thread::sleep_for (std::chrono::milliseconds (1000 / parts_per_s));
  return true;
}

}
