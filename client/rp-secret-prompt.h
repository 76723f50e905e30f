/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a password: on the terminal without echo, else from standard input. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_secret_prompt_read:
 * @question: shown on the terminal; not shown when standard input is a pipe or file
 *
 * Reads one line. The terminal echoes again afterwards, also when the user interrupts.
 *
 * Returns: (transfer full) (nullable): the line without its end, to be given to
 *   rp_secret_prompt_free(); %NULL when there is none or it is not UTF-8
 */
char *rp_secret_prompt_read (const char *question);

/** rp_secret_prompt_free: wipes and frees a password. */
void rp_secret_prompt_free (char *secret);

G_END_DECLS
