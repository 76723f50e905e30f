/* SPDX-License-Identifier: GPL-3.0-or-later */
/* full-queue-bench [MESSAGES]: what that long a queue costs. */
#include <cstdlib>
#include <iostream>

#include "full-queue.h"

int
main (int argc, char **argv)
{
  FullQueue queue (argc > 1 ? (guint) atoi (argv[1]) : 5000);

  for (guint i = 0; i < 3; i++)
    std::cout << queue.measure () << std::endl;
  return 0;
}
