/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row into one member of an object. What cannot be read is appended to @errors and
 * leaves the member at its default. Only for the modules that make an RpConfig. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * RpConfigValueFunc:
 * @row: with a value that is not empty
 * @field: the member, of the type that the function's name and #RpConfig give
 * @errors: (element-type RpConfigError)
 */
typedef void (*RpConfigValueFunc) (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/* Texts, numbers, names and addresses: rp-config-value.c */
void rp_config_value_read_text (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);
void rp_config_value_read_path (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);
void rp_config_value_read_boolean (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_patience (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors);
void rp_config_value_read_timeout (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_message_size (const RpKeyfileRow *row,
                                        gpointer field,
                                        GPtrArray *errors);
void rp_config_value_read_language (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors);
void rp_config_value_read_bare_newline (const RpKeyfileRow *row,
                                        gpointer field,
                                        GPtrArray *errors);
void rp_config_value_read_address (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_senders (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_aliases (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_names (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);
void rp_config_value_read_domains (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);
void rp_config_value_read_ehlo (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);
void rp_config_value_read_user (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);
void rp_config_value_read_uuids (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);
void rp_config_value_read_ssids (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);
void rp_config_value_read_macs (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/* Where to listen, where to connect to, what lets relay: rp-config-place.c */
void rp_config_value_read_listen (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);
void rp_config_value_read_endpoints (const RpKeyfileRow *row,
                                     gpointer field,
                                     GPtrArray *errors);
void rp_config_value_read_pop (const RpKeyfileRow *row,
                               gpointer field,
                               GPtrArray *errors);
void rp_config_value_read_access (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);
void rp_config_value_read_pins (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);
void rp_config_value_read_proxy (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);
void rp_config_value_read_ranges (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);

G_END_DECLS
