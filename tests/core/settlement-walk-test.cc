/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random walks over the settlement, beside a model of the world that it acts on:
 * servers that answer or not, a disk that obeys or not, a program, a network, an agent
 * that stops. Whatever the order of events, these hold:
 *
 *   - one answer at most, none in custody; a yes only for what a server has or the disk
 *     has; after a plain no nothing of the message leaves any more
 *   - the disk's word about a recipient is never better than the truth, at any moment
 *   - nobody who has the message, or may have it, gets it again
 *   - no end of data leaves in custody before its mark is on disk
 *   - no clear text to a server whose TLS has failed, no route of another place's plan
 *   - it ends: once lanes, disk and plans have come to an end, "done" comes, once, and
 *     nothing after it
 *
 * Seeded: the same walks each time. RP_WALKS=N in the environment walks further. */
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <cstring>
#include <random>
#include <set>
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
                             "smtp+insecure://smtp.proseware.com:25\n"
                             "domains=proseware.com\n"
                             "access=network:home;password;pop\n"
                             "user=terri\n"
                             "pop=pop3s://pop.proseware.com\n"
                             "[server thephone]\n"
                             "endpoints=smtp://mail.thephone.example:587;"
                             "smtp+insecure://mail.thephone.example:25\n"
                             "access=network:work\n"
                             "[server backup]\n"
                             "endpoints=smtps://smtp.backup.example:465\n"
                             "access=oauth2;password\n"
                             "oauth-provider=backup\n"
                             "user=terri\n"
                             "[network home]\n"
                             "gateway-mac=52:54:00:12:34:56\n"
                             "[network work]\n"
                             "dns-domain=corp.thephone.example\n"
                             "server=thephone\n";

struct Way
{
  const char *server;
  guint endpoint;
  RpPermission permission;
};

const Way ways[] = {
  { "proseware", 0, RP_PERMISSION_PASSWORD },
  { "proseware", 1, RP_PERMISSION_PASSWORD },
  { "proseware", 0, RP_PERMISSION_POP },
  { "proseware", 1, RP_PERMISSION_POP },
  { "proseware", 2, RP_PERMISSION_NETWORK },
  { "thephone", 0, RP_PERMISSION_NETWORK },
  { "thephone", 1, RP_PERMISSION_NETWORK },
  { "backup", 0, RP_PERMISSION_OAUTH2 },
  { "backup", 0, RP_PERMISSION_PASSWORD },
};

const char *const addresses[] = { "amy@proseware.com", "bob@adatum.com",
                                  "cy@wingtip.example" };

/* What a server may say to a command that it does not obey. */
const char *const refusals[] = { "550 5.1.1 User unknown",
                                 "550 5.7.1 Relaying denied",
                                 ("553 sorry, that domain isn't in my list of allowed "
                                  "rcpthosts"),
                                 "550 5.7.60 SendAsDenied",
                                 "530 5.7.0 Authentication required",
                                 "554 5.7.1 Spam message rejected",
                                 "554 5.7.1 Client host blocked using PBL",
                                 "450 4.2.0 Greylisted",
                                 "452 4.5.3 Too many recipients",
                                 "552 5.3.4 Message too big",
                                 "454 4.7.0 Temporary authentication failure",
                                 "535 5.7.8 Bad credentials",
                                 "421 4.3.2 Closing",
                                 "571 whatever" };

void
FreeRoute (RpRoute *route)
{
  rp_reason_free (route->reason);
  g_free (route);
}

void
FreeLeftOut (RpLeftOut *left_out)
{
  g_free (left_out->server);
  rp_reason_free (left_out->reason);
  g_free (left_out);
}

void
FreeRecipientPlan (RpRecipientPlan *recipient)
{
  g_free (recipient->address);
  g_ptr_array_unref (recipient->routes);
  g_ptr_array_unref (recipient->left_out);
  g_free (recipient);
}

char *
Say (const RpReason *reason, gpointer user_data)
{
  return g_strdup (rp_reason_code_to_nick (reason->code));
}

RpReply *
ReadReply (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  const bool has_enhanced = g_ascii_isdigit (words[1][0]);
  const char *rest =
      has_enhanced ? strchr (strchr (text, ' ') + 1, ' ') + 1 : strchr (text, ' ') + 1;

  return rp_reply_new ((guint) atoi (text), has_enhanced ? words[1] : NULL, rest);
}

