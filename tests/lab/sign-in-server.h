// SPDX-License-Identifier: GPL-3.0-or-later
// The ISP's sign-in at https://login.proseware.com: the strict server of tests/oauth on
// the ISP's machine. Dovecot there asks it about every token.
#pragma once

#include "oauth-server.h"

#include <memory>

namespace lab
{

// SETTINGS are such of server.js, JSON values by name. The client that the laptop's
// programs are is "roampost", and the user terri's password is "moonlight".
std::unique_ptr<OAuthServer> start_sign_in_server (
    const std::map<std::string, std::string> &settings = {});

}
