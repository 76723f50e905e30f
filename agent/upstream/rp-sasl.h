/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which SASL mechanisms can be used here: it depends on how roampost was built, and the
 * libcurl that runs, which is seen when it runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rp_sasl_get_mechanisms: (transfer none) (array zero-terminated=1): names as in the
 * AUTH line of EHLO, in the order of our preference. */
const char *const *rp_sasl_get_mechanisms (void);

/** rp_sasl_is_supported: @mechanism: in upper case. */
gboolean rp_sasl_is_supported (const char *mechanism);

/** rp_sasl_get_library: (transfer none): version of the libcurl that runs, such as
 * "7.88.1". */
const char *rp_sasl_get_library (void);

G_END_DECLS
