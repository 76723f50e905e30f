/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The windows of the real keyrings on a real screen, and who types into them. */
#include <gtest/gtest.h>

#include "credentials/rp-secrets-service.h"
#include "lookups.h"
#include "private-keepassxc.h"
#include "private-keyring.h"
#include "private-screen.h"

namespace
{

constexpr const char *HOST = "smtp.proseware.com";

class SecretsUnlock : public testing::Test
{
protected:
  ~SecretsUnlock () override
  {
    g_clear_object (&secrets);
  }

  void
  begin ()
  {
    g_clear_object (&secrets);
    secrets = rp_secrets_service_new (5000);
    g_signal_connect_swapped (secrets, "unlocked", G_CALLBACK (+[] (int *n) { ++*n; }),
                              &n_unlocked);
  }

  void
  ask ()
  {
    n_unlocked = 0;
    unlocked = {};
    rp_secrets_unlock_async (secrets, nullptr, on_unlock_asked, &unlocked);
  }

  void
  answer (const char *window, const char *text, const char *key)
  {
    screen.answer (window, text, key, [this] { return unlocked.is_finished; });
  }

  bool
  is_answered ()
  {
    return measure_longest_pause_us ([&] { return unlocked.is_finished; }, 20000)
           < MAX_PAUSE_US;
  }

  void
  expect_unlocked ()
  {
    EXPECT_TRUE (is_answered ());
    EXPECT_TRUE (unlocked.is_ok) << unlocked.text;
    EXPECT_EQ (look_up (secrets, server).secret, "x");
    EXPECT_TRUE (run_until ([&] { return n_unlocked > 0; })) << "nobody was told";
  }

  void
  expect_locked (const char *text)
  {
    EXPECT_TRUE (is_answered ());
    EXPECT_EQ (unlocked.domain, RP_SECRETS_ERROR);
    EXPECT_EQ (unlocked.code, RP_SECRETS_ERROR_LOCKED);
    EXPECT_NE (unlocked.text.find (text), std::string::npos) << unlocked.text;
    EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  }

  PrivateScreen screen;
  RpServer server = make_server ("terri");
  RpSecrets *secrets = nullptr;
  Looked unlocked;
  int n_unlocked = 0;
};

class GnomeUnlock : public SecretsUnlock
{
protected:
  GnomeUnlock ()
  {
    begin ();
    EXPECT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
    keyring.lock ();
  }

  PrivateBus bus{ prompter_on (screen).c_str (), "org.gnome.keyring.SystemPrompter" };
  PrivateKeyring keyring{ bus };
};

TEST_F (GnomeUnlock, AsksItsUser)
{
  ask ();
  answer (".", "master", "Return");
  expect_unlocked ();
  ask ();
  expect_unlocked (); /* nothing to ask any more */
}

TEST_F (GnomeUnlock, MayBeTurnedDown)
{
  ask ();
  answer (".", nullptr, "Escape");
  expect_locked ("answered with no");
  ask ();
  answer (".", "master", "Return");
  expect_unlocked ();
}

TEST_F (GnomeUnlock, AsksOnce)
{
  Looked second;

  ask ();
  ASSERT_TRUE (run_until ([&] { return screen.n_windows (".") > 0; }, 20000));
  rp_secrets_unlock_async (secrets, nullptr, on_unlock_asked, &second);
  ASSERT_TRUE (run_until ([&] { return second.is_finished; }));
  EXPECT_EQ (second.code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_NE (second.text.find ("open already"), std::string::npos) << second.text;
  answer (".", "master", "Return");
  expect_unlocked ();
}

/* Over ssh, say. */
TEST (Unlock, NobodyCanBeAsked)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  const RpServer server = make_server ("terri");
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  Looked unlocked;

  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keyring.lock ();
  rp_secrets_unlock_async (secrets, nullptr, on_unlock_asked, &unlocked);
  ASSERT_TRUE (run_until ([&] { return unlocked.is_finished; }));
  EXPECT_EQ (unlocked.code, RP_SECRETS_ERROR_LOCKED) << unlocked.text;
}

TEST (Unlock, ThereIsNone)
{
  PrivateBus bus;
  g_autoptr (RpSecrets) secrets = rp_secrets_new (5000);
  Looked unlocked;

  rp_secrets_unlock_async (secrets, nullptr, on_unlock_asked, &unlocked);
  ASSERT_TRUE (run_until ([&] { return unlocked.is_finished; }));
  EXPECT_EQ (unlocked.code, RP_SECRETS_ERROR_UNAVAILABLE);
}

class KeepassxcUnlock : public SecretsUnlock
{
protected:
  static constexpr const char *QUESTION = "Unlock Database";

  PrivateBus bus;
};

TEST_F (KeepassxcUnlock, AsksItsUser)
{
  PrivateKeepassxc keepassxc (bus, false, screen.display ().c_str ());

  begin ();
  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keepassxc.lock ();
  for (int i = 0; i < 3; i++)
    EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (screen.n_windows (QUESTION), 0) << "a lookup shows no window";
  ask ();
  ASSERT_TRUE (run_until ([&] { return screen.n_windows (QUESTION) > 0; }, 20000));
  EXPECT_EQ (screen.n_windows (QUESTION), 1);
  answer (QUESTION, "master", "Return");
  expect_unlocked ();
}

TEST_F (KeepassxcUnlock, MayBeTurnedDown)
{
  PrivateKeepassxc keepassxc (bus, false, screen.display ().c_str ());

  begin ();
  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keepassxc.lock ();
  ask ();
  answer (QUESTION, nullptr, "Escape");
  expect_locked ("answered with no");
}

TEST_F (KeepassxcUnlock, AsksForTheLockedDatabaseBesideAnOpenOne)
{
  PrivateKeepassxc keepassxc (bus, false, screen.display ().c_str ());

  begin ();
  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keepassxc.lock ();
  keepassxc.open_another ("work");
  keepassxc.unlock ("work");
  ask ();
  answer (QUESTION, "master", "Return");
  expect_unlocked ();
}

/* What it asks by default, of an agent that was started again. */
TEST_F (KeepassxcUnlock, AsksWhetherTheAgentMayRead)
{
  PrivateKeepassxc keepassxc (bus, true, screen.display ().c_str ());

  begin ();
  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  begin ();
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  ask ();
  answer ("Access Request", nullptr, "Return");
  expect_unlocked ();
}

} // namespace
