// SPDX-License-Identifier: GPL-3.0-or-later
// queue against a bus server with canned answers: what is printed, what the agent is
// asked, which octets arrive, and the exit code.
#include <gtest/gtest.h>

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <json-glib/json-glib.h>
#include <sstream>
#include <sys/stat.h>
#include <sysexits.h>

#include "canned-agent.h"
#include "client-run.h"
#include "running-client.h"

namespace
{

using namespace std::string_literals;

const char *const messages = R"([
  {'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
   'sender': <'terri@proseware.com'>, 'bytes': <uint64 2048>, 'state': <'waiting'>,
   'recipients': <[{'address': <'bob@adatum.com'>, 'state': <'waiting'>}]>},
  {'id': <'5A2D8Y3L'>, 'received-at': <int64 1795489201>,
   'sender': <'terri@proseware.com'>, 'bytes': <uint64 60000000>,
   'state': <'waiting'>, 'under-way': <true>, 'sent-bytes': <uint64 3100000>,
   'recipients': <[{'address': <'bob@adatum.com'>, 'state': <'waiting'>},
                   {'address': <'eve@example.net'>, 'state': <'sent'>}]>},
  {'id': <'6B3E9X4M'>, 'received-at': <int64 1795489202>,
   'sender': <''>, 'bytes': <uint64 512>, 'state': <'held'>,
   'recipients': <[{'address': <'a@x.org'>, 'state': <'waiting'>},
                   {'address': <'b@x.org'>, 'state': <'waiting'>},
                   {'address': <'c@x.org'>, 'state': <'failed'>},
                   {'address': <'d@x.org'>, 'state': <'waiting'>},
                   {'address': <'e@x.org'>, 'state': <'sent'>},
                   {'address': <'f@x.org'>, 'state': <'sent'>},
                   {'address': <'g@x.org'>, 'state': <'waiting'>}]>},
  {'id': <'7C4F0W5N'>, 'received-at': <int64 1795489203>,
   'sender': <'adam@adatum.com'>, 'bytes': <uint64 512>, 'state': <'doubt'>,
   'recipients': <[{'address': <'grüße@example.net'>, 'state': <'doubt'>}]>},
  {'id': <'8D5G1V6P'>, 'received-at': <int64 1795489204>,
   'sender': <'adam@adatum.com'>, 'bytes': <uint64 512>, 'state': <'failed'>,
   'recipients': <[{'address': <'eve@example.net'>, 'state': <'failed'>}]>},
  {'id': <'9E6H2U7Q'>, 'received-at': <int64 1795489205>,
   'sender': <'adam@adatum.com'>, 'bytes': <uint64 512>, 'state': <'damaged'>,
   'recipients': <[{'address': <'eve@example.net'>, 'state': <'waiting'>}]>},
  {'id': <'AF7J3T8R'>, 'received-at': <int64 1795489206>,
   'sender': <'adam@adatum.com'>, 'bytes': <uint64 512>, 'state': <'sulking'>,
   'recipients': <[{'address': <"a\u001b[31m@x">, 'state': <'waiting'>}]>}])";

const char *const message = R"({
  'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
  'sender': <'terri@proseware.com'>, 'bytes': <uint64 2048>, 'state': <'doubt'>,
  'program': <'thunderbird'>, 'attempts': <uint32 3>,
  'recipients': <[
    {'address': <'bob@adatum.com'>, 'state': <'sent'>, 'server': <'proseware'>,
     'reply': <'250 2.0.0 Ok: queued as 17'>},
    {'address': <'eve@example.net'>, 'state': <'doubt'>, 'server': <'thephone'>,
     'reason': <('in-doubt', ['thephone'])>},
    {'address': <'dan@example.net'>, 'state': <'waiting'>, 'server': <'thephone'>,
     'reply': <"451 4.3.0 later\u0007">, 'reason': <('temporary', ['thephone'])>},
    {'address': <'fay@example.net'>, 'state': <'failed'>,
     'reason': <('no-route', ['fay@example.net'])>},
    {'address': <'gus@example.net'>, 'state': <'sent'>, 'server': <'adatum'>}]>})";

const char *const story = R"({
  'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
  'sender': <'terri@proseware.com'>, 'outcome': <'waiting'>,
  'steps': <[
    {'kind': <'received'>, 'at': <int64 1795489200>},
    {'kind': <'connected'>, 'at': <int64 1795489201>,
     'endpoint': <'smtp://smtp.proseware.com:25'>},
    {'kind': <'connected'>, 'at': <int64 1795575601>,
     'endpoint': <'smtp://smtp.proseware.com:25'>},
    {'kind': <'connected'>, 'at': <int64 1795575602>,
     'endpoint': <'smtp://smtp.proseware.com:587'>}]>})";

