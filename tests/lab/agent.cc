// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent.h"

#include <gio/gio.h>
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>
#include <stdexcept>

namespace lab
{

namespace
{

const std::string home = folder + "/home/terri";
const std::string log_file = folder + "/agent.log";

std::string
program (const std::string &path)
{
  return folder + "/build/" + path;
}

}

struct Agent::Process
{
  GSubprocess *child = nullptr;

  ~Process ()
  {
    g_clear_object (&child);
  }
};

Agent::Agent (const std::string &configuration, const std::string &network_name)
    : process (std::make_unique<Process> ())
{
  const std::string file = folder + "/roampost.conf";
  write_file (file, configuration);
  run ({ "rm", "-rf", home + "/state", log_file });

  g_autoptr (GError) error = nullptr;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_set_stdout_file_path (launcher, log_file.c_str ());
  process->child = g_subprocess_launcher_spawn (
      launcher, &error, (folder + "/source/tests/lab/world").c_str (), "laptop",
      program ("agent/roampost-agent").c_str (), "--config", file.c_str (),
      "--state-dir", (home + "/state").c_str (), "--runtime-dir",
      (home + "/runtime").c_str (), nullptr);
  if (process->child == nullptr)
    throw std::runtime_error (error->message);
  if (!comes_true ([this] { return connect ()->get_greeting ().code == 220; }))
    throw std::runtime_error ("the agent does not listen: " + log ());
  if (!comes_true ([&] { return network () == network_name; }))
    throw std::runtime_error ("the agent is not on " + network_name + " but "
                              + network () + ": " + log ());
}

Agent::~Agent ()
{
  g_subprocess_send_signal (process->child, SIGTERM);
  g_subprocess_wait (process->child, nullptr, nullptr);
  // A crash, or what a sanitizer found.
  EXPECT_TRUE (g_subprocess_get_successful (process->child)) << log ();
}

std::unique_ptr<Conversation>
Agent::connect () const
{
  return std::make_unique<Conversation> ("127.0.0.1", 2525);
}

Reply
Agent::submit (const std::string &from,
               const std::vector<std::string> &to,
               const std::string &message) const
{
  return connect ()->submit (from, to, message);
}

std::string
Agent::log () const
{
  return read_file (log_file);
}

Outcome
Agent::command (const Arguments &arguments, const Arguments &environment) const
{
  Arguments whole = { "env" };
  whole.insert (whole.end (), environment.begin (), environment.end ());
  whole.insert (whole.end (),
                { program ("client/roampost"), "--runtime-dir", home + "/runtime" });
  whole.insert (whole.end (), arguments.begin (), arguments.end ());
  return run_on_laptop (whole);
}

namespace
{

// Null when TEXT is no JSON object; the parser owns it.
JsonObject *
parse (JsonParser *parser, const std::string &text)
{
  if (!json_parser_load_from_data (parser, text.c_str (), -1, nullptr))
    return nullptr;
  JsonNode *root = json_parser_get_root (parser);
  return JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : nullptr;
}

std::string
first_server (JsonObject *recipient)
{
  JsonArray *routes = json_object_get_array_member (recipient, "routes");
  if (routes == nullptr || json_array_get_length (routes) == 0)
    return "";
  return json_object_get_string_member (json_array_get_object_element (routes, 0),
                                        "server");
}

}

std::string
Agent::network () const
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *status = parse (parser, command ({ "status", "--json" }).output);
  return status == nullptr
             ? "(no status)"
             : json_object_get_string_member_with_default (status, "network", "");
}

namespace
{

std::string
text_member (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

QueuedRecipient
to_recipient (JsonObject *object)
{
  return { text_member (object, "address"), text_member (object, "state"),
           text_member (object, "reply") };
}

Queued
to_queued (JsonObject *object)
{
  Queued queued = { text_member (object, "id"),
                    text_member (object, "state"),
                    json_object_get_int_member_with_default (object, "attempts", 0),
                    bool (json_object_get_boolean_member_with_default (
                        object, "under-way", false)),
                    {} };
  JsonArray *recipients = json_object_get_array_member (object, "recipients");
  for (guint i = 0; i < json_array_get_length (recipients); i++)
    queued.recipients.push_back (
        to_recipient (json_array_get_object_element (recipients, i)));
  return queued;
}

}

std::string
Agent::connectivity () const
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *status = parse (parser, command ({ "status", "--json" }).output);
  if (status == nullptr)
    return "(no status)";
  return text_member (json_object_get_object_member (status, "surroundings"),
                      "connectivity");
}

