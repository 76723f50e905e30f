/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks texts that are translated where they are shown. Only for sources that do not
 * include <glib/gi18n.h>: core has no gettext, and its mark is the same word. */
#pragma once

/** N_: xgettext finds @text by it; the program sees @text alone. */
#define N_(text) text
