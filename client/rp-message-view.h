/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of the journal and the steps of their stories, printed for people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_message_view_print_list:
 * @messages: (transfer none): "aa{sv}"
 * @indent: in columns
 *
 * Prints one line for each, aligned.
 */
void rp_message_view_print_list (GVariant *messages, guint indent);

/** rp_message_view_print_story: @message: (transfer none): "a{sv}" with its "steps". */
void rp_message_view_print_story (GVariant *message);

/** rp_message_view_print_steps: the story alone; a step of another day than the one
 * before it stands under its date. */
void rp_message_view_print_steps (GVariant *message);

/**
 * rp_message_view_print_step:
 * @step: (transfer none): "a{sv}"
 * @has_id: whether the line begins with the message's name
 */
void rp_message_view_print_step (GVariant *step, gboolean has_id);

G_END_DECLS
