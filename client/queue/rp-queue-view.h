/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages in the agent's custody, printed for people: "a{sv}" as ListQueue gives
 * them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_queue_view_print_list:
 * @messages: "aa{sv}"
 *
 * One line each, aligned: name, when it came, what is with it, from whom to whom. Who
 * already has it is only counted.
 */
void rp_queue_view_print_list (GVariant *messages);

/** rp_queue_view_print_line: the same line of a single message. */
void rp_queue_view_print_line (GVariant *message);

/** rp_queue_view_print_head: name, time, size, state; program and attempts. */
void rp_queue_view_print_head (GVariant *message);

/** rp_queue_view_print_recipients: each with what is with it and why. */
void rp_queue_view_print_recipients (GVariant *message);

/**
 * rp_queue_view_dup_recipients:
 *
 * Returns: (transfer full): on one line, those who have not got the message: a few by
 *   name, the others counted
 */
char *rp_queue_view_dup_recipients (GVariant *message);

/**
 * rp_queue_view_dup_upload:
 *
 * Returns: (transfer full): how far the running upload of it is, in words
 */
char *rp_queue_view_dup_upload (GVariant *message);

/** rp_queue_view_needs_user: whether nothing more happens to it of its own accord. */
gboolean rp_queue_view_needs_user (GVariant *message);

G_END_DECLS
