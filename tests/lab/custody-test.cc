// SPDX-License-Identifier: GPL-3.0-or-later
// Mail that the agent has said yes to: it leaves by itself as soon as it can, in order,
// once, whole; and where it may have left already, only when the user says so.
#include "custody.h"
#include "greylist.h"
#include "link.h"
#include "mail-programs.h"
#include "mailbox.h"
#include "portal.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace lab;

namespace
{

using clock = std::chrono::steady_clock;

double
seconds_since (clock::time_point start)
{
  return std::chrono::duration<double> (clock::now () - start).count ();
}

const char own[] = "joe@proseware.com";
const char foreign[] = "bob@adatum.com";
const char isp[] = "198.51.100.25";

// ---- at home: greylisted, slow and breaking --------------------------------------

// How long a link needs for its message; the program has lost patience by then. With
// RP_LAB_LONG=1 as on a bad day: 90 s, and the agent's own patience.
bool
is_long ()
{
  return std::getenv ("RP_LAB_LONG") != nullptr;
}

int
patience_s ()
{
  return is_long () ? 25 : 5;
}

int
link_s ()
{
  return is_long () ? 90 : 20;
}

// For how long a greylisted message is refused. The first attempt by itself comes after
// 48 to 72 s: the shorter time is over by then, the longer one perhaps not.
int
greylist_s ()
{
  return is_long () ? 60 : 30;
}

constexpr std::size_t large_bytes = 60U * 1000 * 1000;

// Of plain text, so that every server takes it.
std::string
plain_message (const std::string &from, const std::string &mark, std::size_t n_bytes)
{
  std::string message = "From: <" + from + ">\r\nTo: <joe@proseware.com>\r\nSubject: "
                        + mark + "\r\n\r\n";
  message.reserve (n_bytes + 100);
  for (std::size_t i = 0; message.size () < n_bytes; i++)
    message += std::to_string (i) + std::string (60, static_cast<char> ('a' + i % 26))
               + "\r\n";
  return message;
}

// Greylisting takes a minute: that message is handed over first and looked for last.
class AtHome : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    reset ();
    world ({ "set", "isp", "network" });
    greylist = std::make_unique<Greylist> (foreign, greylist_s ());
    world ({ "set", "isp-greylist", "yes" });
    slow = std::make_unique<Link> (isp, 25);
    broken = std::make_unique<Link> (isp, 25);
    agent = std::make_unique<Agent> (configuration (), "home");

    grey_mark = unique_mark ();
    grey_message = fragile_message ("terri@proseware.com", foreign, grey_mark);
    grey_start = clock::now ();
    const Reply reply =
        agent->submit ("terri@proseware.com", { foreign }, grey_message);
    EXPECT_LT (seconds_since (grey_start), 3);
    grey_id = expect_kept (*agent, reply);
    EXPECT_EQ (greylist->count_refusals (), 1);
  }

  static void
  TearDownTestSuite ()
  {
    agent.reset ();
    broken.reset ();
    slow.reset ();
    world ({ "set", "isp-greylist", "no" });
    greylist.reset ();
  }

  static std::string
  configuration ()
  {
    Configuration made;
    made.agent = "patience=" + std::to_string (patience_s ()) + "\n";
    made.endpoints = "smtp://mail.proseware.com:25";
    made.access = "network:home";
    made.more = "\n[account slow]\naddress=slow@proseware.com\nservers=slow\n"
                "\n[server slow]\nendpoints="
                + slow->endpoint ()
                + "\ndomains=proseware.com\n"
                  "\n[account broken]\naddress=broken@proseware.com\nservers=broken\n"
                  "\n[server broken]\nendpoints="
                + broken->endpoint () + "\ndomains=proseware.com\n";
    return made.text ();
  }

  // A message by the breaking link that may have been delivered: it is kept, is not
  // tried again whatever else is, and has been delivered indeed.
  static void
  expect_left_alone (const std::string &id, const std::string &mark)
  {
    EXPECT_EQ (find_queued (*agent, id).state, "doubt");
    EXPECT_EQ (agent->attention (), std::vector<std::string>{ "queue-doubt" });
    const int sessions = broken->count_sessions ();
    EXPECT_EQ (agent->command ({ "queue", "release", id }).status, 0);
    // One that may go, and does: had the other been due it had gone before.
    const std::string next = unique_mark ();
    EXPECT_EQ (agent
                   ->submit ("broken@proseware.com", { own },
                             plain_message ("broken@proseware.com", next, 1000))
                   .code,
               250);
    EXPECT_NE (Mailbox ({ "proseware", "joe" }).wait_for (next), "");
    EXPECT_EQ (broken->count_sessions (), sessions + 1);
    EXPECT_EQ (find_queued (*agent, id).state, "doubt");
    EXPECT_EQ (count_arrived ("proseware", "joe", mark), 1);
  }

  static std::unique_ptr<Greylist> greylist;
  static std::unique_ptr<Link> slow;
  static std::unique_ptr<Link> broken;
  static std::unique_ptr<Agent> agent;
  static std::string grey_mark;
  static std::string grey_message;
  static std::string grey_id;
  static clock::time_point grey_start;
};

