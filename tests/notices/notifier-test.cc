/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against servers of notices that the test plays on a session bus of its own. */
#include "notices/rp-notifier.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "private-bus.h"
#include "run-until.h"
#include "words/rp-words.h"

namespace
{

/* --- servers --- */

constexpr const char *DESKTOP_XML =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

constexpr const char *PORTAL_XML =
    "<node><interface name='org.freedesktop.portal.Notification'>"
    "<method name='AddNotification'><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/></method>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/></method>"
    "</interface></node>";

/* One name on the bus over a connection of its own, which ends with it. */
class Server
{
public:
  Server (const PrivateBus &bus, const char *name, const char *path, const char *xml)
      : path_ (path), connection_ (bus.connect ())
  {
    static const GDBusInterfaceVTable vtable = { on_call, nullptr, nullptr, {} };
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, nullptr);

    interface_ = node->interfaces[0]->name;
    g_dbus_connection_register_object (connection_, path, node->interfaces[0], &vtable,
                                       this, nullptr, nullptr);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", name, 0u),
        nullptr, G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  Server (const Server &) = delete;
  Server &operator= (const Server &) = delete;

  virtual ~Server ()
  {
    for (GDBusMethodInvocation *invocation : held_)
      g_object_unref (invocation);
    g_dbus_connection_close_sync (connection_, nullptr, nullptr);
    g_object_unref (connection_);
  }

  void
  say (const char *signal, GVariant *parameters)
  {
    g_dbus_connection_emit_signal (connection_, nullptr, path_.c_str (),
                                   interface_.c_str (), signal, parameters, nullptr);
  }

  /* Answers to what puts up a notice come with release(). */
  bool holds = false;

  bool
  is_holding () const
  {
    return !held_.empty ();
  }

  void
  release ()
  {
    holds = false;
    for (GDBusMethodInvocation *invocation : held_)
      answer (invocation);
    held_.clear ();
  }

protected:
  /* Returns: whether it may be held back */
  virtual bool take (const std::string &method, GVariant *arguments) = 0;
  virtual GVariant *reply (const std::string &method) = 0;

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
    auto *self = static_cast<Server *> (user_data);

    if (self->take (method, arguments) && self->holds)
      self->held_.push_back (invocation);
    else
      self->answer (invocation);
  }

  void
  answer (GDBusMethodInvocation *invocation)
  {
    g_dbus_method_invocation_return_value (
        invocation, reply (g_dbus_method_invocation_get_method_name (invocation)));
  }

  std::string path_;
  std::string interface_;
  GDBusConnection *connection_;
  std::vector<GDBusMethodInvocation *> held_;
};

struct Up
{
  std::string title, body, actions, category;
  guint32 replaces;
  int expires;
};

class Desktop : public Server
{
public:
  explicit Desktop (const PrivateBus &bus,
                    std::vector<const char *> skills = { "actions", "body",
                                                         "body-markup" })
      : Server (bus,
                "org.freedesktop.Notifications",
                "/org/freedesktop/Notifications",
                DESKTOP_XML),
        skills_ (skills)
  {
    skills_.push_back (nullptr);
  }

  /* as its user does */
  void
  put_away (guint32 number)
  {
    up.erase (number);
    say ("NotificationClosed", g_variant_new ("(uu)", number, 2u));
  }

  void
  choose (guint32 number, const char *action)
  {
    say ("ActionInvoked", g_variant_new ("(us)", number, action));
  }

  std::string
  titles () const
  {
    std::string all;

    for (const auto &[number, notice] : up)
      all += notice.title + "\n";
    return all;
  }

  std::map<guint32, Up> up;
  guint32 last = 0;
  int n_notified = 0;

private:
  bool
  take (const std::string &method, GVariant *arguments) override
  {
    if (method == "CloseNotification")
      {
        guint32 number;

        g_variant_get (arguments, "(u)", &number);
        if (up.erase (number) == 1)
          say ("NotificationClosed", g_variant_new ("(uu)", number, 3u));
      }
    if (method == "Notify")
      notify (arguments);
    return method == "Notify";
  }