const std::string body = "From: =?utf-8?q?Terri_Ch=C3=A9n?= <terri@proseware.com>\r\n"
                         "To: bob@adatum.com,\r\n"
                         "\teve@example.net\r\n"
                         "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= \033[31m\r\n"
                         "\r\n"
                         ".dot\r\n8-bit: \xE4\xFF\r\nnul: \0.\r\n"s;

class QueueTest : public testing::Test
{
protected:
  ~QueueTest () override
  {
    g_autoptr (GDir) dir = g_dir_open (run_.folder ().c_str (), 0, nullptr);

    for (const char *name = g_dir_read_name (dir); name != nullptr;
         name = g_dir_read_name (dir))
      if (std::string (name) != "bus")
        g_unlink (path (name).c_str ());
  }

  std::string
  path (const std::string &name) const
  {
    return run_.folder () + "/" + name;
  }

  static std::string
  read_file (const std::string &path)
  {
    std::ifstream file (path);
    std::stringstream text;

    text << file.rdbuf ();
    return text.str ();
  }

  static void
  write_file (const std::string &path, const std::string &text)
  {
    std::ofstream (path) << text;
  }

  std::vector<std::string>
  files () const
  {
    g_autoptr (GDir) dir = g_dir_open (run_.folder ().c_str (), 0, nullptr);
    std::vector<std::string> names;

    for (const char *name = g_dir_read_name (dir); name != nullptr;
         name = g_dir_read_name (dir))
      if (std::string (name) != "bus")
        names.push_back (name);
    return names;
  }

  ClientRun run_;
  CannedAgent agent_{ run_.folder () };
};

// A size has a blank that does not break the line.
std::string
with_plain_blanks (std::string text)
{
  for (size_t at = text.find ("\u00A0"); at != std::string::npos;
       at = text.find ("\u00A0"))
    text.replace (at, 2, " ");
  return text;
}

using Calls = std::vector<std::string>;

/* ---- list ---- */