std::unique_ptr<Greylist> AtHome::greylist;
std::unique_ptr<Link> AtHome::slow;
std::unique_ptr<Link> AtHome::broken;
std::unique_ptr<Agent> AtHome::agent;
std::string AtHome::grey_mark;
std::string AtHome::grey_message;
std::string AtHome::grey_id;
clock::time_point AtHome::grey_start;

TEST_F (AtHome, ALargeMessageOverASlowLinkIsOneUploadAndOneCopy)
{
  const char sender[] = "slow@proseware.com";
  const std::string mark = unique_mark ();
  const std::string message = plain_message (sender, mark, large_bytes);
  slow->bytes_per_s = static_cast<long> (large_bytes) / link_s ();
  const long memory_kib = agent->peak_memory_kib ();

  const std::unique_ptr<Conversation> client = agent->connect ();
  client->command ("EHLO laptop.example");
  client->command (std::string ("MAIL FROM:<") + sender + ">");
  client->command (std::string ("RCPT TO:<") + own + ">");
  ASSERT_EQ (client->command ("DATA").code, 354);
  client->send (dotted (message));
  const auto handed_over = clock::now ();
  const Reply reply = client->receive ();

  EXPECT_NEAR (seconds_since (handed_over), patience_s (), 1.5);
  const std::string id = expect_kept (*agent, reply);
  EXPECT_TRUE (find_queued (*agent, id).is_under_way) << agent->log ();
  EXPECT_EQ (count_arrived ("proseware", "joe", mark), 0);
  EXPECT_TRUE (comes_true ([&] { return find_queued (*agent, id).id.empty (); },
                           link_s () * 1.5))
      << agent->log ();
  EXPECT_GT (seconds_since (handed_over), link_s () * 0.7) << "that link was not slow";
  EXPECT_EQ (slow->count_sessions (), 1);
  // Not EXPECT_EQ, which would print both.
  EXPECT_TRUE (behind_trace (Mailbox{ "proseware", "joe" }.wait_for (mark)) == message);
  EXPECT_EQ (count_arrived ("proseware", "joe", mark), 1);
  EXPECT_LT (agent->peak_memory_kib (), memory_kib + 16 * 1024);
}

