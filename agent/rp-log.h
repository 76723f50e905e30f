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

/**
 * rp_log_set_sink:
 * @sink: (nullable): where lines go; %NULL for standard error, the default
 * @user_data: handed to @sink
 */
void rp_log_set_sink (RpLogSink sink, gpointer user_data);

/**
 * rp_log_started:
 * @version: of the agent
 * @state_folder: absolute path
 */
void rp_log_started (const char *version, const char *state_folder);

/** rp_log_stopping: @why: one word, such as "signal". */
void rp_log_stopping (const char *why);

/** rp_log_listening: @address: one that is held now, "127.0.0.1:2525". */
void rp_log_listening (const char *address);

/**
 * rp_log_trouble:
 * @where: a room's name
 * @text: what is wrong, for people
 */
void rp_log_trouble (const char *where, const char *text);

/**
 * rp_log_configured:
 * @n_accounts: of the configuration that is in force from now on
 * @n_servers: the same
 * @files: where it was read from, ", " between
 */
void rp_log_configured (guint n_accounts, guint n_servers, const char *files);

/** rp_log_configuration_error: @text: one mistake, with file and line. */
void rp_log_configuration_error (const char *text);

/**
 * rp_log_surroundings:
 * @surroundings: from now on
 * @network: (nullable): name of the network that they match
 */
void rp_log_surroundings (const RpSurroundings *surroundings, const char *network);

/** rp_log_message: @message: has just been handed over: envelope and size. */
void rp_log_message (const RpMessage *message);

/** rp_log_step: @step: one event in a message's life, with the server's words. */
void rp_log_step (const RpStep *step);

/**
 * rp_log_message_ended:
 * @message_id: of a message of which no more steps come
 * @outcome: what became of it, one word as in the journal
 */
void rp_log_message_ended (const char *message_id, const char *outcome);

G_END_DECLS
