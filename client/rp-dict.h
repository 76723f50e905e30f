/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the dictionaries of the bus, where a key without a value is left out. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rp_dict_get_string: (transfer none): lives as long as @dict; "" when left out. */
const char *rp_dict_get_string (GVariant *dict, const char *key);

/** rp_dict_get_boolean: %FALSE when left out. */
gboolean rp_dict_get_boolean (GVariant *dict, const char *key);

/** rp_dict_get_time: seconds since the epoch, 0 when left out. */
gint64 rp_dict_get_time (GVariant *dict, const char *key);

/** rp_dict_get_size: octets, 0 when left out. */
guint64 rp_dict_get_size (GVariant *dict, const char *key);

/** rp_dict_get_count: a number of things, 0 when left out. */
guint rp_dict_get_count (GVariant *dict, const char *key);

/** rp_dict_dup_list: (transfer full): the strings joined by ", "; "" for none. */
char *rp_dict_dup_list (GVariant *dict, const char *key);

/** rp_dict_dup_strings: (transfer full): the strings at @key; empty when left out. */
GStrv rp_dict_dup_strings (GVariant *dict, const char *key);

/** rp_dict_dup_dict: (transfer full) (nullable): the "a{sv}" at @key. */
GVariant *rp_dict_dup_dict (GVariant *dict, const char *key);

/**
 * rp_dict_dup_array:
 *
 * Returns: (transfer full): the array of @type at @key, an empty one when left out
 */
GVariant *rp_dict_dup_array (GVariant *dict, const char *key, const char *type);

/**
 * rp_dict_dup_reason:
 *
 * Returns: (transfer full): the reason "(sas)" at @key as a sentence; "" when left out
 */
char *rp_dict_dup_reason (GVariant *dict, const char *key);

/**
 * rp_dict_dup_sentence:
 * @reason: "(sas)"
 *
 * Returns: (transfer full): as a sentence; what a newer agent says is shown as its name
 */
char *rp_dict_dup_sentence (GVariant *reason);

G_END_DECLS
