/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built agent as a process that is killed and started again over the same folders,
 * offline or online as its file of surroundings says. */
#pragma once

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "../agent/line-socket.h"

/* Not one that the kernel gives to connections: while nobody listens there, one of our
 * own could meet itself on it. */
inline guint16
find_port_of_its_own ()
{
  std::random_device random;

  for (;;)
    {
      sockaddr_in address = {};
      const guint16 port = (guint16) (15000 + random () % 15000);
      const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

      address.sin_family = AF_INET;
      address.sin_port = htons (port);
      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      const bool is_free = bind (fd, (sockaddr *) &address, sizeof address) == 0;
      close (fd);
      if (is_free)
        return port;
    }
}

class MortalAgent
{
public:
  /* @agent_lines: more of the configuration's group [agent]. */
  MortalAgent (guint16 server_port, const std::string &agent_lines)
      : port_ (find_port_of_its_own ())
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-crash-XXXXXX", nullptr);

    g_assert_nonnull (folder);
    folder_ = folder;
    write ("roampost.conf",
           "[agent]\nlisten=127.0.0.1:" + std::to_string (port_) + "\nreceived=no\n"
               + agent_lines
               + "[account terri]\naddress=terri@proseware.com\nservers=proseware\n"
                 "[server proseware]\nendpoints=smtp+insecure://127.0.0.1:"
               + std::to_string (server_port)
               + "\naccess=network:home\n"
                 "[network home]\ngateway-mac=52:54:00:12:34:56\n");
    std::filesystem::create_directory (runtime_folder ());
    set_environment ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    set_environment ("ROAMPOST_RUNTIME_DIR", runtime_folder ());
    set_environment ("LC_ALL", "C.UTF-8");
    go_offline ();
  }

  MortalAgent (const MortalAgent &) = delete;
  MortalAgent &operator= (const MortalAgent &) = delete;

  ~MortalAgent ()
  {
    std::error_code ignored;

    kill_now ();
    std::filesystem::remove_all (folder_, ignored);
  }

  guint16
  port () const
  {
    return port_;
  }

  std::string
  folder () const
  {
    return folder_;
  }

  std::string
  state_folder () const
  {
    return folder_ + "/state";
  }

  pid_t
  pid () const
  {
    return pid_;
  }

  /* For it and for the command line, from the next start on. */
  void
  set_environment (const std::string &name, const std::string &value)
  {
    environment_[name] = value;
  }

  void
  go_offline () const
  {
    write ("surroundings", "{'connectivity': <'none'>}");
  }

  void
  go_online () const
  {
    write ("surroundings",
           "{'connectivity': <'full'>, 'gateway': <'192.168.7.1'>, 'gateway-mac': "
           "<'52:54:00:12:34:56'>, 'addresses': <['192.168.7.20']>}");
  }

  void
  start ()
  {
    const std::vector<std::string> words = {
      std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/agent/roampost-agent",
      "--config",
      folder_ + "/roampost.conf",
      "--state-dir",
      state_folder (),
      "--runtime-dir",
      runtime_folder (),
      "--fake-surroundings",
      folder_ + "/surroundings"
    };
    const int log = open ((folder_ + "/log").c_str (),
                          O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    g_autoptr (GError) error = nullptr;

    g_spawn_async_with_fds (nullptr, arguments (words).data (), environment ().data (),
                            G_SPAWN_DO_NOT_REAP_CHILD, nullptr, nullptr, &pid_, -1, log,
                            log, &error);
    g_assert_no_error (error);
    close (log);
  }

  /* Whether it answers EHLO in time. */
  bool
  wait_until_it_answers (guint longest_ms = 20000) const
  {
    const gint64 end_us = g_get_monotonic_time () + (gint64) longest_ms * 1000;

    while (g_get_monotonic_time () < end_us)
      {
        const int fd = connect_to (port_);
        LineSocket socket (fd);
        std::string reply;
        const bool is_there = fd >= 0 && read_reply (socket, reply)
                              && say (socket, "EHLO program", reply);

        if (fd >= 0)
          close (fd);
        if (is_there)
          return true;
        g_usleep (500);
      }
    return false;
  }

  /* SIGKILL; at once when there is none. */
  void
  kill_now ()
  {
    if (pid_ == 0)
      return;

    kill (pid_, SIGKILL);
    waitpid (pid_, nullptr, 0);
    pid_ = 0;
  }

  bool
  is_alive ()
  {
    if (pid_ != 0 && waitpid (pid_, nullptr, WNOHANG) == pid_)
      pid_ = 0;
    return pid_ != 0;
  }

  /* Whether it ended as it should. */
  bool
  stop ()
  {
    const gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
    int status = -1;
    pid_t ended = 0;

    if (pid_ == 0)
      return false;
    kill (pid_, SIGTERM);
    while (g_get_monotonic_time () < end_us
           && (ended = waitpid (pid_, &status, WNOHANG)) == 0)
      g_usleep (2000);
    if (ended == 0)
      kill_now ();
    pid_ = 0;
    return ended > 0 && WIFEXITED (status) && WEXITSTATUS (status) == 0;
  }

  std::string
  log () const
  {
    g_autofree char *text = nullptr;

    g_file_get_contents ((folder_ + "/log").c_str (), &text, nullptr, nullptr);
    return text != nullptr ? text : "";
  }

  /* Whether the command line succeeded; @output: (nullable). */
  bool
  tell (std::vector<std::string> words, std::string *output = nullptr) const
  {
    g_autofree char *text = nullptr;
    g_autoptr (GError) error = nullptr;
    int status = -1;

    words.insert (words.begin (),
                  std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/client/roampost");
    g_spawn_sync (nullptr, arguments (words).data (), environment ().data (),
                  (GSpawnFlags) (output == nullptr ? G_SPAWN_STDOUT_TO_DEV_NULL
                                                   : G_SPAWN_DEFAULT),
                  nullptr, nullptr, output != nullptr ? &text : nullptr, nullptr,
                  &status, &error);
    g_assert_no_error (error);
    if (output != nullptr)
      *output = text;
    return status == 0;
  }

  /* Ids and states of what "roampost queue list" lists. */
  std::map<std::string, std::string>
  list_queue () const
  {
    std::map<std::string, std::string> states;
    std::string text;

    g_assert_true (tell ({ "queue", "list", "--json" }, &text));
    g_autoptr (JsonNode) root = json_from_string (text.c_str (), nullptr);
    g_autoptr (JsonNode) ids = json_path_query ("$..id", root, nullptr);
    g_autoptr (JsonNode) names = json_path_query ("$[*].state", root, nullptr);
    JsonArray *id_array = json_node_get_array (ids);
    JsonArray *name_array = json_node_get_array (names);
    g_assert_cmpuint (json_array_get_length (id_array), ==,
                      json_array_get_length (name_array));
    for (guint i = 0; i < json_array_get_length (id_array); i++)
      states[json_array_get_string_element (id_array, i)] =
          json_array_get_string_element (name_array, i);
    return states;
  }

  /* Files that end so in queue/, or in a folder within it. */
  guint
  count_bodies (const std::string &within = "") const
  {
    std::error_code error;
    guint n = 0;

    for (const auto &entry : std::filesystem::directory_iterator (
             state_folder () + "/queue" + within, error))
      n += entry.path ().extension () == ".eml";
    return n;
  }

  bool
  wait_until_bodies (guint n, guint longest_ms = 60000) const
  {
    const gint64 end_us = g_get_monotonic_time () + (gint64) longest_ms * 1000;

    while (count_bodies () > n && g_get_monotonic_time () < end_us)
      g_usleep (5000);
    return count_bodies () <= n;
  }

private:
  std::string
  runtime_folder () const
  {
    return folder_ + "/run";
  }

  void
  write (const std::string &name, const std::string &text) const
  {
    g_autoptr (GError) error = nullptr;

    g_file_set_contents ((folder_ + "/" + name).c_str (), text.data (),
                         (gssize) text.size (), &error);
    g_assert_no_error (error);
  }

  static std::vector<char *>
  arguments (const std::vector<std::string> &words)
  {
    std::vector<char *> pointers;

    for (const std::string &word : words)
      pointers.push_back (const_cast<char *> (word.c_str ()));
    pointers.push_back (nullptr);
    return pointers;
  }

  std::vector<char *>
  environment () const
  {
    static thread_local std::vector<std::string> lines;
    g_auto (GStrv) inherited = g_get_environ ();

    lines.clear ();
    for (guint i = 0; inherited[i] != nullptr; i++)
      {
        const std::string line = inherited[i];

        if (environment_.count (line.substr (0, line.find ('='))) == 0)
          lines.push_back (line);
      }
    for (const auto &[name, value] : environment_)
      lines.push_back (name + "=" + value);
    return arguments (lines);
  }

  guint16 port_;
  std::string folder_;
  std::map<std::string, std::string> environment_;
  pid_t pid_ = 0;
};
