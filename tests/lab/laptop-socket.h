// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lab
{

// A TCP socket that belongs to the laptop's network and to its user: the agent looks at
// both. Throws where the world is not up.
int laptop_socket ();

}