TEST_F (QueueTest, ListsAMessageALine)
{
  agent_.queue = messages;
  ClientResult result = run_.go ({ "queue" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (
      result.output,
      R"(4F1C7Z2K  2026-11-24 03:00:00  waiting                   terri@proseware.com → bob@adatum.com
5A2D8Y3L  2026-11-24 03:00:01  being sent, 3.1 of 60 MB  terri@proseware.com → bob@adatum.com (1 other has it)
6B3E9X4M  2026-11-24 03:00:02  held back                 <> → a@x.org, b@x.org, c@x.org and 2 others (2 others have it)
7C4F0W5N  2026-11-24 03:00:03  in doubt                  adam@adatum.com → grüße@example.net
8D5G1V6P  2026-11-24 03:00:04  failed                    adam@adatum.com → eve@example.net
9E6H2U7Q  2026-11-24 03:00:05  damaged                   adam@adatum.com → eve@example.net
AF7J3T8R  2026-11-24 03:00:06  sulking                   adam@adatum.com → a [31m@x

“roampost queue show ID” tells why; “retry ID” sends it again, “drop ID” gives it up
)");
  EXPECT_EQ (result.errors, "");
  EXPECT_EQ (agent_.calls, Calls{ "ListQueue" });
}

TEST_F (QueueTest, ListInGerman)
{
  agent_.queue = messages;
  run_.set_language ("de");
  EXPECT_EQ (
      run_.go ({ "queue", "list" }).output,
      R"(4F1C7Z2K  2026-11-24 03:00:00  wartet                        terri@proseware.com → bob@adatum.com
5A2D8Y3L  2026-11-24 03:00:01  wird gesendet, 3.1 von 60 MB  terri@proseware.com → bob@adatum.com (1 anderer hat sie)
6B3E9X4M  2026-11-24 03:00:02  zurückgehalten                <> → a@x.org, b@x.org, c@x.org und 2 weitere (2 andere haben sie)
7C4F0W5N  2026-11-24 03:00:03  ungewiss                      adam@adatum.com → grüße@example.net
8D5G1V6P  2026-11-24 03:00:04  gescheitert                   adam@adatum.com → eve@example.net
9E6H2U7Q  2026-11-24 03:00:05  beschädigt                    adam@adatum.com → eve@example.net
AF7J3T8R  2026-11-24 03:00:06  sulking                       adam@adatum.com → a [31m@x

„roampost queue show ID“ sagt, warum; „retry ID“ sendet noch einmal, „drop ID“ verwirft
)");
}

TEST_F (QueueTest, EmptyQueueSaysSo)
{
  ClientResult result = run_.go ({ "queue", "list" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, "The queue is empty: no mail waits to be sent\n");
}

TEST_F (QueueTest, ListsFiveThousand)
{
  std::string list;

  for (int i = 0; i < 5000; i++)
    list += std::string (i == 0 ? "[" : ",")
            + "{'id': <'4F1C7Z2K'>, 'sender': <'a@x.org'>, 'state': <'waiting'>, "
              "'recipients': <[{'address': <'b@x.org'>, 'state': <'waiting'>}]>}";
  agent_.queue = list + "]";
  ClientResult result = run_.go ({ "queue" });

  EXPECT_EQ (std::count (result.output.begin (), result.output.end (), '\n'), 5000);
}

struct State
{
  const char *name;
  std::string facts; // of the message, beside what all have
  std::string words;
};

void
PrintTo (const State &row, std::ostream *stream)
{
  *stream << row.name;
}

class StateTest : public QueueTest, public testing::WithParamInterface<State>
{
};

TEST_P (StateTest, InWords)
{
  agent_.queue = "[{'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>, "
                 "'sender': <'a@x.org'>, 'bytes': <uint64 60000000>, "
                 + GetParam ().facts + "}]";
  std::string output = run_.go ({ "queue" }).output;

  expect_in ("03:00:00  " + GetParam ().words + "  a@x.org → ", output);
}

std::string
next_in (gint64 seconds)
{
  gint64 at_s = g_get_real_time () / G_USEC_PER_SEC + seconds;

  return "'state': <'waiting'>, 'next-attempt-at': <int64 " + std::to_string (at_s)
         + ">";
}

std::string
sent (const char *n_bytes)
{
  return "'state': <'waiting'>, 'under-way': <true>, 'sent-bytes': <uint64 "s + n_bytes
         + ">";
}

const State states[] = {
  { "due", "'state': <'waiting'>, 'next-attempt-at': <int64 17>", "waiting" },
  // the clock goes on meanwhile, by less than half a minute
  { "minutes", next_in (4 * 60 + 10), "waiting, next try in 4 min" },
  { "held_has_no_next_try", "'state': <'held'>, 'next-attempt-at': <int64 4000000000>",
    "held back" },
  { "far_off", "'state': <'waiting'>, 'next-attempt-at': <int64 4000000020>",
    "waiting, next try at 07:07" },
  { "connecting", sent ("0"), "being sent" },
  { "first_octets", sent ("1"), "being sent, 0 of 60 MB" },
  { "half", sent ("30000000"), "being sent, 30 of 60 MB" },
  { "nearly", sent ("59999999"), "being sent, 60 of 60 MB" },
  { "whole", sent ("60000000"), "being sent, the server's answer is to come" },
  { "doubt_that_is_sent_again", "'state': <'doubt'>, 'under-way': <true>",
    "being sent" },
};

INSTANTIATE_TEST_SUITE_P (Rows, StateTest, testing::ValuesIn (states), name_of<State>);

TEST_F (QueueTest, ASmallUploadCountsInSmallUnits)
{
  agent_.queue = "[{'id': <'4F1C7Z2K'>, 'bytes': <uint64 1500>, 'under-way': <true>, "
                 "'sent-bytes': <uint64 700>}]";
  expect_in ("being sent, 0.7 of 1.5 kB", run_.go ({ "queue" }).output);
}

TEST_F (QueueTest, NothingToDecideNoAdvice)
{
  agent_.queue = "[{'id': <'4F1C7Z2K'>, 'state': <'waiting'>},"
                 " {'id': <'5A2D8Y3L'>, 'state': <'held'>},"
                 " {'id': <'6B3E9X4M'>, 'state': <'failed'>, 'under-way': <true>}]";
  EXPECT_EQ (run_.go ({ "queue" }).output.find ("“"), std::string::npos);
}

/* ---- show ---- */

TEST_F (QueueTest, ShowNamesTheSwitchOfARefusedLogin)
{
  agent_.message = story;
  agent_.queued = R"({'id': <'4F1C7Z2K'>, 'state': <'waiting'>, 'recipients': <[
    {'address': <'a@x.org'>, 'state': <'waiting'>, 'server': <'work'>,
     'reply': <'535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.'>,
     'reason': <('login-disabled', ['work', 'terri'])>},
    {'address': <'b@x.org'>, 'state': <'waiting'>, 'server': <'isp'>,
     'reply': <'535 5.7.8 no'>, 'reason': <('login-refused', ['isp', 'terri'])>},
    {'address': <'c@x.org'>, 'state': <'failed'>, 'server': <'isp'>,
     'reply': <'550 5.7.1 security defaults policy'>,
     'reason': <('policy-refused', ['isp'])>}]>})";
  const std::string output = run_.go ({ "queue", "show", "4F1C" }).output;

  expect_in ("  An administrator switched sending by mail programs (SMTP AUTH) off for "
             "your mailbox\n  → Ask the administrator: Microsoft 365",
             output);
  EXPECT_EQ (output.find ("→"), output.rfind ("→")) << output;
}

TEST_F (QueueTest, ShowsHeaderRecipientsAndStory)
{
  agent_.queued = message;
  agent_.message = story;
  agent_.body = body;
  ClientResult result = run_.go ({ "queue", "show", "4f1c" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (with_plain_blanks (result.output),
             R"(4F1C7Z2K  2026-11-24 03:00:00  2.0 kB  in doubt
from terri@proseware.com, by program thunderbird, tried 3 times

From: Terri Chén <terri@proseware.com>
To: bob@adatum.com,
 eve@example.net
Subject: Grüße  [31m

bob@adatum.com  has it
  proseware: 250 2.0.0 Ok: queued as 17
eve@example.net  in doubt: may have it or not
  thephone did not confirm the message after all of it had been sent, so it may have been delivered; ask the recipient before it is sent again
dan@example.net  not sent yet
  thephone: 451 4.3.0 later )"
             R"(
  thephone cannot take the message just now
fay@example.net  does not get it
  no server in roampost.conf takes mail to fay@example.net; "roampost explain" shows why
gus@example.net  has it
  sent by adatum

 03:00:00  the message is here
 03:00:01  connected to smtp://smtp.proseware.com:25
 2026-11-25
 03:00:01  connected to smtp://smtp.proseware.com:25
 03:00:02  connected to smtp://smtp.proseware.com:587
)");
  EXPECT_EQ (result.errors, "");
  EXPECT_EQ (agent_.calls, (Calls{ "GetQueued 4F1C", "OpenQueued 4F1C7Z2K" }));
  EXPECT_EQ (agent_.asked, "4F1C7Z2K");
}

TEST_F (QueueTest, ShowTellsWhatCanBeDoneAboutDamage)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'state': <'damaged'>}";
  expect_in ("damaged on disk and cannot be sent; “roampost queue export”",
             run_.go ({ "queue", "show", "4F1C" }).output);
}

/* The mark before the end of the message is no doubt yet; one from before is. */
TEST_F (QueueTest, WhoseAnswerIsToComeIsNotInDoubt)
{
  const char *const recipients =
      "'under-way': <true>, 'recipients': <[{'address': <'b@x.org'>, "
      "'state': <'doubt'>, 'reason': <('in-doubt', ['adatum'])>}]>}";

  agent_.queued = "{'id': <'4F1C7Z2K'>, 'state': <'waiting'>, "s + recipients;
  ClientResult result = run_.go ({ "queue", "show", "4F1C" });
  expect_in ("b@x.org  being sent, the server's answer is to come\n", result.output);
  EXPECT_EQ (result.output.find ("ask the recipient"), std::string::npos);

  agent_.queued = "{'id': <'4F1C7Z2K'>, 'state': <'doubt'>, "s + recipients;
  expect_in ("b@x.org  in doubt", run_.go ({ "queue", "show", "4F1C" }).output);
}

TEST_F (QueueTest, ShowInGerman)
{
  agent_.queued = R"({'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>,
    'sender': <'terri@proseware.com'>, 'state': <'doubt'>,
    'program': <'thunderbird'>, 'attempts': <uint32 1>,
    'recipients': <[
      {'address': <'a@x.org'>, 'state': <'sent'>, 'server': <'adatum'>},
      {'address': <'b@x.org'>, 'state': <'doubt'>},
      {'address': <'c@x.org'>, 'state': <'waiting'>},
      {'address': <'d@x.org'>, 'state': <'failed'>}]>})";
  agent_.errors_of["GetMessage"] = RP_BUS_ERROR_NO_SUCH_MESSAGE;
  agent_.body = "\r\nno header\r\n";
  run_.set_language ("de");
  EXPECT_EQ (with_plain_blanks (run_.go ({ "queue", "show", "4f1c" }).output),
             R"(4F1C7Z2K  2026-11-24 03:00:00  0 Bytes  ungewiss
von terri@proseware.com, mit dem Programm thunderbird, 1-mal versucht

diese Nachricht hat keinen Kopf

a@x.org  hat sie
  gesendet von adatum
b@x.org  ungewiss: hat sie vielleicht, vielleicht nicht
c@x.org  noch nicht gesendet
d@x.org  bekommt sie nicht
)");
}

