/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector-system.h"

#include "network/rp-detector-netlink.h"
#include "network/rp-detector-networkmanager.h"
#include "network/rp-quiet-timer.h"

/* The two see one roam at slightly different moments: what is between them is no
 * place. */
#define QUIET_MS 50
#define LONGEST_MS 100

/* A gateway that is about to tell its MAC makes one change, not two. */
#define MAC_WAIT_MS 200

/* At the start NetworkManager is waited for, a bus that says nothing is not. */
#define START_WAIT_MS 500

struct _RpDetectorSystem
{
  RpDetector parent;

  RpDetector *networkmanager;
  RpDetector *netlink;
  RpQuietTimer *quiet;
  guint start_source; /* 0 once the choice is open */
};

G_DEFINE_FINAL_TYPE (RpDetectorSystem, rp_detector_system, RP_TYPE_DETECTOR)

static gboolean
knows_no_connection (const RpSurroundings *surroundings)
{
  return surroundings->connection_uuid == NULL && surroundings->gateway == NULL;
}

/* NetworkManager leaves interfaces alone that ifupdown or another program manages: then
 * it sees no connection where the kernel has a way out. */
static RpDetector *
choose (RpDetectorSystem *self)
{
  const RpSurroundings *kernel = rp_detector_get_surroundings (self->netlink);
  const RpSurroundings *manager = rp_detector_get_surroundings (self->networkmanager);

  if (!rp_detector_networkmanager_is_present (
          RP_DETECTOR_NETWORKMANAGER (self->networkmanager)))
    return self->netlink;
  if (knows_no_connection (manager) && kernel->connectivity != RP_CONNECTIVITY_NONE)
    return self->netlink;
  return self->networkmanager;
}

static void
publish_choice (gpointer data)
{
  RpDetectorSystem *self = data;
  const RpSurroundings *chosen = rp_detector_get_surroundings (choose (self));

  if (chosen->gateway != NULL && chosen->gateway_mac == NULL)
    rp_detector_publish_within (RP_DETECTOR (self), rp_surroundings_copy (chosen),
                                MAC_WAIT_MS);
  else
    rp_detector_publish (RP_DETECTOR (self), rp_surroundings_copy (chosen));
}

static void
on_child_changed (RpDetector *child, RpDetectorSystem *self)
{
  if (self->start_source == 0)
    rp_quiet_timer_signal (self->quiet);
}

static void
on_presence_changed (RpDetector *child, RpDetectorSystem *self)
{
  g_clear_handle_id (&self->start_source, g_source_remove);
  rp_quiet_timer_signal (self->quiet);
}

static gboolean
on_start_waited (gpointer data)
{
  RpDetectorSystem *self = data;

  self->start_source = 0;
  rp_quiet_timer_signal (self->quiet);
  return G_SOURCE_REMOVE;
}

static void
rp_detector_system_start (RpDetector *detector)
{
  RpDetectorSystem *self = RP_DETECTOR_SYSTEM (detector);

  self->start_source = g_timeout_add (START_WAIT_MS, on_start_waited, self);
  rp_detector_start (self->netlink);
  rp_detector_start (self->networkmanager);
}

static void
rp_detector_system_dispose (GObject *object)
{
  RpDetectorSystem *self = RP_DETECTOR_SYSTEM (object);

  g_clear_handle_id (&self->start_source, g_source_remove);
  if (self->networkmanager != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->networkmanager, self);
      g_object_run_dispose (G_OBJECT (self->networkmanager));
    }
  if (self->netlink != NULL)
    g_signal_handlers_disconnect_by_data (self->netlink, self);
  g_clear_object (&self->networkmanager);
  g_clear_object (&self->netlink);
  g_clear_pointer (&self->quiet, rp_quiet_timer_free);
  G_OBJECT_CLASS (rp_detector_system_parent_class)->dispose (object);
}

static void
rp_detector_system_class_init (RpDetectorSystemClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_detector_system_dispose;
  RP_DETECTOR_CLASS (klass)->start = rp_detector_system_start;
}

static void
rp_detector_system_init (RpDetectorSystem *self)
{
  self->quiet = rp_quiet_timer_new (QUIET_MS, LONGEST_MS, publish_choice, self);
  self->netlink = rp_detector_netlink_new ("/etc/resolv.conf");
  self->networkmanager = rp_detector_networkmanager_new ();
  g_signal_connect (self->netlink, "changed", G_CALLBACK (on_child_changed), self);
  g_signal_connect (self->networkmanager, "changed", G_CALLBACK (on_child_changed),
                    self);
  g_signal_connect (self->networkmanager, "presence-changed",
                    G_CALLBACK (on_presence_changed), self);
}

RpDetector *
rp_detector_new_system (void)
{
  return g_object_new (RP_TYPE_DETECTOR_SYSTEM, NULL);
}
