/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of "roampost queue" that have files of their own. */
#pragma once

#include "rp-command.h"

G_BEGIN_DECLS

extern const RpCommand rp_command_queue_show;
extern const RpCommand rp_command_queue_retry;
extern const RpCommand rp_command_queue_hold;
extern const RpCommand rp_command_queue_release;
extern const RpCommand rp_command_queue_drop;
extern const RpCommand rp_command_queue_export;

G_END_DECLS