std::vector<Queued>
Agent::queue () const
{
  const Outcome outcome = command ({ "queue", "list", "--json" });
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, outcome.output.c_str (), -1, nullptr)
      || !JSON_NODE_HOLDS_ARRAY (json_parser_get_root (parser)))
    throw std::runtime_error ("roampost queue list: " + outcome.output);
  JsonArray *messages = json_node_get_array (json_parser_get_root (parser));
  std::vector<Queued> queue;
  for (guint i = 0; i < json_array_get_length (messages); i++)
    queue.push_back (to_queued (json_array_get_object_element (messages, i)));
  return queue;
}

bool
Agent::is_flushed (double seconds) const
{
  return comes_true ([this] { return queue ().empty (); }, seconds);
}

std::string
Agent::exported (const std::string &id) const
{
  const Outcome outcome = command ({ "queue", "export", id });
  if (outcome.status != 0)
    throw std::runtime_error ("roampost queue export: " + outcome.output);
  return outcome.output;
}

std::vector<std::string>
Agent::attention () const
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *status = parse (parser, command ({ "status", "--json" }).output);
  std::vector<std::string> codes;
  if (status == nullptr)
    return { "(no status)" };
  JsonArray *reasons = json_object_get_array_member (status, "attention");
  for (guint i = 0; i < json_array_get_length (reasons); i++)
    {
      JsonArray *reason = json_array_get_array_element (reasons, i);
      codes.push_back (json_array_get_string_element (reason, 0));
    }
  return codes;
}

// The way to the agent is a chain of execs: it has the pid of what was started.
long
Agent::peak_memory_kib () const
{
  const std::string pid = g_subprocess_get_identifier (process->child);
  const std::string status = read_file ("/proc/" + pid + "/status");
  const std::size_t at = status.find ("VmHWM:");
  if (at == std::string::npos || status.find ("roampost-agent") > at)
    throw std::runtime_error ("not the agent: " + status);
  return std::atol (status.c_str () + at + 6);
}

std::vector<std::string>
Agent::planned_servers (const std::string &from,
                        const std::vector<std::string> &to) const
{
  Arguments arguments = { "explain", "--json", "--from", from };
  for (const std::string &address : to)
    arguments.insert (arguments.end (), { "--to", address });
  const Outcome outcome = command (arguments);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *plan = parse (parser, outcome.output);
  if (plan == nullptr)
    throw std::runtime_error ("roampost explain: " + outcome.output);
  std::vector<std::string> servers;
  JsonArray *recipients = json_object_get_array_member (plan, "recipients");
  for (guint i = 0; i < json_array_get_length (recipients); i++)
    servers.push_back (first_server (json_array_get_object_element (recipients, i)));
  return servers;
}

std::string
Configuration::text () const
{
  std::string out =
      "[agent]\n" + agent
      + "\n[account terri]\naddress=terri@proseware.com\nservers=" + servers
      + "\n\n[server proseware]\nendpoints=" + endpoints + "\ndomains=proseware.com\n";
  if (!access.empty ())
    out += "access=" + access + "\n";
  if (!secret.empty ())
    out += "user=" + user + "\n" + secret + "\n";
  else if (access.find ("password") != std::string::npos)
    out += "user=" + user + "\nsecret-command=printf 'pw of " + user + "'\n";
  out += login;
  out += "\n[server thephone]\nendpoints=smtp://mail.thephone-company.com:25\n"
         "domains=thephone-company.com\naccess=network:office\n\n"
         "[server relay]\nendpoints=smtp://relay.hotel.example:25\n"
         "access=network:hotel\n\n[network home]\n"
         + home + "\n\n[network office]\n" + office
         + "\nserver=thephone\n\n[network hotel]\n" + hotel + "\n";
  if (has_hotel_server)
    out += "server=relay\n";
  return out + more;
}

}
