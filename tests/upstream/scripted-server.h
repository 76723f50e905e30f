/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that follows a script, on a loopback port and in a thread of its own: for
 * SMTP, POP3 and whatever else may answer in their place. It writes down what it was
 * sent, in clear and under TLS apart. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "throwaway-ca.h"

struct ScriptStep
{
  enum Kind
  {
    say,
    say_bytewise,
    expect,
    take,
    start_tls,
    read_content,
    read_slowly,
    hang,
    wait_for,
    cut,
    reset,
    jump
  };

  Kind kind;
  std::string text = {};
  Identity identity = Identity::good;
  const std::atomic<bool> *flag = nullptr;
};

using Script = std::vector<ScriptStep>;

/* Sends the octets as they are. */
inline ScriptStep
say (std::string text)
{
  return { ScriptStep::say, std::move (text) };
}

/* Sends each octet in a packet of its own. */
inline ScriptStep
say_bytewise (std::string text)
{
  return { ScriptStep::say_bytewise, std::move (text) };
}

/* Reads a line, which must begin with this. */
inline ScriptStep
expect (std::string prefix)
{
  return { ScriptStep::expect, std::move (prefix) };
}

/* Reads whatever comes next, such as one message of a binary protocol. */
inline ScriptStep
take ()
{
  return { ScriptStep::take };
}

inline ScriptStep
start_tls (Identity identity = Identity::good)
{
  return { ScriptStep::start_tls, {}, identity };
}

/* Reads up to and with CR LF . CR LF. */
inline ScriptStep
read_content ()
{
  return { ScriptStep::read_content };
}

/* The same, with pauses, so that the client's socket fills up. */
inline ScriptStep
read_slowly ()
{
  return { ScriptStep::read_slowly };
}

/* Reads and says nothing more, until the client goes. */
inline ScriptStep
hang ()
{
  return { ScriptStep::hang };
}

/* Goes on when the test says so. */
inline ScriptStep
wait_for (const std::atomic<bool> &flag)
{
  return { ScriptStep::wait_for, {}, Identity::good, &flag };
}

inline ScriptStep
cut ()
{
  return { ScriptStep::cut };
}

inline ScriptStep
reset ()
{
  return { ScriptStep::reset };
}

/* Goes back to the first step with this text ("expect" of a verb, usually). */
inline ScriptStep
jump_to (std::string text)
{
  return { ScriptStep::jump, std::move (text) };
}

inline Script
operator+ (Script first, const Script &second)
{
  first.insert (first.end (), second.begin (), second.end ());
  return first;
}

class ScriptedServer
{
public:
  /* The first connection follows the first script, and so on; the last script is
   * followed by all that come later. */
  explicit ScriptedServer (std::vector<Script> scripts, const char *host = "127.0.0.1")
      : scripts_ (std::move (scripts))
  {
    sockaddr_in address = {};

    address.sin_family = AF_INET;
    inet_pton (AF_INET, host, &address.sin_addr);
    listener_ = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno (bind (listener_, (sockaddr *) &address, sizeof address));
    g_assert_no_errno (listen (listener_, 16));
    socklen_t n_bytes = sizeof address;
    getsockname (listener_, (sockaddr *) &address, &n_bytes);
    port_ = ntohs (address.sin_port);
    g_assert_no_errno (pipe (stop_));
    /* Made here: OpenSSL's set-up does not belong into a thread. */
    ThrowawayCa::instance ();
    thread_ = std::thread ([this] { run (); });
  }

  explicit ScriptedServer (Script script, const char *host = "127.0.0.1")
      : ScriptedServer (std::vector<Script>{ std::move (script) }, host)
  {
  }

  ScriptedServer (const ScriptedServer &) = delete;
  ScriptedServer &operator= (const ScriptedServer &) = delete;

  ~ScriptedServer ()
  {
    stop ();
  }

