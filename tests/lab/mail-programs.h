// SPDX-License-Identifier: GPL-3.0-or-later
// Ten mail programs with the file that their user would have.
#pragma once

#include "lab.h"

#include <ostream>

namespace lab
{

struct MailProgram
{
  const char *name;
  const char *file; // in the home folder, or null
  const char *text;
  Arguments command; // MARK stands for the subject
  const char *input; // standard input, or null for a whole message
};

void PrintTo (const MailProgram &program, std::ostream *out);

// Each as it is without a login, and then those that can with a password that their
// user left in them.
std::vector<MailProgram> mail_programs ();

// The user terri@proseware.com sends a message to bob@adatum.com through the agent by
// it, in a fresh home. MARK is in the message's subject.
Outcome send_by (const MailProgram &program, const std::string &mark);

}
