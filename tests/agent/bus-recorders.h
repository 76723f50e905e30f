/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that two buses carry: the session bus, by a monitor, and the agent's own
 * socket, by a relay that stands between it and the command line. */
#pragma once

#include <gio/gio.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "private-bus.h"

class SessionBusRecorder
{
public:
  explicit SessionBusRecorder (const PrivateBus &bus) : monitor_ (bus.connect ())
  {
    const char *all[] = { nullptr };
    g_autoptr (GError) error = nullptr;
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        monitor_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
        g_variant_new ("(^asu)", all, 0u), nullptr, G_DBUS_CALL_FLAGS_NONE, 5000,
        nullptr, &error);

    g_assert_no_error (error);
    filter_ = g_dbus_connection_add_filter (monitor_, on_message, this, nullptr);
  }

  SessionBusRecorder (const SessionBusRecorder &) = delete;
  SessionBusRecorder &operator= (const SessionBusRecorder &) = delete;

  ~SessionBusRecorder ()
  {
    g_dbus_connection_remove_filter (monitor_, filter_);
    g_dbus_connection_close_sync (monitor_, nullptr, nullptr);
    g_object_unref (monitor_);
  }

  /* All messages so far, as the bus carried them. */
  std::string
  recorded () const
  {
    const std::lock_guard<std::mutex> lock (mutex_);

    return recorded_;
  }

private:
  static GDBusMessage *
  on_message (GDBusConnection *,
              GDBusMessage *message,
              gboolean is_incoming,
              gpointer data)
  {
    auto *self = static_cast<SessionBusRecorder *> (data);
    gsize n_bytes = 0;
    g_autofree guchar *bytes = nullptr;

    if (!is_incoming)
      return message;

    bytes = g_dbus_message_to_blob (message, &n_bytes, G_DBUS_CAPABILITY_FLAGS_NONE,
                                    nullptr);
    if (bytes != nullptr)
      {
        const std::lock_guard<std::mutex> lock (self->mutex_);

        self->recorded_.append ((const char *) bytes, n_bytes);
      }
    g_object_unref (message); /* a monitor that answers is thrown out */
    return nullptr;
  }

  GDBusConnection *monitor_;
  guint filter_ = 0;
  mutable std::mutex mutex_;
  std::string recorded_;
};

/* Listens in a folder of its own as the agent does in its, and hands on octets and open
 * files in both directions. */
class SocketRecorder
{
public:
  /* folder: where it listens, which is made; agent_folder: where the agent does. */
  SocketRecorder (const std::string &folder, const std::string &agent_folder)
      : agent_ (agent_folder + "/bus")
  {
    const sockaddr_un address = make_address (folder + "/bus");

    g_mkdir_with_parents (folder.c_str (), 0700);
    listener_ = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno (bind (listener_, (const sockaddr *) &address, sizeof address));
    g_assert_no_errno (listen (listener_, 16));
    g_assert_no_errno (pipe (stop_));
    thread_ = std::thread ([this] { run (); });
  }

  SocketRecorder (const SocketRecorder &) = delete;
  SocketRecorder &operator= (const SocketRecorder &) = delete;

  ~SocketRecorder ()
  {
    g_assert_cmpint (write (stop_[1], "x", 1), ==, 1);
    thread_.join ();
    for (int fd : { listener_, stop_[0], stop_[1] })
      close (fd);
  }

  std::string
  recorded () const
  {
    const std::lock_guard<std::mutex> lock (mutex_);

    return recorded_;
  }

private:
  struct Relay
  {
    int ends[2];
  };

  static sockaddr_un
  make_address (const std::string &path)
  {
    sockaddr_un address = {};

    address.sun_family = AF_UNIX;
    g_assert_cmpuint (path.size (), <, sizeof address.sun_path);
    path.copy (address.sun_path, path.size ());
    return address;
  }

  void
  run ()
  {
    std::vector<Relay> relays;

    for (;;)
      {
        std::vector<pollfd> fds = { { stop_[0], POLLIN, 0 }, { listener_, POLLIN, 0 } };

        for (const Relay &relay : relays)
          for (int end : relay.ends)
            fds.push_back ({ end, POLLIN, 0 });
        if (poll (fds.data (), fds.size (), -1) < 0)
          continue;
        if (fds[0].revents != 0)
          break;
        for (size_t i = relays.size (); i-- > 0;)
          if (!serve (relays[i], fds[2 + 2 * i].revents, fds[3 + 2 * i].revents))
            {
              hang_up (relays[i]);
              relays.erase (relays.begin () + (ptrdiff_t) i);
            }
        if (fds[1].revents != 0)
          relays.push_back (take ());
      }
    for (const Relay &relay : relays)
      hang_up (relay);
  }

  Relay
  take ()
  {
    const sockaddr_un address = make_address (agent_);
    const Relay relay = { { accept4 (listener_, nullptr, nullptr, SOCK_CLOEXEC),
                            socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) } };

    /* Where there is no agent, the client sees its end. */
    if (connect (relay.ends[1], (const sockaddr *) &address, sizeof address) != 0)
      shutdown (relay.ends[0], SHUT_RDWR);
    return relay;
  }

  static void
  hang_up (const Relay &relay)
  {
    for (int end : relay.ends)
      close (end);
  }

  bool
  serve (const Relay &relay, short from_client, short from_agent)
  {
    return (from_client == 0 || hand_on (relay.ends[0], relay.ends[1]))
           && (from_agent == 0 || hand_on (relay.ends[1], relay.ends[0]));
  }

  /* Open files travel beside the octets (SCM_RIGHTS). */
  bool
  hand_on (int from, int to)
  {
    char bytes[8192];
    alignas (cmsghdr) char control[CMSG_SPACE (16 * sizeof (int))];
    iovec vector = { bytes, sizeof bytes };
    msghdr message = {};

    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n_bytes = recvmsg (from, &message, MSG_CMSG_CLOEXEC);
    if (n_bytes <= 0)
      return false;

    {
      const std::lock_guard<std::mutex> lock (mutex_);

      recorded_.append (bytes, (size_t) n_bytes);
    }
    vector.iov_len = (size_t) n_bytes;
    const bool is_sent = sendmsg (to, &message, MSG_NOSIGNAL) == n_bytes;

    for (cmsghdr *part = CMSG_FIRSTHDR (&message); part != nullptr;
         part = CMSG_NXTHDR (&message, part))
      for (size_t at = 0; at + CMSG_LEN (0) < part->cmsg_len; at += sizeof (int))
        {
          int fd;

          memcpy (&fd, CMSG_DATA (part) + at, sizeof fd);
          close (fd);
        }
    return is_sent;
  }

  std::string agent_;
  int listener_ = -1;
  int stop_[2] = { -1, -1 };
  std::thread thread_;
  mutable std::mutex mutex_;
  std::string recorded_;
};
