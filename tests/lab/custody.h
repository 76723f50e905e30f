// SPDX-License-Identifier: GPL-3.0-or-later
// What must be true when the agent has answered that it keeps a message.
#pragma once

#include "agent.h"

namespace lab
{

// The name that a "Queued as NAME" in a reply gives; empty where it says no such thing.
std::string queued_as (const Reply &reply);

// Expects that the yes is the agent's own and not made in a server's name, and that the
// message really is in its queue in STATE. Gives its name.
std::string expect_kept (const Agent &agent,
                         const Reply &reply,
                         const std::string &state = "waiting");

// What the queue says about a message; an empty id where it is not there.
Queued find_queued (const Agent &agent, const std::string &id);

// How many mails of a user hold MARK.
long count_arrived (const std::string &server,
                    const std::string &user,
                    const std::string &mark);

}