/* A server at the other end of a lane: what it was told and owes an answer to. */
struct Peer
{
  const RpRoute *route = NULL;
  bool is_popping = false;
  bool is_pausing = false; /* until it is to be asked once more */
  guint n_pops = 0;
  bool is_connecting = false;
  bool is_up = false;
  bool has_stale_token = false; /* it was refused, once */
  bool was_stale = false;
  bool is_over = false; /* the driver said so, or was told so */
  std::deque<std::string> owed;
  bool is_mail_open = false;
  bool is_pipelining = false;
  std::vector<guint> accepted; /* recipients of this transaction */
  bool wants_content = false;  /* 354 was said */
  bool wants_dot = false;
  bool has_content = false; /* asked of the driver */
  bool is_ready = false;
  bool is_ending = false; /* the end of data was asked of the driver */
  bool is_sent = false;
};

enum class Disk
{
  ABSENT,
  WAITING,
  REFUSED,
  DOUBT,
  SENT
};

Disk
ToDisk (RpFateKind kind)
{
  switch (kind)
    {
    case RP_FATE_SENT:
      return Disk::SENT;
    case RP_FATE_REFUSED:
      return Disk::REFUSED;
    case RP_FATE_DOUBT:
      return Disk::DOUBT;
    case RP_FATE_OPEN:
    case RP_FATE_WAITING:
      return Disk::WAITING;
    }
  return Disk::ABSENT;
}

struct Writing
{
  bool is_custody;
  guint lane;
  std::vector<std::pair<guint, Disk>> records;
};

struct Person
{
  bool has = false;         /* a server said yes to its content */
  guint may_have = 0;       /* the lane whose end of data has left, unanswered */
  Disk disk = Disk::ABSENT; /* what a crash would find */
};

class Walk
{
public:
  Walk (RpConfig *with, guint seed) : config (with), random (seed)
  {
    actions = g_ptr_array_new ();
    envelope = rp_envelope_new ("terri@proseware.com");
    facts.n_bytes = 1234;
    facts.is_8bit = Chance (5);
    n_people = 1 + Below (3);
    for (guint i = 0; i < n_people; i++)
      rp_envelope_add_recipient (envelope, addresses[i]);
    people.resize (n_people);
    options.patience_ms = 25000;
    options.is_in_custody = Chance (30);
    options.tells_deferred = Chance (20);
    options.sentence = Say;
    is_held = options.is_in_custody;
    if (is_held)
      for (Person &person : people)
        person.disk = Disk::WAITING;
  }

  ~Walk ()
  {
    rp_settlement_free (self);
    rp_envelope_free (envelope);
    g_ptr_array_unref (actions);
  }

  /* Returns what went wrong, "" for nothing. */
  std::string
  Run ()
  {
    self = rp_settlement_new ("0123ABCD", MakePlan (), envelope, &facts, &options, now);
    Note ("start");
    rp_settlement_start (self, now, actions);
    Digest ();
    for (guint i = 0; i < 60 && !is_done && trouble.empty (); i++)
      Step ();
    Finish ();
    return trouble;
  }

  std::string story;
  guint n_events = 0;

private:
  guint
  Below (guint n)
  {
    return (guint) (random () % n);
  }

  bool
  Chance (guint percent)
  {
    return Below (100) < percent;
  }

  void
  Note (const std::string &text)
  {
    story += text + "\n";
  }

  void
  Fail (const std::string &text)
  {
    if (trouble.empty ())
      trouble = text;
  }

  /* --- the world --- */

  RpPlan *
  MakePlan ()
  {
    RpPlan *plan = g_new0 (RpPlan, 1);

    planned.clear ();
    plan->config = rp_config_ref (config);
    plan->account = rp_config_get_account (config, "terri");
    plan->connectivity = Chance (90)   ? RP_CONNECTIVITY_FULL
                         : Chance (50) ? RP_CONNECTIVITY_NONE
                                       : RP_CONNECTIVITY_PORTAL;
    plan->place = g_strdup (Chance (50) ? "here" : "");
    plan->recipients =
        g_ptr_array_new_with_free_func ((GDestroyNotify) FreeRecipientPlan);
    for (guint i = 0; i < n_people; i++)
      AddRecipient (plan, addresses[i]);
    return plan;
  }