  void
  notify (GVariant *arguments)
  {
    const char *title, *body, *category = "";
    g_autofree const char **actions = nullptr;
    g_autoptr (GVariant) hints = nullptr;
    Up notice;

    g_variant_get (arguments, "(&su&s&s&s^a&s@a{sv}i)", nullptr, &notice.replaces,
                   nullptr, &title, &body, &actions, &hints, &notice.expires);
    g_variant_lookup (hints, "category", "&s", &category);
    g_autofree char *joined = g_strjoinv ("|", const_cast<char **> (actions));

    notice.title = title;
    notice.body = body;
    notice.actions = joined;
    notice.category = category;
    n_notified++;
    last = notice.replaces != 0 ? notice.replaces : next_++;
    up[last] = notice;
  }

  GVariant *
  reply (const std::string &method) override
  {
    if (method == "GetCapabilities")
      return g_variant_new ("(^as)", skills_.data ());
    return method == "Notify" ? g_variant_new ("(u)", last) : nullptr;
  }

  std::vector<const char *> skills_;
  guint32 next_ = 7;
};

class Portal : public Server
{
public:
  explicit Portal (const PrivateBus &bus)
      : Server (bus,
                "org.freedesktop.portal.Desktop",
                "/org/freedesktop/portal/desktop",
                PORTAL_XML)
  {
  }

  std::map<std::string, std::string> up; /* key to title and buttons */

private:
  bool
  take (const std::string &method, GVariant *arguments) override
  {
    const char *key, *title = "", *body = "";
    g_autoptr (GVariant) dict = nullptr;
    g_autoptr (GVariant) buttons = nullptr;

    if (method == "RemoveNotification")
      {
        g_variant_get (arguments, "(&s)", &key);
        up.erase (key);
        return false;
      }
    g_variant_get (arguments, "(&s@a{sv})", &key, &dict);
    g_variant_lookup (dict, "title", "&s", &title);
    g_variant_lookup (dict, "body", "&s", &body);
    buttons = g_variant_lookup_value (dict, "buttons", G_VARIANT_TYPE ("aa{sv}"));
    up[key] = std::string (title) + "\n" + body;
    for (gsize i = 0; buttons != nullptr && i < g_variant_n_children (buttons); i++)
      {
        g_autoptr (GVariant) button = g_variant_get_child_value (buttons, i);
        const char *action = "", *label = "";

        g_variant_lookup (button, "action", "&s", &action);
        g_variant_lookup (button, "label", "&s", &label);
        up[key] += std::string ("\n") + action + "|" + label;
      }
    return true;
  }

  GVariant *
  reply (const std::string &) override
  {
    return nullptr;
  }
};

/* --- what is wanted --- */

RpNotice *
make (RpNoticeKind kind,
      const char *id,
      std::vector<const char *> recipients,
      guint n_messages = 1,
      const char *said = nullptr)
{
  RpNotice *notice = g_new0 (RpNotice, 1);
  const char *kinds[] = {
    "delayed", "keyring", "sign-in", "failed", "doubt", "damaged"
  };

  recipients.push_back (nullptr);
  notice->kind = kind;
  notice->key = kind == RP_NOTICE_FAILED || kind == RP_NOTICE_DOUBT
                    ? g_strconcat (kinds[kind], ":", id, nullptr)
                    : g_strdup (kinds[kind]);
  notice->id = n_messages == 1 ? g_strdup (id) : nullptr;
  notice->n_messages = n_messages;
  notice->recipients = g_strdupv (const_cast<char **> (recipients.data ()));
  if (said != nullptr)
    notice->reply = rp_reply_new (550, "5.1.1", said);
  return notice;
}

void
set (RpNotifier *notifier, std::vector<RpNotice *> wanted)
{
  g_autoptr (GPtrArray) notices =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_notice_free);

  for (RpNotice *notice : wanted)
    g_ptr_array_add (notices, notice);
  rp_notifier_set (notifier, notices);
}

