/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's log: one function for each kind of line, key=value, one id per message
 * through all of it. The wording is an interface; a test pins it. Addresses are in it,
 * content and secrets never. */
#pragma once

#include "core/rp-step.h"
#include "core/rp-surroundings.h"
#include "smtp/rp-message.h"

G_BEGIN_DECLS

/**
 * RpLogSink:
 * @line: one line without its line end
 */
typedef void (*RpLogSink) (const char *line, gpointer user_data);

/** rp_log_set_sink: where lines go; %NULL for standard error, the default. */
void rp_log_set_sink (RpLogSink sink, gpointer user_data);

void rp_log_started (const char *version, const char *state_folder);
void rp_log_stopping (const char *why);
void rp_log_listening (const char *address);

/** rp_log_trouble: @where: a room's name; @text: what is wrong, for people. */
void rp_log_trouble (const char *where, const char *text);
void rp_log_configured (guint n_accounts, guint n_servers, const char *files);
void rp_log_configuration_error (const char *text);
void rp_log_surroundings (const RpSurroundings *surroundings, const char *network);
void rp_log_message (const RpMessage *message);
void rp_log_step (const RpStep *step);
void rp_log_message_ended (const char *message_id, const char *outcome);

G_END_DECLS
