/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits single lines of one configuration file and leaves every other octet as it
 * is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RpConfigEditor: one file as it was read, and what it is to become. */
typedef struct _RpConfigEditor RpConfigEditor;

/**
 * rp_config_editor_open:
 * @file: name of the file; it may be missing, and is made by rp_config_editor_save()
 * @error: of the domain %G_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): %NULL with @error set when it cannot be read
 */
RpConfigEditor *rp_config_editor_open (const char *file, GError **error);

/** rp_config_editor_free: @self: (nullable). Saves nothing. */
void rp_config_editor_free (RpConfigEditor *self);

/** rp_config_editor_get_file: (transfer none): its name, as opened. */
const char *rp_config_editor_get_file (const RpConfigEditor *self);

/** rp_config_editor_dup_groups: (transfer full): the groups of the file, in order. */
GStrv rp_config_editor_dup_groups (const RpConfigEditor *self);

/**
 * rp_config_editor_dup_text:
 * @n_bytes: (out): its length in octets
 *
 * Returns: (transfer full) (array length=n_bytes): the file as it would be written
 */
char *rp_config_editor_dup_text (const RpConfigEditor *self, gsize *n_bytes);

/** rp_config_editor_has_group: whether the file has a group [@group]. */
gboolean rp_config_editor_has_group (const RpConfigEditor *self, const char *group);

/** rp_config_editor_add_group: adds [@group] at the end, unless it is there. */
void rp_config_editor_add_group (RpConfigEditor *self, const char *group);

/**
 * rp_config_editor_set:
 * @raw_value: as it is to stand behind '=', escaped (see rp_keyfile_escape())
 *
 * Replaces the line of @key in [@group], or adds one behind the group's last key. The
 * group is added when it is not there.
 */
void rp_config_editor_set (RpConfigEditor *self,
                           const char *group,
                           const char *key,
                           const char *raw_value);

/**
 * rp_config_editor_unset:
 *
 * Removes the line of @key in [@group].
 *
 * Returns: whether there was one
 */
gboolean rp_config_editor_unset (RpConfigEditor *self,
                                 const char *group,
                                 const char *key);

/**
 * rp_config_editor_remove_group:
 *
 * Removes the group's line and all up to its last key. Comments behind that stay: they
 * may belong to the next group.
 *
 * Returns: whether there was one
 */
gboolean rp_config_editor_remove_group (RpConfigEditor *self, const char *group);

/**
 * rp_config_editor_save:
 * @error: of the domain %G_IO_ERROR
 *
 * Writes beside the file, syncs and renames, so that at no moment half a file is there.
 * Follows symbolic links, keeps mode and owner. A missing folder is made with mode
 * 0700, a missing file with 0600. Fails with %G_IO_ERROR_WRONG_ETAG when the file is no
 * longer as it was opened.
 *
 * Returns: whether it is written
 */
gboolean rp_config_editor_save (RpConfigEditor *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfigEditor, rp_config_editor_free)

G_END_DECLS