TEST_F (AtHome, ALinkThatBreaksBeforeTheReplyWithTheProgramWaiting)
{
  const char sender[] = "broken@proseware.com";
  const std::string mark = unique_mark ();
  const std::string message = plain_message (sender, mark, 10000);
  broken->breaks_before_reply = true;
  const int breaks = broken->breaks;

  const Reply maybe = agent->submit (sender, { own }, message);

  EXPECT_EQ (maybe.code, 451) << maybe.text << agent->log ();
  EXPECT_NE (maybe.text.find ("may have been delivered"), std::string::npos)
      << maybe.text;
  EXPECT_EQ (broken->breaks, breaks + 1);
  EXPECT_EQ (queued_as (maybe), "");
  for (const Queued &queued : agent->queue ())
    EXPECT_EQ (queued.id, grey_id) << "nobody said yes to it";
  EXPECT_NE (Mailbox ({ "proseware", "joe" }).wait_for (mark), "");

  // The program comes again: that would be a second copy.
  broken->breaks_before_reply = false;
  const int sessions = broken->count_sessions ();
  const Reply again = agent->submit (sender, { own }, message);
  const std::string id = expect_kept (*agent, again, "doubt");
  EXPECT_NE (again.text.find ("may have been delivered before"), std::string::npos)
      << again.text;
  EXPECT_EQ (broken->count_sessions (), sessions);
  expect_left_alone (id, mark);

  // The user says so.
  EXPECT_EQ (agent->command ({ "queue", "retry", id }).status, 0);
  EXPECT_TRUE (comes_true ([&] { return find_queued (*agent, id).id.empty (); }))
      << agent->log ();
  EXPECT_TRUE (
      comes_true ([&] { return count_arrived ("proseware", "joe", mark) == 2; }));
  EXPECT_TRUE (agent->attention ().empty ());
}

TEST_F (AtHome, ALinkThatBreaksBeforeTheReplyInCustody)
{
  const char sender[] = "broken@proseware.com";
  const std::string mark = unique_mark ();
  const std::string message = plain_message (sender, mark, 1000000);
  broken->breaks_before_reply = true;
  broken->bytes_per_s = 1000000 / (patience_s () + 3);
  const int breaks = broken->breaks;

  // All of it is in the system's buffers by now, so the record may bear the mark
  // already: while the reply can come that is nobody's business.
  const Reply reply = agent->submit (sender, { own }, message);
  const std::string id = expect_kept (*agent, reply);
  EXPECT_TRUE (find_queued (*agent, id).is_under_way) << agent->log ();
  EXPECT_TRUE (agent->attention ().empty ());
  EXPECT_TRUE (comes_true ([&] { return !find_queued (*agent, id).is_under_way; },
                           patience_s () + 10))
      << agent->log ();
  EXPECT_EQ (broken->breaks, breaks + 1);
  broken->breaks_before_reply = false;
  broken->bytes_per_s = 0;
  expect_left_alone (id, mark);

  EXPECT_EQ (agent->command ({ "queue", "drop", "--yes", id }).status, 0);
  EXPECT_EQ (find_queued (*agent, id).id, "");
  EXPECT_EQ (count_arrived ("proseware", "joe", mark), 1);
  EXPECT_TRUE (agent->attention ().empty ());
}

// The last here: by now most of its minute is over. Nobody flushes.
TEST_F (AtHome, AGreylistedMessageIsDeliveredByItself)
{
  EXPECT_TRUE (agent->is_flushed (is_long () ? 240 : 90)) << agent->log ();
  EXPECT_GT (seconds_since (grey_start), 45) << "it did not wait as it should";
  EXPECT_LE (greylist->count_refusals (), is_long () ? 2 : 1)
      << "it was tried too early";
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (grey_mark)),
             grey_message);
  EXPECT_EQ (count_arrived ("adatum", "bob", grey_mark), 1);
}

// ---- under NetworkManager: offline, and behind the hotel's login page --------------

class Carried : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    if (portal != nullptr)
      return;
    reset ();
    portal = std::make_unique<Portal> ();
    world ({ "networkmanager", Portal::check_uri });
  }

  void
  SetUp () override
  {
    world ({ "set", "isp", "password network" });
    world ({ "set", "hotel-portal", "no" });
  }

  static std::unique_ptr<Portal> portal;
};

std::unique_ptr<Portal> Carried::portal;

