// SPDX-License-Identifier: GPL-3.0-or-later
// A mail program of the laptop's user that sends exactly the octets it is given.
#pragma once

#include <string>
#include <vector>

namespace lab
{

struct Reply
{
  int code; // 0: the other side closed, or was silent too long
  std::string text;
};

class Conversation
{
public:
  // Connects from the laptop's network, as the laptop's user. The greeting is read.
  Conversation (const std::string &address, int port);
  ~Conversation ();
  Conversation (const Conversation &) = delete;
  Conversation &operator= (const Conversation &) = delete;

  const Reply &
  get_greeting () const
  {
    return greeting;
  }

  void send (const std::string &octets);
  Reply receive ();
  // One command line, the end of line is added.
  Reply command (const std::string &line);
  // EHLO, MAIL, RCPT each, DATA, content with its dots doubled, the end. Ends at the
  // first refusal and gives the reply that decided.
  Reply submit (const std::string &from,
                const std::vector<std::string> &to,
                const std::string &content);
  // The same with all commands up to DATA in one flight, as PIPELINING allows.
  Reply submit_at_once (const std::string &from,
                        const std::vector<std::string> &to,
                        const std::string &content);
  // Leaves without a word.
  void leave ();

private:
  bool fill ();

  int socket_fd = -1;
  std::string buffer;
  Reply greeting;
};

// The content as it goes over the wire: dots doubled, closed by the lone dot.
std::string dotted (const std::string &content);

}
