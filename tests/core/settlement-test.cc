/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replays tests/core/settlement/NAME.script. A case begins with "= name"; its lines are
 *
 *   from ADDRESS | to ADDRESS... | content 8bit|utf8|BYTES | network NAME | place NAME
 *   connectivity NICK | patience SECONDS | in-custody | tells-deferred
 *   route ADDRESS SERVER:PORT PERMISSION       in the order in which they are tried
 *   left ADDRESS SERVER REASON ARGUMENT later|never
 *   start, replan                              hands the plan over
 *
 * then what happens: "N" is a lane's number
 *
 *   N up [KEYWORD;...]     connected; "PIPELINING" where nothing is said, "-" for none
 *   N fails HOW [TEXT or REPLY] | N pop-ok | N pop-fails HOW [TEXT]
 *   N pop-counts           an earlier POP login should count still
 *   N < REPLY | N ready | N sent | N progress | N unreadable TEXT | N lost TEXT
 *   taken | not-taken TEXT | N recorded | N not-recorded TEXT
 *   at SECONDS | gone | moved | stopping
 *
 * and what has to be asked for, in order and before the next thing happens:
 *
 *   N connect SERVER:PORT [login [afresh]] | N pop | N forget-pop | N > COMMAND |
 *   N content | N end | N quit | N cut | answer LINE | learn LESSON SUBJECT |
 *   unlearn LESSON SUBJECT | done
 *   take ADDRESS FATE[, ...] | record ADDRESS FATE | N record ADDRESS FATE[, ...]
 *
 * "step KIND [ADDRESS or ENDPOINT]" wants such a step to have come, "nostep" none such,
 * "outcome WORD" that outcome. */
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/rp-keyfile.h"
#include "core/rp-settlement.h"

namespace
{

const char configuration[] = "[account terri]\n"
                             "address=terri@proseware.com\n"
                             "servers=proseware;location;backup\n"
                             "[server proseware]\n"
                             "endpoints=smtps://smtp.proseware.com:465;"
                             "smtp://smtp.proseware.com:587;"
                             "smtp+insecure://smtp.proseware.com:25;"
                             "smtp+insecure://smtp.proseware.com:2525\n"
                             "domains=proseware.com\n"
                             "access=network:home;password;pop\n"
                             "user=terri\n"
                             "pop=pop3s://pop.proseware.com\n"
                             "[server thephone]\n"
                             "endpoints=smtp://mail.thephone.example:587;"
                             "smtp+insecure://mail.thephone.example:25\n"
                             "access=network:work\n"
                             "[server backup]\n"
                             "endpoints=smtps://smtp.backup.example:465;"
                             "smtp://smtp.backup.example:587\n"
                             "access=oauth2;password;certificate;kerberos\n"
                             "oauth-provider=backup\n"
                             "client-certificate=/own.pem\n"
                             "user=terri\n"
                             "[server desktop]\n"
                             "endpoints=smtps://smtp.desktop.example:465\n"
                             "access=oauth2\n"
                             "oauth-provider=gnome-online-accounts\n"
                             "user=terri\n"
                             "[server here]\n"
                             "endpoints=smtp+insecure://127.0.0.1:1025\n"
                             "access=network:home\n"
                             "[network home]\n"
                             "gateway-mac=52:54:00:12:34:56\n"
                             "[network work]\n"
                             "dns-domain=corp.thephone.example\n"
                             "server=thephone\n";

struct Case
{
  std::string name;
  std::string file;
  std::vector<std::pair<guint, std::string>> lines; /* number and text */
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

std::vector<Case>
ReadCases ()
{
  std::vector<Case> cases;
  g_autofree char *folder =
      g_build_filename (g_getenv ("RP_TEST_SOURCE_DIR"), "core", "settlement", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  std::vector<std::string> names;

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_suffix (name, ".script"))
      names.push_back (name);
  std::sort (names.begin (), names.end ());
  for (const std::string &name : names)
    {
      g_autofree char *path = g_build_filename (folder, name.c_str (), NULL);
      g_autofree char *text = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;

      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      for (guint i = 0; lines[i] != NULL; i++)
        {
          std::string line = g_strstrip (lines[i]);

          if (line.empty () || line[0] == '#')
            continue;
          if (line[0] == '=')
            cases.push_back ({ line.substr (2), name, {} });
          else
            cases.back ().lines.push_back ({ i + 1, line });
        }
    }

  return cases;
}

char *
say (const RpReason *reason, gpointer user_data)
{
  g_autofree char *args = g_strjoinv (",", reason->args);

  return g_strdup_printf ("%s:%s", rp_reason_code_to_nick (reason->code), args);
}

RpConfig *
MakeConfig ()
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  RpConfig *config;

