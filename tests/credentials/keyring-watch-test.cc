/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the real gnome-keyring; KeePassXC, which says it another way, is played. */
#include <gtest/gtest.h>
#include <algorithm>
#include <mutex>

#include "credentials/rp-keyring-watch.h"
#include "credentials/rp-secrets.h"
#include "private-keyring.h"

namespace
{

/* What is watched, and how often it said "unlocked". */
class Watched
{
public:
  explicit Watched (gpointer object) : object_ (G_OBJECT (object))
  {
    g_signal_connect_swapped (object_, "unlocked", G_CALLBACK (on_unlocked), this);
  }

  Watched (const Watched &) = delete;
  Watched &operator= (const Watched &) = delete;

  ~Watched ()
  {
    g_object_unref (object_);
  }

  bool
  says_it ()
  {
    const int before = seen_;

    return run_until ([&] { return n_ > before; }) && (seen_ = n_) > before;
  }

  int
  count () const
  {
    return n_;
  }

private:
  static void
  on_unlocked (Watched *self)
  {
    self->n_++;
  }

  GObject *object_;
  int n_ = 0;
  int seen_ = 0;
};

TEST (KeyringWatch, SaysThatItWasUnlocked)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  Watched watched (rp_keyring_watch_new ());

  ASSERT_TRUE (watched.says_it ()) << "is there";
  for (int i = 0; i < 2; i++)
    {
      keyring.lock ();
      keyring.unlock ();
      EXPECT_TRUE (watched.says_it ()) << i;
    }
}

TEST (KeyringWatch, SaysThatAServiceCame)
{
  PrivateBus bus;
  Watched watched (rp_keyring_watch_new ());

  for (int i = 0; i < 2; i++)
    {
      PrivateKeyring keyring (bus);

      EXPECT_TRUE (watched.says_it ()) << i;
    }
}

TEST (KeyringWatch, OutlivesTheBus)
{
  Watched watched (rp_keyring_watch_new ());

  for (int i = 0; i < 2; i++)
    {
      PrivateBus bus;
      PrivateKeyring keyring (bus);

      EXPECT_TRUE (watched.says_it ()) << i;
      keyring.stop ();
      bus.stop ();
    }
}

TEST (KeyringWatch, IsHandedOnByTheSecrets)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  Watched watched (rp_secrets_new (5000));

  EXPECT_TRUE (watched.says_it ());
}

TEST (KeyringWatch, EndsInTheMiddle)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);

  g_object_unref (rp_keyring_watch_new ());
  Watched later (rp_keyring_watch_new ());
  EXPECT_TRUE (later.says_it ());
}

/* --- one that is played, over a connection of its own --- */

constexpr const char *COLLECTION = "/org/freedesktop/secrets/collection/passwords";

class PlayedService
{
public:
  explicit PlayedService (const PrivateBus &bus) : connection_ (bus.connect ())
  {
    static const GDBusInterfaceVTable vtable = { nullptr, get_property, nullptr, {} };
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.Secret.Collection'>"
        "<property name='Locked' type='b' access='read'/></interface></node>",
        nullptr);

    registration_ = g_dbus_connection_register_object (
        connection_, COLLECTION, node->interfaces[0], &vtable, this, nullptr, nullptr);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName",
        g_variant_new ("(su)", "org.freedesktop.secrets", 0u), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  PlayedService (const PlayedService &) = delete;
  PlayedService &operator= (const PlayedService &) = delete;

  ~PlayedService ()
  {
    /* A question that came already is answered by the next iteration, without us. */
    g_dbus_connection_unregister_object (connection_, registration_);
    g_dbus_connection_close_sync (connection_, nullptr, nullptr);
    g_object_unref (connection_);
  }

  /* Says it until it was asked: a signal that comes before the watch has told the bus
   * what it listens to is lost. */
  void
  say (const char *signal)
  {
    const int before = n_reads_;

    EXPECT_TRUE (run_until ([&] {
      if (n_reads_ == before)
        emit (signal);
      return n_reads_ > before;
    }));
  }

