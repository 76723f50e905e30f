/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail server on a loopback address that serves many connections at once and is in
 * another mood on each: it takes the message, or leaves or refuses at some step. It
 * counts the copies that it has of each message. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "line-socket.h"

class MoodyServer
{
public:
  explicit MoodyServer (const char *host)
  {
    sockaddr_in address = {};
    socklen_t n_bytes = sizeof address;

    address.sin_family = AF_INET;
    inet_pton (AF_INET, host, &address.sin_addr);
    listener_ = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno (bind (listener_, (sockaddr *) &address, sizeof address));
    g_assert_no_errno (listen (listener_, 512));
    g_assert_no_errno (getsockname (listener_, (sockaddr *) &address, &n_bytes));
    port_ = ntohs (address.sin_port);
    acceptor_ = std::thread ([this] { run (); });
  }

  MoodyServer (const MoodyServer &) = delete;
  MoodyServer &operator= (const MoodyServer &) = delete;

  ~MoodyServer ()
  {
    shutdown (listener_, SHUT_RDWR);
    acceptor_.join ();
    {
      std::lock_guard<std::mutex> lock (mutex_);
      for (int fd : open_)
        shutdown (fd, SHUT_RDWR);
    }
    for (std::thread &server : servers_)
      server.join ();
    close (listener_);
  }

  guint16
  port () const
  {
    return port_;
  }

  /* From now on it is kind to all. */
  void
  calm ()
  {
    is_calm_ = true;
  }

  /* How often it has the message with this Message-ID for this recipient. */
  guint
  n_copies (const std::string &id, const std::string &recipient)
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return copies_[{ id, recipient }];
  }

private:
  enum Mood
  {
    KIND,
    LEAVES_AT_ONCE,
    LEAVES_AT_MAIL,
    BUSY_AT_RCPT,
    LEAVES_IN_CONTENT,
    LEAVES_WITH_MESSAGE,
    LEAVES_WITHOUT_MESSAGE,
    YES_TOO_EARLY,
    N_MOODS
  };

  void
  run ()
  {
    int fd;

    for (guint i = 0; (fd = accept4 (listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;
         i++)
      {
        /* Kind to every second one, so that enough gets through. */
        const Mood mood = i % 2 == 0 || is_calm_ ? KIND : (Mood) (i / 2 % N_MOODS);
        std::lock_guard<std::mutex> lock (mutex_);

        open_.insert (fd);
        servers_.emplace_back ([this, fd, mood] { serve (fd, mood); });
      }
  }

  void
  serve (int fd, Mood mood)
  {
    LineSocket socket (fd);
    std::vector<std::string> recipients;
    std::string line;

    if (mood != LEAVES_AT_ONCE && socket.write_all ("220 here\r\n"))
      while (socket.read_line (line) && answer (socket, mood, line, recipients))
        ;
    std::lock_guard<std::mutex> lock (mutex_);
    open_.erase (fd);
    close (fd);
  }

  /* Returns: whether it stays */
  bool
  answer (LineSocket &socket,
          Mood mood,
          const std::string &line,
          std::vector<std::string> &recipients)
  {
    const std::string verb = line.substr (0, 4);

    if (verb == "EHLO")
      return socket.write_all ("250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
    if (verb == "MAIL")
      return mood != LEAVES_AT_MAIL && socket.write_all ("250 Ok\r\n");
    if (verb == "RCPT" && mood == BUSY_AT_RCPT)
      return socket.write_all ("451 4.3.0 busy\r\n");
    if (verb == "RCPT")
      {
        recipients.push_back (line.substr (9, line.find ('>') - 9));
        return socket.write_all ("250 Ok\r\n");
      }
    if (verb == "DATA" && recipients.empty ())
      return socket.write_all ("503 5.5.1 no recipient\r\n");
    if (verb == "DATA")
      return take_content (socket, mood, recipients);
    if (verb == "RSET")
      recipients.clear ();
    return socket.write_all ("250 Ok\r\n") && verb != "QUIT";
  }

  bool
  take_content (LineSocket &socket, Mood mood, std::vector<std::string> &recipients)
  {
    std::string line, id;

    if (mood == YES_TOO_EARLY)
      {
        socket.write_all ("354 go\r\n250 2.0.0 Ok: too early\r\n");
        return false;
      }
    if (!socket.write_all ("354 go\r\n"))
      return false;

    while (socket.read_line (line) && line != ".")
      {
        if (line.compare (0, 12, "Message-ID: ") == 0)
          id = line.substr (12);
        if (mood == LEAVES_IN_CONTENT)
          return false;
      }
    if (line != "." || mood == LEAVES_WITHOUT_MESSAGE)
      return false;

    std::unique_lock<std::mutex> lock (mutex_);
    for (const std::string &recipient : recipients)
      copies_[{ id, recipient }]++;
    recipients.clear ();
    lock.unlock ();
    return mood != LEAVES_WITH_MESSAGE && socket.write_all ("250 2.0.0 Ok: queued\r\n");
  }

  std::atomic<bool> is_calm_{ false };
  int listener_;
  guint16 port_;
  std::thread acceptor_;
  std::vector<std::thread> servers_;
  std::mutex mutex_;
  std::set<int> open_;
  std::map<std::pair<std::string, std::string>, guint> copies_;
};
