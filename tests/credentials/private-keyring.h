/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real gnome-keyring with an empty keyring, in a temporary home, on a session bus of
 * the test's own. Started and stopped by process id. */
#pragma once

#include <string.h>
#include <unistd.h>

#include "private-bus.h"
#include "run-until.h"

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

  /* Returns: how many entries are called @label */
  int
  count_labels (const char *label) const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    g_autoptr (GVariant) found =
        call (connection, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
              "SearchItems", g_variant_new ("(a{ss})", nullptr));
    g_autofree const char **items = nullptr;
    int n_found = 0;

    g_variant_get_child (found, 0, "^a&o", &items);
    for (guint i = 0; items[i] != nullptr; i++)
      {
        g_autoptr (GVariant) answer =
            call (connection, items[i], "org.freedesktop.DBus.Properties", "Get",
                  g_variant_new ("(ss)", "org.freedesktop.Secret.Item", "Label"));
        g_autoptr (GVariant) value = nullptr;

        g_variant_get (answer, "(v)", &value);
        n_found += g_str_equal (g_variant_get_string (value, nullptr), label);
      }
    return n_found;
  }

private:
  static GVariant *
  call (GDBusConnection *connection,
        const char *path,
        const char *interface,
        const char *method,
        GVariant *arguments)
  {
    g_autoptr (GError) error = nullptr;
    GVariant *answer = g_dbus_connection_call_sync (
        connection, "org.freedesktop.secrets", path, interface, method, arguments,
        nullptr, G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, &error);

    g_assert_no_error (error);
    return answer;
  }

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
