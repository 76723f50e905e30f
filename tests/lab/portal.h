// SPDX-License-Identifier: GPL-3.0-or-later
// The hotel's login page, and the place in the internet where NetworkManager asks
// whether there is one. With the world's setting hotel-portal=yes the router hands all
// web and mail connections of the laptop to the page's machine, which says yes to
// everything and keeps what it was told.
#pragma once

#include "service.h"

namespace lab
{

class Portal
{
public:
  // What "world networkmanager" is to be told.
  static constexpr const char *check_uri = "http://online.example/check";

  Portal ();

  int
  count_web_sessions () const
  {
    return web.count_sessions ();
  }

  int
  count_mail_sessions () const
  {
    return mail.count_sessions ();
  }

  // All octets that came to its mail ports.
  std::string told ();

private:
  void welcome (int client);

  std::mutex lock; // of heard
  std::string heard;
  Service online;
  Service web;
  Service mail;
};

}
