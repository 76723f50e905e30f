/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the real gnome-keyring and KeePassXC; what is played is only a keyring that
 * waits for its user although it said that it is open. */
#include <gtest/gtest.h>
#include <ostream>

#include "credentials/rp-secrets-service.h"
#include "lookups.h"
#include "private-keepassxc.h"
#include "private-keyring.h"

/* libsecret 0.20.5 loses its list of unlocked collections, and the keyring's answer,
 * when storing into a locked one fails. Whole stacks, or the leak does not show whose
 * it is. */
extern "C" const char *__lsan_default_suppressions (void);
extern "C" const char *__asan_default_options (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libsecret-1.so\nleak:g_dbus_message_new_from_blob\n";
}

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

namespace
{

constexpr const char *HOST = "smtp.proseware.com";

struct KeyringTest : testing::Test
{
  static void
  SetUpTestSuite ()
  {
    bus = new PrivateBus;
    keyring = new PrivateKeyring (*bus);
  }

  static void
  TearDownTestSuite ()
  {
    delete keyring;
    delete bus;
  }

  ~KeyringTest () override
  {
    g_object_unref (secrets);
  }

  static PrivateBus *bus;
  static PrivateKeyring *keyring;
  RpSecrets *secrets = rp_secrets_service_new (5000);
};

PrivateBus *KeyringTest::bus;
PrivateKeyring *KeyringTest::keyring;

TEST_F (KeyringTest, GivesWhatWasStored)
{
  const RpServer server = make_server ("terri@proseware.com");

  ASSERT_TRUE (
      store (secrets, server, { HOST, "backup.proseware.com" }, "pä ss").is_ok);
  EXPECT_EQ (look_up (secrets, server, HOST).secret, "pä ss");
  EXPECT_EQ (look_up (secrets, server, "backup.proseware.com").secret, "pä ss");
  EXPECT_EQ (look_up (secrets, server, "SMTP.Proseware.COM").secret, "pä ss");
}

TEST_F (KeyringTest, ANewPasswordReplacesTheOld)
{
  const RpServer server = make_server ("replaced");

  ASSERT_TRUE (store (secrets, server, { HOST }, "old").is_ok);
  ASSERT_TRUE (store (secrets, server, { HOST }, "new").is_ok);
  EXPECT_EQ (look_up (secrets, server).secret, "new");
}

struct MissingRow
{
  const char *name;
  const char *user;
  const char *host;
  RpSecretProtocol protocol;
};

void
PrintTo (const MissingRow &row, std::ostream *out)
{
  *out << row.name;
}

class Missing : public KeyringTest, public testing::WithParamInterface<MissingRow>
{
};

TEST_P (Missing, IsGivenToNobodyElse)
{
  ASSERT_TRUE (store (secrets, make_server ("known"), { HOST }, "x").is_ok);
  const Looked looked = look_up (secrets, make_server (GetParam ().user),
                                 GetParam ().host, GetParam ().protocol);

  EXPECT_FALSE (looked.is_ok);
  EXPECT_EQ (looked.domain, RP_SECRETS_ERROR);
  EXPECT_EQ (looked.code, RP_SECRETS_ERROR_MISSING) << looked.text;
}

const MissingRow missing_rows[] = {
  { "another_user", "unknown", HOST, RP_SECRET_SMTP },
  { "another_host", "known", "smtp.evil.example", RP_SECRET_SMTP },
  { "a_subdomain", "known", "x.smtp.proseware.com", RP_SECRET_SMTP },
  { "the_domain", "known", "proseware.com", RP_SECRET_SMTP },
  { "another_protocol", "known", HOST, RP_SECRET_POP },
  { "no_user", nullptr, HOST, RP_SECRET_SMTP },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Missing,
                          testing::ValuesIn (missing_rows),
                          [] (const auto &row) { return row.param.name; });

TEST_F (KeyringTest, TheProtocolsHaveTheirOwn)
{
  const RpServer server = make_server ("each");

  ASSERT_TRUE (store (secrets, server, { HOST }, "smtp", RP_SECRET_SMTP).is_ok);
  ASSERT_TRUE (store (secrets, server, { HOST }, "pop", RP_SECRET_POP).is_ok);
  ASSERT_TRUE (store (secrets, server, { HOST }, "a\nb\n", RP_SECRET_SIGN_IN).is_ok);
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_SMTP).secret, "smtp");
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_POP).secret, "pop");
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_SIGN_IN).secret, "a\nb\n");
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_TOKEN).code,
             RP_SECRETS_ERROR_MISSING);
}

