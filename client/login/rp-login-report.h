/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What servers said to a login, for people: outcome, own words, and where the switch
 * is. */
#pragma once

#include <glib.h>

#include "rp-command.h"

G_BEGIN_DECLS

/**
 * rp_login_report_print:
 * @report: "aa{sv}" of Login, AwaitSignIn or TestAccount
 * @indent: blanks before each line
 * @is_whole: the words of those who said yes as well
 *
 * Advice that several lines share comes once.
 */
void rp_login_report_print (GVariant *report, guint indent, gboolean is_whole);

/** rp_login_report_has: whether a line of @report has @outcome. */
gboolean rp_login_report_has (GVariant *report, const char *outcome);

/**
 * rp_login_report_print_advice:
 * @trouble: a name of the bus
 * @text: (nullable): the words of a refusal, for a trouble that the agent does not name
 * @indent: blanks before each line
 *
 * Prints meaning and advice of a trouble, nothing for none.
 */
void rp_login_report_print_advice (const char *trouble, const char *text, guint indent);

/**
 * rp_login_report_get_exit_code:
 * @report: "aa{sv}" of TestAccount
 *
 * Returns: EX_OK when each server lets us in by one endpoint at least, else an exit
 * code of sysexits.h for what weighs most
 */
int rp_login_report_get_exit_code (GVariant *report);

G_END_DECLS
