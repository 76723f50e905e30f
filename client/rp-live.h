/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command that goes on until it is interrupted or the agent ends. */
#pragma once

#include "rp-agent-interface.h"
#include "rp-command.h"

G_BEGIN_DECLS

typedef struct _RpLive RpLive;

/**
 * rp_live_new:
 * @command: names itself when the agent ends
 *
 * From here on Ctrl-C and SIGTERM end rp_live_run(), not the program at once: what is
 * being printed is printed whole.
 */
RpLive *rp_live_new (const RpCommand *command, RpAgent1 *agent);

/** rp_live_free: @self: (nullable) (transfer full). */
void rp_live_free (RpLive *self);

/**
 * rp_live_run:
 *
 * Returns: an exit code of sysexits.h: %EX_OK after an interruption, %EX_UNAVAILABLE
 *   when the agent ended, which is told, else what rp_live_quit() was given
 */
int rp_live_run (RpLive *self);

/** rp_live_quit: has rp_live_run() return @exit_code. */
void rp_live_quit (RpLive *self, int exit_code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLive, rp_live_free)

G_END_DECLS
