/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A JSON object from outside, read with care, and wiped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RpOAuthJson: an object's members. */
typedef struct _RpOAuthJson RpOAuthJson;

/**
 * rp_oauth_json_parse:
 * @text: (array length=n_bytes): octets of any kind
 *
 * Text with more brackets than any answer has is refused, whatever they mean: reading
 * nested ones takes stack.
 *
 * Returns: (transfer full) (nullable): %NULL where @text is no JSON object (RFC 8259)
 */
RpOAuthJson *rp_oauth_json_parse (const char *text, gsize n_bytes);

/** rp_oauth_json_free: @self: (nullable); wipes all texts in it. */
void rp_oauth_json_free (RpOAuthJson *self);

/** rp_oauth_json_get_text: (transfer none) (nullable): the member @name, if it is a
 * text that is not empty. */
const char *rp_oauth_json_get_text (const RpOAuthJson *self, const char *name);

/**
 * rp_oauth_json_get_number:
 * @fallback: where there is no such member or it is no number
 *
 * Some servers write numbers as texts.
 *
 * Returns: the member @name, not below 0 and not above @max
 */
gint64 rp_oauth_json_get_number (const RpOAuthJson *self,
                                 const char *name,
                                 gint64 fallback,
                                 gint64 max);

/** rp_oauth_json_get_truth: whether the member @name is true. */
gboolean rp_oauth_json_get_truth (const RpOAuthJson *self, const char *name);

/** rp_oauth_json_dup_texts: (transfer full) (nullable): the texts of the array @name;
 * %NULL where there is no array of that name. */
GStrv rp_oauth_json_dup_texts (const RpOAuthJson *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpOAuthJson, rp_oauth_json_free)

G_END_DECLS
