/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to register at a provider, and in which file to write it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rp_registration_help_print: @login: "a{sv}" of GetStatus with a provider that has no
 * client ID; goes to standard error. */
void rp_registration_help_print (GVariant *login);

/** rp_registration_help_get_title: (transfer none): the provider's name for people. */
const char *rp_registration_help_get_title (GVariant *login);

G_END_DECLS