constexpr const char *LATE = "Still waiting: mail to b@b\n";
constexpr const char *FAILED = "Not delivered: mail to b@b\n";

using Chosen = std::set<std::string>;

void
on_action (RpNotifier *, const char *key, guint action, const char *id, Chosen *chosen)
{
  chosen->insert (std::string (key) + " "
                  + rp_notice_action_to_nick ((RpNoticeAction) action) + " "
                  + (id != nullptr ? id : "-"));
}

class Notifier : public testing::Test
{
protected:
  Notifier ()
  {
    rp_words_init ("en");
  }

  ~Notifier () override
  {
    g_clear_object (&notifier);
    rp_words_init (nullptr);
  }

  void
  start (bool is_sandboxed = false)
  {
    notifier = rp_notifier_new (is_sandboxed);
    g_signal_connect (notifier, "action", G_CALLBACK (on_action), &chosen);
  }

  static bool
  shows (const Desktop &desktop, const std::string &titles)
  {
    return run_until ([&] { return desktop.titles () == titles; });
  }

  /* What the server said before has then been heard, and the number is known. */
  bool
  hears (Desktop &desktop, guint32 number, const char *action, const char *expected)
  {
    return run_until ([&] {
      if (chosen.count (expected) == 0)
        desktop.choose (number, action);
      return chosen.count (expected) == 1;
    });
  }

  RpNotifier *notifier = nullptr;
  Chosen chosen;
};

TEST_F (Notifier, ShowsAndWithdraws)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }),
                   make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, std::string (LATE) + FAILED)) << desktop.titles ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, FAILED)) << desktop.titles ();
  set (notifier, {});
  EXPECT_TRUE (shows (desktop, "")) << desktop.titles ();
}

TEST_F (Notifier, SaysHowItIsToBeShown)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }),
                   make (RP_NOTICE_FAILED, "n", { "b@b" }, 1, "<a href='x'>No</a>") });
  ASSERT_TRUE (shows (desktop, std::string (LATE) + FAILED));

  const Up late = desktop.up.begin ()->second;
  const Up failed = desktop.up.rbegin ()->second;

  EXPECT_EQ (late.actions, "default|Show");
  EXPECT_EQ (late.expires, -1);
  EXPECT_EQ (late.category, "email");
  EXPECT_EQ (failed.actions, "default|Show|send-again|Send again|drop|Drop");
  EXPECT_EQ (failed.expires, 0);
  EXPECT_EQ (failed.category, "email.bounced");
  EXPECT_EQ (failed.body, "550 5.1.1 &lt;a href=&apos;x&apos;&gt;No&lt;/a&gt;\n"
                          "It is kept until you send it again or drop it.");
}

TEST_F (Notifier, AsksNoMoreThanTheServerCan)
{
  PrivateBus bus;
  Desktop desktop (bus, { "body" });

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }, 1, "<b>No</b>") });
  ASSERT_TRUE (shows (desktop, FAILED));
  EXPECT_EQ (desktop.up.begin ()->second.actions, "");
  EXPECT_EQ (desktop.up.begin ()->second.body,
             "550 5.1.1 <b>No</b>\nIt is kept until you send it again or drop it.");
}

TEST_F (Notifier, SpeaksTheLanguage)
{
  PrivateBus bus;
  Desktop desktop (bus);

  rp_words_init ("de");
  start ();
  set (notifier, { make (RP_NOTICE_DOUBT, "m", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, "Vielleicht nicht zugestellt: Nachricht an b@b\n"));
  EXPECT_EQ (desktop.up.begin ()->second.actions,
             "default|Anzeigen|send-again|Noch einmal senden|"
             "drop|Verwerfen");
}

TEST_F (Notifier, TheSameIsShownOnce)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, LATE));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }),
                   make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, std::string (LATE) + FAILED));
  EXPECT_EQ (desktop.n_notified, 2);
}

