/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files make the configuration, and their reading. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"
#include "oauth/rp-oauth-providers.h"

G_BEGIN_DECLS

/** RP_CONFIG_MAX_FILE_BYTES: a longer file is no configuration. */
#define RP_CONFIG_MAX_FILE_BYTES 1048576

/**
 * RpConfigLoad:
 * @config: (nullable): %NULL when there are errors
 * @providers: those that have no mistakes
 * @errors: (element-type RpConfigError): in the order of files and lines
 * @files: the files that were there and were read, in order; those that came with the
 *   program are not named
 * @digest: equal for equal files with equal content
 *
 * What one reading of all files gave.
 */
typedef struct
{
  RpConfig *config;
  RpOAuthProviders *providers;
  GPtrArray *errors;
  GStrv files;
  char *digest;
} RpConfigLoad;

/** rp_config_load_free: @self: (nullable). */
void rp_config_load_free (RpConfigLoad *self);

/** RpConfigLoader: which files are read. Holds nothing of what is in them. */
typedef struct _RpConfigLoader RpConfigLoader;

/**
 * rp_config_loader_new:
 * @file: (nullable): the one file to be read, as given with --config
 *
 * Without @file: roampost.conf and roampost.conf.d/ *.conf of /etc/roampost
 * (ROAMPOST_SYSTEM_CONFIG_DIR instead, if set) and over them the same two of
 * $XDG_CONFIG_HOME/roampost. With ROAMPOST_CONFIG set in the environment, its file
 * alone.
 *
 * In either case the providers of tokens: providers/ *.conf beside the program's own
 * data (ROAMPOST_PROVIDERS_DIR instead, if set), then the same of both folders above.
 *
 * Returns: (transfer full)
 */
RpConfigLoader *rp_config_loader_new (const char *file);

/**
 * rp_config_loader_new_for_folders:
 * @folders: (array zero-terminated=1): not empty, in the order of reading; the last one
 *   is the user's
 *
 * As above, with these folders instead of both.
 *
 * Returns: (transfer full)
 */
RpConfigLoader *rp_config_loader_new_for_folders (const char *const *folders);

/** rp_config_loader_free: @self: (nullable). */
void rp_config_loader_free (RpConfigLoader *self);

/**
 * rp_config_loader_load:
 *
 * Reads now and blocks while it does: a few small local files. That a file of the
 * folders is not there is no mistake; that the file of --config is not there is one.
 *
 * Returns: (transfer full)
 */
RpConfigLoad *rp_config_loader_load (const RpConfigLoader *self);

/**
 * rp_config_loader_load_with:
 * @file: name of a file, there or not
 * @text: (array length=n_bytes): what it would hold
 *
 * Reads as if @file held @text: what an edit would give, before it is written.
 *
 * Returns: (transfer full)
 */
RpConfigLoad *rp_config_loader_load_with (const RpConfigLoader *self,
                                          const char *file,
                                          const char *text,
                                          gsize n_bytes);

/** rp_config_loader_get_user_file: (transfer none): the file that commands write to. */
const char *rp_config_loader_get_user_file (const RpConfigLoader *self);

/**
 * rp_config_loader_dup_provider_file:
 * @name: what oauth-provider= says
 *
 * Returns: (transfer full): the user's own file for it, there or not
 */
char *rp_config_loader_dup_provider_file (const RpConfigLoader *self, const char *name);

/** rp_config_loader_dup_watched: (transfer full): the folders and files whose change
 * can change the configuration, there or not. */
GStrv rp_config_loader_dup_watched (const RpConfigLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigLoad, rp_config_load_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigLoader, rp_config_loader_free)

G_END_DECLS
