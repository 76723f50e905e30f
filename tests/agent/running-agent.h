/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built agent as a process, with folders, configuration and surroundings of its
 * own, and what a person and a mail program do with it: the command line and SMTP. */
#pragma once

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>
#include <netinet/in.h>
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "../client/client-run.h"
#include "../smtp/program.h"
#include "run-until.h"

#define AT_HOME "52:54:00:12:34:56"
#define AT_WORK "00:00:5e:00:53:01"
#define AT_HOTEL "00:00:5e:00:53:99"

/* A socket bound to a free loopback port, 0.0.0.0 left alone. */
inline int
bind_free_port (guint16 *port)
{
  sockaddr_in address = {};
  socklen_t n_bytes = sizeof address;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  EXPECT_EQ (bind (fd, (sockaddr *) &address, sizeof address), 0);
  EXPECT_EQ (listen (fd, 16), 0);
  getsockname (fd, (sockaddr *) &address, &n_bytes);
  *port = ntohs (address.sin_port);
  return fd;
}

inline guint16
find_free_port ()
{
  guint16 port;

  close (bind_free_port (&port));
  return port;
}

/* A parsed answer of the command line; texts and lists are found by a path. */
class Json
{
public:
  explicit Json (const std::string &text) : parser_ (json_parser_new ())
  {
    g_autoptr (GError) error = nullptr;

    EXPECT_TRUE (json_parser_load_from_data (parser_, text.data (),
                                             (gssize) text.size (), &error))
        << error->message << " in: " << text;
  }

  Json (const Json &) = delete;
  Json &operator= (const Json &) = delete;

  ~Json ()
  {
    g_object_unref (parser_);
  }

  /* Everything that the JSONPath matches, as compact text, "[]" for nothing. */
  std::string
  find (const char *path) const
  {
    JsonNode *root = json_parser_get_root (parser_);

    if (root == nullptr)
      return "";
    g_autoptr (JsonNode) found = json_path_query (path, root, nullptr);
    g_autofree char *text = json_to_string (found, FALSE);

    return text;
  }

private:
  JsonParser *parser_;
};

class RunningAgent
{
public:
  RunningAgent ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-agent-XXXXXX", nullptr);

    folder_ = folder;
    config_file = folder_ + "/roampost.conf";
    runtime_folder = folder_ + "/run";
    state_folder = folder_ + "/state";
    set_environment ("HOME", folder_);
    for (const char *name : { "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME" })
      set_environment (name, folder_ + "/" + name);
    set_environment ("ROAMPOST_SYSTEM_CONFIG_DIR", folder_ + "/etc");
    set_environment ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    move_to (AT_HOME);
  }

  RunningAgent (const RunningAgent &) = delete;
  RunningAgent &operator= (const RunningAgent &) = delete;

  ~RunningAgent ()
  {
    if (process_ != nullptr)
      {
        g_subprocess_force_exit (process_);
        g_subprocess_wait (process_, nullptr, nullptr);
        g_object_unref (process_);
      }
    remove_folder (folder_);
  }

  const std::string &
  folder () const
  {
    return folder_;
  }

  void
  set_environment (const std::string &name, const std::string &value)
  {
    environment_.push_back ({ name, value });
  }

  void
  configure (const std::string &text) const
  {
    g_autofree char *parent = g_path_get_dirname (config_file.c_str ());

    g_mkdir_with_parents (parent, 0700);
    ASSERT_TRUE (g_file_set_contents (config_file.c_str (), text.data (),
                                      (gssize) text.size (), nullptr));
  }

  void
  move_to (const std::string &gateway_mac) const
  {
    const std::string text =
        "{'connectivity': <'full'>, 'gateway': <'192.168.7.1'>, 'gateway-mac': <'"
        + gateway_mac + "'>, 'addresses': <['192.168.7.20']>}";

    ASSERT_TRUE (g_file_set_contents ((folder_ + "/surroundings").c_str (),
                                      text.data (), (gssize) text.size (), nullptr));
  }

  /* What it is started with; @before: a program that starts it, with its options. */
  std::vector<std::string>
  command (const std::vector<std::string> &before = {}) const
  {
    std::vector<std::string> words = before;

    words.push_back (std::string (g_getenv ("RP_TEST_BUILD_DIR"))
                     + "/agent/roampost-agent");
    if (names_config_file)
      words.insert (words.end (), { "--config", config_file });
    if (names_runtime_folder)
      words.insert (words.end (), { "--runtime-dir", runtime_folder });
    words.insert (words.end (), { "--state-dir", state_folder, "--fake-surroundings",
                                  folder_ + "/surroundings" });
    return words;
  }

  void
  spawn (const std::vector<std::string> &before = {})
  {
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    g_autoptr (GError) error = nullptr;
    const std::vector<std::string> words = command (before);
    std::vector<const char *> argv;

    n_starts_++;
    for (const std::string &word : words)
      argv.push_back (word.c_str ());
    argv.push_back (nullptr);
    for (const auto &[name, value] : environment_)
      g_subprocess_launcher_setenv (launcher, name.c_str (), value.c_str (), TRUE);
    g_subprocess_launcher_set_stdout_file_path (launcher, output_path ().c_str ());
    g_subprocess_launcher_set_stderr_file_path (launcher, log_path ().c_str ());
    g_clear_object (&process_);
    process_ = g_subprocess_launcher_spawnv (launcher, argv.data (), &error);
    ASSERT_NE (process_, nullptr) << error->message;
  }

  /* Started, listening, and aware of where it is. */
  void
  start (const std::vector<std::string> &before = {})
  {
    ASSERT_NO_FATAL_FAILURE (spawn (before));
    ASSERT_TRUE (logs ("event=surroundings ")) << log ();
  }

  /* Its exit status, -1 when a signal or nothing ended it. */
  int
  wait () const
  {
    bool is_over = false;

    g_subprocess_wait_async (
        process_, nullptr,
        [] (GObject *, GAsyncResult *, gpointer data) {
          *static_cast<bool *> (data) = true;
        },
        &is_over);
    if (!run_until ([&] { return is_over; }, 20000))
      {
        ADD_FAILURE () << "it does not end: " << log ();
        g_subprocess_force_exit (process_);
        run_until ([&] { return is_over; });
      }
    return g_subprocess_get_if_exited (process_)
               ? g_subprocess_get_exit_status (process_)
               : -1;
  }

  void
  send_signal (int number) const
  {
    g_subprocess_send_signal (process_, number);
  }

  int
  stop () const
  {
    send_signal (SIGTERM);
    return wait ();
  }

  std::string
  pid () const
  {
    return g_subprocess_get_identifier (process_);
  }

  /* Standard error since the last start. */
  std::string
  log () const
  {
    return read (log_path ());
  }

  /* Standard output: nothing, unless G_MESSAGES_DEBUG asks for more. */
  std::string
  output () const
  {
    return read (output_path ());
  }

  bool
  logs (const std::string &text) const
  {
    return run_until ([&] { return log ().find (text) != std::string::npos; });
  }

  /* The port of the last line that says where it listens. */
  guint16
  port () const
  {
    const std::string text = log ();
    const std::string key = "event=listening address=127.0.0.1:";
    const size_t at = text.rfind (key);

    return at == std::string::npos
               ? 0
               : (guint16) std::stoi (text.substr (at + key.size ()));
  }

  ClientResult
  tell (const std::vector<std::string> &words, const std::string &input = "") const
  {
    ClientRun client;

    client.set_environment ("ROAMPOST_RUNTIME_DIR", runtime_folder);
    client.set_environment ("ROAMPOST_CONFIG", config_file);
    for (const auto &[name, value] : environment_)
      client.set_environment (name, value);
    return client.go (words, input);
  }

  /* What the command line prints with --json, which must succeed. */
  std::string
  ask (std::vector<std::string> words, const char *path) const
  {
    words.push_back ("--json");
    const ClientResult result = tell (words);

    EXPECT_EQ (result.exit_code, 0) << result.errors;
    return Json (result.output).find (path);
  }

  static std::string
  read (const std::string &path)
  {
    g_autofree char *text = nullptr;
    gsize n_bytes = 0;

    g_file_get_contents (path.c_str (), &text, &n_bytes, nullptr);
    return text == nullptr ? "" : std::string (text, n_bytes);
  }

  std::string config_file;
  std::string runtime_folder;
  std::string state_folder;
  bool names_config_file = true;
  bool names_runtime_folder = true; /* else it is the session's agent */

