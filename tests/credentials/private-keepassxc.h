/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real KeePassXC without a screen, with a database that serves as the keyring, in a
 * temporary home, on a session bus of the test's own. Started and stopped by process
 * id. */
#pragma once

#include <string.h>
#include <sys/wait.h>

#include <string>

#include "private-bus.h"
#include "run-until.h"

class PrivateKeepassxc
{
public:
  /* @asks_for_access: as it is set up by default, each program has to be allowed each
   * entry that is not its own.
   * @display: of a screen to show its windows on, or null */
  explicit PrivateKeepassxc (const PrivateBus &bus,
                             bool asks_for_access = false,
                             const char *display = nullptr)
      : bus_ (bus), folder_ (bus.folder () + "/keepassxc"), display_ (display)
  {
    g_mkdir_with_parents ((folder_ + "/run").c_str (), 0700);
    make_database ("keyring");
    configure (asks_for_access);
    start ();
  }

  PrivateKeepassxc (const PrivateKeepassxc &) = delete;
  PrivateKeepassxc &operator= (const PrivateKeepassxc &) = delete;

  /* Asked to end it may ask back whether to save. */
  ~PrivateKeepassxc ()
  {
    PrivateBus::end (process_, SIGKILL);
  }

  /* As its user does in its window. */
  void
  unlock (const char *name = "keyring") const
  {
    tell ("openDatabase", g_variant_new ("(ss)", database (name).c_str (), "master"));
    g_assert_true (run_until ([&] { return is_unlocked (name); }, 20000));
  }

  void
  lock () const
  {
    tell ("lockAllDatabases", nullptr);
    g_assert_true (run_until ([&] { return !is_unlocked ("keyring"); }, 20000));
  }

  /* One more tab with another database, which stays locked. */
  void
  open_another (const char *name) const
  {
    make_database (name);
    tell ("openDatabase", g_variant_new ("(s)", database (name).c_str ()));
    g_assert_true (run_until ([&] { return is_known (name); }, 20000));
  }

  void
  close_all () const
  {
    tell ("closeAllDatabases", nullptr);
    g_assert_true (run_until ([&] { return !is_known ("keyring"); }, 20000));
  }

private:
  std::string
  database (const char *name) const
  {
    return folder_ + "/" + name + ".kdbx";
  }

  GSubprocessLauncher *
  make_launcher (GSubprocessFlags flags) const
  {
    GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

    for (const char *name :
         { "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR" })
      g_subprocess_launcher_setenv (launcher, name, folder_.c_str (), TRUE);
    g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR",
                                  (folder_ + "/run").c_str (), TRUE);
    return launcher;
  }

  /* With its only group as the one that programs may see. */
  void
  make_database (const char *name) const
  {
    const std::string source = folder_ + "/source.xml";
    const char *text =
        "<?xml version='1.0' encoding='UTF-8'?><KeePassFile><Meta><CustomData><Item>"
        "<Key>FDO_SECRETS_EXPOSED_GROUP</Key>"
        "<Value>{acfed532-350b-4fbd-9158-c8827980a46e}</Value></Item></CustomData>"
        "</Meta><Root><Group><UUID>rP7VMjULT72RWMiCeYCkbg==</UUID><Name>Passwords"
        "</Name></Group></Root></KeePassFile>";
    g_autoptr (GSubprocessLauncher) launcher =
        make_launcher ((GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                           | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                           | G_SUBPROCESS_FLAGS_STDERR_MERGE));
    g_autoptr (GError) error = nullptr;

    g_file_set_contents (source.c_str (), text, -1, nullptr);
    g_autoptr (GSubprocess) maker = g_subprocess_launcher_spawn (
        launcher, &error, "keepassxc-cli", "import", "--set-password",
        "--decryption-time", "100", source.c_str (), database (name).c_str (), nullptr);
    g_assert_no_error (error);
    g_subprocess_communicate_utf8 (maker, "master\nmaster\n", nullptr, nullptr, nullptr,
                                   &error);
    g_assert_no_error (error);
    g_assert_true (g_subprocess_get_successful (maker));
  }

  void
  configure (bool asks_for_access) const
  {
    const std::string text =
        std::string ("[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n"
                     "[GUI]\nCheckForUpdates=false\n"
                     "[FdoSecrets]\nEnabled=true\nShowNotification=false\n"
                     "ConfirmDeleteItem=false\nConfirmAccessItem=")
        + (asks_for_access ? "true" : "false") + "\n";

    g_file_set_contents ((folder_ + "/keepassxc.ini").c_str (), text.c_str (), -1,
                         nullptr);
  }

  void
  start ()
  {
    const std::string config = folder_ + "/keepassxc.ini";
    const std::string local = folder_ + "/local.ini";
    const std::string file = database ("keyring");
    const char *argv[] = { "keepassxc",
                           "--config",
                           config.c_str (),
                           "--localconfig",
                           local.c_str (),
                           "-platform",
                           display_ == nullptr ? "offscreen" : "xcb",
                           file.c_str (),
                           nullptr };
    g_auto (GStrv) environment = g_get_environ ();
    g_autoptr (GError) error = nullptr;

    for (const char *name :
         { "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR" })
      environment = g_environ_setenv (environment, name, folder_.c_str (), TRUE);
    environment = g_environ_setenv (environment, "XDG_RUNTIME_DIR",
                                    (folder_ + "/run").c_str (), TRUE);
    environment = display_ != nullptr
                      ? g_environ_setenv (environment, "DISPLAY", display_, TRUE)
                      : g_environ_unsetenv (environment, "DISPLAY");
    environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
    g_spawn_async (nullptr, const_cast<char **> (argv), environment,
                   (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                                  | G_SPAWN_STDOUT_TO_DEV_NULL
                                  | G_SPAWN_STDERR_TO_DEV_NULL),
                   die_with_parent, nullptr, &process_, &error);
    g_assert_no_error (error);
    g_assert_true (run_until ([&] { return is_known ("keyring"); }, 30000));
  }

  static std::string
  collection (const char *name)
  {
    return std::string ("/org/freedesktop/secrets/collection/") + name;
  }

  /* Returns: (nullable): the property, if there is such a collection */
  GVariant *
  get_locked (const char *name) const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection, "org.freedesktop.secrets", collection (name).c_str (),
        "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", "org.freedesktop.Secret.Collection", "Locked"),
        G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
    GVariant *value = nullptr;

    if (answer != nullptr)
      g_variant_get (answer, "(v)", &value);
    return value;
  }

  bool
  is_known (const char *name) const
  {
    g_autoptr (GVariant) value = get_locked (name);

    return value != nullptr;
  }

  bool
  is_unlocked (const char *name) const
  {
    g_autoptr (GVariant) value = get_locked (name);

    return value != nullptr && !g_variant_get_boolean (value);
  }

  void
  tell (const char *method, GVariant *arguments) const
  {
    g_autoptr (GDBusConnection) connection = bus_.connect ();
    g_autoptr (GError) error = nullptr;
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection, "org.keepassxc.KeePassXC.MainWindow", "/keepassxc",
        "org.keepassxc.KeePassXC.MainWindow", method, arguments, nullptr,
        G_DBUS_CALL_FLAGS_NONE, 20000, nullptr, &error);

    g_assert_no_error (error);
  }

  const PrivateBus &bus_;
  std::string folder_;
  const char *display_;
  GPid process_ = 0;
};
