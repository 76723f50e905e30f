// SPDX-License-Identifier: GPL-3.0-or-later
#include "conversation.h"
#include "laptop-socket.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lab
{

namespace
{

constexpr int silence_s = 40;

}

Conversation::Conversation (const std::string &address, int port)
    : socket_fd (laptop_socket ())
{
  const struct timeval limit = { silence_s, 0 };
  setsockopt (socket_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  struct sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons (static_cast<uint16_t> (port));
  inet_pton (AF_INET, address.c_str (), &to.sin_addr);
  if (connect (socket_fd, reinterpret_cast<struct sockaddr *> (&to), sizeof to) == 0)
    greeting = receive ();
}

Conversation::~Conversation ()
{
  leave ();
}

void
Conversation::leave ()
{
  if (socket_fd >= 0)
    close (socket_fd);
  socket_fd = -1;
}

void
Conversation::send (const std::string &octets)
{
  std::size_t done = 0;
  while (done < octets.size ())
    {
      const ssize_t n = ::send (socket_fd, octets.data () + done, octets.size () - done,
                                MSG_NOSIGNAL);
      if (n <= 0)
        return;
      done += static_cast<std::size_t> (n);
    }
}

bool
Conversation::fill ()
{
  char octets[4096];
  const ssize_t n = recv (socket_fd, octets, sizeof octets, 0);
  if (n <= 0)
    return false;
  buffer.append (octets, static_cast<std::size_t> (n));
  return true;
}

Reply
Conversation::receive ()
{
  Reply reply = { 0, "" };
  for (;;)
    {
      std::size_t end = 0;
      while ((end = buffer.find ("\r\n")) == std::string::npos)
        if (!fill ())
          return { 0, reply.text };
      const std::string line = buffer.substr (0, end);
      buffer.erase (0, end + 2);
      reply.text += line + "\n";
      if (line.size () < 4 || line[3] != '-')
        {
          reply.code = std::atoi (line.c_str ());
          return reply;
        }
    }
}

Reply
Conversation::command (const std::string &line)
{
  send (line + "\r\n");
  return receive ();
}

Reply
Conversation::submit (const std::string &from,
                      const std::vector<std::string> &to,
                      const std::string &content)
{
  Reply reply = command ("EHLO laptop.example");
  if (reply.code != 250)
    return reply;
  reply = command ("MAIL FROM:<" + from + ">");
  for (const std::string &address : to)
    if (reply.code == 250)
      reply = command ("RCPT TO:<" + address + ">");
  if (reply.code != 250)
    return reply;
  reply = command ("DATA");
  if (reply.code != 354)
    return reply;
  send (dotted (content));
  return receive ();
}

Reply
Conversation::submit_at_once (const std::string &from,
                              const std::vector<std::string> &to,
                              const std::string &content)
{
  Reply reply = command ("EHLO laptop.example");
  std::string flight = "MAIL FROM:<" + from + ">\r\n";
  for (const std::string &address : to)
    flight += "RCPT TO:<" + address + ">\r\n";
  send (flight + "DATA\r\n");
  for (std::size_t i = 0; i < to.size () + 1 && reply.code == 250; i++)
    reply = receive ();
  if (reply.code == 250)
    reply = receive ();
  if (reply.code != 354)
    return reply;
  send (dotted (content));
  return receive ();
}

std::string
dotted (const std::string &content)
{
  std::string out;
  bool starts = true;
  for (const char octet : content)
    {
      if (starts && octet == '.')
        out += '.';
      out += octet;
      starts = octet == '\n';
    }
  return out + ".\r\n";
}

}
