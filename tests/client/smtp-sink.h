// SPDX-License-Identifier: GPL-3.0-or-later
// A listener that writes down what is said to it and answers what it is told to.
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>

class SmtpSink
{
public:
  SmtpSink () : service_ (g_threaded_socket_service_new (4))
  {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");
    g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (address, 0);
    g_autoptr (GSocketAddress) got = nullptr;
    g_autoptr (GError) error = nullptr;

    EXPECT_TRUE (g_socket_listener_add_address (
        G_SOCKET_LISTENER (service_), wanted, G_SOCKET_TYPE_STREAM,
        G_SOCKET_PROTOCOL_TCP, nullptr, &got, &error))
        << error->message;
    port_ = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
    g_signal_connect (service_, "run", G_CALLBACK (on_run), this);
  }

  ~SmtpSink ()
  {
    g_socket_service_stop (service_);
    g_socket_listener_close (G_SOCKET_LISTENER (service_));
    g_object_unref (service_);
  }

  std::string
  address () const
  {
    return "127.0.0.1:" + std::to_string (port_);
  }

  // The answer to a verb ("MAIL"), to "." (the end of data), or "" for hanging up.
  void
  set_reply (const std::string &verb, const std::string &reply)
  {
    replies_[verb] = reply;
  }

  // Everything behind EHLO up to the end of data, a line each, ended by LF.
  std::string
  heard ()
  {
    std::lock_guard<std::mutex> lock (mutex_);

    return heard_;
  }

private:
  static gboolean
  on_run (GThreadedSocketService *,
          GSocketConnection *connection,
          GObject *,
          SmtpSink *self)
  {
    self->serve (connection);
    return TRUE;
  }

  static bool
  say (GSocketConnection *connection, const std::string &text)
  {
    std::string line = text + "\r\n";
    GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

    return g_output_stream_write_all (out, line.data (), line.size (), nullptr, nullptr,
                                      nullptr);
  }

  std::string
  reply_to (const std::string &verb) const
  {
    auto found = replies_.find (verb);

    if (found != replies_.end ())
      return found->second;
    if (verb == "EHLO")
      return "250-sink\r\n250-SIZE\r\n250-SMTPUTF8\r\n250 8BITMIME";
    return verb == "DATA" ? "354 go on" : verb == "QUIT" ? "221 bye" : "250 2.0.0 ok";
  }

  void
  write_down (const std::string &line)
  {
    std::lock_guard<std::mutex> lock (mutex_);

    heard_ += line + "\n";
  }

  void
  serve (GSocketConnection *connection)
  {
    g_autoptr (GDataInputStream) in = g_data_input_stream_new (
        g_io_stream_get_input_stream (G_IO_STREAM (connection)));
    bool is_content = false;

    g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
    say (connection, "220 sink");
    for (;;)
      {
        g_autofree char *read =
            g_data_input_stream_read_line (in, nullptr, nullptr, nullptr);
        std::string line = read == nullptr ? "" : read;
        std::string verb = is_content ? line : line.substr (0, 4);

        if (read == nullptr)
          return;
        if (verb != "EHLO" && verb != "QUIT")
          write_down (line);
        if (is_content && line != ".")
          continue;

        std::string reply = reply_to (verb);
        if (reply.empty ())
          return;
        is_content = verb == "DATA" && reply[0] == '3';
        if (!say (connection, reply))
          return;
      }
  }

  GSocketService *service_;
  guint port_ = 0;
  std::map<std::string, std::string> replies_;
  std::mutex mutex_;
  std::string heard_;
};
