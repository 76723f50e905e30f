/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-bus.h"

#include "credentials/rp-keyring-service.h"
#include "credentials/rp-secrets.h"
#include "desktop/rp-desktop-bus.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define BUS_CALL_TIMEOUT_MS 5000

/* A connection of our own instead of GLib's shared one: the shared one ends the
 * process together with the bus, and comes back closed afterwards. */
struct _RpKeyringBus
{
  GObject parent_instance;

  GDBusConnection *connection;
  SecretService *service;
};

G_DEFINE_FINAL_TYPE (RpKeyringBus, rp_keyring_bus, G_TYPE_OBJECT)

static void
forget_service (RpKeyringBus *self)
{
  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
}

static void
rp_keyring_bus_finalize (GObject *object)
{
  RpKeyringBus *self = RP_KEYRING_BUS (object);

  forget_service (self);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (rp_keyring_bus_parent_class)->finalize (object);
}

static void
rp_keyring_bus_class_init (RpKeyringBusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_keyring_bus_finalize;
}

static void
rp_keyring_bus_init (RpKeyringBus *self)
{
}

RpKeyringBus *
rp_keyring_bus_new (void)
{
  return g_object_new (RP_TYPE_KEYRING_BUS, NULL);
}

static void
return_failure (GTask *task, const char *what, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "%s: %s", what, error->message);
}

/* --- the service --- */

/* Another owner knows nothing of our session. */
static void
on_service_owner_changed (RpKeyringBus *self)
{
  forget_service (self);
}

static void
on_service_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringBus *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) service =
      g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, &error);

  if (service == NULL)
    {
      return_failure (task, "the keyring does not answer", error);
      return;
    }

  forget_service (self);
  self->service = SECRET_SERVICE (g_object_ref (service));
  g_signal_connect_swapped (service, "notify::g-name-owner",
                            G_CALLBACK (on_service_owner_changed), self);
  g_task_return_pointer (task, g_steal_pointer (&service), g_object_unref);
}

static void
open_service (GTask *task)
{
  RpKeyringBus *self = g_task_get_source_object (task);

  g_async_initable_new_async (RP_TYPE_KEYRING_SERVICE, G_PRIORITY_DEFAULT,
                              g_task_get_cancellable (task), on_service_ready,
                              g_object_ref (task), "g-connection", self->connection,
                              "flags", SECRET_SERVICE_OPEN_SESSION, NULL);
}

/* --- is there one? --- */

static gboolean
names_service (GVariant *answer)
{
  g_autoptr (GVariant) names = g_variant_get_child_value (answer, 0);
  g_autofree const char **list = g_variant_get_strv (names, NULL);

  return g_strv_contains (list, SERVICE_NAME);
}

static void
on_activatable_names (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    return_failure (task, "the session bus does not answer", error);
  else if (names_service (answer))
    open_service (task);
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "no keyring runs on the session bus, and none can be "
                             "started there");
}

static void
ask_bus (GTask *task,
         const char *method,
         GVariant *arguments,
         const char *answer_type,
         GAsyncReadyCallback callback)
{
  RpKeyringBus *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->connection, "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                          arguments, G_VARIANT_TYPE (answer_type),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, BUS_CALL_TIMEOUT_MS,
                          g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
on_name_has_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean has_owner = FALSE;

  if (answer == NULL)
    {
      return_failure (task, "the session bus does not answer", error);
      return;
    }

  g_variant_get (answer, "(b)", &has_owner);
  if (has_owner)
    open_service (task);
  else
    ask_bus (task, "ListActivatableNames", NULL, "(as)", on_activatable_names);
}

/* --- the bus --- */

static void
on_bus_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringBus *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (connection == NULL)
    {
      return_failure (task, "the session bus does not answer", error);
      return;
    }

  g_set_object (&self->connection, connection);
  ask_bus (task, "NameHasOwner", g_variant_new ("(s)", SERVICE_NAME), "(b)",
           on_name_has_owner);
}

static void
connect_bus (GTask *task)
{
  g_autofree char *address = rp_desktop_bus_dup_address ();

  if (address == NULL)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "there is no session bus, so no keyring");
  else
    g_dbus_connection_new_for_address (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, g_task_get_cancellable (task), on_bus_connected, g_object_ref (task));
}

void
rp_keyring_bus_get_async (RpKeyringBus *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, rp_keyring_bus_get_async);
  if (self->connection != NULL && g_dbus_connection_is_closed (self->connection))
    {
      forget_service (self);
      g_clear_object (&self->connection);
    }

  if (self->service != NULL)
    g_task_return_pointer (task, g_object_ref (self->service), g_object_unref);
  else if (self->connection != NULL)
    ask_bus (task, "NameHasOwner", g_variant_new ("(s)", SERVICE_NAME), "(b)",
             on_name_has_owner);
  else
    connect_bus (task);
}

SecretService *
rp_keyring_bus_get_finish (RpKeyringBus *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
