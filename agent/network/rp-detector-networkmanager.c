/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector-networkmanager.h"

#include <net/if.h>

#include "network/rp-gateway.h"
#include "network/rp-networkmanager-objects.h"
#include "network/rp-quiet-timer.h"

#define SERVICE "org.freedesktop.NetworkManager"

/* The first signals of a roam still carry the old connectivity: everything is read
 * again when it has become quiet. All together the route of the next message follows
 * within a second. */
#define QUIET_MS 300
#define LONGEST_MS 600

#define READ_TIMEOUT_MS 3000
#define FIRST_RETRY_MS 500
#define LONGEST_RETRY_MS 30000

struct _RpDetectorNetworkmanager
{
  RpDetector parent;

  GDBusConnection *bus; /* nullable */
  GCancellable *life;   /* of the connecting; cancelled at the end */
  GCancellable *reading;
  guint retry_source;
  guint retry_ms;
  guint name_watch;
  guint subscription;
  gboolean is_present;
  RpGateway *gateway;
  RpQuietTimer *quiet;
};

enum
{
  SIGNAL_PRESENCE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpDetectorNetworkmanager,
                     rp_detector_networkmanager,
                     RP_TYPE_DETECTOR)

static void
set_present (RpDetectorNetworkmanager *self, gboolean is_present)
{
  self->is_present = is_present;
  g_signal_emit (self, signals[SIGNAL_PRESENCE_CHANGED], 0);
}

/* ---- reading ---- */

static void lose_bus (RpDetectorNetworkmanager *self);

static void
stop_reading (RpDetectorNetworkmanager *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

static void
take_objects (RpDetectorNetworkmanager *self, GVariant *objects)
{
  g_autofree char *interface_name = NULL;
  RpSurroundings *surroundings =
      rp_networkmanager_objects_read (objects, &interface_name);
  guint interface_index = interface_name != NULL ? if_nametoindex (interface_name) : 0;

  surroundings->gateway_mac =
      rp_gateway_dup_mac (self->gateway, surroundings->gateway, interface_index);
  rp_detector_publish (RP_DETECTOR (self), surroundings);

  self->retry_ms = FIRST_RETRY_MS;
  if (!self->is_present)
    set_present (self, TRUE);
}

static void
on_objects_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (RpDetectorNetworkmanager) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->reading);
  if (reply == NULL)
    {
      g_debug ("NetworkManager: %s", error->message);
      lose_bus (self);
      return;
    }
  objects = g_variant_get_child_value (reply, 0);
  take_objects (self, objects);
}

/* One call for all its objects: every fact is of the same moment. */
static void
read_objects (gpointer data)
{
  RpDetectorNetworkmanager *self = data;

  if (self->subscription == 0)
    return;
  stop_reading (self);
  self->reading = g_cancellable_new ();
  g_dbus_connection_call (self->bus, SERVICE, "/org/freedesktop",
                          "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                          NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, READ_TIMEOUT_MS,
                          self->reading, on_objects_read, g_object_ref (self));
}

/* Signal strengths and traffic counters change all the time and tell no place. */
static gboolean
is_about_the_place (const char *interface)
{
  const char *const interfaces[] = { SERVICE,
                                     SERVICE ".Connection.Active",
                                     SERVICE ".VPN.Connection",
                                     SERVICE ".IP4Config",
                                     SERVICE ".IP6Config",
                                     NULL };

  return g_strv_contains (interfaces, interface);
}

static void
on_properties_changed (GDBusConnection *bus,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer data)
{
  RpDetectorNetworkmanager *self = data;
  const char *changed = "";

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    g_variant_get_child (parameters, 0, "&s", &changed);
  if (is_about_the_place (changed))
    rp_quiet_timer_signal (self->quiet);
}

/* ---- NetworkManager comes and goes ---- */

static void
forget_networkmanager (RpDetectorNetworkmanager *self)
{
  stop_reading (self);
  rp_quiet_timer_stop (self->quiet);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
}

static void
on_name_appeared (GDBusConnection *bus,
                  const char *name,
                  const char *owner,
                  gpointer data)
{
  RpDetectorNetworkmanager *self = data;

  forget_networkmanager (self);
  self->subscription = g_dbus_connection_signal_subscribe (
      bus, owner, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
  read_objects (self);
}

static void
on_name_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  RpDetectorNetworkmanager *self = data;

  forget_networkmanager (self);
  set_present (self, FALSE);
}