  void
  emit (const char *signal)
  {
    g_dbus_connection_emit_signal (connection_, nullptr, "/org/freedesktop/secrets",
                                   "org.freedesktop.Secret.Service", signal,
                                   g_variant_new ("(o)", COLLECTION), nullptr);
  }

  bool is_locked = true;

private:
  static GVariant *
  get_property (GDBusConnection *,
                const char *,
                const char *,
                const char *,
                const char *,
                GError **,
                gpointer user_data)
  {
    auto *self = static_cast<PlayedService *> (user_data);

    self->n_reads_++;
    return g_variant_new_boolean (self->is_locked);
  }

  GDBusConnection *connection_;
  guint registration_;
  int n_reads_ = 0;
};

TEST (KeyringWatch, ReadsWhatOnlyChanged)
{
  PrivateBus bus;
  PlayedService service (bus);
  Watched watched (rp_keyring_watch_new ());

  ASSERT_TRUE (watched.says_it ()) << "is there";
  service.say ("CollectionChanged");
  service.is_locked = false;
  service.say ("CollectionChanged");
  EXPECT_TRUE (watched.says_it ()) << "unlocked";
  service.is_locked = true;
  service.say ("CollectionChanged");
  service.is_locked = false;
  service.say ("CollectionChanged");
  EXPECT_TRUE (watched.says_it ()) << "unlocked once more";
  EXPECT_EQ (watched.count (), 3) << "not when it was locked";
}

TEST (KeyringWatch, OtherChangesSayNothing)
{
  PrivateBus bus;
  PlayedService service (bus);
  Watched watched (rp_keyring_watch_new ());

  ASSERT_TRUE (watched.says_it ()) << "is there";
  service.is_locked = false;
  service.say ("CollectionCreated");
  ASSERT_TRUE (watched.says_it ()) << "a new one";
  service.say ("CollectionChanged");
  service.say ("CollectionChanged");
  service.emit ("CollectionDeleted");
  service.say ("CollectionCreated");
  EXPECT_TRUE (watched.says_it ()) << "made anew";
  EXPECT_EQ (watched.count (), 3);
}

/* Calls of all on the bus, as a monitor sees them. */
struct Calls
{
  bool
  has (const char *member)
  {
    const std::lock_guard<std::mutex> lock (mutex);

    return std::find (members.begin (), members.end (), member) != members.end ();
  }

  std::mutex mutex;
  std::vector<std::string> members;
};

GDBusMessage *
on_message (GDBusConnection *,
            GDBusMessage *message,
            gboolean is_incoming,
            gpointer data)
{
  auto *calls = static_cast<Calls *> (data);
  const std::lock_guard<std::mutex> lock (calls->mutex);

  if (!is_incoming
      || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  calls->members.push_back (g_dbus_message_get_member (message));
  g_object_unref (message); /* a monitor that answers is thrown out */
  return nullptr;
}

/* A keyring that could be started is not. */
TEST (KeyringWatch, StartsNothing)
{
  PrivateBus bus ("/bin/false");
  Calls calls;
  g_autoptr (GDBusConnection) monitor = bus.connect ();
  const char *rules[] = { "type='method_call'", nullptr };
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      monitor, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
      g_variant_new ("(^asu)", rules, 0u), nullptr, G_DBUS_CALL_FLAGS_NONE, 5000,
      nullptr, nullptr);
  const guint filter =
      g_dbus_connection_add_filter (monitor, on_message, &calls, nullptr);
  Watched watched (rp_keyring_watch_new ());

  ASSERT_NE (answer, nullptr);
  EXPECT_TRUE (run_until ([&] { return calls.has ("GetNameOwner"); }));
  EXPECT_FALSE (calls.has ("StartServiceByName"));
  g_dbus_connection_remove_filter (monitor, filter);
  g_dbus_connection_close_sync (monitor, nullptr, nullptr);
}

} // namespace