TEST_F (KeyringTest, AnAccessTokenIsNotStored)
{
  const RpServer server = make_server ("token");

  EXPECT_EQ (store (secrets, server, { HOST }, "x", RP_SECRET_TOKEN).code,
             RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_TOKEN).code,
             RP_SECRETS_ERROR_MISSING);
}

TEST_F (KeyringTest, ForgetsWhatIsRemovedAndNothingElse)
{
  const RpServer server = make_server ("leaver");

  ASSERT_TRUE (store (secrets, server, { HOST, "b.example", "c.example" }, "x").is_ok);
  ASSERT_TRUE (store (secrets, server, { HOST }, "y", RP_SECRET_POP).is_ok);
  EXPECT_TRUE (
      remove_secret (secrets, server, { "SMTP.proseware.com", "b.example" }).is_ok);
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_MISSING);
  EXPECT_EQ (look_up (secrets, server, "b.example").code, RP_SECRETS_ERROR_MISSING);
  EXPECT_EQ (look_up (secrets, server, "c.example").secret, "x");
  EXPECT_EQ (look_up (secrets, server, HOST, RP_SECRET_POP).secret, "y");
}

TEST_F (KeyringTest, WhatIsNotThereCannotBeRemoved)
{
  const RpServer server = make_server ("half");

  EXPECT_EQ (remove_secret (secrets, server, { HOST }).code, RP_SECRETS_ERROR_MISSING);
  ASSERT_TRUE (store (secrets, server, { "b.example" }, "x").is_ok);
  EXPECT_TRUE (remove_secret (secrets, server, { HOST, "b.example" }).is_ok);
}

struct LabelRow
{
  const char *name;
  RpSecretProtocol protocol;
  const char *label;
};

void
PrintTo (const LabelRow &row, std::ostream *out)
{
  *out << row.name;
}

class Label : public KeyringTest, public testing::WithParamInterface<LabelRow>
{
};

/* As a person sees it who looks through the keyring. */
TEST_P (Label, SaysWhatTheEntryIs)
{
  const LabelRow &row = GetParam ();

  ASSERT_TRUE (store (secrets, make_server ("terri@proseware.com"), { "label.example" },
                      "x", row.protocol)
                   .is_ok);
  EXPECT_EQ (keyring->count_labels (row.label), 1);
}

const LabelRow label_rows[] = {
  { "smtp", RP_SECRET_SMTP,
    "roampost: password of terri@proseware.com for SMTP at label.example" },
  { "pop", RP_SECRET_POP,
    "roampost: password of terri@proseware.com for POP3 at label.example" },
  { "sign_in", RP_SECRET_SIGN_IN,
    "roampost: sign-in of terri@proseware.com at label.example" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Label,
                          testing::ValuesIn (label_rows),
                          [] (const auto &row) { return row.param.name; });

TEST_F (KeyringTest, IsCancelled)
{
  const RpServer server = make_server ("terri");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Looked looked;

  rp_secrets_lookup_async (secrets, &server, RP_SECRET_SMTP, HOST, cancellable,
                           on_looked_up, &looked);
  g_cancellable_cancel (cancellable);
  ASSERT_TRUE (run_until ([&] { return looked.is_finished; }));
  EXPECT_EQ (looked.domain, G_IO_ERROR);
  EXPECT_EQ (looked.code, G_IO_ERROR_CANCELLED);
}

/* --- keyrings that come and go --- */

TEST (Keyring, LockedIsToldFromMissing)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  const RpServer server = make_server ("terri");

  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keyring.lock ();

  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (look_up (secrets, server, "elsewhere.example").code,
             RP_SECRETS_ERROR_MISSING);
  EXPECT_EQ (store (secrets, server, { HOST }, "y").code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (remove_secret (secrets, server, { HOST }).code, RP_SECRETS_ERROR_LOCKED);
  keyring.unlock ();
  EXPECT_EQ (look_up (secrets, server).secret, "x");
}

TEST (Keyring, SurvivesTheDaemonsRestart)
{
  PrivateBus bus;
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  const RpServer server = make_server ("terri");

  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_UNAVAILABLE);
  {
    PrivateKeyring keyring (bus);

    ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
    EXPECT_EQ (look_up (secrets, server).secret, "x");
  }
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_UNAVAILABLE);
  {
    PrivateKeyring keyring (bus);

    EXPECT_EQ (look_up (secrets, server).secret, "x");
  }
}

