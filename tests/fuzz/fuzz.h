/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target a file: libFuzzer calls it with octets of its own, replay.c with those of
 * the corpus. A target checks what must hold, not only that nothing crashes. */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* Neither g_assert(), which may be compiled out, nor g_error(), whose trap libFuzzer
 * does not catch: it would not keep the input. */
#define must(condition)                                                                \
  do                                                                                   \
    if (!(condition))                                                                  \
      {                                                                                \
        fprintf (stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
        abort ();                                                                      \
      }                                                                                \
  while (0)
