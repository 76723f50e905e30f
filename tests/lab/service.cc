// SPDX-License-Identifier: GPL-3.0-or-later
#include "service.h"

#include <arpa/inet.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace lab
{

Service::Service (int socket, const std::string &address, int number, Session talk)
    : session (std::move (talk)), listener (socket)
{
  const int on = 1;
  // Small, so that a server that reads slowly is a slow link to whoever sends.
  const int buffer = 65536;
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (listener, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  struct sockaddr_in at = {};
  socklen_t size = sizeof at;
  at.sin_family = AF_INET;
  at.sin_port = htons (static_cast<uint16_t> (number));
  inet_pton (AF_INET, address.c_str (), &at.sin_addr);
  auto *any = reinterpret_cast<struct sockaddr *> (&at);
  if (bind (listener, any, size) != 0 || listen (listener, 64) != 0
      || getsockname (listener, any, &size) != 0)
    throw std::runtime_error ("cannot listen on " + address);
  port = ntohs (at.sin_port);
  acceptor = std::thread ([this] { accept_all (); });
}

Service::~Service ()
{
  shutdown (listener, SHUT_RDWR);
  acceptor.join ();
  close (listener);
  {
    const std::lock_guard<std::mutex> guard (lock);
    for (const int client : clients)
      shutdown (client, SHUT_RDWR);
  }
  for (std::thread &thread : threads)
    thread.join ();
}

void
Service::accept_all ()
{
  for (int client = 0;
       (client = accept4 (listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
    {
      sessions++;
      {
        const std::lock_guard<std::mutex> guard (lock);
        clients.insert (client);
      }
      threads.emplace_back ([this, client] { serve (client); });
    }
}

void
Service::serve (int client)
{
  session (client);
  const std::lock_guard<std::mutex> guard (lock);
  clients.erase (client);
  close (client);
}

bool
send_all (int socket, const std::string &octets)
{
  std::size_t done = 0;
  while (done < octets.size ())
    {
      const ssize_t n =
          send (socket, octets.data () + done, octets.size () - done, MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      done += static_cast<std::size_t> (n);
    }
  return true;
}

}
