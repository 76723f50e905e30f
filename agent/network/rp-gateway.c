/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-gateway.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

#include "network/rp-netlink.h"

struct _RpGateway
{
  RpGatewayFunc on_mac_changed;
  gpointer user_data;
  RpNetlinkWatch *watch;
  GBytes *address; /* nullable: of the gateway that is watched */
  guint interface_index;
  char *mac; /* nullable */
};

static GBytes *
parse_address (const char *text, int *family)
{
  struct in6_addr bytes;

  *family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  if (inet_pton (*family, text, &bytes) != 1)
    return NULL;
  return g_bytes_new (&bytes, *family == AF_INET6 ? 16 : 4);
}

static char *
dup_mac_text (const guint8 *bytes, gsize n_bytes)
{
  GString *text = g_string_new (NULL);
  guint8 any = 0;

  for (gsize i = 0; i < n_bytes; i++)
    {
      g_string_append_printf (text, "%s%02x", i > 0 ? ":" : "", bytes[i]);
      any |= bytes[i];
    }
  /* All zero: a link without addresses, such as a tunnel. */
  return g_string_free (text, any == 0);
}

/* Whether the message is about our gateway, and which MAC it tells. */
static gboolean
read_neighbour (RpGateway *self, const struct nlmsghdr *message, char **mac)
{
  const struct ndmsg *body = NLMSG_DATA (message);
  const struct rtattr *first;
  const struct rtattr *address, *link;
  gsize n_bytes;

  if (message->nlmsg_type != RTM_NEWNEIGH || self->address == NULL
      || (guint) body->ndm_ifindex != self->interface_index)
    return FALSE;

  first = (const struct rtattr *) ((const char *) body
                                   + NLMSG_ALIGN (sizeof (struct ndmsg)));
  n_bytes = NLMSG_PAYLOAD (message, sizeof (struct ndmsg));
  address = rp_netlink_find (first, n_bytes, NDA_DST);
  if (address == NULL || RTA_PAYLOAD (address) != g_bytes_get_size (self->address)
      || memcmp (RTA_DATA (address), g_bytes_get_data (self->address, NULL),
                 RTA_PAYLOAD (address))
             != 0)
    return FALSE;

  link = rp_netlink_find (first, n_bytes, NDA_LLADDR);
  if (link != NULL && (body->ndm_state & (NUD_FAILED | NUD_INCOMPLETE)) == 0)
    *mac = dup_mac_text (RTA_DATA (link), RTA_PAYLOAD (link));
  return TRUE;
}

static void
on_table_entry (const struct nlmsghdr *message, gpointer data)
{
  RpGateway *self = data;
  g_autofree char *mac = NULL;

  if (read_neighbour (self, message, &mac) && mac != NULL)
    {
      g_free (self->mac);
      self->mac = g_steal_pointer (&mac);
    }
}

/* An entry that merely ages or fails changes nothing: the place is the same until
 * another MAC answers. */
static void
on_neighbour_message (const struct nlmsghdr *message, gpointer data)
{
  RpGateway *self = data;
  g_autofree char *mac = NULL;

  if (message != NULL
      && (!read_neighbour (self, message, &mac) || mac == NULL
          || g_strcmp0 (mac, self->mac) == 0))
    return;

  self->on_mac_changed (self->user_data);
}

/* To the discard port, and no further than the link: the gateway is not bothered by it,
 * but the kernel must find its MAC to send it. */
static void
send_datagram (int family, const struct sockaddr *gateway, socklen_t n_bytes)
{
  const int one = 1;
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    return;
  if (family == AF_INET)
    setsockopt (fd, IPPROTO_IP, IP_TTL, &one, sizeof one);
  else
    setsockopt (fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &one, sizeof one);
  sendto (fd, "", 0, 0, gateway, n_bytes);
  close (fd);
}

static void
ask_ipv4 (const guint8 *address)
{
  struct sockaddr_in target = { .sin_family = AF_INET, .sin_port = htons (9) };
  struct icmphdr echo = { .type = ICMP_ECHO };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);

  memcpy (&target.sin_addr, address, sizeof target.sin_addr);
  if (fd < 0)
    {
      send_datagram (AF_INET, (struct sockaddr *) &target, sizeof target);
      return;
    }
  sendto (fd, &echo, sizeof echo, 0, (struct sockaddr *) &target, sizeof target);
  close (fd);
}

static void
ask_ipv6 (const guint8 *address, guint interface_index)
{
  struct sockaddr_in6 target = { .sin6_family = AF_INET6,
                                 .sin6_port = htons (9),
                                 .sin6_scope_id = interface_index };
  struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);

  memcpy (&target.sin6_addr, address, sizeof target.sin6_addr);
  if (fd < 0)
    {
      send_datagram (AF_INET6, (struct sockaddr *) &target, sizeof target);
      return;
    }
  sendto (fd, &echo, sizeof echo, 0, (struct sockaddr *) &target, sizeof target);
  close (fd);
}

static void
ask (RpGateway *self, int family)
{
  const guint8 *address = g_bytes_get_data (self->address, NULL);

  if (family == AF_INET)
    ask_ipv4 (address);
  else
    ask_ipv6 (address, self->interface_index);
}

RpGateway *
rp_gateway_new (RpGatewayFunc on_mac_changed, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  RpGateway *self = g_new0 (RpGateway, 1);

  self->on_mac_changed = on_mac_changed;
  self->user_data = user_data;
  self->watch = rp_netlink_watch_new (RTMGRP_NEIGH, on_neighbour_message, self, &error);
  if (self->watch == NULL)
    g_debug ("gateway: %s", error->message);
  return self;
}

void
rp_gateway_free (RpGateway *self)
{
  if (self == NULL)
    return;

  rp_netlink_watch_free (self->watch);
  g_clear_pointer (&self->address, g_bytes_unref);
  g_free (self->mac);
  g_free (self);
}

char *
rp_gateway_dup_mac (RpGateway *self, const char *address, guint interface_index)
{
  int family = AF_INET;
  GBytes *bytes = address != NULL ? parse_address (address, &family) : NULL;

  g_clear_pointer (&self->address, g_bytes_unref);
  g_clear_pointer (&self->mac, g_free);
  self->address = bytes;
  self->interface_index = interface_index;
  if (bytes == NULL)
    return NULL;

  rp_netlink_dump (RTM_GETNEIGH, (guint8) family, on_table_entry, self, NULL);
  if (self->mac == NULL)
    ask (self, family);
  return g_strdup (self->mac);
}
