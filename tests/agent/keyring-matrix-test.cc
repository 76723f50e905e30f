/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent with each real keyring in each state: mail is always accepted and kept,
 * leaves when its password can be read, and the listener never makes a program wait. */
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sysexits.h>
#include <thread>

#include "../credentials/lookups.h"
#include "../credentials/private-keepassxc.h"
#include "../credentials/private-keyring.h"
#include "../credentials/private-screen.h"
#include "../notices/played-notices.h"
#include "credentials/rp-secrets-service.h"
#include "login-scripts.h"
#include "upstream-scripts.h"

#include "line-socket.h"

namespace
{

enum class Keyring
{
  none,
  gnome,
  keepassxc
};

enum class State
{
  unlocked,
  locked,
  unlocked_later,
  comes_later
};

struct Cell
{
  const char *name;
  Keyring keyring;
  State state;
};

void
PrintTo (const Cell &cell, std::ostream *out)
{
  *out << cell.name;
}

/* Greets the listener again and again, in a thread that waits for nothing else. */
class Greeter
{
public:
  explicit Greeter (guint16 port)
      : thread_ ([this, port] {
          do
            greet (port);
          while (!is_over_within_a_moment ());
        })
  {
  }

  Greeter (const Greeter &) = delete;
  Greeter &operator= (const Greeter &) = delete;

  ~Greeter ()
  {
    stop ();
  }

  void
  stop ()
  {
    {
      std::lock_guard<std::mutex> lock (mutex_);
      is_over_ = true;
    }
    over_.notify_all ();
    if (thread_.joinable ())
      thread_.join ();
  }

  std::atomic<int> n_answers{ 0 };
  std::atomic<int> n_failures{ 0 };
  std::atomic<gint64> longest_us{ 0 };

private:
  void
  greet (guint16 port)
  {
    const gint64 begin_us = g_get_monotonic_time ();
    const int fd = connect_to (port);
    LineSocket line_socket (fd);
    std::string line;
    bool is_answered;

    is_answered = fd >= 0 && line_socket.read_line (line)
                  && line_socket.write_all ("EHLO localhost\r\n");
    do
      is_answered = is_answered && line_socket.read_line (line);
    while (is_answered && line.compare (0, 4, "250-") == 0);
    is_answered = is_answered && line.compare (0, 4, "250 ") == 0;
    close (fd);
    (is_answered ? n_answers : n_failures)++;
    longest_us = std::max (longest_us.load (), g_get_monotonic_time () - begin_us);
  }

  /* So that it leaves the processors to those whom it measures. */
  bool
  is_over_within_a_moment ()
  {
    std::unique_lock<std::mutex> lock (mutex_);

    return over_.wait_for (lock, std::chrono::milliseconds (10),
                           [this] { return is_over_; });
  }

  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;
};

class KeyringMatrix : public testing::TestWithParam<Cell>
{
protected:
  void
  start_keyring ()
  {
    switch (GetParam ().keyring)
      {
      case Keyring::none:
        break;
      case Keyring::gnome:
        gnome = std::make_unique<PrivateKeyring> (bus);
        break;
      case Keyring::keepassxc:
        keepassxc = std::make_unique<PrivateKeepassxc> (bus);
        keepassxc->unlock ();
        break;
      }
  }

  void
  keep_password ()
  {
    g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);

    ASSERT_TRUE (
        store (secrets, make_server (TEST_USER), { "127.0.0.1" }, TEST_PASSWORD).is_ok);
  }

  void
  lock ()
  {
    if (gnome != nullptr)
      gnome->lock ();
    if (keepassxc != nullptr)
      keepassxc->lock ();
  }

  void
  unlock ()
  {
    if (gnome != nullptr)
      gnome->unlock ();
    if (keepassxc != nullptr)
      keepassxc->unlock ();
  }

  std::string
  queue ()
  {
    return agent.ask ({ "queue", "list" }, "$[*].state");
  }

  /* Accepted, on disk, and nothing said to the server; also when it is tried again. */
  void
  expect_kept (const std::string &answer, const std::string &reason)
  {
    expect_in ("250 2.0.0 Queued as ", answer);
    expect_in (reason, answer);
    EXPECT_EQ (agent.tell ({ "queue", "flush" }).exit_code, 0);
    EXPECT_EQ (queue (), "[\"waiting\"]");
    EXPECT_EQ (server.n_connections (), 0u);
  }

  void
  expect_sent ()
  {
    EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
    EXPECT_TRUE (run_until ([&] { return queue () == "[]"; }));
    EXPECT_EQ (server.problem (), "");
    EXPECT_EQ (server.content (), TEST_MESSAGE "\r\n");
  }

  PrivateBus bus;
  std::unique_ptr<PrivateKeyring> gnome;
  std::unique_ptr<PrivateKeepassxc> keepassxc;
  ScriptedServer server{ tls_login + message + bye };
  RunningAgent agent;
};

