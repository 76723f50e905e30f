// SPDX-License-Identifier: GPL-3.0-or-later
// The agent on the laptop, as its user runs it.
#pragma once

#include "conversation.h"
#include "lab.h"

#include <memory>

namespace lab
{

// A recipient of a message that the agent keeps.
struct QueuedRecipient
{
  std::string address;
  std::string state; // waiting, doubt, sent, failed
  std::string reply; // the words of the server that spoke last
};

// A message that the agent keeps, as "roampost queue list --json" has it.
struct Queued
{
  std::string id;
  std::string state; // waiting, held, doubt, failed, damaged
  long attempts;
  bool is_under_way;
  std::vector<QueuedRecipient> recipients;
};

class Agent
{
public:
  // Starts roampost-agent with this configuration and waits until it listens; NETWORK
  // is the place that it must have recognised by then.
  Agent (const std::string &configuration, const std::string &network);
  ~Agent ();
  Agent (const Agent &) = delete;
  Agent &operator= (const Agent &) = delete;

  std::unique_ptr<Conversation> connect () const;

  // A whole message, octet for octet, on a connection of its own.
  Reply submit (const std::string &from,
                const std::vector<std::string> &to,
                const std::string &message) const;

  // What the agent has printed so far.
  std::string log () const;

  // roampost ARGUMENTS on the laptop, with NAME=VALUE in its environment; its output.
  Outcome command (const Arguments &arguments, const Arguments &environment = {}) const;

  // The network that the agent thinks it is on.
  std::string network () const;

  // The server of the first route of "roampost explain" for each recipient, in order;
  // empty for one without a route.
  std::vector<std::string> planned_servers (const std::string &from,
                                            const std::vector<std::string> &to) const;

  // none, portal, limited, full or unknown.
  std::string connectivity () const;

  // All mail in custody, in order of acceptance.
  std::vector<Queued> queue () const;

  // Waits until nothing is in custody any more.
  bool is_flushed (double seconds) const;

  // The octets of a message in custody.
  std::string exported (const std::string &id) const;

  // What needs the user, as "roampost status --json" has it: the codes of the reasons.
  std::vector<std::string> attention () const;

  // The most memory that it has ever had in use.
  long peak_memory_kib () const;

private:
  struct Process;
  std::unique_ptr<Process> process;
};

// The laptop's configuration in the laboratory, made of what a user would write.
struct Configuration
{
  std::string endpoints = "smtps://mail.proseware.com:465;"
                          "smtp://mail.proseware.com:587;smtp://mail.proseware.com:25";
  std::string access = "password"; // empty: none
  std::string user = "terri";      // login at the ISP
  std::string login;               // more lines of the ISP's server
  // How it is proved, as lines of the ISP's server; empty: by the right password.
  std::string secret;
  std::string servers = "proseware;location";
  bool has_hotel_server = true;                 // the hotel's relay is known
  std::string agent;                            // lines of its [agent] group
  std::string home = "address=198.51.100.0/24"; // how the places are recognised
  std::string office = "address=203.0.113.0/24";
  std::string hotel = "address=198.18.7.0/24";
  std::string more; // further lines at the end

  std::string text () const;
};

}