TEST (Keyring, SurvivesTheBus)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  const RpServer server = make_server ("terri");

  for (int i = 0; i < 2; i++)
    {
      PrivateBus bus;
      PrivateKeyring keyring (bus);

      ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
      keyring.stop ();
      bus.stop ();
      const Looked looked = look_up (secrets, server);

      EXPECT_EQ (looked.domain, RP_SECRETS_ERROR);
      EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE) << looked.text;
    }
}

TEST (Keyring, NoBusAtAll)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);

  EXPECT_EQ (look_up (secrets, make_server ("terri")).code,
             RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_EQ (store (secrets, make_server ("terri"), { HOST }, "x").code,
             RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_EQ (remove_secret (secrets, make_server ("terri"), { HOST }).code,
             RP_SECRETS_ERROR_UNAVAILABLE);
}

TEST (Keyring, ABusWithoutAService)
{
  PrivateBus bus;
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  const Looked looked = look_up (secrets, make_server ("terri"));

  EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_NE (looked.text.find ("no keyring"), std::string::npos) << looked.text;
}

TEST (Keyring, IsStartedWhereTheBusKnowsHow)
{
  g_autofree char *home = g_dir_make_tmp ("roampost-home-XXXXXX", nullptr);
  g_autofree char *command = g_strdup_printf (
      "/usr/bin/env HOME=%s XDG_DATA_HOME=%s XDG_RUNTIME_DIR=%s gnome-keyring-daemon "
      "--foreground --components=secrets",
      home, home, home);
  {
    PrivateBus bus (command);
    g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);

    EXPECT_EQ (look_up (secrets, make_server ("terri")).code, RP_SECRETS_ERROR_MISSING);
  }
  g_autofree char *remove = g_strdup_printf ("rm -r %s", home);
  g_spawn_command_line_sync (remove, nullptr, nullptr, nullptr, nullptr);
}

TEST (Keyring, AServiceThatNeverStartsIsNotWaitedFor)
{
  PrivateBus bus ("/bin/sleep 3");
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (300);
  const Looked looked = look_up (secrets, make_server ("terri"));

  EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_NE (looked.text.find ("in time"), std::string::npos) << looked.text;
}

/* --- KeePassXC, which shows its user a window when a locked one is searched --- */

/* Its answer to a search would come when the window is answered, which nobody does
 * here, so that an answer says that none was opened. */
constexpr guint NO_TIMEOUT_MS = 60 * 1000;

TEST (Keepassxc, KeepsGivesAndForgets)
{
  PrivateBus bus;
  PrivateKeepassxc keepassxc (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (5000);
  const RpServer server = make_server ("terri");

  keepassxc.unlock ();
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_MISSING);
  ASSERT_TRUE (store (secrets, server, { HOST, "b.example" }, "pä ss").is_ok);
  EXPECT_EQ (look_up (secrets, server).secret, "pä ss");
  EXPECT_EQ (look_up (secrets, server, "b.example").secret, "pä ss");
  EXPECT_EQ (look_up (secrets, make_server ("else")).code, RP_SECRETS_ERROR_MISSING);
  EXPECT_TRUE (remove_secret (secrets, server, { HOST }).is_ok);
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_MISSING);
  EXPECT_EQ (look_up (secrets, server, "b.example").secret, "pä ss");
}

TEST (Keepassxc, ALockedOneIsNotSearched)
{
  PrivateBus bus;
  PrivateKeepassxc keepassxc (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (NO_TIMEOUT_MS);
  const RpServer server = make_server ("terri");

  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keepassxc.lock ();
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (remove_secret (secrets, server, { HOST }).code, RP_SECRETS_ERROR_LOCKED);
  keepassxc.unlock ();
  EXPECT_EQ (look_up (secrets, server).secret, "x");
  keepassxc.close_all ();
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED)
      << "it would show a window to choose a database";
}

