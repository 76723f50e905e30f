/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of "roampost account" that have files of their own. */
#pragma once

#include "rp-command.h"

G_BEGIN_DECLS

extern const RpCommand rp_command_account_test;

G_END_DECLS
