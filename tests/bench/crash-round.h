/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent is killed again and again while it takes mail into custody, or while it
 * sends what it holds; in the end everything is delivered and counted. */
#pragma once

#include <atomic>
#include <ostream>
#include <thread>

#include "counting-sink.h"
#include "letter.h"
#include "mortal-agent.h"
#include "platter.h"

/* What a round, or several of them, came to. */
struct Toll
{
  guint n_kills = 0;
  guint n_letters = 0;       /* that were answered with 250 */
  guint n_tries = 0;         /* submissions that it took */
  guint n_joined = 0;        /* of these, known to it from before a kill */
  guint n_refused = 0;       /* answers that were no 250 */
  guint n_lost = 0;          /* recipients without a copy */
  guint n_torn = 0;          /* contents at the server that nobody sent */
  guint n_extra = 0;         /* copies but the first */
  guint n_extra_late = 0;    /* of these, by a kill between a yes and its record */
  guint n_extra_outside = 0; /* and those that no kill explains */
  guint n_extra_asked = 0;   /* of what was in doubt, when the user sent it again */
  guint n_kills_in_window = 0;
  guint n_doubts = 0; /* messages in doubt when the kills were over */
  guint n_doubts_with_copy = 0;
  guint n_sent_again = 0; /* in doubt, and sent a second time without being told to */
  guint n_damaged = 0;
  guint n_set_aside = 0;
  std::string trouble; /* what kept the round from its end */

  Toll &
  operator+= (const Toll &other)
  {
    n_kills += other.n_kills;
    n_letters += other.n_letters;
    n_tries += other.n_tries;
    n_joined += other.n_joined;
    n_refused += other.n_refused;
    n_lost += other.n_lost;
    n_torn += other.n_torn;
    n_extra += other.n_extra;
    n_extra_late += other.n_extra_late;
    n_extra_outside += other.n_extra_outside;
    n_extra_asked += other.n_extra_asked;
    n_kills_in_window += other.n_kills_in_window;
    n_doubts += other.n_doubts;
    n_doubts_with_copy += other.n_doubts_with_copy;
    n_sent_again += other.n_sent_again;
    n_damaged += other.n_damaged;
    n_set_aside += other.n_set_aside;
    trouble += other.trouble;
    return *this;
  }
};

inline std::ostream &
operator<< (std::ostream &out, const Toll &toll)
{
  out << "kills " << toll.n_kills << ", messages " << toll.n_letters << ", submissions "
      << toll.n_tries << " (" << toll.n_joined << " of what it had), lost "
      << toll.n_lost << ", torn " << toll.n_torn << ", extra copies " << toll.n_extra
      << " (" << toll.n_extra_late << " between a yes and its record, "
      << toll.n_extra_outside << " outside the window), kills in the window "
      << toll.n_kills_in_window << ", in doubt " << toll.n_doubts << " ("
      << toll.n_doubts_with_copy << " of them delivered, " << toll.n_extra_asked
      << " copies when sent again), damaged " << toll.n_damaged << ", set aside "
      << toll.n_set_aside;
  if (toll.n_refused > 0)
    out << ", refused " << toll.n_refused;
  if (toll.n_sent_again > 0)
    out << ", SENT AGAIN UNASKED " << toll.n_sent_again;
  if (!toll.trouble.empty ())
    out << "\n" << toll.trouble;
  return out;
}

class CrashRound
{
public:
  CrashRound (guint32 seed, const std::string &agent_lines = "")
      : random_ (seed), agent_ (sink_.port (), agent_lines)
  {
  }

  /* @power: what is not synced is lost as well, each time */
  Toll
  kill_while_taking (guint n_kills, bool power = false, bool syncs = true)
  {
    Platter platter (agent_.folder (), agent_.state_folder ());

    power_ = power ? &platter : nullptr;
    if (power)
      platter.arm (agent_, syncs);
    agent_.go_offline ();
    agent_.start ();
    run_programs ([&] {
      for (guint i = 0; i < n_kills && toll_.trouble.empty (); i++)
        kill_once (i % 5 == 4 ? STARTING : TAKING);
    });
    deliver ();
    count (false);
    return toll_;
  }

