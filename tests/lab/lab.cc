// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab.h"

#include <gio/gio.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace lab
{

Outcome
run (const Arguments &arguments, const std::string &input)
{
  std::vector<const char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back (argument.c_str ());
  argv.push_back (nullptr);

  g_autoptr (GError) error = nullptr;
  const auto flags = static_cast<GSubprocessFlags> (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                    | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                    | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv.data (), flags, &error);
  if (process == nullptr)
    throw std::runtime_error (error->message);

  g_autoptr (GBytes) in = g_bytes_new (input.data (), input.size ());
  g_autoptr (GBytes) out = nullptr;
  if (!g_subprocess_communicate (process, in, nullptr, &out, nullptr, &error))
    throw std::runtime_error (error->message);
  gsize size = 0;
  const auto *data = static_cast<const char *> (g_bytes_get_data (out, &size));
  const bool ended = g_subprocess_get_if_exited (process);
  return { ended ? g_subprocess_get_exit_status (process) : -1,
           std::string (data == nullptr ? "" : data, size) };
}

Outcome
run_on_laptop (const Arguments &arguments, const std::string &input)
{
  Arguments whole = { folder + "/source/tests/lab/world", "laptop" };
  whole.insert (whole.end (), arguments.begin (), arguments.end ());
  return run (whole, input);
}

void
world (const Arguments &arguments)
{
  Arguments whole = { folder + "/source/tests/lab/world" };
  whole.insert (whole.end (), arguments.begin (), arguments.end ());
  // To a file, not a pipe: the servers that it starts keep what they inherit open.
  const std::string said = folder + "/world.log";
  whole.insert (whole.begin (), { "bash", "-c", "\"$@\" >" + said + " 2>&1", "world" });
  if (run (whole).status != 0)
    throw std::runtime_error (read_file (said));
}

std::string
read_file (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf ();
  return text.str ();
}

void
write_file (const std::string &path, const std::string &text)
{
  std::ofstream out (path, std::ios::binary);
  out << text;
  if (!out.flush ())
    throw std::runtime_error ("cannot write " + path);
}

std::string
server_log (const std::string &server)
{
  return read_file (folder + "/" + server + "/log");
}

bool
comes_true (const std::function<bool ()> &condition, double seconds)
{
  using namespace std::chrono;
  const auto end = steady_clock::now () + duration<double> (seconds);
  while (!condition ())
    {
      if (steady_clock::now () > end)
        return false;
      std::this_thread::sleep_for (milliseconds (20));
    }
  return true;
}

void
reset ()
{
  world ({ "reset" });
}

}