// The names of messages in the order in which they first had a line of EVENT.
std::vector<std::string>
order_of (const std::string &log, const std::string &event)
{
  std::vector<std::string> order;
  std::istringstream lines (log);
  const std::string start = "event=" + event + " message=";
  for (std::string line; std::getline (lines, line);)
    if (line.rfind (start, 0) == 0)
      {
        const std::size_t end = line.find (' ', start.size ());
        const std::string id = line.substr (start.size (), end - start.size ());
        if (std::find (order.begin (), order.end (), id) == order.end ())
          order.push_back (id);
      }
  return order;
}

struct Sent
{
  std::string mark;
  Mailbox mailbox;
  const char *hop; // by which it must have come
  std::string message;
};

// Several messages on one connection that is left without a word, as Thunderbird does.
void
send_like_thunderbird (const Agent &agent, std::vector<Sent> &sent, int n_messages)
{
  const std::unique_ptr<Conversation> client = agent.connect ();
  EXPECT_EQ (client->command ("EHLO [127.0.0.1]").code, 250);
  for (int i = 0; i < n_messages; i++)
    {
      const bool is_own = i % 2 == 0;
      const std::string mark = unique_mark ();
      const std::string to = is_own ? own : foreign;
      const std::string message = fragile_message ("terri@proseware.com", to, mark);
      EXPECT_EQ (client
                     ->command ("MAIL FROM:<terri@proseware.com> BODY=8BITMIME SIZE="
                                + std::to_string (message.size ()))
                     .code,
                 250);
      EXPECT_EQ (client->command ("RCPT TO:<" + to + ">").code, 250);
      EXPECT_EQ (client->command ("DATA").code, 354);
      client->send (dotted (message));
      expect_kept (agent, client->receive ());
      sent.push_back (
          { mark, is_own ? Mailbox{ "proseware", "joe" } : Mailbox{ "adatum", "bob" },
            is_own ? "mail.proseware.com" : "relay.hotel.example", message });
    }
  client->leave ();
}

TEST_F (Carried, WhatWasSentOfflineLeavesInOrderWhenTheHotelIsReached)
{
  world ({ "set", "isp", "network" });
  world ({ "nowhere" });
  Configuration configuration;
  configuration.endpoints = "smtp://mail.proseware.com:25";
  configuration.access = "network:home";
  const Agent agent (configuration.text (), "");
  ASSERT_TRUE (comes_true ([&] { return agent.connectivity () == "none"; }, 20));

  std::vector<Sent> sent;
  send_like_thunderbird (agent, sent, 6);
  const std::vector<MailProgram> programs = mail_programs ();
  for (std::size_t i = 0; sent.size () < 20; i++)
    {
      // Offline it finds no way to "localhost" by itself.
      if (std::string (programs.at (i).name).rfind ("Nodemailer", 0) == 0)
        continue;
      const std::string mark = unique_mark ();
      const Outcome outcome = send_by (programs.at (i), mark);
      EXPECT_EQ (outcome.status, 0) << programs[i].name << outcome.output;
      sent.push_back ({ mark, { "adatum", "bob" }, "relay.hotel.example", "" });
    }
  const std::vector<Queued> queue = agent.queue ();
  ASSERT_EQ (queue.size (), sent.size ()) << agent.log ();
  for (std::size_t i = 0; i < sent.size (); i++)
    {
      const std::string kept = agent.exported (queue[i].id);
      EXPECT_NE (kept.find (sent[i].mark), std::string::npos) << "out of order";
      EXPECT_TRUE (sent[i].message.empty () || kept == sent[i].message) << kept;
      sent[i].message = kept;
    }
  const std::size_t log_start = agent.log ().size ();

  world ({ "at", "hotel" });
  ASSERT_TRUE (comes_true ([&] { return agent.connectivity () == "full"; }))
      << agent.log ();
  const auto online = clock::now ();
  ASSERT_TRUE (agent.is_flushed (5)) << agent.log ();
  RecordProperty ("seconds", std::to_string (seconds_since (online)));

  std::vector<std::string> accepted;
  for (const Queued &queued : queue)
    accepted.push_back (queued.id);
  EXPECT_EQ (order_of (agent.log ().substr (log_start), "planned"), accepted);
  for (const Sent &each : sent)
    {
      const std::string mail = each.mailbox.wait_for (each.mark);
      EXPECT_EQ (behind_trace (mail), each.message);
      EXPECT_EQ (first_hop (mail), each.hop);
      EXPECT_EQ (count_arrived (each.mailbox.server, each.mailbox.user, each.mark), 1);
    }
}