  /* In doubt or not, everything is sent in the end; before that, what is in doubt
   * must have been left alone if @holds. */
  Toll
  kill_while_sending (guint n_kills, bool holds)
  {
    agent_.go_offline ();
    agent_.start ();
    fill (10 * n_kills);
    sink_.set_longest_delay_us (20 * 1000);
    agent_.go_online ();
    for (guint i = 0; i < n_kills && toll_.trouble.empty (); i++)
      kill_once (SENDING);
    sink_.set_longest_delay_us (0);
    if (holds)
      judge_doubts ();
    deliver ();
    count (true);
    return toll_;
  }

private:
  enum Moment
  {
    TAKING,
    STARTING,
    SENDING
  };

  void
  fail (const std::string &what)
  {
    const std::string log = agent_.log ();

    toll_.trouble +=
        what + "\n" + log.substr (log.size () > 3000 ? log.size () - 3000 : 0);
  }

  void
  wait_for_moment (Moment moment)
  {
    if (moment == STARTING)
      {
        g_usleep (random_ () % (40 * 1000));
        return;
      }
    if (!agent_.wait_until_it_answers ())
      fail ("it does not answer");
    if (moment == TAKING)
      wait_for_answers ((guint) (random_ () % 6));
    if (moment == SENDING)
      sink_.wait_for_contents (sink_.n_contents () + 1, 500);
    g_usleep (random_ () % ((moment == SENDING ? 25 : 10) * 1000));
  }

  void
  wait_for_answers (guint n_more) const
  {
    const gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;
    const guint n_wanted = n_heard_ + n_more;

    while (n_heard_ < n_wanted && g_get_monotonic_time () < end_us)
      g_usleep (200);
  }

  void
  kill_once (Moment moment)
  {
    wait_for_moment (moment);
    if (!agent_.is_alive ())
      fail ("it ended by itself");
    agent_.kill_now ();
    kills_us_.push_back (g_get_monotonic_time ());
    toll_.n_kills++;
    if (power_ != nullptr)
      power_->lose_power (random_);
    agent_.start ();
  }

  /* Four programs send one distinct message after the other while @meanwhile runs. */
  template <typename Work>
  void
  run_programs (Work meanwhile)
  {
    std::atomic<bool> is_over{ false };
    std::vector<std::vector<Letter>> sent (4);
    std::vector<std::thread> programs;

    for (guint i = 0; i < sent.size (); i++)
      programs.emplace_back ([&, i, seed = (guint32) random_ ()] {
        play_program (std::to_string (i), seed, is_over, sent[i]);
      });
    meanwhile ();
    is_over = true;
    for (std::thread &program : programs)
      program.join ();
    for (std::vector<Letter> &letters : sent)
      letters_.insert (letters_.end (), letters.begin (), letters.end ());
  }

  void
  play_program (const std::string &name,
                guint32 seed,
                const std::atomic<bool> &is_over,
                std::vector<Letter> &letters)
  {
    std::mt19937 random (seed);
    MailProgram program (agent_.port ());

    while (!is_over)
      {
        Letter letter =
            write_letter (name + "/" + std::to_string (letters.size ()), random);

        program.insist (letter);
        letters.push_back (letter);
        n_heard_++;
        if (random () % 4 == 0)
          program.hang_up ();
        g_usleep (random () % (4 * 1000));
      }
  }

  void
  fill (guint n_letters)
  {
    MailProgram program (agent_.port ());

    for (guint i = 0; i < n_letters; i++)
      {
        Letter letter = write_letter (std::to_string (i), random_);

        program.insist (letter);
        letters_.push_back (letter);
      }
  }

  /* The network is there, nobody kills any more. */
  void
  deliver ()
  {
    agent_.go_online ();
    if (!agent_.wait_until_it_answers ())
      fail ("it does not answer");
    toll_.n_set_aside = agent_.count_bodies ("/set-aside");
    agent_.wait_until_bodies (0);
    for (const auto &[id, state] : agent_.list_queue ())
      {
        toll_.n_damaged += state == "damaged";
        fail (id + " stays in the queue: " + state);
      }
    if (!agent_.stop ())
      fail ("it does not end as it should");
  }

  guint
  n_copies (const Letter &letter)
  {
    guint most = 0;

    for (const std::string &recipient : letter.recipients)
      most = MAX (most, (guint) sink_.copies (letter.digest, recipient).size ());
    return most;
  }