private:
  std::string
  output_path () const
  {
    return folder_ + "/output";
  }

  std::string
  log_path () const
  {
    return folder_ + "/log" + std::to_string (n_starts_);
  }

  static void
  remove_folder (const std::string &path)
  {
    if (!g_file_test (path.c_str (), G_FILE_TEST_IS_SYMLINK))
      {
        g_autoptr (GDir) dir = g_dir_open (path.c_str (), 0, nullptr);
        const char *name;

        while (dir != nullptr && (name = g_dir_read_name (dir)) != nullptr)
          remove_folder (path + "/" + name);
      }
    g_remove (path.c_str ());
  }

  std::string folder_;
  std::vector<std::pair<std::string, std::string>> environment_;
  GSubprocess *process_ = nullptr;
  int n_starts_ = 0;
};

/* A mail program connected to the agent. */
inline std::unique_ptr<Program>
connect_program (guint16 port)
{
  sockaddr_in address = {};
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_family = AF_INET;
  address.sin_port = htons (port);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  EXPECT_EQ (connect (fd, (sockaddr *) &address, sizeof address), 0) << port;
  return std::make_unique<Program> (fd);
}

/* Says a line and gives the last line of the reply to it. */
inline std::string
say_line (Program &program, const std::string &line)
{
  size_t last = 0;
  auto is_whole = [&] {
    const size_t end = program.heard.size ();

    if (end < 6 || program.heard.compare (end - 2, 2, "\r\n") != 0)
      return program.is_closed;
    last = program.heard.rfind ('\n', end - 2);
    last = last == std::string::npos ? 0 : last + 1;
    return program.heard[last + 3] == ' ' || program.is_closed;
  };

  program.heard.clear ();
  if (!line.empty ())
    program.say (line + "\r\n");
  if (!run_until (is_whole, 40000) || program.heard.empty ())
    return "(nothing)";
  return program.heard.substr (last, program.heard.size () - last - 2);
}

#define TEST_MESSAGE                                                                   \
  "From: terri@proseware.com\r\nSubject: hello\r\n\r\nA line\r\n..dots\r\n."

/* A whole message by one connection; gives the reply that decided. */
inline std::string
send_message (guint16 port, const std::string &recipient)
{
  const std::unique_ptr<Program> program = connect_program (port);
  std::string reply = say_line (*program, "");

  for (const std::string &line :
       { std::string ("EHLO localhost"),
         std::string ("MAIL FROM:<terri@proseware.com>"), "RCPT TO:<" + recipient + ">",
         std::string ("DATA"), std::string (TEST_MESSAGE) })
    {
      if (reply[0] != '2' && reply[0] != '3')
        return reply;
      reply = say_line (*program, line);
    }
  program->say ("QUIT\r\n");
  return reply;
}
