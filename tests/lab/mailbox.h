// SPDX-License-Identifier: GPL-3.0-or-later
// What arrived in the world's mailboxes.
#pragma once

#include <string>
#include <vector>

namespace lab
{

struct Mailbox
{
  std::string server; // proseware, thephone, relay, adatum
  std::string user;

  // All mail in it, as the file system gives it.
  std::vector<std::string> read () const;

  // Waits for a mail that holds MARK; empty when none came.
  std::string wait_for (const std::string &mark, double seconds = 10) const;
};

// The mail behind the trace fields that servers put in front (RFC 5321 4.4), with the
// line ends that it had on the wire.
std::string behind_trace (const std::string &mail);

// The host that took the mail from the laptop: it is the last in the trace. Of a
// fragile_message(), or of any other that starts with a header field.
std::string first_hop (const std::string &mail);

// A message that something would break if anything touched it: dots at the start of
// lines, blanks at the end of them, 8-bit octets, a long line, odd header spelling.
std::string fragile_message (const std::string &from,
                             const std::string &to,
                             const std::string &mark);

// A word that no other message of this run has.
std::string unique_mark ();

}
