// SPDX-License-Identifier: GPL-3.0-or-later
// The laboratory as tests see it: commands in it, the world's places and settings.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace lab
{

using Arguments = std::vector<std::string>;

struct Outcome
{
  int status;         // exit status, -1 when a signal ended it
  std::string output; // what it printed, errors too
};

// Where everything of the running laboratory is.
inline const std::string folder = "/srv/lab";

// Runs a program, feeds it INPUT and waits for its end.
Outcome run (const Arguments &arguments, const std::string &input = "");

// Runs a program on the laptop as its user.
Outcome run_on_laptop (const Arguments &arguments, const std::string &input = "");

// tests/lab/world with these arguments; throws what it printed when it fails.
void world (const Arguments &arguments);

// The whole of a file, empty when there is none.
std::string read_file (const std::string &path);

void write_file (const std::string &path, const std::string &text);

// What the log of a server says so far.
std::string server_log (const std::string &server);

// Asks until it holds; false when SECONDS are over.
bool comes_true (const std::function<bool ()> &condition, double seconds = 10);

// Puts the world back: laptop at home, every setting as it was at the start.
void reset ();

}