// Password, user and what a login in clear would make of them.
void
expect_no_credential (const std::string &told)
{
  for (const char *word : { "AUTH ", "pw of terri", "cHcgb2YgdGVycm",
                            "AHRlcnJpAHB3IG9mIHRlcnJp", "MAIL ", "RCPT ", "DATA" })
    EXPECT_EQ (told.find (word), std::string::npos) << word;
}

TEST_F (Carried, BehindALoginPageNothingLeavesUntilItClears)
{
  const char sender[] = "terri@proseware.com";
  world ({ "set", "isp", "password" });
  world ({ "at", "home" });
  const Agent agent (Configuration{}.text (), "home");
  ASSERT_TRUE (comes_true ([&] { return agent.connectivity () == "full"; }));
  world ({ "nowhere" });
  ASSERT_TRUE (comes_true ([&] { return agent.connectivity () == "none"; }, 20));
  std::vector<std::pair<Mailbox, std::string>> sent;
  const auto send = [&] (const char *to, const char *words) {
    const std::string mark = unique_mark ();
    const std::string message = fragile_message (sender, to, mark);
    const Reply reply = agent.submit (sender, { to }, message);
    expect_kept (agent, reply);
    EXPECT_NE (reply.text.find (words), std::string::npos) << reply.text;
    sent.emplace_back (to == own ? Mailbox{ "proseware", "joe" }
                                 : Mailbox{ "adatum", "bob" },
                       message);
  };
  // One that is there already when the page comes in the way, and some after it.
  send (foreign, "no network connection");
  const std::size_t relay_log = server_log ("relay").size ();
  const std::size_t heard_start = portal->told ().size ();
  world ({ "set", "hotel-portal", "yes" });
  world ({ "at", "hotel" });
  EXPECT_TRUE (comes_true ([&] { return agent.connectivity () == "portal"; }))
      << agent.connectivity () << agent.log ();
  EXPECT_GT (portal->count_web_sessions (), 0);
  for (const char *to : { own, foreign })
    send (to, "login in the web browser");

  // Whatever was tried before NetworkManager had seen the page.
  expect_no_credential (portal->told ().substr (heard_start));

  // That page's machine says yes to everybody: first that it does.
  {
    Conversation trusting (isp, 25);
    EXPECT_EQ (trusting.submit (sender, { foreign }, "Subject: x\r\n\r\n").code, 250);
    EXPECT_NE (portal->told ().find ("MAIL FROM"), std::string::npos);
  }
  const std::size_t told_start = portal->told ().size ();
  const int mail_sessions = portal->count_mail_sessions ();
  EXPECT_EQ (agent.command ({ "queue", "flush" }).status, 0);
  send (foreign, "login in the web browser");

  EXPECT_EQ (agent.queue ().size (), sent.size ());
  EXPECT_EQ (portal->count_mail_sessions (), mail_sessions);
  expect_no_credential (portal->told ().substr (told_start));
  EXPECT_EQ (server_log ("relay").find ("connect from", relay_log), std::string::npos);

  world ({ "set", "hotel-portal", "no" });
  EXPECT_TRUE (comes_true ([&] { return agent.connectivity () == "full"; }));
  ASSERT_TRUE (agent.is_flushed (5)) << agent.log ();
  for (const auto &[mailbox, message] : sent)
    {
      const std::size_t at = message.find ("mark-");
      const std::string mark = message.substr (at, message.find ('@', at) - at);
      EXPECT_EQ (behind_trace (mailbox.wait_for (mark)), message);
      EXPECT_EQ (count_arrived (mailbox.server, mailbox.user, mark), 1);
    }
}

}