TEST_F (QueueTest, ShowsAMessageWhoseTextIsLost)
{
  agent_.queued = message;
  agent_.errors_of["OpenQueued"] = RP_BUS_ERROR_FAILED;
  ClientResult result = run_.go ({ "queue", "show", "4F1C7Z2K" });

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in ("\nthe text of this message cannot be read: what the agent says\n\n"
             "bob@adatum.com  has it\n",
             result.output);
}

/* ---- retry, hold, release, flush ---- */

struct Verb
{
  const char *name;
  std::string call;
};

void
PrintTo (const Verb &row, std::ostream *stream)
{
  *stream << row.name;
}

class VerbTest : public QueueTest, public testing::WithParamInterface<Verb>
{
};

TEST_P (VerbTest, AsksTheAgentAndShowsTheMessageAsItIsNow)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'received-at': <int64 1795489200>, "
                  "'sender': <'a@x.org'>, 'state': <'held'>, "
                  "'recipients': <[{'address': <'b@x.org'>, 'state': <'waiting'>}]>}";
  ClientResult result = run_.go ({ "queue", GetParam ().name, "4f1c" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output,
             "4F1C7Z2K  2026-11-24 03:00:00  held back  a@x.org → b@x.org\n");
  EXPECT_EQ (result.errors, "");
  EXPECT_EQ (agent_.calls, (Calls{ GetParam ().call + " 4F1C", "GetQueued 4F1C" }));
}