TEST_F (Notifier, ChangesInPlace)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, LATE));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2) });
  EXPECT_TRUE (shows (desktop, "2 messages are still waiting\n")) << desktop.titles ();
  EXPECT_EQ (desktop.up.begin ()->second.replaces, 7u);
}

TEST_F (Notifier, TellsWhatWasChosen)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }),
                   make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2) });
  ASSERT_TRUE (hears (desktop, 7, "drop", "failed:n drop n"));
  desktop.choose (99, "drop");  /* another program's */
  desktop.choose (7, "format"); /* unknown */
  desktop.choose (8, "drop");   /* was not offered */
  ASSERT_TRUE (hears (desktop, 7, "send-again", "failed:n send-again n"));
  desktop.choose (8, "default"); /* about two messages: there is nothing to show */
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (hears (desktop, 8, "default", "delayed show m"));
  EXPECT_EQ (chosen.size (), 3u);
}

TEST_F (Notifier, PutAwayStaysAwayUntilThereIsNews)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2) });
  ASSERT_TRUE (shows (desktop, "2 messages are still waiting\n"));
  desktop.put_away (7);
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2),
                   make (RP_NOTICE_DOUBT, "n", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, "Perhaps not delivered: mail to b@b\n"));
  ASSERT_TRUE (hears (desktop, 8, "show", "doubt:n show n"));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, "")) << "one less is no news";
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c", "d@d" }, 3) });
  EXPECT_TRUE (shows (desktop, "3 messages are still waiting\n"));
  EXPECT_EQ (desktop.n_notified, 3);
}

TEST_F (Notifier, PutAwayBeforeItsNumberIsKnown)
{
  PrivateBus bus;
  Desktop desktop (bus);

  desktop.holds = true;
  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2) });
  ASSERT_TRUE (run_until ([&] { return desktop.is_holding (); }));
  desktop.put_away (7);
  desktop.release ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2),
                   make (RP_NOTICE_DOUBT, "n", { "b@b" }) });
  ASSERT_TRUE (hears (desktop, 8, "default", "doubt:n show n"));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, "")) << desktop.titles ();
}

TEST_F (Notifier, AnotherTimeIsAnotherNotice)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (hears (desktop, 7, "show", "failed:n show n"));
  desktop.put_away (7);
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, LATE));
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, FAILED));
}

TEST_F (Notifier, WithdrawnBeforeItWasUp)
{
  PrivateBus bus;
  Desktop desktop (bus);

  desktop.holds = true;
  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (run_until ([&] { return desktop.is_holding (); }));
  set (notifier, {});
  desktop.release ();
  EXPECT_TRUE (shows (desktop, ""));
}

TEST_F (Notifier, ChangedBeforeItWasUp)
{
  PrivateBus bus;
  Desktop desktop (bus);

  desktop.holds = true;
  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (run_until ([&] { return desktop.is_holding (); }));
  set (notifier, {});
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b", "c@c" }, 2) });
  desktop.release ();
  EXPECT_TRUE (shows (desktop, "2 messages are still waiting\n"));
  EXPECT_EQ (desktop.n_notified, 2);
}

TEST_F (Notifier, EndsWithItsNotices)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (shows (desktop, FAILED));
  ASSERT_TRUE (hears (desktop, 7, "show", "failed:n show n"));
  g_clear_object (&notifier);
  EXPECT_TRUE (shows (desktop, ""));
}

TEST_F (Notifier, EndsInTheMiddle)
{
  PrivateBus bus;
  Desktop desktop (bus);

  desktop.holds = true;
  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (run_until ([&] { return desktop.is_holding (); }));
  g_clear_object (&notifier);
  desktop.release ();
  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, std::string (FAILED) + LATE));
}

/* --- servers and the bus come and go --- */

