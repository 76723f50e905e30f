/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail server that takes everything from everybody and can tell, of each content and
 * recipient, when it had it whole and when it said so. Its yes can be made to come
 * late, for a kill to fall before it. */
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "../agent/line-socket.h"

inline std::string
digest_of (const std::string &content)
{
  g_autofree char *digest = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) content.data (), content.size ());

  return digest;
}

class CountingSink
{
public:
  /* Times of the monotonic clock; a yes that was not said is at 0. */
  struct Copy
  {
    gint64 had_at_us;
    gint64 said_at_us;
  };

  CountingSink ()
  {
    sockaddr_in address = {};
    socklen_t n_bytes = sizeof address;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    listener_ = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno (bind (listener_, (sockaddr *) &address, sizeof address));
    g_assert_no_errno (listen (listener_, 512));
    g_assert_no_errno (getsockname (listener_, (sockaddr *) &address, &n_bytes));
    port_ = ntohs (address.sin_port);
    acceptor_ = std::thread ([this] { run (); });
  }

  CountingSink (const CountingSink &) = delete;
  CountingSink &operator= (const CountingSink &) = delete;

  ~CountingSink ()
  {
    shutdown (listener_, SHUT_RDWR);
    acceptor_.join ();
    close (listener_);

    std::unique_lock<std::mutex> lock (mutex_);
    for (int fd : open_)
      shutdown (fd, SHUT_RDWR);
    changed_.wait (lock, [this] { return open_.empty (); });
  }

  guint16
  port () const
  {
    return port_;
  }

  /* Each yes to a content comes after a random time, at most so long. */
  void
  set_longest_delay_us (guint longest_us)
  {
    std::lock_guard<std::mutex> lock (mutex_);
    longest_delay_us_ = longest_us;
  }

  std::vector<Copy>
  copies (const std::string &digest, const std::string &recipient)
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return copies_[{ digest, recipient }];
  }

  std::set<std::string>
  digests ()
  {
    std::lock_guard<std::mutex> lock (mutex_);
    std::set<std::string> digests;

    for (const auto &[key, copies] : copies_)
      if (!copies.empty ())
        digests.insert (key.first);
    return digests;
  }

  /* Contents so far, each time that one came. */
  guint
  n_contents ()
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return n_contents_;
  }

  bool
  wait_for_contents (guint n_contents, guint longest_ms)
  {
    std::unique_lock<std::mutex> lock (mutex_);

    return changed_.wait_for (lock, std::chrono::milliseconds (longest_ms),
                              [&] { return n_contents_ >= n_contents; });
  }

private:
  void
  run ()
  {
    int fd;

    while ((fd = accept4 (listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0)
      {
        std::lock_guard<std::mutex> lock (mutex_);

        open_.insert (fd);
        std::thread ([this, fd] { serve (fd); }).detach ();
      }
  }

  void
  serve (int fd)
  {
    LineSocket socket (fd);
    std::vector<std::string> recipients;
    std::string line;

    if (socket.write_all ("220 sink\r\n"))
      while (socket.read_line (line) && answer (socket, line, recipients))
        ;
    std::lock_guard<std::mutex> lock (mutex_);
    open_.erase (fd);
    close (fd);
    changed_.notify_all ();
  }

  bool
  answer (LineSocket &socket,
          const std::string &line,
          std::vector<std::string> &recipients)
  {
    const std::string verb = line.substr (0, 4);

    if (verb == "EHLO")
      return socket.write_all ("250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
    if (verb == "DATA")
      return take_content (socket, recipients);
    if (verb == "RCPT")
      recipients.push_back (line.substr (9, line.find ('>') - 9));
    if (verb == "RSET" || verb == "MAIL")
      recipients.clear ();
    return socket.write_all ("250 Ok\r\n") && verb != "QUIT";
  }

  bool
  take_content (LineSocket &socket, const std::vector<std::string> &recipients)
  {
    std::string line, content;

    if (!socket.write_all ("354 go\r\n"))
      return false;
    while (socket.read_line (line) && line != ".")
      content.append (line, line[0] == '.' ? 1 : 0, std::string::npos).append ("\r\n");
    if (line != ".")
      return false;

    const std::string digest = digest_of (content);
    g_usleep (note_content (digest, recipients));
    const bool is_said = socket.write_all ("250 2.0.0 Ok: queued\r\n");
    note_said (digest, recipients, is_said);
    return is_said;
  }

  /* How long its yes is to take. */
  guint
  note_content (const std::string &digest, const std::vector<std::string> &recipients)
  {
    std::lock_guard<std::mutex> lock (mutex_);

    for (const std::string &recipient : recipients)
      copies_[{ digest, recipient }].push_back ({ g_get_monotonic_time (), 0 });
    n_contents_++;
    changed_.notify_all ();
    return longest_delay_us_ > 0 ? (guint) (random_ () % longest_delay_us_) : 0;
  }

  void
  note_said (const std::string &digest,
             const std::vector<std::string> &recipients,
             bool is_said)
  {
    std::lock_guard<std::mutex> lock (mutex_);

    for (const std::string &recipient : recipients)
      if (is_said)
        copies_[{ digest, recipient }].back ().said_at_us = g_get_monotonic_time ();
  }

  int listener_;
  guint16 port_;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<int> open_;
  std::map<std::pair<std::string, std::string>, std::vector<Copy>> copies_;
  guint n_contents_ = 0;
  guint longest_delay_us_ = 0;
  std::mt19937 random_{ 1 };
};
