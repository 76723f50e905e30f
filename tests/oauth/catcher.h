// SPDX-License-Identifier: GPL-3.0-or-later
// Where a sign-in leads back to, without a program behind it.
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <string>

// Listens on a port of the loopback address, answers each request with a page that says
// "done" and keeps the first line of the first one. A browser may connect ahead and say
// nothing: nobody waits for it.
class Catcher
{
public:
  Catcher () : service_ (g_socket_service_new ()), cancellable_ (g_cancellable_new ())
  {
    g_autoptr (GInetAddress) loopback =
        g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
    g_autoptr (GSocketAddress) got = nullptr;
    g_autoptr (GError) error = nullptr;

    g_socket_listener_add_address (G_SOCKET_LISTENER (service_), wanted,
                                   G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr,
                                   &got, &error);
    g_assert_no_error (error);
    port_ = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
    g_signal_connect (service_, "incoming", G_CALLBACK (on_incoming), this);
  }

  Catcher (const Catcher &) = delete;
  Catcher &operator= (const Catcher &) = delete;

  ~Catcher ()
  {
    g_socket_service_stop (service_);
    g_socket_listener_close (G_SOCKET_LISTENER (service_));
    g_cancellable_cancel (cancellable_);
    while (n_visitors_ > 0)
      g_main_context_iteration (nullptr, TRUE);
    g_object_unref (cancellable_);
    g_object_unref (service_);
  }

  std::string
  address () const
  {
    return "http://127.0.0.1:" + std::to_string (port_) + "/";
  }

  const std::string &
  request_line () const
  {
    return request_line_;
  }

private:
  struct Visitor
  {
    Catcher *catcher;
    GSocketConnection *connection;
  };

  static gboolean
  on_incoming (GSocketService *,
               GSocketConnection *connection,
               GObject *,
               Catcher *self)
  {
    g_autoptr (GDataInputStream) in = g_data_input_stream_new (
        g_io_stream_get_input_stream (G_IO_STREAM (connection)));

    self->n_visitors_++;
    g_data_input_stream_read_line_async (
        in, G_PRIORITY_DEFAULT, self->cancellable_, on_line,
        new Visitor{ self, (GSocketConnection *) g_object_ref (connection) });
    return TRUE;
  }

  static void
  on_line (GObject *in, GAsyncResult *result, gpointer user_data)
  {
    const std::string page =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone";
    Visitor *visitor = static_cast<Visitor *> (user_data);
    g_autofree char *line = g_data_input_stream_read_line_finish (
        G_DATA_INPUT_STREAM (in), result, nullptr, nullptr);

    if (line != nullptr)
      {
        if (visitor->catcher->request_line_.empty ())
          visitor->catcher->request_line_ = line;
        g_output_stream_write_all (
            g_io_stream_get_output_stream (G_IO_STREAM (visitor->connection)),
            page.data (), page.size (), nullptr, nullptr, nullptr);
      }
    visitor->catcher->n_visitors_--;
    g_object_unref (visitor->connection);
    delete visitor;
  }

  GSocketService *service_;
  GCancellable *cancellable_;
  guint16 port_ = 0;
  guint n_visitors_ = 0;
  std::string request_line_;
};
