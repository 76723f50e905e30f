// SPDX-License-Identifier: GPL-3.0-or-later
#include "portal.h"
#include "laptop-socket.h"

#include <strings.h>
#include <sys/socket.h>

namespace lab
{

namespace
{

constexpr int web_port = 8080; // as in parts/links.bash
constexpr int mail_port = 8025;

void
answer_web (int client, const std::string &answer)
{
  char octets[4096];
  if (recv (client, octets, sizeof octets, 0) > 0)
    send_all (client, answer);
}

const std::string is_online = "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n"
                              "Connection: close\r\n\r\nNetworkManager is online\n";
const std::string log_in = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                           "Location: http://login.hotel.example/\r\n"
                           "Connection: close\r\n\r\n";

// What a greedy server says to a line; EHLO offers a login in clear.
std::string
reply_to (const std::string &line)
{
  if (strncasecmp (line.c_str (), "EHLO", 4) == 0)
    return "250-portal.hotel.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
           "250 AUTH PLAIN LOGIN\r\n";
  if (strncasecmp (line.c_str (), "AUTH", 4) == 0)
    return "235 2.7.0 Welcome\r\n";
  if (strncasecmp (line.c_str (), "DATA", 4) == 0)
    return "354 Go ahead\r\n";
  return "250 2.0.0 Ok\r\n";
}

}

Portal::Portal ()
    : online (machine_socket ("internet"),
              "0.0.0.0",
              80,
              [] (int client) { answer_web (client, is_online); }),
      web (machine_socket ("internet"),
           "0.0.0.0",
           web_port,
           [] (int client) { answer_web (client, log_in); }),
      mail (machine_socket ("internet"), "0.0.0.0", mail_port, [this] (int client) {
        welcome (client);
      })
{
}

std::string
Portal::told ()
{
  const std::lock_guard<std::mutex> guard (lock);
  return heard;
}

void
Portal::welcome (int client)
{
  send_all (client, "220 portal.hotel.example ESMTP\r\n");
  std::string buffer;
  char octets[4096];
  for (ssize_t n = 0; (n = recv (client, octets, sizeof octets, 0)) > 0;)
    {
      buffer.append (octets, static_cast<std::size_t> (n));
      {
        const std::lock_guard<std::mutex> guard (lock);
        heard.append (octets, static_cast<std::size_t> (n));
      }
      for (std::size_t end = 0; (end = buffer.find ("\r\n")) != std::string::npos;)
        {
          send_all (client, reply_to (buffer.substr (0, end)));
          buffer.erase (0, end + 2);
        }
    }
}

}
