// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the built roampost in a runtime folder of its own.
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <unistd.h>
#include <vector>

struct ClientResult
{
  int exit_code = -1;
  std::string output;
  std::string errors;
};

// "" stands for: nothing at all.
inline void
expect_in (const std::string &wanted, const std::string &text)
{
  if (wanted.empty ())
    EXPECT_EQ (text, "");
  else
    EXPECT_NE (text.find (wanted), std::string::npos)
        << "wanted: " << wanted << "\nin: " << text;
}

template <typename Row>
std::string
name_of (const testing::TestParamInfo<Row> &info)
{
  return info.param.name;
}

class ClientRun
{
public:
  ClientRun ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-client-XXXXXX", nullptr);

    folder_ = folder;
  }

  ~ClientRun ()
  {
    g_autofree char *bus = g_build_filename (folder_.c_str (), "bus", nullptr);

    g_unlink (bus);
    g_rmdir (folder_.c_str ());
  }

  const std::string &
  folder () const
  {
    return folder_;
  }

  void
  set_language (const std::string &language)
  {
    language_ = language;
  }

  // Called by another name, as /usr/sbin/sendmail is.
  void
  set_program (const std::string &program)
  {
    program_ = program;
  }

  void
  set_environment (const std::string &name, const std::string &value)
  {
    environment_[name] = value;
  }

  // The same on a terminal.
  GSubprocess *
  start_on (int terminal, const std::vector<std::string> &words) const
  {
    return start (words, G_SUBPROCESS_FLAGS_NONE, terminal);
  }

  // Starts it; the main context is free to serve it meanwhile.
  GSubprocess *
  start (const std::vector<std::string> &words,
         GSubprocessFlags flags,
         int terminal = -1) const
  {
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
    g_autoptr (GError) error = nullptr;
    std::string build = g_getenv ("RP_TEST_BUILD_DIR");
    std::string program = program_.empty () ? build + "/client/roampost" : program_;
    std::vector<const char *> argv = { program.c_str () };
    GSubprocess *process;

    for (const std::string &word : words)
      argv.push_back (word.c_str ());
    argv.push_back (nullptr);
    for (int fd = 0; terminal >= 0 && fd < 3; fd++)
      g_subprocess_launcher_take_fd (launcher, dup (terminal), fd);
    g_subprocess_launcher_setenv (launcher, "ROAMPOST_RUNTIME_DIR", folder_.c_str (),
                                  TRUE);
    g_subprocess_launcher_setenv (launcher, "ROAMPOST_LOCALE_DIR",
                                  (build + "/po").c_str (), TRUE);
    g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
    g_subprocess_launcher_setenv (launcher, "LANGUAGE", language_.c_str (), TRUE);
    g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
    g_subprocess_launcher_unsetenv (launcher, "EMAIL");
    for (const auto &[name, value] : environment_)
      g_subprocess_launcher_setenv (launcher, name.c_str (), value.c_str (), TRUE);
    process = g_subprocess_launcher_spawnv (launcher, argv.data (), &error);
    EXPECT_NE (process, nullptr) << error->message;
    return process;
  }

  ClientResult
  go (const std::vector<std::string> &words, const std::string &input = "") const
  {
    g_autoptr (GSubprocess) process =
        start (words, (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                          | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                          | G_SUBPROCESS_FLAGS_STDERR_PIPE));
    g_autoptr (GAsyncResult) done = nullptr;
    g_autoptr (GBytes) in = g_bytes_new (input.data (), input.size ());
    g_autoptr (GBytes) out = nullptr;
    g_autoptr (GBytes) err = nullptr;
    ClientResult result;

    g_subprocess_communicate_async (process, in, nullptr, on_done, &done);
    while (done == nullptr)
      g_main_context_iteration (nullptr, TRUE);
    g_subprocess_communicate_finish (process, done, &out, &err, nullptr);
    result.exit_code = g_subprocess_get_if_exited (process)
                           ? g_subprocess_get_exit_status (process)
                           : -1;
    result.output = to_string (out);
    result.errors = to_string (err);
    return result;
  }

private:
  static void
  on_done (GObject *, GAsyncResult *result, gpointer user_data)
  {
    *static_cast<GAsyncResult **> (user_data) = (GAsyncResult *) g_object_ref (result);
  }

  static std::string
  to_string (GBytes *bytes)
  {
    gsize size = 0;
    const char *data =
        bytes == nullptr ? nullptr
                         : static_cast<const char *> (g_bytes_get_data (bytes, &size));

    return data == nullptr ? "" : std::string (data, size);
  }

  std::string folder_;
  std::string language_;
  std::string program_;
  std::map<std::string, std::string> environment_;
};