TEST_P (VerbTest, TellsWhereAMessageWentThatLeftMeanwhile)
{
  agent_.errors_of["GetQueued"] = RP_BUS_ERROR_NO_SUCH_MESSAGE;
  ClientResult result = run_.go ({ "queue", GetParam ().name, "4F1C7Z2K" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, "message 4F1C7Z2K has left the queue; “roampost log "
                            "4F1C7Z2K” tells what became of it\n");
}

TEST_P (VerbTest, FailsWithWhatTheJournalKnows)
{
  agent_.errors_of[GetParam ().call] = RP_BUS_ERROR_NO_SUCH_MESSAGE;
  agent_.message = "{'id': <'4F1C7Z2K'>}";
  ClientResult result = run_.go ({ "queue", GetParam ().name, "4f1c" });

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  EXPECT_EQ (result.output, "");
  expect_in ("message 4F1C7Z2K is not in the queue; “roampost log 4F1C7Z2K” tells",
             result.errors);
}

TEST_P (VerbTest, NeedsAName)
{
  ClientResult result = run_.go ({ "queue", GetParam ().name });

  EXPECT_EQ (result.exit_code, EX_USAGE);
  expect_in ("the name of a message is missing", result.errors);
  EXPECT_EQ (agent_.calls, Calls{});
}

const Verb verbs[] = {
  { "retry", "RetryQueued" },
  { "hold", "HoldQueued" },
  { "release", "ReleaseQueued" },
};

INSTANTIATE_TEST_SUITE_P (Rows, VerbTest, testing::ValuesIn (verbs), name_of<Verb>);

TEST_F (QueueTest, FlushCounts)
{
  agent_.n_flushed = 2;
  EXPECT_EQ (run_.go ({ "queue", "flush" }).output,
             "2 messages go as soon as their servers can be reached\n");
  agent_.n_flushed = 1;
  EXPECT_EQ (run_.go ({ "queue", "flush" }).output,
             "1 message goes as soon as its server can be reached\n");
  agent_.n_flushed = 0;
  EXPECT_EQ (run_.go ({ "queue", "flush" }).output, "No mail waits to be sent\n");
  EXPECT_EQ (agent_.calls, (Calls{ "FlushQueue", "FlushQueue", "FlushQueue" }));
}

/* ---- drop ---- */

const char *const droppable = R"({'id': <'4F1C7Z2K'>, 'bytes': <uint64 2048>,
  'recipients': <[{'address': <'bob@adatum.com'>, 'state': <'waiting'>}]>})";

TEST_F (QueueTest, DropRefusesWhereNobodyCanBeAsked)
{
  ClientResult result = run_.go ({ "queue", "drop", "4F1C" }, "y\n");

  EXPECT_EQ (result.exit_code, EX_USAGE);
  expect_in ("--yes drops it without asking", result.errors);
  EXPECT_EQ (agent_.calls, Calls{});
}

