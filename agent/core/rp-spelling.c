/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-spelling.h"

#include <string.h>

/* Longer words are not compared: the table below is quadratic. */
#define MAX_WORD_BYTES 64

/* The restricted Damerau-Levenshtein distance. */
static guint
distance (const char *a, const char *b)
{
  guint table[MAX_WORD_BYTES + 1][MAX_WORD_BYTES + 1];
  gsize n_a = strlen (a);
  gsize n_b = strlen (b);

  if (n_a > MAX_WORD_BYTES || n_b > MAX_WORD_BYTES)
    return G_MAXUINT;

  for (guint i = 0; i <= n_a; i++)
    for (guint j = 0; j <= n_b; j++)
      {
        guint best = MAX (i, j);

        if (i > 0 && j > 0)
          {
            best = MIN (table[i - 1][j] + 1, table[i][j - 1] + 1);
            best = MIN (best, table[i - 1][j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U));
          }
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
          best = MIN (best, table[i - 2][j - 2] + 1);
        table[i][j] = best;
      }

  return table[n_a][n_b];
}

const char *
rp_spelling_find_nearest (const char *word, const char *const *known)
{
  const char *nearest = NULL;
  guint nearest_distance = (guint) MIN (strlen (word) / 3 + 1, 3) + 1;

  for (guint i = 0; known[i] != NULL; i++)
    {
      guint d = distance (word, known[i]);

      /* Where as much is exchanged as there is, nothing is meant. */
      if (d < nearest_distance && d < strlen (known[i]))
        {
          nearest = known[i];
          nearest_distance = d;
        }
    }

  return nearest;
}
