/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mail program's end of a connection, on the same main loop as the session. */
#pragma once

#include <gio/gio.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>

class Program
{
public:
  explicit Program (int fd_in) : fd (fd_in)
  {
    g_unix_set_fd_nonblocking (fd, TRUE, nullptr);
    resume_reading ();
  }

  ~Program ()
  {
    leave ();
  }

  Program (const Program &) = delete;
  Program &operator= (const Program &) = delete;

  /* Runs the main loop until @is_met, at most ten seconds. */
  static bool
  wait (const std::function<bool ()> &is_met)
  {
    bool is_late = false;
    guint timer = g_timeout_add_seconds (
        10,
        [] (gpointer data) -> gboolean {
          *static_cast<bool *> (data) = true;
          return G_SOURCE_CONTINUE;
        },
        &is_late);

    bool has_met = is_met ();

    for (; !has_met && !is_late; has_met = is_met ())
      g_main_context_iteration (nullptr, TRUE);
    g_source_remove (timer);
    return has_met;
  }

  /* Writes as fast as the other side reads; stops when it has closed. */
  void
  say (const std::string &octets)
  {
    size_t at = 0;

    wait ([&] {
      ssize_t n = send (fd, octets.data () + at, octets.size () - at, MSG_NOSIGNAL);

      if (n < 0 && errno != EAGAIN)
        return true;
      at += n > 0 ? size_t (n) : 0;
      if (at < octets.size ())
        g_main_context_wakeup (nullptr);
      return at == octets.size ();
    });
  }

  bool
  hears (const std::string &octets)
  {
    return wait ([&] { return heard.size () >= octets.size () || is_closed; })
           && heard == octets;
  }

  bool
  hears_part (const std::string &octets)
  {
    return wait ([&] { return heard.find (octets) != std::string::npos || is_closed; })
           && heard.find (octets) != std::string::npos;
  }

  bool
  sees_close ()
  {
    return wait ([&] { return is_closed; });
  }

  void
  pause_reading ()
  {
    g_clear_handle_id (&source, g_source_remove);
  }

  void
  resume_reading ()
  {
    source = g_unix_fd_add (fd, G_IO_IN, on_fd_readable, this);
  }

  void
  half_close ()
  {
    shutdown (fd, SHUT_WR);
  }

  void
  leave ()
  {
    pause_reading ();
    if (fd >= 0)
      close (fd);
    fd = -1;
  }

  int fd;
  std::string heard;
  bool is_closed = false;

private:
  guint source = 0;

  static gboolean
  on_fd_readable (int fd, GIOCondition, gpointer data)
  {
    auto self = static_cast<Program *> (data);
    char octets[65536];
    ssize_t n = recv (fd, octets, sizeof octets, 0);

    if (n > 0)
      {
        self->heard.append (octets, size_t (n));
        return G_SOURCE_CONTINUE;
      }
    if (n < 0 && errno == EAGAIN)
      return G_SOURCE_CONTINUE;
    self->is_closed = true;
    self->source = 0;
    return G_SOURCE_REMOVE;
  }
};