TEST_F (QueueTest, DropWithYesDoesNotAsk)
{
  agent_.queued = droppable;
  ClientResult result = run_.go ({ "queue", "drop", "--yes", "4f1c" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, "message 4F1C7Z2K is dropped\n");
  EXPECT_EQ (result.errors, "");
  EXPECT_EQ (agent_.calls, (Calls{ "GetQueued 4F1C", "DropQueued 4F1C7Z2K" }));
}

TEST_F (QueueTest, DropOfWhatIsUnderWayCanBeTriedAgain)
{
  agent_.queued = droppable;
  agent_.errors_of["DropQueued"] = RP_BUS_ERROR_UNDER_WAY;
  ClientResult result = run_.go ({ "queue", "drop", "-y", "4F1C7Z2K" });

  EXPECT_EQ (result.exit_code, EX_TEMPFAIL);
  EXPECT_EQ (result.output, "");
  expect_in ("which may already have it; try again in a moment", result.errors);
}

struct Answer
{
  const char *name;
  const char *language;
  std::string typed;
  bool drops;
};

void
PrintTo (const Answer &row, std::ostream *stream)
{
  *stream << row.name;
}

class AnswerTest : public QueueTest, public testing::WithParamInterface<Answer>
{
};

TEST_P (AnswerTest, DropAsksOnATerminal)
{
  Terminal terminal;
  bool is_german = std::string (GetParam ().language) == "de";

  agent_.queued = droppable;
  run_.set_environment ("NO_COLOR", "1");
  run_.set_language (GetParam ().language);
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "queue", "drop", "4F1C" });
  ASSERT_TRUE (terminal.wait_for (
      is_german
          ? "Nachricht 4F1C7Z2K (2.0\u00A0KB) an bob@adatum.com aufgeben und "
            "löschen? [j/N] "
          : "Give up message 4F1C7Z2K (2.0\u00A0kB) to bob@adatum.com and delete it? "
            "[y/N] "))
      << terminal.shown ();
  EXPECT_EQ (agent_.calls, (Calls{ "GetQueued 4F1C" }));
  terminal.type (GetParam ().typed);
  ASSERT_TRUE (terminal.wait_for (GetParam ().drops ? "4F1C7Z2K is dropped"
                                  : is_german
                                      ? "nichts wurde verworfen"
                                      : "\nroampost queue drop: nothing was dropped")
               || is_german)
      << terminal.shown ();
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
  EXPECT_EQ (g_subprocess_get_exit_status (process), GetParam ().drops ? EX_OK : 1);
  EXPECT_EQ (agent_.calls.size (), GetParam ().drops ? 2u : 1u);
}

const Answer answers[] = {
  { "y", "", "y\n", true },
  { "yes", "", " Yes \n", true },
  { "n", "", "n\n", false },
  { "nothing", "", "\n", false },
  { "end", "", "\004", false },
  { "something", "", "yep\n", false },
  { "german_letter_in_english", "", "j\n", false },
  { "german_no", "de", "n\n", false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          AnswerTest,
                          testing::ValuesIn (answers),
                          name_of<Answer>);

TEST_F (QueueTest, DropTakesAGermanYes)
{
  for (const char *typed : { "j\n", "Ja\n", "y\n" })
    {
      Terminal terminal;

      agent_.queued = droppable;
      run_.set_language ("de");
      g_autoptr (GSubprocess) process =
          run_.start_on (terminal.theirs (), { "queue", "drop", "4F1C" });
      ASSERT_TRUE (terminal.wait_for ("[j/N] "));
      terminal.type (typed);
      EXPECT_TRUE (terminal.wait_for ("die Nachricht 4F1C7Z2K ist verworfen")) << typed;
      g_subprocess_wait (process, nullptr, nullptr);
    }
}

/* ---- export ---- */

TEST_F (QueueTest, ExportsEveryOctetToStandardOutput)
{
  agent_.queued =
      "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 " + std::to_string (body.size ()) + ">}";
  agent_.body = body;
  for (const auto &words : { std::vector<std::string>{ "queue", "export", "4f1c" },
                             { "queue", "export", "4f1c", "-" } })
    {
      ClientResult result = run_.go (words);

      EXPECT_EQ (result.exit_code, EX_OK);
      EXPECT_EQ (result.output, body);
      EXPECT_EQ (result.errors, "");
    }
  EXPECT_EQ (agent_.calls, (Calls{ "GetQueued 4F1C", "OpenQueued 4F1C7Z2K",
                                   "GetQueued 4F1C", "OpenQueued 4F1C7Z2K" }));
}

TEST_F (QueueTest, ExportsMoreThanABlockToAFileOfTheUserAlone)
{
  struct stat status;

  agent_.body = body;
  for (int i = 0; i < 20000; i++)
    agent_.body += "line " + std::to_string (i) + "\r\n";
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 "
                  + std::to_string (agent_.body.size ()) + ">}";
  ClientResult result = run_.go ({ "queue", "export", "4F1C", path ("a.eml") });

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in (path ("a.eml") + " holds message 4F1C7Z2K, ", result.output);
  EXPECT_EQ (read_file (path ("a.eml")), agent_.body);
  ASSERT_EQ (stat (path ("a.eml").c_str (), &status), 0);
  EXPECT_EQ (status.st_mode & 07777, 0600u);
  EXPECT_EQ (files (), std::vector<std::string>{ "a.eml" });
}

TEST_F (QueueTest, ExportOverwritesOnlyWithForce)
{
  struct stat status;

  agent_.queued = "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 6>}";
  agent_.body = "short\n";
  write_file (path ("a.eml"), "something longer that is dear to somebody");
  chmod (path ("a.eml").c_str (), 0644);
  ClientResult result = run_.go ({ "queue", "export", "4F1C", path ("a.eml") });

  EXPECT_EQ (result.exit_code, EX_CANTCREAT);
  EXPECT_EQ (result.output, "");
  expect_in (path ("a.eml") + " exists; --force overwrites it", result.errors);
  EXPECT_EQ (read_file (path ("a.eml")), "something longer that is dear to somebody");

  result = run_.go ({ "queue", "export", "--force", "4F1C", path ("a.eml") });
  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (read_file (path ("a.eml")), "short\n");
  ASSERT_EQ (stat (path ("a.eml").c_str (), &status), 0);
  EXPECT_EQ (status.st_mode & 07777, 0600u);
  EXPECT_EQ (files (), std::vector<std::string>{ "a.eml" });
}

TEST_F (QueueTest, ExportFollowsNoLinkThatLeadsNowhere)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>}";
  ASSERT_EQ (symlink (path ("target").c_str (), path ("a.eml").c_str ()), 0);
  EXPECT_EQ (run_.go ({ "queue", "export", "4F1C", path ("a.eml") }).exit_code,
             EX_CANTCREAT);
  EXPECT_EQ (files (), std::vector<std::string>{ "a.eml" });
}