  /* Waits until what can be sent is sent; the rest must be in doubt, and goes when the
   * user says so. */
  void
  judge_doubts ()
  {
    std::map<std::string, std::string> states;
    std::map<std::string, guint> before;

    if (!agent_.wait_until_it_answers ())
      fail ("it does not answer");
    for (guint i = 0; i < 3000; i++)
      {
        states = agent_.list_queue ();
        guint n_waiting = 0;
        for (const auto &[id, state] : states)
          n_waiting += state == "waiting";
        if (n_waiting == 0)
          break;
        g_usleep (20 * 1000);
      }
    for (const Letter &letter : letters_)
      {
        const bool is_listed = states.count (letter.id) > 0;
        const bool is_in_doubt = is_listed && states[letter.id] == "doubt";

        toll_.n_sent_again += n_copies (letter) > 1;
        toll_.n_lost += n_copies (letter) == 0 && !is_in_doubt;
        toll_.n_doubts += is_in_doubt;
        toll_.n_doubts_with_copy += is_in_doubt && n_copies (letter) > 0;
        if (is_listed && !is_in_doubt)
          fail (letter.id + " is " + states[letter.id]);
      }
    for (const auto &[id, state] : states)
      asked_.insert (id);
    for (const auto &[id, state] : states)
      if (!agent_.tell ({ "queue", "retry", id }))
        fail ("queue retry " + id + " failed");
  }

  /* The first kill since the server had the content; 0 for none. */
  gint64
  find_kill (const CountingSink::Copy &copy) const
  {
    const gint64 clock_us = 2000;

    for (gint64 kill_us : kills_us_)
      if (kill_us >= copy.had_at_us - clock_us)
        return kill_us;
    return 0;
  }

  /* Why there is another one: the kill came before the yes, or before the yes was
   * recorded. */
  void
  explain (const CountingSink::Copy &copy)
  {
    const gint64 recording_us = 300 * 1000;
    const gint64 kill_us = find_kill (copy);

    toll_.n_extra++;
    if (kill_us != 0 && (copy.said_at_us == 0 || kill_us <= copy.said_at_us))
      return;
    if (kill_us != 0 && kill_us <= copy.said_at_us + recording_us)
      toll_.n_extra_late++;
    else
      toll_.n_extra_outside++;
  }

  void
  count_copies (const Letter &letter, const std::string &recipient)
  {
    const std::vector<CountingSink::Copy> copies =
        sink_.copies (letter.digest, recipient);
    size_t n_wanted = 1;

    toll_.n_lost += copies.empty ();
    if (asked_.count (letter.id) > 0 && copies.size () > 1)
      {
        toll_.n_extra_asked++;
        n_wanted++;
      }
    for (size_t i = n_wanted; i < copies.size (); i++)
      explain (copies[i - 1]);
    for (const CountingSink::Copy &copy : copies)
      copies_.push_back (copy);
  }

  void
  count (bool is_sending)
  {
    std::set<std::string> known;

    toll_.n_letters = (guint) letters_.size ();
    for (const Letter &letter : letters_)
      {
        known.insert (letter.digest);
        toll_.n_tries += letter.n_tries;
        toll_.n_joined += letter.answer.find ("already") != std::string::npos;
        toll_.n_refused += letter.answer.compare (0, 3, "250") != 0;
        if (letter.answer.compare (0, 3, "250") != 0)
          fail ("answered: " + letter.answer);
        for (const std::string &recipient : letter.recipients)
          count_copies (letter, recipient);
      }
    for (const std::string &digest : sink_.digests ())
      toll_.n_torn += known.count (digest) == 0;
    for (gint64 kill_us : kills_us_)
      for (const CountingSink::Copy &copy : copies_)
        if (is_sending && kill_us >= copy.had_at_us
            && (copy.said_at_us == 0 || kill_us <= copy.said_at_us))
          {
            toll_.n_kills_in_window++;
            break;
          }
  }

  std::mt19937 random_;
  CountingSink sink_;
  MortalAgent agent_;
  Platter *power_ = nullptr;
  std::vector<Letter> letters_;
  std::atomic<guint> n_heard_{ 0 };
  std::vector<gint64> kills_us_;
  std::vector<CountingSink::Copy> copies_;
  std::set<std::string> asked_; /* ids that the user sent again */
  Toll toll_;
};
