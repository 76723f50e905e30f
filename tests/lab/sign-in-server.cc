// SPDX-License-Identifier: GPL-3.0-or-later
#include "sign-in-server.h"

#include "lab.h"

namespace lab
{

std::unique_ptr<OAuthServer>
start_sign_in_server (const std::map<std::string, std::string> &settings)
{
  const std::string certificate = folder + "/ca/login.proseware.com";
  OAuthServerOptions options;

  options.prefix = { "ip", "netns", "exec", "proseware" };
  options.host = "198.51.100.25";
  options.name = "login.proseware.com";
  options.certificate_file = certificate + ".pem";
  options.key_file = certificate + ".key";
  options.clients = {
    { "roampost", "", { "http://127.0.0.1/" } },
    { "dovecot", "secret of dovecot", {}, true, {} },
  };
  options.more = settings;
  options.more["port"] = "443";
  return std::make_unique<OAuthServer> (options);
}

}