TEST (Keepassxc, AnotherOpenDatabaseDoesNotMakeItMissing)
{
  PrivateBus bus;
  PrivateKeepassxc keepassxc (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (NO_TIMEOUT_MS);
  const RpServer server = make_server ("terri");

  keepassxc.unlock ();
  ASSERT_TRUE (store (secrets, server, { HOST }, "x").is_ok);
  keepassxc.lock ();
  keepassxc.open_another ("work");
  keepassxc.unlock ("work");
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  keepassxc.unlock ();
  EXPECT_EQ (look_up (secrets, server).secret, "x");
  EXPECT_EQ (look_up (secrets, make_server ("else")).code, RP_SECRETS_ERROR_MISSING);
}

/* As it is set up by default: another program, or the same one started again, has to be
 * allowed by its user. */
TEST (Keepassxc, AnEntryThatIsNotAllowedIsLocked)
{
  PrivateBus bus;
  PrivateKeepassxc keepassxc (bus, true);
  const RpServer server = make_server ("terri");
  {
    g_autoptr (RpSecrets) writer = rp_secrets_service_new (NO_TIMEOUT_MS);

    keepassxc.unlock ();
    ASSERT_TRUE (store (writer, server, { HOST }, "x").is_ok);
    EXPECT_EQ (look_up (writer, server).secret, "x");
  }
  g_autoptr (RpSecrets) reader = rp_secrets_service_new (NO_TIMEOUT_MS);

  EXPECT_EQ (look_up (reader, server).code, RP_SECRETS_ERROR_LOCKED);
}

/* --- a keyring that waits for its user all the same --- */

class SilentKeyring
{
public:
  explicit SilentKeyring (const PrivateBus &bus) : connection_ (bus.connect ())
  {
    node_ = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.Secret.Service'>"
        "<method name='OpenSession'><arg type='s' direction='in'/>"
        "<arg type='v' direction='in'/><arg type='v' direction='out'/>"
        "<arg type='o' direction='out'/></method>"
        "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
        "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
        "<property name='Collections' type='ao' access='read'/></interface>"
        "<interface name='org.freedesktop.Secret.Collection'>"
        "<property name='Locked' type='b' access='read'/>"
        "<property name='Items' type='ao' access='read'/></interface></node>",
        nullptr);
    ids_[0] = g_dbus_connection_register_object (
        connection_, "/org/freedesktop/secrets", node_->interfaces[0], &vtable, this,
        nullptr, nullptr);
    ids_[1] = g_dbus_connection_register_object (
        connection_, "/c", node_->interfaces[1], &vtable, this, nullptr, nullptr);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName",
        g_variant_new ("(su)", "org.freedesktop.secrets", 0u), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  SilentKeyring (const SilentKeyring &) = delete;
  SilentKeyring &operator= (const SilentKeyring &) = delete;

  ~SilentKeyring ()
  {
    g_list_free_full (questions, g_object_unref);
    for (guint id : ids_)
      g_dbus_connection_unregister_object (connection_, id);
    g_dbus_node_info_unref (node_);
    g_object_unref (connection_);
  }

  /* Its user has unlocked, and there is nothing. */
  void
  answer_all ()
  {
    for (GList *l = questions; l != nullptr; l = l->next)
      g_dbus_method_invocation_return_value (
          static_cast<GDBusMethodInvocation *> (l->data),
          g_variant_new ("(@ao@ao)", g_variant_new_objv (nullptr, 0),
                         g_variant_new_objv (nullptr, 0)));
    g_clear_pointer (&questions, g_list_free);
  }

  bool is_silent = true;
  int n_searches = 0;
  GList *questions = nullptr; /* unanswered */

private:
  static void
  on_call (GDBusConnection *,
           const char *,
           const char *,
           const char *,
           const char *method,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
  {
    auto *self = static_cast<SilentKeyring *> (user_data);
    const char *algorithm = "";

    if (g_str_equal (method, "SearchItems"))
      {
        self->n_searches++;
        self->questions = g_list_append (self->questions, invocation);
        if (!self->is_silent)
          self->answer_all ();
        return;
      }

    g_variant_get_child (arguments, 0, "&s", &algorithm);
    if (g_str_equal (algorithm, "plain"))
      g_dbus_method_invocation_return_value (
          invocation, g_variant_new ("(vo)", g_variant_new_string (""), "/session"));
    else
      g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR,
                                             G_DBUS_ERROR_NOT_SUPPORTED, "plain only");
  }

  static GVariant *
  on_get (GDBusConnection *,
          const char *,
          const char *,
          const char *,
          const char *property,
          GError **,
          gpointer)
  {
    const char *paths[] = { "/c", nullptr };

    if (g_str_equal (property, "Locked"))
      return g_variant_new_boolean (FALSE);
    return g_variant_new_objv (paths, g_str_equal (property, "Collections") ? 1 : 0);
  }

  static constexpr GDBusInterfaceVTable vtable = { on_call, on_get, nullptr, {} };

  GDBusConnection *connection_;
  GDBusNodeInfo *node_;
  guint ids_[2];
};

TEST (Keyring, OneThatWaitsForItsUserIsLockedAndNotAskedAgain)
{
  PrivateBus bus;
  SilentKeyring keyring (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (300);
  const RpServer server = make_server ("terri");
  int n_unlocked = 0;

  g_signal_connect_swapped (secrets, "unlocked", G_CALLBACK (+[] (int *n) { ++*n; }),
                            &n_unlocked);
  for (int i = 0; i < 3; i++)
    {
      const gint64 begin_us = g_get_monotonic_time ();
      const Looked looked = look_up (secrets, server);

      EXPECT_EQ (looked.domain, RP_SECRETS_ERROR);
      EXPECT_EQ (looked.code, RP_SECRETS_ERROR_LOCKED) << looked.text;
      EXPECT_EQ (keyring.n_searches, 1) << "a second window";
      if (i > 0)
        {
          EXPECT_LT (g_get_monotonic_time () - begin_us, 300 * 1000) << "known by now";
        }
    }
  const int n_before = n_unlocked;

  keyring.answer_all ();
  EXPECT_TRUE (run_until ([&] { return n_unlocked > n_before; }));
  EXPECT_EQ (look_up (secrets, server).code, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (keyring.n_searches, 2) << "asked again once it had answered";
}

TEST (Keyring, ThoseWhoAskTogetherAskOneAfterTheOther)
{
  PrivateBus bus;
  SilentKeyring keyring (bus);
  g_autoptr (RpSecrets) secrets = rp_secrets_service_new (NO_TIMEOUT_MS);
  const RpServer server = make_server ("terri");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Looked looked[3];

  keyring.is_silent = false;
  look_up (secrets, server); /* from now on it is connected, so that order is kept */
  keyring.is_silent = true;
  for (int i = 0; i < 3; i++)
    rp_secrets_lookup_async (secrets, &server, RP_SECRET_SMTP, HOST,
                             i == 1 ? cancellable : nullptr, on_looked_up, &looked[i]);
  ASSERT_TRUE (run_until ([&] { return keyring.n_searches > 1; }));
  EXPECT_EQ (keyring.n_searches, 2);
  g_cancellable_cancel (cancellable);
  ASSERT_TRUE (run_until ([&] { return looked[1].is_finished; }));
  EXPECT_EQ (looked[1].code, G_IO_ERROR_CANCELLED);
  keyring.answer_all ();
  ASSERT_TRUE (run_until ([&] { return looked[0].is_finished; }));
  EXPECT_EQ (looked[0].code, RP_SECRETS_ERROR_MISSING);
  ASSERT_TRUE (run_until ([&] { return keyring.n_searches == 3; }));
  EXPECT_FALSE (looked[2].is_finished);
  EXPECT_EQ (keyring.n_searches, 3);
  keyring.answer_all ();
  ASSERT_TRUE (run_until ([&] { return looked[2].is_finished; }));
  EXPECT_EQ (looked[2].code, RP_SECRETS_ERROR_MISSING);
}

} // namespace
