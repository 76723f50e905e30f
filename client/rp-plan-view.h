/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan of the bus, printed for people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rp_plan_view_print_recipient:
 * @recipient: an element of a plan's "recipients"
 *
 * Prints the address, each route in order with its reason, and each route that was left
 * out with its reason.
 */
void rp_plan_view_print_recipient (GVariant *recipient);

/**
 * rp_plan_view_print_first:
 * @recipient: an element of a plan's "recipients"
 *
 * Prints the route that comes first, or why there is none, indented.
 */
void rp_plan_view_print_first (GVariant *recipient);

/**
 * rp_plan_view_dup_place:
 * @network: name of the network, "" for an unnamed one
 * @connectivity: its nick, as on the bus
 *
 * Returns: (transfer full): both in words, such as "home (online)"
 */
char *rp_plan_view_dup_place (const char *network, const char *connectivity);

G_END_DECLS