TEST_F (QueueTest, ExportNamesTheFileInAFolder)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 2>}";
  agent_.body = "\r\n";
  EXPECT_EQ (run_.go ({ "queue", "export", "4f1c", run_.folder () }).exit_code, EX_OK);
  EXPECT_EQ (files (), std::vector<std::string>{ "4F1C7Z2K.eml" });
}

TEST_F (QueueTest, ExportOfADamagedMessageSaysSo)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 99>}";
  agent_.body = "half";
  ClientResult result = run_.go ({ "queue", "export", "4F1C" });

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  EXPECT_EQ (result.output, "half");
  expect_in ("damaged: 4 octets are there, and it had 99", result.errors);
}

TEST_F (QueueTest, ExportToAFullDiskFails)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>, 'bytes': <uint64 4>}";
  agent_.body = "half";
  int full = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  g_autoptr (GSubprocess) process = nullptr;

  process = run_.start_on (full, { "queue", "export", "4F1C" });
  while (agent_.calls.size () < 2)
    g_main_context_iteration (nullptr, TRUE);
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_IOERR);
  close (full);
}

TEST_F (QueueTest, ExportWhereNobodyMayWrite)
{
  agent_.queued = "{'id': <'4F1C7Z2K'>}";
  ClientResult result = run_.go ({ "queue", "export", "4F1C", path ("no/such/a") });

  EXPECT_EQ (result.exit_code, EX_CANTCREAT);
  expect_in ("No such file or directory", result.errors);
}

/* ---- what all have ---- */

struct Fault
{
  const char *name;
  std::vector<std::string> words;
  const char *method; // that fails
  RpBusError code;
  int exit_code;
  const char *in_errors;
};

void
PrintTo (const Fault &row, std::ostream *stream)
{
  *stream << row.name;
}

class FaultTest : public QueueTest, public testing::WithParamInterface<Fault>
{
};

TEST_P (FaultTest, IsToldWithItsExitCode)
{
  agent_.errors_of[GetParam ().method] = GetParam ().code;
  agent_.errors_of["GetMessage"] = RP_BUS_ERROR_NO_SUCH_MESSAGE;
  agent_.queued = "{'id': <'4F1C7Z2K'>}";
  ClientResult result = run_.go (GetParam ().words);

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  EXPECT_EQ (result.output, "");
  expect_in (GetParam ().in_errors, result.errors);
}

