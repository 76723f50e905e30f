/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups to objects, value by value. Only for the modules that make an RpConfig. */
#pragma once

#include <glib.h>

#include "core/rp-config-group.h"
#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * rp_config_read:
 * @self: an empty configuration, holding its defaults
 * @groups: (element-type RpConfigGroup): what to read; each one's object is set
 * @errors: (element-type RpConfigError): every value that cannot be read is appended
 */
void rp_config_read (RpConfig *self, GPtrArray *groups, GPtrArray *errors);

/**
 * rp_config_check:
 * @self: as read
 * @groups: (element-type RpConfigGroup): where it was read from
 * @errors: (element-type RpConfigError): what does not fit together is appended
 */
void rp_config_check (RpConfig *self, GPtrArray *groups, GPtrArray *errors);

/**
 * rp_config_check_logins:
 * @group: of a server, as read
 * @errors: (element-type RpConfigError): what its accesses lack, and what stands there
 *   for an access that it has not, is appended
 */
void rp_config_check_logins (const RpConfigGroup *group, GPtrArray *errors);

G_END_DECLS