TEST_F (Notifier, ShowsAgainAfterTheServersRestart)
{
  PrivateBus bus;
  auto desktop = std::make_unique<Desktop> (bus);

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }),
                   make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (shows (*desktop, std::string (LATE) + FAILED));
  desktop->put_away (8);
  ASSERT_TRUE (hears (*desktop, 7, "show", "delayed show m"));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "c@c" }),
                   make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (shows (*desktop, "Still waiting: mail to c@c\n"));
  desktop.reset ();
  desktop = std::make_unique<Desktop> (bus);
  EXPECT_TRUE (shows (*desktop, "Still waiting: mail to c@c\n")) << "not both";
  EXPECT_EQ (desktop->up.begin ()->second.replaces, 0u);
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (shows (*desktop, "")) << "still put away";
  set (notifier, {});
  EXPECT_TRUE (shows (*desktop, ""));
}

TEST_F (Notifier, ShowsWhenAServerComes)
{
  PrivateBus bus;

  start ();
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  for (int i = 0; i < 2; i++)
    {
      Desktop desktop (bus);

      EXPECT_TRUE (shows (desktop, FAILED)) << i;
    }
}

/* A monitor cannot tell when it has given up; a notice that comes later can. */
TEST_F (Notifier, ShowsThoughTheServerCouldNotBeStarted)
{
  PrivateBus bus ("/bin/false", "org.freedesktop.Notifications");
  Portal portal (bus);

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (run_until ([&] { return portal.up.count ("failed:n") == 1; }));
}

TEST_F (Notifier, LivesWithoutABus)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  for (int i = 0; i < 2; i++)
    {
      PrivateBus bus;
      Desktop desktop (bus);

      EXPECT_TRUE (shows (desktop, FAILED)) << i;
      bus.stop ();
    }
  set (notifier, {});
}

TEST_F (Notifier, DoesNotWaitForAServer)
{
  PrivateBus bus;
  Desktop desktop (bus);

  desktop.holds = true;
  start ();
  EXPECT_LT (measure_longest_pause_us ([&] {
               set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
               return desktop.is_holding ();
             }),
             G_USEC_PER_SEC);
}

/* --- the portal --- */

TEST_F (Notifier, UsesThePortalInASandbox)
{
  PrivateBus bus;
  Portal portal (bus);
  Desktop desktop (bus);

  start (true);
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }, 1, "<b>No") });
  ASSERT_TRUE (run_until ([&] { return portal.up.size () == 1; }));
  EXPECT_EQ (portal.up["failed:n"],
             std::string (FAILED)
                 + "550 5.1.1 <b>No\nIt is kept until you send it again or drop it.\n"
                   "show|Show\nsend-again|Send again\ndrop|Drop");
  ASSERT_TRUE (run_until ([&] {
    if (chosen.empty ())
      portal.say ("ActionInvoked",
                  g_variant_new ("(ssav)", "failed:n", "send-again", nullptr));
    return chosen.count ("failed:n send-again n") == 1;
  }));
  set (notifier, { make (RP_NOTICE_DELAYED, "m", { "b@b" }) });
  ASSERT_TRUE (run_until ([&] { return portal.up.count ("delayed") == 1; }));
  set (notifier, {});
  EXPECT_TRUE (run_until ([&] { return portal.up.count ("delayed") == 0; }));
  EXPECT_EQ (desktop.n_notified, 0);
}

TEST_F (Notifier, UsesTheDesktopWhereThereIsNoPortal)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start (true);
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  EXPECT_TRUE (shows (desktop, FAILED));
}

TEST_F (Notifier, GoesOverToTheBetterWay)
{
  PrivateBus bus;
  Portal portal (bus);

  start ();
  set (notifier, { make (RP_NOTICE_FAILED, "n", { "b@b" }) });
  ASSERT_TRUE (run_until ([&] { return portal.up.size () == 1; }));
  Desktop desktop (bus);

  EXPECT_TRUE (shows (desktop, FAILED));
  EXPECT_TRUE (run_until ([&] { return portal.up.empty (); }));
}

} // namespace
