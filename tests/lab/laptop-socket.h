// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lab
{

// A TCP socket that belongs to the laptop's network and to its user: the agent looks at
// both. Throws where the world is not up.
int laptop_socket ();

// The same in the network of one of the world's machines ("internet" is the router), as
// root.
int machine_socket (const std::string &machine);

}
