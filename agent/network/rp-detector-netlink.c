/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector-netlink.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include "network/rp-default-route.h"
#include "network/rp-gateway.h"
#include "network/rp-netlink.h"
#include "network/rp-quiet-timer.h"
#include "network/rp-resolv-conf.h"

/* A roam is a burst of messages; all together the route of the next message follows
 * within a second. */
#define QUIET_MS 300
#define LONGEST_MS 600

#define WATCHED_GROUPS                                                                 \
  (RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_IFADDR            \
   | RTMGRP_IPV6_IFADDR)

struct _RpDetectorNetlink
{
  RpDetector parent;

  char *resolv_conf;
  char *resolv_conf_target; /* nullable: where the link leads that is watched */
  GFileMonitor *monitor;
  GFileMonitor *target_monitor;
  RpNetlinkWatch *watch;
  RpGateway *gateway;
  RpQuietTimer *quiet;
};

G_DEFINE_FINAL_TYPE (RpDetectorNetlink, rp_detector_netlink, RP_TYPE_DETECTOR)

static gboolean
is_telling (const struct sockaddr *address)
{
  if (address == NULL)
    return FALSE;
  if (address->sa_family == AF_INET)
    return TRUE;
  /* A link-local address says nothing about the place. */
  return address->sa_family == AF_INET6
         && !IN6_IS_ADDR_LINKLOCAL (
             &((const struct sockaddr_in6 *) address)->sin6_addr);
}

static GStrv
dup_addresses (guint interface_index)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *all = NULL;
  char name[IF_NAMESIZE];

  if (if_indextoname (interface_index, name) == NULL || getifaddrs (&all) != 0)
    return NULL;

  for (struct ifaddrs *entry = all; entry != NULL; entry = entry->ifa_next)
    {
      char text[NI_MAXHOST];

      if (is_telling (entry->ifa_addr) && g_str_equal (entry->ifa_name, name)
          && getnameinfo (entry->ifa_addr,
                          entry->ifa_addr->sa_family == AF_INET
                              ? sizeof (struct sockaddr_in)
                              : sizeof (struct sockaddr_in6),
                          text, sizeof text, NULL, 0, NI_NUMERICHOST)
                 == 0)
        g_strv_builder_add (builder, text);
    }
  freeifaddrs (all);
  return g_strv_builder_end (builder);
}

static GStrv
dup_domains (const char *resolv_conf)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) domains = NULL;

  if (!g_file_get_contents (resolv_conf, &text, NULL, NULL))
    return NULL;
  domains = rp_resolv_conf_parse (text);
  return domains[0] != NULL ? g_steal_pointer (&domains) : NULL;
}

static void
read_place (RpDetectorNetlink *self,
            RpSurroundings *surroundings,
            const RpDefaultRoute *route)
{
  surroundings->connectivity = RP_CONNECTIVITY_UNKNOWN;
  surroundings->gateway = g_strdup (route->gateway);
  surroundings->gateway_mac =
      rp_gateway_dup_mac (self->gateway, route->gateway, route->interface_index);
  surroundings->addresses = dup_addresses (route->interface_index);
  surroundings->dns_domains = dup_domains (self->resolv_conf);
}

static void
read_all (gpointer data)
{
  RpDetectorNetlink *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpSurroundings) surroundings = rp_surroundings_new ();
  g_autoptr (RpDefaultRoute) route = rp_default_route_read (&error);

  if (error != NULL)
    g_warning ("the routes cannot be read: %s", error->message);
  if (route != NULL)
    read_place (self, surroundings, route);
  else if (error == NULL)
    surroundings->connectivity = RP_CONNECTIVITY_NONE;

  rp_detector_publish (RP_DETECTOR (self), g_steal_pointer (&surroundings));
}

static void
on_kernel_message (const struct nlmsghdr *message, gpointer data)
{
  rp_quiet_timer_signal (RP_DETECTOR_NETLINK (data)->quiet);
}

/* ---- resolv.conf ---- */

static void watch_target (RpDetectorNetlink *self);

static void
on_file_changed (GFileMonitor *monitor,
                 GFile *file,
                 GFile *other,
                 GFileMonitorEvent event,
                 gpointer data)
{
  RpDetectorNetlink *self = data;

  watch_target (self);
  rp_quiet_timer_signal (self->quiet);
}

/* %NULL where the folder is missing: a monitor on that would poll. */
static GFileMonitor *
monitor_file (RpDetectorNetlink *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *folder = g_path_get_dirname (path);
  GFileMonitor *monitor = NULL;

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor != NULL)
    g_signal_connect (monitor, "changed", G_CALLBACK (on_file_changed), self);
  return monitor;
}

static void
stop_monitor (GFileMonitor **monitor)
{
  if (*monitor != NULL)
    g_file_monitor_cancel (*monitor);
  g_clear_object (monitor);
}

/* Often a link into /run: a monitor on the link does not see its target change. */
static void
watch_target (RpDetectorNetlink *self)
{
  char *resolved = realpath (self->resolv_conf, NULL);
  g_autofree char *target = g_strdup (resolved);

  free (resolved);
  if (g_strcmp0 (target, self->resolv_conf_target) == 0)
    return;

  g_free (self->resolv_conf_target);
  self->resolv_conf_target = g_steal_pointer (&target);
  stop_monitor (&self->target_monitor);
  if (self->resolv_conf_target != NULL
      && !g_str_equal (self->resolv_conf_target, self->resolv_conf))
    self->target_monitor = monitor_file (self, self->resolv_conf_target);
}

/* ---- the object ---- */

static void
rp_detector_netlink_start (RpDetector *detector)
{
  RpDetectorNetlink *self = RP_DETECTOR_NETLINK (detector);
  g_autoptr (GError) error = NULL;

  self->quiet = rp_quiet_timer_new (QUIET_MS, LONGEST_MS, read_all, self);
  self->gateway = rp_gateway_new (read_all, self);
  self->watch = rp_netlink_watch_new (WATCHED_GROUPS, on_kernel_message, self, &error);
  if (self->watch == NULL)
    g_warning ("changes of the network will not be noticed: %s", error->message);
  self->monitor = monitor_file (self, self->resolv_conf);
  watch_target (self);
  read_all (self);
}

static void
rp_detector_netlink_finalize (GObject *object)
{
  RpDetectorNetlink *self = RP_DETECTOR_NETLINK (object);

  stop_monitor (&self->monitor);
  stop_monitor (&self->target_monitor);
  rp_netlink_watch_free (self->watch);
  rp_gateway_free (self->gateway);
  rp_quiet_timer_free (self->quiet);
  g_free (self->resolv_conf_target);
  g_free (self->resolv_conf);
  G_OBJECT_CLASS (rp_detector_netlink_parent_class)->finalize (object);
}

static void
rp_detector_netlink_class_init (RpDetectorNetlinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_detector_netlink_finalize;
  RP_DETECTOR_CLASS (klass)->start = rp_detector_netlink_start;
}

static void
rp_detector_netlink_init (RpDetectorNetlink *self)
{
}

RpDetector *
rp_detector_netlink_new (const char *resolv_conf)
{
  RpDetectorNetlink *self = g_object_new (RP_TYPE_DETECTOR_NETLINK, NULL);

  self->resolv_conf = g_strdup (resolv_conf);
  return RP_DETECTOR (self);
}
