/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list, show, add and remove: the same for accounts and servers. */
#pragma once

#include "core/rp-config.h"
#include "rp-command.h"

G_BEGIN_DECLS

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

int rp_part_list (const RpPart *part, const RpCommand *command, int argc, char **argv);
int rp_part_show (const RpPart *part, const RpCommand *command, int argc, char **argv);
int rp_part_add (const RpPart *part, const RpCommand *command, int argc, char **argv);
int rp_part_remove (const RpPart *part,
                    const RpCommand *command,
                    int argc,
                    char **argv);

G_END_DECLS
