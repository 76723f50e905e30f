/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An RpServer with one endpoint, and what its password looks like in every form that
 * may not be seen in clear. */
#pragma once

#include <glib.h>
#include <string>

#include "core/rp-config.h"

#define TEST_USER "terri"
#define TEST_PASSWORD "correct horse"

struct ServerMaker
{
  RpServer server = {};
  RpEndpoint endpoint = {};
  RpPopEndpoint pop = {};

  ServerMaker (RpTlsMode tls, const char *host, guint16 port, const char *ca_file)
  {
    server.name = const_cast<char *> ("proseware");
    server.user = const_cast<char *> (TEST_USER);
    server.ehlo = const_cast<char *> ("[127.0.0.1]");
    server.ca_file = const_cast<char *> (ca_file);
    server.timeout_s = 1;
    server.pop = &pop;
    endpoint.host = pop.host = const_cast<char *> (host);
    endpoint.port = pop.port = port;
    endpoint.tls = pop.tls = tls;
    endpoint.is_loopback = TRUE;
  }

  ServerMaker (const ServerMaker &) = delete;
  ServerMaker &operator= (const ServerMaker &) = delete;
};

/* Whether the log holds the password, plain or coded as PLAIN and LOGIN do. */
inline bool
holds_password (const std::string &log)
{
  const std::string plain = std::string ("\0" TEST_USER "\0" TEST_PASSWORD,
                                         sizeof "\0" TEST_USER "\0" TEST_PASSWORD - 1);
  g_autofree char *coded_plain =
      g_base64_encode ((const guchar *) plain.data (), plain.size ());
  g_autofree char *coded_login =
      g_base64_encode ((const guchar *) TEST_PASSWORD, sizeof TEST_PASSWORD - 1);

  return log.find (TEST_PASSWORD) != std::string::npos
         || log.find (coded_plain) != std::string::npos
         || log.find (coded_login) != std::string::npos;
}
