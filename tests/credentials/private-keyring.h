/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session bus of the test's own and, on it, a real gnome-keyring with an empty
 * keyring, in a temporary home. Started and stopped by process id. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string>
#include <vector>

#include "run-until.h"

/* Nothing outlives a test that was stopped. */
inline void
die_with_parent (gpointer)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

class PrivateBus
{
public:
  /* activatable_command: how the bus can start org.freedesktop.secrets, or null. */
  explicit PrivateBus (const char *activatable_command = nullptr)
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-bus-XXXXXX", nullptr);

    folder_ = folder;
    write_service (activatable_command);
    write_configuration ();
    start_bus ();
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", address_.c_str (), TRUE);
  }

  PrivateBus (const PrivateBus &) = delete;
  PrivateBus &operator= (const PrivateBus &) = delete;

  ~PrivateBus ()
  {
    stop ();
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
    remove_folder (folder_);
  }

  void
  stop ()
  {
    end (bus_);
  }

  const std::string &
  folder () const
  {
    return folder_;
  }

  const std::string &
  address () const
  {
    return address_;
  }

  GDBusConnection *
  connect () const
  {
    g_autoptr (GError) error = nullptr;
    GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address_.c_str (),
        (GDBusConnectionFlags) (G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION),
        nullptr, nullptr, &error);

    g_assert_no_error (error);
    return connection;
  }

  static void
  end (GPid &pid)
  {
    if (pid == 0)
      return;

    kill (pid, SIGTERM);
    waitpid (pid, nullptr, 0);
    pid = 0;
  }

private:
  static void
  remove_folder (const std::string &path)
  {
    g_autoptr (GDir) dir = g_dir_open (path.c_str (), 0, nullptr);
    const char *name;

    while (dir != nullptr && (name = g_dir_read_name (dir)) != nullptr)
      remove_folder (path + "/" + name);
    g_remove (path.c_str ());
  }

  void
  write_service (const char *command)
  {
    const std::string services = folder_ + "/services";

    g_mkdir (services.c_str (), 0700);
    if (command == nullptr)
      return;

    const std::string text = std::string ("[D-BUS Service]\n"
                                          "Name=org.freedesktop.secrets\nExec=")
                             + command + "\n";
    g_file_set_contents ((services + "/secrets.service").c_str (), text.c_str (), -1,
                         nullptr);
  }

  void
  write_configuration ()
  {
    const std::string text =
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration "
        "1.0//EN\" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
        "<busconfig><type>session</type><listen>unix:path="
        + folder_ + "/bus</listen><auth>EXTERNAL</auth><servicedir>" + folder_
        + "/services</servicedir><policy context=\"default\">"
          "<allow send_destination=\"*\" eavesdrop=\"true\"/>"
          "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";

    g_file_set_contents ((folder_ + "/bus.conf").c_str (), text.c_str (), -1, nullptr);
  }

  /* The bus prints its address once it listens. */
  void
  start_bus ()
  {
    const std::string option = "--config-file=" + folder_ + "/bus.conf";
    const char *argv[] = { "dbus-daemon", option.c_str (), "--nofork",
                           "--print-address=1", nullptr };
    g_autoptr (GError) error = nullptr;
    int output = -1;
    char text[512];

    g_spawn_async_with_pipes (
        nullptr, const_cast<char **> (argv), nullptr,
        (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD),
        die_with_parent, nullptr, &bus_, nullptr, &output, nullptr, &error);
    g_assert_no_error (error);
    const ssize_t n_bytes = read (output, text, sizeof text);
    g_assert_cmpint (n_bytes, >, 0);
    close (output);
    address_.assign (text, (size_t) n_bytes);
    address_.erase (address_.find ('\n'));
  }

  std::string folder_;
  std::string address_;
  GPid bus_ = 0;
};

class PrivateKeyring
{
public:
  explicit PrivateKeyring (const PrivateBus &bus) : bus_ (bus)
  {
    g_auto (GStrv) environment = g_get_environ ();
    const char *argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                           "--components=secrets", nullptr };
    g_autoptr (GError) error = nullptr;
    int input = -1;

    for (const char *name : { "HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
                              "XDG_CACHE_HOME", "XDG_CONFIG_HOME" })
      environment = g_environ_setenv (environment, name, bus.folder ().c_str (), TRUE);
    environment = g_environ_unsetenv (environment, "DISPLAY");
    environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
    g_spawn_async_with_pipes (
        nullptr, const_cast<char **> (argv), environment,
        (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                       | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL),
        die_with_parent, nullptr, &daemon_, &input, nullptr, nullptr, &error);
    g_assert_no_error (error);
    g_assert_cmpint (write (input, "master", 6), ==, 6);
    close (input);
    wait_until_owned ();
  }

  PrivateKeyring (const PrivateKeyring &) = delete;
  PrivateKeyring &operator= (const PrivateKeyring &) = delete;

  ~PrivateKeyring ()
  {
    stop ();
  }

  void
  stop ()
  {
    PrivateBus::end (daemon_);
  }

  /* Through the interface that has no prompt, as at login. */
  void
  unlock () const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    g_autoptr (GError) error = nullptr;
    g_autoptr (GVariant) session = g_dbus_connection_call_sync (
        connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service", "OpenSession",
        g_variant_new ("(sv)", "plain", g_variant_new_string ("")), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, &error);

    g_assert_no_error (error);
    g_autofree char *path = nullptr;

    g_variant_get (session, "(vo)", nullptr, &path);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
        "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
        "UnlockWithMasterPassword",
        g_variant_new ("(o@(oayays))", "/org/freedesktop/secrets/collection/login",
                       make_secret (path, "master")),
        nullptr, G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, &error);

    g_assert_no_error (error);
  }

  void
  lock () const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    const char *collections[] = { "/org/freedesktop/secrets/collection/login",
                                  nullptr };
    g_autoptr (GError) error = nullptr;
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections),
        nullptr, G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, &error);

    g_assert_no_error (error);
  }

private:
  static GVariant *
  make_secret (const char *session, const char *password)
  {
    return g_variant_new (
        "(o@ay@ays)", session,
        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, nullptr, 0, 1),
        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, password, strlen (password), 1),
        "text/plain");
  }

  /* The name is waited for, no time is. */
  void
  wait_until_owned () const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    bool is_owned = false;
    const guint watch = g_bus_watch_name_on_connection (
        connection, "org.freedesktop.secrets", G_BUS_NAME_WATCHER_FLAGS_NONE,
        [] (GDBusConnection *, const char *, const char *, gpointer user_data) {
          *static_cast<bool *> (user_data) = true;
        },
        nullptr, &is_owned, nullptr);

    g_assert_true (run_until ([&] { return is_owned; }, 20000));
    g_bus_unwatch_name (watch);
  }

  const PrivateBus &bus_;
  GPid daemon_ = 0;
};
