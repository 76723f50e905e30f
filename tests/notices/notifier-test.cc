/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against servers of notices that the test plays on a session bus of its own. */
#include "notices/rp-notifier.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "played-notices.h"
#include "private-bus.h"
#include "run-until.h"
#include "words/rp-words.h"

using namespace played;

namespace
{

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

TEST_F (Notifier, UnlocksTheKeyringForAllThatWaitsForIt)
{
  PrivateBus bus;
  Desktop desktop (bus);

  start ();
  set (notifier, { make (RP_NOTICE_KEYRING, nullptr, { "b@b", "c@c" }, 2) });
  ASSERT_TRUE (shows (desktop, "2 messages wait for your keyring\n"));
  EXPECT_EQ (desktop.up.begin ()->second.actions, "unlock|Unlock");
  EXPECT_TRUE (
      hears (desktop, desktop.up.begin ()->first, "unlock", "keyring unlock -"));
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