  rp_keyfile_parse ("test", configuration, sizeof configuration - 1, rows, errors);
  config = rp_config_new (rows, errors);
  for (guint i = 0; i < errors->len; i++)
    {
      g_autofree char *text = rp_config_error_dup_text (
          static_cast<RpConfigError *> (g_ptr_array_index (errors, i)), nullptr);

      ADD_FAILURE () << text;
    }
  return config;
}

std::string
TakeWord (std::string &line)
{
  size_t end = line.find (' ');
  std::string word = line.substr (0, end);

  line = end == std::string::npos ? "" : line.substr (end + 1);
  return word;
}

RpReply *
ReadReply (std::string line)
{
  guint code = (guint) std::stoul (TakeWord (line));
  std::string enhanced;

  if (line.size () > 4 && g_ascii_isdigit (line[0]) && line[1] == '.')
    enhanced = TakeWord (line);
  return rp_reply_new (code, enhanced.empty () ? NULL : enhanced.c_str (),
                       line.c_str ());
}

const char *const failures[] = { "unreachable",   "timed-out",   "reply",
                                 "login",         "not-offered", "hostile",
                                 "no-password",   "locked",      "unavailable",
                                 "revoked",       "no-token",    "no-ticket",
                                 "no-certificate" };

RpFailure
ReadFailure (const std::string &word)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (word == failures[i])
      return (RpFailure) i;

  ADD_FAILURE () << "no such failure: " << word;
  return RP_FAILURE_UNREACHABLE;
}

const std::map<std::string, RpEventKind> plain_events = {
  { "ready", RP_EVENT_CONTENT_READY },
  { "sent", RP_EVENT_CONTENT_SENT },
  { "unreadable", RP_EVENT_CONTENT_FAILED },
  { "progress", RP_EVENT_PROGRESS },
  { "lost", RP_EVENT_LOST },
  { "recorded", RP_EVENT_RECORDED },
  { "not-recorded", RP_EVENT_RECORD_FAILED },
};

const std::map<std::string, RpEventKind> message_events = {
  { "gone", RP_EVENT_CLIENT_GONE },         { "moved", RP_EVENT_NETWORK_CHANGED },
  { "stopping", RP_EVENT_STOPPING },        { "taken", RP_EVENT_CUSTODY_TAKEN },
  { "not-taken", RP_EVENT_CUSTODY_FAILED },
};

const char *const fate_words[] = { "open", "sent", "refused", "waiting", "doubt" };

class SettlementTest : public testing::TestWithParam<Case>
{
protected:
  void
  SetUp () override
  {
    config = MakeConfig ();
    ASSERT_NE (config, nullptr);
    envelope = rp_envelope_new ("terri@proseware.com");
    facts.n_bytes = 1234;
    actions = g_ptr_array_new ();
    NewPlan ();
  }

  void
  TearDown () override
  {
    rp_settlement_free (self);
    rp_plan_free (plan);
    rp_envelope_free (envelope);
    rp_config_unref (config);
    g_ptr_array_unref (actions);
  }

  static void
  FreeRecipientPlan (RpRecipientPlan *recipient)
  {
    g_free (recipient->address);
    g_ptr_array_unref (recipient->routes);
    g_ptr_array_unref (recipient->left_out);
    g_free (recipient);
  }

