/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list, show, add and remove: the same for accounts and servers. */
#pragma once

#include "core/rp-config.h"
#include "rp-command.h"

G_BEGIN_DECLS

/** RpPartOptionKind: what an option of "add" takes. */
typedef enum
{
  RP_PART_TEXT,
  RP_PART_LIST, /* may be given several times */
  RP_PART_FLAG
} RpPartOptionKind;

/**
 * RpPartOption:
 * @option: as typed, without dashes
 * @key: the key that it becomes
 * @argument: (nullable): marked with N_()
 * @help: marked with N_()
 */
typedef struct
{
  const char *option;
  const char *key;
  RpPartOptionKind kind;
  const char *argument;
  const char *help;
} RpPartOption;

/** RP_PART_MAX_OPTIONS: of one part, without the one that ends the list. */
#define RP_PART_MAX_OPTIONS 12

/**
 * RpPart:
 * @kind: "account" or "server"
 * @options: of "add"; ended by one without a name
 * @complete: (nullable): adds to @values (key to value as written in the file) what
 *   follows from those given
 * @dup_views: "aa{sv}" of all, floating
 * @print_line: prints one line of the list, with the name in @width columns
 * @conclude: (nullable): says what comes after "add"
 */
typedef struct
{
  const char *kind;
  const RpPartOption *options;
  void (*complete) (GHashTable *values);
  GVariant *(*dup_views) (const RpConfig *config);
  void (*print_line) (GVariant *view, guint width);
  void (*conclude) (const RpConfig *config, const char *name);
} RpPart;

/** rp_part_list: #RpCommand.run of "list": each part on a line, or all as JSON. Returns
 * an exit code of sysexits.h. */
int rp_part_list (const RpPart *part, const RpCommand *command, int argc, char **argv);

/** rp_part_show: #RpCommand.run of "show": one part as lines of the configuration or as
 * JSON. Returns an exit code of sysexits.h. */
int rp_part_show (const RpPart *part, const RpCommand *command, int argc, char **argv);

/** rp_part_add: #RpCommand.run of "add": writes a new part into the user's own file,
 * unless that would be a mistake. Returns an exit code of sysexits.h. */
int rp_part_add (const RpPart *part, const RpCommand *command, int argc, char **argv);

/** rp_part_remove: #RpCommand.run of "remove": takes a part out of the file in which it
 * stands, unless that would be a mistake. Returns an exit code of sysexits.h. */
int rp_part_remove (const RpPart *part,
                    const RpCommand *command,
                    int argc,
                    char **argv);

G_END_DECLS