  void
  AddRecipient (RpPlan *plan, const char *address)
  {
    RpRecipientPlan *recipient = g_new0 (RpRecipientPlan, 1);
    std::set<guint> taken;
    const guint n = Chance (8) ? 0 : 1 + Below (4);

    recipient->address = g_strdup (address);
    recipient->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) FreeRoute);
    recipient->left_out = g_ptr_array_new_with_free_func ((GDestroyNotify) FreeLeftOut);
    for (guint i = 0; i < n; i++)
      {
        const guint way = Below (G_N_ELEMENTS (ways));

        if (taken.insert (way).second)
          g_ptr_array_add (recipient->routes, MakeRoute (ways[way], address));
      }
    if (Chance (30))
      {
        RpLeftOut *left_out = g_new0 (RpLeftOut, 1);

        left_out->server = g_strdup ("thephone");
        left_out->reason =
            rp_reason_new (RP_REASON_NOT_ON_NETWORK, "thephone", "work", NULL);
        left_out->can_open_later = Chance (50);
        g_ptr_array_add (recipient->left_out, left_out);
      }
    g_ptr_array_add (plan->recipients, recipient);
  }

  RpRoute *
  MakeRoute (const Way &way, const char *address)
  {
    RpRoute *route = g_new0 (RpRoute, 1);

    route->server = rp_config_get_server (config, way.server);
    route->endpoint = static_cast<RpEndpoint *> (
        g_ptr_array_index (route->server->endpoints, way.endpoint));
    route->permission = way.permission;
    route->is_relaying = !rp_server_hosts (route->server, address);
    if (way.permission == RP_PERMISSION_NETWORK && !route->is_relaying)
      route->permission = RP_PERMISSION_HOSTS;
    route->reason = rp_reason_new (RP_REASON_NONE, NULL);
    planned.insert (route);
    return route;
  }

  /* --- what is asked for --- */

  void
  Digest ()
  {
    for (guint i = 0; i < actions->len; i++)
      {
        RpAction *action = static_cast<RpAction *> (g_ptr_array_index (actions, i));

        if (is_done)
          Fail ("an action after done");
        Obey (action);
        rp_action_free (action);
      }
    g_ptr_array_set_size (actions, 0);
    Check ();
  }

  Peer &
  Get (guint lane)
  {
    return peers[lane];
  }

  std::vector<std::pair<guint, Disk>>
  ReadRecords (const RpAction *action)
  {
    std::vector<std::pair<guint, Disk>> records;
    static const char *const words[] = { "absent", "waiting", "refused", "doubt",
                                         "sent" };

    for (guint i = 0; i < action->records->len; i++)
      {
        const RpRecord *record =
            static_cast<RpRecord *> (g_ptr_array_index (action->records, i));

        records.emplace_back (record->recipient, ToDisk (record->fate->kind));
        Note (std::string ("     ") + record->fate->address + " "
              + words[(int) ToDisk (record->fate->kind)]);
      }
    return records;
  }

  void
  Obey (const RpAction *action)
  {
    const std::string lane = "  -> " + std::to_string (action->lane) + " ";

    switch (action->kind)
      {
      case RP_ACTION_CONNECT:
        Note (lane + "connect " + action->route->endpoint->url);
        OnConnect (action);
        break;
      case RP_ACTION_POP:
        Note (lane + "pop");
        OnPop (action);
        break;
      case RP_ACTION_FORGET_POP:
        Note (lane + "forget-pop");
        OnForgetPop (action);
        break;
      case RP_ACTION_SEND:
        OnSend (action);
        break;
      case RP_ACTION_SEND_CONTENT:
        Note (lane + "content");
        OnSendContent (Get (action->lane));
        break;
      case RP_ACTION_SEND_END:
        Note (lane + "end");
        OnSendEnd (Get (action->lane));
        break;
      case RP_ACTION_CLOSE:
        Note (lane + (action->is_polite ? "quit" : "cut"));
        Get (action->lane).is_over = true;
        break;
      case RP_ACTION_ANSWER:
        OnAnswer (action->reply);
        break;
      case RP_ACTION_TAKE_CUSTODY:
        Note ("  -> take");
        if (is_taking || is_held)
          Fail ("custody taken twice");
        is_taking = true;
        disk.push_back ({ true, 0, ReadRecords (action) });
        break;
      case RP_ACTION_RECORD:
        Note (lane + "record");
        if (!is_held)
          Fail ("a record without custody");
        disk.push_back ({ false, action->lane, ReadRecords (action) });
        break;
      case RP_ACTION_STEP:
      case RP_ACTION_LEARN:
      case RP_ACTION_UNLEARN:
        break;
      case RP_ACTION_DONE:
        Note ("  -> done");
        is_done = true;
        break;
      }
  }

  void
  OnPop (const RpAction *action)
  {
    Peer &peer = Get (action->lane);

    if (peer.is_popping || peer.is_connecting || peer.is_up || peer.is_over)
      Fail ("a POP login on a lane that has begun");
    if (++peer.n_pops > 2)
      Fail ("a POP server that is asked again and again");
    if (is_stopping || is_moved)
      Fail ("a POP login that nobody wants");
    peer.route = action->route;
    peer.is_pausing = false;
    peer.is_popping = true;
  }

  void
  OnForgetPop (const RpAction *action)
  {
    if (!forgotten.insert (action->route->server->name).second)
      Fail ("the POP login of a server forgotten twice");
    is_pop_open = false;
  }

  void
  OnConnect (const RpAction *action)
  {
    Peer &peer = Get (action->lane);
    const RpRoute *route = action->route;

    if (peer.is_over && action->wants_fresh_secret && peer.has_stale_token)
      peer.is_over = peer.has_stale_token = false;
    else if (action->wants_fresh_secret)
      Fail ("a fresh token where none was refused");
    if (peer.is_over || peer.is_connecting || peer.is_up)
      Fail ("connected twice");
    if (route->endpoint->tls == RP_TLS_NONE
        && untrusted.count (route->server->name) > 0)
      Fail ("clear text to a server whose TLS has failed");
    if (is_stopping)
      Fail ("a connection while stopping");
    if (is_moved || planned.count (route) == 0)
      Fail ("a connection by a plan for another place");
    peer.route = route;
    peer.is_popping = false;
    peer.is_connecting = true;
  }

  void
  OnSend (const RpAction *action)
  {
    Peer &peer = Get (action->lane);
    std::string octets (
        static_cast<const char *> (g_bytes_get_data (action->bytes, NULL)),
        g_bytes_get_size (action->bytes));

    if (!peer.is_up || peer.is_over)
      Fail ("said on a lane that is not open");
    if (peer.wants_content)
      Fail ("a command in the middle of content");
    for (size_t end; (end = octets.find ("\r\n")) != std::string::npos;)
      {
        Note ("  -> " + std::to_string (action->lane) + " > " + octets.substr (0, end));
        peer.owed.push_back (octets.substr (0, end));
        octets.erase (0, end + 2);
      }
    if (!peer.is_pipelining && peer.owed.size () > 1)
      Fail ("pipelined without leave");
  }

  void
  OnSendContent (Peer &peer)
  {
    if (!peer.wants_content || peer.has_content || peer.is_over)
      Fail ("content that nobody wants");
    peer.has_content = true;
  }

  void
  OnSendEnd (Peer &peer)
  {
    if (!peer.is_ready || peer.is_ending || peer.is_over)
      Fail ("an end of data out of its place");
    peer.is_ending = true;
    for (guint i : peer.accepted)
      if (is_held && people[i].disk != Disk::DOUBT)
        Fail ("an end of data without its mark on disk");
    if (is_answered && !is_held)
      Fail ("an end of data after the program was answered");
  }

  void
  OnAnswer (const RpReply *reply)
  {
    Note ("  -> answer " + std::to_string (reply->code) + " " + reply->lines[0]);
    if (is_answered)
      Fail ("a second answer");
    if (options.is_in_custody)
      Fail ("an answer that nobody waits for");
    bool is_doubt_due = false;

    is_answered = true;
    is_yes = rp_reply_is_positive (reply);
    for (const Person &person : people)
      {
        if (is_yes && !is_held && !person.has)
          Fail ("a yes for what nobody has");
        if (!is_yes && person.may_have != 0)
          is_doubt_due = true;
        if (!is_yes && person.has && !has_custody_failed)
          Fail ("a no although somebody has it");
      }
    is_doubt_told = g_str_equal (rp_settlement_get_outcome (self), "doubt");
    if (is_doubt_due && !is_doubt_told)
      Fail ("a plain no although somebody may have it");
    if (!is_yes && is_held)
      Fail ("a no to what is in custody");
  }

  /* --- what holds at every moment --- */

  void
  Check ()
  {
    for (const Person &person : people)
      {
        const bool may = person.has || person.may_have != 0;

        if (person.disk == Disk::SENT && !person.has)
          Fail ("the disk says sent, and nobody said yes");
        if ((person.disk == Disk::WAITING || person.disk == Disk::REFUSED) && may)
          Fail ("the disk says it is not there, and it may be");
      }
    if (is_done && rp_settlement_get_deadline_ms (self) != -1)
      Fail ("a deadline after done");
  }

  /* --- what happens --- */

  void
  Handle (RpEvent event)
  {
    n_events++;
    rp_settlement_handle (self, &event, now, actions);
    Digest ();
  }

  void
  HandleOn (guint lane, RpEventKind kind)
  {
    RpEvent event = {};

    event.kind = kind;
    event.lane = lane;
    event.text = "text";
    Handle (event);
  }

  void
  Step ()
  {
    std::vector<guint> open;

    for (auto &[lane, peer] : peers)
      if (!peer.is_over)
        open.push_back (lane);
    if (!disk.empty () && Chance (30))
      Write (Chance (85));
    else if (Chance (3))
      Interrupt ();
    else if (is_moved && Chance (30))
      Replan ();
    else if (open.empty () || Chance (6))
      PassTime (Chance (50));
    else
      Act (open[Below ((guint) open.size ())]);
  }

  void
  Write (bool is_good)
  {
    Writing writing = disk.front ();
    RpEvent event = {};

    disk.pop_front ();
    if (writing.is_custody && is_good)
      is_held = true;
    if (is_good)
      for (auto &[index, what] : writing.records)
        people[index].disk = what;
    event.lane = writing.lane;
    event.text = "disk full";
    if (writing.is_custody)
      {
        event.kind = is_good ? RP_EVENT_CUSTODY_TAKEN : RP_EVENT_CUSTODY_FAILED;
        is_taking = false;
        has_custody_failed = !is_good;
        Note (is_good ? "taken" : "not-taken");
      }
    else
      {
        event.kind = is_good ? RP_EVENT_RECORDED : RP_EVENT_RECORD_FAILED;
        has_record_failed = has_record_failed || !is_good;
        Note (std::to_string (writing.lane)
              + (is_good ? " recorded" : " not-recorded"));
      }
    Handle (event);
  }

  void
  Interrupt ()
  {
    switch (Below (3))
      {
      case 0:
        Note ("gone");
        HandleOn (0, RP_EVENT_CLIENT_GONE);
        break;
      case 1:
        Note ("moved");
        is_moved = true;
        untrusted.clear ();
        HandleOn (0, RP_EVENT_NETWORK_CHANGED);
        break;
      case 2:
        if (Chance (50))
          break;
        Note ("stopping");
        is_stopping = true;
        HandleOn (0, RP_EVENT_STOPPING);
        break;
      }
  }

  void
  Replan ()
  {
    Note ("replan");
    is_moved = false;
    untrusted.clear ();
    forgotten.clear ();
    is_pop_open = false;
    rp_settlement_replan (self, MakePlan (), now, actions);
    Digest ();
  }

  void
  PassTime (bool is_due)
  {
    const gint64 due = rp_settlement_get_deadline_ms (self);

    if (is_due && due >= 0)
      now = MAX (now, due);
    else
      now += Below (9000);
    Note ("at " + std::to_string ((double) now / 1000));
    if (due >= 0 && due <= now)
      HandleOn (0, RP_EVENT_TICK);
  }

  void
  Act (guint lane)
  {
    Peer &peer = Get (lane);

    if (peer.is_pausing)
      PassTime (true);
    else if (peer.is_popping)
      AnswerPop (lane, peer);
    else if (peer.is_connecting)
      AnswerConnect (lane, peer);
    else if (Chance (4))
      Lose (lane, peer);
    else if (peer.has_content)
      Upload (lane, peer);
    else if (!peer.owed.empty ())
      Reply (lane, peer);
    else if (Chance (3))
      {
        Note (std::to_string (lane) + " < 421 (unasked)");
        Say421 (lane);
      }
  }

  void
  Say421 (guint lane)
  {
    g_autoptr (RpReply) reply = rp_reply_new (421, "4.3.2", "Closing");
    RpEvent event = {};

    event.kind = RP_EVENT_REPLY;
    event.lane = lane;
    event.reply = reply;
    Handle (event);
  }

  void
  FailPop (guint lane, Peer &peer)
  {
    static const std::pair<RpFailure, const char *> pop_ways[] = {
      { RP_FAILURE_LOGIN, "-ERR [AUTH] no" },
      { RP_FAILURE_REPLY, "-ERR [IN-USE] locked" },
      { RP_FAILURE_UNREACHABLE, "lost" },
    };
    const auto &[failure, text] = pop_ways[Below (G_N_ELEMENTS (pop_ways))];
    RpEvent event = {};

    event.kind = RP_EVENT_POP_FAILED;
    event.lane = lane;
    event.failure = failure;
    event.text = text;
    Note (std::to_string (lane) + " pop-fails " + text);
    peer.is_popping = false;
    peer.is_pausing = peer.n_pops == 1 && failure != RP_FAILURE_LOGIN;
    Handle (event);
    if (!Get (lane).is_connecting && !Get (lane).is_pausing)
      Get (lane).is_over = true;
  }

  void
  AnswerPop (guint lane, Peer &peer)
  {
    RpEvent event = {};

    if (!Chance (70))
      {
        FailPop (lane, peer);
        return;
      }
    event.kind = RP_EVENT_POP_DONE;
    event.lane = lane;
    event.is_earlier = is_pop_open && Chance (80);
    is_pop_open = true;
    Note (std::to_string (lane) + (event.is_earlier ? " pop-counts" : " pop-ok"));
    Handle (event);
  }

  void
  AnswerConnect (guint lane, Peer &peer)
  {
    g_autoptr (RpCapabilities) capabilities = rp_capabilities_new ();
    g_autoptr (RpReply) reply = NULL;
    RpEvent event = {};

    event.lane = lane;
    peer.is_connecting = false;
    if (Chance (75))
      {
        peer.is_up = true;
        peer.is_pipelining = Chance (70);
        if (peer.is_pipelining)
          rp_capabilities_add_line (capabilities, "PIPELINING");
        if (Chance (80))
          rp_capabilities_add_line (capabilities, "8BITMIME");
        if (Chance (20))
          rp_capabilities_add_line (capabilities, "LIMITS RCPTMAX=1");
        if (Chance (5))
          rp_capabilities_add_line (capabilities, "SIZE 1000");
        event.kind = RP_EVENT_CONNECTED;
        event.capabilities = capabilities;
        Note (std::to_string (lane) + (peer.is_pipelining ? " up" : " up -"));
        Handle (event);
        return;
      }
    peer.is_over = true;
    event.kind = RP_EVENT_CONNECT_FAILED;
    event.failure = (RpFailure) Below (RP_FAILURE_NO_CERTIFICATE + 1);
    event.text = "text";
    if (event.failure == RP_FAILURE_REPLY
        || (event.failure == RP_FAILURE_LOGIN && Chance (70)))
      event.reply = reply = ReadReply (refusals[Below (G_N_ELEMENTS (refusals))]);
    peer.has_stale_token = event.failure == RP_FAILURE_LOGIN && !peer.was_stale
                           && peer.route->permission == RP_PERMISSION_OAUTH2;
    peer.was_stale |= peer.has_stale_token;
    if (event.failure == RP_FAILURE_HOSTILE)
      untrusted.insert (peer.route->server->name);
    if (event.failure <= RP_FAILURE_REPLY && peer.route->endpoint->tls != RP_TLS_NONE)
      untrusted.insert (peer.route->server->name);
    Note (std::to_string (lane) + " fails " + std::to_string (event.failure) + " "
          + (reply != NULL ? reply->lines[0] : ""));
    Handle (event);
  }

  void
  Lose (guint lane, Peer &peer)
  {
    Note (std::to_string (lane) + " lost");
    peer.is_over = true;
    HandleOn (lane, RP_EVENT_LOST);
  }

  void
  Upload (guint lane, Peer &peer)
  {
    if (peer.is_sent)
      AnswerContent (lane, peer);
    else if (Chance (3))
      RefuseEarly (lane, peer);
    else if (peer.is_ending)
      {
        if (Chance (60))
          return;
        Note (std::to_string (lane) + " sent");
        peer.is_sent = true;
        for (guint i : peer.accepted)
          {
            if (people[i].has)
              Fail ("sent again to who has it");
            if (people[i].may_have != 0)
              Fail ("sent again to who may have it");
            people[i].may_have = lane;
          }
        if (is_answered && !is_held && !is_doubt_told)
          Fail ("the message leaves after a no");
        HandleOn (lane, RP_EVENT_CONTENT_SENT);
      }
    else if (peer.is_ready || Chance (50))
      {
        Note (std::to_string (lane) + " progress");
        HandleOn (lane, RP_EVENT_PROGRESS);
      }
    else if (Chance (5))
      {
        Note (std::to_string (lane) + " unreadable");
        HandleOn (lane, RP_EVENT_CONTENT_FAILED);
      }
    else
      {
        Note (std::to_string (lane) + " ready");
        peer.is_ready = true;
        HandleOn (lane, RP_EVENT_CONTENT_READY);
      }
  }

  void
  SendReply (guint lane, const char *text)
  {
    g_autoptr (RpReply) reply = ReadReply (text);
    RpEvent event = {};

    Note (std::to_string (lane) + " < " + text);
    event.kind = RP_EVENT_REPLY;
    event.lane = lane;
    event.reply = reply;
    Handle (event);
  }

  void
  RefuseEarly (guint lane, Peer &peer)
  {
    peer.is_over = true; /* whatever it says, it cannot take it any more */
    SendReply (lane, Chance (70) ? refusals[Below (G_N_ELEMENTS (refusals))]
                                 : "250 2.0.0 Ok already");
  }

  void
  AnswerContent (guint lane, Peer &peer)
  {
    const bool is_good = Chance (70);
    const char *text =
        is_good ? "250 2.0.0 Ok" : refusals[Below (G_N_ELEMENTS (refusals))];

    for (guint i : peer.accepted)
      {
        people[i].may_have = 0;
        people[i].has = people[i].has || is_good;
      }
    peer.accepted.clear ();
    peer.wants_content = peer.has_content = peer.is_ready = false;
    peer.is_ending = peer.is_sent = peer.is_mail_open = false;
    SendReply (lane, text);
  }

  void
  Reply (guint lane, Peer &peer)
  {
    const std::string command = peer.owed.front ();
    const char *text =
        Chance (78) ? "250 2.0.0 Ok" : refusals[Below (G_N_ELEMENTS (refusals))];
    const bool is_good = *text == '2';

    peer.owed.pop_front ();
    if (g_str_has_prefix (command.c_str (), "MAIL"))
      {
        if (peer.is_mail_open)
          Fail ("MAIL within a transaction");
        peer.is_mail_open = is_good;
        peer.accepted.clear ();
      }
    else if (g_str_has_prefix (command.c_str (), "RCPT"))
      {
        if (!peer.is_mail_open)
          text = "503 5.5.1 MAIL first";
        else if (is_good)
          peer.accepted.push_back (FindPerson (command));
      }
    else if (command == "DATA")
      {
        if (peer.accepted.empty ())
          text = Chance (50) ? "354 go ahead" : "503 5.5.1 RCPT first";
        else if (is_good)
          text = "354 go ahead";
        peer.wants_dot = *text == '3' && peer.accepted.empty ();
        peer.wants_content = *text == '3' && !peer.accepted.empty ();
      }
    else if (command == ".")
      {
        if (!peer.wants_dot)
          Fail ("a dot that nobody wants");
        peer.wants_dot = peer.is_mail_open = false;
      }
    else if (command == "RSET")
      {
        peer.is_mail_open = false;
        peer.accepted.clear ();
      }
    SendReply (lane, text);
  }

  guint
  FindPerson (const std::string &command)
  {
    for (guint i = 0; i < n_people; i++)
      if (command.find (addresses[i]) != std::string::npos)
        return i;

    Fail ("RCPT for nobody: " + command);
    return 0;
  }

  /* --- the end: everybody falls silent, the disk obeys --- */

  void
  Finish ()
  {
    for (guint i = 0; i < 200 && !is_done && trouble.empty (); i++)
      {
        if (!disk.empty ())
          Write (true);
        else if (is_moved)
          Replan ();
        else if (rp_settlement_get_deadline_ms (self) >= 0)
          PassTime (true);
        else
          break;
      }
    if (!trouble.empty ())
      return;
    if (!is_done)
      Fail ("it never ends");
    if (!options.is_in_custody && !is_answered)
      Fail ("no answer");
    while (!disk.empty ())
      Write (true);
    for (auto &[lane, peer] : peers)
      if (!peer.is_over)
        Fail ("lane " + std::to_string (lane) + " is never closed");
    CheckOutcome ();
  }

  void
  CheckOutcome ()
  {
    const bool says_sent = g_str_equal (rp_settlement_get_outcome (self), "sent");
    bool is_sent = true;

    for (const Person &person : people)
      is_sent = is_sent && person.has;
    if (says_sent && !is_sent)
      Fail ("the outcome is sent, and somebody has it not");
    if (is_yes && !is_held && !is_sent)
      Fail ("a yes, and somebody has it not");
    if (is_held && !has_record_failed)
      for (const Person &person : people)
        CheckLastWord (person);
  }

  /* Nor is the disk's last word worse than the truth. */
  void
  CheckLastWord (const Person &person)
  {
    if (person.has && person.disk != Disk::SENT)
      Fail ("somebody has it, and the disk does not know");
    if (person.disk == Disk::DOUBT && person.may_have == 0)
      Fail ("the disk doubts what is known");
  }

  RpConfig *config;
  std::mt19937 random;
  RpEnvelope *envelope;
  RpContentFacts facts = {};
  RpSettlementOptions options = {};
  RpSettlement *self = NULL;
  GPtrArray *actions;
  gint64 now = 0;
  guint n_people;
  std::vector<Person> people;
  std::map<guint, Peer> peers;
  std::deque<Writing> disk;
  std::set<std::string> untrusted;
  std::set<const RpRoute *> planned;
  bool is_held = false;
  bool is_taking = false;
  bool has_custody_failed = false;
  bool has_record_failed = false;
  bool is_answered = false;
  bool is_yes = false;
  bool is_doubt_told = false;
  bool is_moved = false;
  bool is_pop_open = false;        /* a POP login that should count still */
  std::set<std::string> forgotten; /* servers whose POP login was */
  bool is_stopping = false;
  bool is_done = false;
  std::string trouble;
};

RpConfig *
MakeConfig ()
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);

  rp_keyfile_parse ("test", configuration, sizeof configuration - 1, rows, errors);
  return rp_config_new (rows, errors);
}

guint
CountWalks ()
{
  const char *asked = g_getenv ("RP_WALKS");

  return asked != NULL ? (guint) atoi (asked) : 6000;
}

TEST (SettlementWalk, KeepsItsPromisesWhateverTheOrder)
{
  g_autoptr (RpConfig) config = MakeConfig ();
  std::map<std::string, std::pair<guint, std::string>> found;
  std::map<std::string, guint> n_found;

  ASSERT_NE (config, nullptr);
  for (guint seed = 0; seed < CountWalks (); seed++)
    {
      Walk walk (config, seed);
      const std::string trouble = walk.Run ();

      if (trouble.empty ())
        continue;
      n_found[trouble]++;
      if (found.count (trouble) == 0
          || walk.story.size () < found[trouble].second.size ())
        found[trouble] = { seed, walk.story };
    }
  for (const auto &[trouble, what] : found)
    ADD_FAILURE () << trouble << ", " << n_found[trouble] << " times, seed "
                   << what.first << ":\n"
                   << what.second;
}

} // namespace