  static void
  FreeRoute (RpRoute *route)
  {
    rp_reason_free (route->reason);
    rp_reason_free (route->demotion);
    g_free (route);
  }

  static void
  FreeLeftOut (RpLeftOut *left_out)
  {
    g_free (left_out->server);
    g_free (left_out->endpoint);
    rp_reason_free (left_out->reason);
    g_free (left_out);
  }

  void
  NewPlan ()
  {
    plan = g_new0 (RpPlan, 1);
    plan->config = rp_config_ref (config);
    plan->account = rp_config_get_account (config, "terri");
    plan->connectivity = RP_CONNECTIVITY_FULL;
    plan->place = g_strdup ("");
    plan->recipients =
        g_ptr_array_new_with_free_func ((GDestroyNotify) FreeRecipientPlan);
    for (guint i = 0; i < rp_envelope_get_n_recipients (envelope); i++)
      AddRecipient (rp_envelope_get_recipient (envelope, i)->address);
  }

  void
  AddRecipient (const char *address)
  {
    RpRecipientPlan *recipient = g_new0 (RpRecipientPlan, 1);

    recipient->address = g_strdup (address);
    recipient->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) FreeRoute);
    recipient->left_out = g_ptr_array_new_with_free_func ((GDestroyNotify) FreeLeftOut);
    g_ptr_array_add (plan->recipients, recipient);
  }

  RpRecipientPlan *
  FindRecipient (const std::string &address)
  {
    for (guint i = 0; i < plan->recipients->len; i++)
      if (address == rp_plan_get_recipient (plan, i)->address)
        return static_cast<RpRecipientPlan *> (g_ptr_array_index (plan->recipients, i));

    ADD_FAILURE () << "no such recipient: " << address;
    return NULL;
  }

  void
  AddRoute (std::string line)
  {
    RpRecipientPlan *recipient = FindRecipient (TakeWord (line));
    std::string where = TakeWord (line);
    size_t colon = where.find (':');
    const RpServer *server =
        rp_config_get_server (config, where.substr (0, colon).c_str ());
    RpRoute *route = g_new0 (RpRoute, 1);

    ASSERT_NE (server, nullptr) << where;
    route->server = server;
    for (guint i = 0; i < server->endpoints->len; i++)
      {
        const RpEndpoint *endpoint =
            static_cast<RpEndpoint *> (g_ptr_array_index (server->endpoints, i));

        if (std::to_string (endpoint->port) == where.substr (colon + 1))
          route->endpoint = endpoint;
      }
    ASSERT_NE (route->endpoint, nullptr) << where;
    for (int i = RP_PERMISSION_HOSTS; i <= RP_PERMISSION_ADDRESS; i++)
      if (line == rp_permission_to_nick ((RpPermission) i))
        route->permission = (RpPermission) i;
    ASSERT_EQ (line, rp_permission_to_nick (route->permission));
    route->is_relaying = !rp_server_hosts (server, recipient->address);
    route->reason = rp_reason_new (RP_REASON_NONE, NULL);
    g_ptr_array_add (recipient->routes, route);
  }

  void
  AddLeftOut (std::string line)
  {
    RpRecipientPlan *recipient = FindRecipient (TakeWord (line));
    RpLeftOut *left_out = g_new0 (RpLeftOut, 1);
    std::string server = TakeWord (line);
    RpReasonCode code = rp_reason_code_from_nick (TakeWord (line).c_str ());
    std::string argument = TakeWord (line);

    ASSERT_NE (code, RP_REASON_LAST);
    left_out->server = g_strdup (server.c_str ());
    left_out->reason = rp_reason_new (code, server.c_str (), argument.c_str (), NULL);
    left_out->can_open_later = line == "later";
    g_ptr_array_add (recipient->left_out, left_out);
  }

  void
  SetContent (const std::string &what)
  {
    facts.is_8bit = what == "8bit" || what == "utf8";
    facts.has_utf8_header = what == "utf8";
    if (g_ascii_isdigit (what[0]))
      facts.n_bytes = std::stoul (what);
  }

  bool
  Prepare (const std::string &word, std::string rest)
  {
    if (word == "to")
      while (!rest.empty ())
        {
          std::string address = TakeWord (rest);

          rp_envelope_add_recipient (envelope, address.c_str ());
          AddRecipient (address.c_str ());
        }
    else if (word == "from")
      {
        g_free (envelope->sender);
        envelope->sender = g_strdup (rest.c_str ());
      }
    else if (word == "content")
      SetContent (rest);
    else if (word == "network")
      plan->network = g_strdup (rest.c_str ());
    else if (word == "place")
      {
        g_free (plan->place);
        plan->place = g_strdup (rest.c_str ());
      }
    else if (word == "connectivity")
      plan->connectivity = rp_connectivity_from_nick (rest.c_str ());
    else if (word == "patience")
      options.patience_ms = 1000 * (guint) std::stoul (rest);
    else if (word == "in-custody")
      options.is_in_custody = TRUE;
    else if (word == "tells-deferred")
      options.tells_deferred = TRUE;
    else if (word == "route")
      AddRoute (rest);
    else if (word == "left")
      AddLeftOut (rest);
    else
      return false;
    return true;
  }

  void
  Start ()
  {
    options.sentence = say;
    self = rp_settlement_new ("0123ABCD", g_steal_pointer (&plan), envelope, &facts,
                              &options, now_ms);
    NewPlan ();
    rp_settlement_start (self, now_ms, actions);
    Digest ();
  }

  void
  Replan ()
  {
    rp_settlement_replan (self, g_steal_pointer (&plan), now_ms, actions);
    NewPlan ();
    Digest ();
  }

  void
  Handle (const RpEvent &event)
  {
    rp_settlement_handle (self, &event, now_ms, actions);
    Digest ();
  }

  void
  GoTo (gint64 then_ms)
  {
    RpEvent tick = {};

    tick.kind = RP_EVENT_TICK;
    for (gint64 due_ms = rp_settlement_get_deadline_ms (self);
         due_ms >= 0 && due_ms <= then_ms;
         due_ms = rp_settlement_get_deadline_ms (self))
      {
        now_ms = MAX (now_ms, due_ms);
        Handle (tick);
      }
    now_ms = then_ms;
  }

  void
  HappenOn (guint lane, std::string word, std::string rest)
  {
    RpEvent event = {};
    g_autoptr (RpReply) reply = NULL;
    g_autoptr (RpCapabilities) capabilities = rp_capabilities_new ();

    event.lane = lane;
    if (word == "up")
      {
        g_auto (GStrv) keywords =
            g_strsplit (rest.empty () ? "PIPELINING" : rest.c_str (), ";", -1);

        for (guint i = 0; keywords[i] != NULL; i++)
          rp_capabilities_add_line (capabilities, keywords[i]);
        event.kind = RP_EVENT_CONNECTED;
        event.capabilities = capabilities;
      }
    else if (word == "fails" || word == "pop-fails")
      {
        event.kind = word == "fails" ? RP_EVENT_CONNECT_FAILED : RP_EVENT_POP_FAILED;
        event.failure = ReadFailure (TakeWord (rest));
        event.text = rest.c_str ();
        if (!rest.empty () && g_ascii_isdigit (rest[0]))
          event.reply = reply = ReadReply (rest);
      }
    else if (word == "pop-ok" || word == "pop-counts")
      {
        event.kind = RP_EVENT_POP_DONE;
        event.is_earlier = word == "pop-counts";
      }
    else if (word == "<")
      {
        event.kind = RP_EVENT_REPLY;
        event.reply = reply = ReadReply (rest);
      }
    else
      {
        event.kind = plain_events.at (word);
        event.text = rest.c_str ();
      }
    Handle (event);
  }

  bool
  Happen (std::string line)
  {
    std::string word = TakeWord (line);
    RpEvent event = {};

    if (word == "start")
      Start ();
    else if (word == "replan")
      Replan ();
    else if (word == "at")
      GoTo ((gint64) (std::stod (line) * 1000));
    else if (message_events.count (word) > 0)
      {
        event.kind = message_events.at (word);
        event.text = line.c_str ();
        Handle (event);
      }
    else if (g_ascii_isdigit (word[0]))
      {
        static const char *const events[] = { "up",         "fails",     "pop-ok",
                                              "pop-counts", "pop-fails", "<",
                                              NULL };
        std::string what = TakeWord (line);

        if (!g_strv_contains (events, what.c_str ()) && plain_events.count (what) == 0)
          return false;
        HappenOn ((guint) std::stoul (word), what, line);
      }
    else
      return Prepare (word, line);
    return true;
  }

  static std::string
  DescribeRoute (const RpRoute *route)
  {
    return std::string (route->server->name) + ":"
           + std::to_string (route->endpoint->port)
           + (rp_route_uses_login (route) ? " login" : "");
  }

  void
  DigestLines (const std::string &before, std::string octets)
  {
    for (size_t end; (end = octets.find ("\r\n")) != std::string::npos;)
      {
        asked.push_back (before + octets.substr (0, end));
        octets.erase (0, end + 2);
      }
    EXPECT_EQ (octets, "");
  }

  void
  DigestStep (const RpStep *step)
  {
    std::string text = rp_step_kind_to_nick (step->kind);

    EXPECT_STREQ (step->message_id, "0123ABCD");
    if (step->recipient != NULL)
      text += std::string (" ") + step->recipient;
    steps.push_back (text);
    if (step->recipient == NULL && step->endpoint != NULL)
      steps.push_back (text + " " + step->endpoint);
  }

  static std::string
  DescribeRecords (const RpAction *action, const RpEnvelope *envelope)
  {
    std::string text;

    for (guint i = 0; action->records != NULL && i < action->records->len; i++)
      {
        const RpRecord *record =
            static_cast<RpRecord *> (g_ptr_array_index (action->records, i));

        EXPECT_STREQ (record->fate->address,
                      rp_envelope_get_recipient (envelope, record->recipient)->address);
        text += (i > 0 ? ", " : " ") + std::string (record->fate->address) + " "
                + fate_words[record->fate->kind];
      }
    return text;
  }

  void
  DigestAction (const RpAction *action)
  {
    std::string lane = std::to_string (action->lane) + " ";

    EXPECT_FALSE (is_done);
    switch (action->kind)
      {
      case RP_ACTION_CONNECT:
        asked.push_back (lane + "connect " + DescribeRoute (action->route)
                         + (action->wants_fresh_secret ? " afresh" : ""));
        break;
      case RP_ACTION_POP:
        asked.push_back (lane + "pop");
        break;
      case RP_ACTION_FORGET_POP:
        asked.push_back (lane + "forget-pop");
        break;
      case RP_ACTION_SEND:
        DigestLines (lane + "> ",
                     std::string (static_cast<const char *> (
                                      g_bytes_get_data (action->bytes, NULL)),
                                  g_bytes_get_size (action->bytes)));
        break;
      case RP_ACTION_SEND_CONTENT:
        asked.push_back (lane + "content");
        break;
      case RP_ACTION_SEND_END:
        asked.push_back (lane + "end");
        break;
      case RP_ACTION_TAKE_CUSTODY:
        asked.push_back ("take" + DescribeRecords (action, envelope));
        break;
      case RP_ACTION_RECORD:
        asked.push_back ((action->lane > 0 ? lane : "") + "record"
                         + DescribeRecords (action, envelope));
        break;
      case RP_ACTION_CLOSE:
        asked.push_back (lane + (action->is_polite ? "quit" : "cut"));
        break;
      case RP_ACTION_ANSWER:
        {
          g_autofree char *wire = rp_reply_to_wire (action->reply);

          n_answers++;
          DigestLines ("answer ", wire);
          break;
        }
      case RP_ACTION_STEP:
        DigestStep (action->step);
        break;
      case RP_ACTION_LEARN:
      case RP_ACTION_UNLEARN:
        asked.push_back (
            std::string (action->kind == RP_ACTION_LEARN ? "learn " : "unlearn ")
            + rp_lesson_kind_to_nick (action->lesson->kind) + " "
            + action->lesson->subject);
        break;
      case RP_ACTION_DONE:
        is_done = true;
        asked.push_back ("done");
        break;
      }
  }

  void
  Digest ()
  {
    for (guint i = 0; i < actions->len; i++)
      {
        RpAction *action = static_cast<RpAction *> (g_ptr_array_index (actions, i));

        DigestAction (action);
        rp_action_free (action);
      }
    g_ptr_array_set_size (actions, 0);
  }

  bool
  IsExpectation (const std::string &line)
  {
    static const char *const words[] = { "connect", "pop", "forget-pop", ">",
                                         "content", "end", "record",     "quit",
                                         "cut",     NULL };
    static const char *const others[] = { "answer", "learn", "unlearn", "take",
                                          "record", "done",  NULL };
    std::string rest = line;
    std::string first = TakeWord (rest);
    std::string second = TakeWord (rest);

    return g_ascii_isdigit (first[0]) ? g_strv_contains (words, second.c_str ())
                                      : g_strv_contains (others, first.c_str ());
  }

  void
  Expect (const std::string &line)
  {
    ASSERT_FALSE (asked.empty ()) << "nothing was asked for";
    EXPECT_EQ (asked.front (), line);
    asked.pop_front ();
  }

  void
  ExpectNothingMore ()
  {
    while (!asked.empty ())
      {
        ADD_FAILURE () << "not expected: " << asked.front ();
        asked.pop_front ();
      }
  }

  void
  Play (const std::string &line)
  {
    if (IsExpectation (line))
      {
        Expect (line);
        return;
      }

    ExpectNothingMore ();
    if (line.compare (0, 5, "step ") == 0)
      EXPECT_NE (std::find (steps.begin (), steps.end (), line.substr (5)),
                 steps.end ());
    else if (line.compare (0, 7, "nostep ") == 0)
      EXPECT_EQ (std::find (steps.begin (), steps.end (), line.substr (7)),
                 steps.end ());
    else if (line.compare (0, 8, "outcome ") == 0)
      EXPECT_EQ (line.substr (8), rp_settlement_get_outcome (self));
    else
      EXPECT_TRUE (Happen (line)) << "not understood";
  }

  RpConfig *config = NULL;
  RpEnvelope *envelope = NULL;
  RpContentFacts facts = {};
  RpPlan *plan = NULL;
  RpSettlement *self = NULL;
  GPtrArray *actions = NULL;
  gint64 now_ms = 0;
  RpSettlementOptions options = { 25000, FALSE, FALSE, NULL, NULL };
  std::deque<std::string> asked;
  std::vector<std::string> steps;
  guint n_answers = 0;
  bool is_done = false;
};

TEST_P (SettlementTest, Replays)
{
  for (const auto &[number, line] : GetParam ().lines)
    {
      SCOPED_TRACE (GetParam ().file + ":" + std::to_string (number) + ": " + line);
      Play (line);
      if (HasFatalFailure ())
        return;
    }
  ExpectNothingMore ();
  EXPECT_EQ (n_answers, options.is_in_custody ? 0u : 1u)
      << "a program that waits gets one answer";
  EXPECT_TRUE (is_done) << "the settlement never ended";
  EXPECT_EQ (rp_settlement_get_deadline_ms (self), -1);
}

INSTANTIATE_TEST_SUITE_P (Scripts,
                          SettlementTest,
                          testing::ValuesIn (ReadCases ()),
                          [] (const auto &row) { return row.param.name; });

TEST (SettlementScripts, AreThere)
{
  EXPECT_GE (ReadCases ().size (), 60u);
}

} // namespace
