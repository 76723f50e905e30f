/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scripted servers behind the agent say, and a configuration that names them:
 * "proseware" relays from network home, "thephone" is the server of network work. */
#pragma once

#include <string>

#include "running-agent.h"
#include "scripted-server.h"

inline Script
accept_message (const std::string &queued_as)
{
  return { say ("220 here\r\n"),
           expect ("EHLO"),
           say ("250 here\r\n"),
           expect ("MAIL FROM:<terri@proseware.com>"),
           say ("250 Ok\r\n"),
           expect ("RCPT TO:"),
           say ("250 Ok\r\n"),
           expect ("DATA"),
           say ("354 go ahead\r\n"),
           read_content (),
           say ("250 2.0.0 Ok: queued as " + queued_as + "\r\n"),
           expect ("QUIT"),
           say ("221 bye\r\n"),
           cut () };
}

/* Takes the content and never says what became of it. */
inline Script
accept_content_and_hang ()
{
  return { say ("220 here\r\n"),
           expect ("EHLO"),
           say ("250 here\r\n"),
           expect ("MAIL"),
           say ("250 Ok\r\n"),
           expect ("RCPT"),
           say ("250 Ok\r\n"),
           expect ("DATA"),
           say ("354 go ahead\r\n"),
           read_content (),
           hang () };
}

/* Up to the final dot; the answer is not waited for. */
inline void
begin_message (Program &program)
{
  say_line (program, "");
  say_line (program, "EHLO localhost");
  say_line (program, "MAIL FROM:<terri@proseware.com>");
  say_line (program, "RCPT TO:<kim@adatum.com>");
  say_line (program, "DATA");
  program.heard.clear ();
  program.say (TEST_MESSAGE "\r\n");
}

inline std::string
listen_at (guint16 port)
{
  return "[agent]\nlisten=127.0.0.1:" + std::to_string (port) + "\n";
}

inline std::string
two_places (guint16 at_home, guint16 at_work)
{
  return "[account terri]\naddress=terri@proseware.com\nservers=proseware;location\n"
         "[server proseware]\nendpoints=smtp+insecure://127.0.0.1:"
         + std::to_string (at_home)
         + "\ndomains=proseware.com\naccess=network:home\n"
           "[server thephone]\nendpoints=smtp+insecure://127.0.0.1:"
         + std::to_string (at_work)
         + "\naccess=network:work\n"
           "[network home]\ngateway-mac=" AT_HOME "\n"
           "[network work]\ngateway-mac=" AT_WORK "\nserver=thephone\n";
}
