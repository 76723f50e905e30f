/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody on this machine who connects to a port on loopback. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <atomic>
#include <string>
#include <thread>

#include "run-until.h"

/* Returns: a connected socket, -1 where nobody listens */
inline int
connect_to (guint16 port, bool is_ipv6 = false)
{
  sockaddr_in v4 = {};
  sockaddr_in6 v6 = {};
  const int fd = socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  v4.sin_family = AF_INET;
  v4.sin_port = htons (port);
  v4.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons (port);
  v6.sin6_addr = in6addr_loopback;
  if (connect (fd, is_ipv6 ? (sockaddr *) &v6 : (sockaddr *) &v4,
               is_ipv6 ? sizeof v6 : sizeof v4)
      == 0)
    return fd;

  close (fd);
  return -1;
}

/* Says this and reads to the end, while the main loop turns; "(refused)" where nobody
 * listens. */
inline std::string
knock (guint16 port, const std::string &text, bool is_ipv6 = false)
{
  std::atomic<bool> is_done{ false };
  std::string answer;
  std::thread visitor ([&] {
    const int fd = connect_to (port, is_ipv6);
    char octets[4096];
    ssize_t n_read;

    if (fd < 0)
      answer = "(refused)";
    else if (send (fd, text.data (), text.size (), MSG_NOSIGNAL) >= 0)
      while ((n_read = read (fd, octets, sizeof octets)) > 0)
        answer.append (octets, (size_t) n_read);
    if (fd >= 0)
      close (fd);
    is_done = true;
  });

  while (!run_until ([&] { return is_done.load (); }))
    ADD_FAILURE () << "nobody answers: " << text.substr (0, 100);
  visitor.join ();
  return answer;
}

inline guint16
port_of (const std::string &uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri.c_str (), G_URI_FLAGS_NONE, nullptr);

  return (guint16) g_uri_get_port (parsed);
}