  void
  stop ()
  {
    if (!thread_.joinable ())
      return;

    g_assert_cmpint (write (stop_[1], "x", 1), ==, 1);
    thread_.join ();
    close (listener_);
    close (stop_[0]);
    close (stop_[1]);
  }

  guint16
  port () const
  {
    return port_;
  }

  /* All octets that came in clear, TLS hellos too. */
  std::string
  clear_log () const
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return clear_log_;
  }

  std::string
  tls_log () const
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return tls_log_;
  }

  /* What read_content() and read_slowly() read. */
  std::string
  content () const
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return content_;
  }

  /* Where a client did not follow the script; empty when all did. */
  std::string
  problem () const
  {
    std::lock_guard<std::mutex> lock (mutex_);
    return problem_;
  }

  guint
  n_connections () const
  {
    return n_connections_;
  }

  /* Connections whose script and aftermath are over. */
  guint
  n_finished () const
  {
    return n_finished_;
  }

private:
  struct Peer
  {
    int fd;
    SSL *tls = nullptr;
    std::string buffer = {};
    bool is_gone = false;
  };

  bool
  wait (int fd, short events)
  {
    pollfd fds[2] = { { fd, events, 0 }, { stop_[0], POLLIN, 0 } };

    while (poll (fds, 2, -1) < 0 && errno == EINTR)
      ;
    return fds[1].revents == 0;
  }

  bool
  is_stopped ()
  {
    pollfd fd = { stop_[0], POLLIN, 0 };

    return poll (&fd, 1, 0) > 0;
  }

  void
  run ()
  {
    while (wait (listener_, POLLIN))
      {
        Peer peer{ accept4 (listener_, nullptr, nullptr, SOCK_CLOEXEC) };
        int yes = 1;

        setsockopt (peer.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const size_t index = std::min<size_t> (n_connections_++, scripts_.size () - 1);
        follow (peer, scripts_[index]);
        if (peer.tls != nullptr)
          SSL_free (peer.tls);
        if (peer.fd >= 0)
          close (peer.fd);
        n_finished_++;
      }
  }

  void
  follow (Peer &peer, const Script &script)
  {
    for (size_t i = 0; i < script.size () && !peer.is_gone; i++)
      {
        if (script[i].kind != ScriptStep::jump)
          {
            take_step (peer, script[i]);
            continue;
          }
        for (size_t k = 0; k < script.size (); k++)
          if (script[k].text == script[i].text)
            {
              i = k - 1;
              break;
            }
      }
    /* Whatever a client still sends belongs into the log. */
    while (!peer.is_gone)
      read_more (peer);
  }

  void
  take_step (Peer &peer, const ScriptStep &step)
  {
    switch (step.kind)
      {
      case ScriptStep::say:
        write_all (peer, step.text);
        return;
      case ScriptStep::say_bytewise:
        for (char octet : step.text)
          write_all (peer, std::string (1, octet));
        return;
      case ScriptStep::expect:
        expect_line (peer, step.text);
        return;
      case ScriptStep::take:
        if (peer.buffer.empty ())
          read_more (peer);
        peer.buffer.clear ();
        return;
      case ScriptStep::start_tls:
        shake_hands (peer, step.identity);
        return;
      case ScriptStep::read_content:
        read_message (peer, false);
        return;
      case ScriptStep::read_slowly:
        read_message (peer, true);
        return;
      case ScriptStep::hang:
        while (!peer.is_gone)
          read_more (peer);
        return;
      case ScriptStep::wait_for:
        while (!*step.flag && !is_stopped ())
          g_usleep (1000);
        return;
      case ScriptStep::reset:
        {
          linger now = { 1, 0 };
          setsockopt (peer.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
          peer.is_gone = true;
          return;
        }
      case ScriptStep::cut:
        peer.is_gone = true;
        return;
      case ScriptStep::jump:
        return;
      }
  }

  void
  read_more (Peer &peer)
  {
    char bytes[4096];
    ssize_t n_bytes;

    if ((peer.tls == nullptr || SSL_pending (peer.tls) == 0) && !wait (peer.fd, POLLIN))
      {
        peer.is_gone = true;
        return;
      }
    n_bytes = peer.tls != nullptr ? SSL_read (peer.tls, bytes, sizeof bytes)
                                  : read (peer.fd, bytes, sizeof bytes);
    if (n_bytes <= 0)
      {
        peer.is_gone = true;
        return;
      }
    peer.buffer.append (bytes, (size_t) n_bytes);
    std::lock_guard<std::mutex> lock (mutex_);
    (peer.tls != nullptr ? tls_log_ : clear_log_).append (bytes, (size_t) n_bytes);
  }

  void
  write_all (Peer &peer, const std::string &text)
  {
    size_t n_done = 0;

    while (n_done < text.size () && !peer.is_gone)
      {
        ssize_t n_bytes = peer.tls != nullptr
                              ? SSL_write (peer.tls, text.data () + n_done,
                                           (int) (text.size () - n_done))
                              : send (peer.fd, text.data () + n_done,
                                      text.size () - n_done, MSG_NOSIGNAL);
        if (n_bytes <= 0)
          peer.is_gone = true;
        else
          n_done += (size_t) n_bytes;
      }
  }

  void
  expect_line (Peer &peer, const std::string &prefix)
  {
    size_t end;

    while ((end = peer.buffer.find ('\n')) == std::string::npos && !peer.is_gone)
      read_more (peer);
    if (end != std::string::npos
        && peer.buffer.compare (0, prefix.size (), prefix) == 0)
      {
        peer.buffer.erase (0, end + 1);
        return;
      }

    std::lock_guard<std::mutex> lock (mutex_);
    problem_ += "expected \"" + prefix + "\", got \"" + peer.buffer.substr (0, end)
                + (peer.is_gone ? "\" and the end\n" : "\"\n");
    peer.is_gone = true;
  }

  /* Content may begin with the terminator: an empty message. */
  void
  read_message (Peer &peer, bool is_slow)
  {
    size_t end = std::string::npos;
    size_t searched = 0;

    for (;;)
      {
        if (peer.buffer.compare (0, 3, ".\r\n") == 0)
          end = 3;
        else if ((end = peer.buffer.find ("\r\n.\r\n", searched)) != std::string::npos)
          end += 5;
        if (end != std::string::npos || peer.is_gone)
          break;
        searched = peer.buffer.size () > 4 ? peer.buffer.size () - 4 : 0;
        /* A pause now and then makes the client's socket fill up; the test waits
         * for the octets, not for the time. */
        if (is_slow && peer.buffer.size () % (256 * 1024) < 4096)
          g_usleep (2000);
        read_more (peer);
      }
    if (end == std::string::npos)
      return;

    std::lock_guard<std::mutex> lock (mutex_);
    content_ += peer.buffer.substr (0, end);
    peer.buffer.erase (0, end);
  }

  /* Where no TLS comes about, whatever the client says next is said in clear. */
  void
  shake_hands (Peer &peer, Identity identity)
  {
    peer.tls = SSL_new (ThrowawayCa::instance ().context (identity));
    SSL_set_fd (peer.tls, peer.fd);
    if (wait (peer.fd, POLLIN) && SSL_accept (peer.tls) == 1)
      return;

    SSL_free (peer.tls);
    peer.tls = nullptr;
    shutdown (peer.fd, SHUT_WR);
    while (!peer.is_gone)
      read_more (peer);
  }

  std::vector<Script> scripts_;
  int listener_ = -1;
  int stop_[2] = { -1, -1 };
  guint16 port_ = 0;
  std::thread thread_;
  std::atomic<guint> n_connections_{ 0 };
  std::atomic<guint> n_finished_{ 0 };
  mutable std::mutex mutex_;
  std::string clear_log_;
  std::string tls_log_;
  std::string content_;
  std::string problem_;
};
