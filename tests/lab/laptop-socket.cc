// SPDX-License-Identifier: GPL-3.0-or-later
#include "laptop-socket.h"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdexcept>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lab
{

namespace
{

int
socket_of (const std::string &machine, uid_t owner)
{
  const int own = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  const int there = open (("/run/netns/" + machine).c_str (), O_RDONLY | O_CLOEXEC);
  if (own < 0 || there < 0 || setns (there, CLONE_NEWNET) != 0)
    throw std::runtime_error (machine + " is not there");
  setfsuid (owner);
  const int made = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setfsuid (0);
  setns (own, CLONE_NEWNET);
  close (there);
  close (own);
  return made;
}

}

int
laptop_socket ()
{
  const struct passwd *terri = getpwnam ("terri");
  if (terri == nullptr)
    throw std::runtime_error ("the laptop's user is not there");
  return socket_of ("laptop", terri->pw_uid);
}

int
machine_socket (const std::string &machine)
{
  return socket_of (machine, 0);
}

}
