/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-default-route.h"

#include <arpa/inet.h>
#include <string.h>

#include "network/rp-netlink.h"

/* The best route seen while a table is read. */
typedef struct
{
  RpDefaultRoute *route;
  guint32 metric;
} Search;

typedef struct
{
  const struct rtattr *first;
  gsize n_bytes;
} Attributes;

static guint32
read_u32 (const struct rtattr *attribute, guint32 otherwise)
{
  guint32 value = otherwise;

  if (attribute != NULL && RTA_PAYLOAD (attribute) >= sizeof value)
    memcpy (&value, RTA_DATA (attribute), sizeof value);
  return value;
}

static char *
dup_address (int family, const void *bytes, gsize n_bytes)
{
  char text[INET6_ADDRSTRLEN];
  gsize wanted = family == AF_INET ? sizeof (struct in_addr) : sizeof (struct in6_addr);

  if (n_bytes < wanted || inet_ntop (family, bytes, text, sizeof text) == NULL)
    return NULL;
  return g_strdup (text);
}

/* RTA_VIA: an IPv4 route by way of an IPv6 neighbour (RFC 5549). */
static char *
dup_gateway (const Attributes *attributes, int family)
{
  const struct rtattr *gateway =
      rp_netlink_find (attributes->first, attributes->n_bytes, RTA_GATEWAY);
  const struct rtattr *via =
      rp_netlink_find (attributes->first, attributes->n_bytes, RTA_VIA);

  if (gateway != NULL)
    return dup_address (family, RTA_DATA (gateway), RTA_PAYLOAD (gateway));
  if (via != NULL && RTA_PAYLOAD (via) > sizeof (struct rtvia))
    {
      const struct rtvia *next = RTA_DATA (via);

      return dup_address (next->rtvia_family, next->rtvia_addr,
                          RTA_PAYLOAD (via) - sizeof (struct rtvia));
    }
  return NULL;
}

/* A route over several links: the first one that is alive stands for it. */
static gboolean
enter_multipath (Attributes *attributes, guint *interface_index)
{
  const struct rtattr *multipath =
      rp_netlink_find (attributes->first, attributes->n_bytes, RTA_MULTIPATH);
  const struct rtnexthop *hop;
  gsize n_left;

  if (multipath == NULL)
    return FALSE;

  hop = RTA_DATA (multipath);
  n_left = RTA_PAYLOAD (multipath);
  while (n_left >= sizeof *hop && hop->rtnh_len >= sizeof *hop
         && hop->rtnh_len <= n_left)
    {
      if ((hop->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0)
        {
          *interface_index = (guint) hop->rtnh_ifindex;
          attributes->first = (const struct rtattr *) (hop + 1);
          attributes->n_bytes = hop->rtnh_len - sizeof *hop;
          return TRUE;
        }
      n_left -= MIN (n_left, (gsize) RTNH_ALIGN (hop->rtnh_len));
      hop = RTNH_NEXT (hop);
    }
  return FALSE;
}

static gboolean
is_live_default (const struct rtmsg *body, const Attributes *attributes)
{
  const struct rtattr *table =
      rp_netlink_find (attributes->first, attributes->n_bytes, RTA_TABLE);

  return body->rtm_dst_len == 0 && body->rtm_type == RTN_UNICAST
         && (body->rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0
         && (body->rtm_flags & RTM_F_CLONED) == 0
         && read_u32 (table, body->rtm_table) == RT_TABLE_MAIN;
}

static void
on_route (const struct nlmsghdr *message, gpointer data)
{
  Search *search = data;
  const struct rtmsg *body = NLMSG_DATA (message);
  Attributes attributes = { RTM_RTA (body), RTM_PAYLOAD (message) };
  guint32 metric, interface_index;

  if (message->nlmsg_type != RTM_NEWROUTE || !is_live_default (body, &attributes))
    return;

  metric = read_u32 (
      rp_netlink_find (attributes.first, attributes.n_bytes, RTA_PRIORITY), 0);
  interface_index =
      read_u32 (rp_netlink_find (attributes.first, attributes.n_bytes, RTA_OIF), 0);
  if (interface_index == 0 && !enter_multipath (&attributes, &interface_index))
    return;
  if (search->route != NULL && search->metric <= metric)
    return;

  rp_default_route_free (search->route);
  search->route = g_new0 (RpDefaultRoute, 1);
  search->route->interface_index = interface_index;
  search->route->gateway = dup_gateway (&attributes, body->rtm_family);
  search->metric = metric;
}

RpDefaultRoute *
rp_default_route_read (GError **error)
{
  const guint8 families[] = { AF_INET, AF_INET6 };
  Search search = { NULL, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (families) && search.route == NULL; i++)
    if (!rp_netlink_dump (RTM_GETROUTE, families[i], on_route, &search, error))
      break;
  return search.route;
}

void
rp_default_route_free (RpDefaultRoute *self)
{
  if (self == NULL)
    return;

  g_free (self->gateway);
  g_free (self);
}
