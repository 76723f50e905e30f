/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-netlink.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel sends in one piece at most: netlink(7) asks for 8 KiB, dumps use
 * up to 32 KiB where the reader offers it. */
#define BUFFER_BYTES (32 * 1024)

struct _RpNetlinkWatch
{
  int fd;
  guint source;
  RpNetlinkFunc on_message;
  gpointer user_data;
};

/* Aligned as the messages in it have to be. */
typedef union
{
  struct nlmsghdr header;
  char bytes[BUFFER_BYTES];
} Buffer;

static void
set_errno_error (GError **error, const char *what)
{
  int saved_errno = errno;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno),
               "rtnetlink: %s: %s", what, g_strerror (saved_errno));
}

static int
open_socket (guint32 groups, int flags, GError **error)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;

  set_errno_error (error, "no socket");
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Only the kernel's word counts: another process may send to our socket too. */
static ssize_t
receive (int fd, Buffer *buffer)
{
  struct sockaddr_nl sender = { 0 };
  struct iovec vector = { buffer, sizeof *buffer };
  struct msghdr message = { .msg_name = &sender,
                            .msg_namelen = sizeof sender,
                            .msg_iov = &vector,
                            .msg_iovlen = 1 };
  ssize_t n_bytes;

  do
    n_bytes = recvmsg (fd, &message, 0);
  while ((n_bytes < 0 && errno == EINTR) || (n_bytes >= 0 && sender.nl_pid != 0));
  return n_bytes;
}

static gboolean
request_dump (int fd, guint16 type, guint8 family, GError **error)
{
  struct
  {
    struct nlmsghdr header;
    struct rtmsg body; /* of the bodies that a dump may have only the family counts */
  } request = { .header = { .nlmsg_len = sizeof request,
                            .nlmsg_type = type,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                            .nlmsg_seq = 1 },
                .body = { .rtm_family = family } };

  if (send (fd, &request, sizeof request, 0) == (ssize_t) sizeof request)
    return TRUE;

  set_errno_error (error, "no request");
  return FALSE;
}

/* Whether more is to come. */
static gboolean
read_part (
    int fd, RpNetlinkFunc on_message, gpointer user_data, gboolean *ok, GError **error)
{
  g_autofree Buffer *buffer = g_new (Buffer, 1);
  ssize_t n_read = receive (fd, buffer);
  guint n_bytes = (guint) MAX (n_read, 0);

  *ok = n_read >= 0;
  if (!*ok)
    set_errno_error (error, "no answer");

  for (struct nlmsghdr *header = &buffer->header; NLMSG_OK (header, n_bytes);
       header = NLMSG_NEXT (header, n_bytes))
    {
      if (header->nlmsg_type == NLMSG_DONE)
        return FALSE;
      if (header->nlmsg_type == NLMSG_ERROR)
        {
          errno = -((const struct nlmsgerr *) NLMSG_DATA (header))->error;
          set_errno_error (error, "refused");
          *ok = FALSE;
          return FALSE;
        }
      on_message (header, user_data);
    }
  return *ok && n_read > 0;
}

gboolean
rp_netlink_dump (guint16 type,
                 guint8 family,
                 RpNetlinkFunc on_message,
                 gpointer user_data,
                 GError **error)
{
  gboolean ok = FALSE;
  int fd = open_socket (0, 0, error);

  if (fd < 0)
    return FALSE;
  if (request_dump (fd, type, family, error))
    while (read_part (fd, on_message, user_data, &ok, error))
      continue;
  close (fd);
  return ok;
}

const struct rtattr *
rp_netlink_find (const struct rtattr *attributes, gsize n_bytes, guint16 type)
{
  guint left = (guint) n_bytes;

  for (; RTA_OK (attributes, left); attributes = RTA_NEXT (attributes, left))
    if ((attributes->rta_type & NLA_TYPE_MASK) == type)
      return attributes;
  return NULL;
}

static gboolean
on_watch_readable (gint fd, GIOCondition condition, gpointer data)
{
  RpNetlinkWatch *self = data;
  g_autofree Buffer *buffer = g_new (Buffer, 1);
  ssize_t n_read = receive (fd, buffer);
  guint n_bytes = (guint) MAX (n_read, 0);

  if (n_read < 0 && errno == ENOBUFS)
    self->on_message (NULL, self->user_data);

  for (struct nlmsghdr *header = &buffer->header; NLMSG_OK (header, n_bytes);
       header = NLMSG_NEXT (header, n_bytes))
    self->on_message (header, self->user_data);
  return G_SOURCE_CONTINUE;
}

RpNetlinkWatch *
rp_netlink_watch_new (guint32 groups,
                      RpNetlinkFunc on_message,
                      gpointer user_data,
                      GError **error)
{
  RpNetlinkWatch *self;
  int fd = open_socket (groups, SOCK_NONBLOCK, error);

  if (fd < 0)
    return NULL;

  self = g_new0 (RpNetlinkWatch, 1);
  self->fd = fd;
  self->on_message = on_message;
  self->user_data = user_data;
  self->source = g_unix_fd_add (fd, G_IO_IN, on_watch_readable, self);
  return self;
}

void
rp_netlink_watch_free (RpNetlinkWatch *self)
{
  if (self == NULL)
    return;

  g_source_remove (self->source);
  close (self->fd);
  g_free (self);
}
