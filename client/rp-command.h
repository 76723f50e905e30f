/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a subcommand of roampost is, and what all of them share: options, help, the
 * words of an error, exit codes of sysexits.h. */
#pragma once

#include <glib.h>
#include <sysexits.h>

G_BEGIN_DECLS

typedef struct _RpCommand RpCommand;

/**
 * RpCommand:
 * @name: as typed; two words for a command of a group ("config check")
 * @synopsis: (nullable): its arguments, as in the manual
 * @summary: one line for lists, marked with N_()
 * @run: does it; @argv[0] is its last word. Returns an exit code of sysexits.h
 */
struct _RpCommand
{
  const char *name;
  const char *synopsis;
  const char *summary;
  int (*run) (const RpCommand *self, int argc, char **argv);
};

/**
 * rp_command_parse:
 * @entries: (nullable): the command's options
 * @argc: (inout): what remains are the arguments, with @argv[0]
 * @exit_code: (out): set when %FALSE is returned
 *
 * Prints help to standard output on --help and an error to standard error on a wrong
 * option. Everything behind "--" is an argument; the "--" is taken away.
 *
 * Returns: whether the command goes on
 */
gboolean rp_command_parse (const RpCommand *self,
                           const GOptionEntry *entries,
                           int *argc,
                           char ***argv,
                           int *exit_code);

/**
 * rp_command_dispatch:
 * @self: a group, such as "config"
 * @members: (array zero-terminated=1): its commands, "config check" and so on
 *
 * Runs the member that argv[1] names; tells what there is when there is none.
 *
 * Returns: an exit code of sysexits.h
 */
int rp_command_dispatch (const RpCommand *self,
                         const RpCommand *const *members,
                         int argc,
                         char **argv);

/**
 * rp_command_find:
 * @commands: (array zero-terminated=1)
 *
 * Returns: (transfer none) (nullable): the command whose last word is @word
 */
const RpCommand *rp_command_find (const RpCommand *const *commands, const char *word);

/**
 * rp_command_get_nearest:
 *
 * Returns: (transfer none) (nullable): the last word of the command that a person who
 *   typed @word most likely meant
 */
const char *rp_command_get_nearest (const RpCommand *const *commands, const char *word);

/** rp_command_print_list: the names and summaries of @commands, aligned. */
void rp_command_print_list (const RpCommand *const *commands);

/**
 * rp_command_error:
 * @format: translated, without a full stop at the end
 *
 * Prints "roampost NAME: TEXT" to standard error.
 */
void rp_command_error (const RpCommand *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * rp_command_usage_error:
 *
 * Like rp_command_error(), followed by where help is.
 *
 * Returns: EX_USAGE
 */
int rp_command_usage_error (const RpCommand *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
