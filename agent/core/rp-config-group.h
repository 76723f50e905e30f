/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One group of the configuration, its keys merged over all files. Only for the
 * modules that make an RpConfig. */
#pragma once

#include <glib.h>

#include "core/rp-keyfile.h"

G_BEGIN_DECLS

/** RpGroupKind: the first word between the brackets. */
typedef enum
{
  RP_GROUP_AGENT,
  RP_GROUP_ACCOUNT,
  RP_GROUP_SERVER,
  RP_GROUP_NETWORK
} RpGroupKind;

/**
 * RpConfigGroup:
 * @group: as between the brackets
 * @name: what stands behind the kind; "" for [agent]
 * @head: (transfer none): the first line that opened it
 * @rows: key to the last #RpKeyfileRow that gave it a value
 * @meant: keys that a misspelled one most likely means; they are not missing
 * @object: (transfer none): the part of the configuration that is made of it
 */
typedef struct
{
  RpGroupKind kind;
  char *group;
  char *name;
  const RpKeyfileRow *head;
  GHashTable *rows;
  GHashTable *meant;
  gpointer object;
} RpConfigGroup;

/**
 * rp_config_groups_new:
 * @rows: (element-type RpKeyfileRow): rows of all files; they must outlive the groups
 * @errors: (element-type RpConfigError): takes groups and keys that do not exist
 *
 * Key by key, the later one wins; an empty value unsets.
 *
 * Returns: (transfer full) (element-type RpConfigGroup): in the order in which they
 *   first stand in the files
 */
GPtrArray *rp_config_groups_new (GPtrArray *rows, GPtrArray *errors);

/** rp_config_group_get_row: (transfer none) (nullable): where @key got its value. */
const RpKeyfileRow *rp_config_group_get_row (const RpConfigGroup *self,
                                             const char *key);

/** rp_config_group_get_place: (transfer none): the line of @key, else the one that
 * opened the group. */
const RpKeyfileRow *rp_config_group_get_place (const RpConfigGroup *self,
                                               const char *key);

/** rp_config_group_has_key: whether @key is there, or one that most likely means it. */
gboolean rp_config_group_has_key (const RpConfigGroup *self, const char *key);

/** rp_group_kind_get_keys: (transfer none) (array zero-terminated=1): the keys of such
 * a group. */
const char *const *rp_group_kind_get_keys (RpGroupKind kind);

G_END_DECLS
