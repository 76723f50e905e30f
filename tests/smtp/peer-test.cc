// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "smtp/rp-peer.h"

namespace
{

constexpr uid_t kNobody = 65534;

struct Row
{
  const char *name;
  RpPeerSource source;
  const char *address;
  bool is_mapped; // the client connects over an IPv6 socket to an IPv4 address
  uid_t uid;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "SockDiagOwnIpv4", RP_PEER_SOCK_DIAG, "127.0.0.1", false, 0 },
  { "SockDiagOwnIpv6", RP_PEER_SOCK_DIAG, "::1", false, 0 },
  { "SockDiagOtherUserIpv4", RP_PEER_SOCK_DIAG, "127.0.0.1", false, kNobody },
  { "SockDiagOtherUserIpv6", RP_PEER_SOCK_DIAG, "::1", false, kNobody },
  { "SockDiagOtherUserMapped", RP_PEER_SOCK_DIAG, "127.0.0.1", true, kNobody },
  { "ProcOwnIpv4", RP_PEER_PROC, "127.0.0.1", false, 0 },
  { "ProcOwnIpv6", RP_PEER_PROC, "::1", false, 0 },
  { "ProcOtherUserIpv4", RP_PEER_PROC, "127.0.0.1", false, kNobody },
  { "ProcOtherUserIpv6", RP_PEER_PROC, "::1", false, kNobody },
  { "ProcOtherUserMapped", RP_PEER_PROC, "127.0.0.1", true, kNobody },
};

