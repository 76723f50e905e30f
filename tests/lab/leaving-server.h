// SPDX-License-Identifier: GPL-3.0-or-later
// A server on the laptop's loopback that takes everything and goes away in the middle:
// no real one can be made to do that at a chosen moment.
#pragma once

#include <atomic>
#include <thread>

namespace lab
{

class LeavingServer
{
public:
  enum When
  {
    AT_CONNECT,
    AFTER_RCPT,
    IN_CONTENT,
    AFTER_THE_END
  };

  explicit LeavingServer (When moment);
  ~LeavingServer ();
  LeavingServer (const LeavingServer &) = delete;
  LeavingServer &operator= (const LeavingServer &) = delete;

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
  void serve ();
  void talk (int client) const;

  When when;
  int listener = -1;
  int port = 0;
  std::atomic<int> sessions{ 0 };
  std::thread thread;
};

}
