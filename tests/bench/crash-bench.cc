/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crash-bench taking|sending-hold|sending-retry|power|power-without-syncs KILLS [SEED]:
 * rounds of the given kills in all, and what they came to. */
#include <cstdio>
#include <cstring>
#include <iostream>

#include "crash-round.h"

static Toll
play_round (const std::string &kind, guint n_kills, guint32 seed)
{
  if (kind == "taking")
    return CrashRound (seed).kill_while_taking (n_kills);
  if (kind == "sending-hold")
    return CrashRound (seed).kill_while_sending (n_kills, true);
  if (kind == "sending-retry")
    return CrashRound (seed, "in-doubt=retry\n").kill_while_sending (n_kills, false);
  if (kind == "power" || kind == "power-without-syncs")
    return CrashRound (seed).kill_while_taking (n_kills, true, kind == "power");
  std::cerr << "crash-bench: \"" << kind << "\" is no kind of round\n";
  exit (64);
}

static bool
is_fine (const Toll &toll)
{
  return toll.trouble.empty () && toll.n_lost == 0 && toll.n_torn == 0
         && toll.n_extra_outside == 0 && toll.n_refused == 0 && toll.n_sent_again == 0
         && toll.n_damaged == 0;
}

int
main (int argc, char **argv)
{
  const guint in_round = 50;
  const std::string kind = argc > 1 ? argv[1] : "";
  const guint n_kills = argc > 2 ? (guint) atoi (argv[2]) : in_round;
  const guint32 first =
      argc > 3 ? (guint32) strtoul (argv[3], nullptr, 10) : std::random_device () ();
  Toll all;

  for (guint done = 0; done < n_kills; done += in_round)
    {
      const guint32 seed = first + done;
      const Toll toll = play_round (kind, MIN (in_round, n_kills - done), seed);

      all += toll;
      if (!is_fine (toll))
        std::cout << kind << ", seed " << seed << ": " << toll << std::endl;
    }
  std::cout << kind << ": " << all << std::endl;
  return is_fine (all) ? 0 : 1;
}
