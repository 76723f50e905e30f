/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-acceptor.h"

#include <gtest/gtest.h>

#include <sys/un.h>

#include <string>
#include <utility>
#include <vector>

#include "core/rp-config.h"
#include "program.h"
#include "sockets.h"

namespace
{

class Acceptor : public testing::Test
{
protected:
  Acceptor ()
  {
    acceptor = rp_acceptor_new ();
    g_signal_connect (acceptor, "accepted", G_CALLBACK (on_acceptor_accepted), this);
    g_signal_connect (acceptor, "trouble", G_CALLBACK (on_acceptor_trouble), this);
  }

  ~Acceptor () override
  {
    g_signal_handlers_disconnect_by_data (acceptor, this);
    rp_acceptor_close (acceptor);
    g_object_unref (acceptor);
  }

  bool
  listen (const std::vector<std::pair<std::string, guint16>> &wanted)
  {
    std::vector<RpListenAddress> entries;
    g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
    g_autoptr (GError) error = nullptr;

    for (auto &entry : wanted)
      entries.push_back ({ const_cast<char *> (entry.first.c_str ()), entry.second });
    for (auto &entry : entries)
      g_ptr_array_add (addresses, &entry);
    if (rp_acceptor_listen (acceptor, addresses, &error))
      return true;
    refusal = error->message;
    return false;
  }

  /* What is held, in one line. */
  std::string
  addresses ()
  {
    g_autofree char *all =
        g_strjoinv (" ", (GStrv) rp_acceptor_get_addresses (acceptor));

    return all;
  }

  guint16
  port (guint index)
  {
    const std::string text = rp_acceptor_get_addresses (acceptor)[index];

    return guint16 (std::stoi (text.substr (text.rfind (':') + 1)));
  }

  RpAcceptor *acceptor;
  std::vector<std::string> troubles;
  std::string refusal;
  guint n_accepted = 0;

private:
  static void
  on_acceptor_accepted (RpAcceptor *, GSocketConnection *connection, gpointer data)
  {
    EXPECT_TRUE (g_socket_connection_is_connected (connection));
    static_cast<Acceptor *> (data)->n_accepted++;
  }

  static void
  on_acceptor_trouble (RpAcceptor *, const char *text, gpointer data)
  {
    static_cast<Acceptor *> (data)->troubles.push_back (text);
  }
};

TEST_F (Acceptor, holds_nothing_before_it_listens)
{
  EXPECT_EQ (addresses (), "");
}

TEST_F (Acceptor, tells_every_connection_until_it_is_closed)
{
  const int probe = open_socket ("127.0.0.1", 0, true);
  const guint16 wanted = get_port (probe);

  close (probe);
  ASSERT_TRUE (listen ({ { "127.0.0.1", wanted }, { "::1", wanted } })) << refusal;
  EXPECT_EQ (addresses (), "127.0.0.1:" + std::to_string (wanted)
                               + " [::1]:" + std::to_string (wanted));
  const int first = open_socket ("127.0.0.1", wanted, false);
  const int second = open_socket ("::1", wanted, false);
  EXPECT_TRUE (Program::wait ([&] { return n_accepted == 2; }));
  rp_acceptor_close (acceptor);
  EXPECT_EQ (open_socket ("127.0.0.1", wanted, false), -1);
  EXPECT_EQ (open_socket ("::1", wanted, false), -1);
  close (first);
  close (second);
}

TEST_F (Acceptor, one_address_that_cannot_be_had_leaves_the_others)
{
  ASSERT_TRUE (listen ({ { "192.0.2.1", 2525 }, { "127.0.0.1", 0 } })) << refusal;
  EXPECT_EQ (addresses ().substr (0, 10), "127.0.0.1:");
  ASSERT_EQ (troubles.size (), 1u);
  EXPECT_NE (troubles[0].find ("192.0.2.1:2525 can be reached from outside"),
             std::string::npos);
}

TEST_F (Acceptor, taken_port_is_told_and_the_next_one_taken_on_all)
{
  int other = open_socket ("::1", 0, true);
  guint16 taken = get_port (other);

  ASSERT_TRUE (listen ({ { "127.0.0.1", taken }, { "::1", taken } })) << refusal;
  EXPECT_GT (port (0), taken);
  EXPECT_EQ (port (1), port (0));
  ASSERT_FALSE (troubles.empty ());
  EXPECT_EQ (troubles[0], "[::1]:" + std::to_string (taken)
                              + " is taken by acceptor-test of uid "
                              + std::to_string (getuid ()));
  close (other);
}

TEST_F (Acceptor, outside_addresses_are_refused)
{
  EXPECT_FALSE (listen ({ { "0.0.0.0", 0 } }));
  EXPECT_NE (refusal.find ("0.0.0.0:0 can be reached from outside"), std::string::npos);
  EXPECT_FALSE (listen ({ { "::", 0 } }));
  EXPECT_FALSE (listen ({ { "192.0.2.1", 0 } }));
}

TEST_F (Acceptor, inherited_sockets_that_others_reach_are_refused)
{
  g_autoptr (GError) outside = nullptr;
  g_autoptr (GError) local = nullptr;
  struct sockaddr_un name = {};
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  EXPECT_FALSE (rp_acceptor_listen_inherited (
      acceptor, open_socket ("0.0.0.0", 0, true), 1, &outside));
  name.sun_family = AF_UNIX;
  ASSERT_EQ (
      bind (fd, reinterpret_cast<struct sockaddr *> (&name), sizeof (sa_family_t)), 0);
  EXPECT_FALSE (rp_acceptor_listen_inherited (acceptor, fd, 1, &local));
}

}
