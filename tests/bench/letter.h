/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail program that does not give up: until it has heard a 250 it sends the same
 * message again, as mail programs do. */
#pragma once

#include <atomic>
#include <random>
#include <string>
#include <vector>

#include "../agent/line-socket.h"
#include "counting-sink.h"

struct Letter
{
  std::string content;
  std::string digest;
  std::vector<std::string> recipients;
  std::string id;     /* in custody, from the 250; empty before that */
  std::string answer; /* the last one; empty: none came */
  guint n_tries = 0;
};

/* Distinct from each other by @name; every 16th is too large for memory. */
inline Letter
write_letter (const std::string &name, std::mt19937 &random)
{
  const size_t n_bytes = random () % 16 == 0 ? 300 * 1000 : 100 + random () % 3000;
  Letter letter;

  letter.content = "From: terri@proseware.com\r\nSubject: " + name + "\r\n\r\n";
  while (letter.content.size () < n_bytes)
    letter.content +=
        (random () % 4 == 0 ? "." : "") + std::to_string (random ()) + "\r\n";
  letter.digest = digest_of (letter.content);
  letter.recipients.push_back ("kim@adatum.com");
  if (random () % 4 == 0)
    letter.recipients.push_back ("ann@thephone-company.com");
  return letter;
}

inline std::string
stuff_dots (const std::string &content)
{
  std::string stuffed = content[0] == '.' ? "." : "";

  for (size_t i = 0; i < content.size (); i++)
    {
      stuffed += content[i];
      if (content[i] == '\n' && i + 1 < content.size () && content[i + 1] == '.')
        stuffed += '.';
    }
  return stuffed;
}

/* "250 2.0.0 Queued as ID: REASON". */
inline std::string
find_id (const std::string &answer)
{
  const char begin[] = "Queued as ";
  const size_t at = answer.find (begin);

  if (at == std::string::npos)
    return "";
  const size_t first = at + strlen (begin);
  return answer.substr (first, answer.find (':', first) - first);
}

/* One try over a connection that has been greeted; whether the connection lives on. */
inline bool
try_letter (LineSocket &socket, Letter &letter)
{
  std::string reply;

  letter.n_tries++;
  letter.answer.clear ();
  if (!say (socket, "MAIL FROM:<terri@proseware.com>", reply))
    return false;
  for (const std::string &recipient : letter.recipients)
    if (!say (socket, "RCPT TO:<" + recipient + ">", reply))
      return false;
  if (!say (socket, "DATA", reply) || reply.compare (0, 3, "354") != 0
      || !say (socket, stuff_dots (letter.content) + ".", letter.answer))
    return false;
  if (letter.answer.compare (0, 3, "250") == 0)
    letter.id = find_id (letter.answer);
  return true;
}

class MailProgram
{
public:
  explicit MailProgram (guint16 port) : port_ (port)
  {
  }

  MailProgram (const MailProgram &) = delete;
  MailProgram &operator= (const MailProgram &) = delete;

  ~MailProgram ()
  {
    hang_up ();
  }

  /* Whether there was an answer, whatever it says. */
  bool
  send_once (Letter &letter)
  {
    letter.answer.clear ();
    if (!is_connected () && !greet ())
      return false;
    if (!try_letter (*socket_, letter))
      hang_up ();
    return !letter.answer.empty ();
  }

  /* Whether there was a 250 at last; no other answer is taken, and none that takes
   * longer than half a minute. */
  bool
  insist (Letter &letter)
  {
    const gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

    while (g_get_monotonic_time () < end_us)
      {
        if (send_once (letter))
          return letter.answer.compare (0, 3, "250") == 0;
        g_usleep (1000);
      }
    return false;
  }

  void
  hang_up ()
  {
    socket_.reset ();
    if (fd_ >= 0)
      close (fd_);
    fd_ = -1;
  }

private:
  bool
  is_connected () const
  {
    return fd_ >= 0;
  }

  bool
  greet ()
  {
    std::string reply;

    fd_ = connect_to (port_);
    if (fd_ < 0)
      return false;
    socket_ = std::make_unique<LineSocket> (fd_);
    if (read_reply (*socket_, reply) && say (*socket_, "EHLO program", reply))
      return true;
    hang_up ();
    return false;
  }

  guint16 port_;
  int fd_ = -1;
  std::unique_ptr<LineSocket> socket_;
};
