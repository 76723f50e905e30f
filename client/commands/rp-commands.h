/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every subcommand; each has a file of its own in this folder. */
#pragma once

#include "rp-command.h"

G_BEGIN_DECLS

extern const RpCommand rp_command_account;
extern const RpCommand rp_command_config;
extern const RpCommand rp_command_diagnose;
extern const RpCommand rp_command_explain;
extern const RpCommand rp_command_log;
extern const RpCommand rp_command_login;
extern const RpCommand rp_command_logout;
extern const RpCommand rp_command_network;
extern const RpCommand rp_command_queue;
extern const RpCommand rp_command_sendmail;
extern const RpCommand rp_command_server;
extern const RpCommand rp_command_demo;
extern const RpCommand rp_command_status;
extern const RpCommand rp_command_unlock;

G_END_DECLS
