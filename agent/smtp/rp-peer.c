/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-peer.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One end of a connection, ready for the kernel's tables. */
typedef struct
{
  int family; /* AF_INET or AF_INET6 */
  guint16 port;
  guint8 bytes[16];
} End;

/* IPv4 mapped into IPv6 is listed in the table of the socket's own family, which only
 * its owner knows: callers try both. */
static gboolean
end_from_address (GSocketAddress *address, End *end)
{
  GInetAddress *inet;
  const guint8 *bytes;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  bytes = g_inet_address_to_bytes (inet);
  memset (end, 0, sizeof *end);
  end->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  end->family =
      g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4 ? AF_INET : AF_INET6;
  memcpy (end->bytes, bytes, g_inet_address_get_native_size (inet));
  return TRUE;
}

static End
end_as_mapped (const End *end)
{
  End mapped = { AF_INET6, end->port, { 0 } };

  mapped.bytes[10] = mapped.bytes[11] = 0xff;
  memcpy (mapped.bytes + 12, end->bytes, 4);
  return mapped;
}

/* ---- sock_diag ---- */

typedef struct
{
  struct nlmsghdr header;
  struct inet_diag_req_v2 request;
} Question;

typedef struct
{
  uid_t uid;
  guint64 inode;
} Owner;

static gboolean
ask_kernel (int fd, const Question *question, Owner *owner)
{
  guint8 buffer[4096];
  const struct nlmsghdr *header = (const struct nlmsghdr *) buffer;
  const struct inet_diag_msg *message = NLMSG_DATA (header);
  ssize_t n_received;

  if (send (fd, question, sizeof *question, 0) != (ssize_t) sizeof *question)
    return FALSE;

  n_received = recv (fd, buffer, sizeof buffer, 0);
  if (n_received < (ssize_t) NLMSG_LENGTH (sizeof *message)
      || header->nlmsg_type != SOCK_DIAG_BY_FAMILY || message->idiag_inode == 0)
    return FALSE;

  owner->uid = message->idiag_uid;
  owner->inode = message->idiag_inode;
  return TRUE;
}

static gboolean
ask_sock_diag (const End *source, const End *destination, Owner *owner)
{
  const struct timeval timeout = { 1, 0 };
  const int fd = socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  Question question = { 0 };
  gboolean is_found;

  if (fd < 0)
    return FALSE;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = (guint8) source->family;
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = ~0U;
  question.request.id.idiag_sport = htons (source->port);
  question.request.id.idiag_dport = htons (destination->port);
  question.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  question.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  memcpy (question.request.id.idiag_src, source->bytes, 16);
  memcpy (question.request.id.idiag_dst, destination->bytes, 16);
  is_found = ask_kernel (fd, &question, owner);
  close (fd);
  return is_found;
}

/* ---- /proc ---- */

/* The tables print each 32-bit word of an address as the machine reads it. */
static void
format_end (const End *end, char *text, gsize n_bytes)
{
  const guint n_words = end->family == AF_INET ? 1 : 4;
  gsize length = 0;

  for (guint i = 0; i < n_words; i++)
    {
      guint32 word;

      memcpy (&word, end->bytes + 4 * i, sizeof word);
      length +=
          (gsize) g_snprintf (text + length, (gulong) (n_bytes - length), "%08X", word);
    }
  g_snprintf (text + length, (gulong) (n_bytes - length), ":%04X", end->port);
}

