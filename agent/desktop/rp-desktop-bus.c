/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/rp-desktop-bus.h"

#define FIRST_RETRY_MS 500
#define LONGEST_RETRY_MS 30000

struct _RpDesktopBus
{
  GObject parent_instance;

  GDBusConnection *connection; /* nullable */
  GCancellable *life;          /* of the connecting; cancelled at the end */
  guint retry_source;
  guint retry_ms;
};

enum
{
  SIGNAL_CONNECTED,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpDesktopBus, rp_desktop_bus, G_TYPE_OBJECT)

char *
rp_desktop_bus_dup_address (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (path);

  if (address != NULL && *address != '\0')
    return g_strdup (address);

  return g_file_test (path, G_FILE_TEST_EXISTS)
             ? g_strconcat ("unix:path=", escaped, NULL)
             : NULL;
}

/* --- it comes and goes --- */

static void connect_to_bus (RpDesktopBus *self);

static gboolean
on_retry_due (gpointer data)
{
  RpDesktopBus *self = data;

  self->retry_source = 0;
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (RpDesktopBus *self)
{
  self->retry_source = g_timeout_add (self->retry_ms, on_retry_due, self);
  self->retry_ms = MIN (self->retry_ms * 2, LONGEST_RETRY_MS);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer data)
{
  g_autoptr (RpDesktopBus) self = g_object_ref (data);

  g_signal_handlers_disconnect_by_data (connection, self);
  g_signal_emit (self, signals[SIGNAL_LOST], 0);
  g_clear_object (&self->connection);
  retry_later (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (RpDesktopBus) self = data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (g_cancellable_is_cancelled (self->life))
    {
      g_clear_object (&connection);
      return;
    }
  if (connection == NULL)
    {
      g_debug ("session bus: %s", error->message);
      retry_later (self);
      return;
    }
  self->connection = connection;
  self->retry_ms = FIRST_RETRY_MS;
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

static void
connect_to_bus (RpDesktopBus *self)
{
  g_autofree char *address = rp_desktop_bus_dup_address ();

  if (address == NULL)
    retry_later (self);
  else
    g_dbus_connection_new_for_address (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, self->life, on_connected, g_object_ref (self));
}

/* --- the object --- */

GDBusConnection *
rp_desktop_bus_get_connection (RpDesktopBus *self)
{
  return self->connection;
}

static void
rp_desktop_bus_dispose (GObject *object)
{
  RpDesktopBus *self = RP_DESKTOP_BUS (object);

  g_cancellable_cancel (self->life);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (rp_desktop_bus_parent_class)->dispose (object);
}

static void
rp_desktop_bus_finalize (GObject *object)
{
  g_object_unref (RP_DESKTOP_BUS (object)->life);
  G_OBJECT_CLASS (rp_desktop_bus_parent_class)->finalize (object);
}

static void
rp_desktop_bus_class_init (RpDesktopBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_desktop_bus_dispose;
  G_OBJECT_CLASS (klass)->finalize = rp_desktop_bus_finalize;
  signals[SIGNAL_CONNECTED] =
      g_signal_new ("connected", RP_TYPE_DESKTOP_BUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOST] = g_signal_new ("lost", RP_TYPE_DESKTOP_BUS, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_desktop_bus_init (RpDesktopBus *self)
{
  self->life = g_cancellable_new ();
  self->retry_ms = FIRST_RETRY_MS;
}

RpDesktopBus *
rp_desktop_bus_new (void)
{
  RpDesktopBus *self = g_object_new (RP_TYPE_DESKTOP_BUS, NULL);

  connect_to_bus (self);
  return self;
}