// A listener and a client in a process of its own, of the row's user.
class Pair
{
public:
  explicit Pair (const Row &row)
  {
    g_autoptr (GSocketAddress) wanted =
        g_inet_socket_address_new_from_string (row.address, 0);
    g_autoptr (GSocketAddress) bound = nullptr;

    listener_ = g_socket_new (g_socket_address_get_family (wanted),
                              G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
    g_socket_bind (listener_, wanted, FALSE, nullptr);
    g_socket_listen (listener_, nullptr);
    bound = g_socket_get_local_address (listener_, nullptr);
    port_ = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    StartClient (row);
    connection_ = g_socket_accept (listener_, nullptr, nullptr);
    ours_ = g_socket_get_local_address (connection_, nullptr);
    theirs_ = g_socket_get_remote_address (connection_, nullptr);
  }

  ~Pair ()
  {
    kill (client_, SIGKILL);
    waitpid (client_, nullptr, 0);
    g_object_unref (ours_);
    g_object_unref (theirs_);
    g_object_unref (connection_);
    g_object_unref (listener_);
  }

  GSocketAddress *
  ours ()
  {
    return ours_;
  }

  GSocketAddress *
  theirs ()
  {
    return theirs_;
  }

private:
  void
  StartClient (const Row &row)
  {
    client_ = fork ();
    if (client_ != 0)
      return;

    prctl (PR_SET_NAME, "mailprogram");
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (row.uid != 0 && setuid (row.uid) != 0)
      _exit (1);
    Connect (row);
    pause ();
    _exit (0);
  }

  void
  Connect (const Row &row)
  {
    const bool is_v6 = row.is_mapped || strchr (row.address, ':') != nullptr;
    const std::string target =
        row.is_mapped ? std::string ("::ffff:") + row.address : row.address;
    const int fd = socket (is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    sockaddr_in6 v6 = {};
    sockaddr_in v4 = {};

    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons (port_);
    v4.sin_family = AF_INET;
    v4.sin_port = htons (port_);
    if (is_v6)
      inet_pton (AF_INET6, target.c_str (), &v6.sin6_addr);
    else
      inet_pton (AF_INET, target.c_str (), &v4.sin_addr);
    if (connect (fd,
                 is_v6 ? reinterpret_cast<sockaddr *> (&v6)
                       : reinterpret_cast<sockaddr *> (&v4),
                 is_v6 ? sizeof v6 : sizeof v4)
        != 0)
      _exit (1);
  }

  GSocket *listener_ = nullptr;
  GSocket *connection_ = nullptr;
  GSocketAddress *ours_ = nullptr;
  GSocketAddress *theirs_ = nullptr;
  guint16 port_ = 0;
  pid_t client_ = -1;
};

class Peer : public testing::TestWithParam<Row>
{
};

TEST_P (Peer, IsKnownByItsUser)
{
  const Row &row = GetParam ();
  Pair pair (row);
  uid_t uid = 4242;
  guint64 inode = 0;

  ASSERT_TRUE (
      rp_peer_get_uid_from (row.source, pair.ours (), pair.theirs (), &uid, &inode));
  EXPECT_EQ (uid, row.uid);
  EXPECT_NE (inode, 0u);
}

TEST_P (Peer, IsKnownByItsProgram)
{
  Pair pair (GetParam ());
  uid_t uid;
  guint64 inode = 0;
  g_autofree char *program = nullptr;

  ASSERT_TRUE (rp_peer_get_uid (pair.ours (), pair.theirs (), &uid, &inode));
  program = rp_peer_dup_program (inode);
  EXPECT_STREQ (program, "mailprogram");
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          Peer,
                          testing::ValuesIn (rows),
                          [] (const auto &tested) { return tested.param.name; });

TEST (PeerUnknown, AConnectionThatIsNotThere)
{
  g_autoptr (GSocketAddress) ours =
      g_inet_socket_address_new_from_string ("127.0.0.1", 1);
  g_autoptr (GSocketAddress) theirs =
      g_inet_socket_address_new_from_string ("127.0.0.1", 2);
  uid_t uid;

  EXPECT_FALSE (rp_peer_get_uid (ours, theirs, &uid, nullptr));
}

/* @own: where a program listens; @asked: the address that is taken thereby */
struct ListenerRow
{
  const char *name;
  RpPeerSource source;
  const char *own;
  const char *asked;
};

void
PrintTo (const ListenerRow &row, std::ostream *out)
{
  *out << row.name;
}

/* GLib's own reading makes IPv4 of IPv4 mapped into IPv6. */
GSocketAddress *
address_of (const char *text, guint16 port)
{
  const bool is_ipv4 = strchr (text, ':') == nullptr;
  guint8 bytes[16];

  EXPECT_EQ (inet_pton (is_ipv4 ? AF_INET : AF_INET6, text, bytes), 1);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_bytes (
      bytes, is_ipv4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  return g_inet_socket_address_new (inet, port);
}

const ListenerRow listener_rows[] = {
  { "its_own_by_sock_diag", RP_PEER_SOCK_DIAG, "127.0.0.1", "127.0.0.1" },
  { "its_own_by_proc", RP_PEER_PROC, "127.0.0.1", "127.0.0.1" },
  { "any_by_sock_diag", RP_PEER_SOCK_DIAG, "0.0.0.0", "127.0.0.1" },
  { "any_by_proc", RP_PEER_PROC, "0.0.0.0", "127.0.0.1" },
  { "dual_stack_by_sock_diag", RP_PEER_SOCK_DIAG, "::", "127.0.0.1" },
  { "dual_stack_by_proc", RP_PEER_PROC, "::", "127.0.0.1" },
  { "mapped_by_sock_diag", RP_PEER_SOCK_DIAG, "::ffff:127.0.0.1", "127.0.0.1" },
  { "mapped_by_proc", RP_PEER_PROC, "::ffff:127.0.0.1", "127.0.0.1" },
  { "ipv6_any_by_sock_diag", RP_PEER_SOCK_DIAG, "::", "::1" },
  { "ipv6_any_by_proc", RP_PEER_PROC, "::", "::1" },
};

class PeerListener : public testing::TestWithParam<ListenerRow>
{
};

TEST_P (PeerListener, TheOwnerOfATakenPortIsNamed)
{
  const ListenerRow &row = GetParam ();
  g_autoptr (GSocketAddress) own = address_of (row.own, 0);
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (own), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_TCP, nullptr);
  g_autoptr (GSocketAddress) bound = nullptr;
  g_autoptr (GSocketAddress) asked = nullptr;
  uid_t uid = 4242;
  guint64 inode = 0;
  g_autofree char *program = nullptr;

  ASSERT_TRUE (g_socket_bind (socket, own, FALSE, nullptr));
  ASSERT_TRUE (g_socket_listen (socket, nullptr));
  bound = g_socket_get_local_address (socket, nullptr);
  asked = address_of (row.asked,
                      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  ASSERT_TRUE (rp_peer_find_listener_from (row.source, asked, &uid, &inode));
  EXPECT_EQ (uid, getuid ());
  program = rp_peer_dup_program (inode);
  EXPECT_STREQ (program, "peer-test");
}

INSTANTIATE_TEST_SUITE_P (Rows,
                          PeerListener,
                          testing::ValuesIn (listener_rows),
                          [] (const auto &tested) { return tested.param.name; });

} // namespace
