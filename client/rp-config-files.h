/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration as the commands read and change it: without an agent, and never
 * into a state that has mistakes. */
#pragma once

#include "config/rp-config-editor.h"
#include "config/rp-config-loader.h"
#include "rp-command.h"

G_BEGIN_DECLS

extern const char *const rp_config_files_option_help;
extern const char *const rp_config_files_option_argument;

/** RP_CONFIG_FILE_OPTION: the option --config, into a char pointer. */
#define RP_CONFIG_FILE_OPTION(pointer)                                                 \
  {                                                                                    \
    "config", 0, 0, G_OPTION_ARG_FILENAME, pointer, rp_config_files_option_help,       \
        rp_config_files_option_argument                                                \
  }

/** RpConfigFiles: what is in the files, without mistakes, and where changes go. */
typedef struct _RpConfigFiles RpConfigFiles;

/**
 * rp_config_files_open:
 * @command: names itself in errors; lent for the life of what is returned
 * @file: (nullable): from --config
 * @exit_code: (out): set when %NULL is returned
 *
 * Prints all mistakes on standard error, should there be any. Without @file, it says
 * there as well when the agent that answers has a file that was not read here.
 *
 * Returns: (transfer full) (nullable)
 */
RpConfigFiles *rp_config_files_open (const RpCommand *command,
                                     const char *file,
                                     int *exit_code);

/** rp_config_files_free: @self: (nullable). */
void rp_config_files_free (RpConfigFiles *self);

/** rp_config_files_get_config: (transfer none): what is in the files. */
const RpConfig *rp_config_files_get_config (const RpConfigFiles *self);

/**
 * rp_config_files_edit:
 * @exit_code: (out): set when %NULL is returned
 *
 * Returns: (transfer full) (nullable): an editor of the user's own file
 */
RpConfigEditor *rp_config_files_edit (const RpConfigFiles *self, int *exit_code);

/**
 * rp_config_files_edit_without:
 * @kind: "account", "server" or "network"
 * @name: its name; of a network all places of that name
 * @exit_code: (out): set when %NULL is returned
 *
 * Returns: (transfer full) (nullable): an editor of the file where the groups of that
 *   name stand, with these removed and nothing saved
 */
RpConfigEditor *rp_config_files_edit_without (const RpConfigFiles *self,
                                              const char *kind,
                                              const char *name,
                                              int *exit_code);

/**
 * rp_config_files_check:
 *
 * Prints what would be wrong if @editor were saved.
 *
 * Returns: %EX_OK, or %EX_CONFIG when something would be
 */
int rp_config_files_check (const RpConfigFiles *self, RpConfigEditor *editor);

/**
 * rp_config_files_save:
 *
 * Checks, then writes; says on standard error what went wrong.
 *
 * Returns: %EX_OK, %EX_CONFIG as rp_config_files_check(), or %EX_CANTCREAT
 */
int rp_config_files_save (const RpConfigFiles *self, RpConfigEditor *editor);

/** rp_config_files_print_errors: every mistake of @load on standard error, as compilers
 * say it. */
void rp_config_files_print_errors (const RpConfigLoad *load);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigFiles, rp_config_files_free)

G_END_DECLS
