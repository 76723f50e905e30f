// SPDX-License-Identifier: GPL-3.0-or-later
// Greylisting for the ISP's Postfix (its setting isp-greylist=yes): mail for one
// address is told to come later, until enough time has passed since it came first.
#pragma once

#include "service.h"

#include <chrono>

namespace lab
{

class Greylist
{
public:
  Greylist (const std::string &recipient, double seconds);

  // How often it was told to come later.
  int
  count_refusals () const
  {
    return refusals;
  }

private:
  void talk (int client);
  std::string decide (const std::string &request);

  const std::string recipient;
  const std::chrono::duration<double> wait;
  std::mutex lock; // of first
  std::chrono::steady_clock::time_point first{};
  std::atomic<int> refusals{ 0 };
  Service service; // last: its threads use all that is above
};

}
