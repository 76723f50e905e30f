/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a long queue costs: the agent's start, its list, and its answer to one message
 * more, offline, beside an agent whose queue is empty. */
#pragma once

#include <algorithm>
#include <ostream>
#include <thread>

#include "counting-sink.h"
#include "letter.h"
#include "mortal-agent.h"

struct FullQueueTimes
{
  guint n_messages;
  gint64 start_us; /* until EHLO is answered; the best of a few, as is the list */
  gint64 list_us;
  gint64 answer_us; /* from MAIL to the 250; medians */
  gint64 answer_of_empty_us;
};

inline std::ostream &
operator<< (std::ostream &out, const FullQueueTimes &times)
{
  return out << times.n_messages << " messages in the queue: start "
             << times.start_us / 1000 << " ms, queue list " << times.list_us / 1000
             << " ms, answer " << times.answer_us << " us, of an empty queue "
             << times.answer_of_empty_us << " us";
}

class FullQueue
{
public:
  explicit FullQueue (guint n_messages)
  {
    fill (n_messages);
    empty_.start ();
  }

  FullQueueTimes
  measure ()
  {
    FullQueueTimes times = {};

    times.start_us = find_best ([this] {
      full_.kill_now ();
      full_.start ();
      g_assert_true (full_.wait_until_it_answers ());
    });
    times.list_us = find_best ([this] {
      std::string text;

      g_assert_true (full_.tell ({ "queue", "list" }, &text));
    });
    times.n_messages = (guint) full_.list_queue ().size ();
    compare_answers (&times);
    return times;
  }

private:
  /* Nothing is synced meanwhile: it is not the filling that is measured. */
  void
  fill (guint n_messages)
  {
    std::vector<std::thread> programs;

    full_.set_environment ("FAULT_SHIM_SYNCS", "none");
    full_.set_environment ("LD_PRELOAD", std::string (g_getenv ("RP_TEST_BUILD_DIR"))
                                             + "/tests/store/libfault-shim.so");
    full_.start ();
    for (guint i = 0; i < 8; i++)
      programs.emplace_back (
          [this, i, n = n_messages / 8] { submit (std::to_string (i), n); });
    for (std::thread &program : programs)
      program.join ();
    full_.set_environment ("LD_PRELOAD", "");
    g_assert_true (full_.stop ());
  }

  void
  submit (const std::string &name, guint n)
  {
    MailProgram program (full_.port ());
    std::mt19937 random (1);

    for (guint i = 0; i < n; i++)
      {
        Letter letter = small_letter (name + "/" + std::to_string (i));

        g_assert_true (program.insist (letter));
      }
  }

  static Letter
  small_letter (const std::string &name)
  {
    Letter letter;

    letter.content =
        "From: terri@proseware.com\r\nSubject: " + name + "\r\n\r\nHello\r\n";
    letter.recipients = { "kim@adatum.com" };
    return letter;
  }

  template <typename Work>
  static gint64
  find_best (Work work)
  {
    gint64 best_us = G_MAXINT64;

    for (guint i = 0; i < 5; i++)
      {
        const gint64 start_us = g_get_monotonic_time ();

        work ();
        best_us = MIN (best_us, g_get_monotonic_time () - start_us);
      }
    return best_us;
  }

  /* By turns, so that whatever else the machine does is the same to both. */
  void
  compare_answers (FullQueueTimes *times)
  {
    MailProgram of_full (full_.port ()), of_empty (empty_.port ());
    std::vector<gint64> full_us, empty_us;

    for (guint i = 0; i < 60; i++)
      {
        full_us.push_back (time_answer (of_full, i));
        empty_us.push_back (time_answer (of_empty, i));
      }
    times->answer_us = find_median (full_us);
    times->answer_of_empty_us = find_median (empty_us);
  }

  static gint64
  time_answer (MailProgram &program, guint i)
  {
    Letter letter = small_letter ("one more " + std::to_string (i));
    const gint64 start_us = g_get_monotonic_time ();

    g_assert_true (program.insist (letter));
    return g_get_monotonic_time () - start_us;
  }

  static gint64
  find_median (std::vector<gint64> &values)
  {
    std::sort (values.begin (), values.end ());
    return values[values.size () / 2];
  }

  CountingSink sink_;
  MortalAgent full_{ sink_.port (), "" };
  MortalAgent empty_{ sink_.port (), "" };
};
