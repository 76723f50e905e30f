/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bus/rp-bus-server.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/rp-bus-error.h"
#include "bus/rp-bus-path.h"

/* How often a session bus is looked for while there is none. */
#define SESSION_RETRY_S 60

struct _RpBusServer
{
  GObject parent_instance;

  RpAgent1 *agent;
  GDBusServer *server;
  GPtrArray *connections;
  guint name_id;
  guint session_retry_id;
};

G_DEFINE_FINAL_TYPE (RpBusServer, rp_bus_server, G_TYPE_OBJECT)

static void
leave_session (RpBusServer *self)
{
  g_clear_handle_id (&self->session_retry_id, g_source_remove);
  g_clear_handle_id (&self->name_id, g_bus_unown_name);
}

static void
forget_connection (RpBusServer *self, GDBusConnection *connection)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->agent);

  g_signal_handlers_disconnect_by_data (connection, self);
  if (g_dbus_interface_skeleton_has_connection (skeleton, connection))
    g_dbus_interface_skeleton_unexport_from_connection (skeleton, connection);
}

void
rp_bus_server_stop (RpBusServer *self)
{
  leave_session (self);
  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      g_dbus_server_stop (self->server);
      g_clear_object (&self->server);
    }
  while (self->connections->len > 0)
    {
      g_autoptr (GDBusConnection) connection =
          g_ptr_array_steal_index_fast (self->connections, 0);

      forget_connection (self, connection);
      g_dbus_connection_close (connection, NULL, NULL, NULL);
    }
}

static void
rp_bus_server_finalize (GObject *object)
{
  RpBusServer *self = RP_BUS_SERVER (object);

  rp_bus_server_stop (self);
  if (g_dbus_interface_skeleton_get_object_path (
          G_DBUS_INTERFACE_SKELETON (self->agent))
      != NULL) /* on the session bus */
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->agent));
  g_object_unref (self->agent);
  g_ptr_array_unref (self->connections);
  G_OBJECT_CLASS (rp_bus_server_parent_class)->finalize (object);
}

static void
rp_bus_server_class_init (RpBusServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_bus_server_finalize;
}

static void
rp_bus_server_init (RpBusServer *self)
{
  self->agent = rp_agent1_skeleton_new ();
  rp_agent1_set_version (self->agent, RP_VERSION);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  /* registers the names of the errors that handlers answer with */
  (void) RP_BUS_ERROR;
}

RpBusServer *
rp_bus_server_new (void)
{
  return g_object_new (RP_TYPE_BUS_SERVER, NULL);
}

RpAgent1 *
rp_bus_server_get_agent (RpBusServer *self)
{
  return self->agent;
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean is_remote,
                      GError *error,
                      gpointer user_data)
{
  RpBusServer *self = user_data;

  forget_connection (self, connection);
  g_ptr_array_remove_fast (self->connections, connection);
}

static gboolean
on_server_new_connection (GDBusServer *server,
                          GDBusConnection *connection,
                          gpointer user_data)
{
  RpBusServer *self = user_data;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->agent),
                                         connection, RP_BUS_OBJECT_PATH, &error))
    {
      g_warning ("bus: connection not served: %s", error->message);
      return FALSE;
    }
  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), self);
  g_ptr_array_add (self->connections, g_object_ref (connection));
  return TRUE;
}

/* DBUS_COOKIE_SHA1 trusts files in the home folder, ANONYMOUS everybody. */
static gboolean
on_observer_allow_mechanism (GDBusAuthObserver *observer,
                             const char *mechanism,
                             gpointer user_data)
{
  return g_str_equal (mechanism, "EXTERNAL");
}

static gboolean
set_folder_error (GError **error, const char *folder, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", folder, what);
  return FALSE;
}

/* A folder that others may write to would let them put their own socket there, and be
 * given passwords. */
static gboolean
prepare_folder (const char *folder, GError **error)
{
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return set_folder_error (error, folder, g_strerror (errno));
  if (lstat (folder, &status) < 0)
    return set_folder_error (error, folder, g_strerror (errno));
  if (!S_ISDIR (status.st_mode))
    return set_folder_error (error, folder,
                             "is no folder; choose another runtime folder");
  if (status.st_uid != geteuid ())
    return set_folder_error (
        error, folder, "belongs to another user; choose a runtime folder of your own");
  if ((status.st_mode & 077) != 0 && g_chmod (folder, 0700) < 0)
    return set_folder_error (error, folder, g_strerror (errno));
  return TRUE;
}

