/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session bus of the test's own. Started and stopped by process id. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string>

/* Nothing outlives a test that was stopped. */
inline void
die_with_parent (gpointer)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

class PrivateBus
{
public:
  /* activatable_command: how the bus can start the name, or null. */
  explicit PrivateBus (const char *activatable_command = nullptr,
                       const char *activatable_name = "org.freedesktop.secrets")
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-bus-XXXXXX", nullptr);

    folder_ = folder;
    write_service (activatable_command, activatable_name);
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
  end (GPid &pid, int signal = SIGTERM)
  {
    if (pid == 0)
      return;

    kill (pid, signal);
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
  write_service (const char *command, const char *name)
  {
    const std::string services = folder_ + "/services";

    g_mkdir (services.c_str (), 0700);
    if (command == nullptr)
      return;

    const std::string text =
        std::string ("[D-BUS Service]\nName=") + name + "\nExec=" + command + "\n";
    g_file_set_contents ((services + "/" + name + ".service").c_str (), text.c_str (),
                         -1, nullptr);
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
