/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets by the address that a person would write. */
#pragma once

#include <arpa/inet.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

/* Listening or connected; -1 when that was not possible. */
inline int
open_socket (const std::string &host, guint16 port, bool is_listening)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (host.c_str (), port);
  struct sockaddr_storage native = {};
  int fd;

  g_socket_address_to_native (address, &native, sizeof native, nullptr);
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto length = socklen_t (g_socket_address_get_native_size (address));
  auto name = reinterpret_cast<struct sockaddr *> (&native);
  int failed = is_listening ? bind (fd, name, length) != 0 || listen (fd, 5) != 0
                            : connect (fd, name, length) != 0;

  if (!failed)
    return fd;
  close (fd);
  return -1;
}

inline guint16
get_port (int fd)
{
  struct sockaddr_in6 name;
  socklen_t length = sizeof name;

  getsockname (fd, reinterpret_cast<struct sockaddr *> (&name), &length);
  return ntohs (name.sin6_port); /* at the same place in sockaddr_in */
}
