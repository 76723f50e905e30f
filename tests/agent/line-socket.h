/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMTP as a mail program speaks it, line by line over a blocking socket. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include <string>

/* Lines over a blocking socket. */
class LineSocket
{
public:
  explicit LineSocket (int fd) : fd_ (fd)
  {
  }

  bool
  read_line (std::string &line)
  {
    size_t end;

    while ((end = buffer_.find ("\r\n")) == std::string::npos)
      {
        char bytes[4096];
        const ssize_t n_bytes = read (fd_, bytes, sizeof bytes);

        if (n_bytes <= 0)
          return false;
        buffer_.append (bytes, (size_t) n_bytes);
      }
    line = buffer_.substr (0, end);
    buffer_.erase (0, end + 2);
    return true;
  }

  bool
  write_all (const std::string &text)
  {
    return send (fd_, text.data (), text.size (), MSG_NOSIGNAL)
           == (ssize_t) text.size ();
  }

private:
  int fd_;
  std::string buffer_;
};

/* -1 when nobody listens. */
inline int
connect_to (guint16 port)
{
  sockaddr_in address = {};
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_family = AF_INET;
  address.sin_port = htons (port);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (fd, (sockaddr *) &address, sizeof address) == 0)
    return fd;

  close (fd);
  return -1;
}

/* All lines of a reply, each with a line end. */
inline bool
read_reply (LineSocket &socket, std::string &reply)
{
  std::string line;

  reply.clear ();
  do
    {
      if (!socket.read_line (line))
        return false;
      reply += line + "\n";
    }
  while (line.size () > 3 && line[3] == '-');
  return true;
}

inline bool
say (LineSocket &socket, const std::string &line, std::string &reply)
{
  return socket.write_all (line + "\r\n") && read_reply (socket, reply);
}
