/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-watch.h"

#include "desktop/rp-desktop-bus.h"

#define SERVICE "org.freedesktop.secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define READ_TIMEOUT_MS 5000

/* RpKeyringWatch:
 * @owner: (nullable): unique name of the service, while it is there
 * @unlocked: paths of the collections that were open when last seen
 */
struct _RpKeyringWatch
{
  GObject parent_instance;

  RpDesktopBus *bus;
  guint name_watch;
  guint properties_subscription;
  guint collections_subscription;
  char *owner;
  GHashTable *unlocked;
  GCancellable *reading; /* of this owner */
};

enum
{
  SIGNAL_UNLOCKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpKeyringWatch, rp_keyring_watch, G_TYPE_OBJECT)

/* --- one collection --- */

static void
note_locked (RpKeyringWatch *self, const char *path, gboolean is_locked)
{
  if (is_locked)
    g_hash_table_remove (self->unlocked, path);
  else if (g_hash_table_add (self->unlocked, g_strdup (path)))
    g_signal_emit (self, signals[SIGNAL_UNLOCKED], 0);
}

/* Read: of one property, Locked
 * @watch: not to be touched when the call was cancelled: it may be gone
 */
typedef struct
{
  RpKeyringWatch *watch;
  char *path;
} Read;

static void
read_free (Read *self)
{
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static void
on_locked_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Read) read = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_debug ("keyring: %s", error->message);
      return;
    }

  g_variant_get (reply, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    note_locked (read->watch, read->path, g_variant_get_boolean (value));
}

static void
read_locked (RpKeyringWatch *self, const char *path)
{
  Read *read = g_new0 (Read, 1);

  read->watch = self;
  read->path = g_strdup (path);
  g_dbus_connection_call (rp_desktop_bus_get_connection (self->bus), self->owner, path,
                          PROPERTIES_INTERFACE, "Get",
                          g_variant_new ("(ss)", COLLECTION_INTERFACE, "Locked"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          READ_TIMEOUT_MS, self->reading, on_locked_read, read);
}

/* gnome-keyring says it in the property. */
static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;
  gboolean is_locked;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  changed = g_variant_get_child_value (parameters, 1);
  if (g_variant_lookup (changed, "Locked", "b", &is_locked))
    note_locked (user_data, path, is_locked);
}

/* KeePassXC says only that something changed, and which collection. */
static void
on_collection_signal (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters,
                      gpointer user_data)
{
  RpKeyringWatch *self = user_data;
  const char *collection;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(o)")))
    return;

  g_variant_get (parameters, "(&o)", &collection);
  if (g_str_equal (signal, "CollectionDeleted"))
    note_locked (self, collection, TRUE);
  else if (g_str_equal (signal, "CollectionChanged")
           || g_str_equal (signal, "CollectionCreated"))
    read_locked (self, collection);
}

/* --- the service comes and goes --- */

static void
forget_service (RpKeyringWatch *self)
{
  GDBusConnection *connection = rp_desktop_bus_get_connection (self->bus);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->properties_subscription != 0)
    g_dbus_connection_signal_unsubscribe (connection, self->properties_subscription);
  if (self->collections_subscription != 0)
    g_dbus_connection_signal_unsubscribe (connection, self->collections_subscription);
  self->properties_subscription = 0;
  self->collections_subscription = 0;
  g_clear_pointer (&self->owner, g_free);
  g_hash_table_remove_all (self->unlocked);
}

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  RpKeyringWatch *self = user_data;

  forget_service (self);
  self->owner = g_strdup (owner);
  self->reading = g_cancellable_new ();
  self->properties_subscription = g_dbus_connection_signal_subscribe (
      connection, owner, PROPERTIES_INTERFACE, "PropertiesChanged", NULL,
      COLLECTION_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self,
      NULL);
  self->collections_subscription = g_dbus_connection_signal_subscribe (
      connection, owner, SERVICE_INTERFACE, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_collection_signal, self, NULL);
  g_signal_emit (self, signals[SIGNAL_UNLOCKED], 0);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  forget_service (user_data);
}

static void
on_bus_connected (RpKeyringWatch *self)
{
  self->name_watch = g_bus_watch_name_on_connection (
      rp_desktop_bus_get_connection (self->bus), SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
      on_name_appeared, on_name_vanished, self, NULL);
}

static void
on_bus_lost (RpKeyringWatch *self)
{
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  forget_service (self);
}

/* --- the object --- */

static void
rp_keyring_watch_dispose (GObject *object)
{
  RpKeyringWatch *self = RP_KEYRING_WATCH (object);

  g_signal_handlers_disconnect_by_data (self->bus, self);
  on_bus_lost (self);
  G_OBJECT_CLASS (rp_keyring_watch_parent_class)->dispose (object);
}

static void
rp_keyring_watch_finalize (GObject *object)
{
  RpKeyringWatch *self = RP_KEYRING_WATCH (object);

  g_object_unref (self->bus);
  g_hash_table_unref (self->unlocked);
  G_OBJECT_CLASS (rp_keyring_watch_parent_class)->finalize (object);
}

static void
rp_keyring_watch_class_init (RpKeyringWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_keyring_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = rp_keyring_watch_finalize;
  signals[SIGNAL_UNLOCKED] =
      g_signal_new ("unlocked", RP_TYPE_KEYRING_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
rp_keyring_watch_init (RpKeyringWatch *self)
{
  self->unlocked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->bus = rp_desktop_bus_new ();
  g_signal_connect_swapped (self->bus, "connected", G_CALLBACK (on_bus_connected),
                            self);
  g_signal_connect_swapped (self->bus, "lost", G_CALLBACK (on_bus_lost), self);
}

RpKeyringWatch *
rp_keyring_watch_new (void)
{
  return g_object_new (RP_TYPE_KEYRING_WATCH, NULL);
}
