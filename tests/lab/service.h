// SPDX-License-Identifier: GPL-3.0-or-later
// A small server of the laboratory's own, for what no real one can be made to do at a
// chosen moment.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace lab
{

class Service
{
public:
  // Speaks with one client, in a thread of its own; the socket is closed afterwards.
  using Session = std::function<void (int client)>;

  // SOCKET is a fresh one and taken; PORT 0 is any free one.
  Service (int socket, const std::string &address, int port, Session session);
  // Cuts whatever is going on.
  ~Service ();
  Service (const Service &) = delete;
  Service &operator= (const Service &) = delete;

  int
  get_port () const
  {
    return port;
  }

  int
  count_sessions () const
  {
    return sessions;
  }

private:
  void accept_all ();
  void serve (int client);

  Session session;
  int listener;
  int port = 0;
  std::atomic<int> sessions{ 0 };
  std::mutex lock; // of clients
  std::set<int> clients;
  std::vector<std::thread> threads; // of the accepting thread while it runs
  std::thread acceptor;
};

// Sends all of it; false when the other side is gone.
bool send_all (int socket, const std::string &octets);

}