static gboolean
somebody_answers (const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

static gboolean
clear_path (const char *path, GError **error)
{
  if (strlen (path) >= sizeof ((struct sockaddr_un){ 0 }).sun_path)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                   "%s: too long for a socket (%u octets at most); choose a shorter "
                   "runtime folder with --runtime-dir",
                   path, (guint) sizeof ((struct sockaddr_un){ 0 }).sun_path - 1);
      return FALSE;
    }
  if (somebody_answers (path))
    {
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
          "%s: another roampost-agent answers there; stop it first, or give this "
          "one a folder of its own with --runtime-dir",
          path);
      return FALSE;
    }
  if (g_unlink (path) < 0 && errno != ENOENT)
    return set_folder_error (error, path, g_strerror (errno));
  return TRUE;
}

gboolean
rp_bus_server_listen (RpBusServer *self, const char *runtime_folder, GError **error)
{
  g_autofree char *path = rp_bus_path_dup_socket (runtime_folder);
  g_autofree char *address = rp_bus_path_dup_address (path);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GDBusAuthObserver) observer = g_dbus_auth_observer_new ();

  g_return_val_if_fail (self->server == NULL, FALSE);

  if (!prepare_folder (runtime_folder, error) || !clear_path (path, error))
    return FALSE;

  g_signal_connect (observer, "allow-mechanism",
                    G_CALLBACK (on_observer_allow_mechanism), NULL);
  self->server = g_dbus_server_new_sync (
      address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid, observer,
      NULL, error);
  if (self->server == NULL)
    return FALSE;

  g_signal_connect (self->server, "new-connection",
                    G_CALLBACK (on_server_new_connection), self);
  g_dbus_server_start (self->server);
  return TRUE;
}

/* Without this question GDBus would start a bus of its own through dbus-launch. */
static gboolean
has_session_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *socket = NULL;

  if (address != NULL && address[0] != '\0')
    return TRUE;
  if (runtime == NULL || runtime[0] == '\0')
    return FALSE;
  socket = g_build_filename (runtime, "bus", NULL);
  return g_file_test (socket, G_FILE_TEST_EXISTS);
}

static void
on_session_bus_acquired (GDBusConnection *connection,
                         const char *name,
                         gpointer user_data)
{
  RpBusServer *self = user_data;
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->agent);
  g_autoptr (GError) error = NULL;

  /* else the agent would die with the bus */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (!g_dbus_interface_skeleton_has_connection (skeleton, connection)
      && !g_dbus_interface_skeleton_export (skeleton, connection, RP_BUS_OBJECT_PATH,
                                            &error))
    g_warning ("session bus: not served: %s", error->message);
}

static gboolean
on_session_retry (gpointer user_data)
{
  RpBusServer *self = user_data;

  self->session_retry_id = 0;
  rp_bus_server_join_session (self);
  return G_SOURCE_REMOVE;
}

static void
retry_session_later (RpBusServer *self)
{
  leave_session (self);
  self->session_retry_id =
      g_timeout_add_seconds (SESSION_RETRY_S, on_session_retry, self);
}

/* With a connection the name is only somebody else's for now: we stand in the queue. */
static void
on_session_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  RpBusServer *self = user_data;

  if (connection == NULL)
    retry_session_later (self);
}

void
rp_bus_server_join_session (RpBusServer *self)
{
  if (self->name_id != 0)
    return;
  if (!has_session_bus ())
    {
      retry_session_later (self);
      return;
    }
  self->name_id =
      g_bus_own_name (G_BUS_TYPE_SESSION, RP_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                      on_session_bus_acquired, NULL, on_session_name_lost, self, NULL);
}

void
rp_bus_server_emit_changed (RpBusServer *self)
{
  rp_agent1_emit_changed (self->agent);
}

void
rp_bus_server_emit_stepped (RpBusServer *self, GVariant *step)
{
  rp_agent1_emit_stepped (self->agent, step);
}
