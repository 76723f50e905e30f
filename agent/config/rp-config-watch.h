/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the last good configuration, and reads it anew when its files change. */
#pragma once

#include <gio/gio.h>

#include "config/rp-config-loader.h"

G_BEGIN_DECLS

/** RpConfigWatch: the configuration in force, and the watch over its files. */
#define RP_TYPE_CONFIG_WATCH (rp_config_watch_get_type ())
G_DECLARE_FINAL_TYPE (RpConfigWatch, rp_config_watch, RP, CONFIG_WATCH, GObject)

/** RP_CONFIG_WATCH_QUIET_MS: how long nothing must change before files are read: an
 * editor writes in several steps. */
#define RP_CONFIG_WATCH_QUIET_MS 200

/**
 * RpConfigWatch::loaded:
 * @self: the watch
 *
 * A new configuration is in force, see rp_config_watch_get_config().
 *
 * RpConfigWatch::failed:
 * @self: the watch
 *
 * The files hold mistakes, see rp_config_watch_get_errors(). The last good
 * configuration stays in force.
 */

/**
 * rp_config_watch_new:
 * @loader: (transfer full): what to read
 *
 * Reads and watches nothing yet: connect the signals, then call
 * rp_config_watch_start().
 *
 * Returns: (transfer full)
 */
RpConfigWatch *rp_config_watch_new (RpConfigLoader *loader);

/**
 * rp_config_watch_start:
 *
 * Reads for the first time, emits "loaded" or "failed" before it returns, and watches
 * the files from then on (in the default main context).
 *
 * Returns: whether a configuration is in force
 */
gboolean rp_config_watch_start (RpConfigWatch *self);

/**
 * rp_config_watch_reload:
 *
 * Reads now because the user asked for it, and emits "loaded" or "failed" before it
 * returns. Unlike a change on disk this also takes files that lost all accounts.
 *
 * Returns: whether what was read is in force
 */
gboolean rp_config_watch_reload (RpConfigWatch *self);

/** rp_config_watch_get_config: (transfer none) (nullable): what is in force. */
RpConfig *rp_config_watch_get_config (RpConfigWatch *self);

/** rp_config_watch_get_providers: (transfer none): those of the configuration in force;
 * others after each "loaded". */
RpOAuthProviders *rp_config_watch_get_providers (RpConfigWatch *self);

/** rp_config_watch_get_files: (transfer none): the files that the last reading found,
 * in order. Valid until the next reading. */
const char *const *rp_config_watch_get_files (RpConfigWatch *self);

/** rp_config_watch_get_errors: (transfer none) (element-type RpConfigError): of the
 * last reading; empty when it is in force. Valid until the next reading. */
GPtrArray *rp_config_watch_get_errors (RpConfigWatch *self);

G_END_DECLS