static gboolean
read_proc (const End *source, const End *destination, Owner *owner)
{
  char wanted_source[48], wanted_destination[48];
  char line[512];
  gboolean is_found = FALSE;
  FILE *table =
      fopen (source->family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6", "re");

  if (table == NULL)
    return FALSE;

  format_end (source, wanted_source, sizeof wanted_source);
  format_end (destination, wanted_destination, sizeof wanted_destination);
  while (!is_found && fgets (line, sizeof line, table) != NULL)
    {
      char local[48], remote[48];
      unsigned int uid;
      unsigned long long inode;

      if (sscanf (line, "%*s %47s %47s %*x %*s %*s %*s %u %*d %llu", local, remote,
                  &uid, &inode)
              != 4
          || !g_str_equal (local, wanted_source)
          || !g_str_equal (remote, wanted_destination) || inode == 0)
        continue;
      owner->uid = uid;
      owner->inode = inode;
      is_found = TRUE;
    }
  fclose (table);
  return is_found;
}

/* ---- both ---- */

static gboolean
find_owner (RpPeerSource source, const End *local, const End *remote, Owner *owner)
{
  switch (source)
    {
    case RP_PEER_SOCK_DIAG:
      return ask_sock_diag (local, remote, owner);
    case RP_PEER_PROC:
      return read_proc (local, remote, owner);
    }

  g_assert_not_reached ();
}

static gboolean
find_owner_of_either_family (RpPeerSource source,
                             const End *local,
                             const End *remote,
                             Owner *owner)
{
  End mapped_local, mapped_remote;

  if (find_owner (source, local, remote, owner))
    return TRUE;
  if (local->family != AF_INET)
    return FALSE;

  mapped_local = end_as_mapped (local);
  mapped_remote = end_as_mapped (remote);
  return find_owner (source, &mapped_local, &mapped_remote, owner);
}

gboolean
rp_peer_get_uid_from (RpPeerSource source,
                      GSocketAddress *ours,
                      GSocketAddress *theirs,
                      uid_t *uid,
                      guint64 *inode)
{
  End our_end, their_end;
  Owner owner;

  if (!end_from_address (ours, &our_end) || !end_from_address (theirs, &their_end)
      || !find_owner_of_either_family (source, &their_end, &our_end, &owner))
    return FALSE;

  *uid = owner.uid;
  if (inode != NULL)
    *inode = owner.inode;
  return TRUE;
}

gboolean
rp_peer_get_uid (GSocketAddress *ours,
                 GSocketAddress *theirs,
                 uid_t *uid,
                 guint64 *inode)
{
  return rp_peer_get_uid_from (RP_PEER_SOCK_DIAG, ours, theirs, uid, inode)
         || rp_peer_get_uid_from (RP_PEER_PROC, ours, theirs, uid, inode);
}

static gboolean
find_listener (RpPeerSource source, const End *local, Owner *owner)
{
  const End any = { local->family, local->port, { 0 } };
  const End nobody = { local->family, 0, { 0 } };

  return find_owner (source, local, &nobody, owner)
         || find_owner (source, &any, &nobody, owner);
}

/* An IPv6 socket may have the port of an IPv4 address, on that address or on any. */
gboolean
rp_peer_find_listener_from (RpPeerSource source,
                            GSocketAddress *address,
                            uid_t *uid,
                            guint64 *inode)
{
  End local, mapped;
  Owner owner;

  if (!end_from_address (address, &local))
    return FALSE;

  mapped = end_as_mapped (&local);
  if (!find_listener (source, &local, &owner)
      && (local.family != AF_INET || !find_listener (source, &mapped, &owner)))
    return FALSE;

  *uid = owner.uid;
  *inode = owner.inode;
  return TRUE;
}

gboolean
rp_peer_find_listener (GSocketAddress *address, uid_t *uid, guint64 *inode)
{
  return rp_peer_find_listener_from (RP_PEER_SOCK_DIAG, address, uid, inode)
         || rp_peer_find_listener_from (RP_PEER_PROC, address, uid, inode);
}

/* ---- the program ---- */

static gboolean
holds_socket (const char *fd_folder, const char *wanted)
{
  g_autoptr (GDir) folder = g_dir_open (fd_folder, 0, NULL);
  const char *name;

  if (folder == NULL)
    return FALSE;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fd_folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      if (g_strcmp0 (target, wanted) == 0)
        return TRUE;
    }

  return FALSE;
}

static char *
dup_name_of_process (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "comm", NULL);
  g_autofree char *name = NULL;

  if (!g_file_get_contents (path, &name, NULL, NULL))
    return NULL;

  g_strchomp (name);
  return g_utf8_make_valid (name, -1);
}

char *
rp_peer_dup_program (guint64 inode)
{
  g_autofree char *wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (proc != NULL && (name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *fd_folder = g_build_filename ("/proc", name, "fd", NULL);

      if (g_ascii_isdigit (name[0]) && holds_socket (fd_folder, wanted))
        return dup_name_of_process (name);
    }

  return NULL;
}
