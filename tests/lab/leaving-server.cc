// SPDX-License-Identifier: GPL-3.0-or-later
#include "leaving-server.h"
#include "laptop-socket.h"

#include <algorithm>
#include <netinet/in.h>
#include <string>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lab
{

LeavingServer::LeavingServer (When moment) : when (moment), listener (laptop_socket ())
{
  const int buffer = 65536;
  setsockopt (listener, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind (listener, reinterpret_cast<struct sockaddr *> (&address), size);
  listen (listener, 8);
  getsockname (listener, reinterpret_cast<struct sockaddr *> (&address), &size);
  port = ntohs (address.sin_port);
  thread = std::thread ([this] { serve (); });
}

LeavingServer::~LeavingServer ()
{
  shutdown (listener, SHUT_RDWR);
  thread.join ();
  close (listener);
}

void
LeavingServer::serve ()
{
  for (int client = 0; (client = accept (listener, nullptr, nullptr)) >= 0;)
    {
      sessions++;
      if (when != AT_CONNECT)
        talk (client);
      close (client);
    }
}

namespace
{

void
say (int client, const char *line)
{
  const std::string text = std::string (line) + "\r\n";
  (void) !write (client, text.data (), text.size ());
}

bool
starts (const std::string &line, const char *verb)
{
  return strncasecmp (line.c_str (), verb, 4) == 0;
}

}

void
LeavingServer::talk (int client) const
{
  std::string buffer;
  bool is_content = false;
  std::size_t content_bytes = 0;
  say (client, "220 leaving.example ESMTP");
  for (char octets[4096];;)
    {
      const ssize_t n = read (client, octets, sizeof octets);
      if (n <= 0)
        return;
      buffer.append (octets, static_cast<std::size_t> (n));
      if (is_content)
        {
          content_bytes += static_cast<std::size_t> (n);
          if ((when == IN_CONTENT && content_bytes > 50000)
              || (buffer.size () >= 5
                  && buffer.compare (buffer.size () - 5, 5, "\r\n.\r\n") == 0))
            return;
          buffer.erase (0, buffer.size () - std::min<std::size_t> (buffer.size (), 5));
          continue;
        }
      for (std::size_t end = 0; (end = buffer.find ("\r\n")) != std::string::npos;)
        {
          const std::string line = buffer.substr (0, end);
          buffer.erase (0, end + 2);
          if (starts (line, "RCPT") && when == AFTER_RCPT)
            return;
          if (starts (line, "QUIT"))
            return;
          is_content = starts (line, "DATA");
          say (client, is_content ? "354 Go ahead" : "250 2.0.0 Ok");
        }
    }
}

}
