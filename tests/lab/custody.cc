// SPDX-License-Identifier: GPL-3.0-or-later
#include "custody.h"
#include "mailbox.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace lab
{

std::string
queued_as (const Reply &reply)
{
  const std::string words = "Queued as ";
  const std::size_t at = reply.text.find (words);
  if (at == std::string::npos)
    return "";
  const std::size_t start = at + words.size ();
  return reply.text.substr (start, reply.text.find_first_of (": \n", start) - start);
}

Queued
find_queued (const Agent &agent, const std::string &id)
{
  for (const Queued &queued : agent.queue ())
    if (queued.id == id)
      return queued;
  return { "", "", 0, false, {} };
}

std::string
expect_kept (const Agent &agent, const Reply &reply, const std::string &state)
{
  EXPECT_EQ (reply.code, 250) << reply.text << agent.log ();
  EXPECT_EQ (reply.text.rfind ("250", 0), 0U) << reply.text;
  // No server's "Ok: queued as" and no route: this yes is the agent's alone.
  EXPECT_EQ (reply.text.find ("(via "), std::string::npos) << reply.text;
  const std::string id = queued_as (reply);
  EXPECT_NE (id, "") << reply.text;
  EXPECT_NE (reply.text.find ("250 2.0.0 Queued as " + id + ": "), std::string::npos)
      << reply.text;
  const Queued queued = find_queued (agent, id);
  EXPECT_EQ (queued.state, state) << reply.text << agent.log ();
  return id;
}

long
count_arrived (const std::string &server,
               const std::string &user,
               const std::string &mark)
{
  const std::vector<std::string> mails = Mailbox{ server, user }.read ();
  return std::count_if (mails.begin (), mails.end (), [&] (const std::string &mail) {
    return mail.find (mark) != std::string::npos;
  });
}

}
