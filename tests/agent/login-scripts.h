/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scripted server says to whom logs in by a password over TLS, and a
 * configuration that names it. */
#pragma once

#include <string>

#include "scripted-server.h"
#include "server-maker.h"

inline const Script tls_login = {
  start_tls (),          say ("220 here\r\n"),
  expect ("EHLO"),       say ("250-here\r\n250 AUTH PLAIN\r\n"),
  expect ("AUTH PLAIN"), say ("235 2.7.0 welcome\r\n")
};
inline const Script tls_refusal = { start_tls (),
                                    say ("220 here\r\n"),
                                    expect ("EHLO"),
                                    say ("250-here\r\n250 AUTH PLAIN\r\n"),
                                    expect ("AUTH PLAIN"),
                                    say ("535 5.7.8 wrong\r\n"),
                                    hang () };
inline const Script bye = { expect ("QUIT"), say ("221 bye\r\n"), cut () };
inline const Script message = { expect ("MAIL FROM:<terri@proseware.com>"),
                                say ("250 Ok\r\n"),
                                expect ("RCPT TO:"),
                                say ("250 Ok\r\n"),
                                expect ("DATA"),
                                say ("354 go ahead\r\n"),
                                read_content (),
                                say ("250 2.0.0 Ok: queued as SECRETLY\r\n") };

inline std::string
with_password (guint16 port)
{
  return "[account terri]\naddress=terri@proseware.com\nservers=proseware\n"
         "[server proseware]\nendpoints=smtps://127.0.0.1:"
         + std::to_string (port) + "\naccess=password\nuser=" TEST_USER "\nca-file="
         + ThrowawayCa::instance ().ca_file () + "\n";
}
