/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen without glass (Xvfb) and a person who types into the window on it. */
#pragma once

#include <gio/gio.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "private-bus.h"
#include "run-until.h"

class PrivateScreen
{
public:
  /* Of a number that no other test has: two servers that look for one at the same time
   * may find the same. It says the number once it listens. Without "-noreset" it begins
   * anew, and turns others away meanwhile, whenever xdotool was its only client. */
  PrivateScreen ()
  {
    const std::string number = ":" + std::to_string (100 + getpid () % 50000);
    const char *argv[] = { "Xvfb",       number.c_str (), "-displayfd",
                           "1",          "-screen",       "0",
                           "800x600x24", "-noreset",      "-nolisten",
                           "tcp",        nullptr };
    g_autoptr (GError) error = nullptr;
    int output = -1;
    char octet;

    g_spawn_async_with_pipes (
        nullptr, const_cast<char **> (argv), nullptr,
        (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                       | G_SPAWN_STDERR_TO_DEV_NULL),
        die_with_parent, nullptr, &server_, nullptr, &output, nullptr, &error);
    g_assert_no_error (error);
    display_ = ":";
    while (read (output, &octet, 1) == 1 && octet != '\n')
      display_ += octet;
    close (output);
    g_assert_cmpuint (display_.size (), >, 1);
  }

  PrivateScreen (const PrivateScreen &) = delete;
  PrivateScreen &operator= (const PrivateScreen &) = delete;

  ~PrivateScreen ()
  {
    PrivateBus::end (server_);
  }

  const std::string &
  display () const
  {
    return display_;
  }

  /* Ids of the windows that are to be seen and have such a name, one a line. */
  std::string
  windows (const char *name) const
  {
    return xdotool ({ "search", "--onlyvisible", "--name", name });
  }

  int
  n_windows (const char *name) const
  {
    const std::string text = windows (name);

    return (int) std::count (text.begin (), text.end (), '\n');
  }

  /* Types @text, if any, into the last window of that name, when it has come, and then
   * presses @key; again where the window was not yet ready to listen. */
  void
  answer (const char *name,
          const char *text,
          const char *key,
          const std::function<bool ()> &is_taken) const
  {
    g_assert_true (run_until ([&] { return n_windows (name) > 0; }, 20000));
    for (int i = 0; i < 5 && !is_taken (); i++)
      {
        focus (name);
        if (text != nullptr)
          {
            xdotool ({ "key", "ctrl+a" });
            xdotool ({ "type", text });
          }
        xdotool ({ "key", key });
        run_until (is_taken, 4000);
      }
  }

private:
  void
  focus (const char *name) const
  {
    std::string found = windows (name);

    if (found.empty ())
      return;
    found.erase (found.size () - 1);
    found.erase (0, found.rfind ('\n') + 1);
    xdotool ({ "windowfocus", "--sync", found.c_str () });
  }

  std::string
  xdotool (std::vector<const char *> words) const
  {
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                            | G_SUBPROCESS_FLAGS_STDERR_SILENCE));
    g_autoptr (GError) error = nullptr;
    g_autofree char *output = nullptr;

    words.insert (words.begin (), "xdotool");
    words.push_back (nullptr);
    g_subprocess_launcher_setenv (launcher, "DISPLAY", display_.c_str (), TRUE);
    g_autoptr (GSubprocess) process =
        g_subprocess_launcher_spawnv (launcher, words.data (), &error);
    g_assert_no_error (error);
    g_subprocess_communicate_utf8 (process, nullptr, nullptr, &output, nullptr, &error);
    g_assert_no_error (error);
    return output;
  }

  std::string display_;
  GPid server_ = 0;
};

/* What shows gnome-keyring's question, as it is installed. */
inline std::string
prompter_on (const PrivateScreen &screen)
{
  g_autoptr (GKeyFile) service = g_key_file_new ();
  g_autoptr (GError) error = nullptr;

  g_key_file_load_from_file (
      service, "/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service",
      G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_autofree char *command =
      g_key_file_get_string (service, "D-BUS Service", "Exec", nullptr);

  return "/usr/bin/env DISPLAY=" + screen.display () + " " + command;
}