const Fault faults[] = {
  { "list", { "queue" }, "ListQueue", RP_BUS_ERROR_FAILED, EX_SOFTWARE, "agent says" },
  { "flush",
    { "queue", "flush" },
    "FlushQueue",
    RP_BUS_ERROR_FAILED,
    EX_SOFTWARE,
    "agent says" },
  { "show",
    { "queue", "show", "X" },
    "GetQueued",
    RP_BUS_ERROR_NO_SUCH_MESSAGE,
    EX_DATAERR,
    "no message of the queue, or more than one, has a name that begins so; “roampost "
    "queue” shows them" },
  { "retry",
    { "queue", "retry", "X" },
    "RetryQueued",
    RP_BUS_ERROR_NO_SUCH_MESSAGE,
    EX_DATAERR,
    "no message of the queue" },
  { "retry_failed",
    { "queue", "retry", "X" },
    "RetryQueued",
    RP_BUS_ERROR_FAILED,
    EX_SOFTWARE,
    "agent says" },
  { "retry_damaged",
    { "queue", "retry", "X" },
    "RetryQueued",
    RP_BUS_ERROR_DAMAGED,
    EX_DATAERR,
    "damaged on disk and cannot be sent; “roampost queue export” saves what is left" },
  { "drop",
    { "queue", "drop", "--yes", "X" },
    "GetQueued",
    RP_BUS_ERROR_NO_SUCH_MESSAGE,
    EX_DATAERR,
    "no message of the queue" },
  { "export",
    { "queue", "export", "X" },
    "GetQueued",
    RP_BUS_ERROR_NO_SUCH_MESSAGE,
    EX_DATAERR,
    "no message of the queue" },
  { "export_lost_text",
    { "queue", "export", "X" },
    "OpenQueued",
    RP_BUS_ERROR_FAILED,
    EX_SOFTWARE,
    "agent says" },
  { "too_much", { "queue", "show", "X", "Y" }, "", {}, EX_USAGE, "“Y” is too much" },
  { "list_too_much", { "queue", "list", "X" }, "", {}, EX_USAGE, "“X” is too much" },
  { "export_too_much",
    { "queue", "export", "X", "a", "b" },
    "",
    {},
    EX_USAGE,
    "“b” is too much" },
  { "export_json_without_file",
    { "queue", "export", "--json", "X", "-" },
    "",
    {},
    EX_USAGE,
    "--json wants a FILE" },
  { "typo", { "queue", "dorp", "X" }, "", {}, EX_USAGE, "did you mean “drop”?" },
};

INSTANTIATE_TEST_SUITE_P (Rows, FaultTest, testing::ValuesIn (faults), name_of<Fault>);

TEST (QueueHelpTest, NamesEachCommandAndEachHasHelp)
{
  ClientRun run;
  std::string help = run.go ({ "queue", "--help" }).output;

  for (const char *name :
       { "list", "show", "retry", "hold", "release", "drop", "flush", "export" })
    {
      ClientResult result = run.go ({ "queue", name, "--help" });

      expect_in ("  queue "s + name + " ", help);
      EXPECT_EQ (result.exit_code, EX_OK) << name;
      expect_in ("roampost queue "s + name, result.output);
    }
}

TEST (QueueHelpTest, WithoutAnAgentSaysHowToStartIt)
{
  ClientRun run;
  ClientResult result = run.go ({ "queue" });

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  expect_in ("systemctl --user start roampost-agent", result.errors);
}

struct Json
{
  const char *name;
  std::vector<std::string> words;
  const char *path; // JSONPath of one value
  const char *wanted;
};

void
PrintTo (const Json &row, std::ostream *stream)
{
  *stream << row.name;
}

class JsonTest : public QueueTest, public testing::WithParamInterface<Json>
{
};

TEST_P (JsonTest, IsTheStructureOfTheBus)
{
  std::vector<std::string> words = GetParam ().words;

  agent_.queue = messages;
  agent_.queued = message;
  agent_.message = story;
  agent_.body = body;
  agent_.n_flushed = 3;
  if (words[1] == "export")
    words.push_back (path ("a.eml"));
  ClientResult result = run_.go (words);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (json_parser_load_from_data (parser, result.output.c_str (), -1, &error))
      << error->message << result.output;
  g_autoptr (JsonNode) found =
      json_path_query (GetParam ().path, json_parser_get_root (parser), &error);
  g_autofree char *text = json_to_string (found, FALSE);
  EXPECT_STREQ (text, GetParam ().wanted) << result.output;
}

const Json jsons[] = {
  { "queue", { "queue", "--json" }, "$[0].id", R"(["4F1C7Z2K"])" },
  { "list", { "queue", "list", "--json" }, "$[1].sent-bytes", "[3100000]" },
  { "recipients", { "queue", "--json" }, "$[1].recipients[1].state", R"(["sent"])" },
  { "show",
    { "queue", "show", "--json", "X" },
    "$.recipients[2].reply",
    R"(["451 4.3.0 later\u0007"])" },
  { "show_header",
    { "queue", "show", "--json", "X" },
    "$.header[0]",
    R"([["From","Terri Chén <terri@proseware.com>"]])" },
  { "show_header_unfolded",
    { "queue", "show", "--json", "X" },
    "$.header[1]",
    R"([["To","bob@adatum.com, eve@example.net"]])" },
  { "show_story",
    { "queue", "show", "--json", "X" },
    "$.steps[1].kind",
    R"(["connected"])" },
  { "retry", { "queue", "retry", "--json", "X" }, "$.state", R"(["doubt"])" },
  { "drop", { "queue", "drop", "--yes", "--json", "X" }, "$.id", R"(["4F1C7Z2K"])" },
  { "flush", { "queue", "flush", "--json" }, "$.count", "[3]" },
  { "export", { "queue", "export", "--json", "X" }, "$.bytes", "[168]" },
};

INSTANTIATE_TEST_SUITE_P (Rows, JsonTest, testing::ValuesIn (jsons), name_of<Json>);

} // namespace