/* ---- the bus comes and goes ---- */

static void connect_to_bus (RpDetectorNetworkmanager *self);

static gboolean
on_retry_due (gpointer data)
{
  RpDetectorNetworkmanager *self = data;

  self->retry_source = 0;
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (RpDetectorNetworkmanager *self)
{
  if (self->retry_source == 0)
    self->retry_source = g_timeout_add (self->retry_ms, on_retry_due, self);
  self->retry_ms = MIN (self->retry_ms * 2, LONGEST_RETRY_MS);
}

static void
drop_bus (RpDetectorNetworkmanager *self)
{
  forget_networkmanager (self);
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  if (self->bus != NULL)
    g_signal_handlers_disconnect_by_data (self->bus, self);
  g_clear_object (&self->bus);
}

/* Gone, or of no use: once more later. */
static void
lose_bus (RpDetectorNetworkmanager *self)
{
  drop_bus (self);
  set_present (self, FALSE);
  retry_later (self);
}

static void
on_bus_closed (GDBusConnection *bus, gboolean by_peer, GError *error, gpointer data)
{
  lose_bus (data);
}

static void
on_bus_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (RpDetectorNetworkmanager) self = data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      g_debug ("system bus: %s", error->message);
      lose_bus (self);
      return;
    }
  self->bus = bus;
  g_signal_connect (bus, "closed", G_CALLBACK (on_bus_closed), self);
  self->name_watch =
      g_bus_watch_name_on_connection (bus, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      on_name_appeared, on_name_vanished, self, NULL);
}

/* A connection of our own: the shared one would end the process with the bus, and is
 * not made anew. */
static void
connect_to_bus (RpDetectorNetworkmanager *self)
{
  g_autofree char *address =
      g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);

  if (address == NULL)
    {
      set_present (self, FALSE);
      return;
    }
  g_dbus_connection_new_for_address (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, self->life, on_bus_connected, g_object_ref (self));
}

/* ---- the object ---- */

gboolean
rp_detector_networkmanager_is_present (RpDetectorNetworkmanager *self)
{
  return self->is_present;
}

static void
rp_detector_networkmanager_start (RpDetector *detector)
{
  RpDetectorNetworkmanager *self = RP_DETECTOR_NETWORKMANAGER (detector);

  self->gateway = rp_gateway_new (read_objects, self);
  connect_to_bus (self);
}

static void
rp_detector_networkmanager_dispose (GObject *object)
{
  RpDetectorNetworkmanager *self = RP_DETECTOR_NETWORKMANAGER (object);

  g_cancellable_cancel (self->life);
  drop_bus (self);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_pointer (&self->gateway, rp_gateway_free);
  G_OBJECT_CLASS (rp_detector_networkmanager_parent_class)->dispose (object);
}

static void
rp_detector_networkmanager_finalize (GObject *object)
{
  RpDetectorNetworkmanager *self = RP_DETECTOR_NETWORKMANAGER (object);

  rp_quiet_timer_free (self->quiet);
  g_object_unref (self->life);
  G_OBJECT_CLASS (rp_detector_networkmanager_parent_class)->finalize (object);
}

static void
rp_detector_networkmanager_class_init (RpDetectorNetworkmanagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_detector_networkmanager_dispose;
  G_OBJECT_CLASS (klass)->finalize = rp_detector_networkmanager_finalize;
  RP_DETECTOR_CLASS (klass)->start = rp_detector_networkmanager_start;
  signals[SIGNAL_PRESENCE_CHANGED] =
      g_signal_new ("presence-changed", RP_TYPE_DETECTOR_NETWORKMANAGER,
                    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_detector_networkmanager_init (RpDetectorNetworkmanager *self)
{
  self->life = g_cancellable_new ();
  self->retry_ms = FIRST_RETRY_MS;
  self->quiet = rp_quiet_timer_new (QUIET_MS, LONGEST_MS, read_objects, self);
}

RpDetector *
rp_detector_networkmanager_new (void)
{
  return g_object_new (RP_TYPE_DETECTOR_NETWORKMANAGER, NULL);
}