TEST_P (KeyringMatrix, MailIsKeptAndLeavesWhenItCan)
{
  const State state = GetParam ().state;

  if (state != State::comes_later)
    start_keyring ();
  if (GetParam ().keyring != Keyring::none && state != State::comes_later)
    keep_password ();
  if (state == State::locked || state == State::unlocked_later)
    lock ();

  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  Greeter greeter (agent.port ());
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  switch (state)
    {
    case State::unlocked:
      expect_in ("queued as SECRETLY", answer);
      expect_sent ();
      break;
    case State::locked:
      expect_kept (answer, "unlock");
      break;
    case State::unlocked_later:
      expect_kept (answer, "unlock");
      unlock ();
      expect_sent ();
      break;
    case State::comes_later:
      expect_kept (answer, "keyring");
      start_keyring ();
      if (GetParam ().keyring != Keyring::none)
        {
          keep_password ();
          lock ();
          unlock ();
          expect_sent ();
        }
      break;
    }
  greeter.stop ();
  EXPECT_GT (greeter.n_answers, 0);
  EXPECT_EQ (greeter.n_failures, 0);
  EXPECT_LT (greeter.longest_us, G_USEC_PER_SEC) << "a program waited";
}

INSTANTIATE_TEST_SUITE_P (
    Keyrings,
    KeyringMatrix,
    testing::Values (
        Cell{ "GnomeUnlocked", Keyring::gnome, State::unlocked },
        Cell{ "GnomeLocked", Keyring::gnome, State::locked },
        Cell{ "GnomeUnlockedLater", Keyring::gnome, State::unlocked_later },
        Cell{ "GnomeComesLater", Keyring::gnome, State::comes_later },
        Cell{ "KeepassxcUnlocked", Keyring::keepassxc, State::unlocked },
        Cell{ "KeepassxcLocked", Keyring::keepassxc, State::locked },
        Cell{ "KeepassxcUnlockedLater", Keyring::keepassxc, State::unlocked_later },
        Cell{ "KeepassxcComesLater", Keyring::keepassxc, State::comes_later },
        Cell{ "None", Keyring::none, State::comes_later }),
    [] (const auto &cell) { return cell.param.name; });

/* The agent of a session, as its user has it: with notices. */
TEST (KeyringNotice, OneClickUnlocksForAllMail)
{
  PrivateScreen screen;
  PrivateBus bus (prompter_on (screen).c_str (), "org.gnome.keyring.SystemPrompter");
  PrivateKeyring keyring (bus);
  played::Desktop desktop (bus);
  ScriptedServer server{ { tls_login + message + bye, tls_login + message + bye,
                           tls_login + message + bye } };
  RunningAgent agent;
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);

  ASSERT_TRUE (
      store (secrets, make_server (TEST_USER), { "127.0.0.1" }, TEST_PASSWORD).is_ok);
  keyring.lock ();
  agent.names_runtime_folder = false;
  agent.runtime_folder = agent.folder () + "/roampost";
  agent.set_environment ("XDG_RUNTIME_DIR", agent.folder ());
  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (server.port ()));
  agent.start ();
  for (int i = 0; i < 3; i++)
    expect_in ("250 2.0.0 Queued as ", send_message (agent.port (), "kim@adatum.com"));
  ASSERT_TRUE (run_until ([&] {
    return desktop.titles () == "3 messages wait for your keyring\n";
  })) << desktop.titles ();
  EXPECT_EQ (screen.n_windows ("."), 0) << "asked before it was wanted";

  desktop.choose (desktop.up.begin ()->first, "unlock");
  screen.answer (".", "master", "Return", [&] { return server.n_finished () > 0; });
  EXPECT_TRUE (run_until ([&] {
    return agent.ask ({ "queue", "list" }, "$[*].state") == "[]";
  }));
  EXPECT_TRUE (run_until ([&] { return desktop.titles () == ""; }));
  EXPECT_EQ (server.problem (), "");
}

/* Nobody is there who could be asked: the words say so, and mail still waits. */
TEST (KeyringUnlock, TheCommandSaysWhatBecameOfIt)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  RunningAgent agent;
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);

  ASSERT_TRUE (
      store (secrets, make_server (TEST_USER), { "127.0.0.1" }, TEST_PASSWORD).is_ok);
  keyring.lock ();
  agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
  agent.configure (listen_at (find_free_port ()) + with_password (1));
  agent.start ();
  const ClientResult locked = agent.tell ({ "unlock" });

  EXPECT_EQ (locked.exit_code, EX_UNAVAILABLE);
  expect_in ("was not unlocked", locked.errors);
  expect_in ("could not be shown", locked.errors);
  keyring.unlock ();
  const ClientResult unlocked = agent.tell ({ "unlock" });

  EXPECT_EQ (unlocked.exit_code, 0) << unlocked.errors;
  expect_in ("is unlocked", unlocked.output);
  EXPECT_EQ (agent.tell ({ "unlock", "it" }).exit_code, EX_USAGE);
  keyring.stop ();
  EXPECT_EQ (agent.tell ({ "unlock" }).exit_code, EX_UNAVAILABLE);
}

} // namespace
